"""What model calls cost, and the rows that count it: one a month for each subject, and one for the stage."""

from __future__ import annotations

import math

from chalicelib.aws.table import Key
from chalicelib.settings import ModelOffer
from chalicelib.subjects import Subject

STAGE = "stage"
COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
Counted = Subject | str


def of_twin(handle: str) -> str:
    """As what a twin is counted: all its visits together."""
    return f"twin:{handle}"


def priced(counts: dict[str, int], offer: ModelOffer) -> dict[str, int]:
    """Token counts with their cost, rounded up to a whole micro-USD.

    counts: as the Messages API reports them; input_tokens are those that the cache neither served nor stored.
    """
    prices = offer.prices
    cost = (
        counts.get("input_tokens", 0) * prices.input
        + counts.get("output_tokens", 0) * prices.output
        + counts.get("cache_creation_input_tokens", 0) * prices.cache_write
        + counts.get("cache_read_input_tokens", 0) * prices.cache_read
    )
    return {**{name: counts.get(name, 0) for name in COUNTS}, "cost_micro_usd": math.ceil(cost)}


def worst_case_micro_usd(offer: ModelOffer, prompt_tokens: int, max_tokens: int) -> int:
    """What one call may cost at most: nothing of the prompt is in the cache, and the answer has its full length."""
    dearest = max(offer.prices.input, offer.prices.cache_write)
    return math.ceil(prompt_tokens * dearest + max_tokens * offer.prices.output)


def key(counted: Counted, period: str) -> Key:
    """counted: a subject, or STAGE. period: `ids.month`."""
    return {"subject": str(counted), "period": period}
