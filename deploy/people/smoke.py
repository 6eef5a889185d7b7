"""Proves a stage as a person would use it: a socket, a question, its frames, and a file, uploaded to deleted.

Each part has its own line and its own error, which says where to look; a part that failed keeps out only those that
need it. The person, and all that the person made, is removed again. Costs two short answers of the cheapest model.
"""

from __future__ import annotations

import json
import re
import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection

from deploy.environment import Addresses, DeploymentError, Stage
from deploy.people import accounts, api, srp
from deploy.people.api import Api, BudgetSpentError, UnexpectedError
from deploy.progress import Progress, Step

FILE_NAME = "smoke-test.txt"
QUESTION = "Reply with the word ready."
_IN_PROGRESS = {"queued", "streaming"}
_UNREAD = {"uploaded", "waiting", "reading"}
T = TypeVar("T")
_S3_ERROR = re.compile(r"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", re.S)


@dataclass(frozen=True)
class Patience:
    """How long each part may take. ready_s: of a new stage, whose API and roles AWS spreads for a while."""

    ready_s: float = 90.0
    answered_s: float = 120.0
    pushed_s: float = 20.0
    read_s: float = 120.0
    pause_s: float = 1.0


LOCALLY = Patience(ready_s=5.0, pause_s=0.2)


def prove(stage: Stage, addresses: Addresses, pool_id: str, client_id: str, progress: Progress) -> str | None:
    """Prove a stage with a throw-away person. Returns what a budget refused, None where all is proven.

    Raises DeploymentError with a line for each part that failed.
    """
    with accounts.temporary(stage, pool_id) as account:
        with progress.step("sign-in of a throw-away person"):
            token = srp.sign_in(stage.client("cognito-idp"), pool_id, client_id, account.email, account.password)
        return prove_as(token, stage, addresses, progress, LOCALLY if stage.is_local else Patience())


def prove_as(token: str, stage: Stage, addresses: Addresses, progress: Progress, patience: Patience) -> str | None:
    """The same for somebody who is signed in, of whom nothing is left."""
    proof = _Proof(stage, addresses, token, patience, progress)
    try:
        proof.run()
    finally:
        proof.clean_up()
    if proof.failures:
        raise DeploymentError("\n       ".join(proof.failures))
    return proof.refused


@dataclass
class _Answer:
    conversation_id: str
    message_id: str
    content: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(block.get("text", "") for block in self.content)

    def cites(self, file_id: str) -> bool:
        cited = (each for block in self.content for each in block.get("citations") or [])
        return any(each.get("file_id") == file_id for each in cited)


