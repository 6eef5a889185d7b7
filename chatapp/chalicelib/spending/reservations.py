"""The one door to money: what a model call may cost at most is reserved before it, and settled after it.

A reservation stands on two rows, its subject's and the stage's, or on three where a twin pays for its visitors: the
twin's of the day, the twin's of the month, and the stage's. `cost_micro_usd` holds what was spent and what is
reserved together; beside it, an attribute of its own holds what this reservation takes of that, until it is settled:

    reserve   (nothing) ──► held        on condition that the cap leaves room
    extend       held   ──► more held   likewise
    settle       held   ──► (nothing)   and what was spent is counted

Each arrow is one plain update of each row, conditional on where it starts, so that a repeat after a lost reply changes
nothing. Never in a transaction: everybody's calls meet at the stage's row, and there transactions refuse each other
where plain updates wait for their turn.

What a crash leaves held counts as spent, so no budget is passed. A day later it makes room where a cap would refuse,
and the sweep gives it back: a row that something is held on is due (`due`). A dead answer that nobody has met by then
is not counted.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from chalicelib import due
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.ids import month
from chalicelib.subjects import Subject

from . import budgets, usage
from .usage import Counted

if TYPE_CHECKING:
    from chalicelib.services import Services

# Kept for a year, so that an owner can compare months.
_KEPT_S = 400 * 86_400
_HELD = "open_"
# No answer lasts as long, by far.
_STALE_S = 86_400
# A row that is written all day changes its place in the index of what is due this often.
_DUE_STEP_S = 6 * 3_600
# Of one update, against a reservation that is being extended meanwhile.
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class TwinBudget:
    """What a twin may spend on its visitors. day: of UTC, that `daily_micro_usd` is of."""

    handle: str
    day: str
    daily_micro_usd: int
    monthly_micro_usd: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of counts that a call stands on."""

    counted: Counted
    period: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """id: begins with the second (hexadecimal) it was made in, so that one that nobody settled is known by its age.

    period: the month that it counts in, whenever it is settled. micro_usd: what it holds on each of its rows.
    own_budget: the person's (micro-USD), as it was when the call was asked for; None for what everybody has. twin: that
    pays instead of the subject, with its budgets as they were then.
    """

    subject: Subject
    id: str
    period: str
    micro_usd: int
    own_budget: int | None = None
    twin: TwinBudget | None = None

    @property
    def held(self) -> str:
        """The attribute that holds it."""
        return _HELD + self.id

    @property
    def rows(self) -> list[_Row]:
        """On which it stands; the stage's last, where everybody meets."""
        own = [_Row(self.subject, self.period)]
        if self.twin:
            counted = usage.of_twin(self.twin.handle)
            own = [_Row(counted, self.twin.day), _Row(counted, self.period)]
        return [*own, _Row(usage.STAGE, self.period)]

    def to_item(self, of: Subject) -> Item:
        """As the row of an answer keeps it. of: whose the row is, which says who pays unless somebody else does."""
        kept: Item = {"id": self.id, "period": self.period, "micro_usd": self.micro_usd}
        if self.own_budget is not None:
            kept["own_budget"] = self.own_budget
        if self.twin:
            kept["twin"] = asdict(self.twin)
        if self.subject != of:
            kept["payer"] = self.subject.owner
        return kept

    @classmethod
    def from_item(cls, item: Item, subject: Subject) -> Reservation:
        payer = Subject.of_owner(item["payer"]) if "payer" in item else subject
        twin = TwinBudget(**item["twin"]) if "twin" in item else None
        return cls(payer, item["id"], item["period"], item["micro_usd"], item.get("own_budget"), twin)


class _Refused(Exception):
    """The cap leaves no room, or the reservation is not where it was thought to be. row: as it is."""

    def __init__(self, row: Item) -> None:
        super().__init__("refused")
        self.row = row


@dataclass(frozen=True, slots=True)
class _Step:
    """Of one reservation on one row: what it holds before and after (None: it is not there), and what is counted.

    room: what the row may have counted at most for the step to be made.
    """

    before: int | None
    after: int | None
    spent: dict[str, int] | None = None
    room: int | None = None


