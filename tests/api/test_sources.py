"""A twin's sources: what they bring into the draft, what they do not, and what happens where they differ."""

from __future__ import annotations

import itertools
import json
import logging
from collections import Counter
from typing import Any

import pytest
from chalicelib.optimistic import Changed
from chalicelib.twin import drafts, rows, sources

from tests import linkedin_archives as archives
from tests.api.routes import refused
from tests.api.twins import draft
from tests.linkedin_rows import CANARIES, OWNER
from tests.people import Person, Reply
from tests.stage import Stage


@pytest.fixture
def twin(owner: Person) -> Person:
    """An owner with a draft."""
    assert owner.call("PUT", "/drafts/me", {}).status == 201
    return owner


def call_them(person: Person, name: str, **persona: Any) -> None:
    """Give the draft a name."""
    made = draft(person)
    said = {"revision": made["revision"], "persona": {**made["persona"], "name": name, **persona}}
    assert person.patch("/drafts/me", said).status == 200


def archive(person: Person, files: Any, **fields: Any) -> Reply:
    return person.post("/drafts/me/sources", {"kind": "linkedin", "owner_name": OWNER, "files": files, **fields})


def position(**changed: str) -> dict[str, list[dict[str, str]]]:
    row = {"Company Name": "Rivière & Sons", "Title": "Head of Data", "Location": "Nantes", "Started On": "Mar 2021"}
    return {"Positions": [row | {name.replace("_", " "): value for name, value in changed.items()}]}


def stored(stage: Stage) -> str:
    """All that a stage has stored: rows and objects."""
    from tests.stage import table_definitions

    names = [each["TableName"].removeprefix("chatapp-test-") for each in table_definitions()]
    rows = json.dumps([stage.rows(name) for name in names], ensure_ascii=False, default=str)
    return rows + "".join(stage.body(key).decode("utf-8", "replace") for key in stage.objects())


