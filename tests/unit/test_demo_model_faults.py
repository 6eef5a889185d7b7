"""What the demo model refuses, the faults that a script asks of it, and its script API."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest

from tests.unit.demo_stage import MODEL, Stage, cached, document, pages, running_stage, text_of

REPOSITORY = Path(__file__).parents[2]
TITLE_PROMPT = "Write a short title for this conversation. Answer with the title only."


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


# Refused requests


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"messages": []}, "at least one message is required"),
        ({"messages": [{"role": "assistant", "content": "Hi"}]}, 'must use the "user" role'),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "must be non-empty"),
        ({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "I"}]}, "prefill"),
        (
            {"messages": [{"role": "user", "content": cached("a") * 5}]},
            "maximum of 4 blocks with cache_control",
        ),
        ({"messages": [{"role": "user", "content": "Hi", "id": "1"}]}, "id: Extra inputs are not permitted"),
        ({"extra_body": {"max_tokens": "many"}}, "max_tokens: Input should be a valid integer"),
        ({"extra_body": {"temperature": 1}}, "temperature: Extra inputs"),
        ({"extra_body": {"max_tokens": None}}, "max_tokens: Field required"),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 2000}},
            "must be greater than `thinking.budget_tokens`",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1"}]}]},
            "unexpected `tool_use_id`",
        ),
        (
            {"messages": [{"role": "user", "content": [document(pages("a")), document(pages("b"), cited=False)]}]},
            "on all documents",
        ),
    ],
)
def test_what_the_api_refuses_is_refused(stage: Stage, change: dict[str, Any], message: str) -> None:
    with pytest.raises(anthropic.BadRequestError, match=message) as caught:
        stage.ask(stream=False, **change)
    assert caught.value.body["error"]["type"] == "invalid_request_error"  # type: ignore[index]


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and the rest").decode()


def image(**source: Any) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG} | source}


def search_result(text: str, cited: bool = True, **fields: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": text}]
    return {"type": "search_result", "source": "s", "title": "t", "content": content} | {
        "citations": {"enabled": cited},
        **fields,
    }


def tool_exchange(*results: dict[str, Any], first: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """A call of a tool and its results; first: what stands before them in the user's message."""
    call = {"type": "tool_use", "id": "t1", "name": "search_files", "input": {}}
    answered = {"type": "tool_result", "tool_use_id": "t1", "content": list(results)}
    return [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [*(first or []), answered]},
    ]


