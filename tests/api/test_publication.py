"""Publishing a twin: what everybody reads then, versions, and who is faster."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from chalicelib.twin import publication, rows, versions

from tests.api.commenting import owner
from tests.api.twins import JPEG, PERSONA, add, draft, made, meanwhile, photo, publish, published, row, snapshot
from tests.fakes import wire
from tests.people import Person
from tests.stage import Stage


@pytest.fixture
def olga(stage: Stage) -> Person:
    return owner(stage)


def _pages(stage: Stage) -> list[Any]:
    """Orders to write a page, which no longer wait."""
    return stage.lambdas.take("publish")


def _rendered(stage: Stage, version: int) -> None:
    """As the function `publish` leaves it."""
    stage.edit("twins", "twin", page_version=version)


def test_what_is_published_is_what_everybody_reads(stage: Stage, olga: Person) -> None:
    made(olga)
    add(olga, section="about", title="", start="", text="Thirty years of roses.")
    add(olga, title="Apprentice", start="2001", end="2004-02")
    photo(olga)
    assert published(stage) is None
    reply = publish(olga)
    assert (reply.status, reply.body["version"]) == (201, 1)
    assert reply.body["page"] == {"url": "https://site.example/", "rendered_version": None}
    profile = published(stage)
    assert [each["section"] for each in profile["sections"]] == ["about", "experience"]
    assert [each["title"] for each in profile["sections"][1]["entries"]] == ["Gardener", "Apprentice"]
    assert (profile["name"], profile["contact"]) == ("Ada Rose", PERSONA["contact"])
    assert profile["photo_url"] == f"/twin/me/photo-{hashlib.sha256(JPEG).hexdigest()[:16]}.jpg"
    assert profile["version"] == 1
    now = draft(olga)
    assert (now["published_version"], now["is_changed"]) == (1, False)
    assert now["versions"] == [{"version": 1, "published_at": now["published_at"], "is_current": True}]
    assert _pages(stage) == [{"handle": "me"}]


def test_what_is_private_is_in_the_snapshot_alone_and_what_is_hidden_nowhere(stage: Stage, olga: Person) -> None:
    made(olga)
    add(olga, text="HIDDEN-ENTRY", is_hidden=True)
    olga.delete(f"/drafts/me/entries/{add(olga, text='DELETED-ENTRY')}")
    assert publish(olga).status == 201
    shown, kept = json.dumps(published(stage)), json.dumps(snapshot(stage, 1))
    for private in ("SALARY-IS-PRIVATE", "TONE-IS-PRIVATE"):
        assert private not in shown
        assert private in kept
    for gone in ("HIDDEN-ENTRY", "DELETED-ENTRY", "is_hidden", olga.user_id):
        assert gone not in shown + kept
    assert "source_ids" not in shown
    assert row(stage, "version/000001")["by"] == olga.user_id
    stored = stage.body("twins/me/versions/000001.json.gz")
    assert row(stage, "version/000001")["digest"] == hashlib.sha256(stored).hexdigest()


def test_languages_that_the_twin_does_not_speak_are_not_published(stage: Stage, olga: Person) -> None:
    texts = {**PERSONA["texts"], "fr": {**PERSONA["texts"]["en"], "greeting": "Bonjour !"}}
    made(olga, languages=["en"], texts=texts)
    publish(olga)
    assert list(published(stage)["texts"]) == ["en"]


def test_a_draft_that_was_changed_is_not_published_unread(stage: Stage, olga: Person) -> None:
    made(olga)
    seen = draft(olga)["revision"]
    add(owner(stage, "oskar"), text="UNREAD")
    late = publish(olga, revision=seen)
    assert (late.status, late.error, late.body["error"]["revision"]) == (409, "changed", seen + 1)
    assert (published(stage), stage.objects()) == (None, [])
    assert _pages(stage) == []


def test_a_change_while_a_draft_is_read_refuses_its_publication(stage: Stage, olga: Person) -> None:
    """Between the head and the entries an entry comes: it was not what the owner had read."""
    made(olga)
    seen = draft(olga)["revision"]
    meanwhile(stage, "Query", lambda: add(owner(stage, "oskar"), text="UNREAD"))
    late = publish(olga, revision=seen)
    assert (late.status, late.error) == (409, "changed")
    assert (published(stage), stage.objects()) == (None, [])


@pytest.mark.parametrize(
    ("persona", "is_hidden", "field"), [({"name": " "}, False, "persona.name"), ({}, True, "entries")]
)
def test_what_shows_nothing_is_not_published(
    stage: Stage, olga: Person, persona: dict[str, Any], is_hidden: bool, field: str
) -> None:
    entry_id = made(olga, **persona)
    olga.patch(f"/drafts/me/entries/{entry_id}", {"is_hidden": is_hidden})
    reply = publish(olga)
    assert (reply.status, reply.body["error"]["field"]) == (400, field)
    assert published(stage) is None


def test_the_last_entry_that_goes_leaves_what_is_published(stage: Stage, olga: Person) -> None:
    entry_id = made(olga)
    publish(olga)
    before = published(stage)
    olga.delete(f"/drafts/me/entries/{entry_id}")
    assert publish(olga).status == 400
    assert published(stage) == before
    assert draft(olga)["is_changed"] is True


def test_what_is_too_long_is_named(stage: Stage, olga: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made(olga)
    monkeypatch.setattr(versions, "MAX_PROFILE_BYTES", 3_000)
    hard_to_pack = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(120))
    add(olga, title="A long story", text=hard_to_pack)
    reply = publish(olga)
    assert (reply.status, reply.error) == (413, "payload_too_large")
    assert "“A long story”" in reply.body["error"]["message"]
    assert "3 KB at most" in reply.body["error"]["message"]
    assert published(stage) is None


def test_an_earlier_version_is_published_again_as_a_new_one(stage: Stage, olga: Person) -> None:
    entry_id = made(olga)
    publish(olga)
    olga.patch(f"/drafts/me/entries/{entry_id}", {"title": "Head gardener"})
    publish(olga)
    assert published(stage)["sections"][0]["entries"][0]["title"] == "Head gardener"
    reply = olga.post("/drafts/me/versions/1/publication")
    assert (reply.status, reply.body["version"]) == (201, 3)
    assert published(stage)["version"] == 3
    assert published(stage)["sections"][0]["entries"][0]["title"] == "Gardener"
    assert {**snapshot(stage, 3), "version": 0, "published_at": ""} == {
        **snapshot(stage, 1),
        "version": 0,
        "published_at": "",
    }
    now = draft(olga)
    assert now["is_changed"] is True, "the draft is as it was"
    assert now["entries"][0]["title"] == "Head gardener"
    assert [each["version"] for each in now["versions"] if each["is_current"]] == [3]
    assert olga.post("/drafts/me/versions/2/publication").status == 201
    assert draft(olga)["is_changed"] is False
    assert olga.post("/drafts/me/versions/9/publication").error == "not_found"
    assert len(_pages(stage)) == 4


def test_of_two_publications_at_once_none_takes_the_others_snapshot(stage: Stage, olga: Person) -> None:
    """The other's comes between a number that was taken and the transaction: the lower number is refused."""
    made(olga)
    oskar, other = owner(stage, "oskar"), []

    def faster() -> None:
        other.append(publish(oskar))

    meanwhile(stage, "TransactWriteItems", faster)
    late = publish(olga)
    assert other[0].body["version"] == 2
    assert (late.status, late.error) == (409, "published_meanwhile")
    assert published(stage)["version"] == snapshot(stage, 2)["version"] == 2
    assert [each["version"] for each in draft(olga)["versions"]] == [2]
    assert snapshot(stage, 1)["version"] == 1, "an object that nothing names"


