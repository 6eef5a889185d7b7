"""What a request holds, as the model that a view names, or what is wrong with it in words of this API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, RootModel, ValidationError

from chalicelib.api.reasons import refused
from chalicelib.api.schemas.texts import PATTERNS
from chalicelib.errors import InvalidRequest


def parse(model: Any, values: Any) -> BaseModel:
    """What a request holds, as a model. Raises InvalidRequest for its first fault."""
    try:
        return model.model_validate(values)  # type: ignore[no-any-return]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        kind, values = first["type"], first.get("ctx", {})
        reason, details = refused(kind, values, first["input"])
        raise InvalidRequest(_field(model, first), _problem(kind, values, first["msg"]), reason, **details) from None


def _field(model: Any, error: Mapping[str, Any]) -> str:
    """Where in the request. Of a body of one of several kinds pydantic names the kind first, which is no field."""
    if error["type"].startswith("union_tag_"):
        return str(error["ctx"]["discriminator"]).strip("'")
    parts = error["loc"][1:] if issubclass(model, RootModel) else error["loc"]
    return ".".join(map(str, parts)) or "body"


# Pydantic's errors, https://docs.pydantic.dev/latest/errors/validation_errors/, as a caller of this API would say them.
_PROBLEMS = {
    "extra_forbidden": "there is no such field",
    "missing": "is required",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "is required",
    "too_long": "takes at most {max_length}, not {actual_length}",
}


def _problem(kind: str, values: dict[str, Any], message: str) -> str:
    if kind == "string_pattern_mismatch":
        return PATTERNS[values["pattern"]]
    if kind == "value_error":
        return str(values["error"])
    return _PROBLEMS[kind].format(**values) if kind in _PROBLEMS else message
