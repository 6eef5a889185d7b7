"""What owners do: queues, one transition at a time, and bans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.commenting import SECTION, UNMETERED, act, comment, count, held, owner, page, post, purge, section, shown
from tests.api.routes import MISSING
from tests.fakes.aws import client_error
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.people import Person
from tests.stage import Stage


@pytest.fixture(autouse=True)
def _metered(stage: Stage) -> None:
    stage.configure(rates=UNMETERED)
    section(stage)


def _queue(stage: Stage, query: str) -> Any:
    reply = owner(stage).get(f"/moderation/commentaires?{query}")
    assert reply.status == 200, reply
    return reply.body


@pytest.mark.parametrize("mode", ["open", "first", "approve"])
def test_what_is_held_follows_the_setting_and_is_said(stage: Stage, ada: Person, mode: str) -> None:
    stage.configure(comments_mode=mode)
    first = post(ada, "first").body
    assert (first["status"], first["why_held"]) == {
        "open": ("visible", None),
        "first": ("held", "first"),
        "approve": ("held", "every"),
    }[mode]
    assert act(stage, first["id"], "approve").status == 200
    second = post(ada, "second").body
    assert (second["status"], second["why_held"]) == (("held", "every") if mode == "approve" else ("visible", None))
    assert post(owner(stage), "the owner's").body["status"] == "visible"
    assert count(stage) == (2 if mode == "approve" else 3)
    assert page(stage)["comments"][0]["author"]["is_owner"] is True


def test_what_is_held_is_nobody_else_s_to_see_or_reply_to(stage: Stage, ada: Person, grace: Person) -> None:
    comment_id = comment(ada)
    assert shown(stage) == []
    assert post(grace, "reply", reply_to=comment_id).status == 404
    assert grace.get(f"/commentaires/mine?sectionId={SECTION}").body["comments"] == []


def test_the_actions_of_an_owner_and_the_counter_that_follows(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    steps = [
        ("restore", 409, 0),
        ("approve", 200, 1),
        ("approve", 200, 1),
        ("hide", 200, 0),
        ("hide", 200, 0),
        ("approve", 409, 0),
        ("restore", 200, 1),
        ("restore", 200, 1),
        ("delete", 200, 0),
        ("delete", 200, 0),
        ("approve", 404, 0),
        ("hide", 404, 0),
        ("restore", 200, 1),
    ]
    for action, status, visible in steps:
        assert act(stage, comment_id, action).status == status, action
        assert count(stage) == visible, action


def test_what_an_owner_deleted_its_writer_does_not_bring_back(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    assert act(stage, comment_id, "delete").body["status"] == "deleted"
    assert ada.post(f"/commentaires/{comment_id}/restoration").status == 404
    purge(stage, comment_id)
    assert act(stage, comment_id, "restore").status == 404
    assert not any(row["id"] == comment_id for row in stage.rows("commentaires"))


def test_what_its_writer_deleted_no_owner_brings_back(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    ada.delete(f"/commentaires/{comment_id}")
    assert act(stage, comment_id, "restore").status == 404


@pytest.mark.parametrize(
    ("before", "action", "change"),
    [((), "approve", 1), (("approve",), "hide", -1), (("approve", "hide"), "restore", 1), (("approve",), "delete", -1)],
)
def test_of_two_who_do_the_same_one_is_counted(
    stage: Stage, ada: Person, before: tuple[str, ...], action: str, change: int
) -> None:
    comment_id = comment(ada)
    for each in before:
        act(stage, comment_id, each)
    was = count(stage)
    _meanwhile(stage, lambda: act(stage, comment_id, action, "oskar"))
    assert act(stage, comment_id, action).status == 200
    assert count(stage) == was + change


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [("approve", "hide", 409), ("hide", "approve", 200), ("approve", "delete", 404), ("delete", "approve", 200)],
)
def test_who_decides_otherwise_than_somebody_just_did_decides_by_what_is_there_now(
    stage: Stage, ada: Person, mine: str, theirs: str, status: int
) -> None:
    comment_id = comment(ada)
    _meanwhile(stage, lambda: act(stage, comment_id, theirs, "oskar"))
    assert act(stage, comment_id, mine).status == status
    assert "sectionId" not in stage.row("commentaires", comment_id)
    assert count(stage) == 0


def test_its_writer_and_an_owner_at_once_are_counted_once(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    act(stage, comment_id, "approve")
    _meanwhile(stage, lambda: act(stage, comment_id, "hide"), nth=2)
    assert ada.delete(f"/commentaires/{comment_id}").status == 200
    assert count(stage) == 0
    assert ada.post(f"/commentaires/{comment_id}/restoration").body["status"] == "hidden"
    assert count(stage) == 0


@pytest.mark.parametrize("mode", ["approve", "first"])
def test_no_text_is_shown_that_the_owner_has_not_seen(stage: Stage, ada: Person, mode: str) -> None:
    stage.configure(comments_mode=mode)
    comment_id = comment(ada, "Nice page")
    (seen,) = _queue(stage, "state=held")["comments"]
    assert ada.patch(f"/commentaires/{comment_id}", {"text": "Buy pills"}).status == 200
    refused = act(stage, comment_id, "approve", revision=seen["revision"])
    assert (refused.status, refused.error, refused.body["error"]["field"]) == (409, "changed", "revision")
    assert held(stage) == [comment_id]
    assert post(ada, "the next one").body["status"] == "held", "nobody is trusted for it either"
    assert act(stage, comment_id, "approve").body["text"] == "Buy pills"
    assert count(stage) == 1


@pytest.mark.parametrize(("before", "action"), [((), "approve"), (("approve",), "hide")])
def test_a_text_that_changes_while_an_owner_decides_is_not_shown(
    stage: Stage, ada: Person, before: tuple[str, ...], action: str
) -> None:
    """Between the reading of the comment and its writing; what hides it holds for any text."""
    comment_id = comment(ada, "Nice page")
    for each in before:
        act(stage, comment_id, each)
    _meanwhile(stage, lambda: ada.patch(f"/commentaires/{comment_id}", {"text": "Buy pills"}))
    assert act(stage, comment_id, action).status == {"approve": 409, "hide": 200}[action]
    assert count(stage) == 0


def test_what_was_hidden_is_restored_with_the_text_that_was_seen_alone(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    ada.patch(f"/commentaires/{comment_id}", {"text": "Better"})
    hidden = act(stage, comment_id, "hide")
    assert act(stage, comment_id, "restore", revision=0).error == "changed"
    assert act(stage, comment_id, "restore", revision=hidden.body["revision"]).status == 200


def test_two_changes_at_once_are_both_numbered(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    _meanwhile(stage, lambda: ada.patch(f"/commentaires/{comment_id}", {"text": "one"}))
    assert ada.patch(f"/commentaires/{comment_id}", {"text": "two"}).status == 200
    assert (stage.row("commentaires", comment_id)["revision"], _queue(stage, "state=held")["comments"][0]["text"]) == (
        2,
        "two",
    )


def _meanwhile(stage: Stage, what: Callable[[], object], nth: int = 1) -> None:
    """Let something else happen once the comment has been read for the nth time from now."""

    def read(call: Call, send: Send) -> Any:
        reply = send()
        what()
        return reply

    stage.wire.fail(read, lambda call: call.operation == "GetItem" and call.tables == ["commentaires"], nth=nth)


def test_the_queue_is_newest_first_and_goes_on_by_its_cursor(stage: Stage, ada: Person, grace: Person) -> None:
    written = [comment(who, f"{number}") for number in range(3) for who in (ada, grace)]
    act(stage, written[1], "approve")
    act(stage, written[2], "hide")
    grace.post(f"/commentaires/{written[1]}/report")
    gone = comment(ada, "gone")
    act(stage, gone, "delete")
    newest = written[::-1]
    assert [each["id"] for each in _queue(stage, "state=all&limit=100")["comments"]] == newest
    assert held(stage) == [each for each in newest if each not in written[1:3]]
    assert [each["id"] for each in _queue(stage, "state=reported")["comments"]] == [written[1]]
    for query, wanted in (
        ("state=all", newest),
        ("state=held", held(stage)),
        (f"state=all&user_id={ada.user_id}", newest[1::2]),
    ):
        read: list[str] = []
        cursor = ""
        while True:
            body = _queue(stage, f"{query}&limit=1{cursor}")
            read += [each["id"] for each in body["comments"]]
            if body["next_cursor"] is None:
                break
            cursor = f"&cursor={body['next_cursor']}"
        assert read == wanted, query
    first = _queue(stage, "state=all&limit=1")["comments"][0]
    assert (first["user_id"], first["status"], first["why_held"]) == (grace.user_id, "held", "first")
    assert "email" not in first


def test_moderation_is_owners_alone(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    calls = [
        ("GET", "/moderation/commentaires", None),
        ("POST", f"/moderation/commentaires/{comment_id}", {"action": "approve", "revision": 0}),
        ("PUT", f"/moderation/bans/{ada.user_id}", None),
        ("DELETE", f"/moderation/bans/{ada.user_id}", None),
        ("GET", "/sections", None),
    ]
    for group in ("", "members"):
        ada.claims["cognito:groups"] = group
        assert [ada.call(*call).status for call in calls] == [403] * len(calls)
    assert held(stage) == [comment_id]
    assert stage.lambdas.pending == []


def test_a_ban_refuses_what_comes_and_hides_what_is_there(stage: Stage, ada: Person, grace: Person) -> None:
    stage.configure(comments_mode="open")
    root, second = comment(ada, "one"), comment(ada, "two")
    comment(grace, "a reply that stays", reply_to=root)
    already = comment(ada, "hidden before")
    act(stage, already, "hide")
    banned = owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    assert (banned.status, banned.body["user_id"]) == (200, ada.user_id)
    refused = post(ada, "three")
    assert (refused.status, refused.error) == (403, "comments_banned")
    _carry_out(stage, ada)
    assert shown(stage) == [["", ["a reply that stays"]]]
    assert count(stage) == 1
    lifted = owner(stage).call("DELETE", f"/moderation/bans/{ada.user_id}")
    assert (lifted.status, lifted.body["comments_banned_at"]) == (200, None)
    _carry_out(stage, ada)
    assert shown(stage) == ["two", ["one", ["a reply that stays"]]]
    assert count(stage) == 3
    assert stage.row("commentaires", already)["state"] == "hidden"
    assert post(ada, "three").status == 201
    assert act(stage, second, "hide").status == 200


def test_what_was_held_when_a_ban_came_waits_again_after_it(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    assert held(stage) == []
    owner(stage).call("DELETE", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    assert held(stage) == [comment_id]
    assert count(stage) == 0


def test_what_is_hidden_while_its_writer_is_banned_stays_so_after_it(stage: Stage, ada: Person) -> None:
    stage.configure(comments_mode="open")
    comment_id = comment(ada)
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    assert act(stage, comment_id, "hide").status == 200
    owner(stage).call("DELETE", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    assert count(stage) == 0
    assert act(stage, comment_id, "restore").body["status"] == "visible"


def test_who_is_banned_changes_nothing_that_an_owner_restored(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    assert act(stage, comment_id, "restore").status == 200
    refused = ada.patch(f"/commentaires/{comment_id}", {"text": "Buy pills"})
    assert (refused.status, refused.error) == (403, "comments_banned")


def test_whose_comment_was_held_hidden_and_restored_is_trusted_as_if_it_was_approved(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    act(stage, comment_id, "hide")
    assert act(stage, comment_id, "restore").status == 200
    assert post(ada, "second").body["status"] == "visible"


def test_approving_leaves_no_row_of_who_is_gone(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    stage.delete("people", stage.row("people", ada.user_id))
    assert act(stage, comment_id, "approve").status == 200
    assert stage.rows("people") == []


def test_nothing_that_was_never_approved_is_seen_after_a_ban_whatever_its_writer_does(
    stage: Stage, ada: Person
) -> None:
    comment_id = comment(ada)
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    ada.delete(f"/commentaires/{comment_id}")
    ada.post(f"/commentaires/{comment_id}/restoration")
    owner(stage).call("DELETE", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    assert held(stage) == [comment_id]
    assert count(stage) == 0


def test_what_comes_back_while_a_ban_is_carried_out_is_hidden_all_the_same(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment that was under way, and one that its writer brings back."""
    stage.configure(comments_mode="open")
    comment_id = comment(ada)
    ada.delete(f"/commentaires/{comment_id}")
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    (order,) = stage.lambdas.take("purge")

    def meanwhile(seconds: float) -> None:
        ada.post(f"/commentaires/{comment_id}/restoration")
        assert count(stage) == 1
        _settle(stage, ada)

    monkeypatch.setattr("time.sleep", meanwhile)
    stage.purge(order)
    assert count(stage) == 0


