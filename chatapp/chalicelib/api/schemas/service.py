"""What concerns the service itself, on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .texts import Request, Shape


class HealthQuery(Shape):
    """deep: also ask what the app stands on."""

    deep: bool = False


class ModelHealth(Shape):
    """As it was found at `checked_at`; unknown where that was too long ago."""

    state: Literal["ok", "failing", "unknown"]
    checked_at: str | None


class Health(Shape):
    """Says to anybody who asks: nothing of what runs here, and how. model: of a deep check alone."""

    status: Literal["ok"] = "ok"
    stage: str
    model: Annotated[ModelHealth | None, Field(exclude_if=lambda model: model is None)] = None


class SessionsEnd(Request):
    """everywhere: all of the person's sessions, not only the one that asks."""

    everywhere: bool = False


class EndedSessions(Shape):
    """within_s: by then no token of what was ended is taken any more."""

    ended: Literal["this", "everywhere"]
    within_s: int


class Woken(Shape):
    waking: Literal[True] = True


class Ticket(Shape):
    ticket: str
    expires_in_s: int
