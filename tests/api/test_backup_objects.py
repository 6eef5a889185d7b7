"""The files of a backup: those of the tables' instant, and copies that are there."""

from __future__ import annotations

import time

import pytest
from chalicelib.backups import objects

from tests.backups import Nights
from tests.fakes.exports import LAG_S
from tests.people import Person
from tests.stage import Stage
from tests.storage import BACKUPS

TEXT = b"Roses are red.\n"


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


@pytest.mark.parametrize("later", [False, True])
def test_a_file_that_came_after_the_tables_instant_does_not_come_back_without_a_row(
    stage: Stage, ada: Person, nights: Nights, later: bool
) -> None:
    """Exports take minutes to hours, and people go on meanwhile."""
    file_id = stage.ready(ada, TEXT)
    if later:
        stage.exports.clock = lambda: time.time() + LAG_S - objects.SKEW_S - 2
    backup = nights.whole()
    named = {copy.key for copy in nights.copies(backup)}
    assert (backup.objects.count, named) == ((0, set()) if later else (len(named), set(stage.objects())))
    if not later:
        assert any(file_id in key for key in named)


@pytest.mark.parametrize("harm", ["hidden", "overwritten"])
def test_a_copy_that_is_not_there_any_more_is_made_again(stage: Stage, ada: Person, nights: Nights, harm: str) -> None:
    stage.ready(ada, TEXT)
    [copy, *_] = nights.copies(nights.whole())
    if harm == "hidden":
        stage.s3.delete_object(Bucket=BACKUPS, Key=copy.copy)
    else:
        nights.put(copy.copy, b"something else")
    before = stage.exports.clock
    stage.exports.clock = lambda: before() + 1
    again = nights.copies(nights.whole())[0]
    assert (again.copy, again.sha256) == (copy.copy, copy.sha256)
    assert nights.body(copy.copy) == stage.body(copy.key, copy.version_id)
    assert nights.locked_until(copy.copy) > time.time()
