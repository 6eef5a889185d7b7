from __future__ import annotations

import threading
import time
import uuid

import pytest
from chalicelib import ids


def test_new_ids_are_uuid7_of_now_and_sort_in_the_order_in_which_they_were_made() -> None:
    before_ms = time.time_ns() // 1_000_000
    made = [ids.new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    first = uuid.UUID(made[0])
    assert first.version == 7
    assert first.variant == uuid.RFC_4122
    assert 0 <= (first.int >> 80) - before_ms < 60_000


def test_ids_made_by_several_threads_differ() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.new_id() for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4_000


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("01a1fe08-e5c5-7000-80c7-b4ac7a401b54", True),
        ("01A1FE08-E5C5-7000-80C7-B4AC7A401B54", False),
        ("01a1fe08e5c5700080c7b4ac7a401b54", False),
        ("{01a1fe08-e5c5-7000-80c7-b4ac7a401b54}", False),
        ("request#12345678", False),
        ("../../etc", False),
        ("", False),
    ],
)
def test_only_a_canonical_uuid_is_an_id(text: str, good: bool) -> None:
    assert ids.is_id(text) is good


def test_times_are_shown_in_utc_with_milliseconds_and_read_back() -> None:
    assert ids.iso(1_795_262_400.5) == "2026-11-21T12:00:00.500Z"
    assert ids.seconds("2026-11-21T12:00:00.500Z") == 1_795_262_400.5
    assert ids.month(1_796_083_199.9) == "2026-11"
    assert ids.month(1_796_083_200) == "2026-12"
