"""Removing comments for good. Who orders it, and what is remembered of it, is `deletion`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, TransactionRefused, transact

from . import rows, sections, states
from .rows import Comment

if TYPE_CHECKING:
    from chalicelib.services import Services


def remove(services: Services, comment: Comment) -> bool:
    """Delete a row, and count it no more; False where it has come or gone from sight meanwhile. Safe to repeat.

    The place of a comment that has replies stays: it is told by theirs.
    """
    shown = "attribute_exists(#sectionId)" if comment.shown else "attribute_not_exists(#sectionId)"
    gone = services.commentaires.delete(rows.key(comment.id), condition=f"attribute_exists(#id) AND {shown}")
    try:
        if not comment.shown:
            services.commentaires.write(gone)
            return True
        counter = sections.count(services, comment.section, -1)
        transact([gone, counter], patience_s=states.PATIENCE_S)
    except ConditionFailed:
        return False
    except TransactionRefused as refused:
        if refused.by(gone):
            return False
        services.commentaires.write(gone)  # its section is gone, and counts nothing any more
    return True
