"""The name under which somebody writes: their own choice, unless it looks like an owner's."""

from __future__ import annotations

import pytest
from chalicelib import sessions

from tests.api.commenting import UNMETERED, comment, owner, page, post, section, shown
from tests.people import Person
from tests.stage import Stage

LOOK_ALIKE = "0LGA"  # with a digit


@pytest.fixture(autouse=True)
def _open(stage: Stage) -> None:
    stage.configure(comments_mode="open", rates=UNMETERED)
    section(stage)


def _named(person: Person, name: str) -> int:
    return person.patch("/me", {"display_name": name}).status


def _names(stage: Stage) -> list[str]:
    return [each["author"]["name"] for each in page(stage)["comments"]]


def test_a_name_is_that_of_the_comments_to_come(stage: Stage, ada: Person) -> None:
    comment(ada, "one")
    assert ada.get("/me").body["is_name_chosen"] is False
    _named(ada, "Ada")
    assert ada.get("/me").body["is_name_chosen"] is True
    comment(ada, "two")
    _named(ada, "Countess")
    comment(ada, "three")
    first, second, third = _names(stage)[::-1]
    assert (second, third) == ("Ada", "Countess")
    # Who has chosen none is called something that tells nothing of them.
    assert first.startswith("Guest ")
    assert ada.user_id[:4] not in first


def test_nobody_takes_an_owner_s_name(stage: Stage, ada: Person) -> None:
    olga = owner(stage)
    assert _named(olga, "Olga") == 200
    refused = ada.patch("/me", {"display_name": LOOK_ALIKE})
    assert (refused.status, refused.error, refused.body["error"]["field"]) == (
        409,
        "display_name_taken",
        "display_name",
    )
    assert _named(ada, "Ada") == 200
    assert _named(owner(stage, "oskar"), "Olga") == 200, "owners settle it among themselves"


@pytest.mark.parametrize("name", ["Owner", "admin", "The-0wner", "A d m i n", "Admin42", "Modérateur", "PROPRIETAIRE"])
def test_a_word_for_the_owner_is_for_owners_alone(stage: Stage, ada: Person, name: str) -> None:
    refused = ada.patch("/me", {"display_name": name})
    assert (refused.status, refused.error) == (409, "display_name_taken")
    assert "stands for the owner" in refused.body["error"]["message"]
    olga = owner(stage)
    assert _named(olga, name) == 200
    # Who is one no more writes under another.
    olga.claims["cognito:groups"] = "members"
    assert post(olga, "as a member").error == "display_name_taken"


def test_nobody_takes_what_somebody_else_is_called_by_default(stage: Stage, ada: Person, grace: Person) -> None:
    own = ada.get("/me").body["display_name"]
    for name in (own, own.upper(), "Guest ad63", "Gu3st 0000"):
        refused = grace.patch("/me", {"display_name": name})
        assert (refused.status, refused.error) == (409, "display_name_taken"), name
    assert _named(ada, own) == 200
    assert _named(grace, "Guest of Ada") == 200
    assert comment(ada, "under one's own")


def test_who_took_it_before_an_owner_did_writes_no_more_under_it(stage: Stage, ada: Person) -> None:
    assert _named(ada, LOOK_ALIKE) == 200
    comment(ada, "before")
    _named(owner(stage), "Olga")
    refused = post(ada, "after")
    assert (refused.status, refused.error) == (409, "display_name_taken")
    _named(ada, "Ada")
    comment(ada, "after")
    assert shown(stage) == ["after", "before"]


def test_an_owner_s_name_of_before_they_were_one_is_kept_once_they_write(stage: Stage, ada: Person) -> None:
    olga = owner(stage)
    olga.claims["cognito:groups"] = ""
    _named(olga, "Olga")
    olga.claims["cognito:groups"] = "owners"
    assert comment(olga)
    assert _named(ada, LOOK_ALIKE) == 409


def test_an_owner_who_is_called_otherwise_leaves_the_name_to_others(stage: Stage, ada: Person) -> None:
    olga = owner(stage)
    _named(olga, "Olga")
    _named(olga, "Olga Ladyzhenskaya")
    assert _named(ada, "Olga") == 200
    assert _named(olga, "") == 200
    assert _named(ada, "Olga Ladyzhenskaya") == 200


def test_who_is_an_owner_no_more_keeps_their_name_and_keeps_it_from_nobody(stage: Stage, ada: Person) -> None:
    olga = owner(stage)
    _named(olga, "Olga")
    comment(olga, "as an owner")
    assert owner(stage, "oskar").patch(f"/people/{olga.user_id}", {"groups": ["members"]}).status == 200
    # Until it is over, their token says what they were.
    olga.claims["cognito:groups"] = "members"
    sessions.known[str(olga.subject)] = sessions.Ended()
    assert _named(ada, LOOK_ALIKE) == 200
    assert comment(ada, "under the name that is free")
    assert comment(olga, "under the name of before")


def test_what_a_token_of_before_kept_from_others_is_let_go_of(stage: Stage, ada: Person) -> None:
    olga = owner(stage)
    _named(olga, "Olga")
    assert owner(stage, "oskar").patch(f"/people/{olga.user_id}", {"groups": ["members"]}).status == 200
    sessions.known[str(olga.subject)] = sessions.Ended()
    comment(olga, "while the token is still taken")
    olga.claims["cognito:groups"] = "members"
    comment(olga, "as a member")
    _named(ada, LOOK_ALIKE)
    assert comment(ada, "under the name that is free")


@pytest.mark.parametrize("name", ["\u200b", "x" * 41, "..."])
def test_a_name_that_is_none_is_refused(stage: Stage, ada: Person, name: str) -> None:
    refused = ada.patch("/me", {"display_name": name})
    assert (refused.status, refused.body["error"]["field"]) == (400, "display_name")
