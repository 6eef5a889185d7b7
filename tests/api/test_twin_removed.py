"""Deleting a twin: nobody reads it from then on, and all of it goes; the same with whoever made it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from chalicelib.aws.bucket import Bucket

from tests.api.commenting import owner
from tests.api.twins import JPEG, draft, made, of, photo, publish, published, row
from tests.fakes import wire
from tests.fakes.aws import Context
from tests.people import Person
from tests.stage import Stage

TYPED = {"handle": "me"}


@pytest.fixture
def olga(stage: Stage) -> Person:
    return owner(stage)


def _lived(stage: Stage, person: Person, handle: str = "me") -> None:
    """A twin that is published, has a photo and a preview, was asked something, and is counted."""
    made(person, handle)
    photo(person, handle=handle)
    assert publish(person, handle).status == 201
    stage.store(f"transcripts/{handle}/2026-11-28/visit.jsonl", b"{}")
    stage.store(f"transcripts/{handle}/2026-11-28/visit.jsonl", b"{}\n{}")
    stage.put("twins", {"handle": handle, "item": "question/1", "text": "Which roses?"})
    stage.put("twins", {"handle": handle, "item": "day/2026-11-28", "visits": 3})
    assert person.post(f"/drafts/{handle}/preview").status == 201
    stage.lambdas.pending.clear()


def _purge(stage: Stage) -> int:
    """Let the function `purge` do what it was asked; how often it was."""
    orders = stage.lambdas.take("purge")
    for each in orders:
        stage.purge(each)
    return len(orders)


def test_a_twin_that_is_deleted_is_gone_with_everything(stage: Stage, olga: Person) -> None:
    _lived(stage, olga)
    _lived(stage, olga, "me-too")
    kept = of(stage, "me-too")
    assert len(of(stage)) > 8
    reply = olga.call("DELETE", "/drafts/me", TYPED)
    assert (reply.status, reply.body) == (200, {"handle": "me", "deleted": True})
    assert published(stage) is None, "at once"
    assert olga.get("/drafts/me").error == "not_found"
    assert [each["handle"] for each in olga.get("/drafts").body["twins"]] == ["me-too"]
    assert _purge(stage) == 1
    assert of(stage) == []
    assert of(stage, "me-too") == kept
    assert stage.lambdas.take("publish") == [{"handle": "me"}]
    assert {each["erased"].partition("#")[0] for each in stage.rows("erasures")} == {"twin:me", "visit:me"}
    assert [each for each in stage.objects() if each.startswith(("previews/me/", "transcripts/me/"))] == []


@pytest.mark.parametrize("what", ["preview", "publications", "photo"])
def test_what_is_stored_while_a_twin_is_deleted_goes_again(
    stage: Stage, olga: Person, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    _lived(stage, olga)
    revision = draft(olga)["revision"]
    put = Bucket.put

    def late(*arguments: Any, **more: Any) -> Any:
        monkeypatch.setattr(Bucket, "put", put)
        olga.call("DELETE", "/drafts/me", TYPED)
        assert _purge(stage) == 1
        return put(*arguments, **more)

    monkeypatch.setattr(Bucket, "put", late)
    if what == "photo":
        reply = olga.call("PUT", "/drafts/me/photo", {"data": base64.b64encode(JPEG).decode()})
    else:
        reply = olga.post(f"/drafts/me/{what}", {"revision": revision} if what == "publications" else None)
    assert reply.error == "not_found"
    assert [each for each in stage.objects() if not each.startswith("erasures/")] == []


def test_the_handle_is_typed(stage: Stage, olga: Person) -> None:
    _lived(stage, olga)
    before = of(stage)
    for typed in ("Me", "", "me "):
        reply = olga.call("DELETE", "/drafts/me", {"handle": typed})
        assert (reply.status, reply.body["error"]["field"]) == (400, "handle")
    assert (of(stage), stage.lambdas.pending) == (before, [])
    assert draft(olga)["published_version"] == 1


def test_nothing_is_done_to_a_twin_that_goes(stage: Stage, olga: Person) -> None:
    _lived(stage, olga)
    olga.call("DELETE", "/drafts/me", TYPED)
    before = stage.rows("twins")
    for method, path, body in (
        ("PATCH", "", {"revision": row(stage)["revision"], "noindex": True}),
        ("DELETE", "", TYPED),
        ("POST", "/entries", {"section": "about", "text": "x"}),
        ("POST", "/publications", {"revision": row(stage)["revision"]}),
        ("POST", "/versions/1/publication", None),
        ("DELETE", "/photo", None),
    ):
        assert olga.call(method, f"/drafts/me{path}", body).error == "not_found", (method, path)
    again = olga.call("PUT", "/drafts/me", {})
    assert (again.status, again.error) == (409, "conflict")
    assert stage.rows("twins") == before


def test_the_handle_is_free_once_all_is_gone(stage: Stage, olga: Person) -> None:
    _lived(stage, olga)
    olga.call("DELETE", "/drafts/me", TYPED)
    _purge(stage)
    assert olga.call("PUT", "/drafts/me", {}).status == 201
    assert draft(olga)["entries"] == []
    assert draft(olga)["versions"] == []
    stage.purge({"twin": "me"})
    assert draft(olga)["revision"] == 1, "an order that comes twice finds nothing"


def test_a_deletion_that_was_lost_is_found_by_the_sweep(stage: Stage, olga: Person) -> None:
    _lived(stage, olga)
    stage.lambdas.failures = [EndpointConnectionError(endpoint_url="https://lambda.example")]
    assert olga.call("DELETE", "/drafts/me", TYPED).status == 200
    assert _purge(stage) == 0
    stage.edit("twins", "twin", due_at=1)
    stage.sweep()
    assert _purge(stage) == 1
    assert of(stage) == []


@pytest.mark.parametrize("kill", [wire.killed_before, wire.killed_after])
@pytest.mark.parametrize(
    ("of_what", "nth"), [*(("wire", nth) for nth in range(1, 5)), *(("s3_wire", nth) for nth in range(1, 4))]
)
def test_a_removal_that_ends_anywhere_is_gone_on_with(
    stage: Stage, olga: Person, kill: Any, of_what: str, nth: int
) -> None:
    _lived(stage, olga)
    olga.call("DELETE", "/drafts/me", TYPED)
    (order,) = stage.lambdas.take("purge")
    struck = getattr(stage, of_what)
    struck.fail(kill, lambda call: call.writes, nth=nth)
    with pytest.raises(wire.Killed):
        stage.purge(order)
    if of(stage):
        stage.edit("twins", "twin", due_at=1)
        stage.sweep()
        assert _purge(stage) == 1
    assert of(stage) == []
    assert "twin:me" in [each["erased"] for each in stage.rows("erasures")]


def test_whoever_made_a_twin_takes_it_with_them(stage: Stage, olga: Person) -> None:
    oskar = owner(stage, "oskar")
    _lived(stage, olga)
    _lived(stage, oskar, "oskars")
    kept = of(stage, "oskars")
    _remove(stage, olga)
    assert of(stage) == []
    assert of(stage, "oskars") == kept
    assert {"handle": "me"} in stage.lambdas.take("publish")
    assert "twin:me" in [each["erased"] for each in stage.rows("erasures")]
    assert olga.user_id not in str(stage.rows("twins"))


def test_a_person_who_is_deleted_by_an_owner_leaves_no_page(stage: Stage, olga: Person) -> None:
    """Over HTTP, as an owner does it."""
    _lived(stage, olga)
    oskar = owner(stage, "oskar")
    email = oskar.get(f"/people/{olga.user_id}").body["email"]
    assert oskar.call("DELETE", f"/people/{olga.user_id}", {"email": email}).status == 200
    gone = [each for each in stage.lambdas.take("purge") if each["person"] == "gone"]
    assert len(gone) == 1
    _remove(stage, olga)
    assert of(stage) == []


def _remove(stage: Stage, person: Person) -> None:
    for what in ("cut_off", "remove"):
        stage.app.purge({"user_id": person.user_id, "person": what}, Context(300))
