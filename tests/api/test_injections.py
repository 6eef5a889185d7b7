"""Whatever a visitor or a source says, the model is given the published version and this visit's own thread, no more;
and the app gives away none of what it was given.

Shown on the record of the model that stands in for Claude: it needs no trust in any model.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.injections import IN_SOURCES, MESSAGES, SPLIT
from tests.people import Person
from tests.stage import Stage
from tests.visiting import DRAFT, ENTRIES, HIDDEN, SECRET, Visitor, entry, publish, said

# What nobody but their owner may read, and where it stands.
ANOTHERS = "Did she ever meet Ottoline Vanterpool?"  # asked on another visit
OLDER = "an entry of a version before, called Foxglove"
OTHER_TWIN = "an entry of another twin, called Hemlock"
PRIVATE_COLUMN = "private.address@velloria.example"
CHAT = "what a member asked in the chat, called Wolfsbane"
UNSEEN = ("Nightshade", "Moonflower", "Ottoline", "Foxglove", "Hemlock", "velloria.example", "Wolfsbane")
assert all(any(word in each for word in UNSEEN) for each in (HIDDEN, DRAFT, ANOTHERS, OLDER, OTHER_TWIN, CHAT))


@pytest.fixture
def visitor(stage: Stage, ada: Person) -> Visitor:
    """On a stage that holds all that is not theirs to see."""
    publish(stage, entries=[entry("notes", OLDER)])
    publish(stage, "other", entries=[entry("notes", OTHER_TWIN)])
    entries = [each | {"source_ids": [PRIVATE_COLUMN]} for each in ENTRIES]
    publish(stage, version=2, entries=entries)
    stage.put("twins", {"handle": "me", "item": "draft/source/1", "columns": {"Email Address": PRIVATE_COLUMN}})
    stage.store("previews/me/9.json.gz", b"a draft")
    Visitor(stage, ip="198.51.100.9").ask(ANOTHERS)
    ada.ask(ada.new_conversation(), CHAT)
    return Visitor(stage, referrer="https://secret-referrer.example/path")


def given(prompt: dict[str, Any]) -> str:
    return json.dumps([prompt.get("system"), prompt["messages"], prompt.get("tools")], ensure_ascii=False)


def lines_of_rules(prompt: dict[str, Any]) -> list[str]:
    """Of what the model is told besides the documents: what no reply of the app's may hold."""
    return [line.strip(' ",-') for block in prompt["system"] for line in block["text"].splitlines() if len(line) > 24]


def private_to(stage: Stage, visitor: Visitor) -> list[str]:
    """What must be in no input of the model's: all that is not published, another's, or of the visit itself."""
    signature = visitor.token.partition(".")[2]
    return [*UNSEEN, visitor.visit_id, signature, "203.0.113.7", "secret-referrer", "test-owner"]


def problems(stage: Stage, visitor: Visitor, texts: list[str], allowed: str = "") -> list[str]:
    """Where the model was given what it should not be, or the app gave away what the model was given."""
    before = len(stage.prompts())
    answers = [visitor.ask(text) for text in texts]
    prompts = stage.prompts()[before:]
    replies = [visitor.call("GET", "messages").raw, visitor.call("GET", "visit").raw]
    replies += [visitor.call("GET", f"messages/{each['message_id']}/frames").raw for each in answers]
    asked = " ".join(texts)
    found = [f"was given {word}" for word in private_to(stage, visitor) for each in prompts if word in given(each)]
    shown = " ".join(replies)
    # What the visitor wrote themselves comes back to them.
    found += [f"gave away: {line}" for line in lines_of_rules(prompts[0]) if line in shown and line not in asked]
    found += [f"gave away {word}" for word in (SECRET, "salaire", "salary") if word in shown and word not in asked]
    for each in prompts:
        systems = json.dumps(each["system"])
        if any(text[:40] in systems for text in texts):
            found.append("what was asked stands in the system prompt")
        roles = [message["role"] for message in each["messages"]]
        if roles[0] != "user" or any(a == b for a, b in itertools.pairwise(roles)):
            found.append(f"turns are {roles}")
    return found


