"""GCRA against what it stands for: a bucket that holds the quota, and into which a unit comes back every interval."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from chalicelib.settings import DEFAULT_RATES, Limit
from chalicelib.spending import gcra

START_US = 1_795_262_400_123_457
LIMITS = [Limit(1, 1), Limit(1, 86_400), Limit(3, 1), Limit(7, 60), Limit(30, 60), Limit(5, 86_400), Limit(1_000, 7)]


class Bucket:
    """The model: units as fractions, so that nothing is ever rounded."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.level = Fraction(limit.quota)
        self.at_us = START_US

    def wait_until(self, now_us: int) -> None:
        back = Fraction(now_us - self.at_us, gcra.interval_us(self.limit))
        self.level, self.at_us = min(Fraction(self.limit.quota), self.level + back), now_us

    def take(self) -> bool:
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def give_back(self) -> None:
        self.level = min(Fraction(self.limit.quota), self.level + 1)

    def more_in_us(self) -> Fraction:
        if self.level == self.limit.quota:
            return Fraction(0)
        return (int(self.level) + 1 - self.level) * gcra.interval_us(self.limit)


def _take(limit: Limit, tat_us: int, now_us: int) -> int | None:
    """The row's new time; None where the limit is used up."""
    if tat_us <= now_us:
        return gcra.idle(limit, now_us)
    return tat_us + gcra.interval_us(limit) if tat_us <= gcra.latest(limit, now_us) else None


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_it_lets_through_what_a_bucket_would_and_tells_what_that_holds(limit: Limit) -> None:
    chance = random.Random(f"{limit}")  # noqa: S311 (the same each time)
    step_us = gcra.interval_us(limit)
    bucket, tat_us, now_us = Bucket(limit), 0, START_US
    passed = 0
    for _ in range(5_000):
        now_us += chance.choice([0, 0, 1, step_us - 1, step_us, step_us + 1, chance.randrange(3 * step_us)])
        bucket.wait_until(now_us)
        new_us = _take(limit, tat_us, now_us)
        assert (new_us is not None) == bucket.take()
        tat_us, passed = new_us or tat_us, passed + (new_us is not None)
        assert gcra.left(limit, tat_us, now_us) == int(bucket.level)
        assert gcra.more_in_us(limit, tat_us, now_us) == bucket.more_in_us()
    assert 0 < passed < 5_000, "a run that never refuses, or always does, shows nothing"


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_quota_comes_at_once_and_not_a_unit_more_before_the_time_that_is_told(limit: Limit) -> None:
    tat_us, now_us = 0, START_US
    for _ in range(limit.quota):
        new_us = _take(limit, tat_us, now_us)
        assert new_us is not None
        tat_us = new_us
    assert gcra.left(limit, tat_us, now_us) == 0
    wait_us = gcra.more_in_us(limit, tat_us, now_us)
    assert _take(limit, tat_us, now_us + wait_us - 1) is None
    assert _take(limit, tat_us, now_us + wait_us) is not None


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_what_is_given_back_is_as_though_it_had_not_been_taken(limit: Limit) -> None:
    chance = random.Random(f"{limit}")  # noqa: S311 (the same each time)
    step_us = gcra.interval_us(limit)
    bucket, tat_us, now_us = Bucket(limit), 0, START_US
    for _ in range(2_000):
        now_us += chance.randrange(2 * step_us)
        bucket.wait_until(now_us)
        new_us = _take(limit, tat_us, now_us)
        if new_us is None:
            continue
        tat_us = new_us
        bucket.take()
        if chance.random() < 0.3:
            tat_us -= step_us
            bucket.give_back()
        assert gcra.left(limit, tat_us, now_us) == int(bucket.level)


def test_a_row_that_a_wider_limit_has_left_behind_says_when_it_opens_under_the_narrower_one() -> None:
    wide, narrow = Limit(100, 100), Limit(2, 2)
    tat_us = START_US + wide.window_s * 1_000_000
    wait_us = gcra.more_in_us(narrow, tat_us, START_US)
    assert _take(narrow, tat_us, START_US + wait_us - 1) is None
    assert _take(narrow, tat_us, START_US + wait_us) is not None


def test_a_wait_is_told_in_whole_seconds_that_are_enough() -> None:
    assert [gcra.whole_seconds(us) for us in (0, 1, 999_999, 1_000_000, 1_000_001)] == [0, 1, 1, 1, 2]


def test_no_limit_gives_back_more_than_it_says() -> None:
    limits = [limit for of in DEFAULT_RATES.values() for limit in of.values()]
    for limit in [*LIMITS, *limits]:
        assert gcra.interval_us(limit) * limit.quota >= limit.window_s * 1_000_000
