"""Starting the worker of a queued answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.functions import NotStarted
from chalicelib.conversations.messages import Message
from chalicelib.errors import Unavailable

from .rows import Turn

if TYPE_CHECKING:
    from chalicelib.services import Services


def started(services: Services, turn: Turn) -> Turn:
    """The turn, its worker invoked while its answer is queued. Raises Unavailable; safe to repeat."""
    if turn.answer.status == "queued":
        _start(services, turn.answer)
    return turn


def _start(services: Services, answer: Message) -> None:
    """Invoke the worker. Ids only: what Lambda could not deliver is kept in a queue for two weeks."""
    order = {
        "user_id": answer.subject.owner,
        "conversation_id": answer.conversation_id,
        "message_id": answer.message_id,
    }
    try:
        services.answers.invoke(order)
    except NotStarted as error:
        raise Unavailable(
            "The message is stored but its answer could not be started. Repeat the request as it was."
        ) from error
