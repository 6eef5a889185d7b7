"""The demo model: a stand-in for Claude that speaks the Messages API on 127.0.0.1.

    python -m deploy.local.demo_model.server --port N      (0: a free port)

prints `listening on http://127.0.0.1:N`.

API: `POST /v1/messages` (streaming and not), `POST /v1/messages/count_tokens` and `GET /v1/models`, with the
checks, errors, stop reasons and prompt-cache figures of Anthropic's. Any key but `invalid` is taken. Without
a script it answers from the text it was given (`answers.py`). No text of a message is ever logged.

Scripts, for tests:

    POST   /_demo/script {"match", "times", "title", "reply"}
    GET    /_demo/requests?after=N   → {"items": [{"number", "received_at", "headers" (no key), "body"}]}, last 1,000
    DELETE /_demo                    forgets scripts and requests (numbers go on)
    GET    /_demo/health             → {"status": "ok"}

- `match`: a substring of the last user message's text and of the text of its tool results; null: any. Tests
  that run side by side each put a word of their own into their questions.
- `times`: how many requests it answers; null: all. The first script that fits and has times left is taken.
- `title`: a title request (a system prompt with the words "title" and "only", "just" or "nothing else", and
  no tools) is answered only by a script with `"title": true`, whose `match` looks at all of the user's
  messages; such a script answers nothing else. So a script for an answer is never spent on that
  conversation's title.
- A request that the API would refuse is refused, and spends no script.
- `reply`: {"text", "thinking", "tool_use": {"name", "input", "id"?} or a list, "citations": [on the text],
  "content": [whole blocks, instead], "chunk_chars": 12, "delay_first_s": 0, "delay_chunk_s": 0.02,
  "stop_reason", "stop_sequence", "stop_details", "usage": {overrides}, "error": {"status", "type",
  "message", "headers"}, "cut_after_chars", "error_after_chars", "hang_after_chars"}. Without any content
  the demo model's own answer is sent, at the script's pace and with its faults.
  `error` is the HTTP answer, such as the 400 "input length and `max_tokens` exceed context limit: 178959 +
  64000 > 200000" of models that refuse where others break off at the window (a prompt that is itself past it
  is refused unasked); with `error_after_chars` it is the event in mid-stream (default 529). Not
  streamed, a cut closes the connection without an answer and an error is the HTTP answer.
"""

from __future__ import annotations

import argparse
import itertools
import json
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy.local.demo_model.answers import answer
from deploy.local.demo_model.cache import PromptCache, prompt_tokens
from deploy.local.demo_model.request import CONTEXT_WINDOW_TOKENS, ApiError, MessagesRequest
from deploy.local.demo_model.scripts import Recorder, Reply, ScriptError, Scripts, parse_script
from deploy.local.demo_model.validation import parse_request
from deploy.local.demo_model.wire import Answer, Event, Fault, Pause, make_answer

MAX_BODY_BYTES = 32 * 1024 * 1024  # https://platform.claude.com/docs/en/api/errors#request-size-limits
HANG_POLL_S = 0.25
# It answers to any name.
MODELS = ("claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5")


class DemoServer(ThreadingHTTPServer):
    """The server and what it holds. `clock` ages the prompt cache; `sleep` paces the streams (both in
    seconds).
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(("127.0.0.1", port), DemoHandler)
        self.sleep = sleep
        self.scripts = Scripts()
        self.recorder = Recorder()
        self.cache = PromptCache(clock)
        self.numbers = itertools.count(1)
        self.stopping = threading.Event()

    def shutdown(self) -> None:
        self.stopping.set()
        super().shutdown()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say where a handler failed, never with the exception's text: it may hold a message's."""
        error = sys.exception()
        if error is None or isinstance(error, ConnectionError):  # a client that went away is no failure
            return
        where = traceback.format_tb(error.__traceback__)
        print(f"demo model: {type(error).__name__}", *where, sep="\n", file=sys.stderr)


class _Hangup(ConnectionError):
    """The connection is to be closed here, as the script asks."""


class DemoHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: DemoServer

    def setup(self) -> None:
        super().setup()
        self.request_id = ""
        self.headers_sent = False

    def log_message(self, *_args: object) -> None:
        """Log nothing: the record is in GET /_demo/requests."""

    def do_GET(self) -> None:
        self._dispatch()

    def do_POST(self) -> None:
        self._dispatch()

    def do_DELETE(self) -> None:
        self._dispatch()

    def _dispatch(self) -> None:
        self.request_id = f"req_demo{next(self.server.numbers):012d}"
        self.headers_sent = False
        path = urlsplit(self.path).path
        try:
            raw_body = self._read_body()
            self._route(path)(self, raw_body)
        except ApiError as error:
            self._send_json(error.status, error.body(self.request_id), error.headers)
        except ConnectionError:
            self.close_connection = True
        except Exception:
            if self.headers_sent:
                self.close_connection = True
            else:
                self._send_json(500, ApiError(500, "Internal server error").body(self.request_id))
            raise

    def _route(self, path: str) -> Callable[[DemoHandler, bytes], None]:
        route = ROUTES.get((self.command, path))
        if route is None:
            raise ApiError(404, "Not found")
        if path.startswith("/_demo"):
            self._refuse_web_pages()
        return route

    def _refuse_web_pages(self) -> None:
        # A page in the browser can reach 127.0.0.1; scripts and recorded prompts are none of its business.
        host = (self.headers.get("host") or "").rpartition(":")[0]
        if self.headers.get("origin") or host not in ("127.0.0.1", "localhost"):
            raise ApiError(403, "The script API is for programs on this machine")

    def _read_body(self) -> bytes:
        try:
            left = int(self.headers.get("content-length") or 0)
        except ValueError:
            raise ApiError(400, "content-length: Input should be a valid integer") from None
        if left > MAX_BODY_BYTES:
            self.close_connection = True
            self._discard(min(left, 2 * MAX_BODY_BYTES))
            raise ApiError(413, "Request exceeds the maximum size")
        return self.rfile.read(left)

    def _discard(self, left: int) -> None:
        # Closing before the client has sent its body resets the connection, and the client never
        # sees the 413.
        while left > 0 and (chunk := self.rfile.read(min(left, 1 << 16))):
            left -= len(chunk)

    # The Messages API

    def create_message(self, raw_body: bytes) -> None:
        self.server.recorder.add(dict(self.headers.items()), raw_body)
        api_key = self._api_key()
        request = parse_request(_parse_json(raw_body), self.headers["anthropic-version"])
        reply = self.server.scripts.take(request) or Reply()
        if reply.error is not None and reply.error_after_chars is None:
            self.server.sleep(reply.delay_first_s)
            raise reply.error
        if (tokens := prompt_tokens(request)) > CONTEXT_WINDOW_TOKENS:
            raise ApiError(400, f"prompt is too long: {tokens} tokens > {CONTEXT_WINDOW_TOKENS} maximum")
        made = self._make_answer(request, reply, api_key)
        if request.stream:
            self._stream(made)
        else:
            self._send_whole(made)

    def count_tokens(self, raw_body: bytes) -> None:
        self._api_key()
        request = parse_request(_parse_json(raw_body), self.headers["anthropic-version"], counting=True)
        self._send_json(200, {"input_tokens": prompt_tokens(request)})

    def list_models(self, _raw_body: bytes) -> None:
        self._api_key()
        models = [
            {"type": "model", "id": each, "display_name": each, "created_at": "2026-01-01T00:00:00Z"} for each in MODELS
        ]
        self._send_json(200, {"data": models, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})

    def _api_key(self) -> str:
        bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        key = self.headers.get("x-api-key") or bearer
        if not key:
            raise ApiError(401, "x-api-key header is required")
        if key == "invalid":
            raise ApiError(401, "invalid x-api-key")
        if not self.headers.get("anthropic-version"):
            raise ApiError(400, "anthropic-version: header is required")
        return key

    def _make_answer(self, request: MessagesRequest, reply: Reply, api_key: str) -> Answer:
        prompt = self.server.cache.charge(request, api_key)
        blocks = answer(request) if reply.blocks is None else reply.blocks
        message_id = self.request_id.replace("req_", "msg_")
        return make_answer(request, reply, blocks, prompt, message_id)

    def _send_whole(self, made: Answer) -> None:
        for step in made.steps():
            if isinstance(step, Pause):
                self.server.sleep(step.seconds)
            elif isinstance(step, Fault) and step.error is not None:
                raise step.error
            elif isinstance(step, Fault):
                self._break_off(step)
        self._send_json(200, made.message())

    def _stream(self, made: Answer) -> None:
        headers = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        self._send_head(200, headers | {"transfer-encoding": "chunked"})
        for step in made.steps():
            if isinstance(step, Event):
                self._send_chunk(step.encode())
            elif isinstance(step, Pause):
                self.server.sleep(step.seconds)
            elif step.error is not None:
                self._send_chunk(Event("error", step.error.body(self.request_id)).encode())
                break
            else:
                self._break_off(step)
        self.wfile.write(b"0\r\n\r\n")

    def _break_off(self, fault: Fault) -> None:
        if fault.kind == "hang":
            self._wait_until_client_goes()
        raise _Hangup

    def _wait_until_client_goes(self) -> None:
        while not self.server.stopping.wait(HANG_POLL_S):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return

    # The script API

    def add_script(self, raw_body: bytes) -> None:
        try:
            self.server.scripts.add(parse_script(_parse_json(raw_body)))
        except ScriptError as error:
            raise ApiError(400, str(error)) from None
        self._send_json(201, {})

    def list_requests(self, _raw_body: bytes) -> None:
        after = parse_qs(urlsplit(self.path).query).get("after", ["0"])[0]
        if not after.isdecimal():
            raise ApiError(400, "after: Input should be a valid integer")
        self._send_json(200, {"items": self.server.recorder.items(int(after))})

    def clear(self, _raw_body: bytes) -> None:
        self.server.scripts.clear()
        self.server.recorder.clear()
        self._send_json(200, {})

    def health(self, _raw_body: bytes) -> None:
        self._send_json(200, {"status": "ok"})

    # HTTP

    def _send_json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        fixed = {"content-type": "application/json", "content-length": str(len(raw))}
        self._send_head(status, fixed | (headers or {}))
        self.wfile.write(raw)

    def _send_head(self, status: int, headers: dict[str, str]) -> None:
        self.headers_sent = True
        self.send_response(status, "Overloaded" if status == 529 else None)
        for name, value in {"request-id": self.request_id, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_chunk(self, raw: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(raw), raw))


