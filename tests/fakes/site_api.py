"""A stage's API as the smoke test meets it, over HTTP and a WebSocket; every part of it can be made to fail."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar

from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

SITE = "https://site.example"
Answered = tuple[int, Any]
CHEAP, DEAR = "cheap", "dear"


def error(status: int, code: str, message: str = "why") -> Answered:
    return status, {"error": {"code": code, "message": message}}


@dataclass
class SiteApi:
    """refusals: by `METHOD /path` (ids as `*`), what is answered instead; what was asked is carried out all the same
    where `carried_out` names it. times: how often, None: always.
    """

    url: str = ""
    socket_url: str = ""
    refusals: dict[str, Answered] = field(default_factory=dict)
    times: int | None = None
    carried_out: set[str] = field(default_factory=set)
    socket_status: int = 101
    pushes: bool = True
    cors: str = SITE
    reads: str = "ready"
    cites: bool = True
    outcome: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    conversations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    begun: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[ServerConnection] = field(default_factory=list)
    is_open: threading.Event = field(default_factory=threading.Event)
    is_closed: threading.Event = field(default_factory=threading.Event)
    tickets_used: int = 0
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def answer(self, method: str, path: str, body: Any) -> Answered:
        request = f"{method} {re.sub('[0-9]+', '*', path)}"
        self.asked.append(request)
        refusal = self.refusals.get(request) if self.times is None or self.times > 0 else None
        if refusal is None or request in self.carried_out:
            answered = self._routes[request](self, path.split("/")[1:], body)
        if refusal is not None:
            self.times = None if self.times is None else self.times - 1
        return refusal or answered

    def _offer(self, _: list[str], __: Any) -> Answered:
        offers = ((DEAR, 10.0), (CHEAP, 2.5))
        return 200, {"items": [{"id": name, "prices": {"output": price}} for name, price in offers]}

    def _begin(self, _: list[str], body: Any) -> Answered:
        self.begun.append(body)
        conversation_id = str(next(self.ids))
        self.conversations[conversation_id] = []
        return 201, {"conversation_id": conversation_id, "answer": self._answered(conversation_id, [])}

    def _send(self, path: list[str], body: Any) -> Answered:
        return 202, {"answer": self._answered(path[1], body["file_ids"] if self.cites else [])}

    def _answered(self, conversation_id: str, cited: list[str]) -> dict[str, Any]:
        answer = {
            "conversation_id": conversation_id,
            "message_id": str(next(self.ids)),
            "status": "complete",
            "content": [{"type": "text", "text": "Ready.", "citations": [{"file_id": each} for each in cited]}],
            "error": None,
            "usage": {"input_tokens": 10, "output_tokens": 2, "cost_usd": 0.0001},
            **self.outcome,
        }
        self.conversations[conversation_id].append(answer)
        frames = [{"type": kind, "message_id": answer["message_id"]} for kind in ("answer.delta", "answer.done")]
        if self.tickets_used:  # its opener knows of it a moment before this side does
            assert self.is_open.wait(5)
        for socket in self.sockets if self.pushes else ():
            socket.send(json.dumps({"frames": frames}))
        return {name: answer[name] for name in ("conversation_id", "message_id")}

    def _messages(self, path: list[str], _: Any) -> Answered:
        return 200, {"items": self.conversations[path[1]]}

    def _list(self, path: list[str], _: Any) -> Answered:
        found = {"conversations": "conversation_id", "files": "file_id"}
        return 200, {"items": [{found[path[0]]: each} for each in getattr(self, path[0])]}

    def _delete(self, path: list[str], _: Any) -> Answered:
        kept: dict[str, Any] = getattr(self, path[0])
        return (200, {"undo_until": "soon"}) if kept.pop(path[1], None) is not None else error(404, "not_found")

    def _declare(self, _: list[str], __: Any) -> Answered:
        file_id = str(next(self.ids))
        self.files[file_id] = {"file_id": file_id, "status": "uploaded", "error": None, "characters": 60}
        upload = {"url": f"{self.url}/upload", "fields": {"key": f"uploads/{file_id}"}}
        return 201, {"file": self.files[file_id], "upload": upload}

    def _store(self, _: list[str], __: Any) -> Answered:
        for file in self.files.values():
            file |= {"status": self.reads, "error": {"code": "file_broken", "message": "why"}}
        return 204, ""

    def _file(self, path: list[str], _: Any) -> Answered:
        return (200, self.files[path[1]]) if path[1] in self.files else error(404, "not_found")

    _routes: ClassVar[Mapping[str, Callable[[SiteApi, list[str], Any], Answered]]] = {
        "GET /models": _offer,
        "POST /sockets": lambda self, *_: (200, {"ticket": "once"}),
        "POST /conversations": _begin,
        "GET /conversations": _list,
        "GET /conversations/*/messages": _messages,
        "POST /conversations/*/messages": _send,
        "DELETE /conversations/*": _delete,
        "POST /files": _declare,
        "GET /files": _list,
        "GET /files/*": _file,
        "DELETE /files/*": _delete,
        "POST /upload": _store,
    }


@contextmanager
def running() -> Iterator[SiteApi]:
    site_api = SiteApi()
    with ExitStack() as started:
        http = started.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _handler(site_api)))
        sockets = started.enter_context(_sockets(site_api))
        for server, serve_forever in ((http, partial(http.serve_forever, 0.01)), (sockets, sockets.serve_forever)):
            threading.Thread(target=serve_forever, daemon=True).start()
            started.callback(server.shutdown)
        site_api.url = f"http://127.0.0.1:{http.server_port}"
        # A name that Python cannot resolve, as on the local AWS.
        site_api.socket_url = f"ws://socket.execute-api.localhost:{sockets.socket.getsockname()[1]}/api"
        yield site_api


def _handler(site_api: SiteApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.loads(sent) if sent.startswith(b"{") else None
            status, answered = site_api.answer(self.command, self.path, body)
            raw = (answered if isinstance(answered, str) else json.dumps(answered)).encode()
            self.send_response(status)
            if self.path == "/upload":
                self.send_header("Access-Control-Allow-Origin", site_api.cors)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_DELETE = _handle

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _sockets(site_api: SiteApi) -> Server:
    def refused(_: ServerConnection, request: Request) -> Response | None:
        if (site_api.socket_status == 101 or site_api.times == 0) and request.path.endswith("?ticket=once"):
            site_api.tickets_used += 1
            return None
        site_api.times = None if site_api.times is None else site_api.times - 1
        return Response(site_api.socket_status, "Refused", Headers())

    def keep(connection: ServerConnection) -> None:
        site_api.sockets.append(connection)
        site_api.is_open.set()
        for _ in connection:
            pass
        site_api.is_closed.set()

    return serve(keep, "127.0.0.1", 0, process_request=refused)