def of_user(*blocks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(blocks)}]


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        (of_user(image(data="!")), "Invalid base64"),
        (of_user(image(media_type="image/tiff")), "media_type: Input should be one of"),
        (of_user(image(media_type="image/jpeg")), "does not match the provided media type image/jpeg"),
        (of_user(image(data="A" * 5_242_884)), "image exceeds 5 MB maximum"),
        (of_user(*[image()] * 101), "maximum of 100 images"),
        (of_user(document({"type": "content", "content": []})), "at least one block"),
        (of_user(document({"type": "content", "content": [{"type": "text", "text": " "}]})), "non-whitespace"),
        (of_user(document({"type": "content", "content": [document(pages("a"))]})), "Input tag 'document'"),
        (of_user(search_result("a", content=[])), "at least 1 item"),
        (of_user(search_result("a", content=[image()])), "should be text blocks"),
        (of_user(search_result("a", title="")), "title: Field required"),
        (tool_exchange(search_result("a"), search_result("b", cited=False)), "on all search results"),
        (tool_exchange(first=[{"type": "text", "text": "so"}]), "must stand before all others"),
    ],
)
def test_sources_that_the_api_refuses_are_refused(stage: Stage, messages: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(anthropic.BadRequestError, match=message):
        stage.ask(messages=messages)


def test_no_more_than_100_pages_of_pdf_are_read(stage: Stage) -> None:
    def pdf(page_count: int) -> dict[str, Any]:
        page = b"1 0 obj<</Type/Page>>endobj\n"
        objects = b"".join(page.replace(b"1", str(number + 1).encode(), 1) for number in range(page_count))
        data = base64.b64encode(b"%PDF-1.4\n" + objects).decode()
        return document({"type": "base64", "media_type": "application/pdf", "data": data})

    question = {"type": "text", "text": "What is it?"}
    assert stage.ask([pdf(49), pdf(49), question]).stop_reason == "end_turn"
    with pytest.raises(anthropic.BadRequestError, match="maximum of 100 PDF pages"):
        stage.ask([pdf(50), pdf(51), question])


def test_all_that_a_conversation_with_files_holds_is_taken(stage: Stage) -> None:
    """What Anthropic documents: page by page documents, images, a tool's search results, four breakpoints."""
    breakpoint_: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
    about = {"context": "Pages 1 to 2 of 2.", **breakpoint_}
    whole = document({"type": "content", "content": [{"type": "text", "text": "a"}, image()]}) | about
    call, answered = tool_exchange(search_result("b", **breakpoint_), {"type": "text", "text": "One passage."})[1:]
    asked = {"role": "user", "content": [whole, image(), {"type": "text", "text": "Hi"}]}
    tool = {"name": "search_files", "input_schema": {"type": "object", "properties": {}}, **breakpoint_}
    message = stage.ask(messages=[asked, call, answered], tools=[tool], system=cached("Answer."))
    assert message.stop_reason == "end_turn"


def test_keys_models_paths_and_sizes(stage: Stage) -> None:
    with pytest.raises(anthropic.NotFoundError, match="model: gpt-1"):
        stage.ask(model="gpt-1")
    with pytest.raises(anthropic.ContentTooLargeError):
        stage.ask("x" * (33 * 1024 * 1024))
    stage.client = stage.client_with(api_key="invalid")
    with pytest.raises(anthropic.AuthenticationError):
        stage.ask()
    assert stage.http.post("/v1/messages", json={}).json()["error"]["type"] == "authentication_error"
    assert stage.http.get("/v1/nothing").status_code == 404


# Scripted faults


@pytest.mark.parametrize(
    ("status", "error_type", "raised"),
    [
        (400, "invalid_request_error", anthropic.BadRequestError),
        (401, "authentication_error", anthropic.AuthenticationError),
        (403, "permission_error", anthropic.PermissionDeniedError),
        (404, "not_found_error", anthropic.NotFoundError),
        (413, "request_too_large", anthropic.ContentTooLargeError),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (529, "overloaded_error", anthropic.OverloadedError),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_each_error_status(
    stage: Stage, status: int, error_type: str, raised: type[anthropic.APIStatusError], stream: bool
) -> None:
    stage.script(times=1, error={"status": status, "message": "Come back later", "headers": {"x-demo": "1"}})
    with pytest.raises(raised, match="Come back later") as caught:
        stage.ask(stream=stream)
    assert caught.value.status_code == status
    assert caught.value.body["error"]["type"] == error_type  # type: ignore[index]
    assert caught.value.request_id == caught.value.body["request_id"]  # type: ignore[index]
    assert caught.value.response.headers["x-demo"] == "1"
    assert caught.value.response.headers.get("retry-after") == ("1" if status == 429 else None)
    assert stage.ask(stream=stream).stop_reason == "end_turn"


def read_until_it_breaks(stage: Stage, expected: type[Exception], **options: Any) -> str:
    """The text that arrived before `expected` was raised."""
    arrived: list[str] = []
    asked: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 99,
        "messages": [{"role": "user", "content": "Go"}],
    }
    with stage.client.with_options(**options).messages.stream(**asked) as events, pytest.raises(expected):
        arrived.extend(events.text_stream)
    return "".join(arrived)


@pytest.mark.parametrize(("after", "arrived"), [(0, ""), (20, "0123456789" * 2), (999, "0123456789" * 5)])
def test_a_cut_stream_and_an_error_event_come_after_exactly_so_much_text(
    stage: Stage, after: int, arrived: str
) -> None:
    stage.script(times=1, text="0123456789" * 5, cut_after_chars=after)
    assert read_until_it_breaks(stage, httpx2.RemoteProtocolError) == arrived
    stage.script(times=1, text="0123456789" * 5, error_after_chars=after)
    assert read_until_it_breaks(stage, anthropic.APIStatusError) == arrived
    assert stage.ask().stop_reason == "end_turn"


def test_a_hang_lasts_until_the_client_gives_up(stage: Stage) -> None:
    stage.script(text="0123456789" * 5, hang_after_chars=10)
    assert read_until_it_breaks(stage, httpx2.ReadTimeout, timeout=0.3) == "0123456789"


def test_without_streaming_a_cut_gives_no_answer(stage: Stage) -> None:
    stage.script(text="Hello", cut_after_chars=2)
    with pytest.raises(anthropic.APIConnectionError):
        stage.ask(stream=False)


def test_a_slow_first_token_holds_back_text_but_not_the_message_s_start(stage: Stage) -> None:
    stage.script(text="Hello", delay_first_s=12, delay_chunk_s=0.5)
    stage.awake.clear()
    asked: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 99,
        "messages": [{"role": "user", "content": "Go"}],
    }
    with stage.client.messages.create(stream=True, **asked) as events:
        assert next(iter(events)).type == "message_start"  # the model still sleeps: awake is not set
        stage.awake.set()
        assert next(event.type for event in events) == "content_block_start"
        assert list(events)[-1].type == "message_stop"
    assert stage.slept_s == [5.0, 5.0, 2.0, 0.5]  # pings in between keep the stream alive


# Scripts and records


def test_scripts_answer_what_they_match_as_often_as_they_say(stage: Stage) -> None:
    stage.script(match="alpha", times=2, text="A")
    stage.script(match="beta", text="B")
    asked = ["beta?", "alpha?", "alpha?", "alpha?", "beta?"]
    answers = [text_of(stage.ask(question)) for question in asked]
    assert [answer if len(answer) == 1 else "own" for answer in answers] == ["B", "A", "A", "own", "B"]


def test_a_title_request_spends_no_script_but_its_own(stage: Stage) -> None:
    stage.script(match="roses", times=1, text="An answer")
    assert text_of(stage.ask("Which roses?", system=TITLE_PROMPT)) == "Which roses"
    stage.script(match="roses", times=1, title=True, text="Old roses")
    assert text_of(stage.ask("Which roses?", system="Always give your answers a title.")) == "An answer"
    transcript = [{"type": "text", "text": "Which roses?"}, {"type": "text", "text": "Name it."}]
    assert text_of(stage.ask(transcript, system=TITLE_PROMPT)) == "Old roses"


def test_a_script_without_content_paces_the_model_s_own_answer(stage: Stage) -> None:
    stage.script(delay_chunk_s=0.7, chunk_chars=1000, usage={"input_tokens": 77})
    message = stage.ask()
    assert "demo model" in text_of(message)
    assert (message.usage.input_tokens, stage.slept_s) == (77, [0.7])


def test_requests_are_recorded_without_keys_and_forgotten_on_request(stage: Stage) -> None:
    stage.ask("first")
    stage.ask("second", stream=False)
    items = stage.requests()
    assert [item["number"] for item in items] == [1, 2]
    assert items[0]["body"]["messages"] == [{"role": "user", "content": "first"}]
    assert items[0]["headers"]["anthropic-version"] == "2026-10-21"
    assert not items[0]["headers"].keys() & {"x-api-key", "authorization"}
    assert [item["number"] for item in stage.requests(after=1)] == [2]
    stage.script(text="scripted")
    assert stage.http.delete("/_demo").status_code == 200
    assert stage.requests() == []
    assert "demo model" in text_of(stage.ask())
    assert [item["number"] for item in stage.requests()] == [3]


@pytest.mark.parametrize(
    "script",
    [
        {"reply": {"texts": "slip"}},
        {"reply": {"stop_reason": "done"}},
        {"reply": {"cut_after_chars": -1}},
        {"reply": {"text": "a"}, "times": 0},
        {"reply": None},
        [],
    ],
)
def test_a_script_with_a_slip_is_refused(stage: Stage, script: Any) -> None:
    answer = stage.http.post("/_demo/script", json=script)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_the_script_api_is_closed_to_web_pages(stage: Stage) -> None:
    assert stage.http.get("/_demo/health").json() == {"status": "ok"}
    for headers in ({"origin": "https://example.com"}, {"host": "rebound.example.com:80"}):
        assert stage.http.get("/_demo/requests", headers=headers).status_code == 403


# The command


def start_command(port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "deploy.local.demo_model.server", "--port", str(port)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_prints_its_address_and_stops_on_sigterm_in_mid_stream() -> None:
    with start_command(port=0) as command:
        assert command.stdout is not None
        url = command.stdout.readline().removeprefix("listening on ").strip()
        with httpx2.Client(base_url=url) as http:
            http.post("/_demo/script", json={"reply": {"text": "Hello", "hang_after_chars": 1}})
            assert http.get("/_demo/health").headers["request-id"]
            with start_command(port=httpx2.URL(url).port or 0) as second:
                _, complaint = second.communicate()
                assert (second.returncode, complaint.count("\n")) == (1, 1)
                assert "cannot listen" in complaint
            client = anthropic.Anthropic(base_url=url, api_key="demo", max_retries=0)
            asked: dict[str, Any] = {
                "model": MODEL,
                "max_tokens": 9,
                "messages": [{"role": "user", "content": "secret"}],
            }
            with client.messages.create(stream=True, **asked) as events:
                assert next(iter(events)).type == "message_start"
                command.terminate()
                output, errors = command.communicate()
        assert (command.returncode, output, errors) == (0, "", "")
