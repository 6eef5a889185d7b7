"""Turns as they stand, with no answer in progress that is dead."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.aws.table import batch_get
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.subjects import Subject

from . import settling

if TYPE_CHECKING:
    from chalicelib.services import Services


def current(services: Services, answer: Message) -> Message:
    return messages.get(services, answer.subject, answer.conversation_id, answer.message_id)


def read(services: Services, subject: Subject, conversation_id: str, message_id: str) -> Message:
    """One message of a visible conversation, in one request; a dead answer is settled first."""
    row, item = batch_get(
        (services.conversations, conversations.key(subject, conversation_id)),
        (services.messages, messages.key(subject, conversation_id, message_id)),
    )
    conversations.existing(row)
    message = messages.existing(item)
    return settling.settled(services, message) if message.in_progress else message


def conversation(services: Services, subject: Subject, conversation_id: str) -> Conversation:
    """A conversation, with no answer in progress that is dead."""
    found = conversations.get(services, subject, conversation_id)
    if found.answer_in_progress is None:
        return found
    answer = messages.get(services, subject, conversation_id, found.answer_in_progress)
    if settling.settled(services, answer).in_progress:
        return found
    return replace(found, answer_in_progress=None)


def await_answer(services: Services, answer: Message, wait_s: float) -> Message:
    """The answer once it is settled, or as it stands after `wait_s` seconds."""
    deadline = time.monotonic() + wait_s
    pause = 0.1
    while answer.in_progress and time.monotonic() + pause < deadline:
        time.sleep(pause)
        pause = min(pause * 1.3, 1.0)
        answer = settling.settled(services, current(services, answer))
    return answer
