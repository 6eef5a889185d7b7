"""Why pydantic refused a field, as one of `errors.REASONS` with its limit: for sentences in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .schemas.texts import MAX_TEXT_BYTES, PATTERNS, TooManyBytes

# https://docs.pydantic.dev/latest/errors/validation_errors/; what is not here is of a wrong form, or of a wrong type.
_REASONS = {
    "missing": "missing",
    "union_tag_not_found": "missing",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_taken",
    "enum": "not_taken",
    "union_tag_invalid": "not_taken",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
}
_LIMITS = ("max_length", "min_length", "ge", "gt", "le", "lt")
_BLANK = "must not be blank"


def refused(kind: str, values: Mapping[str, Any], given: Any) -> tuple[str, dict[str, str | int]]:
    """The reason, and what there is of `limit`, `actual` and `unit`. given: only its size is told."""
    error = values.get("error")
    if isinstance(error, TooManyBytes):
        return "too_long", {"limit": MAX_TEXT_BYTES, "actual": error.size, "unit": "bytes"}
    if kind == "string_pattern_mismatch":
        return "blank" if PATTERNS[values["pattern"]] == _BLANK else "wrong_form", {}
    if kind == "string_too_short" and values["min_length"] == 1:
        return "blank", {}
    reason = _REASONS.get(kind, "wrong_type" if kind.endswith("_type") else "wrong_form")
    limit = next((values[name] for name in _LIMITS if isinstance(values.get(name), int)), None)
    details: dict[str, str | int] = {} if limit is None else {"limit": limit}
    if kind in {"string_too_long", "string_too_short"}:
        details |= {"actual": len(given), "unit": "characters"}
    elif kind in {"too_long", "too_short"}:
        details["actual"] = len(given)
    return reason, details