ROUTES: dict[tuple[str, str], Callable[[DemoHandler, bytes], None]] = {
    ("POST", "/v1/messages"): DemoHandler.create_message,
    ("POST", "/v1/messages/count_tokens"): DemoHandler.count_tokens,
    ("GET", "/v1/models"): DemoHandler.list_models,
    ("POST", "/_demo/script"): DemoHandler.add_script,
    ("GET", "/_demo/requests"): DemoHandler.list_requests,
    ("DELETE", "/_demo"): DemoHandler.clear,
    ("GET", "/_demo/health"): DemoHandler.health,
}


def _parse_json(raw_body: bytes) -> object:
    try:
        parsed: object = json.loads(raw_body)
    except ValueError:
        raise ApiError(400, "The request body is not valid JSON") from None
    return parsed


def main() -> int:
    parser = argparse.ArgumentParser(description="The demo model: a stand-in for Claude on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 (default): a free port")
    port = parser.parse_args().port
    try:
        server = DemoServer(port)
    except (OSError, OverflowError) as error:
        print(f"demo model: cannot listen on 127.0.0.1:{port}: {error}", file=sys.stderr)
        return 1
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for serve_forever(), which runs in this very thread.
        signal.signal(stop_signal, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on {server.url}", flush=True)
    with server:
        server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
