"""Removing a deleted comment. The place of one that has replies stays: theirs tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import undo
from chalicelib.comments import removal, rows
from chalicelib.comments.rows import Comment
from chalicelib.subjects import Subject

from . import erasures

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge_comment(services: Services, subject: Subject, comment_id: str) -> bool:
    """Remove a comment that is deleted; False where it is not, or gone. Safe to repeat."""
    mine = {":user_id": subject.owner}
    key = rows.key(comment_id)
    marked = undo.begin_purge(services, services.commentaires, key, condition="#user_id = :user_id", values=mine)
    if marked is None:
        return False
    erasures.comment(services, subject, comment_id)
    return removal.remove(services, Comment.from_item(marked))
