"""The demo model as a twin: from the entries in the question's language, or that they lack it, or it declines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from anthropic.types import Message, ToolUseBlock

from deploy.local.demo_model import studies, twin
from tests.injections import MESSAGES
from tests.unit.demo_stage import Stage, citations_of, running_stage, text_of

TOOL: dict[str, Any] = {
    "name": "not_in_sources",
    "description": "Keep a question.",
    "input_schema": {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]},
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def section(title: str, *entries: str) -> dict[str, Any]:
    content = [{"type": "text", "text": entry} for entry in entries]
    source = {"type": "content", "content": content}
    return {"type": "document", "source": source, "title": title, "citations": {"enabled": True}}


DOCUMENTS = [
    section("experience", "Data engineer at Velloria\n2019\nBuilt the pipelines of the trams.", "Intern at Brumeux."),
    section("education", "Master of statistics, Nantes. Thesis on matrices."),
]


def ask(stage: Stage, question: str, *more: dict[str, Any]) -> Message:
    first = {"role": "user", "content": [*DOCUMENTS, {"type": "text", "text": question}]}
    return stage.ask(messages=[first, *more], tools=[TOOL])


@pytest.mark.parametrize(
    ("question", "begins", "document"),
    [
        ("What did you build for the trams?", "Here is what the sources say", 0),
        ("Where did you study?", "Here is what the sources say", 1),
        ("Où avez-vous travaillé ?", "Voici ce qu’en disent les sources", 0),
        ("Quel est ton diplôme ?", "Voici ce qu’en disent les sources", 1),
    ],
)
def test_it_answers_from_the_entries_in_the_questions_language(
    stage: Stage, question: str, begins: str, document: int
) -> None:
    answer = ask(stage, question)
    assert text_of(answer).startswith(begins)
    assert "demo model" not in text_of(answer)
    assert {each["document_index"] for each in citations_of(answer)} == {document}


@pytest.mark.parametrize("question", ["What is your favourite colour?", "Quelle est ta couleur préférée ?"])
def test_what_the_entries_lack_is_kept_by_the_tool_and_told(stage: Stage, question: str) -> None:
    called = ask(stage, question)
    (call,) = (block for block in called.content if isinstance(block, ToolUseBlock))
    assert (call.name, call.input) == ("not_in_sources", {"question": question})
    kept = "It is kept for the owner. Say that the sources do not hold it."
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": kept}]}
    answer = ask(stage, question, dict(called.to_param()), {"role": "user", "content": [result]})
    assert ("mes sources" if "couleur" in question else "my sources") in text_of(answer)


@pytest.mark.parametrize(
    "name",
    ["ignore", "ignorer", "repeat instructions", "répéter les consignes", "new role", "nouveau rôle", "poème", "code"],
)
def test_another_role_is_declined_in_a_sentence(stage: Stage, name: str) -> None:
    answer = text_of(ask(stage, MESSAGES[name]))
    assert answer.startswith(("I only speak of", "Je ne parle que"))
    assert "\n" not in answer


def test_french_signs_stay_with_their_words() -> None:
    french = [*twin._TEXTS["fr"].values(), *studies._PATTERNS["fr"].values()]
    assert [text for text in french if re.search(r" [:;?!»]|« ", text)] == []
