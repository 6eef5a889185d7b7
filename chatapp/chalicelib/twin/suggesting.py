"""How it goes with the questions that an owner has asked the model for: on the twin's head, until they are kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from chalicelib.aws.table import ConditionFailed
from chalicelib.functions import STUDY, events_of
from chalicelib.shapes import ErrorInfo

from . import rows
from .rows import Language

if TYPE_CHECKING:
    from chalicelib.services import Services

# By then the order was given up, and the last run of it is over.
_LOST_S = events_of(STUDY).max_age_s + 900
LOST: ErrorInfo = {"code": "lost", "message": "They could not be written, for a reason on our side. Try again."}
# Of a draft's change: they are kept.
DONE: Mapping[str, Any] = {"suggesting": None}


class State(TypedDict):
    """error: why there are none, where `status` says so."""

    language: Language
    status: Literal["writing", "failed"]
    error: ErrorInfo | None


def begin(services: Services, handle: str, language: Language) -> None:
    """Note that they are being written. Raises NotFound."""
    rows.get(services, handle)
    _note(services, handle, {"language": language, "status": "writing", "at": int(time.time())})


def fail(services: Services, handle: str, language: Language, error: ErrorInfo) -> None:
    _note(services, handle, {"language": language, "status": "failed", "error": error, "at": int(time.time())})


def state(found: Mapping[str, Any] | None) -> State | None:
    """Of a head's `suggesting`; what nobody writes any more has failed."""
    if not found:
        return None
    if found["status"] == "writing" and found["at"] < time.time() - _LOST_S:
        return {"language": found["language"], "status": "failed", "error": LOST}
    return {"language": found["language"], "status": found["status"], "error": found.get("error")}


def _note(services: Services, handle: str, what: dict[str, Any]) -> None:
    """Nothing where the twin was deleted meanwhile."""
    change = services.twins.change(
        rows.key(handle),
        {"suggesting": what},
        condition="attribute_exists(#handle) AND attribute_not_exists(#deleted_at)",
    )
    with suppress(ConditionFailed):
        services.twins.write(change)
