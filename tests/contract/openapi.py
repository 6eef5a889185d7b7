"""The OpenAPI document, from the app's routes and models: `python -m tests.contract.openapi` writes it anew."""

from __future__ import annotations

import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = Path(__file__).with_name("openapi.json")

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "field": {"type": "string"},
                "message_id": {"type": "string"},
                "file_id": {"type": "string", "description": "Which of `file_ids`, where the field is that one."},
                "reason": {"type": "string", "description": "Why the field is refused, where that is the error."},
                "limit": {"type": "integer", "description": "What it takes at most, or at least."},
                "actual": {"type": "integer"},
                "unit": {"type": "string", "enum": ["bytes", "characters"]},
                "used_bytes": {"type": "integer"},
                "limit_bytes": {"type": "integer"},
            },
        }
    },
}


def document() -> dict[str, Any]:
    sys.path.insert(0, str(ROOT / "chatapp"))
    os.environ.setdefault("CHATAPP_USER_POOL_ARN", "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/pool")
    from app import app
    from chalicelib.api.schemas.frames import SocketMessage
    from pydantic import TypeAdapter

    requests: set[Any] = set()
    replies: set[Any] = set()
    for operation in app.operations:
        hints = get_type_hints(operation.view)
        requests |= {hints[name] for name in ("body", "query") if name in hints}
        replies.add(_reply_model(hints["return"]))
    # No path of the document leads to what is pushed.
    replies.add(SocketMessage)
    wanted: list[Any] = [(model, "validation") for model in requests] + [(model, "serialization") for model in replies]
    wanted.sort(key=lambda pair: pair[0].__name__)
    inputs = [(model, mode, TypeAdapter(model)) for model, mode in wanted]
    references, definitions = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")
    paths: dict[str, Any] = {}
    for operation in app.operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "chatapp", "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**definitions["$defs"], "ErrorReply": _ERROR},
            "securitySchemes": {
                "id_token": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "api_key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def _reply_model(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is tuple else hint


def _operation(operation: Any, references: dict[Any, Any]) -> dict[str, Any]:
    hints = get_type_hints(operation.view)
    described: dict[str, Any] = {"operationId": operation.view.__name__}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in hints
        if "{" + name + "}" in operation.path
    ]
    if "query" in hints:
        schema = hints["query"].model_json_schema()
        parameters += [
            {"name": name, "in": "query", "required": False, "schema": part}
            for name, part in schema["properties"].items()
        ]
    if parameters:
        described["parameters"] = parameters
    if "body" in hints:
        optional = inspect.signature(operation.view).parameters["body"].default is not inspect.Parameter.empty
        content = {"application/json": {"schema": references[hints["body"], "validation"]}}
        described["requestBody"] = {"required": not optional, "content": content}
    reply = {"application/json": {"schema": references[_reply_model(hints["return"]), "serialization"]}}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorReply"}}}
    described["responses"] = {
        **{str(status): {"description": "Success", "content": reply} for status in operation.statuses},
        "default": {"description": "Error", "content": error},
    }
    if operation.keyed or not operation.public:
        described["security"] = [{"api_key" if operation.keyed else "id_token": []}]
    return described


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text())
