from __future__ import annotations

import pytest
from chalicelib.settings import ModelOffer, Prices, Settings
from chalicelib.spending import budgets, usage
from chalicelib.subjects import person

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


def test_a_call_costs_at_most_its_prompt_unread_by_the_cache_and_an_answer_of_full_length() -> None:
    assert usage.worst_case_micro_usd(OFFER, prompt_tokens=1_000, max_tokens=100) == 1_000 * 2.5 + 100 * 10


@pytest.mark.parametrize(("counted", "whose", "usd"), [(person("ada"), "Your", 1), (usage.STAGE, "This site's", 2)])
def test_a_refusal_names_the_budget(counted: usage.Counted, whose: str, usd: int) -> None:
    settings = Settings(user_budget_usd=1, stage_budget_usd=2)
    assert budgets.cap_micro_usd(settings, counted, None) == usd * 1_000_000
    assert str(budgets.refusal(settings, counted, None)).startswith(
        f"{whose} model budget of {usd} USD for this month is spent"
    )
