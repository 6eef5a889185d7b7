"""A demo model that runs for one test, with a clock and a sleep of its own, and an SDK client of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2
from anthropic.types import Message

from deploy.local.demo_model.server import DemoServer

MODEL = "claude-sonnet-5-5"


class Stage:
    """`now_s` ages its prompt cache; its pauses are noted in `slept_s` and last until `awake` is set."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept_s: list[float] = []
        self.awake = threading.Event()
        self.awake.set()
        self.server = DemoServer(clock=lambda: self.now_s, sleep=self.sleep)
        self.client = self.client_with(api_key="demo")
        self.http = httpx2.Client(base_url=self.server.url)

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.awake.wait(30)

    def client_with(self, **options: Any) -> anthropic.Anthropic:
        return anthropic.Anthropic(base_url=self.server.url, max_retries=0, **options)

    def script(self, match: str | None = None, times: int | None = None, title: bool = False, **reply: Any) -> None:
        body = {"match": match, "times": times, "title": title, "reply": reply}
        assert self.http.post("/_demo/script", json=body).status_code == 201

    def ask(self, content: Any = "Which roses?", *, stream: bool = True, **options: Any) -> Message:
        """Ask with `content` as the only user message, or with `messages` in the options."""
        asked = {
            "model": MODEL,
            "max_tokens": 2000,
            "messages": [{"role": "user", "content": content}],
            **options,
        }
        if not stream:
            message: Message = self.client.messages.create(**asked)
            return message
        with self.client.messages.stream(**asked) as events:
            return events.get_final_message()

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.http.get("/_demo/requests", params={"after": after}).json()["items"]
        return items


@contextmanager
def running_stage() -> Iterator[Stage]:
    running = Stage()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        running.awake.set()
        running.http.close()
        running.client.close()
        running.server.shutdown()
        thread.join()
        running.server.server_close()


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def citations_of(message: Message) -> list[dict[str, Any]]:
    blocks = [block for block in message.content if block.type == "text"]
    return [citation.to_dict() for block in blocks for citation in block.citations or []]


def document(source: dict[str, Any], title: str = "Lease", cited: bool = True) -> dict[str, Any]:
    return {"type": "document", "title": title, "source": source, "citations": {"enabled": cited}}


def pages(*texts: str) -> dict[str, Any]:
    return {"type": "content", "content": [{"type": "text", "text": text} for text in texts]}


def cached(text: str, **control: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral", **control}}]