def reserve(
    services: Services,
    subject: Subject,
    micro_usd: int,
    own_budget: int | None = None,
    twin: TwinBudget | None = None,
) -> Reservation:
    """Hold what one call may cost at most. Raises BudgetSpent, with nothing held, and Busy."""
    return _grown(services, replace(_new(subject), own_budget=own_budget, twin=twin), None, micro_usd)


def extend(services: Services, reservation: Reservation, micro_usd: int) -> Reservation:
    """Hold so much more, for the next call. Raises BudgetSpent, with what was held still held, and Busy."""
    return _grown(services, reservation, reservation.micro_usd, micro_usd)


def settle(services: Services, reservation: Reservation, spent: dict[str, int] | None) -> bool:
    """Give back what was held and count what was spent (`usage.priced`; None: nothing). Safe to repeat.

    False where somebody had settled it before: nothing is counted. Raises Busy, once both rows were tried.
    """
    made, busy = False, None
    for row in reservation.rows:
        try:
            made |= _settle_row(services, row, reservation, spent)
        except Busy as error:
            busy = error
    if busy:
        raise busy
    return made


def _settle_row(services: Services, row: _Row, reservation: Reservation, spent: dict[str, int] | None) -> bool:
    held: int | None = reservation.micro_usd
    for _ in range(_ATTEMPTS):
        try:
            return _make(services, row, reservation, _Step(held, None, spent))
        except _Refused as refused:
            # Whoever extended it last has not said so yet, or did not live to.
            held = refused.row.get(reservation.held)
    raise Busy


def charge(services: Services, subject: Subject, spent: dict[str, int], beyond: Reservation | None = None) -> None:
    """Count what was spent without a reservation, or beyond one that somebody else has settled."""
    charged = replace(_new(beyond.subject), twin=beyond.twin) if beyond else _new(subject)
    for row in charged.rows:
        _make(services, row, charged, _Step(None, 0))
    settle(services, charged, spent)


def _new(subject: Subject) -> Reservation:
    now = time.time()
    return Reservation(subject, f"{int(now):x}{secrets.token_hex(3)}", month(now), 0)


def _grown(services: Services, reservation: Reservation, before: int | None, more: int) -> Reservation:
    """The subject's row first, always: two that take the same two rows crosswise would refuse each other."""
    grown = replace(reservation, micro_usd=(before or 0) + more)
    tried: list[_Row] = []
    for row in reservation.rows:
        room = _cap_micro_usd(services, row, reservation) - more
        tried.append(row)
        try:
            _make_room(services, row, reservation, _Step(before, grown.micro_usd, room=room))
        except _Refused as refused:
            _take_back(services, tried, reservation, _Step(grown.micro_usd, before))
            if reservation.twin:
                raise budgets.resting(row.period) from refused
            raise budgets.refusal(services.settings, row.counted, reservation.own_budget) from refused
        except Busy:
            # Nobody knows whether it was made.
            _take_back(services, tried, reservation, _Step(grown.micro_usd, before))
            raise
    return grown


def _cap_micro_usd(services: Services, row: _Row, reservation: Reservation) -> int:
    twin = reservation.twin
    if twin and row.counted != usage.STAGE:
        return twin.daily_micro_usd if row.period == twin.day else twin.monthly_micro_usd
    return budgets.cap_micro_usd(services.settings, row.counted, reservation.own_budget)


def _make_room(services: Services, row: _Row, reservation: Reservation, step: _Step) -> None:
    """Make a step; where the cap leaves no room, once what others have left behind is given back."""
    try:
        _make(services, row, reservation, step)
    except _Refused as refused:
        stale = _stale(refused.row, reservation)
        if not stale:
            raise
        for each in stale:
            with suppress(_Refused):
                _make(services, row, each, _Step(each.micro_usd, None))
        _make(services, row, reservation, step)


