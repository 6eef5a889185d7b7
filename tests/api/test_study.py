"""The function that reads CVs and suggests questions: what it stores, what it pays, and what its failures become."""

from __future__ import annotations

import itertools
import json
import logging
import time
from typing import Any

import pytest

from tests import cvs
from tests.api.test_sources import archive, call_them, twin
from tests.api.twins import draft
from tests.linkedin_rows import CANARIES
from tests.papers import paper
from tests.people import Person
from tests.stage import Stage

__all__ = ["twin"]

CV = {"kind": "cv"}


def begin(person: Person, file_id: str, kind: str = "cv") -> Any:
    reply = person.post("/drafts/me/sources", {"kind": kind, "file_id": file_id})
    assert (reply.status, reply.body["status"]) == (202, "reading")
    return reply.body


def source(person: Person) -> Any:
    (found,) = draft(person)["sources"]
    return found


def recorded(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"tool_use": {"name": "record_entries", "input": {"entries": list(entries)}}, **more}


POST = {"section": "experience", "title": "Head of Data", "subtitle": "Rivière & Sons", "start": "2021-03"}


def spent(stage: Stage) -> list[int]:
    return [row["cost_micro_usd"] for row in stage.rows("usage") if "cost_micro_usd" in row]


def held(stage: Stage) -> list[str]:
    return [name for row in stage.rows("usage") for name in row if name.startswith("open_")]


@pytest.mark.parametrize(("text", "post"), [(cvs.ENGLISH, "Head of Data"), (cvs.FRENCH, "Responsable des données")])
def test_a_cv_becomes_entries_with_their_source_and_is_paid_once(
    stage: Stage, twin: Person, text: str, post: str
) -> None:
    begun = begin(twin, paper(stage, twin, [text[:300], text[300:]], name="cv.pdf"))
    stage.run()
    read = source(twin)
    assert (read["status"], read["name"], read["kind"], read["error"]) == ("ready", "cv.pdf", "cv", None)
    entries = draft(twin)["entries"]
    assert read["entries"] == len(entries) > 6
    assert {tuple(each["source_ids"]) for each in entries} == {(begun["source_id"],)}
    assert post in [each["title"] for each in entries]
    kept = json.dumps(stage.rows("twins"), ensure_ascii=False)
    assert [each for each in CANARIES if each in kept] == []
    (prompt,) = stage.prompts()
    assert prompt["tool_choice"] == {"type": "tool", "name": "record_entries"}
    assert prompt["model"] == "claude-sonnet-5-5"
    assert held(stage) == []
    assert len(spent(stage)) == 2
    assert min(spent(stage)) > 0


def test_a_profile_that_linkedin_printed_contradicts_the_archive_where_it_does(stage: Stage, twin: Person) -> None:
    row = {"Company Name": "Rivière & Sons", "Title": "Head of Data", "Started On": "Apr 2021"}
    archive(twin, {"Positions": [row]})
    begin(twin, paper(stage, twin, [cvs.LINKEDIN]), "linkedin_pdf")
    stage.run()
    (conflict,) = draft(twin)["conflicts"]
    assert (conflict["field"], {each["value"] for each in conflict["entries"]}) == ("start", {"2021-04", "2021-03"})


def test_what_the_model_makes_up_is_not_kept(stage: Stage, twin: Person) -> None:
    stage.script(
        None, **recorded({**POST, "place": "Mars"}, {**POST, "title": "Nobel laureate"}, {**POST, "section": "x"})
    )
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    stage.run()
    (entry,) = draft(twin)["entries"]
    assert (entry["title"], entry["subtitle"], entry["place"]) == ("Head of Data", "Rivière & Sons", "")


def test_an_order_that_is_delivered_twice_is_carried_out_once(stage: Stage, twin: Person) -> None:
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    (order,) = stage.lambdas.take("study")
    stage.study(order)
    entries = draft(twin)["entries"]
    stage.study(order)
    assert draft(twin)["entries"] == entries
    assert len(stage.requests()) == 1


def test_a_run_that_broke_off_while_it_stored_is_done_anew(stage: Stage, twin: Person) -> None:
    begun = begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    entry = draft_entry(stage, begun["source_id"])
    (order,) = stage.lambdas.take("study")
    stage.study(order)
    assert entry not in [each["entry_id"] for each in draft(twin)["entries"]]
    assert source(twin)["status"] == "ready"


