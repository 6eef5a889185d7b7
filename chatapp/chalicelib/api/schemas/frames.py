"""Frames on the wire: as a list, and as a WebSocket message."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, SkipValidation

from chalicelib.conversations.messages import Status
from chalicelib.shapes import AnswerFrame, Frame

from .texts import Shape

_BY_TYPE = Field(discriminator="type")


class FramesQuery(Shape):
    model_config = ConfigDict(extra="forbid")
    after: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class Frames(Shape):
    """The frames of an answer after a sequence, and the answer's status at that moment."""

    # They are as they were pushed; a long answer has thousands.
    items: SkipValidation[list[Annotated[AnswerFrame, _BY_TYPE]]]
    status: Status


class SocketMessage(Shape):
    """What the server sends over a WebSocket, each time it sends."""

    frames: list[Annotated[Frame, _BY_TYPE]]