def release_stale(services: Services, row: Item) -> int:
    """Give back what nobody will settle any more of a row that is due; how many that were. Safe to repeat.

    The row stays due for what is held still: a step later, by when that is settled or stale.
    """
    counted = row["subject"]
    # Whose they are does not matter here: the stage's row does not tell.
    stale = _stale(row, Reservation(Subject("user", ""), "", row["period"], 0))
    for each in stale:
        with suppress(_Refused):
            _make(services, _Row(counted, row["period"]), each, _Step(each.micro_usd, None))
    held = sum(name.startswith(_HELD) for name in row) - len(stale)
    later = due.at_step(time.time() + _STALE_S, counted, _DUE_STEP_S) if held else due.NEVER
    # Whoever has reserved meanwhile has put it off already.
    put_off = services.usage.change(
        usage.key(counted, row["period"]), later, condition="#due_at = :seen", values={":seen": row["due_at"]}
    )
    with suppress(ConditionFailed):
        services.usage.write(put_off)
    return len(stale)


def held_longer(row: Item, than_s: float) -> list[str]:
    """Of a row of counts, the reservations that nobody has settled for so long, by their ids."""
    oldest = f"{int(time.time() - than_s):x}"
    held = (name.removeprefix(_HELD) for name in row if name.startswith(_HELD))
    return [each for each in held if each[: len(oldest)] < oldest]


def counted_at(row: Item) -> float:
    """When a call was last reserved on a row of counts (Unix seconds); 0 where none was."""
    return max(0.0, float(row.get("ttl", 0)) - _KEPT_S)


def _stale(row: Item, reservation: Reservation) -> list[Reservation]:
    """Of a row, what nobody will settle any more."""
    oldest = f"{int(time.time() - _STALE_S):x}"
    held = {name.removeprefix(_HELD): int(row[name]) for name in row if name.startswith(_HELD)}
    return [
        replace(reservation, id=each, micro_usd=micro_usd)
        for each, micro_usd in held.items()
        if each[: len(oldest)] < oldest
    ]


def _take_back(services: Services, tried: Iterable[_Row], reservation: Reservation, step: _Step) -> None:
    """Undo a step wherever it was made, and can be undone now."""
    for row in tried:
        with suppress(_Refused, Busy):
            _make(services, row, reservation, step)


def _make(services: Services, counts: _Row, reservation: Reservation, step: _Step) -> bool:
    """One plain update. False where it had been made before. Raises _Refused and Busy."""
    if step.room is not None and step.room < 0:
        raise _Refused({})  # not even with nothing spent
    change, values = _change(counts.counted, reservation, step)
    key = usage.key(counts.counted, counts.period)
    update = services.usage.update(key, change, values, condition=_condition(reservation, step))
    try:
        services.usage.write(update)
    except ConditionFailed as refused:
        row = refused.item or {}
        # Unless it is this very write that was made, and only its first reply was lost.
        if row.get(reservation.held) != step.after:
            raise _Refused(row) from refused
        return False
    return True


def _change(counted: Counted, reservation: Reservation, step: _Step) -> tuple[str, Item]:
    """The update's expression, and the values of it and of its condition."""
    spent = step.spent or {}
    added = {name: spent[name] for name in usage.COUNTS if spent.get(name)}
    added["cost_micro_usd"] = (step.after or 0) - (step.before or 0) + spent.get("cost_micro_usd", 0)
    given = {"before": step.before, "after": step.after, "room": step.room, **added}
    values = {f":{name}": value for name, value in given.items() if value is not None}
    change = "ADD " + ", ".join(f"#{name} :{name}" for name in added)
    if step.after is None:
        return f"{change} REMOVE #{reservation.held}", values
    now = int(time.time())
    later = {"ttl": now + _KEPT_S, **due.at_step(now + _STALE_S, str(counted), _DUE_STEP_S)}
    kept = ", ".join(f"#{name} = :{name}" for name in later)
    return f"{change} SET #{reservation.held} = :after, {kept}", values | {f":{name}": later[name] for name in later}


def _condition(reservation: Reservation, step: _Step) -> str:
    held = f"#{reservation.held}"
    where = f"attribute_not_exists({held})" if step.before is None else f"{held} = :before"
    if step.room is None:
        return where
    return f"{where} AND (attribute_not_exists(#cost_micro_usd) OR #cost_micro_usd <= :room)"
