"""What concerns the service itself, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str
    stage: str


class Ticket(BaseModel):
    ticket: str
    expires_in_s: int
