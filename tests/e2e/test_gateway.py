"""What API Gateway answers by itself: which tokens get in, and errors that the site can read. See `test_rights` for the
routes."""

from __future__ import annotations

import base64
import json
import re
import secrets
import uuid
from typing import Any

import pytest

from tests.e2e import web
from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.people import Person

ANY_ID = "0193a000-0000-7000-8000-000000000000"


def _operations() -> list[tuple[str, str]]:
    """Method and path of every route in the contract."""
    document = json.loads((ROOT / "tests/contract/openapi.json").read_text())
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


OPERATIONS = _operations()


def _url(deployment: Deployment, path: str) -> str:
    filled = path.replace("{conversation_id}", ANY_ID).replace("{message_id}", ANY_ID)
    return deployment.api_url + filled


def _refused(deployment: Deployment, token: str | None) -> web.Reply:
    headers = {"Authorization": token} if token is not None else {}
    reply = web.call("GET", _url(deployment, "/models"), headers=headers)
    assert reply.status == 401, reply
    return reply


def _segment(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def test_health_needs_no_sign_in(deployment: Deployment) -> None:
    reply = web.call("GET", _url(deployment, "/health"))
    assert (reply.status, reply.body) == (200, {"status": "ok", "stage": deployment.stage})


def test_an_id_token_gets_in(ada: Person) -> None:
    reply = ada.get("/models")
    assert reply.status == 200
    assert reply.body["items"][0]["default"] is True


def test_an_unsigned_token_is_refused(deployment: Deployment, ada: Person) -> None:
    claims = _segment(_claims(ada.id_token))
    for algorithm in ("none", "None", "HS256"):
        _refused(deployment, f"{_segment({'alg': algorithm, 'typ': 'JWT'})}.{claims}.")


def test_a_token_that_was_changed_is_refused(deployment: Deployment, ada: Person) -> None:
    head, _, signature = ada.id_token.split(".")
    for change in ({"sub": str(uuid.uuid4())}, {"exp": 4_102_444_800}, {"token_use": "id", "email": "a@example.com"}):
        _refused(deployment, f"{head}.{_segment(_claims(ada.id_token) | change)}.{signature}")


def test_a_token_with_another_signature_is_refused(deployment: Deployment, ada: Person) -> None:
    head, body, _signature = ada.id_token.split(".")
    forged = base64.urlsafe_b64encode(secrets.token_bytes(256)).rstrip(b"=").decode()
    _refused(deployment, f"{head}.{body}.{forged}")
    _refused(deployment, "not-a-token")
    _refused(deployment, "")


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/models"), ("GET", "/conversations/a/b/c")])
def test_an_unknown_route_answers_in_our_shape(deployment: Deployment, ada: Person, method: str, path: str) -> None:
    reply = ada.call(method, path)
    assert (reply.status, reply.error["code"]) == (404, "not_found")
    assert reply.headers["access-control-allow-origin"] == deployment.site_url


def test_a_browser_may_ask_first_of_every_route(deployment: Deployment) -> None:
    paths = sorted({path for _, path in OPERATIONS})
    assert [problem for path in paths if (problem := _preflight_problem(deployment, path))] == []


def _preflight_problem(deployment: Deployment, path: str) -> str:
    methods = {method for method, of_path in OPERATIONS if of_path == path}
    # What visitors of a twin ask may stand on any page: who may is told by the route.
    origin = "*" if path.startswith("/twins/") else deployment.site_url
    asked = {
        "Origin": deployment.site_url,
        "Access-Control-Request-Method": sorted(methods)[0],
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    reply = web.call("OPTIONS", _url(deployment, path), headers=asked)
    allowed = {name: reply.headers.get(f"access-control-allow-{name}", "") for name in ("origin", "methods", "headers")}
    allows = (
        reply.status == 200
        and allowed["origin"] == origin
        and methods <= set(allowed["methods"].replace(" ", "").split(","))
        and {"authorization", "content-type"} <= set(allowed["headers"].lower().replace(" ", "").split(","))
    )
    return "" if allows else f"{path}: {reply.status} {allowed}"


def test_no_other_site_may_read_answers(deployment: Deployment, ada: Person) -> None:
    headers = {"Authorization": ada.id_token, "Origin": "https://elsewhere.example"}
    reply = web.call("GET", _url(deployment, "/models"), headers=headers)
    assert reply.headers["access-control-allow-origin"] == deployment.site_url


def test_errors_of_the_app_are_readable_too(deployment: Deployment, ada: Person) -> None:
    missing = ada.get(f"/conversations/{ANY_ID}")
    invalid = ada.post("/conversations", {"tittle": "A typing error"})
    assert (missing.status, missing.error["code"]) == (404, "not_found")
    assert (invalid.status, invalid.error["code"], invalid.error["field"]) == (400, "invalid_request", "tittle")
    for reply in (missing, invalid):
        assert reply.headers["access-control-allow-origin"] == deployment.site_url


def test_what_is_left_of_a_limit_comes_through_the_gateway_and_the_site_may_read_it(ada: Person) -> None:
    reply = ada.post("/sockets")
    assert reply.status == 200
    assert re.fullmatch(r'"sockets-person";q=\d+;w=\d+', reply.headers["ratelimit-policy"])
    assert re.fullmatch(r'"sockets-person";r=\d+;t=\d+', reply.headers["ratelimit"])
    exposed = reply.headers["access-control-expose-headers"].lower().replace(" ", "").split(",")
    assert {"ratelimit", "ratelimit-policy", "retry-after"} <= set(exposed)


def test_every_answer_keeps_browsers_to_tls_and_to_its_type(deployment: Deployment, ada: Person) -> None:
    replies = {
        "found": ada.get("/models"),
        "missing": ada.get(f"/conversations/{ANY_ID}"),
        "the gateway's 401": web.call("GET", _url(deployment, "/models")),
        "the gateway's 404": ada.get("/nothing"),
        "a browser's question": web.call(
            "OPTIONS", _url(deployment, "/models"), headers={"Origin": deployment.site_url}
        ),
        "the site": web.call("GET", f"{deployment.site_url}/"),
    }
    wanted = {"strict-transport-security": "max-age=63072000", "x-content-type-options": "nosniff"}
    lacking = [
        what
        for what, reply in replies.items()
        if any(not reply.headers.get(name, "").startswith(value) for name, value in wanted.items())
    ]
    assert lacking == []


def test_the_bundlers_manifest_is_not_published(deployment: Deployment) -> None:
    reply = web.call("GET", f"{deployment.site_url}/.vite/manifest.json")
    assert "src/" not in json.dumps(reply.body), "a page of the app, as at any path that is no file"


def test_the_site_is_served_with_its_policy(deployment: Deployment) -> None:
    page = web.call("GET", f"{deployment.site_url}/")
    config = web.call("GET", f"{deployment.site_url}/config.json")
    policy = page.headers["content-security-policy"]
    assert (page.status, config.status) == (200, 200)
    assert config.body["api_url"] == deployment.api_url
    assert "default-src 'none'" in policy
    assert deployment.api_url.rsplit("/", 1)[0] in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "no-cache" in config.headers["cache-control"]
