"""What concerns the service itself, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from .texts import Request


class Health(BaseModel):
    """Says to anybody who asks: nothing of what runs here, and how."""

    status: Literal["ok"] = "ok"
    stage: str


class SessionsEnd(Request):
    """everywhere: all of the person's sessions, not only the one that asks."""

    everywhere: bool = False


class EndedSessions(BaseModel):
    """within_s: by then no token of what was ended is taken any more."""

    ended: Literal["this", "everywhere"]
    within_s: int


class Ticket(BaseModel):
    ticket: str
    expires_in_s: int
