"""Asking for the end of an answer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed
from chalicelib.conversations.messages import Message
from chalicelib.errors import InvalidRequest, NotFound
from chalicelib.ids import iso
from chalicelib.subjects import Subject

from . import settling
from .reading import current, read

if TYPE_CHECKING:
    from chalicelib.services import Services


# Longer than an answer may be queued and its function may run.
_LONGEST_S = 3_600


def stop(services: Services, subject: Subject, conversation_id: str, message_id: str) -> Message:
    """Ask for the end of an answer: a queued one ends at once, a streaming one at its next tick (1 s).

    An answer that has ended stays as it is.
    """
    answer = read(services, subject, conversation_id, message_id)
    if answer.role != "assistant":
        raise InvalidRequest("message_id", "only an answer can be stopped", reason="not_an_answer")
    if answer.status == "queued":
        answer = _stop_queued(services, answer)
    if answer.status == "streaming":
        answer = _request_stop(services, answer)
    return answer


def stop_all(services: Services, subject: Subject, before: float) -> int:
    """Stop the answers of a person that are in progress and were asked for before then; how many there were.

    They are under conversations that were written to lately; of one that is deleted, the purge ends them.
    """
    lately = "#user_id = :user_id AND #timestamp BETWEEN :since AND :before"
    times = {":user_id": subject.owner, ":since": iso(before - _LONGEST_S), ":before": iso(before)}
    found = 0
    for row in services.conversations_by_time.rows(lately, times):
        if row.get("answer_in_progress"):
            with suppress(NotFound):
                stop(services, subject, row["conversation_id"], row["answer_in_progress"])
                found += 1
    return found


def _stop_queued(services: Services, answer: Message) -> Message:
    """The answer, ended; or as it is by now, where a worker has claimed it."""
    stopped = answer.with_changes(status="stopped")
    try:
        settling.end(services, stopped, before=answer)
    except settling.Superseded:
        return current(services, answer)
    return stopped


def _request_stop(services: Services, answer: Message) -> Message:
    """The answer, asked to end; or as it is by now, where it has ended by itself."""
    table = services.messages
    flag = table.change(
        answer.key(), {"stop_requested": True}, condition="#status = :streaming", values={":streaming": "streaming"}
    )
    try:
        return Message.from_item(table.write(flag, returns="ALL_NEW"))
    except ConditionFailed:
        return current(services, answer)
