"""What a twin's model is told of its tools: constant, byte for byte, since the prompt's cache begins with them."""

from __future__ import annotations

from typing import Any

SEARCH = "search_entries"
NOT_IN_SOURCES = "not_in_sources"

_NOT_IN_SOURCES: dict[str, Any] = {
    "name": NOT_IN_SOURCES,
    "description": "Say that the sources do not hold the answer to a question about the person: it is kept for them, so"
    " that they can answer it. Not for questions that are declined.",
    "input_schema": {
        "type": "object",
        "properties": {"question": {"type": "string", "description": "The question, in the visitor's language."}},
        "required": ["question"],
    },
}
_SEARCH: dict[str, Any] = {
    "name": SEARCH,
    "description": "Search the entries that are too many to be shown, by words. Gives those that fit best. Use the"
    " words that the entries would use, in their language; search again with other words when nothing fits.",
    "input_schema": {
        "type": "object",
        "properties": {"query": {"type": "string", "description": "Words to look for."}},
        "required": ["query"],
    },
}


def definitions(has_searched: bool) -> tuple[dict[str, Any], ...]:
    return (_SEARCH, _NOT_IN_SOURCES) if has_searched else (_NOT_IN_SOURCES,)
