"""A twin's draft over HTTP: made once, changed by several owners, its entries added, changed, deleted, brought back."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from chalicelib.twin import drafts, entries, rows
from chalicelib.twin.rows import Entry

from tests.api.commenting import owner
from tests.api.routes import MISSING
from tests.api.twins import ENTRY, JPEG, PERSONA, add, draft, made, meanwhile, photo, row
from tests.people import Person
from tests.stage import Stage
from tests.storage import BUCKET


@pytest.fixture
def olga(stage: Stage) -> Person:
    return owner(stage)


def test_a_twin_is_made_once(stage: Stage, olga: Person) -> None:
    first = olga.call("PUT", "/drafts/me", {})
    assert (first.status, first.body["revision"], first.body["handle"]) == (201, 1, "me")
    assert first.body["is_changed"] is True
    assert first.body["page"] == {"url": "https://site.example/", "rendered_version": None}
    assert (first.body["daily_budget_usd"], first.body["monthly_budget_usd"]) == (2, 20)
    before = stage.rows("twins")
    again = owner(stage, "oskar").call("PUT", "/drafts/me", {})
    assert (again.status, again.body) == (200, first.body)
    assert stage.rows("twins") == before
    assert row(stage)["user_id"] == olga.user_id


def test_all_twins_of_the_stage_are_listed(stage: Stage, olga: Person) -> None:
    made(olga)
    made(olga, "my-garden", name="Garden")
    found = owner(stage, "oskar").get("/drafts").body["twins"]
    assert [(each["handle"], each["name"], each["page"]["url"]) for each in found] == [
        ("me", "Ada Rose", "https://site.example/"),
        ("my-garden", "Garden", "https://site.example/twin/my-garden/"),
    ]


@pytest.mark.parametrize("handle", ["Me", "-me", "me-", "a" * 33, "m.e", ".twins", "été", "m%65"])
def test_no_twin_is_called_so(stage: Stage, olga: Person, handle: str) -> None:
    for method, path, body in (("PUT", "", {}), ("GET", "", None), ("POST", "/entries", ENTRY)):
        reply = olga.call(method, f"/drafts/{handle}{path}", body)
        assert (reply.status, reply.error) == (404, "not_found"), (method, path)
    assert stage.rows("twins") == []


def test_a_draft_is_changed_by_who_has_read_it_as_it_is(stage: Stage, olga: Person) -> None:
    made(olga)
    oskar = owner(stage, "oskar")
    seen = draft(oskar)["revision"]
    changed = olga.patch("/drafts/me", {"revision": seen, "persona": {**PERSONA, "name": "Ada R."}, "noindex": True})
    assert (changed.status, changed.body["revision"], changed.body["noindex"]) == (200, seen + 1, True)
    before = stage.rows("twins")
    late = oskar.patch("/drafts/me", {"revision": seen, "persona": {**PERSONA, "name": "Oskar"}})
    assert (late.status, late.error) == (409, "changed")
    assert (late.body["error"]["revision"], late.body["error"]["field"]) == (seen + 1, "revision")
    assert stage.rows("twins") == before
    assert draft(oskar)["persona"]["name"] == "Ada R."


def test_of_two_changes_at_once_one_is_refused(stage: Stage, olga: Person) -> None:
    """Between what one has read and its write another's comes: the write's own condition refuses it."""
    made(olga)
    seen = draft(olga)["revision"]
    oskar = owner(stage, "oskar")

    def faster() -> None:
        assert oskar.patch("/drafts/me", {"revision": seen, "noindex": True}).status == 200

    meanwhile(stage, "TransactWriteItems", faster)
    late = olga.patch("/drafts/me", {"revision": seen, "persona": {**PERSONA, "name": "Late"}})
    assert (late.status, late.error) == (409, "changed")
    assert draft(olga)["persona"]["name"] == "Ada Rose"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("name", "a" * 101, "persona.name"),
        ("languages", [], "persona.languages"),
        ("languages", ["en", "en"], "persona.languages"),
        ("languages", ["de"], "persona.languages.0"),
        ("voice", "second", "persona.voice"),
        ("texts", {"en": {"greeting": "Hi"}}, "persona.texts.en.suggested_questions"),
        ("texts", {"de": PERSONA["texts"]["en"]}, "persona.texts.de.[key]"),
        ("contact", {"label": "Write", "url": "javascript:alert(1)"}, "persona.contact.url"),
        ("contact", {"label": "Write", "url": "mailto:nobody"}, "persona.contact.url"),
        ("links", [{"label": "x", "url": "mailto:a@example.org"}], "persona.links.0.url"),
        ("links", [{"label": "x", "url": "https://x.example"}] * 11, "persona.links"),
    ],
)
def test_a_persona_that_cannot_be_is_refused_by_its_field(
    stage: Stage, olga: Person, path: str, value: Any, field: str
) -> None:
    made(olga)
    before = stage.rows("twins")
    body = {"revision": draft(olga)["revision"], "persona": {**PERSONA, path: value}}
    reply = olga.patch("/drafts/me", body)
    assert (reply.status, reply.body["error"]["field"]) == (400, field), reply
    assert stage.rows("twins") == before


def test_budgets_are_the_twins_own_or_the_stages(stage: Stage, olga: Person) -> None:
    made(olga)
    own = {"revision": draft(olga)["revision"], "daily_budget_usd": 0.5, "monthly_budget_usd": 3}
    reply = olga.patch("/drafts/me", own)
    assert (reply.body["daily_budget_usd"], reply.body["monthly_budget_usd"]) == (0.5, 3)
    assert (row(stage)["daily_budget_micro_usd"], row(stage)["monthly_budget_micro_usd"]) == (500_000, 3_000_000)
    stage.configure(twin_daily_budget_usd=7)
    reply = olga.patch("/drafts/me", {"revision": reply.body["revision"], "daily_budget_usd": None})
    assert (reply.body["daily_budget_usd"], reply.body["monthly_budget_usd"]) == (7, 3)


def test_an_entry_is_added_changed_deleted_and_brought_back(stage: Stage, olga: Person) -> None:
    entry_id = made(olga)
    seen = draft(olga)["revision"]
    changed = owner(stage, "oskar").patch(f"/drafts/me/entries/{entry_id}", {"title": "Head gardener", "end": "2024"})
    assert (changed.status, changed.body["title"], changed.body["start"]) == (200, "Head gardener", "2019-05")
    assert changed.body["revision"] == seen + 1
    deleted = olga.delete(f"/drafts/me/entries/{entry_id}")
    assert (deleted.status, deleted.body["revision"]) == (200, seen + 2)
    assert draft(olga)["entries"] == []
    assert olga.patch(f"/drafts/me/entries/{entry_id}", {"title": "x"}).error == "not_found"
    assert olga.delete(f"/drafts/me/entries/{entry_id}").error == "not_found"
    restored = olga.post(f"/drafts/me/entries/{entry_id}/restoration")
    assert (restored.status, restored.body["revision"]) == (200, seen + 3)
    again = olga.post(f"/drafts/me/entries/{entry_id}/restoration")
    assert (again.status, again.body["revision"]) == (200, seen + 3), "it is there already"
    (entry,) = draft(olga)["entries"]
    assert (entry["title"], entry["end"], entry["text"]) == ("Head gardener", "2024", "Roses and lilies.")


def test_after_the_time_for_undoing_an_entry_is_gone_for_good(stage: Stage, olga: Person) -> None:
    made(olga)
    entry_id, kept, fresh = add(olga), add(olga, title="Kept"), add(olga, title="Just deleted")
    for each in (entry_id, fresh):
        assert olga.delete(f"/drafts/me/entries/{each}").status == 200
    item = f"draft/entry/{entry_id}"
    stage.edit("twins", item, deleted_at=row(stage, item)["deleted_at"] - 31, due_at=1)
    stage.edit("twins", f"draft/entry/{fresh}", due_at=1)
    assert olga.post(f"/drafts/me/entries/{entry_id}/restoration").error == "not_found"
    stage.sweep()
    assert entry_id not in str(stage.rows("twins"))
    erased = [each["erased"] for each in stage.rows("erasures")]
    assert erased == [f"part:me#draft/entry/{entry_id}"], (
        "no backup brings it back, but the one that can still be brought back"
    )
    assert kept in str(draft(olga))
    assert olga.post(f"/drafts/me/entries/{fresh}/restoration").status == 200, "it could still be brought back"


def test_two_owners_change_two_fields_of_one_entry_at_once(stage: Stage, olga: Person) -> None:
    entry_id = made(olga)
    oskar = owner(stage, "oskar")
    path = f"/drafts/me/entries/{entry_id}"
    meanwhile(stage, "TransactWriteItems", lambda: oskar.patch(path, {"text": "Of oskar, longer than before."}))
    assert olga.patch(path, {"title": "Of olga"}).status == 200
    (entry,) = draft(olga)["entries"]
    assert (entry["title"], entry["text"]) == ("Of olga", "Of oskar, longer than before.")
    _is_counted(stage)


def test_an_entry_that_is_deleted_meanwhile_stays_deleted(stage: Stage, olga: Person) -> None:
    entry_id = made(olga)
    path = f"/drafts/me/entries/{entry_id}"
    meanwhile(stage, "TransactWriteItems", lambda: owner(stage, "oskar").delete(path))
    assert olga.patch(path, {"title": "Of olga"}).error == "not_found"
    assert draft(olga)["entries"] == []
    _is_counted(stage)


def _is_counted(stage: Stage) -> None:
    """What the head counts is what there is."""
    there = [each for each in stage.rows("twins") if each["item"].startswith("draft/entry/")]
    persona = rows.size(row(stage, "draft/persona")["persona"])
    counted = persona + sum(each["bytes"] for each in there if "deleted_at" not in each)
    assert row(stage)["draft_bytes"] == counted
    for each in there:
        content = {name: each[name] for name in Entry.__slots__}
        assert each["bytes"] == rows.size(content)


def test_what_is_counted_is_what_there_is(stage: Stage, olga: Person) -> None:
    entry_id = made(olga, tone="Warm." * 50)
    add(olga, text="é" * 100)
    olga.patch(f"/drafts/me/entries/{entry_id}", {"text": ""})
    olga.delete(f"/drafts/me/entries/{add(olga)}")
    olga.patch("/drafts/me", {"revision": draft(olga)["revision"], "persona": {**PERSONA, "name": "A"}})
    _is_counted(stage)


def test_a_draft_that_is_full_takes_no_more(stage: Stage, olga: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_id = made(olga)
    monkeypatch.setattr(drafts, "MAX_BYTES", row(stage)["draft_bytes"] + 400)
    before = stage.rows("twins")
    for method, path, body in (
        ("POST", "/drafts/me/entries", {**ENTRY, "text": "x" * 500}),
        ("PATCH", f"/drafts/me/entries/{entry_id}", {"text": "x" * 500}),
        ("PATCH", "/drafts/me", {"revision": draft(olga)["revision"], "persona": {**PERSONA, "tone": "x" * 500}}),
    ):
        reply = olga.call(method, path, body)
        assert (reply.status, reply.error) == (413, "payload_too_large"), path
        assert "Delete entries" in reply.body["error"]["message"]
    assert stage.rows("twins") == before
    assert olga.patch(f"/drafts/me/entries/{entry_id}", {"text": ""}).status == 200


def test_many_entries_are_stored_in_several_transactions(stage: Stage, olga: Person) -> None:
    made(olga)
    entries.add(stage.app.api(), "me", [entries.new(section="posts", text=str(number)) for number in range(200)])
    assert len(draft(olga)["entries"]) == 201
    _is_counted(stage)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("section", "secrets"),
        ("start", "May 2019"),
        ("start", "2019-13"),
        ("end", "19"),
        ("url", "javascript:alert(1)"),
        ("text", "x" * 8_001),
        ("title", "x" * 301),
        ("is_hidden", 1),
        ("entry_id", MISSING),
        ("source_ids", []),
    ],
)
def test_an_entry_that_cannot_be_is_refused_by_its_field(stage: Stage, olga: Person, field: str, value: Any) -> None:
    entry_id = made(olga)
    before = stage.rows("twins")
    for method, path in (("POST", "/drafts/me/entries"), ("PATCH", f"/drafts/me/entries/{entry_id}")):
        reply = olga.call(method, path, {**(ENTRY if method == "POST" else {}), field: value})
        assert (reply.status, reply.body["error"]["field"]) == (400, field)
    assert stage.rows("twins") == before


def test_of_a_twin_that_there_is_not_nothing_is_stored(stage: Stage, olga: Person) -> None:
    made(olga)
    before, objects = stage.rows("twins"), stage.objects()
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"revision": 1, "persona": PERSONA}),
        ("DELETE", "", {"handle": "nobody"}),
        ("PUT", "/photo", {"data": base64.b64encode(JPEG).decode()}),
        ("DELETE", "/photo", None),
        ("POST", "/entries", ENTRY),
        ("PATCH", f"/entries/{MISSING}", {"title": "x"}),
        ("PATCH", "/entries/x", {"title": "x"}),
        ("DELETE", f"/entries/{MISSING}", None),
        ("POST", f"/entries/{MISSING}/restoration", None),
        ("POST", "/publications", {"revision": 1}),
        ("POST", "/versions/1/publication", None),
        ("POST", "/versions/first/publication", None),
    ):
        reply = olga.call(method, f"/drafts/nobody{path}", body)
        assert (reply.status, reply.error) == (404, "not_found"), (method, path)
    assert (stage.rows("twins"), stage.objects()) == (before, objects)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"roses", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 roses", "image/webp"),
    ],
)
def test_a_photo_is_what_its_bytes_say(stage: Stage, olga: Person, body: bytes, media_type: str) -> None:
    made(olga)
    seen = draft(olga)["revision"]
    reply = photo(olga, body)
    assert (reply.status, reply.body["revision"]) == (200, seen + 1)
    (key,) = stage.objects("twins/me/photo-")
    assert stage.body(key) == body
    assert stage.s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == media_type
    shown = draft(olga)["photo_url"]
    assert key in shown
    assert "X-Amz-Expires=3600" in shown
    removed = olga.delete("/drafts/me/photo")
    assert (removed.body["photo_url"], removed.body["revision"]) == (None, seen + 2)
    assert draft(olga)["photo_url"] is None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
            "an SVG image",
        ),
        (b"GIF89a roses", "a GIF image"),
        (b"BM\x00\x00roses", "a BMP image"),
        (b"%PDF-1.7 roses", "a PDF"),
        (b"<html>\xff\xd8\xff", "no image"),
        (b"roses", "no image"),
    ],
)
def test_what_is_no_photo_is_refused_by_its_name(stage: Stage, olga: Person, body: bytes, says: str) -> None:
    made(olga)
    before = stage.rows("twins")
    reply = photo(olga, body)
    assert (reply.status, reply.error, reply.body["error"]["field"]) == (400, "invalid_request", "data")
    assert says in reply.body["error"]["message"]
    assert "JPEG, PNG or WebP" in reply.body["error"]["message"]
    assert (stage.rows("twins"), stage.objects()) == (before, [])


def test_a_photo_that_is_too_large_is_refused_with_the_limit(stage: Stage, olga: Person) -> None:
    made(olga)
    assert photo(olga, JPEG.ljust(512 * 1024, b"x")).status == 200
    before = stage.rows("twins")
    just, far = photo(olga, JPEG.ljust(512 * 1024 + 1, b"x")), photo(olga, JPEG.ljust(30 * 1024 * 1024, b"x"))
    for reply in (just, far):
        assert (reply.status, reply.error, reply.body["error"]["field"]) == (413, "payload_too_large", "data")
        assert "512 KB" in reply.body["error"]["message"]
    assert olga.call("PUT", "/drafts/me/photo", {"data": "roses!"}).body["error"]["field"] == "data"
    assert stage.rows("twins") == before
