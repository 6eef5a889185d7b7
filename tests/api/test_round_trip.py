"""A night's backup, by the app itself, and the way back from it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backups import Nights
from tests.people import Person
from tests.restores import Restores
from tests.stage import Stage

TEXT = b"Roses are red.\nViolets are blue.\n"


@pytest.mark.parametrize("accounts", ["the same", "others"])
def test_what_a_night_has_stored_comes_back_into_an_empty_stage(
    stage: Stage, ada: Person, grace: Person, accounts: str
) -> None:
    for person in (ada, grace):
        file_id = stage.ready(person, TEXT)
        person.ask(person.new_conversation(title="Roses"), "Which?", file_ids=[file_id])
    stage.scheduler.schedules.clear()
    backup = Nights(stage).whole()
    restores = Restores(stage)
    before = restores.everything()
    restores.empty()
    if accounts == "others":
        restores.nobody()
    state = restores.restore(backup_id=backup.id)
    assert (state["step"], state["problem"]) == ("done", "")
    renamed: dict[str, str] = state["subs"]
    assert len(renamed) == (2 if accounts == "others" else 0)
    rows, objects = restores.everything()
    assert {_renamed(key, renamed): body for key, body in before[1].items()} == objects
    for table in rows:
        assert _comparable(rows[table]) == _comparable(_renamed(before[0][table], renamed)), table
    if accounts == "the same":
        for table in ("conversations", "messages", "usage"):
            assert restores.digests()[table] == backup.tables[table].digest


def _renamed(value: Any, subs: dict[str, str]) -> Any:
    """The same with new subs for old ones, wherever they stand."""
    if isinstance(value, dict):
        return {name: _renamed(each, subs) for name, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, subs) for each in value]
    if isinstance(value, str):
        for old, new in subs.items():
            value = value.replace(old, new)
    return value


def _comparable(rows: list[dict[str, Any]]) -> list[str]:
    """Without the versions of objects, which S3 gives anew."""
    shown = [{name: row[name] for name in sorted(row) if name != "version_id"} for row in rows]
    return sorted(map(str, shown))
