"""What may be spent in a calendar month (UTC): by one person, and by the whole stage.

Whether a call still fits is for `reservations` to decide.
"""

from __future__ import annotations

from chalicelib.errors import BudgetSpent
from chalicelib.settings import Settings

from . import usage
from .usage import Counted


def _cap_usd(settings: Settings, counted: Counted) -> float:
    return settings.stage_budget_usd if counted == usage.STAGE else settings.user_budget_usd


def cap_micro_usd(settings: Settings, counted: Counted) -> int:
    return int(_cap_usd(settings, counted) * 1_000_000)


def refusal(settings: Settings, counted: Counted) -> BudgetSpent:
    whose = "This site's" if counted == usage.STAGE else "Your"
    return BudgetSpent(
        f"{whose} model budget of {_cap_usd(settings, counted):g} USD for this month is spent: what is left does not"
        " cover an answer. It starts again on the first day of next month (UTC); the owner can raise it in the"
        " deployment's settings."
    )
