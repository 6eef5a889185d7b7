"""One question through the whole path: SRP sign-in, API Gateway, the functions under their roles, the model."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from deploy.environment import DeploymentError, Stage
from deploy.people import accounts, srp

QUESTION = "Reply with the word ready."
_READY_WITHIN_S = 90.0  # a new API, and new roles, take AWS a while to spread
_READY_LOCALLY_S = 5.0
_ANSWERED_WITHIN_S = 120.0
_TIMEOUT_S = 35.0  # the API answers within 29 s or not at all
_NOT_READY_YET = {403, 404, 429, 500, 502, 503, 504}

Call = Callable[[str, str, dict[str, Any] | None], tuple[int, dict[str, Any]]]


def ask(stage: Stage, api_url: str, pool_id: str, client_id: str) -> str:
    """Ask and wait for a complete answer; returns its text. Raises DeploymentError with what went wrong.

    The user and the conversation are thrown away. An API that was just made may refuse for a while; the request id
    makes repeating safe.
    """
    with accounts.temporary(stage, pool_id) as account:
        cognito = stage.client("cognito-idp")
        token = srp.sign_in(cognito, pool_id, client_id, account.email, account.password)
        call = _caller(api_url, token)
        status, reply = _first_answer(call, _READY_WITHIN_S if stage.endpoint_url is None else _READY_LOCALLY_S)
        try:
            text = _complete(call, status, reply)
        finally:
            status, deleted = call("DELETE", f"/conversations/{reply['conversation_id']}", None)
    if status != 200:
        raise DeploymentError(f"DELETE of the conversation answered {status}: {_said(deleted)}")
    return text


def _first_answer(call: Call, ready_within_s: float) -> tuple[int, dict[str, Any]]:
    body = {"message": QUESTION, "request_id": str(uuid.uuid4())}
    deadline = time.monotonic() + ready_within_s
    while True:
        status, reply = call("POST", "/chat", body)
        if status in {200, 202}:
            return status, reply
        if status not in _NOT_READY_YET or time.monotonic() > deadline:
            raise DeploymentError(f"POST /chat answered {status}: {_said(reply)}")
        time.sleep(2)


def _complete(call: Call, status: int, reply: dict[str, Any]) -> str:
    """Wait where the answer takes longer than one request may."""
    deadline = time.monotonic() + _ANSWERED_WITHIN_S
    while status == 202 and time.monotonic() < deadline:
        time.sleep(2)
        _, page = call("GET", f"/conversations/{reply['conversation_id']}/messages", None)
        answer = next(item for item in page["items"] if item["message_id"] == reply["message_id"])
        if answer["status"] not in {"queued", "streaming"}:
            text = "".join(block.get("text", "") for block in answer["content"])
            status, reply = 200, {**reply, "status": answer["status"], "text": text, "error": answer["error"]}
    if reply.get("status") != "complete" or not reply.get("text"):
        raise DeploymentError(f"the model's answer is {reply.get('status', 'late')}: {_said(reply)}")
    return str(reply["text"])


def _said(reply: dict[str, Any]) -> str:
    error = reply.get("error") or {}
    return f"{error.get('code')}: {error.get('message')}" if error else json.dumps(reply)[:500]


def _caller(api_url: str, token: str) -> Call:
    def call(method: str, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(  # noqa: S310 - the address is our own API's
            api_url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": token, "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read())
        except (urllib.error.URLError, TimeoutError) as error:
            return 503, {"error": {"code": "unreachable", "message": str(error)}}

    return call


def _json(body: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(body))
    except ValueError:
        return {"body": body[:300].decode(errors="replace")}
