from __future__ import annotations

import time

import pytest
from chalicelib.api.rest import expiry


@pytest.mark.parametrize(
    ("claim", "expires_at"),
    [
        ("1795262400", 1_795_262_400),
        (1_795_262_400, 1_795_262_400),
        ("Sat Nov 21 12:00:00 UTC 2026", 1_795_262_400),
        ("Tue Jul 21 12:00:00 UTC 2026", 1_784_635_200),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_tokens_end_is_read_in_every_form_that_api_gateway_gives_it(
    monkeypatch: pytest.MonkeyPatch, claim: object, expires_at: int, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert expiry(claim) == expires_at
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("claim", [None, "", "tomorrow", "-5", "1e9"])
def test_a_tokens_end_that_cannot_be_read_is_soon(claim: object) -> None:
    assert 0 < expiry(claim) - time.time() <= 300
