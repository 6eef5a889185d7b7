"""What a tool gives for a call, and what the model is told of one that cannot be made."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.extraction.estimates import estimate_tokens

from tests.api.tool_calls import QUESTION, call, results, search, texts
from tests.fakes import s3
from tests.papers import flower_pages, paper
from tests.people import Person, text_of
from tests.stage import Stage

NOWHERE = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (call("search_files"), "query"),
        (call("search_files", query="  "), "query"),
        (call("search_files", query=7), "query"),
        (call("search_files", query="irises", file_id=NOWHERE), "thesis.pdf"),
        (call("search_files", query="irises", file_id=["x"]), "thesis.pdf"),
        (call("read_pages", file_id=NOWHERE, first_page=1, last_page=2), "thesis.pdf"),
        (call("read_pages", file_id="THESIS", first_page=0, last_page=2), "whole numbers"),
        (call("read_pages", file_id="THESIS", first_page=5, last_page=4), "whole numbers"),
        (call("read_pages", file_id="THESIS", first_page="5", last_page=6), "whole numbers"),
        (call("read_pages", file_id="THESIS", first_page=True, last_page=6), "whole numbers"),
        (call("read_pages", file_id="THESIS", first_page=5), "whole numbers"),
        (call("read_pages", file_id="THESIS", first_page=10**40, last_page=10**40), "120 pages"),
        (call("read_pages", file_id="THESIS", first_page=121, last_page=122), "120 pages"),
        (call("drop_table", query="irises"), "search_files"),
    ],
)
def test_a_call_that_cannot_be_made_is_told_to_the_model_which_goes_on(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, thesis: str, asked: dict[str, Any], told: str
) -> None:
    if asked["input"].get("file_id") == "THESIS":
        asked = asked | {"input": asked["input"] | {"file_id": thesis}}
    stage.script(QUESTION, times=1, tool_use=asked)
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = results(stage.prompts()[-1])
    assert result["is_error"] is True
    assert told in texts(result)
    assert (answer["status"], text_of(answer)) == ("complete", "I cannot say.")
    assert answer["content"][0]["type"] == "tool_use"


def test_a_search_that_finds_nothing_says_what_to_try(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, tool_use=search("zeppelin"))
    stage.script(None, text="I cannot say.")
    ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = results(stage.prompts()[-1])
    assert "is_error" not in result
    assert "Nothing fits" in texts(result)
    assert "thesis.pdf" in texts(result)


@pytest.mark.parametrize(("first", "last", "given"), [(1, 2, 2), (30, 80, 10), (119, 10**40, 2), (120, 120, 1)])
def test_at_most_ten_pages_are_read_at_a_time(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, thesis: str, first: int, last: int, given: int
) -> None:
    stage.script(QUESTION, times=1, tool_use=call("read_pages", file_id=thesis, first_page=first, last_page=last))
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = results(stage.prompts()[-1])
    pages = [block for block in result["content"] if block["type"] == "search_result"]
    assert [block["source"] for block in pages] == [f"{thesis}#page={first + index}" for index in range(given)]
    assert pages[0]["content"][0]["text"] == flower_pages(120)[first - 1]
    assert ("More does not fit" in texts(result)) == (min(last, 120) > first + 9)
    files = [{"file_id": thesis, "name": "thesis.pdf"}]
    assert answer["content"][0]["detail"] == {"files": files, "first": first, "last": min(last, 1_000_000)}


@pytest.mark.parametrize(
    ("pages", "characters", "last"),
    [
        (flower_pages(10, 1_000), 20_500, 4),
        (["合同双方应当完成交付。" * 200] * 10, 4_560, 3),  # a character of Chinese is one and a half tokens
        (["4821.0375 | 77.1942\n" * 100] * 10, 8_240, 5),
    ],
)
def test_pages_are_given_up_to_seven_thousand_tokens(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, pages: list[str], characters: int, last: int
) -> None:
    stage.configure(document_tokens=100)
    file_id = paper(stage, ada, pages, "long.pdf")
    stage.script(QUESTION, times=1, tool_use=call("read_pages", file_id=file_id, first_page=1, last_page=10))
    stage.script(None, text="I cannot say.")
    ada.ask(conversation_id, QUESTION, file_ids=[file_id])
    (result,) = results(stage.prompts()[-1])
    given = "".join(block["content"][0]["text"] for block in result["content"] if block["type"] == "search_result")
    assert 6_700 < estimate_tokens(given) <= 7_000
    assert len(given) == pytest.approx(characters, rel=0.02)
    assert f"More does not fit at once: these are pages 1 to {last}" in texts(result)


def test_what_tools_give_together_stays_within_what_the_model_takes(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    """Six calls for pages of Chinese, of which 16,000 tokens are left: some are cut or refused."""
    stage.configure(document_tokens=100)
    file_id = paper(stage, ada, ["合同双方应当完成交付。" * 200] * 30, "long.pdf")
    calls = [call("read_pages", file_id=file_id, first_page=first, last_page=first + 4) for first in range(1, 30, 5)]
    stage.script(QUESTION, times=1, tool_use=calls, usage={"input_tokens": 168_000, "output_tokens": 0})
    stage.script(None, text="I cannot say.")
    assert ada.ask(conversation_id, QUESTION, file_ids=[file_id])["status"] == "complete"
    given = "".join(texts(result) for result in results(stage.prompts()[-1]))
    assert 14_000 < estimate_tokens(given) < 18_000


def test_all_long_files_are_searched_or_the_one_that_is_named(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    other = paper(stage, ada, flower_pages(50), "other.pdf")
    whole = paper(stage, ada, ["Irises."], "short.pdf")
    stage.script(QUESTION, times=1, tool_use=[search("irises"), search("irises", file_id=other)])
    stage.script(None, times=1, tool_use=search("irises", file_id=whole))
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis, other, whole])
    both, one = results(stage.prompts()[1])
    assert {block["source"].partition("#")[0] for block in both["content"]} == {thesis, other}
    assert len(both["content"]) == 8
    assert {block["source"].partition("#")[0] for block in one["content"]} == {other}
    assert results(stage.prompts()[2])[0]["is_error"], "a file that is shown whole has no index to search"
    shown = [[file["name"] for file in block["detail"]["files"]] for block in answer["content"][:3]]
    assert shown == [["thesis.pdf", "other.pdf"], ["other.pdf"], []]


def test_a_crash_in_a_tool_is_logged_once(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, capfd: pytest.CaptureFixture[str]
) -> None:
    stage.s3_wire.fail(s3.denied, lambda call: call.key.endswith("index.sqlite"), times=9)
    stage.script(QUESTION, times=1, tool_use=search())
    capfd.readouterr()
    ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert capfd.readouterr().out.count('"event":"error"') == 1
