"""What a twin's answers may cost, and until when it rests once they did. Reserved is by `spending`."""

from __future__ import annotations

import time
from typing import Literal

from chalicelib.aws.table import Item, Key
from chalicelib.ids import day, iso, month
from chalicelib.settings import Settings
from chalicelib.spending import budgets, usage
from chalicelib.spending.reservations import TwinBudget

from .rows import Head


def of(settings: Settings, head: Head) -> TwinBudget:
    daily, monthly = head.daily_budget_micro_usd, head.monthly_budget_micro_usd
    return TwinBudget(
        head.handle,
        day(time.time()),
        int(settings.twin_daily_budget_usd * 1_000_000) if daily is None else daily,
        int(settings.twin_monthly_budget_usd * 1_000_000) if monthly is None else monthly,
    )


def rows(handle: str) -> list[Key]:
    """What says how much of the budgets is left: of the day, of the month, of the whole stage's month."""
    now = time.time()
    counted = usage.of_twin(handle)
    return [usage.key(counted, day(now)), usage.key(counted, month(now)), usage.key(usage.STAGE, month(now))]


_PERIODS: tuple[Literal["day", "month"], ...] = ("day", "month", "month")


def resting_until(settings: Settings, budget: TwinBudget, counts: list[Item | None], least: int) -> str | None:
    """Until when no answer fits what is left, by rows of `rows`. least: what an answer reserves (micro-USD)."""
    caps = [budget.daily_micro_usd, budget.monthly_micro_usd, int(settings.stage_budget_usd * 1_000_000)]
    used = [int((row or {}).get("cost_micro_usd", 0)) for row in counts]
    until = [
        budgets.resumes_at(period)
        for period, cap, spent in zip(_PERIODS, caps, used, strict=True)
        if spent + least > cap
    ]
    return iso(max(until)) if until else None
