"""What may be spent in a calendar month (UTC): by one person, and by the whole stage.

Whether a call still fits is for `reservations` to decide.
"""

from __future__ import annotations

from chalicelib.errors import BudgetSpent
from chalicelib.settings import Settings

from . import usage
from .usage import Counted


def cap_micro_usd(settings: Settings, counted: Counted, own: int | None) -> int:
    """own: of a person for whom an owner has set one (micro-USD)."""
    if counted == usage.STAGE:
        return int(settings.stage_budget_usd * 1_000_000)
    return int(settings.user_budget_usd * 1_000_000) if own is None else own


def refusal(settings: Settings, counted: Counted, own: int | None) -> BudgetSpent:
    whose, where = "Your", "raise it on the page “People”"
    if counted == usage.STAGE:
        whose, where = "This site's", "raise it in the deployment's settings"
    return BudgetSpent(
        f"{whose} model budget of {cap_micro_usd(settings, counted, own) / 1e6:g} USD for this month is spent: what is"
        " left does not cover an answer. It starts again on the first day of next month (UTC); the owner can"
        f" {where}."
    )
