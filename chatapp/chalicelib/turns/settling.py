"""The end of an answer, in one conditional transaction: by its worker, by a stop, or by whoever meets a dead one.

An answer is dead when its worker let the lease run out, or when no worker claimed it in time. The first read, send or
retry that sees it folds the stream log into the message and frees the conversation.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import TransactionRefused, Write, transact
from chalicelib.conversations import messages, titling
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.errors import NotFound
from chalicelib.functions import ANSWER, events_of
from chalicelib.ids import seconds
from chalicelib.spending import reservations

from . import frame_log, told

if TYPE_CHECKING:
    from chalicelib.services import Services

# Renewed every 3 s (`answering.lease`): what a dead worker leaves of it is 8 s on average. A worker that starts while
# its machine is busy may be late by seconds, and its answer would be taken for dead.
LEASE_S = 10.0
# What Lambda still holds by then cannot start later.
QUEUED_S = float(events_of(ANSWER).max_age_s)

_CLAIMED_BY_ME = "#token = :token AND #status = :before"
_STILL_QUEUED = "#status = :before AND attribute_not_exists(#token)"
_IS_HEAD_IN_PROGRESS = "#answer_in_progress = :message_id"


class Superseded(Exception):
    """Another worker or reader has settled the answer, or its rows were deleted; nothing was written."""


def is_dead(answer: Message, now: float) -> bool:
    if answer.status == "queued":
        return seconds(answer.created_at) + QUEUED_S < now
    return answer.status == "streaming" and (answer.lease_until or 0) < now


def settled(services: Services, answer: Message) -> Message:
    """The answer as it stands, settled now if it is dead."""
    if not is_dead(answer, time.time()):
        return answer
    if answer.status == "queued":
        error = {"code": "not_started", "message": "The answer was never started. Retry."}
        ended = answer.with_changes(status="failed", error=error)
    elif answer.stop_requested:
        ended = answer.with_changes(status="stopped", content=frame_log.blocks(services, answer))
    else:
        error = {"code": "worker_lost", "message": "The answer broke off. What had arrived is kept; Retry asks again."}
        ended = answer.with_changes(status="interrupted", error=error, content=frame_log.blocks(services, answer))
    try:
        end(services, ended, before=answer)
    except Superseded:
        return messages.get(services, answer.subject, answer.conversation_id, answer.message_id)
    return ended


def end(services: Services, ended: Message, *, before: Message) -> None:
    """Store an answer that its worker has not ended, free its conversation and settle its costs.

    Raises Superseded and Busy.
    """
    finish(services, ended, before=before)
    told.ended(services, ended)
    settle_costs(services, before, ended.usage)
    if ended.subject.kind == "user" and ended.parent_id:
        with suppress(Busy, NotFound):  # the next answer tries again
            question = messages.get(services, ended.subject, ended.conversation_id, ended.parent_id).text()
            titling.write_title(
                services, ended.subject, ended.conversation_id, titling.first_words(question), is_written=False
            )


def settle_costs(services: Services, answer: Message, spent: dict[str, int] | None) -> bool:
    """Settle what an answer had reserved; one that an earlier version of the app began had reserved nothing.

    False where somebody had settled it before.
    """
    if answer.reservation:
        return reservations.settle(services, answer.reservation, spent)
    if spent:
        reservations.charge(services, answer.subject, spent)
    return True


def finish(
    services: Services,
    ended: Message,
    *,
    before: Message,
    conversation: dict[str, Any] | None = None,
    patience_s: float = 0.0,
) -> None:
    """Store a settled answer and free its conversation. What it cost is settled by the caller, apart from this.

    ended: with its final status. before: as it was when the caller last held it (status, token, lease).
    conversation: more attributes to set there, or to remove (None). patience_s: for how long to go on while
    DynamoDB is busy. Raises Superseded and Busy.
    """
    message = _message(services, ended, before)
    of_conversation = _conversation(services, ended, conversation or {})
    try:
        transact([message, of_conversation], patience_s=patience_s)
    except TransactionRefused as refused:
        raise Superseded from refused


def _message(services: Services, ended: Message, before: Message) -> Write:
    given = {
        "status": ended.status,
        "content": ended.content or None,
        "usage": ended.usage,
        "stop_reason": ended.stop_reason,
        "error": ended.error,
        "context": ended.context,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    changes["reservation"] = None
    values: dict[str, Any] = {":before": before.status}
    condition = _STILL_QUEUED
    if before.token:
        condition, values[":token"] = _CLAIMED_BY_ME, before.token
        changes |= {"lease_until": None, "stop_requested": None, "token": None}
    if before.token and before.lease_until is not None and is_dead(before, time.time()):
        # A worker that wakes up and renews its lease in this very moment stays in charge.
        condition += " AND #lease_until = :lease_until"
        values[":lease_until"] = before.lease_until
    return services.messages.change(ended.key(), changes, condition=condition, values=values)


def _conversation(services: Services, ended: Message, more: dict[str, Any]) -> Write:
    # Its date was renewed when the answer was asked for; if it was deleted since, it is due to be swept.
    changes = {**more, "answer_in_progress": None}
    return services.conversations.change(
        conversations.key(ended.subject, ended.conversation_id),
        changes,
        condition=_IS_HEAD_IN_PROGRESS,
        values={":message_id": ended.message_id},
    )
