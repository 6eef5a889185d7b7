"""What becomes of a comment at its writer's hands, and of one that is reported."""

from __future__ import annotations

import time

import pytest
from botocore.awsrequest import AWSResponse
from chalicelib.comments.rows import EDIT_S
from chalicelib.ids import iso

from tests.api.commenting import SECTION, TEXT, UNMETERED, act, comment, count, held, owner, page, post, purge, section
from tests.api.routes import MISSING, same_404
from tests.fakes.aws import client_error
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send, killed_after, killed_before, lost_reply
from tests.people import Person
from tests.stage import Stage


@pytest.fixture(autouse=True)
def _open(stage: Stage) -> None:
    stage.configure(comments_mode="open", rates=UNMETERED)
    section(stage)


def _age(stage: Stage, comment_id: str, by_s: float) -> None:
    stage.edit("commentaires", comment_id, created_at=iso(time.time() - by_s))


def test_a_text_can_be_changed_for_fifteen_minutes(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    _age(stage, comment_id, EDIT_S - 30)
    changed = ada.patch(f"/commentaires/{comment_id}", {"text": "Better"})
    assert (changed.status, changed.body["text"]) == (200, "Better")
    (shown,) = page(stage)["comments"]
    assert (shown["text"], shown["edited_at"]) == ("Better", changed.body["edited_at"])
    assert shown["edited_at"] is not None
    _age(stage, comment_id, EDIT_S + 1)
    refused = ada.patch(f"/commentaires/{comment_id}", {"text": "Too late"})
    assert (refused.status, refused.error) == (409, "too_late")
    assert page(stage)["comments"][0]["text"] == "Better"
    assert ada.delete(f"/commentaires/{comment_id}").status == 200


def test_a_changed_text_is_the_same_text_too(stage: Stage, ada: Person) -> None:
    first = comment(ada, "Hello")
    assert ada.patch(f"/commentaires/{first}", {"text": "Hello edited"}).status == 200
    refused = post(ada, "Hello edited")
    assert (refused.status, refused.error) == (409, "duplicate_comment")
    # What it said before is free again; then it cannot go back to it.
    second = comment(ada, "Hello")
    refused = ada.patch(f"/commentaires/{first}", {"text": "Hello"})
    assert (refused.status, refused.error) == (409, "duplicate_comment")
    assert ada.patch(f"/commentaires/{first}", {"text": "Hello edited"}).status == 200, "its own"
    ada.delete(f"/commentaires/{first}")
    assert ada.patch(f"/commentaires/{second}", {"text": "Hello edited"}).status == 200
    assert count(stage) == 1


def test_of_a_change_and_a_comment_with_one_text_at_once_one_is_refused(stage: Stage, ada: Person) -> None:
    first, replies = comment(ada, "Hello"), []

    def overtaken(call: Call, send: Send) -> AWSResponse:
        replies.append(post(ada, "Hello edited").status)
        return send()

    stage.wire.fail(overtaken, _transacts)
    refused = ada.patch(f"/commentaires/{first}", {"text": "Hello edited"})
    assert (replies, refused.error) == ([201], "duplicate_comment")


def test_where_each_is_looked_at_a_changed_one_is_looked_at_again(stage: Stage, ada: Person) -> None:
    stage.configure(comments_mode="approve")
    comment_id = comment(ada)
    act(stage, comment_id, "approve")
    assert count(stage) == 1
    changed = ada.patch(f"/commentaires/{comment_id}", {"text": "Buy pills"})
    assert (changed.body["status"], changed.body["why_held"]) == ("held", "edited")
    assert count(stage) == 0
    assert held(stage) == [comment_id]


def test_a_hidden_one_cannot_be_changed(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    act(stage, comment_id, "hide")
    refused = ada.patch(f"/commentaires/{comment_id}", {"text": "Again"})
    assert (refused.status, refused.error) == (409, "moderated")


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/restoration"), ("POST", "/report")]
)
def test_what_is_another_s_or_cannot_be_seen_answers_like_what_is_not_there(
    stage: Stage, ada: Person, grace: Person, method: str, path: str
) -> None:
    comment_id, body = comment(ada), {"text": "Mine"} if method == "PATCH" else None
    if path == "/report":
        act(stage, comment_id, "hide")
    before = stage.rows("commentaires")
    missing = grace.call(method, f"/commentaires/{MISSING}{path}", body)
    same_404(grace.call(method, f"/commentaires/{comment_id}{path}", body), missing)
    same_404(grace.call(method, f"/commentaires/nothing{path}", body), missing)
    assert stage.rows("commentaires") == before
    assert stage.scheduler.schedules == {}


def test_deleting_can_be_undone_for_a_while(stage: Stage, ada: Person, grace: Person) -> None:
    comment_id = comment(ada)
    deleted = ada.delete(f"/commentaires/{comment_id}")
    assert (deleted.status, deleted.body["id"]) == (200, comment_id)
    assert page(stage)["comments"] == []
    assert count(stage) == 0
    assert grace.post(f"/commentaires/{comment_id}/restoration").status == 404
    restored = ada.post(f"/commentaires/{comment_id}/restoration")
    assert (restored.status, restored.body["status"], restored.body["text"]) == (200, "visible", TEXT)
    assert count(stage) == 1
    assert ada.post(f"/commentaires/{comment_id}/restoration").body == restored.body
    (order,) = stage.scheduler.payloads()
    stage.purge(order)
    assert count(stage) == 1
    ada.delete(f"/commentaires/{comment_id}")
    row = stage.row("commentaires", comment_id)
    stage.edit("commentaires", comment_id, deleted_at=row["deleted_at"] - 31)
    assert ada.post(f"/commentaires/{comment_id}/restoration").status == 404


def test_bringing_back_counts_as_writing_does_and_deleting_is_free(stage: Stage) -> None:
    stage.configure(rates='{"members": {"comments": [2, 3600]}}')
    ada = Person(stage, "ada", groups="members")
    comment_id = comment(ada)
    replies = []
    for _ in range(2):
        assert ada.delete(f"/commentaires/{comment_id}").status == 200
        replies.append(ada.post(f"/commentaires/{comment_id}/restoration").status)
    assert replies == [200, 429]


def test_what_was_deleted_comes_back_as_it_was(stage: Stage, ada: Person) -> None:
    stage.configure(comments_mode="approve")
    comment_id = comment(ada)
    ada.delete(f"/commentaires/{comment_id}")
    assert held(stage) == []
    assert ada.post(f"/commentaires/{comment_id}/restoration").body["status"] == "held"
    assert held(stage) == [comment_id]
    assert count(stage) == 0


def test_it_is_gone_for_good_once_the_time_is_over(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    ada.delete(f"/commentaires/{comment_id}")
    assert ada.delete(f"/commentaires/{comment_id}").status == 404
    purge(stage, comment_id)
    assert not any(row["id"] == comment_id for row in stage.rows("commentaires"))
    assert ada.post(f"/commentaires/{comment_id}/restoration").status == 404
    assert [row["erased"] for row in stage.rows("erasures")] == [f"comment:{comment_id}"]
    assert count(stage) == 0


def test_the_sweep_finds_what_no_purge_came_for(stage: Stage, ada: Person) -> None:
    comment_id, kept = comment(ada), comment(ada, "kept")
    ada.delete(f"/commentaires/{comment_id}")
    row = stage.row("commentaires", comment_id)
    stage.edit("commentaires", comment_id, deleted_at=row["deleted_at"] - 60, due_at=row["due_at"] - 60)
    stage.sweep()
    assert [each["id"] for each in page(stage)["comments"]] == [kept]
    assert not any(row["id"] == comment_id for row in stage.rows("commentaires"))


@pytest.mark.parametrize("fault", [killed_before, killed_after])
def test_a_deletion_that_is_killed_leaves_comment_and_counter_alike(stage: Stage, ada: Person, fault: object) -> None:
    comment_id = comment(ada)
    stage.wire.fail(fault, _transacts)  # type: ignore[arg-type]
    with pytest.raises(BaseException):  # noqa: B017, PT011
        ada.delete(f"/commentaires/{comment_id}")
    assert count(stage) == len(page(stage)["comments"])


def test_a_deletion_whose_reply_was_lost_counts_once(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    stage.wire.fail(lost_reply, _transacts)
    assert ada.delete(f"/commentaires/{comment_id}").status == 200
    assert count(stage) == 0


def test_what_cannot_be_arranged_is_not_deleted(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada)
    stage.scheduler.failures = [client_error("ServiceUnavailable", "CreateSchedule", 503) for _ in range(9)]
    assert ada.delete(f"/commentaires/{comment_id}").status == 503
    assert count(stage) == 1


def test_a_report_counts_once_a_person_and_is_seen_by_owners_alone(stage: Stage, ada: Person, grace: Person) -> None:
    comment_id = comment(ada)
    for _ in range(2):
        reported = grace.post(f"/commentaires/{comment_id}/report")
        assert (reported.status, reported.body) == (200, {"id": comment_id, "reported": True})
    assert owner(stage).post(f"/commentaires/{comment_id}/report").status == 200
    (shown,) = owner(stage).get("/moderation/commentaires?state=reported").body["comments"]
    assert (shown["id"], shown["reports"], shown["status"], shown["user_id"]) == (comment_id, 2, "visible", ada.user_id)
    assert page(stage)["comments"][0]["status"] == "visible"
    assert ada.get(f"/commentaires/mine?sectionId={SECTION}").body["comments"][0]["status"] == "visible"
    assert count(stage) == 1
    # Who reported is not told by the row, even to who can read it.
    assert grace.user_id not in str(stage.row("commentaires", comment_id))
    act(stage, comment_id, "approve")
    grace.post(f"/commentaires/{comment_id}/report")
    assert owner(stage).get("/moderation/commentaires?state=reported").body["comments"] == []
    Person(stage, "hedy").post(f"/commentaires/{comment_id}/report")
    assert owner(stage).get("/moderation/commentaires?state=reported").body["comments"][0]["reports"] == 1


def test_a_post_that_is_repeated_after_its_comment_went_is_not_written_again(stage: Stage, ada: Person) -> None:
    comment_id = comment(ada, request_id="a" * 32)
    ada.delete(f"/commentaires/{comment_id}")
    assert post(ada, request_id="a" * 32).status == 404
    assert count(stage) == 0


def _transacts(call: Call) -> bool:
    return call.operation == "TransactWriteItems"
