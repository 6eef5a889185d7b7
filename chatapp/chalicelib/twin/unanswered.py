"""Questions that the sources do not answer, kept for the owner: rows `question/<id>` of the twin, of no visitor."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.ids import iso

from . import rows

if TYPE_CHECKING:
    from chalicelib.services import Services

MAX_CHARACTERS = 500


def record(services: Services, conversation: Conversation, answer: Message, question: str) -> None:
    """Keep a question, once for each prompt: its id is the prompt's, also where the answer is asked for again.

    Of an owner who tries a draft nothing is kept.
    """
    if conversation.preview is not None or conversation.twin is None or answer.parent_id is None:
        return
    row = {
        "handle": conversation.twin,
        "item": f"question/{answer.parent_id}",
        "text": " ".join(question.split())[:MAX_CHARACTERS],
        "language": conversation.asked_in or conversation.visit.get("language", ""),
        "at": iso(time.time()),
        "status": "open",
    }
    table, key = services.twins, {"handle": row["handle"], "item": row["item"]}
    with suppress(ConditionFailed):
        table.write(table.put(row, condition="attribute_not_exists(#item)"))
    # Of a twin that is deleted: whoever deletes it marks the head first, and removes what is beneath after that.
    if not rows.is_same(table.find(rows.key(conversation.twin)), conversation.twin_born_at):
        table.write(table.delete(key))
