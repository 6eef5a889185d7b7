"""Comments of a person who goes, and comments that a backup brings back."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib import ids
from chalicelib.comments import removal
from chalicelib.comments.rows import Comment
from chalicelib.deletion import people
from chalicelib.services import Services

from tests.api.commenting import SECTION, UNMETERED, act, comment, count, owner, page, purge, section, shown
from tests.fakes import wire
from tests.fakes.aws import Context
from tests.fakes.dynamodb import Call
from tests.people import Person
from tests.restores import Restores
from tests.stage import Stage


@pytest.fixture(autouse=True)
def _open(stage: Stage) -> None:
    stage.configure(comments_mode="open", rates=UNMETERED)
    section(stage)


def _remove(stage: Stage, person: Person) -> None:
    """An account is deleted, so long after the person was cut off that nothing comes any more."""
    for what in ("cut_off", "remove"):
        stage.app.purge({"user_id": person.user_id, "person": what}, Context(300))
        row = next(row for row in stage.rows("sockets") if row["item"] == "ended:")
        stage.put("sockets", row | {"revoked_at": row["revoked_at"] - people.UNDER_WAY_S - 1})
    assert stage.app.purge({"user_id": person.user_id, "person": "remove"}, Context(300))["done"]


def test_texts_and_name_go_and_the_places_of_those_with_replies_stay(stage: Stage, ada: Person, grace: Person) -> None:
    ada.patch("/me", {"display_name": "Ada Lovelace"})
    root, alone = comment(ada, "root"), comment(ada, "alone")
    comment(grace, "reply", reply_to=root)
    comment(ada, "mine", reply_to=comment(grace, "hers"))
    hidden, deleted = comment(ada, "hidden"), comment(ada, "deleted")
    act(stage, hidden, "hide")
    ada.delete(f"/commentaires/{deleted}")
    ada.post(f"/commentaires/{comment(grace, 'reported')}/report")
    _remove(stage, ada)
    assert shown(stage) == ["reported", "hers", ["", ["reply"]]]
    (place,) = [each for each in page(stage)["comments"] if each["id"] == root]
    assert (place["author"], place["status"]) == (None, "deleted")
    assert count(stage) == 3
    kept = str(stage.rows("commentaires"))
    assert ada.user_id not in kept
    assert "Ada Lovelace" not in kept
    assert not any(row["id"] == alone for row in stage.rows("commentaires"))


def test_an_owner_s_name_is_nobody_s_once_they_are_gone(stage: Stage, ada: Person) -> None:
    olga = owner(stage)
    olga.patch("/me", {"display_name": "Olga"})
    assert ada.patch("/me", {"display_name": "Olga"}).status == 409
    _remove(stage, olga)
    assert ada.patch("/me", {"display_name": "Olga"}).status == 200


def test_a_removal_that_is_killed_anywhere_is_gone_on_with(stage: Stage, ada: Person, grace: Person) -> None:
    root = comment(ada, "root")
    comment(grace, "reply", reply_to=root)
    comment(ada, "another")
    comment(ada, "third")

    def of_comments(call: Call) -> bool:
        return call.writes and "commentaires" in call.tables

    stage.wire.fail(wire.killed_after, of_comments, nth=2)
    with pytest.raises(wire.Killed):
        _remove(stage, ada)
    _remove(stage, ada)
    assert shown(stage) == [["", ["reply"]]]
    assert count(stage) == 1


def test_a_comment_that_is_hidden_in_the_moment_in_which_it_is_removed_goes_by_the_next_run(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its index still had it as it was; without a next run nobody would ever look for it again."""
    comment_id, remove = comment(ada, "root"), removal.remove
    order = {"user_id": ada.user_id, "person": "remove"}

    def late(services: Services, found: Comment) -> bool:
        monkeypatch.setattr(removal, "remove", remove)
        act(stage, comment_id, "hide")
        return remove(services, found)

    monkeypatch.setattr(removal, "remove", late)
    stage.app.purge({**order, "person": "cut_off"}, Context(300))
    row = next(row for row in stage.rows("sockets") if row["item"] == "ended:")
    stage.put("sockets", row | {"revoked_at": row["revoked_at"] - people.UNDER_WAY_S - 1})
    done = [stage.app.purge(order, Context(300))["done"] for _ in range(2)]
    assert done == [False, True]
    assert ada.user_id not in str(stage.rows("commentaires"))