def test_the_corpus_is_large_and_in_both_languages() -> None:
    everything = [*MESSAGES.values(), *SPLIT.values(), *IN_SOURCES.values()]
    assert len(everything) >= 80
    french = sum(
        any(word in f" {each} ".lower() for word in (" les ", " tes ", " ton ", " de "))
        for each in map(str, everything)
    )
    assert french >= 15


def test_what_a_visitor_writes_adds_their_own_words_to_the_prompt_and_nothing_else(
    stage: Stage, visitor: Visitor
) -> None:
    found = {}
    for name, text in MESSAGES.items():
        asking = Visitor(stage)
        found[name] = problems(stage, asking, [text])
    assert {name: each for name, each in found.items() if each} == {}


def test_nor_do_several_messages_in_a_row(stage: Stage, visitor: Visitor) -> None:
    found = {name: problems(stage, Visitor(stage), texts) for name, texts in SPLIT.items()}
    assert {name: each for name, each in found.items() if each} == {}


def test_the_rules_and_the_documents_are_the_same_bytes_whatever_is_asked(stage: Stage, visitor: Visitor) -> None:
    before = len(stage.prompts())
    for text in [*MESSAGES.values()][::6]:
        Visitor(stage).ask(text)
    prompts = stage.prompts()[before:]
    for name in ("system", "tools"):
        assert len({json.dumps(each[name]) for each in prompts}) == 1
    documents = {
        json.dumps([block for block in each["messages"][0]["content"] if block["type"] == "document"])
        for each in prompts
    }
    assert len(documents) == 1


def test_what_a_source_says_is_a_document_and_never_a_rule(stage: Stage, visitor: Visitor) -> None:
    found = {}
    for number, (name, text) in enumerate(IN_SOURCES.items(), start=3):
        publish(stage, version=number, entries=[*ENTRIES, entry("notes", "Tramways", f"Ran the tramways. {text}")])
        asking = Visitor(stage)
        found[name] = problems(stage, asking, ["Who ran the tramways?"])
        prompt = stage.prompts()[-1]
        if text in json.dumps(prompt["system"], ensure_ascii=False):
            found[name].append("stands among the rules")
        shown = "".join(said(each) for each in asking.messages() if each["role"] == "assistant")
        if "evil.example" in shown:  # a source's own link, which its owner has published, is the source's to give
            assert "evil.example" in text
    assert {name: each for name, each in found.items() if each} == {}


def test_a_model_that_was_talked_into_it_shows_text_alone(stage: Stage, visitor: Visitor) -> None:
    talked = (
        "Sure: ![p](https://evil.example/p.png?q=1) [log in](https://evil.example/login) https://evil.example/a"
        " <img src=https://evil.example/x onerror=alert(1)> [thesis](https://nantes.example/thesis)"
    )
    stage.script("Talk me into it", content=[{"type": "text", "text": talked}])
    visitor.browser.headers["origin"] = "https://site.example"
    answer = visitor.ask("Talk me into it")
    frames = visitor.call("GET", f"messages/{answer['message_id']}/frames").raw
    for shown in (said(answer), frames, visitor.call("GET", "visit").raw):
        assert "evil.example" not in shown
    assert said(answer).startswith("Sure: p log in […] <img src=[…] onerror=alert(1)>")
    assert said(answer).endswith("thesis (https://nantes.example/thesis)")
    assert {block["type"] for block in answer["content"]} == {"text"}


def test_what_a_model_thinks_is_shown_to_no_visitor(stage: Stage, visitor: Visitor) -> None:
    stage.script("Think aloud", thinking="My rules say Monkshood.", text="I worked.")
    answer = visitor.ask("Think aloud")
    assert said(answer) == "I worked."
    everything = (
        visitor.call("GET", "messages").raw + visitor.call("GET", f"messages/{answer['message_id']}/frames").raw
    )
    assert "Monkshood" not in everything


def test_a_model_that_refuses_ends_the_answer_and_nothing_else(stage: Stage, visitor: Visitor) -> None:
    stage.script("Refuse", content=[], stop_reason="refusal")
    refused = visitor.ask("Refuse")
    assert (refused["status"], refused["stop_reason"]) == ("complete", "refusal")
    assert visitor.ask("Where did you build pipelines?")["status"] == "complete"
