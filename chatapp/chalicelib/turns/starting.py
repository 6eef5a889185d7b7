"""Starting the worker of a queued answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.aws.functions import NotStarted
from chalicelib.errors import Unavailable

from .rows import Turn

if TYPE_CHECKING:
    from chalicelib.services import Services


def started(services: Services, turn: Turn) -> Turn:
    if turn.answer.status == "queued":
        _start(services, turn)
    return turn


def _start(services: Services, turn: Turn) -> None:
    """Invoke the worker. Ids only: what Lambda could not deliver is kept in a queue for two weeks."""
    conversation = turn.conversation
    payload: dict[str, Any] = {
        "user_id": conversation.subject.owner,
        "conversation_id": conversation.conversation_id,
        "message_id": turn.answer.message_id,
        "cut": conversation.cut,
        "system": conversation.system is not None,
        "untitled": conversation.title is None,
        "files": sorted(conversation.file_ids),
        "cut_files": conversation.has_cut_files,
        "document_tokens": conversation.document_tokens,
    }
    try:
        services.answers.invoke(payload)
    except NotStarted as error:
        raise Unavailable(
            "The message is stored but its answer could not be started. Repeat the request as it was."
        ) from error
