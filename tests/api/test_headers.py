"""The headers that go with every answer of the API, whatever it says."""

from __future__ import annotations

import re
from typing import Any

from chalice.deploy.swagger import TemplatedSwaggerGenerator

from tests.api.routes import MISSING, OWNERS_ROUTES, ROUTES
from tests.people import Person, Reply
from tests.stage import Stage

HEADERS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff"}


def _lacks(reply: Reply) -> bool:
    return not HEADERS.items() <= reply.headers.items()


def test_every_route_sends_them_with_what_it_refuses(stage: Stage, ada: Person) -> None:
    nobody = Person(stage, "nobody", token_use="access")
    asked = [(method, _filled(path), body) for method, path, body in (*ROUTES, *OWNERS_ROUTES)]
    replies = {(method, path): nobody.call(method, path, body) for method, path, body in asked}
    assert {reply.status for reply in replies.values()} == {401}
    assert [route for route, reply in replies.items() if _lacks(reply)] == []


def test_they_come_with_what_is_found_missing_wrong_or_broken(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="Roses")
    replies = [
        ada.get("/health"),
        ada.get(f"/conversations/{conversation_id}"),
        ada.get(f"/conversations/{MISSING}"),
        ada.post("/conversations", {"tittle": "A typing error"}),
    ]
    stage.edit("conversations", conversation_id, timestamp=None)
    replies.append(ada.get(f"/conversations/{conversation_id}"))
    assert [reply.status for reply in replies] == [200, 200, 404, 400, 500]
    assert [reply for reply in replies if _lacks(reply)] == []


def test_api_gateway_sends_them_with_what_it_answers_to_a_browsers_options(stage: Stage) -> None:
    document: Any = TemplatedSwaggerGenerator().generate_swagger(stage.app.app)
    wanted = {f"method.response.header.{name}": f"'{value}'" for name, value in HEADERS.items()}
    assert document["paths"].keys() == stage.app.app.routes.keys()
    for path, methods in document["paths"].items():
        answer = methods["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
        assert wanted.items() <= answer["responseParameters"].items(), path
        assert HEADERS.keys() <= methods["options"]["responses"]["200"]["headers"].keys(), path


def _filled(path: str) -> str:
    return re.sub(r"\{\w+\}", MISSING, path)
