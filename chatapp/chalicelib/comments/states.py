"""What becomes of a comment that is there: one transition of its state, counted exactly once.

Each is written on condition that the comment still is in the state that was seen, with the text that was seen, in one
transaction with its section's counter: of two who act at once one is refused, reads again, and finds what the other
did. So nobody shows a text that they decided about before it was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, Item, TransactionRefused, Write, transact
from chalicelib.errors import NotFound
from chalicelib.optimistic import Changed, repeated

from . import rows, sections
from .rows import SHOWN, Comment, State

if TYPE_CHECKING:
    from chalicelib.services import Services

# For so long what conflicts on a section's counter is repeated.
PATIENCE_S = 2.0
# Given the comment as it is: its next state (None: deleted) with what else changes, or nothing where it stays.
Decide = Callable[[Comment], "tuple[State | None, Item] | None"]
Beside = Callable[[Comment], Write]


def change(services: Services, comment_id: str, decide: Decide, beside: Beside | None = None) -> Comment:
    """Change a comment by what it is now. Raises NotFound, Conflict and whatever `decide` and `beside` raise.

    beside: what is written with it, in the same transaction; refused, all of it is read again.
    """

    def attempt() -> Comment:
        seen = rows.find(services, comment_id)
        if seen is None:
            raise NotFound("comment")
        decided = decide(seen)
        if decided is None:
            return seen
        return moved(services, seen, *decided, beside=[beside(seen)] if beside else [])

    return repeated(attempt, "This comment is")


def moved(
    services: Services, seen: Comment, state: State | None, attributes: Item, beside: Sequence[Write] = ()
) -> Comment:
    """Write one transition. Raises Changed where the comment is not as it was seen."""
    write = _write(services, seen, state, attributes)
    by = (state in SHOWN) - seen.shown
    try:
        if by == 0 and not beside:
            return Comment.from_item(services.commentaires.write(write, returns="ALL_NEW"))
        _together(services, seen, [write, *beside], by)
    except ConditionFailed as refused:
        raise Changed from refused
    after = rows.find(services, seen.id)
    if after is None:
        raise Changed
    return after


def _together(services: Services, seen: Comment, writes: list[Write], by: int) -> None:
    counter = [sections.count(services, seen.section, by)] if by else []
    try:
        transact([*writes, *counter], patience_s=PATIENCE_S)
    except TransactionRefused as refused:
        if not counter or any(map(refused.by, writes)):
            raise Changed from refused
        # Its section is gone, and counts nothing any more.
        _together(services, seen, writes, 0)


def _write(services: Services, seen: Comment, state: State | None, attributes: Item) -> Write:
    shown = {"sectionId": seen.section if state in SHOWN else None}
    condition, values = as_seen(seen)
    return services.commentaires.change(
        rows.key(seen.id), {"state": state, **shown, **attributes}, condition=condition, values=values
    )


def as_seen(seen: Comment) -> tuple[str, Item]:
    """The condition that a comment still is in the state, and has the text, in which it was seen."""
    if seen.state is not None:
        if seen.revision == 0:
            return "#state = :seen AND attribute_not_exists(#revision)", {":seen": seen.state}
        return "#state = :seen AND #revision = :revision", {":seen": seen.state, ":revision": seen.revision}
    # The text of a deleted one does not change.
    return "#deleted_at = :seen AND attribute_not_exists(#purging)", {":seen": seen.deleted_at}
