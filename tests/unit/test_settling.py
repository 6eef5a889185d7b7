from __future__ import annotations

from typing import Any

import pytest
from chalicelib.conversations.messages import Message
from chalicelib.ids import iso
from chalicelib.subjects import person
from chalicelib.turns.settling import is_dead

NOW = 1_795_262_400.0


@pytest.mark.parametrize(
    ("fields", "dead"),
    [
        ({"status": "queued", "created_at": iso(NOW - 59.9)}, False),
        ({"status": "queued", "created_at": iso(NOW - 60.1)}, True),
        ({"status": "streaming", "lease_until": NOW + 1}, False),
        ({"status": "streaming", "lease_until": NOW - 1}, True),
        ({"status": "streaming", "lease_until": None}, True),
        ({"status": "complete", "lease_until": NOW - 100, "created_at": iso(NOW - 1000)}, False),
        ({"status": "stopped", "created_at": iso(NOW - 1000)}, False),
    ],
)
def test_an_answer_is_dead_when_nobody_claimed_it_in_time_or_its_lease_ran_out(
    fields: dict[str, Any], dead: bool
) -> None:
    answer: dict[str, Any] = {"subject": person("ada"), "conversation_id": "c", "message_id": "m", "parent_id": "p"}
    message = Message(**answer, **{"role": "assistant", "created_at": iso(NOW), **fields})
    assert is_dead(message, NOW) is dead
