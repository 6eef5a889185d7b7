"""The demo model as the real SDK sees it: answers, citations, tools, limits and the prompt cache."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic.types import Message, ToolUseBlock

from tests.unit.demo_stage import MODEL, Stage, cached, citations_of, document, pages, running_stage, text_of

TITLE_PROMPT = "Write a short title for this conversation. Answer with the title only."
LONG_SYSTEM = "You answer about gardens. " * 300  # about 1,950 tokens: over the cache's minimum of 1,024


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


# Answers without a script


def test_the_first_answer_says_that_it_is_the_demo_model_and_later_ones_do_not(stage: Stage) -> None:
    first = stage.ask("Which roses flower in June?")
    assert "demo model" in text_of(first)
    assert "ANTHROPIC_API_KEY=… ./deploy.sh local" in text_of(first)
    history = [
        {"role": "user", "content": "Which roses flower in June?"},
        first.to_param(),
        {"role": "user", "content": "And tulips?"},
    ]
    second = text_of(stage.ask(messages=history))
    assert "demo model" not in second
    assert "**tulips**" in second
    assert "Which roses flower in June?" in second


def test_streaming_and_not_give_the_same_message(stage: Stage) -> None:
    streamed, whole = stage.ask(), stage.ask(stream=False)
    assert streamed.to_dict() | {"id": ""} == whole.to_dict() | {"id": ""}
    assert streamed.id != whole.id
    assert whole.stop_reason == "end_turn"
    assert set(stage.slept_s) == {0.02}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Comment tailler un rosier ?", "modèle de démonstration"),
        ("Write a Python function for a sum", "```python"),
        ("Give me a table of the roses", "| --- |"),
    ],
)
def test_the_answer_takes_the_form_that_is_asked_for(stage: Stage, question: str, expected: str) -> None:
    assert expected in text_of(stage.ask(question))


def test_a_title_request_gets_the_conversation_s_first_words(stage: Stage) -> None:
    title = text_of(stage.ask("user: how do I bake **bread** at home, please?", system=TITLE_PROMPT))
    assert title == "How do I bake bread"
    assert text_of(stage.ask("Roses?\n\n---\n\nI am the demo model.", system=TITLE_PROMPT)) == "Roses"


# Documents and citations


def test_content_documents_are_cited_by_block(stage: Stage) -> None:
    first = document(pages("The rent is 900 euros a month.", "Notice is three months. Keys are returned."))
    second = document(pages("Cats sleep most of the day."), title="Cats")
    message = stage.ask([second, first, {"type": "text", "text": "How long is the notice?"}])
    assert citations_of(message) == [
        {
            "type": "content_block_location",
            "cited_text": "Notice is three months. Keys are returned.",
            "document_index": 1,
            "document_title": "Lease",
            "start_block_index": 1,
            "end_block_index": 2,
            "file_id": None,
        }
    ]
    assert "“Notice is three months.”" in text_of(message)
    assert (
        message.to_dict()["content"]
        == stage.ask([second, first, {"type": "text", "text": "How long is the notice?"}], stream=False).to_dict()[
            "content"
        ]
    )


def test_a_long_table_is_quoted_by_its_rows(stage: Stage) -> None:
    table = "\n".join(f"goods-{number} | {number * 7}" for number in range(1, 200))
    message = stage.ask([document(pages(table)), {"type": "text", "text": "How much of goods 183?"}])
    assert "“goods-183 | 1281”" in text_of(message)
    assert citations_of(message)[0]["cited_text"] == table


def test_text_documents_are_cited_by_characters(stage: Stage) -> None:
    text = "The rent is 900 euros.\n\nNotice is three months. Keys are returned."
    source = {"type": "text", "media_type": "text/plain", "data": text}
    [citation] = citations_of(stage.ask([document(source), {"type": "text", "text": "What notice?"}]))
    assert citation["type"] == "char_location"
    assert citation["cited_text"] == text[citation["start_char_index"] : citation["end_char_index"]]
    assert citation["cited_text"] == "Notice is three months."


def make_pdf(*texts: str) -> str:
    """A PDF with one page per text, in base64; xref left out, as readers rebuild it."""
    kids = " ".join(f"{10 + 2 * index} 0 R" for index in range(len(texts)))
    objects = ["1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj", f"2 0 obj<</Type/Pages/Kids[{kids}]>>endobj"]
    for index, text in enumerate(texts):
        number = 10 + 2 * index
        objects.append(f"{number} 0 obj<</Type /Page /Parent 2 0 R /Contents {number + 1} 0 R>>endobj")
        objects.append(f"{number + 1} 0 obj<<>>\nstream\nBT ({text}) Tj ET\nendstream endobj")
    return base64.b64encode(("%PDF-1.4\n" + "\n".join(objects)).encode()).decode()


def test_pdfs_are_cited_by_page(stage: Stage) -> None:
    data = make_pdf("The rent is 900 euros.", "Notice is three months.")
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    [citation] = citations_of(stage.ask([document(source), {"type": "text", "text": "What notice?"}]))
    assert citation["type"] == "page_location"
    assert (citation["start_page_number"], citation["end_page_number"]) == (2, 3)
    assert citation["cited_text"] == "Notice is three months."


def test_a_document_that_has_nothing_of_the_question_is_quoted_from_its_beginning(stage: Stage) -> None:
    given = document(pages("[page 1]\n\nThe tenant pays.", "[page 2]\n\nKeys are returned."))
    message = stage.ask([given, {"type": "text", "text": "Summarise this document."}])
    assert text_of(message).endswith("From *Lease*: “The tenant pays.”")
    assert "[page" not in text_of(message)


def test_documents_without_citations_are_quoted_without_them(stage: Stage) -> None:
    message = stage.ask([document(pages("Notice is three months."), cited=False), {"type": "text", "text": "Notice?"}])
    assert "“Notice is three months.”" in text_of(message)
    assert citations_of(message) == []


def test_a_cited_answer_may_be_sent_back_as_history(stage: Stage) -> None:
    question = [document(pages("Notice is three months.")), {"type": "text", "text": "Notice?"}]
    cited = stage.ask(question).to_dict()["content"]
    history = [{"role": "user", "content": question}, {"role": "assistant", "content": cited}]
    again = stage.ask(messages=[*history, {"role": "user", "content": "How many months?"}])
    assert citations_of(again)[0]["start_block_index"] == 0


# Tools and thinking

SEARCH = {
    "name": "search_files",
    "description": "Search the files",
    "input_schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}


@pytest.mark.parametrize("stream", [True, False])
def test_a_tool_round_trip_ends_in_cited_search_results(stage: Stage, stream: bool) -> None:
    first = stage.ask("How long is the notice?", tools=[SEARCH], stream=stream)
    assert first.stop_reason == "tool_use"
    [call] = first.content
    assert isinstance(call, ToolUseBlock)
    assert (call.name, call.input) == ("search_files", {"query": "long notice"})
    found = {
        "type": "search_result",
        "source": "file:1",
        "title": "lease.pdf",
        "content": [{"type": "text", "text": "Rent."}, {"type": "text", "text": "Notice is three months."}],
        "citations": {"enabled": True},
    }
    history = [
        {"role": "user", "content": "How long is the notice?"},
        first.to_param(),
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": [found]}]},
    ]
    second = stage.ask(messages=history, tools=[SEARCH], stream=stream)
    assert second.stop_reason == "end_turn"
    [citation] = citations_of(second)
    assert citation["type"] == "search_result_location"
    assert (citation["search_result_index"], citation["start_block_index"]) == (0, 1)
    assert (citation["source"], citation["title"]) == ("file:1", "lease.pdf")


def test_a_document_at_hand_is_not_searched(stage: Stage) -> None:
    given = [document(pages("The rent is 900 euros.", "Notice is three months.")), {"type": "text", "text": "Files: x"}]

    def ask(question: str) -> Message:
        return stage.ask([*given, {"type": "text", "text": question}], tools=[SEARCH])

    at_hand = ask("How long is the notice?")
    assert citations_of(at_hand)[0]["start_block_index"] == 1
    elsewhere = ask("Which insurance covers the boiler?")
    [call] = elsewhere.content
    assert isinstance(call, ToolUseBlock)
    assert call.input == {"query": "insurance cover boiler"}, "of the question alone"
    assert ask("And what is it?").stop_reason == "end_turn", "nothing to search for"


def test_pages_that_are_named_are_read(stage: Stage) -> None:
    properties = {"file_id": {"type": "string"}, "first_page": {"type": "integer"}, "last_page": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "required": ["last_page", "file_id", "first_page"]}
    read = {"name": "read_pages", "description": "Read pages", "input_schema": schema}
    outline = {"type": "text", "text": '<file name="thesis.pdf" file_id="f1">\nTwo parts.\n</file>'}

    def call_of(question: str, *given: dict[str, Any]) -> Any:
        message = stage.ask([*given, {"type": "text", "text": question}], tools=[SEARCH, read])
        return next(((block.name, block.input) for block in message.content if isinstance(block, ToolUseBlock)), None)

    assert call_of("What is on page 12?", outline) == (
        "read_pages",
        {"file_id": "f1", "first_page": 12, "last_page": 12},
    )
    assert call_of("Summarise pages 3 to 5", outline) == (
        "read_pages",
        {"file_id": "f1", "first_page": 3, "last_page": 5},
    )
    assert call_of("What is on page 12?")[0] == "search_files", "there is no file to read"


def test_thinking_comes_signed_and_is_taken_back_only_as_it_was(stage: Stage) -> None:
    options: dict[str, Any] = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    stage.script(match="roses", thinking="Roses are plants.", text="Old roses.")
    message = stage.ask("Which roses?", **options)
    kinds = [block.type for block in message.content]
    assert kinds == ["thinking", "text"]
    thought, said = (block.to_dict() for block in message.content)
    assert thought["thinking"] == "Roses are plants."

    def follow_up(block: dict[str, Any]) -> Message:
        history = [
            {"role": "user", "content": "Which roses?"},
            {"role": "assistant", "content": [block, said]},
        ]
        return stage.ask(messages=[*history, {"role": "user", "content": "More?"}], **options)

    assert follow_up(thought).stop_reason == "end_turn"
    with pytest.raises(anthropic.BadRequestError, match=r"thinking.signature: Field required"):
        follow_up({"type": "thinking", "thinking": "Roses are plants."})
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`"):
        follow_up(thought | {"thinking": "Roses are animals."})


# Limits and stop reasons


@pytest.mark.parametrize("stream", [True, False])
def test_max_tokens_cuts_the_answer(stage: Stage, stream: bool) -> None:
    stage.script(text="abcd" * 100)
    message = stage.ask(max_tokens=10, stream=stream)
    assert (text_of(message), message.stop_reason) == ("abcd" * 10, "max_tokens")
    assert message.usage.output_tokens == 10


@pytest.mark.parametrize("stream", [True, False])
def test_a_stop_sequence_ends_the_answer_before_it(stage: Stage, stream: bool) -> None:
    stage.script(text="one END two")
    message = stage.ask(stop_sequences=["two", "END"], stream=stream)
    assert text_of(message) == "one "
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "END")


@pytest.mark.parametrize("reason", ["pause_turn", "refusal", "model_context_window_exceeded", "max_tokens"])
@pytest.mark.parametrize("stream", [True, False])
def test_scripted_stop_reasons(stage: Stage, reason: str, stream: bool) -> None:
    stage.script(text="I stop here", stop_reason=reason)
    message = stage.ask(stream=stream)
    assert message.stop_reason == reason
    assert (message.stop_details is not None) == (reason == "refusal")


def test_the_context_window_ends_an_answer_and_refuses_a_longer_prompt(stage: Stage) -> None:
    stage.script(text="abcd" * 100)
    message = stage.ask("word " * 159_992)  # 199,990 tokens: ten are left of the window
    assert (message.stop_reason, message.usage.output_tokens) == ("model_context_window_exceeded", 10)
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long: 201000 tokens"):
        stage.ask("word " * 160_800)


# The prompt cache


def figures(message: Message) -> tuple[int, int, int]:
    usage = message.usage
    return usage.cache_creation_input_tokens or 0, usage.cache_read_input_tokens or 0, usage.input_tokens


def test_a_growing_prefix_is_read_from_the_cache(stage: Stage) -> None:
    system = cached(LONG_SYSTEM)
    first = stage.ask(cached("Which roses?"), system=system)
    assert figures(first) == (1950 + 3, 0, 0)
    history = [{"role": "user", "content": "Which roses?"}, first.to_param()]
    grown = [*history, {"role": "user", "content": cached("And tulips?")}]
    second = stage.ask(messages=grown, system=system)
    created, read, rest = figures(second)
    assert (read, rest) == (1953, 0)
    counted = stage.client.messages.count_tokens(model=MODEL, system=system, messages=grown)  # type: ignore[arg-type]
    assert created + read + rest == counted.input_tokens
    assert figures(stage.ask(messages=grown, system=system, stream=False)) == (0, counted.input_tokens, 0)


def test_another_prefix_model_or_key_reads_nothing(stage: Stage) -> None:
    stage.ask(system=cached(LONG_SYSTEM))
    assert figures(stage.ask(system=cached(LONG_SYSTEM))) == (0, 1950, 3)
    assert figures(stage.ask(system=cached("x" + LONG_SYSTEM))) == (1951, 0, 3)
    assert figures(stage.ask(system=cached(LONG_SYSTEM), model="claude-haiku-5-5")) == (1950, 0, 3)
    stage.client = stage.client_with(api_key="other")
    assert figures(stage.ask(system=cached(LONG_SYSTEM))) == (1950, 0, 3)


def test_citations_change_the_system_prompt_and_images_the_messages(stage: Stage) -> None:
    system, tool = cached(LONG_SYSTEM), {**SEARCH, "description": LONG_SYSTEM, **cached("x")[0]}
    options: dict[str, Any] = {
        "system": system,
        "tools": [{k: v for k, v in tool.items() if k not in ("type", "text")}],
    }
    tools_tokens = figures(stage.ask("Who are you?", **options))[0] - 1950
    assert tools_tokens > 1950
    cited = [document(pages("Roses.")), *cached("Who are you?")]
    assert figures(stage.ask(cited, **options))[1] == tools_tokens, "the tools alone are read"
    everything = figures(stage.ask(cited, **options))[1]
    assert everything > tools_tokens + 1950
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": png}}
    grown = [*cited, image, *cached("And this?")]
    assert figures(stage.ask(grown, **options))[1] == tools_tokens + 1950, "tools and system are read"


def test_an_entry_lives_five_minutes_from_its_last_use_or_an_hour(stage: Stage) -> None:
    short, long = cached(LONG_SYSTEM), cached("Long. " + LONG_SYSTEM, ttl="1h")
    stage.ask(system=short)
    assert stage.ask(system=long).usage.cache_creation.ephemeral_1h_input_tokens == 1952  # type: ignore[union-attr]
    for _ in range(2):
        stage.now_s += 299
        assert figures(stage.ask(system=short)) == (0, 1950, 3)
    stage.now_s += 301
    assert figures(stage.ask(system=short)) == (1950, 0, 3)
    assert figures(stage.ask(system=long)) == (0, 1952, 3)


def test_short_prefixes_are_not_cached_and_the_lookback_ends_after_20_blocks(stage: Stage) -> None:
    for _ in range(2):
        assert figures(stage.ask(cached("Which roses?"))) == (0, 0, 3)
    stage.ask(cached(LONG_SYSTEM))

    def longer(extra_blocks: int) -> tuple[int, int, int]:
        plain = [{"type": "text", "text": f"Note {index:03}"} for index in range(extra_blocks - 1)]
        return figures(stage.ask([{"type": "text", "text": LONG_SYSTEM}, *plain, *cached("Well?")]))

    assert longer(20)[1] == 0
    assert longer(19)[1] == 1950


def test_what_the_app_says_of_a_deleted_file_is_said_on_and_is_not_taken_for_the_persons_words(stage: Stage) -> None:
    note = '<file name="a &amp; b.pdf" file_id="f1">\nThis file was deleted: its content is no longer there.\n</file>'
    first = [{"type": "text", "text": note}, {"type": "text", "text": "What notice is there?"}]
    messages = [
        {"role": "user", "content": first},
        {"role": "assistant", "content": "Three months."},
        {"role": "user", "content": "And what rent?"},
    ]
    text = text_of(stage.ask(messages=messages))
    assert "*a & b.pdf* was deleted" in text
    assert "began with “What notice is there?" in text
