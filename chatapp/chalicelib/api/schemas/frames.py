"""Frames on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.conversations.messages import Status


class FramesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    after: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class Frames(BaseModel):
    items: list[dict[str, Any]]
    status: Status