def test_each_archive_comes_in_whole_and_nothing_private_of_it_is_stored(
    stage: Stage, twin: Person, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    for year, kind, language in archives.ALL:
        handle = f"of-{year}-{kind}-{language}"
        assert twin.call("PUT", f"/drafts/{handle}", {}).status == 201
        files = archives.sent(year, kind, language)
        body = {"kind": "linkedin", "owner_name": OWNER, "files": files}
        reply = twin.post(f"/drafts/{handle}/sources", body)
        assert (reply.status, reply.body["status"]) == (201, "ready")
        made = twin.get(f"/drafts/{handle}").body
        assert Counter(each["section"] for each in made["entries"]) == archives.ENTRIES[kind]
        assert reply.body["entries"] == len(made["entries"])
        assert {tuple(each["source_ids"]) for each in made["entries"]} == {(reply.body["source_id"],)}
        assert made["conflicts"] == []
    out, err = capfd.readouterr()
    everything = stored(stage) + caplog.text + out + err
    assert "Noor reads a river" in everything
    assert [each for each in CANARIES if each in everything] == []
    assert "Noor" not in caplog.text + out + err


def test_a_sender_that_keeps_to_no_list_has_nothing_stored(stage: Stage, twin: Person) -> None:
    before = stage.rows("twins")
    for files, named in (
        ({"messages": [{"CONTENT": "canary"}]}, "messages"),
        ({"Skills": [{"Name": "R"}], "PhoneNumbers": [{"Number": "1"}]}, "PhoneNumbers"),
        ({"Profile": [{"First Name": "Noor", "Birth Date": "canary"}]}, "Birth Date"),
        ({"Skills": [{"Name": "R"}] * 301}, "300 rows"),
        ({"Skills": [{"Name": "R" * 5_001}]}, "5,000 characters"),
        ({}, "tell nothing"),
        ({"Skills": []}, "tell nothing"),
    ):
        reply = archive(twin, files)
        assert (reply.status, reply.error) == (400, "invalid_request")
        assert named in reply.body["error"]["message"]
        assert "canary" not in reply.raw
    assert archive(twin, {"Skills": [{"Name": 7}]}).status == 400
    assert stage.rows("twins") == before


def test_the_archive_of_another_person_is_asked_about(stage: Stage, twin: Person) -> None:
    call_them(twin, "Ilse Marek")
    files = {"Profile": [{"First Name": "Noor", "Last Name": "Delacroix", "Headline": "Hydrologist"}]}
    before = stage.rows("twins")
    # Also where the browser says otherwise, or nobody says.
    for name in ("Noor Delacroix", "Ilse Marek"):
        assert archive(twin, files, owner_name=name).error == "another_person"
    refused = archive(twin, position(), owner_name="")
    assert (refused.status, refused.error, refused.body["error"]["field"]) == (409, "another_person", "confirmed_name")
    assert stage.rows("twins") == before
    assert archive(twin, files, confirmed_name=True).status == 201
    assert archive(twin, position(), owner_name="Ilse M. Marek").status == 201


def test_a_twin_without_a_name_gets_the_archives(twin: Person) -> None:
    named = {"Profile": [{"First Name": "Noor", "Last Name": "Delacroix-Ito", "Headline": "Reads rivers"}]}
    assert archive(twin, named | position()).status == 201
    persona = draft(twin)["persona"]
    assert (persona["name"], persona["headline"]) == ("Noor Delacroix-Ito", "Reads rivers")
    call_them(twin, "Noor Ito")
    assert archive(twin, named | position()).status == 201
    assert draft(twin)["persona"]["name"] == "Noor Ito"


def test_a_newer_archive_brings_nothing_again_and_shows_nothing_that_is_hidden(twin: Person) -> None:
    told = {"Recommendations Received": [{"First Name": "Paul", "Last Name": "Durand", "Text": "A fine hydrologist."}]}
    for _ in range(3):
        assert archive(twin, position() | told).status == 201
        for entry in draft(twin)["entries"]:
            twin.patch(f"/drafts/me/entries/{entry['entry_id']}", {"is_hidden": entry["section"] == "recommendations"})
    assert [(each["section"], each["is_hidden"]) for each in draft(twin)["entries"]] == [
        ("experience", False),
        ("recommendations", True),
    ]
    assert draft(twin)["conflicts"] == []


def test_a_note_and_a_link_are_entries_as_they_were_written(twin: Person) -> None:
    note = {"kind": "note", "title": "Why rivers", "text": "# Rivers\n\nThey *move*; write to me@noor.example."}
    link = {"kind": "link", "label": "Atlas", "url": "https://atlas.example/"}
    assert [twin.post("/drafts/me/sources", each).status for each in (note, link)] == [201, 201]
    entries = draft(twin)["entries"]
    assert [(each["section"], each["title"]) for each in entries] == [("notes", "Why rivers"), ("links", "Atlas")]
    assert (entries[0]["text"], entries[1]["url"]) == (note["text"], link["url"])
    assert [each["kind"] for each in draft(twin)["sources"]] == ["note", "link"]
    for wrong, field in (
        ({**link, "url": "javascript:alert(1)"}, "url"),
        ({**note, "text": ""}, "text"),
        ({**note, "more": 1}, "more"),
        ({"kind": "other"}, "kind"),
        ({"title": "A"}, "kind"),
    ):
        refused(twin.post("/drafts/me/sources", wrong), field)


def test_what_two_sources_tell_alike_is_one_entry_of_both(twin: Person) -> None:
    first = archive(twin, position()).body["source_id"]
    second = archive(twin, position(Location="Nantes, France", Description="Led five people.")).body["source_id"]
    (entry,) = draft(twin)["entries"]
    assert entry["source_ids"] == [first, second]
    assert (entry["text"], entry["place"]) == ("Led five people.", "Nantes")
    assert [each["entries"] for each in draft(twin)["sources"]] == [1, 1]
    assert draft(twin)["conflicts"] == []
    assert twin.delete(f"/drafts/me/sources/{first}").status == 200
    assert [each["source_ids"] for each in draft(twin)["entries"]] == [[second]]
    assert twin.delete(f"/drafts/me/sources/{second}").status == 200
    assert (draft(twin)["entries"], draft(twin)["sources"]) == ([], [])
    assert twin.delete(f"/drafts/me/sources/{second}").status == 404
    assert twin.delete("/drafts/me/sources/none").status == 404


def test_a_conflict_is_listed_until_its_owner_says_what_holds(twin: Person) -> None:
    archive(twin, position())
    archive(twin, position(Started_On="May 2021", Description="Led five people."))
    (conflict,) = draft(twin)["conflicts"]
    assert conflict["field"] == "start"
    assert [each["value"] for each in conflict["entries"]] == ["2021-03", "2021-05"]
    path = f"/drafts/me/conflicts/{conflict['conflict_id']}"
    assert twin.post(path, {"entry_id": "none"}).status == 400
    assert twin.post("/drafts/me/conflicts/none", {"entry_id": None}).status == 404
    settled = twin.post(path, {"entry_id": conflict["entries"][1]["entry_id"]})
    assert (settled.status, settled.body["conflicts"]) == (200, [])
    (entry,) = settled.body["entries"]
    assert (entry["start"], entry["text"], len(entry["source_ids"])) == ("2021-05", "Led five people.", 2)
    assert twin.post(path, {"entry_id": None}).status == 404


def test_an_entry_that_differs_in_two_things_becomes_one_with_the_second_decision(twin: Person) -> None:
    archive(twin, position())
    archive(twin, position(Started_On="May 2021", Title="Chief of Data"))
    for left in (1, 0):
        first, *_ = draft(twin)["conflicts"]
        body = {"entry_id": first["entries"][0]["entry_id"]}
        reply = twin.post(f"/drafts/me/conflicts/{first['conflict_id']}", body)
        assert len(reply.body["conflicts"]) == left
    (entry,) = draft(twin)["entries"]
    assert (entry["title"], entry["start"]) == ("Head of Data", "2021-03")


def test_both_sides_of_a_conflict_may_stay(twin: Person) -> None:
    archive(twin, position())
    archive(twin, position(Started_On="May 2021"))
    (conflict,) = draft(twin)["conflicts"]
    reply = twin.post(f"/drafts/me/conflicts/{conflict['conflict_id']}", {"entry_id": None})
    assert (reply.body["conflicts"], len(reply.body["entries"])) == ([], 2)
    entry = reply.body["entries"][1]
    assert twin.patch(f"/drafts/me/entries/{entry['entry_id']}", {"start": "2021-06"}).status == 200
    assert [each["field"] for each in draft(twin)["conflicts"]] == ["start"]


def test_more_entries_than_fit_a_transaction_are_added_and_taken_away(stage: Stage, twin: Person) -> None:
    skills = {"Skills": [{"Name": f"Skill {number}"} for number in range(drafts.MOST_AT_ONCE + 20)]}
    source_id = archive(twin, skills).body["source_id"]
    assert len(draft(twin)["entries"]) == drafts.MOST_AT_ONCE + 20
    assert twin.delete(f"/drafts/me/sources/{source_id}").status == 200
    assert draft(twin)["entries"] == []
    (head,) = [each for each in stage.rows("twins") if each["item"] == "twin"]
    before = head["draft_bytes"]
    archive(twin, skills)
    twin.delete(f"/drafts/me/sources/{draft(twin)['sources'][0]['source_id']}")
    (head,) = [each for each in stage.rows("twins") if each["item"] == "twin"]
    assert head["draft_bytes"] == before


def test_an_archive_whose_second_part_was_refused_is_stored_once(
    stage: Stage, twin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(twin, position())
    change, calls = drafts.change, itertools.count()

    def changed(*arguments: Any, **more: Any) -> int:
        if next(calls) == 1:
            raise Changed
        return change(*arguments, **more)

    monkeypatch.setattr(drafts, "change", changed)
    skills = {"Skills": [{"Name": f"Skill {number}"} for number in range(120)]}
    assert archive(twin, position(Description="Led five people.") | skills).status == 201
    made = draft(twin)
    assert Counter(each["section"] for each in made["entries"]) == {"experience": 1, "skills": 120}
    rows_of = stage.rows("twins")
    (head,) = [each for each in rows_of if each["item"] == "twin"]
    persona = rows.size(next(each["persona"] for each in rows_of if each["item"] == "draft/persona"))
    assert head["draft_bytes"] == persona + sum(each.get("bytes", 0) for each in rows_of if "deleted_at" not in each)


def test_a_decision_does_not_undo_what_another_owner_has_just_written(
    twin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(twin, position())
    archive(twin, position(Started_On="May 2021"))
    (conflict,) = draft(twin)["conflicts"]
    first, second = (each["entry_id"] for each in conflict["entries"])
    held = sources._hold

    def late(*arguments: Any) -> None:
        held(*arguments)
        monkeypatch.setattr(sources, "_hold", held)
        assert twin.patch(f"/drafts/me/entries/{second}", {"title": "Hive of Data"}).status == 200

    monkeypatch.setattr(sources, "_hold", late)
    twin.post(f"/drafts/me/conflicts/{conflict['conflict_id']}", {"entry_id": first})
    assert "Hive of Data" in [each["title"] for each in draft(twin)["entries"]], "as long as the title before"


def test_what_is_taken_away_with_a_source_is_remembered_so_that_no_backup_brings_it_back(
    stage: Stage, twin: Person
) -> None:
    source_id = archive(twin, position()).body["source_id"]
    (told,) = draft(twin)["entries"]
    assert twin.delete(f"/drafts/me/sources/{source_id}").status == 200
    assert (draft(twin)["entries"], draft(twin)["sources"]) == ([], [])
    assert twin.post(f"/drafts/me/entries/{told['entry_id']}/restoration").error == "not_found"
    stage.sweep()
    assert {each["erased"] for each in stage.rows("erasures")} == {
        f"part:me#draft/entry/{told['entry_id']}",
        f"part:me#draft/source/{source_id}",
    }
    assert "Head of Data" not in stored(stage)


def test_of_what_a_draft_has_no_room_for_nothing_is_stored(stage: Stage, twin: Person) -> None:
    articles = {"Articles": [{"Title": f"Article {number}", "Text": "x" * 8_000} for number in range(100)]}
    other = {"Articles": [{"Title": f"Other {number}", "Text": "x" * 8_000} for number in range(100)]}
    third = {"Articles": [{"Title": f"Third {number}", "Text": "x" * 8_000} for number in range(100)]}
    assert [archive(twin, each).status for each in (articles, other)] == [201, 201]
    before = stage.rows("twins")
    assert archive(twin, third).error == "payload_too_large"
    assert stage.rows("twins") == before


def test_a_twin_that_is_not_there_takes_no_sources(stage: Stage, owner: Person) -> None:
    for handle in ("none", "NOT-ONE", "of me"):
        path = f"/drafts/{handle}"
        body = {"kind": "linkedin", "owner_name": OWNER, "files": position()}
        assert owner.post(f"{path}/sources", body).error == "not_found"
        assert owner.post(f"{path}/sources", {"kind": "note", "title": "A", "text": "B"}).error == "not_found"
        assert owner.post(f"{path}/questions", {"language": "fr"}).error == "not_found"
        assert owner.post(f"{path}/conflicts/none", {"entry_id": None}).error == "not_found"
    assert stage.rows("twins") == []
    assert stage.lambdas.pending == []
