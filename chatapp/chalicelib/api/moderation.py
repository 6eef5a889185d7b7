"""Moderation from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import comments as s
from chalicelib.comments import bans
from chalicelib.comments import moderation as moderating
from chalicelib.comments.rows import Comment
from chalicelib.ids import iso

from .comments import own

if TYPE_CHECKING:
    from chalicelib.services import Services

    from .rest import User


def queue(services: Services, query: s.ModerationQuery) -> s.ModeratedComments:
    found, next_cursor = moderating.queue(services, query.state, query.user_id, limit=query.limit, cursor=query.cursor)
    return s.ModeratedComments(comments=[_moderated(each) for each in found], next_cursor=next_cursor)


def act(services: Services, comment_id: str, body: s.Moderation) -> s.ModeratedComment:
    return _moderated(moderating.act(services, comment_id, body.action, body.revision))


def ban(services: Services, user: User, user_id: str) -> s.Ban:
    return s.Ban(user_id=user_id, comments_banned_at=iso(bans.ban(services, user_id, user.subject.owner)))


def lift_ban(services: Services, user_id: str) -> s.Ban:
    bans.lift(services, user_id)
    return s.Ban(user_id=user_id, comments_banned_at=None)


def _moderated(comment: Comment) -> s.ModeratedComment:
    return s.ModeratedComment(
        **own(comment).model_dump(), user_id=comment.user_id, reports=comment.reports, revision=comment.revision
    )
