"""Between boto3's S3 clients and moto: faults, and the forms that a browser sends.

moto takes any form; here its policy is read as S3 does.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.fakes import wire

# Of an object, which may be missing: of a copy, its source.
_READS = ("GetObject", "HeadObject", "CopyObject")
WRITES = ("PutObject", "CopyObject", "PutObjectRetention", "DeleteObjects")


@dataclass(frozen=True)
class Call:
    """One HTTP request to S3. key: of an object; empty for a request about the bucket. query: of its URL."""

    operation: str
    key: str
    query: dict[str, list[str]]

    @property
    def writes(self) -> bool:
        return self.operation in WRITES


Fault = wire.Fault[Call]


def answer(status: int, body: str) -> AWSResponse:
    return wire.answer(status, {"x-amz-request-id": "fault"}, body)


def refusal(code: str, status: int) -> Fault:
    """S3 answers with an error."""
    return lambda call, send: answer(status, f"<Error><Code>{code}</Code><Message></Message></Error>")


slow_down = refusal("SlowDown", 503)
denied = refusal("AccessDenied", 403)


class Wire(wire.Wire[Call]):
    """No function may list a whole bucket, so S3 tells them 403 of an object that is missing, where moto says 404."""

    def _sent_by_app(self, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        made = super()._sent_by_app(call, request)
        is_missing = made.status_code == HTTPStatus.NOT_FOUND and call.operation in _READS
        if is_missing and call.operation == "HeadObject":  # a reply to HEAD has no body
            return answer(HTTPStatus.FORBIDDEN, "")
        return denied(call, lambda: made) if is_missing else made

    def _call(self, operation: str, request: AWSPreparedRequest) -> Call:
        url = urlsplit(str(request.url))
        return Call(operation, unquote(url.path).lstrip("/"), parse_qs(url.query, keep_blank_values=True))


def refused(fields: dict[str, str], size_bytes: int) -> str | None:
    """The error with which S3 refuses a form, by the policy that it carries; None when it takes it.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
    """
    policy = json.loads(base64.b64decode(fields["policy"]))
    if datetime.fromisoformat(policy["expiration"]) < datetime.now(UTC):
        return "AccessDenied"
    exact = {name: value for each in policy["conditions"] if isinstance(each, dict) for name, value in each.items()}
    signed = {name: value for name, value in fields.items() if name not in ("policy", "x-amz-signature")}
    if signed != {name: value for name, value in exact.items() if name != "bucket"}:
        return "AccessDenied"
    for _, least, most in (each for each in policy["conditions"] if isinstance(each, list)):
        if not least <= size_bytes <= most:
            return "EntityTooSmall" if size_bytes < least else "EntityTooLarge"
    return None
