"""Questions that the sources do not answer, kept for the owner: rows `question/<id>` of the twin, of no visitor.

A question's id is its own. For as long as the visit is there, its prompt knows it, so that it is kept once and goes
where the visitor has the visit erased; after that nothing leads from one to the other. It is kept for as long as a
transcript, and where none are kept, for long enough to be answered.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, batch_get
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.ids import iso, new_id

from . import rows

if TYPE_CHECKING:
    from chalicelib.services import Services

MAX_CHARACTERS = 500
LEAST_DAYS = 30


def record(services: Services, conversation: Conversation, answer: Message, question: str) -> None:
    """Keep a question, once for each prompt, also where the answer is asked for again.

    Of an owner who tries a draft nothing is kept.
    """
    if conversation.preview is not None or conversation.twin is None or answer.parent_id is None:
        return
    question_id = _id_of(services, answer)
    if question_id is None:
        return
    now = time.time()
    row = {
        **rows.key(conversation.twin, rows.QUESTION + question_id),
        "text": " ".join(question.split())[:MAX_CHARACTERS],
        "language": conversation.asked_in or conversation.visit.get("language", ""),
        "at": iso(now),
        "status": "open",
        "ttl": int(now) + (services.settings.transcript_days or LEAST_DAYS) * 86_400,
    }
    with suppress(ConditionFailed):
        services.twins.write(services.twins.put(row, condition="attribute_not_exists(#item)"))
    # Whoever deletes visit or twin marks its row first, and removes what is beneath after that.
    visit, head = batch_get(
        (services.conversations, conversations.key(conversation.subject, conversation.conversation_id)),
        (services.twins, rows.key(conversation.twin)),
    )
    if visit is None or "deleted_at" in visit or not rows.is_same(head, conversation.twin_born_at):
        remove(services, conversation.twin, question_id)


def remove(services: Services, handle: str, question_id: str) -> None:
    services.twins.write(services.twins.delete(rows.key(handle, rows.QUESTION + question_id)))


def _id_of(services: Services, answer: Message) -> str | None:
    """The id of the question that a prompt asked; None where the prompt is gone."""
    named = services.messages.update(
        messages.key(answer.subject, answer.conversation_id, answer.parent_id or ""),
        "SET #question_id = if_not_exists(#question_id, :new)",
        {":new": new_id()},
        condition="attribute_exists(#message_id)",
    )
    with suppress(ConditionFailed):
        return str(services.messages.write(named, returns="ALL_NEW")["question_id"])
    return None
