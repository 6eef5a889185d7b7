"""What model calls cost, counted per subject and for the stage, by month. Limits on it are in `budgets`."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from chalicelib.aws.table import Item, Key, Write, transact
from chalicelib.ids import month
from chalicelib.settings import ModelOffer
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

STAGE = "stage"
COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
# Kept for a year, so that an owner can compare months.
_KEPT_S = 400 * 86_400


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


def key(counted: Subject | str) -> Key:
    return {"subject": str(counted), "period": month(time.time())}


def spent_micro_usd(item: Item | None) -> int:
    return int(item.get("cost_micro_usd", 0)) if item else 0


def count(services: Services, counted: Subject | str, usage: dict[str, int]) -> Write:
    """The write that adds one model call to a subject's month."""
    names = [*COUNTS, "cost_micro_usd"]
    values: dict[str, int] = {f":{name}": usage[name] for name in names}
    values[":ttl"] = int(time.time()) + _KEPT_S
    added = ", ".join(f"#{name} :{name}" for name in names)
    return services.usage.update(key(counted), f"ADD {added} SET #ttl = :ttl", values)


def count_now(services: Services, counted: Subject | str, usage: dict[str, int]) -> None:
    """Add one model call to a subject's month; once, because a transaction is repeated safely and a bare ADD is not."""
    transact([count(services, counted, usage)])