def test_a_ban_s_run_that_ends_early_is_gone_on_with(stage: Stage, ada: Person) -> None:
    stage.configure(comments_mode="open")
    for number in range(3):
        comment(ada, f"{number}")
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    (order,) = stage.lambdas.take("purge")
    _settle(stage, ada)
    stage.wire.fail(_ends, lambda call: call.operation == "TransactWriteItems", nth=2)
    with pytest.raises(BaseException, match="time is up"):
        stage.purge(order)
    assert count(stage) == 2
    stage.purge(order)
    assert count(stage) == 0
    stage.purge(order)
    assert count(stage) == 0


def test_an_order_that_comes_late_does_not_undo_what_was_decided_since(stage: Stage, ada: Person) -> None:
    stage.configure(comments_mode="open")
    comment(ada)
    owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}")
    (late,) = stage.lambdas.take("purge")
    owner(stage).call("DELETE", f"/moderation/bans/{ada.user_id}")
    _carry_out(stage, ada)
    stage.purge(late)
    assert count(stage) == 1


def test_a_ban_that_could_not_be_carried_out_says_so(stage: Stage, ada: Person) -> None:
    stage.lambdas.failures = [client_error("TooManyRequestsException", "Invoke", 429) for _ in range(9)]
    assert owner(stage).call("PUT", f"/moderation/bans/{ada.user_id}").status == 503