def test_a_publication_that_ends_half_way_can_be_made_again(stage: Stage, olga: Person) -> None:
    made(olga)
    stage.wire.fail(wire.killed_before, lambda call: call.operation == "TransactWriteItems")
    with pytest.raises(wire.Killed):
        publish(olga)
    assert published(stage) is None
    assert publish(olga).body["version"] == 2
    assert published(stage)["version"] == 2


def test_a_page_that_was_not_ordered_is_written_by_the_sweep(stage: Stage, olga: Person) -> None:
    made(olga)
    stage.lambdas.failures = [EndpointConnectionError(endpoint_url="https://lambda.example")]
    assert publish(olga).status == 201
    assert _pages(stage) == []
    stage.sweep()
    assert _pages(stage) == [], "it may be on its way"
    stage.edit("twins", "twin", due_at=1)
    stage.sweep()
    assert _pages(stage) == [{"handle": "me"}]
    assert row(stage)["due_at"] > 1, "it is looked at again"
    _rendered(stage, 1)
    stage.edit("twins", "twin", due_at=1)
    stage.sweep()
    assert _pages(stage) == []
    assert "due_at" not in row(stage)


def test_what_the_page_says_of_its_settings_is_written_anew(stage: Stage, olga: Person) -> None:
    made(olga)
    olga.patch("/drafts/me", {"revision": draft(olga)["revision"], "noindex": True})
    assert _pages(stage) == [], "nothing is published"
    publish(olga)
    _pages(stage)
    _rendered(stage, 1)
    said = {"revision": draft(olga)["revision"], "noindex": False, "daily_budget_usd": 3}
    assert olga.patch("/drafts/me", said).body["page"]["rendered_version"] is None
    assert _pages(stage) == [{"handle": "me"}]
    olga.patch("/drafts/me", {"revision": draft(olga)["revision"], "daily_budget_usd": 4})
    assert _pages(stage) == [], "no page tells it"


