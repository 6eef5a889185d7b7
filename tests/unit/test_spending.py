from __future__ import annotations

import pytest
from chalicelib.errors import BudgetSpent
from chalicelib.functions import API
from chalicelib.services import build
from chalicelib.settings import ModelOffer, Prices, Settings
from chalicelib.spending import budgets, usage

OFFER = ModelOffer("m", "M", Prices(input=2.0, output=10.0, cache_write=2.5, cache_read=0.2))


@pytest.mark.parametrize(
    ("counts", "micro_usd"),
    [
        ({}, 0),
        ({"input_tokens": 1}, 2),
        ({"output_tokens": 3}, 30),
        ({"cache_creation_input_tokens": 2}, 5),
        ({"cache_read_input_tokens": 1}, 1),
        ({"cache_creation_input_tokens": 1, "cache_read_input_tokens": 1}, 3),
        ({"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 1000}, 230),
    ],
)
def test_every_token_has_its_price_and_the_sum_is_rounded_up(counts: dict[str, int], micro_usd: int) -> None:
    priced = usage.priced(counts, OFFER)
    assert priced["cost_micro_usd"] == micro_usd
    assert {name: priced[name] for name in usage.COUNTS} == {name: counts.get(name, 0) for name in usage.COUNTS}


@pytest.mark.parametrize(
    ("user", "stage", "whose"),
    [
        (None, None, None),
        (999_999, 1_999_999, None),
        (1_000_000, 0, "Your"),
        (0, 2_000_000, "This site's"),
    ],
)
def test_a_month_is_over_once_its_spend_reaches_a_cap(user: int | None, stage: int | None, whose: str | None) -> None:
    settings = Settings(user_budget_usd=1, stage_budget_usd=2)
    services = build(API, settings, clients=lambda *_: None)
    rows = [None if spent is None else {"cost_micro_usd": spent} for spent in (user, stage)]
    if whose is None:
        budgets.check_spend(services, *rows)
    else:
        with pytest.raises(BudgetSpent, match=f"^{whose} model budget"):
            budgets.check_spend(services, *rows)
