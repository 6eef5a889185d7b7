"""What scripts send."""

from __future__ import annotations

from .comments import CommentText, SectionId
from .texts import Request, RequestId


class ScriptComment(Request):
    """As a person's comment, without what tells people from robots."""

    sectionId: SectionId
    text: CommentText
    request_id: RequestId | None = None
    reply_to: str | None = None
