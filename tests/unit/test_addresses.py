from __future__ import annotations

import re

import pytest
from chalicelib.spending import addresses

NOON = 1_795_262_400.0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::FFFF:cb00:7109", "203.0.113.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("203.0.113.9, 10.0.0.1", "unknown"),
    ],
)
def test_what_is_counted_as_one_address(address: str, network: str) -> None:
    assert addresses.network(address) == network


def test_a_thousand_addresses_of_one_network_are_one() -> None:
    subjects = {addresses.counted(f"2001:db8:1:2::{number:x}", "key", NOON) for number in range(1_000)}
    assert len(subjects) == 1
    assert len({addresses.counted(f"2001:db8:1:{number:x}::1", "key", NOON) for number in range(1_000)}) == 1_000


def test_an_address_is_known_by_its_key_and_for_its_day_alone() -> None:
    subject = addresses.counted("203.0.113.9", "key", NOON)
    assert re.fullmatch(r"ip:[0-9a-f]{32}", subject)
    assert addresses.counted("203.0.113.9", "key", NOON + 11 * 3_600) == subject
    others = {
        addresses.counted("203.0.113.9", "key", NOON + 12 * 3_600),
        addresses.counted("203.0.113.9", "another", NOON),
        addresses.counted("203.0.113.8", "key", NOON),
    }
    assert len(others | {subject}) == 4


def test_mail_arrives_in_one_mailbox_however_its_address_is_written() -> None:
    written = ("ada@example.com", "Ada@Example.COM", "ada+news@example.com", "ADA+1+2@example.com")
    assert {addresses.mailbox(each) for each in written} == {"ada@example.com"}
    assert addresses.mailbox("ada@plus+example.com") == "ada@plus+example.com"
    subject = addresses.recipient("Ada+1@example.com", "key", NOON)
    assert re.fullmatch(r"mail:[0-9a-f]{32}", subject)
    others = {
        addresses.recipient("ada@example.com", "key", NOON + 12 * 3_600),
        addresses.recipient("ada@example.com", "another", NOON),
        addresses.recipient("eve@example.com", "key", NOON),
    }
    assert len(others | {subject}) == 4
