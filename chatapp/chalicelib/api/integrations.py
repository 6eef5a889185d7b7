"""What scripts do with an API key, from the wire to the domain and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import comments as s
from chalicelib.api.schemas.integrations import ScriptComment
from chalicelib.comments import writing
from chalicelib.comments.writing import Key, New
from chalicelib.spending import keys

from . import comments

if TYPE_CHECKING:
    from chalicelib.services import Services

    from .rest import ChatApp


def create_comment(services: Services, app: ChatApp, body: ScriptComment) -> s.MyComment:
    """A revoked key is told before anything is metered: it takes nothing from the stage's share."""
    key = keys.get(services, app.caller.key_id)
    app.meter("comments", key.limit)
    new = New(section_id=body.sectionId, text=body.text, request_id=body.request_id, reply_to=body.reply_to)
    return comments.own(writing.by_key(services, Key(key.id, key.name), new))
