"""What concerns the service itself, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    """Says to anybody who asks: nothing of what runs here, and how."""

    status: Literal["ok"] = "ok"
    stage: str


class Ticket(BaseModel):
    ticket: str
    expires_in_s: int