def test_nobody_bans_themselves_or_nobody(stage: Stage) -> None:
    olga = owner(stage)
    assert olga.call("PUT", f"/moderation/bans/{olga.user_id}").status == 400
    for nobody in ("nobody", MISSING):
        assert olga.call("PUT", f"/moderation/bans/{nobody}").status == 404
        assert olga.call("DELETE", f"/moderation/bans/{nobody}").status == 404
    assert not any(row["user_id"] == MISSING for row in stage.rows("people"))
    assert stage.lambdas.pending == []
    assert olga.post(f"/moderation/commentaires/{MISSING}", {"action": "hide", "revision": 0}).status == 404
    assert olga.get(f"/moderation/commentaires?user_id={'x' * 3_000}").status == 400
    assert olga.post("/moderation/commentaires/nothing", {"action": "delete", "revision": 0}).status == 404


def _ends(call: Call, send: Send) -> Any:
    raise KeyboardInterrupt("time is up")


def _settle(stage: Stage, person: Person) -> None:
    """Let a ban be old enough that nothing of before may come."""
    row = stage.row("people", person.user_id)
    if "comments_banned_at" in row:
        stage.edit("people", person.user_id, comments_banned_at=row["comments_banned_at"] - 60)


def _carry_out(stage: Stage, person: Person) -> None:
    (order,) = stage.lambdas.take("purge")
    _settle(stage, person)
    stage.purge(order)
