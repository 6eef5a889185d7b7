"""Removing a deleted conversation with its messages and stream logs; when, says `undo`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib import undo
from chalicelib.aws.table import Item, Key
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.subjects import Subject
from chalicelib.turns import frame_log, settling
from chalicelib.twin import rows as twins
from chalicelib.twin import transcripts, unanswered

from . import erasures

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge_conversation(services: Services, subject: Subject, conversation_id: str) -> bool:
    """Remove a conversation that is deleted, or kept no longer, with its messages and stream logs; False when neither.

    From its first write on nobody can bring the conversation back. Safe to repeat: the conversation's row goes last,
    so an interrupted purge is found again. An answer that still streams finds its row gone and removes its own log.
    """
    table, row = services.conversations, conversations.key(subject, conversation_id)
    begun = undo.begin_purge(services, table, row)
    if begun is None:
        return False
    # Of a visit: the twin whose visitor had it erased, or which went. Otherwise transcript and questions have a time of
    # their own, and so has the visit, which no backup can bring back for longer.
    twin = begun["twin"] if "erased" in begun else None
    if twin is not None:
        erasures.visit(services, subject, twin)
    elif subject.kind == "user":
        erasures.conversation(services, subject, conversation_id)
    services.messages.delete_all(_cleared(services, messages.partition(subject, conversation_id), twin))
    if twin is not None:
        transcripts.remove(services, twin, conversation_id)
    table.write(table.delete(row))
    return True


def _cleared(services: Services, partition: str, twin: str | None) -> Iterator[Key]:
    """The keys of all messages, of answers once their logs are gone. twin: that keeps none of the questions."""
    for item in services.messages.rows("#conversation = :partition", {":partition": partition}):
        if item.get("role") == "assistant":
            _clear(services, Message.from_item(item))
        if twin is not None and "question_id" in item:
            _forget(services, twin, item)
        yield {"conversation": partition, "message_id": item["message_id"]}


def _forget(services: Services, twin: str, prompt: Item) -> None:
    """Remove the question that a twin keeps of a prompt."""
    question = twins.QUESTION + prompt["question_id"]
    erasures.part(services, Subject.parse(prompt["conversation"].partition("#")[0]), twin, question)
    unanswered.remove(services, twin, prompt["question_id"])


def _clear(services: Services, answer: Message) -> None:
    """Remove an answer's log; of one that nobody will end any more, settle the costs. A worker does so itself."""
    frame_log.delete_log(services, answer)
    if answer.status == "queued" or (answer.in_progress and settling.is_dead(answer, time.time())):
        settling.settle_costs(services, answer, answer.usage)
