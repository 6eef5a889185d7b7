"""A twin's tools: to search the entries that do not fit its prompt, and to say that the sources hold no answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib.aws.faults import Busy
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.extraction.estimates import beginning, estimate_tokens
from chalicelib.extraction.pages import Page
from chalicelib.prompts.citations import terms
from chalicelib.prompts.file_blocks import Attached, Source
from chalicelib.prompts.file_tools import Found, Result
from chalicelib.shapes import ToolDetail

from . import unanswered
from .entry_texts import locator_of, text_of
from .offered_tools import NOT_IN_SOURCES, SEARCH, definitions
from .snapshots import Entry

if TYPE_CHECKING:
    from chalicelib.services import Services

MAX_HITS = 8
MAX_TOKENS = 7_000
_RESULT_TOKENS = 40


class Tools:
    """The tools of one answer. found: what the search gave so far."""

    def __init__(
        self,
        services: Services,
        conversation: Conversation,
        answer: Message,
        searched: Sequence[Entry],
        question: str,
    ) -> None:
        self._services = services
        self._conversation = conversation
        self._answer = answer
        self._searched = searched
        self._question = question
        self.found: dict[str, list[Found]] = {}
        self.seen: tuple[Source, ...] = ()  # entries are texts
        self._has_missed = False

    @property
    def definitions(self) -> tuple[dict[str, Any], ...]:
        return definitions(bool(self._searched))

    def detail(self, name: str, given: dict[str, Any]) -> ToolDetail:
        # What a model calls a tool with is text of its own that no screen has seen (`answering/screen.py`).
        return {"files": []}

    def use(self, name: str, given: dict[str, Any], max_tokens: int = MAX_TOKENS) -> Result:
        if name == NOT_IN_SOURCES:
            return Result([_text(self._missed(given))])
        query = given.get("query")
        if name != SEARCH or not self._searched or not isinstance(query, str):
            return Result([_text(f"There is no such call: {SEARCH} takes a query.")], is_error=True)
        return Result(self._search(query, min(max_tokens, MAX_TOKENS)))

    def _missed(self, given: dict[str, Any]) -> str:
        asked = given.get("question")
        question = asked if isinstance(asked, str) and asked.strip() else self._question
        if not self._has_missed:
            with suppress(Busy):  # an answer is worth more than its question's being kept
                unanswered.record(self._services, self._conversation, self._answer, question)
        self._has_missed = True
        return "It is kept for the owner. Say that the sources do not hold it; the page offers the contact beside that."

    def _search(self, query: str, max_tokens: int) -> list[dict[str, Any]]:
        blocks = []
        for entry in ranked(self._searched, query)[:MAX_HITS]:
            if max_tokens <= _RESULT_TOKENS:
                break
            text = beginning(text_of(entry), max_tokens - _RESULT_TOKENS)
            max_tokens -= _RESULT_TOKENS + estimate_tokens(text)
            blocks.append(self._result(entry, text))
        return blocks or [_text("Nothing fits these words. Try other words, or fewer of them.")]

    def _result(self, entry: Entry, text: str) -> dict[str, Any]:
        source = f"entry/{entry.entry_id}"
        given = Found(Attached(entry.entry_id, entry.name), Page(1, locator_of(entry.section), text))
        self.found.setdefault(source, []).append(given)
        return {
            "type": "search_result",
            "source": source,
            "title": f"{entry.section}: {entry.name}",
            "content": [_text(text)],
            "citations": {"enabled": True},
        }


def ranked(entries: Sequence[Entry], query: str) -> list[Entry]:
    """Those that share words with a query, rare words first, short entries before long ones."""
    wanted = set(terms(query))
    shared = [wanted.intersection(terms(text_of(entry))) for entry in entries]
    seen_in = Counter(word for words in shared for word in words)
    weight = {word: math.log(1 + len(entries) / count) for word, count in seen_in.items()}
    scores = [
        sum(weight[word] for word in words) / math.sqrt(200 + len(entry.text))
        for entry, words in zip(entries, shared, strict=True)
    ]
    order = sorted(range(len(entries)), key=lambda index: -scores[index])
    return [entries[index] for index in order if scores[index] > 0]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
