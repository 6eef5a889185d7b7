"""A day's row of counters: its attributes by name, and what they say together. Owns no counting (`insights`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chalicelib.aws.table import Item

from .rows import DAY

KEPT_DAYS = 400
LANGUAGE = "language_"
HOST = "host_"
OTHER = "other"
_WITHIN = "first_word_le_"
# Upper ends, in milliseconds; what takes longer is counted with the last.
_ENDS = (250, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 20_000, 60_000)
# What a host's name has beside letters and digits, as an attribute's name may: `_` is in none of them.
_ESCAPED = {".": "_d", "-": "_h"}


@dataclass(frozen=True, slots=True)
class Day:
    """Counts of one day, or of several together (`total`).

    questions: each as often as it is answered. unsourced: answers that cite nothing. languages, hosts: of visits.
    first_words: how many answers began to be written; within: how many of them by the upper end (ms) of what they took.
    """

    day: str
    visits: int = 0
    questions: int = 0
    answers: int = 0
    unsourced: int = 0
    up: int = 0
    down: int = 0
    cost_micro_usd: int = 0
    first_words: int = 0
    first_words_ms: int = 0
    within: Mapping[int, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    hosts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_item(cls, day: date, item: Item) -> Day:
        hosts = _named(item, HOST)
        # A thumb that was lost may have been taken back.
        return cls(
            day.isoformat(),
            **{name: max(0, int(item.get(name, 0))) for name in _NUMBERS},
            within={int(end): many for end, many in _named(item, _WITHIN).items()},
            languages=_named(item, LANGUAGE),
            hosts={_unescaped(name): many for name, many in hosts.items()},
        )

    def percentile_ms(self, share: float) -> int | None:
        """Within how long that share of answers began, in line between the ends of its bucket; None where none did."""
        wanted, seen, start = share * sum(self.within.values()), 0, 0
        for end in _ENDS:
            many = self.within.get(end, 0)
            if many and seen + many >= wanted:
                return round(start + (end - start) * (wanted - seen) / many)
            seen, start = seen + many, end
        return None


_NUMBERS = (
    *("visits", "questions", "answers", "unsourced", "up", "down", "cost_micro_usd"),
    *("first_words", "first_words_ms"),
)


def item_of(day: date) -> str:
    """The sort key of a day's row."""
    return f"{DAY}{day.isoformat()}"


def bucket(ms: int) -> str:
    """The counter of answers that took as long."""
    return f"{_WITHIN}{next((end for end in _ENDS if ms <= end), _ENDS[-1])}"


def host_name(host: str) -> str:
    """The counter of a host."""
    return HOST + "".join(_ESCAPED.get(character, character) for character in host)


def total(days: Iterable[Day]) -> Day:
    every = list(days)
    return Day(
        "",
        **{name: sum(getattr(day, name) for day in every) for name in _NUMBERS},
        within=_summed(day.within for day in every),
        languages=_summed(day.languages for day in every),
        hosts=_summed(day.hosts for day in every),
    )


def _unescaped(name: str) -> str:
    for character, escaped in _ESCAPED.items():
        name = name.replace(escaped, character)
    return name


def _named(item: Item, prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): int(many) for name, many in item.items() if name.startswith(prefix)}


def _summed(counts: Iterable[Mapping[Any, int]]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for each in counts:
        for name, many in each.items():
            found[name] = found.get(name, 0) + many
    return found
