"""Frames on the wire: as a list, and as a WebSocket message."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from chalicelib.conversations.messages import Status
from chalicelib.shapes import AnswerFrame, Frame

_BY_TYPE = Field(discriminator="type")
# Their unions of all frames are the slowest models to build, and only a reader that catches up needs them.
_BUILT_WHEN_USED = ConfigDict(defer_build=True)


class FramesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    after: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class Frames(BaseModel):
    """The frames of an answer after a sequence, and the answer's status at that moment."""

    model_config = _BUILT_WHEN_USED
    # They are as they were pushed; a long answer has thousands.
    items: SkipValidation[list[Annotated[AnswerFrame, _BY_TYPE]]]
    status: Status


class SocketMessage(BaseModel):
    """What the server sends over a WebSocket, each time it sends."""

    model_config = _BUILT_WHEN_USED
    frames: list[Annotated[Frame, _BY_TYPE]]
