"""What callers may use: the monthly spend caps, checked before anything is stored or any model is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import Item
from chalicelib.errors import BudgetSpent

from . import usage

if TYPE_CHECKING:
    from chalicelib.services import Services


def check_spend(services: Services, user: Item | None, stage: Item | None) -> None:
    """Raise BudgetSpent once a month's spend has reached a cap.

    user, stage: the rows of this month. Answers that are in progress when a cap is reached are still paid for: their
    cost is known only afterwards. Each is bounded: by `max_tokens` a request, of which it makes one, or as many as
    `rounds.MAX_ROUNDS` and two more where tools are used, none of them above `context_tokens`.
    """
    settings = services.settings
    for item, cap_usd, whose in (
        (user, settings.user_budget_usd, "Your"),
        (stage, settings.stage_budget_usd, "This site's"),
    ):
        if usage.spent_micro_usd(item) >= cap_usd * 1_000_000:
            raise BudgetSpent(
                f"{whose} model budget of {cap_usd:g} USD for this month is spent. It starts again on the first day"
                " of next month (UTC); the owner can raise it in the deployment's settings."
            )