def test_sections_for_comments_are_known_and_stay_closed(stage: Stage, olga: Person) -> None:
    elsewhere = {"title": "CV", "url": "https://portfolio.example/cv", "open": True}
    olga.call("PUT", "/sections/experience", elsewhere)
    made(olga)
    publish(olga)
    section = olga.get("/sections/me.experience").body
    assert section == {
        "section_id": "me.experience",
        "title": "Experience",
        "url": "https://site.example/#experience",
        "open": True,
    }
    olga.call("PUT", "/sections/me.experience", {"title": "x", "url": section["url"], "open": False})
    made(olga, "garden", languages=["fr"])
    publish(olga, "garden")
    assert olga.get("/sections/garden.experience").body["title"] == "Expérience"
    assert olga.get("/sections/garden.experience").body["url"] == "https://site.example/twin/garden/#experience"
    publish(olga)
    again = olga.get("/sections/me.experience").body
    assert (again["title"], again["open"]) == ("Experience", False)
    assert olga.get("/sections/experience").body == {"section_id": "experience", **elsewhere}, "another page's stays"


def test_a_draft_is_tried_as_a_snapshot_of_its_revision(stage: Stage, olga: Person) -> None:
    made(olga)
    revision, profile = publication.preview(stage.app.api(), "me")
    assert revision == draft(olga)["revision"]
    assert profile["sections"][0]["entries"][0]["title"] == "Gardener"
    assert stage.objects() == [f"previews/me/{revision}.json.gz"]
    assert published(stage) is None


def test_reading_what_is_published_is_one_request(stage: Stage, olga: Person) -> None:
    made(olga)
    publish(olga)
    stage.wire.clear()
    assert rows.published(stage.app.api(), "me").version == 1
    assert [str(call).strip() for call in stage.wire.calls] == ["GetItem twins"]


def test_a_twin_that_is_deleted_meanwhile_is_not_published(stage: Stage, olga: Person) -> None:
    made(olga)
    oskar = owner(stage, "oskar")
    meanwhile(stage, "TransactWriteItems", lambda: oskar.call("DELETE", "/drafts/me", {"handle": "me"}))
    assert publish(olga).error == "not_found"
    assert published(stage) is None