def draft_entry(stage: Stage, source_id: str) -> str:
    """What an earlier run has stored of a source; returns its id."""
    from chalicelib import functions, services
    from chalicelib.twin import entries

    left = entries.new(section="skills", title="Left over", source_ids=(source_id,))
    entries.add(services.of(functions.STUDY), "me", [left])
    return left.entry_id


def test_without_money_no_model_is_asked(stage: Stage, twin: Person) -> None:
    stage.configure(user_budget_usd=0.001)
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    stage.run()
    assert (source(twin)["status"], source(twin)["error"]["code"]) == ("failed", "budget_spent")
    assert stage.requests() == []
    assert held(stage) == []


def test_a_budget_of_the_owners_own_counts(stage: Stage, twin: Person) -> None:
    stage.put("people", {"user_id": twin.user_id, "budget_micro_usd": 1_000})
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    stage.run()
    assert source(twin)["error"]["code"] == "budget_spent"
    assert stage.requests() == []


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ({"text": "No.", "stop_reason": "refusal"}, "prompt_refused"),
        ({"error": {"status": 401}}, "model_key_refused"),
        (recorded(), "nothing_found"),
        ({"text": "No call at all."}, "nothing_found"),
    ],
)
def test_what_the_model_does_not_do_is_said_on_the_source(
    stage: Stage, twin: Person, reply: dict[str, Any], code: str
) -> None:
    stage.script(None, **reply)
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    stage.run()
    assert (source(twin)["status"], source(twin)["error"]["code"]) == ("failed", code)
    assert source(twin)["error"]["message"]
    assert draft(twin)["entries"] == []
    assert held(stage) == []


def test_what_passes_is_waited_out_and_each_try_is_paid(stage: Stage, twin: Person) -> None:
    stage.script(None, times=1, error={"status": 529})
    stage.script(None, times=1, text="Well", cut_after_chars=0)
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    (order,) = stage.lambdas.take("study")
    pauses: list[float] = []
    run(order, pauses)
    assert source(twin)["status"] == "ready"
    assert len(stage.requests()) == 3
    assert len(pauses) == 2
    tokens = [row["input_tokens"] for row in stage.rows("usage") if "input_tokens" in row]
    sent = stage_tokens(stage)
    assert tokens == [sent, sent]


def stage_tokens(stage: Stage) -> int:
    """Of two tries that began to answer: what the demo model counts of one, twice."""
    import urllib.request

    body = {name: value for name, value in stage.prompts()[-1].items() if name not in ("max_tokens", "stream")}
    headers = {"x-api-key": "demo", "anthropic-version": "2023-06-01", "content-type": "application/json"}
    request = urllib.request.Request(  # noqa: S310
        f"{stage.model.url}/v1/messages/count_tokens", json.dumps(body).encode(), headers
    )
    with urllib.request.urlopen(request) as reply:  # noqa: S310
        counted: int = json.load(reply)["input_tokens"]
    return 2 * counted


def run(order: dict[str, Any], pauses: list[float]) -> None:
    from chalicelib import functions, services
    from chalicelib.twin import study

    study.run(services.of(functions.STUDY), order, 900, pauses.append)


def test_an_answer_that_was_cut_off_is_asked_for_in_halves(stage: Stage, twin: Person) -> None:
    stage.script(None, times=1, **recorded(POST, stop_reason="max_tokens"))
    begin(twin, paper(stage, twin, [cvs.ENGLISH + "\n" + "Wrote of rivers. " * 40]))
    stage.run()
    assert len(stage.requests()) == 3
    assert "Hydrologist" in [each["title"] for each in draft(twin)["entries"]]


def test_a_long_document_is_read_in_pieces(stage: Stage, twin: Person) -> None:
    filler = "\n\n".join(f"• Point {number} of a long story." for number in range(900))
    begin(twin, paper(stage, twin, [cvs.ENGLISH, filler, cvs.ENGLISH.replace("Head of Data", "Keeper of Ponds")]))
    stage.run()
    assert len(stage.prompts()) == 2
    assert {"Head of Data", "Keeper of Ponds"} <= {each["title"] for each in draft(twin)["entries"]}