def _told(row: dict[str, Any]) -> str:
    return str(sorted(row.items()))


def _history(stage: Stage, ada: Person, grace: Person) -> tuple[str, str]:
    """A thread, and a comment that is hidden; the ids of the root and of one that is deleted later."""
    root, later = comment(ada, "root"), comment(grace, "later")
    comment(grace, "reply", reply_to=root)
    act(stage, comment(ada, "hidden"), "hide")
    stage.lambdas.pending.clear()
    stage.scheduler.schedules.clear()
    return root, later


def test_all_comes_back_into_an_empty_stage_and_is_counted_anew(stage: Stage, ada: Person, grace: Person) -> None:
    _history(stage, ada, grace)
    before, restores = shown(stage), Restores(stage)
    rows = {table: stage.rows(table) for table in ("commentaires", "sections")}
    restores.back_up()
    restores.empty()
    state = restores.restore()
    assert shown(stage) == before
    assert count(stage) == 3
    for table, of_table in rows.items():
        back = [row for row in of_table if table == "sections" or ids.is_id(row["id"])]
        assert sorted(map(_told, stage.rows(table))) == sorted(map(_told, back)), table
        left_out = len(of_table) - len(back)
        assert state["counts"][table] == {"equal": len(back), "kept": 0, "lost": 0, "left_out": left_out}
    restores.restore("again")
    assert count(stage) == 3


def test_what_was_deleted_for_good_since_does_not_come_back(stage: Stage, ada: Person, grace: Person) -> None:
    root, later = _history(stage, ada, grace)
    restores = Restores(stage)
    restores.back_up()
    for person, comment_id in ((ada, root), (grace, later)):
        person.delete(f"/commentaires/{comment_id}")
        purge(stage, comment_id)
    stage.scheduler.schedules.clear()
    comment(grace, "since")
    restores.restore()
    assert shown(stage) == ["since", ["", ["reply"]]]
    assert count(stage) == 2


@pytest.mark.parametrize("overwrite", [False, True])
def test_names_that_owners_had_then_are_kept_from_nobody(stage: Stage, ada: Person, overwrite: bool) -> None:
    """Of those who are gone for good, or were named anew since; another pool's ids nobody could ever let go of."""
    olga = owner(stage)
    olga.patch("/me", {"display_name": "Olga"})
    restores = Restores(stage)
    restores.back_up()
    olga.patch("/me", {"display_name": "Olympia"})
    restores.restore(overwrite=overwrite)
    assert ada.patch("/me", {"display_name": "Olga"}).status == 200
    assert ada.patch("/me", {"display_name": "Olympia"}).status == 409
    stage.delete("commentaires", {"id": "owner-names"})
    restores.restore("again", overwrite=overwrite)
    assert "owner_" not in str(stage.rows("commentaires"))


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_has_changed_since_stays_unless_it_is_overwritten(
    stage: Stage, ada: Person, grace: Person, overwrite: bool
) -> None:
    root, later = _history(stage, ada, grace)
    restores = Restores(stage)
    restores.back_up()
    act(stage, root, "hide")
    ada.patch(f"/commentaires/{later}", {"text": "not hers"})
    grace.patch(f"/commentaires/{later}", {"text": "changed"})
    section(stage, title="Another title")
    restores.restore(overwrite=overwrite)
    title = page(stage)["section"]["title"]
    if overwrite:
        assert shown(stage) == ["later", ["root", ["reply"]]]
    else:
        assert shown(stage) == ["changed", ["", ["reply"]]]
        assert title == "Another title"
    assert count(stage) == (3 if overwrite else 2)


def test_one_person_s_comments_come_back_to_the_sections_that_are_there(
    stage: Stage, ada: Person, grace: Person
) -> None:
    _history(stage, ada, grace)
    restores = Restores(stage)
    restores.back_up()
    for row in stage.rows("commentaires"):
        if row.get("user_id") == ada.user_id:
            stage.delete("commentaires", row)
    stage.edit("sections", SECTION, visible=2)
    restores.restore(person=ada.user_id)
    assert shown(stage) == ["later", ["root", ["reply"]]]
    assert count(stage) == 3
