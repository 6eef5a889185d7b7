from __future__ import annotations

import base64
import json

import pytest
from chalicelib import cursors
from chalicelib.errors import InvalidCursor


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_cursor_leads_back_to_its_key_in_the_readers_own_partition() -> None:
    cursor = cursors.write(["2026-11-21T12:00:00.000Z", "an-id"])
    key = cursors.read(cursor, ("timestamp", "conversation_id"), {"user_id": "ada"})
    assert key == {"user_id": "ada", "timestamp": "2026-11-21T12:00:00.000Z", "conversation_id": "an-id"}


def test_no_cursor_is_the_first_page() -> None:
    assert cursors.read(None, ("message_id",), {"conversation": "c"}) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "not base64!",
        "é",
        "A" * 100_000,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 250).decode(),
        _encoded({"message_id": "x"}),
        _encoded("x"),
        _encoded([]),
        _encoded([""]),
        _encoded([1]),
        _encoded([None]),
        _encoded(["é"]),
        _encoded(["a", "b"]),
    ],
)
def test_anything_else_is_an_invalid_cursor(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        cursors.read(cursor, ("message_id",), {"conversation": "c"})
