"""What may be spent in a calendar month (UTC): by one person, and by the whole stage; and what a visitor is told.

Whether a call still fits is for `reservations` to decide.
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta
from typing import Literal

from chalicelib.errors import BudgetSpent, TwinResting
from chalicelib.ids import iso
from chalicelib.settings import Settings

from . import usage
from .usage import Counted


def cap_micro_usd(settings: Settings, counted: Counted, own: int | None) -> int:
    """own: of a person for whom an owner has set one (micro-USD)."""
    if counted == usage.STAGE:
        return int(settings.stage_budget_usd * 1_000_000)
    return int(settings.user_budget_usd * 1_000_000) if own is None else own


# Days differ: one that spends a tenth of the month's budget would spend all of it in ten.
_DAY_SHARE = 0.1


def day_usd(settings: Settings) -> float:
    """What all model calls of a day may cost before the owner is told; nothing is refused by it."""
    return settings.stage_budget_usd * _DAY_SHARE


def resting(period: str) -> TwinResting:
    """What a visitor is told, whoever's budget it is that the answer does not fit. period: a day, or a month."""
    until = resumes_at("day" if period.count("-") == 2 else "month")
    return TwinResting(max(1, math.ceil(until - time.time())), iso(until))


def resumes_at(period: Literal["day", "month"]) -> float:
    """When the next day or month begins, in UTC (Unix seconds)."""
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    later = now + timedelta(days=1) if period == "day" else (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    return later.timestamp()


def refusal(settings: Settings, counted: Counted, own: int | None) -> BudgetSpent:
    whose, where = "Your", "raise it on the page “People”"
    if counted == usage.STAGE:
        whose, where = "This site's", "raise it in the deployment's settings"
    return BudgetSpent(
        f"{whose} model budget of {cap_micro_usd(settings, counted, own) / 1e6:g} USD for this month is spent: what is"
        " left does not cover an answer. It starts again on the first day of next month (UTC); the owner can"
        f" {where}."
    )
