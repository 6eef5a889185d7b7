"""Claude through Bedrock: the SDK's own client, with its signatures and event streams, against a stand-in."""

from __future__ import annotations

import json
import struct
import threading
from base64 import b64encode
from binascii import crc32
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from chalicelib.claude.client import build
from chalicelib.claude.interface import Delta, Event, ModelError, Prompt, Stopped
from chalicelib.settings import DEFAULT_MODELS, Settings

from tests.stage import ENVIRONMENT

PROFILE = "eu.anthropic.claude-sonnet-5-5-v1:0"
OFFER = replace(DEFAULT_MODELS[0], bedrock_id=PROFILE)
PROMPT = Prompt(OFFER, [{"role": "user", "content": [{"type": "text", "text": "Which roses?"}]}], 100)
ANSWER: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": {"input_tokens": 3}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Roses."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
]


def _frame(payload: dict[str, Any], **headers: str) -> bytes:
    """One message of an event stream.

    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
    """
    named = b""
    for name, value in headers.items():
        key = f":{name.replace('_', '-')}".encode()
        named += struct.pack("!B", len(key)) + key + b"\x07" + struct.pack("!H", len(value)) + value.encode()
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(named) + len(body), len(named))
    message = prelude + struct.pack("!I", crc32(prelude)) + named + body
    return message + struct.pack("!I", crc32(message))


def _chunk(event: dict[str, Any]) -> bytes:
    written = b64encode(json.dumps(event).encode()).decode()
    return _frame({"bytes": written}, event_type="chunk", message_type="event", content_type="application/json")


def _exception(kind: str, message: str) -> bytes:
    return _frame({"message": message}, exception_type=kind, message_type="exception", content_type="application/json")


@dataclass
class Bedrock:
    """Answers every request with one status, headers and body, and keeps what was asked."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, status: int, kind: str, message: str) -> None:
        self.status, self.headers = status, {"x-amzn-errortype": f"{kind}:http://internal.amazon.com/coral/"}
        self.body = json.dumps({"message": message}).encode()

    def stream(self, *frames: bytes) -> None:
        self.headers = {"content-type": "application/vnd.amazon.eventstream"}
        self.body = b"".join(frames)


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bedrock]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    answering = Bedrock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answering.asked.append((self.path, self.headers["authorization"]))
            self.send_response(answering.status)
            for name, value in {**answering.headers, "content-length": str(len(answering.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answering.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answering.url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", answering.url)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield answering
    server.shutdown()
    server.server_close()
    thread.join()


def _no_key() -> str:
    raise AssertionError("no key is read for Bedrock")


def _ask() -> list[Event]:
    return list(build(Settings(model_provider="bedrock"), _no_key).stream(PROMPT))


def _error() -> ModelError:
    with pytest.raises(ModelError) as raised:
        _ask()
    return raised.value


def test_an_answer_comes_through_the_profile_that_the_deployment_found(bedrock: Bedrock) -> None:
    bedrock.stream(*map(_chunk, ANSWER))
    came = _ask()
    assert [event.text for event in came if isinstance(event, Delta)] == ["", "Roses."]
    assert came[-1] == Stopped("end_turn")
    ((path, signature),) = bedrock.asked
    assert unquote(path) == f"/model/{PROFILE}/invoke-with-response-stream"
    assert "/eu-west-1/bedrock/aws4_request" in signature


@pytest.mark.parametrize(
    ("status", "kind", "message", "code", "retryable", "said"),
    [
        (
            403,
            "AccessDeniedException",
            "Model access is denied due to IAM user or service role is not authorized to perform the required AWS"
            " Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe)",
            "model_access_denied",
            False,
            "playground",
        ),
        (
            403,
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: bedrock:InvokeModel",
            "model_access_denied",
            False,
            "granted in Bedrock",
        ),
        (403, "UnrecognizedClientException", "The security token is invalid", "model_access_denied", False, "access"),
        (
            404,
            "ResourceNotFoundException",
            "Model use case details have not been submitted for this account. Fill out the Anthropic use case details"
            " form before using the model.",
            "model_access_denied",
            False,
            "use-case form",
        ),
        (400, "ValidationException", "Operation not allowed", "model_access_denied", False, "AWS Support"),
        (404, "ResourceNotFoundException", "Could not resolve the model", "model_unknown", False, "region"),
        (
            400,
            "ValidationException",
            "Invocation of model ID anthropic.claude with on-demand throughput isn’t supported. Retry your request"
            " with the ID or ARN of an inference profile that contains this model.",
            "model_unknown",
            False,
            "deploy again",
        ),
        (400, "ValidationException", "The provided model identifier is invalid.", "model_unknown", False, "deploy"),
        (400, "ValidationException", "Input is too long for requested model.", "context_too_long", False, "too long"),
        (400, "ValidationException", "messages.0: text blocks must be non-empty", "prompt_refused", False, "refused"),
        (429, "ThrottlingException", "Too many requests, please wait", "model_rate_limited", True, "account's quota"),
        (429, "ThrottlingException", "Too many tokens per day", "model_rate_limited", False, "tomorrow"),
        (429, "ModelNotReadyException", "The model is not ready", "model_rate_limited", True, "Retry"),
        (400, "ServiceQuotaExceededException", "Your request exceeds", "model_rate_limited", True, "account's quota"),
        (408, "ModelTimeoutException", "The request took too long", "model_unavailable", True, "too long on Bedrock"),
        (424, "ModelErrorException", "The request failed", "model_unavailable", True, "failed on Bedrock"),
        (500, "InternalServerException", "An internal error", "model_unavailable", True, "Retry"),
        (503, "ServiceUnavailableException", "Try again later", "model_overloaded", True, "no room"),
    ],
)
def test_what_bedrock_refuses_has_its_own_words(  # noqa: PLR0917
    bedrock: Bedrock, status: int, kind: str, message: str, code: str, retryable: bool, said: str
) -> None:
    bedrock.refuse(status, kind, f"{message} SECRET")
    error = _error()
    assert (error.code, error.retryable) == (code, retryable)
    assert said in error.message
    assert "API key" not in error.message
    assert "SECRET" not in error.message + str(error)


@pytest.mark.parametrize(
    ("kind", "code", "retryable"),
    [
        ("throttlingException", "model_rate_limited", True),
        ("modelStreamErrorException", "model_unavailable", True),
        ("modelTimeoutException", "model_unavailable", True),
        ("internalServerException", "model_unavailable", True),
        ("serviceUnavailableException", "model_overloaded", True),
        ("validationException", "prompt_refused", False),
    ],
)
def test_an_exception_in_the_middle_of_a_stream_is_what_its_name_says(
    bedrock: Bedrock, kind: str, code: str, retryable: bool
) -> None:
    bedrock.stream(*map(_chunk, ANSWER[:3]), _exception(kind, "SECRET"))
    error = _error()
    assert (error.code, error.retryable) == (code, retryable)
    assert "SECRET" not in error.message


def test_a_stream_that_breaks_off_is_cut(bedrock: Bedrock) -> None:
    bedrock.stream(*map(_chunk, ANSWER[:3]))
    assert _error().code == "stream_cut"


def test_a_model_without_a_profile_is_unknown(bedrock: Bedrock) -> None:
    model = build(Settings(model_provider="bedrock"), _no_key)
    with pytest.raises(ModelError, match="model_unknown"):
        model.stream(replace(PROMPT, offer=DEFAULT_MODELS[0]))
    assert bedrock.asked == []
