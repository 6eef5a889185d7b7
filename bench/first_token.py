"""How long a person waits for the first word: from the POST of a message to its first delta on the WebSocket.

Against a deployment on the local AWS (`./deploy.sh local`), warm, as a browser does it: SRP sign-in, a socket opened by
ticket, one kept connection to the API. What the demo model itself takes is measured apart and taken off.

Then what it is after a silence, when Lambda has ended the worker of answers: not woken, and woken as the site wakes it.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import socket
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from websockets.sync.client import ClientConnection, connect

from bench.report import ROOT, Figure, load_average, show
from deploy import results
from deploy.local import aws as local_aws
from deploy.people import srp

WARM_UPS = 5
SAMPLES = 60
MAX_P50_MS = 80
COLD_SAMPLES = 7
# What a person takes between opening the site, or beginning to type, and sending.
TYPING_S = 4.0
ANSWER = "The first word is what a person waits for. The rest of the answer follows at its own pace."
# Until the worker has left: the next message would otherwise meet it busy, and start a cold one.
PAUSE_S = 0.3
TIMEOUT_S = 30.0

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """Moments of one message, in ms after its POST.

    read: the function has read the conversation; by the prompt's created_at. asked: the prompt is with the demo model.
    """

    read: float
    asked: float
    first_delta: float
    replied: float


class Api:
    """The REST API over one connection that stays open, with the caller's ID token."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        # Python does not resolve names under .localhost; a browser does, to the same address.
        self._connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=TIMEOUT_S)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._base = parts.path
        self._headers = {"Host": parts.netloc, "Authorization": token, "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        raw = None if body is None else json.dumps(body)
        self._connection.request(method, self._base + path, raw, self._headers)
        response = self._connection.getresponse()
        reply: dict[str, Any] = json.loads(response.read())
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {reply}")
        return reply


class Socket:
    """The push channel. Frames are stamped when they arrive, by a thread that does nothing else."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._arrived: queue.Queue[tuple[float, Frame]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for message in self._connection:
            now = time.time()
            for frame in json.loads(message)["frames"]:
                self._arrived.put((now, frame))

    def frame(self, timeout_s: float = TIMEOUT_S) -> tuple[float, Frame]:
        """The next frame, after the moment in which it arrived, Unix seconds."""
        return self._arrived.get(timeout=timeout_s)

    def until_done(self) -> dict[str, float]:
        """When the first frame of each type of one answer arrived, Unix seconds."""
        moments: dict[str, float] = {}
        while "answer.done" not in moments:
            at, frame = self.frame()
            moments.setdefault(frame["type"], at)
            if frame["type"] == "answer.failed":
                raise RuntimeError(str(frame["error"]))
        return moments


@contextmanager
def opened(url: str, ticket: str) -> Iterator[Socket]:
    parts = urlsplit(url)
    plain = socket.create_connection(("127.0.0.1", parts.port or 80), timeout=TIMEOUT_S)
    with connect(f"{url}?ticket={ticket}", sock=plain) as connection:
        yield Socket(connection)


@dataclass(frozen=True, slots=True)
class Posted:
    """One message as the client saw it; moments in Unix seconds. frames: when the first of each type arrived."""

    text: str
    sent: float
    replied: float
    created_at: str
    frames: dict[str, float]

    def sample(self, asked: float) -> Sample:
        created = datetime.fromisoformat(self.created_at).timestamp()
        moments = (created, asked, self.frames["answer.delta"], self.replied)
        return Sample(*((moment - self.sent) * 1000 for moment in moments))


def post(api: Api, pushed: Socket, conversation_id: str, text: str) -> Posted:
    sent = time.time()
    message = {"text": text, "request_id": uuid.uuid4().hex}
    reply = api.call("POST", f"/conversations/{conversation_id}/messages", message)
    replied = time.time()
    frames = pushed.until_done()
    time.sleep(PAUSE_S)
    return Posted(text, sent, replied, reply["user_message"]["created_at"], frames)


def after_silence(post_one: Callable[[], Posted], wake: Callable[[], object] | None) -> list[float]:
    """ms to the first delta, each with a worker of answers that has to be started first, or was `wake`d in time."""
    waits = []
    for _ in range(COLD_SAMPLES):
        end_workers("answer")
        if wake is not None:
            wake()
            time.sleep(TYPING_S)
        posted = post_one()
        waits.append((posted.frames["answer.delta"] - posted.sent) * 1000)
    return waits


def end_workers(function: str) -> None:
    """As time does on Lambda: the local AWS ends a function's idle workers when its configuration is written."""
    functions = boto3.client("lambda")
    name = f"chatapp-local-{function}"
    memory_mb = functions.get_function_configuration(FunctionName=name)["MemorySize"]
    functions.update_function_configuration(FunctionName=name, MemorySize=memory_mb)
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    time.sleep(1)


def wake() -> None:
    """What `POST /wake` and a socket's ticket send, which do so once a minute of a person."""
    payload = json.dumps({"wake": True})
    boto3.client("lambda").invoke(FunctionName="chatapp-local-answer", InvocationType="Event", Payload=payload)


@dataclass(frozen=True, slots=True)
class Measured:
    """own_ms: what the demo model itself took for the same prompts, to the first delta. cold, woken: ms of such."""

    samples: list[Sample]
    own_ms: list[float]
    cold: list[float]
    woken: list[float]


def measure(outputs: dict[str, Any], model_url: str) -> Measured:
    marker = f"bench-{uuid.uuid4().hex}"
    script = {"match": marker, "reply": {"text": ANSWER, "delay_first_s": 0, "delay_chunk_s": 0.02}}
    request = urllib.request.Request(f"{model_url}/_demo/script", json.dumps(script).encode(), method="POST")  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310
    api = Api(outputs["api_url"], sign_in(outputs))
    conversation_id = api.call("POST", "/conversations", {})["conversation_id"]
    try:
        with opened(outputs["socket_url"], api.call("POST", "/sockets")["ticket"]) as pushed:
            texts = [f"{marker} {number}" for number in range(WARM_UPS + SAMPLES)]
            posted = [post(api, pushed, conversation_id, text) for text in texts][WARM_UPS:]
            post_one = partial(post, api, pushed, conversation_id, f"{marker} after a silence")
            cold = after_silence(post_one, None)
            woken = after_silence(post_one, wake)
    finally:
        api.call("DELETE", f"/conversations/{conversation_id}")
    prompts = recorded(model_url)
    samples = [each.sample(prompts[each.text]["received_at"]) for each in posted]
    own_ms = own_times_ms(model_url, [prompts[each.text]["body"] for each in posted])
    return Measured(samples, own_ms, cold, woken)


def recorded(model_url: str) -> dict[str, dict[str, Any]]:
    """What the demo model was asked, by the text of the last message."""
    with urllib.request.urlopen(f"{model_url}/_demo/requests?after=0") as reply:  # noqa: S310
        items: list[dict[str, Any]] = json.load(reply)["items"]
    return {text: item for item in items if isinstance(text := _last_text(item["body"]), str)}


def _last_text(body: Any) -> Any:
    try:
        return body["messages"][-1]["content"][-1]["text"]
    except (KeyError, TypeError, IndexError):
        return None  # not ours: the record holds every request, refused ones too


def sign_in(outputs: dict[str, Any]) -> str:
    cognito = boto3.client("cognito-idp", region_name=outputs["region"], config=Config(signature_version=UNSIGNED))
    demo = outputs["demo"]
    return srp.sign_in(cognito, outputs["user_pool_id"], outputs["client_id"], demo["email"], demo["password"])


def own_times_ms(model_url: str, bodies: list[dict[str, Any]]) -> list[float]:
    """Ask the demo model the same prompts again, without any SDK."""
    parts = urlsplit(model_url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=TIMEOUT_S)
    return [_own_time_ms(connection, json.dumps(body).encode()) for body in bodies]


def _own_time_ms(connection: http.client.HTTPConnection, prompt: bytes) -> float:
    headers = {"x-api-key": "bench", "anthropic-version": "2023-06-01", "Content-Type": "application/json"}
    sent = time.perf_counter()
    connection.request("POST", "/v1/messages", prompt, headers)
    response = connection.getresponse()
    while b"content_block_delta" not in (line := response.readline()):
        if not line:
            raise RuntimeError(f"the demo model answered {response.status}")
    first_delta = time.perf_counter()
    response.read()
    return (first_delta - sent) * 1000


def figures(measured: Measured) -> list[Figure]:
    samples, own = measured.samples, median(measured.own_ms)
    waits = [each.first_delta - own for each in samples]
    percentiles = quantiles(waits, n=100, method="inclusive")

    def middle(values: Iterator[float]) -> float:
        return round(median(values), 1)

    return [
        Figure("p50_ms", round(percentiles[49], 1), MAX_P50_MS, f"of {len(samples)}, less the demo model's own time"),
        Figure("p95_ms", round(percentiles[94], 1)),
        Figure("fastest_ms", round(min(waits), 1)),
        Figure("slowest_ms", round(max(waits), 1)),
        Figure("demo_model_ms", round(own, 1), note="median; taken off all of the above"),
        Figure("to_read_ms", middle(each.read for each in samples), note="gateway, authorizer, function: reads"),
        Figure("to_asked_ms", middle(each.asked - each.read for each in samples), note="store, invoke; claim, history"),
        Figure(
            "to_delta_ms", middle(each.first_delta - each.asked - own for each in samples), note="SDK, push, socket"
        ),
        Figure("post_round_trip_ms", middle(each.replied for each in samples), note="beside the way, not in it"),
        Figure("cold_p50_ms", middle(each - own for each in measured.cold), note=f"after a silence, of {COLD_SAMPLES}"),
        Figure("cold_slowest_ms", round(max(measured.cold) - own, 1)),
        Figure("woken_p50_ms", middle(each - own for each in measured.woken), note=f"woken {TYPING_S:.0f} s before"),
        Figure("woken_slowest_ms", round(max(measured.woken) - own, 1)),
        load_average(),
    ]


def main() -> None:
    outputs = results.read("local")
    running = local_aws.status(ROOT).aws
    if outputs is None or running is None:
        sys.exit("nothing to measure: run ./deploy.sh local first")
    if running.model_url is None:
        sys.exit("a model of your own answers here: run ./deploy.sh local without ANTHROPIC_BASE_URL and the key")
    os.environ.update(running.process_environment({}))
    show("first token on the local AWS, warm", figures(measure(outputs, running.model_url)))


if __name__ == "__main__":
    main()
