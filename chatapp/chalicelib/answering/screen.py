"""Between a twin's answer and whoever reads it: the text alone, without links that no source has; when it began."""

from __future__ import annotations

import time

from chalicelib.claude.interface import Counts, Delta
from chalicelib.twin.links import Links

from .transcript import Shown, Transcript


class Screen:
    """Takes what a transcript takes. first_word_at: Unix seconds; None while nothing was said."""

    def __init__(self, transcript: Transcript, allowed: frozenset[str]) -> None:
        self._transcript = transcript
        self._allowed = allowed
        self._links = Links(allowed)
        self._block: int | None = None
        self.first_word_at: float | None = None

    @property
    def full(self) -> bool:
        return self._transcript.full

    def add(self, event: Shown) -> None:
        match event:
            case Delta(block, "text", text):
                if block != self._block:
                    self._flush()
                    self._block = block
                self._say(block, self._links.feed(text))
            case Delta():
                return  # what a model thinks is no visitor's
            case Counts():
                self._transcript.add(event)
            case _:  # a citation, a tool or the end: what was said before it is whole
                self._flush()
                self._transcript.add(event)

    def _flush(self) -> None:
        if self._block is not None:
            self._say(self._block, self._links.end())
            self._block = None

    def _say(self, block: int, text: str) -> None:
        if not text:
            return
        self.first_word_at = self.first_word_at or time.time()
        self._transcript.add(Delta(block, "text", text))
