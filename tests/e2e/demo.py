"""Tells the demo model what to answer, and reads what it was asked."""

from __future__ import annotations

import json
import secrets
from typing import Any

from tests.e2e import web

# Long enough to be stopped, cut and joined in the middle, short enough to wait for.
WORDS = ("roses", "lilies", "tulips", "asters", "dahlias", "irises", "violets", "poppies", "peonies", "orchids")


def unique_word() -> str:
    """A word for one test's question, so that scripts of tests that run side by side never mix."""
    return f"w{secrets.token_hex(5)}"


def long_text(words: int) -> str:
    """Plain words, numbered, so that a piece that is missing or doubled shows."""
    return " ".join(f"{number}-{WORDS[number % len(WORDS)]}" for number in range(1, words + 1))


class Model:
    def __init__(self, url: str) -> None:
        self._url = url

    def script(self, match: str, *, times: int | None = None, title: bool = False, **reply: Any) -> None:
        body = {"match": match, "times": times, "title": title, "reply": reply}
        added = web.call("POST", f"{self._url}/_demo/script", body=body)
        assert added.status == 201, added

    def requests(self, word: str) -> list[dict[str, Any]]:
        """The requests for an answer whose last user message holds `word`; not those for a title."""
        items = web.call("GET", f"{self._url}/_demo/requests?after=0").body["items"]
        return [item for item in items if word in _last_user_text(item["body"]) and not _is_for_title(item["body"])]

    def requests_of(self, word: str) -> list[dict[str, Any]]:
        """The bodies of the requests for answers in which `word` stands anywhere, in order."""
        items = web.call("GET", f"{self._url}/_demo/requests?after=0").body["items"]
        bodies = [item["body"] for item in items]
        return [body for body in bodies if word in json.dumps(body["messages"]) and not _is_for_title(body)]


def _is_for_title(body: dict[str, Any]) -> bool:
    return "Answer with the title only" in json.dumps(body.get("system", ""))


def _last_user_text(body: dict[str, Any]) -> str:
    last = next((m for m in reversed(body.get("messages", [])) if m["role"] == "user"), {"content": ""})
    content = last["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)
