"""A file that a reader of before has read is read again: when its owner asks, without losing anything meanwhile."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import ExtractionError, Locator, Page
from chalicelib.extraction.version import READER_VERSION
from chalicelib.files import extraction_worker
from chalicelib.logs import Failed

from tests.api.test_files_notes import reads
from tests.arrivals import Arrived, arrive, run_on
from tests.papers import blocks
from tests.people import Person
from tests.stage import Stage


def page(number: int, text: str) -> Page:
    locator: Locator = {"kind": "section", "label": f"part {number}", "section": None, "part": number}
    return Page(number, locator, text)


def old(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch, *texts: str, name: str = "a.txt") -> Arrived:
    """Read by a reader of before."""
    reads(monkeypatch, *(page(number, text) for number, text in enumerate(texts, 1)))
    file = arrive(stage, ada, b"Red roses.", name)
    stage.extract(file.event)
    stage.edit("files", file.file_id, reader_version=None)
    return file


def ask(stage: Stage, ada: Person, file: Arrived) -> dict[str, Any]:
    reply = ada.post(f"/files/{file.file_id}/reading", {})
    assert reply.status == 200, reply.body
    return dict(reply.body)


def shown(ada: Person, file: Arrived, number: int, reading: int | None = None) -> Any:
    query = "" if reading is None else f"?reading={reading}"
    return ada.get(f"/files/{file.file_id}/pages/{number}{query}")


def test_a_file_of_before_is_offered_and_read_again(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.connect("tab")
    file = old(stage, ada, monkeypatch, "Notice is ninety days.", "Red roses.")
    assert (ada.file(file.file_id)["outdated"], ada.file(file.file_id)["again"]) == (True, None)
    reads(monkeypatch, page(1, "1.2 Notice is ninety days."))

    begun = ask(stage, ada, file)
    assert (begun["status"], begun["again"], begun["outdated"]) == ("ready", "waiting", False)
    assert stage.gateway.sent["tab"][-1]["file"]["again"] == "waiting"
    assert shown(ada, file, 2).body["text"] == "Red roses.", "it can be used meanwhile"
    assert ask(stage, ada, file)["again"] == "waiting"
    event, *_ = stage.lambdas.take("extract")
    stage.extract(event)

    row = file.row
    assert (row["status"], row["reader_version"], row["pages"]) == ("ready", READER_VERSION, 1)
    assert (row["reading"], row["readings"]) == (1, 1)
    assert not {"again", "again_error", "again_left", "token", "lease_until"} & row.keys()
    now = ada.file(file.file_id)
    assert (now["outdated"], now["again"], now["pages"]) == (False, None, 1)
    assert stage.gateway.sent["tab"][-1]["file"]["pages"] == 1
    assert file.pages() == ["1.2 Notice is ninety days."]
    ada.ask(ada.new_conversation(title="T"), "Which notice?", file_ids=[file.file_id])
    (document,) = blocks(stage.prompts()[-1], "document")
    assert [each["text"] for each in document["source"]["content"]] == ["[part 1]\n\n1.2 Notice is ninety days."]
    assert ada.post(f"/files/{file.file_id}/reading", {}).status == 409


def test_what_was_cited_keeps_its_page(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    file = old(stage, ada, monkeypatch, "Notice is ninety days.", "Red roses.")
    conversation_id = ada.new_conversation(title="T")
    location = {"type": "content_block_location", "document_title": "a.txt", "document_index": 0}

    def cite(block: int) -> Any:
        given = location | {"cited_text": "roses", "start_block_index": block, "end_block_index": block + 1}
        stage.script(None, times=1, text="Red.", citations=[given])
        answer = ada.ask(conversation_id, "Which roses?", file_ids=[file.file_id])
        (citation,) = [each for part in answer["content"] for each in part.get("citations") or ()]
        return citation

    before = cite(1)
    reads(monkeypatch, page(1, "A head."), page(2, "Another."), page(3, "Red roses."))
    ask(stage, ada, file)
    run_on(stage)
    after = cite(2)
    assert (before["page"], before["locator"].get("reading", 0)) == (2, 0)
    assert (after["page"], after["locator"]["reading"]) == (3, 1)
    for cited in (before, after):
        reading = cited["locator"].get("reading", 0)
        read = shown(ada, file, cited["page"], reading).body
        assert (read["text"], read["earlier"]) == ("Red roses.", cited is before)
    assert shown(ada, file, 2).body["text"] == "Another.", "without a reading, the one that counts"
    present = shown(ada, file, 3, 0).body
    assert (present["text"], present["earlier"]) == ("Red roses.", False), "it has no such page"
    assert shown(ada, file, 9, 0).status == 404
    for bad in ("-1", "x", "1.5"):
        assert ada.get(f"/files/{file.file_id}/pages/1?reading={bad}").status == 400


def test_a_search_after_it_finds_the_new_text(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib import functions, services
    from chalicelib.files.row import File
    from chalicelib.prompts.file_blocks import Attached, Placed
    from chalicelib.prompts.file_tools import Tools

    file = old(stage, ada, monkeypatch, "Notice is ninety days.")

    def found() -> list[str]:
        placed = Placed(Attached(file.file_id, "a.txt"), "outline", 9, File.from_item(file.row))
        result = Tools(services.of(functions.ANSWER), [placed]).use("search_files", {"query": "notice"})
        return [block["content"][0]["text"] for block in result.content]

    assert found() == ["Notice is ninety days."]
    reads(monkeypatch, page(1, "1.2 Notice is thirty days."))
    ask(stage, ada, file)
    run_on(stage)
    assert found() == ["1.2 Notice is thirty days."]


def fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def read(*_: Any) -> Any:
        yield page(1, "Something else.")
        raise error

    monkeypatch.setattr(extraction_worker, "read", read)


def test_one_that_fails_keeps_what_was_read_and_says_so(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old(stage, ada, monkeypatch, "Notice is ninety days.")
    before = file.row
    objects = stage.objects(file.extract)
    fails(monkeypatch, ExtractionError("too_much_memory"))
    ask(stage, ada, file)
    run_on(stage)
    now = ada.file(file.file_id)
    assert (now["status"], now["again"], now["outdated"]) == ("ready", "failed", True)
    assert now["again_error"]["code"] == "too_much_memory"
    assert now["error"] is None
    kept = ("pages", "index_key", "tokens", "characters", "notes", "format")
    assert {name: file.row.get(name) for name in kept} == {name: before.get(name) for name in kept}
    assert file.row["reading"] == 0
    assert file.pages() == ["Notice is ninety days."]
    assert stage.objects(file.extract) == objects, "nothing is left of it"

    reads(monkeypatch, page(1, "1.2 Notice is ninety days."))
    ask(stage, ada, file)
    run_on(stage)
    now = ada.file(file.file_id)
    assert (now["again"], now["again_error"]) == (None, None)
    assert (file.row["reading"], file.pages()) == (2, ["1.2 Notice is ninety days."])


def test_one_that_breaks_off_keeps_what_was_read(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    file = old(stage, ada, monkeypatch, *(f"Page {number}" for number in range(1, 46)))
    fails(monkeypatch, RuntimeError("a crash"))
    ask(stage, ada, file)
    (event,) = stage.lambdas.take("extract")
    with pytest.raises(Failed):
        stage.extract(event)
    assert (file.row["again"], len(file.pages())) == ("reading", 45)
    with pytest.raises(Failed):
        stage.extract(event)
    assert (file.row["again"], file.row["again_error"]["code"]) == ("failed", "reading_failed")
    assert len(file.pages()) == 45

    # A worker that is killed says nothing: whoever looks finds it dead.
    ask(stage, ada, file)
    stage.edit("files", file.file_id, again="reading", token="gone", lease_until=int(time.time()) - 3_600)
    assert [each["again"] for each in ada.get("/files").body["items"]] == ["failed"]
    assert (ada.file(file.file_id)["status"], len(file.pages())) == ("ready", 45)
    assert "token" not in file.row


def test_a_long_one_goes_on_in_other_runs_and_the_old_pages_stay_until_its_end(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old(stage, ada, monkeypatch, *(f"Page {number}" for number in range(1, 31)))
    reads(monkeypatch, *(page(number, f"New page {number}") for number in range(1, 51)))
    ask(stage, ada, file)
    (event,) = stage.lambdas.take("extract")
    stage.extract(event, seconds=1)
    row = file.row
    assert (row["status"], row["again"], row["continue_at"], row["pages"]) == ("ready", "reading", 21, 30)
    assert shown(ada, file, 1).body["text"] == "Page 1"
    assert len(file.pages()) == 30
    run_on(stage, seconds=1)
    assert (file.row["pages"], file.row.get("again")) == (50, None)
    assert file.pages() == [f"New page {number}" for number in range(1, 51)]
    assert file.row["index_key"] in stage.objects(file.extract)
    assert len([key for key in stage.objects(file.extract) if key.endswith("index.sqlite")]) == 1
    assert shown(ada, file, 30, 0).body["text"] == "Page 30"


def test_a_late_event_of_the_upload_reads_nothing_again(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old(stage, ada, monkeypatch, "Notice is ninety days.")
    before = file.row
    stage.extract(file.event)
    assert file.row == before


def test_one_that_failed_is_read_as_if_it_had_just_come(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, ExtractionError("no_text"))
    file = arrive(stage, ada, b"Red roses.", "a.txt")
    stage.extract(file.event)
    assert (ada.file(file.file_id)["status"], ada.file(file.file_id)["outdated"]) == ("failed", False)
    assert ada.post(f"/files/{file.file_id}/reading", {}).status == 409, "by the reader that there is now"
    stage.edit("files", file.file_id, reader_version=1)
    assert ada.file(file.file_id)["outdated"] is True
    reads(monkeypatch, page(1, "Red roses."))
    begun = ask(stage, ada, file)
    assert (begun["status"], begun["error"]) == ("waiting", None)
    run_on(stage)
    assert (ada.file(file.file_id)["status"], file.pages()) == ("ready", ["Red roses."])


def test_the_purge_of_a_failed_ones_extract_spares_what_is_read_by_now(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib import functions, services
    from chalicelib.deletion.files import purge_extract

    file = old(stage, ada, monkeypatch, "Notice is ninety days.")
    purges = services.of(functions.PURGE)
    assert purge_extract(purges, ada.subject, file.file_id) is False
    assert len(file.pages()) == 1
    stage.edit("files", file.file_id, status="failed")
    assert purge_extract(purges, ada.subject, file.file_id) is True
    assert stage.objects(file.extract) == []


def test_only_its_owner_may_ask_and_only_for_what_is_there(
    stage: Stage, ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old(stage, ada, monkeypatch, "Notice is ninety days.")
    assert grace.post(f"/files/{file.file_id}/reading", {}).status == 404
    assert ada.post("/files/nonsense/reading", {}).status == 404
    ada.delete(f"/files/{file.file_id}")
    assert ada.post(f"/files/{file.file_id}/reading", {}).status == 404
    assert stage.lambdas.take("extract") == []
    picture = arrive(stage, ada, b"x", "a.png", status="ready", group="image", version_id="v", pages=0)
    assert ada.post(f"/files/{picture.file_id}/reading", {}).status == 409
    coming = arrive(stage, ada, b"x", "b.txt")
    assert ada.post(f"/files/{coming.file_id}/reading", {}).body["status"] == "uploaded"


def test_one_that_is_deleted_meanwhile_leaves_nothing(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib import functions, services
    from chalicelib.deletion.files import purge_file

    file = old(stage, ada, monkeypatch, "Notice is ninety days.")
    ask(stage, ada, file)
    (event,) = stage.lambdas.take("extract")
    ada.delete(f"/files/{file.file_id}")
    stage.edit("files", file.file_id, deleted_at=1)
    assert purge_file(services.of(functions.PURGE), ada.subject, file.file_id)
    stage.extract(event)
    assert stage.objects(file.extract) == []
    assert stage.lambdas.take("extract") == []


def test_it_waits_for_its_turn_like_any_other(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    file = old(stage, ada, monkeypatch, "Notice is ninety days.")
    others = [
        arrive(stage, ada, b"x", f"{n}.txt", status="reading", lease_until=int(time.time()) + 60, token="t")
        for n in range(2)
    ]
    stage.put("usage", {"subject": str(ada.subject), "period": "reading", "reading": {each.file_id for each in others}})
    reads(monkeypatch, page(1, "1.2 Notice is ninety days."))
    ask(stage, ada, file)
    run_on(stage)
    assert (file.row["status"], file.row["again"], file.row["attempts"]) == ("ready", "waiting", 0)
    for each in others:
        stage.edit("files", each.file_id, status="ready", lease_until=None, token=None)
    ada.file(file.file_id)
    run_on(stage)
    assert file.pages() == ["1.2 Notice is ninety days."]


def test_pages_that_are_seen_are_those_of_the_reading_that_counts(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.api.test_sight import letter, seen

    file = letter(stage, ada, tmp_path, monkeypatch, "tt")
    stage.extract(file.event)
    stage.edit("files", file.file_id, reader_version=None)
    locator: Locator = {"kind": "page", "label": "page 2", "page": 2, "picture": True}
    reads(monkeypatch, Page(1, {"kind": "page", "label": "page 1", "page": 1}, "Roses."), Page(2, locator, ""))
    ask(stage, ada, file)
    run_on(stage)
    assert f"{file.extract}readings/001/sight/000002.pdf" in stage.objects(file.extract)
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[file.file_id])
    assert seen(blocks(stage.prompts()[-1], "document")[1]) == ["Page 2"]
    cited = {"type": "page_location", "document_title": "letter.pdf, page 2", "document_index": 1}
    given = cited | {"cited_text": "roses", "start_page_number": 1, "end_page_number": 2}
    stage.script(None, text="Red.", citations=[given])
    answer = ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[file.file_id])
    (citation,) = [each for part in answer["content"] for each in part.get("citations") or ()]
    assert (citation["page"], citation["locator"]["reading"]) == (2, 1)
    assert (shown(ada, file, 2).body["by_sight"], shown(ada, file, 2, 0).body["by_sight"]) == (True, False)