class _Proof:
    """failures: a line each. refused: what a budget does not cover."""

    def __init__(self, stage: Stage, addresses: Addresses, token: str, patience: Patience, progress: Progress) -> None:
        self._stage, self._addresses, self._patience, self._progress = stage, addresses, patience, progress
        ready_by = time.monotonic() + patience.ready_s
        self._api = Api(addresses.script_api_url, token, ready_by, patience.pause_s)
        self._sockets = ExitStack()
        self._made: set[str] = set()  # paths of what must be deleted
        self._may_have_made = False
        self.failures: list[str] = []
        self.refused: str | None = None

    def run(self) -> None:
        model = self._part("API, with the sign-in", self._choose_model, self._where_the_api_is)
        if model is None:
            return
        self._may_have_made = True
        socket = self._part("socket, opened", self._open_socket, self._where_sockets_end)
        answer = self._part("one question, start to end", partial(self._ask, model), self._logs("answer"))
        if socket and answer:
            self._part("frames, pushed to the socket", partial(self._receive, socket, answer), self._where_frames_end)
        fact = _Fact()
        file_id = self._part("file, uploaded", partial(self._upload, fact), self._where_uploads_end)
        if file_id is None:
            return
        if self._part("file, read", partial(self._read, file_id), self._where_reading_ends) and answer:
            self._part("file, cited", partial(self._cite, file_id, fact, answer), self._logs("answer"))
        self._part("file, deleted", partial(self._delete, file_id), self._logs("api_handler"))

    def _part(self, title: str, run: Callable[[Step], T], where: str) -> T | None:
        """One step; None where it was not proven. where: to look if it was not."""
        with self._progress.step(title) as step:
            try:
                return run(step)
            except BudgetSpentError as error:
                step.result, self.refused = "refused by the budget", str(error)
            except DeploymentError as error:
                step.result = "FAILED"
                self.failures.append(f"{title}: {error}; {where}")
        return None

    # --- The parts; each raises DeploymentError with what happened, or BudgetSpentError ------------------------------

    def _choose_model(self, step: Step) -> str:
        models = self._api.expect(200, "GET", "/models")["items"]
        cheapest = min(models, key=lambda model: float(model["prices"]["output"]))
        step.result = f"answers; {cheapest['id']} will be asked"
        return str(cheapest["id"])

    def _open_socket(self, _: Step) -> ClientConnection:
        url = self._addresses.socket_url or ""
        while True:
            # A ticket is good for one try, and for the site's pages alone.
            ticket = self._api.expect(200, "POST", "/sockets")["ticket"]
            try:
                return self._sockets.enter_context(api.opened(url, ticket, self._addresses.site_url))
            except InvalidStatus as refused:
                status = refused.response.status_code
                if not self._api.may_wait(status):
                    raise DeploymentError(f"{url} answered {status}") from refused
            except (WebSocketException, OSError) as error:
                raise DeploymentError(f"{url} did not open: {error or type(error).__name__}") from error

    def _ask(self, model: str, step: Step) -> _Answer:
        # With a title, so that none is asked for; a repeat of the request id finds the same conversation.
        first = {"text": QUESTION, "request_id": str(uuid.uuid4())}
        body = {"title": "Smoke test", "model": model, "message": first}
        begun = self._api.expect(201, "POST", "/conversations", body)
        self._made.add(f"/conversations/{begun['conversation_id']}")
        return self._settled(begun["answer"], step)

    def _receive(self, socket: ClientConnection, answer: _Answer, step: Step) -> None:
        frames: list[dict[str, Any]] = []
        deadline = time.monotonic() + self._patience.pushed_s
        while not frames or frames[-1]["type"] not in {"answer.done", "answer.failed"}:
            try:
                raw = socket.recv(timeout=max(0.0, deadline - time.monotonic()))
            except (TimeoutError, WebSocketException) as error:
                why = "the socket was closed" if isinstance(error, WebSocketException) else "the time is up"
                raise DeploymentError(f"{len(frames)} frames came, not the last one: {why}") from error
            frames += [each for each in json.loads(raw)["frames"] if each.get("message_id") == answer.message_id]
        step.result = f"{len(frames)} frames"

    def _upload(self, fact: _Fact, step: Step) -> str:
        asked = {"name": FILE_NAME, "type": "text/plain", "size": len(fact.content)}
        made = self._api.expect(201, "POST", "/files", asked)
        file_id = str(made["file"]["file_id"])
        self._made.add(f"/files/{file_id}")
        body, content_type = api.form(made["upload"]["fields"], FILE_NAME, fact.content)
        site = self._addresses.site_url
        reply = api.send("POST", made["upload"]["url"], body, {"Content-Type": content_type, "Origin": site})
        if not 200 <= reply.status < 300:
            found = _S3_ERROR.search(reply.text)
            raise DeploymentError(f"S3 answered {reply.status}, {': '.join(found.groups()) if found else reply.said}")
        if reply.headers.get("access-control-allow-origin") not in {"*", site}:
            raise DeploymentError(f"S3 took it, but without a CORS header that lets {site} read the reply")
        step.result = f"{len(fact.content)} bytes"
        return file_id

    def _read(self, file_id: str, step: Step) -> dict[str, Any]:
        patience_s = self._patience.read_s
        file = self._until(lambda: self._api.expect(200, "GET", f"/files/{file_id}"), _UNREAD, patience_s, "it")
        if file["status"] != "ready":
            raise DeploymentError(f"it is {file['status']}, {api.said(file['error'])}")
        step.result = f"{file['characters']} characters"
        return file

    def _cite(self, file_id: str, fact: _Fact, asked: _Answer, step: Step) -> None:
        body = {"text": fact.question, "request_id": str(uuid.uuid4()), "file_ids": [file_id]}
        begun = self._api.expect(202, "POST", f"/conversations/{asked.conversation_id}/messages", body)
        answer = self._settled(begun["answer"], step)
        if not answer.cites(file_id):
            raise DeploymentError(f"the answer does not cite it: {answer.text[:200]!r}")

    def _delete(self, file_id: str, step: Step) -> None:
        path = f"/files/{file_id}"
        self._api.expect(200, "DELETE", path)
        self._api.expect(404, "GET", path)
        self._made.discard(path)
        step.result = "gone"

    # --- What they share ---------------------------------------------------------------------------------------------

    def _settled(self, begun: Mapping[str, Any], step: Step) -> _Answer:
        """An answer once it is complete; the step says what it cost."""
        answer = _Answer(begun["conversation_id"], begun["message_id"])
        found = self._until(lambda: self._message(answer), _IN_PROGRESS, self._patience.answered_s, "the answer")
        error = found["error"] or {}
        if error.get("code") == "budget_spent":
            raise BudgetSpentError(error["message"])
        answer.content = found["content"]
        if found["status"] != "complete" or not answer.text.strip():
            raise DeploymentError(f"the answer is {found['status']}, {api.said(error) or 'without text'}")
        step.result = f"answered, {_cost(found['usage'] or {})}"
        return answer

    def _message(self, answer: _Answer) -> dict[str, Any]:
        page = self._api.expect(200, "GET", f"/conversations/{answer.conversation_id}/messages")
        return next(item for item in page["items"] if item["message_id"] == answer.message_id)

    def _until(
        self, read: Callable[[], dict[str, Any]], pending: Iterable[str], within_s: float, what: str
    ) -> dict[str, Any]:
        deadline = time.monotonic() + within_s
        while (found := read())["status"] in pending:
            if time.monotonic() > deadline:
                raise DeploymentError(f"{what} is still {found['status']} after {within_s:g} s")
            time.sleep(self._patience.pause_s)
        return found

    # --- Where to look -----------------------------------------------------------------------------------------------

    def _logs(self, function: str) -> str:
        name = self._stage.prefix if function == "api_handler" else f"{self._stage.prefix}-{function}"
        return f"see the log group /aws/lambda/{name}"

    @property
    def _where_the_api_is(self) -> str:
        again = f"./deploy.sh {self._stage.name}"
        return f"{self._logs('api_handler')}; a new API's 403 or 404 passes within minutes: repeat {again}"

    @property
    def _where_sockets_end(self) -> str:
        return f"{self._logs('websocket_connect')}; where that is silent, a proxy on the way lets no WebSocket through"

    @property
    def _where_frames_end(self) -> str:
        return f"{self._logs('answer')}; its role must allow execute-api:ManageConnections on this socket API"

    @property
    def _where_uploads_end(self) -> str:
        return f"{self._logs('api_handler')}, whose role signs it, and the policy and CORS rule of {self._bucket}"

    @property
    def _where_reading_ends(self) -> str:
        return f"{self._logs('extract')}; where that is silent, the event notifications of {self._bucket}"

    @property
    def _bucket(self) -> str:
        return f"the bucket {self._stage.files_bucket}"

    # --- Afterwards --------------------------------------------------------------------------------------------------

    def clean_up(self) -> None:
        """Remove all that the person has, also what was made by a request whose reply never came."""
        self._sockets.close()
        if not self._may_have_made:
            return
        for kind, id_name in (("conversations", "conversation_id"), ("files", "file_id")):
            try:
                listed = self._api.expect(200, "GET", f"/{kind}")["items"]
                self._made |= {f"/{kind}/{item[id_name]}" for item in listed}
            except UnexpectedError as error:
                self._left(error)
        for path in sorted(self._made):
            reply = self._api.call("DELETE", path)
            if reply.status not in {200, 404}:
                self._left(f"DELETE {path} answered {reply.status}, {reply.said}")

    def _left(self, what: object) -> None:
        self.failures.append(f"clean-up: {what}; {self._logs('api_handler')}")


def _cost(usage: Mapping[str, Any]) -> str:
    tokens = sum(count for name, count in usage.items() if name.endswith("_tokens"))
    return f"{tokens} tokens, {usage.get('cost_usd', 0):.4f} USD"


@dataclass(frozen=True)
class _Fact:
    """What stands in the file alone."""

    boat: str = field(default_factory=lambda: f"Kittiwake {secrets.randbelow(9000) + 1000}")
    pier: int = field(default_factory=lambda: secrets.randbelow(9000) + 1000)

    @property
    def content(self) -> bytes:
        return f"Harbour log.\n\nThe boat {self.boat} is moored at pier {self.pier}.\n".encode()

    @property
    def question(self) -> str:
        return f"At which pier is the boat {self.boat} moored? Answer in one short sentence."
