"""The thread that reads: it has the prompt asked, runs its tools, and gives the transcript what comes."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.claude.interface import ModelError, ModelStream, Prompt
from chalicelib.conversations.messages import Message
from chalicelib.logs import line
from chalicelib.prompts.citations import Citer
from chalicelib.prompts.history import History, Scope
from chalicelib.prompts.toolbox import Toolbox
from chalicelib.settings import ModelOffer

from .course import Course
from .prompting import Prompting
from .purse import Purse
from .rounds import Hooks, Rounds
from .transcript import Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services


# The model takes less than was sent: of tokens, or of bytes.
_TOO_MUCH = ("context_too_long", "model_request_too_large")


class Reader(threading.Thread):
    """past: the prompt as it was sent last. tools: what it may use. scope: what it was made of, with fewer tokens for
    files once it must be.
    """

    def __init__(  # noqa: PLR0917 (its parts, each named once, where it is made)
        self,
        services: Services,
        answer: Message,
        offer: ModelOffer,
        prompting: Prompting,
        scope: Scope,
        course: Course,
        transcript: Transcript,
        purse: Purse,
    ) -> None:
        super().__init__(daemon=True)
        self._services = services
        self._answer = answer
        self._offer = offer
        self._prompting = prompting
        self.scope = scope
        self._course = course
        self._transcript = transcript
        self._purse = purse
        self._stream: ModelStream | None = None
        self.past: History = prompting.read(scope)
        self.tools: Toolbox = prompting.tools(self.past)

    def run(self) -> None:
        try:
            self._ask()
        except Exception as error:
            # Whatever went wrong ends the answer; the main thread says how. Where it ends anyway, this is only the
            # stream that was closed.
            if not self._course.ending():
                self._course.error = error
        finally:
            self._course.finished = True
            self._course.wake()
            if self._stream is not None:
                self._stream.close()  # an answer that was stopped leaves no connection behind

    def close(self) -> None:
        """End the thread even where it waits for the model's next word."""
        if self._stream is not None and not self._course.finished:
            self._stream.close()

    @property
    def model_request_id(self) -> str:
        """The model's own id of the last call; "" where there was none."""
        return self._stream.request_id if self._stream else ""

    def _ask(self) -> None:
        """Ask the model; once more with half of the files, where it finds the prompt longer than was estimated."""
        try:
            self._ask_once()
        except ModelError as error:
            document_tokens = self.past.document_tokens // 2
            if error.code not in _TOO_MUCH or not document_tokens or self._transcript.has_begun:
                raise
            line("prompt too long", message_id=self._answer.message_id, document_tokens=document_tokens)
            self.scope = replace(self.scope, document_tokens=document_tokens)
            self.past = self._prompting.read(self.scope)
            self._ask_once()

    def _ask_once(self) -> None:
        settings, past, course = self._services.settings, self.past, self._course
        # Reserved was by the conversation's last prompt, before anybody knew this one.
        self._purse.afford(self.scope.counted(past.tokens))
        tools = self.tools = self._prompting.tools(past)
        citer = Citer(past.sources, tools.found, tools.seen)
        hooks = Hooks(course.deadline, course.ending, course.pause, self._opened, course.wake, self._purse.afford)
        prompt = Prompt(self._offer, past.messages, self._prompting.max_tokens, past.system, tools.definitions)
        shows = self._prompting.shown_by(self._transcript)
        Rounds(settings, self._services.model(), tools, citer, shows, hooks).run(prompt)

    def _opened(self, stream: ModelStream) -> None:
        self._stream = stream
