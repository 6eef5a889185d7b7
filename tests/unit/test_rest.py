from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib.api.rest import ChatApp, Cors, expiry
from chalicelib.api.schemas.texts import Nothing
from chalicelib.errors import NotFound, RateLimited
from chalicelib.settings import Limit
from chalicelib.spending.rates import Caller, Remaining

from tests.fakes.aws import Context


@pytest.mark.parametrize(
    ("claim", "expires_at"),
    [
        ("1795262400", 1_795_262_400),
        (1_795_262_400, 1_795_262_400),
        ("Sat Nov 21 12:00:00 UTC 2026", 1_795_262_400),
        ("Tue Jul 21 12:00:00 UTC 2026", 1_784_635_200),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_tokens_end_is_read_in_every_form_that_api_gateway_gives_it(
    monkeypatch: pytest.MonkeyPatch, claim: object, expires_at: int, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert expiry(claim) == expires_at
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("claim", [None, "", "tomorrow", "-5", "1e9"])
def test_a_tokens_end_that_cannot_be_read_is_soon(claim: object) -> None:
    assert 0 < expiry(claim) - time.time() <= 300


# --- Metering ---------------------------------------------------------------------------------------------------------


class Metered:
    """An app with one route that anybody may ask; who was metered, and for what."""

    def __init__(self, refusal: RateLimited | None = None) -> None:
        self.met: list[tuple[str, Caller, Limit | None]] = []
        self.refusal = refusal
        self.app = ChatApp("metered", admit=lambda session, anew: None, meter=self._meter)

        @self.app.route("/signups", methods=["POST"], metered="signups", cors=Cors(allow_origin="https://site.example"))
        def sign_up(body: Nothing) -> Nothing:
            raise NotFound("door")

        self.app.debug = False

    def _meter(self, what: Any, caller: Caller, own: Limit | None) -> list[Remaining]:
        self.met.append((what, caller, own))
        if self.refusal:
            raise self.refusal
        return [Remaining(f"{what}-ip", Limit(5, 60), 4, 12)]

    def post(self, body: str = "{}", **identity: str) -> dict[str, Any]:
        headers = {"content-type": "application/json", "X-Forwarded-For": "198.51.100.1", "x-api-key": "a secret"}
        event = {
            "httpMethod": "POST",
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "pathParameters": {},
            "multiValueQueryStringParameters": None,
            "body": body,
            "isBase64Encoded": False,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": "/signups", "identity": identity},
        }
        return self.app(event, Context(29))


def test_a_caller_is_whom_the_gateway_saw_and_no_header_changes_it() -> None:
    app = Metered()
    app.post(sourceIp="203.0.113.9")
    app.post(sourceIp="203.0.113.9", apiKeyId="k1")
    assert app.met == [
        ("signups", Caller(None, "203.0.113.9"), None),
        ("signups", Caller(None, "203.0.113.9", key_id="k1"), None),
    ]


def test_what_is_left_goes_with_errors_too_and_a_body_that_makes_no_sense_is_not_metered() -> None:
    app = Metered()
    reply = app.post(sourceIp="203.0.113.9")
    assert (reply["statusCode"], reply["headers"]["RateLimit"]) == (404, '"signups-ip";r=4;t=12')
    assert reply["headers"]["RateLimit-Policy"] == '"signups-ip";q=5;w=60'
    reply = app.post("{", sourceIp="203.0.113.9")
    assert (reply["statusCode"], len(app.met)) == (400, 1)
    assert "RateLimit" not in reply["headers"]


def test_a_refusal_has_its_own_headers() -> None:
    reply = Metered(RateLimited("Later.", 7, {"RateLimit": '"signups-ip";r=0;t=7'})).post(sourceIp="203.0.113.9")
    assert reply["statusCode"] == 429
    assert (reply["headers"]["Retry-After"], reply["headers"]["RateLimit"]) == ("7", '"signups-ip";r=0;t=7')
