"""Groups of the pool: those that are missing are made again, and who is made anew is in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib.backups import manifest

from tests.fakes import wire
from tests.people import Person
from tests.restores import ID, Restores
from tests.stage import Stage

ABOUT: dict[str, dict[str, Any]] = {
    "owners": {"Description": "Who may all", "Precedence": 0},
    "readers": {},
    "editors": {"Precedence": 3},
}


@pytest.fixture
def restores(stage: Stage, ada: Person, grace: Person) -> Restores:
    """Of a stage whose pool has groups, and a backup."""
    stage.pool.groups = {"owners": [ada.user_id], "readers": [], "editors": [grace.user_id]}
    stage.pool.about = {name: dict(about) for name, about in ABOUT.items()}
    made = Restores(stage)
    made.back_up()
    return made


def _members(stage: Stage) -> dict[str, list[str]]:
    """By their addresses, which stay."""
    return {name: sorted(map(stage.pool.email, subs)) for name, subs in stage.pool.groups.items()}


def _gone(stage: Stage, restores: Restores) -> dict[str, list[str]]:
    """Another pool, without anybody. Returns who was in each group."""
    before = _members(stage)
    restores.nobody()
    stage.pool.groups, stage.pool.about = {}, {}
    return before


def test_groups_are_made_again_and_who_is_invited_again_is_in_them(stage: Stage, restores: Restores) -> None:
    before = _gone(stage, restores)
    assert restores.restore()["invited"] == 2
    assert _members(stage) == before
    assert stage.pool.about == ABOUT


def test_of_one_person_only_their_groups_are_made(stage: Stage, ada: Person, restores: Restores) -> None:
    before = _gone(stage, restores)
    restores.restore(only=f"person={ada.user_id}@example.com")
    assert _members(stage) == {"owners": before["owners"]}
    assert stage.pool.about == {"owners": ABOUT["owners"]}


def test_who_is_there_keeps_their_groups_unless_all_is_put_back(
    stage: Stage, ada: Person, grace: Person, restores: Restores
) -> None:
    now = {"owners": [grace.user_id], "readers": [ada.user_id], "editors": []}
    stage.pool.groups = {name: list(members) for name, members in now.items()}
    stage.pool.about["owners"] = {"Description": "Others"}
    restores.restore()
    assert stage.pool.groups == now
    restores.restore("again", overwrite=True)
    assert {name: sorted(members) for name, members in stage.pool.groups.items()} == {
        "owners": sorted([ada.user_id, grace.user_id]),
        "readers": [ada.user_id],
        "editors": [grace.user_id],
    }, "none is left"
    assert stage.pool.about["owners"] == {"Description": "Others"}, "a group that is there stays as it is"


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("state", ["invited", "disabled", "active"])
def test_what_somebody_might_elsewhere_they_may_not_here(
    stage: Stage, ada: Person, restores: Restores, state: str, overwrite: bool
) -> None:
    """As where a stage's backup comes into another, in whose pool the same address is somebody else's account."""
    _gone(stage, restores)
    stage.pool.groups = {"owners": [], "members": []}
    here = Person(stage, "ada of here", groups="members")
    stage.pool.emails[here.user_id] = stage.pool.email(ada.user_id)
    if state == "invited":
        stage.pool.invited.add(here.user_id)
    if state == "disabled":
        stage.pool.disabled.add(stage.pool.email(here.user_id))
    restores.restore(overwrite=overwrite)
    expected = [here.user_id] if overwrite and state == "active" else []
    assert stage.pool.groups["owners"] == expected
    assert stage.pool.groups["members"] == [here.user_id]


def test_who_was_invited_by_a_run_that_was_killed_is_in_their_groups(
    stage: Stage, restores: Restores, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _gone(stage, restores)
    join, killed = stage.pool.admin_add_user_to_group, 0

    def die_once(**given: Any) -> None:
        nonlocal killed
        killed += 1
        if killed == 1:
            raise wire.Killed
        join(**given)

    monkeypatch.setattr(stage.pool, "admin_add_user_to_group", die_once)
    with pytest.raises(wire.Killed):
        restores.restore()
    assert len(stage.pool.subs) == 1
    restores.finish()
    assert _members(stage) == before
    assert sorted(stage.pool.mailed) == sorted(set(stage.pool.mailed)), "nobody is invited twice"


def test_a_manifest_of_before_names_no_groups_and_its_accounts_do(stage: Stage, restores: Restores) -> None:
    key = manifest.key_of(ID)
    found = json.loads(restores.body(key))
    del found["accounts"]["groups"]
    restores.put(key, json.dumps(found).encode())
    before = _gone(stage, restores)
    assert restores.restore()["step"] == "done"
    assert _members(stage) == {name: members for name, members in before.items() if members}
