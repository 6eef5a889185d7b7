"""Scripts that write comments with an API key, as API Gateway hands on their requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib.comments import sections
from chalicelib.functions import API
from chalicelib.services import of

from tests.fakes.aws import Context
from tests.people import Reply
from tests.stage import Stage

PATH = "/integrations/commentaires"
VALUE = "aValueThatNobodyMayRead"
BODY = {"sectionId": "projects", "text": "Imported."}


def _post(stage: Stage, body: dict[str, Any], key_id: str | None = "k1") -> Reply:
    """As API Gateway has let it in: with the id and the value of the key."""
    of_key = {"apiKeyId": key_id, "apiKey": VALUE} if key_id else {}
    event = {
        "resource": PATH,
        "path": PATH,
        "httpMethod": "POST",
        "headers": {"content-type": "application/json", "x-api-key": VALUE},
        "multiValueHeaders": {"x-api-key": [VALUE]},
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "body": json.dumps(body),
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": PATH,
            "requestId": "test",
            "identity": {"sourceIp": "127.0.0.1", **of_key},
        },
    }
    reply = stage.app.app(event, Context(29))
    return Reply(reply["statusCode"], reply["headers"], reply["body"])


def _key(stage: Stage, key_id: str = "k1", **more: Any) -> None:
    stage.put("usage", {"subject": f"key:{key_id}", "period": "key", "name": "The importer", **more})


@pytest.fixture(autouse=True)
def section(stage: Stage) -> None:
    sections.put(of(API), "projects", title="Projects", url="https://a.example/", is_open=True)


def test_a_script_writes_under_its_keys_name(stage: Stage) -> None:
    _key(stage)
    reply = _post(stage, BODY)
    assert reply.status == 201
    assert reply.body["author"] == {"name": "The importer", "is_owner": False}
    assert (reply.body["status"], reply.body["text"]) == ("visible", "Imported.")


def test_the_same_request_is_one_comment(stage: Stage) -> None:
    _key(stage)
    first, second = (_post(stage, {**BODY, "request_id": "import-0001"}) for _ in range(2))
    assert (first.status, second.body["id"]) == (201, first.body["id"])


def test_a_keys_own_limit_is_exact(stage: Stage) -> None:
    _key(stage, limit={"quota": 2, "window_s": 3_600})
    _key(stage, "k2")
    replies = [_post(stage, {**BODY, "text": f"Comment {number}"}) for number in range(3)]
    assert [reply.status for reply in replies] == [201, 201, 429]
    assert replies[0].headers["RateLimit-Policy"].startswith('"comments-key";q=2;w=3600')
    assert replies[-1].error == "rate_limited"
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 1_800
    assert _post(stage, {**BODY, "text": "Of another key"}, "k2").status == 201


def test_a_revoked_key_is_refused_at_once_and_takes_nothing(stage: Stage) -> None:
    _key(stage)
    assert _post(stage, BODY).status == 201
    before = stage.rows("usage")
    _key(stage, revoked_at=1)
    reply = _post(stage, {**BODY, "text": "Too late."})
    assert (reply.status, reply.error) == (403, "forbidden")
    assert "revoked" in reply.body["error"]["message"]
    rates = [row for row in stage.rows("usage") if row["period"] != "key"]
    assert rates == [row for row in before if row["period"] != "key"]


def test_a_key_that_nobody_made_for_this_stage_opens_nothing(stage: Stage) -> None:
    reply = _post(stage, BODY)
    assert (reply.status, reply.error) == (403, "forbidden")


def test_without_a_key_the_route_is_closed_also_where_no_gateway_stands_before_it(stage: Stage) -> None:
    _key(stage, "")
    reply = _post(stage, BODY, None)
    assert (reply.status, reply.error) == (403, "forbidden")
    assert "x-api-key" in reply.body["error"]["message"]


def test_a_script_sends_nothing_that_only_a_form_has(stage: Stage) -> None:
    _key(stage)
    reply = _post(stage, {**BODY, "website": ""})
    assert (reply.status, reply.body["error"]["field"]) == (400, "website")


def test_no_log_line_and_no_row_has_the_keys_value(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    _key(stage)
    for _ in range(2):
        _post(stage, BODY)
    captured = capsys.readouterr()
    assert '"view":"create_comment_by_key"' in captured.out
    assert VALUE not in captured.out + captured.err
    assert VALUE not in str([stage.rows(table) for table in ("usage", "commentaires")])


def test_the_gateway_asks_for_a_key_on_this_route_alone(stage: Stage) -> None:
    keyed = [
        (method, path)
        for path, of_path in stage.app.app.routes.items()
        for method, entry in of_path.items()
        if entry.api_key_required
    ]
    assert keyed == [("POST", PATH)]