@pytest.mark.parametrize(
    ("row", "texts", "code"),
    [
        ({}, [" "], "no_text"),
        ({}, ["x" * 160_001], "too_long"),
        ({"status": "failed", "error": {"code": "encrypted", "message": "It has a password."}}, ["A"], "encrypted"),
        ({"status": "reading", "lease_until": 9_000_000_000}, ["A"], "file_not_ready"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_without_the_model(
    stage: Stage, twin: Person, row: dict[str, Any], texts: list[str], code: str
) -> None:
    begin(twin, paper(stage, twin, texts, **row))
    (order,) = stage.lambdas.take("study")
    pauses: list[float] = []
    run(order, pauses)
    assert source(twin)["error"]["code"] == code
    assert stage.requests() == []
    assert sum(pauses) == (300 if code == "file_not_ready" else 0)


def test_a_file_that_is_still_being_read_is_waited_for(stage: Stage, twin: Person) -> None:
    file_id = paper(stage, twin, [cvs.ENGLISH])
    stage.edit("files", file_id, status="reading", lease_until=9_000_000_000)
    begin(twin, file_id)
    (order,) = stage.lambdas.take("study")
    from chalicelib import functions, services
    from chalicelib.twin import study

    def pause(seconds: float) -> None:
        stage.edit("files", file_id, status="ready")

    study.run(services.of(functions.STUDY), order, 900, pause)
    assert source(twin)["status"] == "ready"


def test_anothers_file_is_not_there(stage: Stage, twin: Person, ada: Person) -> None:
    file_id = paper(stage, ada, [cvs.ENGLISH])
    for body in ({"kind": "cv", "file_id": file_id}, {"kind": "cv", "file_id": "none"}):
        assert twin.post("/drafts/me/sources", body).error == "not_found"
    assert draft(twin)["sources"] == []


def test_a_file_that_is_deleted_meanwhile_and_a_source_that_is(stage: Stage, twin: Person) -> None:
    file_id = paper(stage, twin, [cvs.ENGLISH])
    begun = begin(twin, file_id)
    twin.delete(f"/files/{file_id}")
    stage.run()
    assert source(twin)["error"]["code"] == "file_gone"
    assert twin.delete(f"/drafts/me/sources/{begun['source_id']}").status == 200
    file_id = paper(stage, twin, [cvs.ENGLISH])
    begun = begin(twin, file_id)
    (order,) = stage.lambdas.take("study")
    stage.model.sleep = lambda seconds: twin.delete(f"/drafts/me/sources/{begun['source_id']}")  # type: ignore[assignment]
    stage.script(None, **recorded(POST, delay_first_s=1))
    stage.study(order)
    assert (draft(twin)["sources"], draft(twin)["entries"]) == ([], [])
    stage.study(order)
    assert len(stage.requests()) == 1


def test_what_could_not_be_started_says_so(stage: Stage, twin: Person) -> None:
    from botocore.exceptions import EndpointConnectionError

    stage.lambdas.failures.append(EndpointConnectionError(endpoint_url="lambda"))
    refused = twin.post("/drafts/me/sources", {"kind": "cv", "file_id": paper(stage, twin, [cvs.ENGLISH])})
    assert (refused.status, refused.error) == (503, "unavailable")
    assert source(twin)["status"] == "failed"
    stage.lambdas.failures.append(EndpointConnectionError(endpoint_url="lambda"))
    assert twin.post("/drafts/me/questions", {"language": "fr"}).error == "unavailable"


def test_a_source_whose_order_was_lost_has_failed(stage: Stage, twin: Person) -> None:
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    stage.lambdas.take("study")
    (row,) = [each for each in stage.rows("twins") if each["item"].startswith("draft/source/")]
    assert source(twin)["status"] == "reading"
    stage.put("twins", {**row, "added_at": "2026-01-01T00:00:00.000Z"})
    assert (source(twin)["status"], source(twin)["error"]["code"]) == ("failed", "reading_failed")


def test_a_fault_of_ours_is_told_to_lambda_and_on_the_source(
    stage: Stage, twin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.twin import cv

    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    (order,) = stage.lambdas.take("study")
    with monkeypatch.context() as broken:
        broken.delattr(cv, "found")
        with pytest.raises(Exception, match="AttributeError"):
            stage.study(order)
    assert source(twin)["error"]["code"] == "reading_failed"
    stage.study(order)
    assert source(twin)["status"] == "ready"


def test_questions_are_suggested_in_each_language_and_kept_in_the_persona(stage: Stage, twin: Person) -> None:
    begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    stage.run()
    texts = {"greeting": "Bonjour", "suggested_questions": [], "topics": "", "off_limits": []}
    call_them(twin, "Noor", texts={"fr": texts})
    for language in ("fr", "en"):
        reply = twin.post("/drafts/me/questions", {"language": language})
        assert (reply.status, reply.body) == (202, {"language": language})
    stage.run()
    texts = draft(twin)["persona"]["texts"]
    assert texts["fr"]["greeting"] == "Bonjour"
    assert texts["en"]["suggested_questions"][0] == "What do you do as Head of Data?"
    assert texts["fr"]["suggested_questions"][0].startswith("En quoi consiste")
    assert draft(twin)["persona"]["name"] == "Noor"
    assert stage.prompts()[-1]["model"] == "claude-haiku-5-5"
    assert twin.post("/drafts/me/questions", {"language": "de"}).status == 400


def test_questions_cost_nothing_where_there_is_nothing_or_no_money(stage: Stage, twin: Person) -> None:
    twin.post("/drafts/me/questions", {"language": "en"})
    stage.run()
    archive(twin, {"Skills": [{"Name": "R"}]})
    stage.configure(user_budget_usd=0.000001)
    twin.post("/drafts/me/questions", {"language": "en"})
    stage.run()
    assert stage.requests() == []
    assert draft(twin)["persona"]["texts"] == {}
    assert told(twin) == ("en", "failed", "budget_spent")


def told(twin: Person) -> tuple[str, str, str | None]:
    """How it goes with the questions that were asked for."""
    state = draft(twin)["suggesting"]
    return state["language"], state["status"], state["error"] and state["error"]["code"]


def test_how_it_goes_with_suggested_questions_is_told_until_they_are_kept(
    stage: Stage, twin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin.post("/drafts/me/questions", {"language": "en"})
    assert told(twin) == ("en", "writing", None)
    stage.run()
    assert told(twin) == ("en", "failed", "nothing_to_ask_about")
    archive(twin, {"Skills": [{"Name": "R"}]})
    stage.script(None, times=1, error={"status": 400, "message": "no"})
    twin.post("/drafts/me/questions", {"language": "fr"})
    stage.run()
    assert told(twin) == ("fr", "failed", "prompt_refused")
    with monkeypatch.context() as full:
        full.setattr("chalicelib.twin.drafts.MAX_BYTES", 10)
        twin.post("/drafts/me/questions", {"language": "fr"})
        stage.run()
    assert told(twin) == ("fr", "failed", "payload_too_large"), "and no second call of the model"
    asked = len(stage.requests())
    twin.post("/drafts/me/questions", {"language": "fr"})
    with monkeypatch.context() as late:
        late.setattr("time.time", lambda now=time.time: now() + 86_400)
        assert told(twin) == ("fr", "failed", "lost")
    stage.run()
    assert len(stage.requests()) == asked + 1
    assert draft(twin)["suggesting"] is None
    assert draft(twin)["persona"]["texts"]["fr"]["suggested_questions"]


def test_no_text_of_a_cv_is_logged(
    stage: Stage, twin: Person, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    begin(twin, paper(stage, twin, [cvs.ENGLISH], name="MARKER.pdf"))
    stage.run()
    stage.script(None, error={"status": 400, "message": "MARKER"})
    begin(twin, paper(stage, twin, [cvs.ENGLISH], name="MARKER.pdf"))
    stage.run()
    out, err = capfd.readouterr()
    assert '"event":"study"' in out + err + caplog.text
    for secret in ("MARKER", "Hydrologist", "Noor"):
        assert secret not in out + err + caplog.text


def test_a_file_whose_text_is_gone_says_so(stage: Stage, twin: Person) -> None:
    """It was deleted between the row's reading and the text's."""
    begin(twin, paper(stage, twin, [], pages=1))
    stage.run()
    assert source(twin)["error"]["code"] == "file_gone"
    assert stage.requests() == []


def test_a_source_that_is_deleted_between_two_transactions_leaves_nothing(
    stage: Stage, twin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib import functions, services
    from chalicelib.errors import NotFound
    from chalicelib.twin import drafts, sources
    from chalicelib.twin.found import Found

    begun = begin(twin, paper(stage, twin, [cvs.ENGLISH]))
    change, calls = drafts.change, itertools.count()

    def changed(*arguments: Any, **more: Any) -> int:
        made = change(*arguments, **more)
        if next(calls) == 0:
            assert len(draft(twin)["entries"]) > 50
            stage.delete("twins", {"handle": "me", "item": f"draft/source/{begun['source_id']}"})
        return made

    monkeypatch.setattr(drafts, "change", changed)
    study = services.of(functions.STUDY)
    told = [Found("skills", f"Skill {number}") for number in range(200)]
    with pytest.raises(NotFound):
        sources.finish(study, "me", sources.find(study, "me", begun["source_id"]), told)
    assert (draft(twin)["entries"], draft(twin)["sources"]) == ([], [])
