"""Whose prompt an answer is: a person's conversation with files, or a visitor's question to a twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.prompts import history
from chalicelib.prompts.file_tools import Tools
from chalicelib.prompts.history import History, Scope
from chalicelib.prompts.toolbox import Toolbox
from chalicelib.twin.prompting import TwinPrompts

from .screen import Screen
from .transcript import Shows, Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services


class Prompting(Protocol):
    """max_tokens: of one round of the answer."""

    @property
    def max_tokens(self) -> int: ...

    def read(self, scope: Scope) -> History: ...

    def tools(self, past: History) -> Toolbox: ...

    def shown_by(self, transcript: Transcript) -> Shows: ...


class FilePrompts:
    """Of a person's conversation."""

    def __init__(self, services: Services, answer: Message) -> None:
        self._services = services
        self._answer = answer

    @property
    def max_tokens(self) -> int:
        return self._services.settings.max_tokens

    def read(self, scope: Scope) -> History:
        return history.read(self._services, self._answer, scope)

    def tools(self, past: History) -> Toolbox:
        return Tools(self._services, past.searched, past.seen_pages)

    def shown_by(self, transcript: Transcript) -> Shows:
        return transcript


class VisitPrompts(TwinPrompts):
    """Of a visitor's question. screen: what they are shown passes through it."""

    screen: Screen | None = None

    def shown_by(self, transcript: Transcript) -> Shows:
        # One for all rounds, and for a prompt that is asked again with less in it.
        self.screen = self.screen or Screen(transcript, self.links)
        return self.screen


def of(services: Services, answer: Message, conversation: Conversation) -> FilePrompts | VisitPrompts:
    if conversation.twin is None:
        return FilePrompts(services, answer)
    return VisitPrompts(services, answer, conversation)
