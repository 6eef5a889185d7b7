"""What the model is sent: one thread of turns, its beginning the same from turn to turn, within a budget."""

from __future__ import annotations

import itertools
import json
from typing import Any

from tests.people import Person
from tests.stage import Stage


def _without_marks(prompt: dict[str, Any]) -> list[str]:
    """The prompt's messages without their cache breakpoints, one JSON text each."""
    messages = json.loads(json.dumps(prompt["messages"]))
    for message in messages:
        for block in message["content"]:
            block.pop("cache_control", None)
    return [json.dumps(message) for message in messages]


def test_a_message_may_follow_any_answer_and_the_model_sees_only_that_thread(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    ada.ask(conversation_id, "Which lilies?")
    branch = ada.ask(conversation_id, "Which tulips?", parent_id=first["message_id"])
    assert "tulips" in str(stage.prompts()[-1])
    assert "roses" in str(stage.prompts()[-1])
    assert "lilies" not in str(stage.prompts()[-1])
    assert ada.conversation(conversation_id)["head"] == branch["message_id"]
    anew = ada.ask(conversation_id, "Which asters?", parent_id=None)
    assert len(stage.prompts()[-1]["messages"]) == 1
    assert ada.message(conversation_id, anew["parent_id"])["parent_id"] is None


def test_a_retry_asks_the_same_prompt_of_the_model_that_is_named(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    retried = ada.retry(conversation_id, first["message_id"], {"model": "claude-opus-5-5"})
    assert retried.body["user_message"]["message_id"] == first["parent_id"]
    stage.run()
    one, two = stage.prompts()
    assert _without_marks(one) == _without_marks(two)
    assert [one["model"], two["model"]] == ["claude-sonnet-5-5", "claude-opus-5-5"]
    ada.ask(conversation_id, "Which lilies?")
    assert len(stage.prompts()[-1]["messages"]) == 3


def test_the_prompts_prefix_is_the_same_from_turn_to_turn(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T", system="Be brief.")
    for number in range(5):
        ada.ask(conversation_id, f"Question {number}: é🐈")
    prompts = stage.prompts()
    for earlier, later in itertools.pairwise(prompts):
        before, after = _without_marks(earlier), _without_marks(later)
        assert after[: len(before)] == before
        assert len(after) == len(before) + 2
        assert earlier["system"] == later["system"]
        # The cache serves a prefix up to a breakpoint: the later prompt has one where the earlier one ended.
        assert "cache_control" in later["messages"][len(before) - 1]["content"][-1]
    assert all(json.dumps(prompt).count("cache_control") <= 4 for prompt in prompts)


def test_past_its_budget_a_prompt_shrinks_to_half_and_its_new_prefix_lasts(stage: Stage, ada: Person) -> None:
    stage.configure(history_tokens=2_000)
    conversation_id = ada.new_conversation(title="T")
    stage.script(None, text="x" * 290)
    for number in range(25):
        ada.ask(conversation_id, f"{number:03}" + "y" * 290)
    prompts = [_without_marks(prompt) for prompt in stage.prompts()]
    sizes = [sum(len(message) for message in prompt) // 3 for prompt in prompts]
    assert max(sizes) <= 2_600  # with JSON around the texts
    starts = [prompt[0] for prompt in prompts]
    cuts = [number for number in range(1, 25) if starts[number] != starts[number - 1]]
    assert 2 <= len(cuts) <= 5
    assert all(later - earlier >= 4 for earlier, later in itertools.pairwise(cuts))
    for cut in cuts:
        assert sizes[cut] <= 1_300
        assert prompts[cut][0] in prompts[cut - 1]  # the oldest were left out, nothing was changed
    for earlier, later in itertools.pairwise(prompts):
        assert later[: len(earlier)] == earlier or later[0] != earlier[0]


def test_after_a_cut_an_older_turn_taken_up_again_has_its_own_past(stage: Stage, ada: Person) -> None:
    stage.configure(history_tokens=1_000)
    conversation_id = ada.new_conversation(title="T")
    stage.script(None, text="x" * 290)
    answers = [ada.ask(conversation_id, f"{number:03}" + "y" * 290) for number in range(8)]
    assert "000y" not in str(stage.prompts()[-1])
    for text in ("edited", "and on"):
        parent = {"parent_id": answers[1]["message_id"]} if text == "edited" else {}
        ada.ask(conversation_id, text, **parent)
        thread = [json.loads(message)["content"][0]["text"][:3] for message in _without_marks(stage.prompts()[-1])]
        assert thread[:4] == ["000", "xxx", "001", "xxx"], text
    ada.retry(conversation_id, answers[2]["message_id"])
    stage.run()
    thread = [json.loads(message)["content"][0]["text"][:3] for message in _without_marks(stage.prompts()[-1])]
    assert thread == ["000", "xxx", "001", "xxx", "002"]


def test_only_text_of_earlier_answers_goes_into_a_prompt(stage: Stage, ada: Person) -> None:
    stage.script("roses", thinking="SECRET", text="Red.")
    stage.script("lilies", error={"status": 400})
    conversation_id = ada.new_conversation(title="T")
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    assert ada.ask(conversation_id, "Which lilies?")["status"] == "failed"
    ada.ask(conversation_id, "Which tulips?")
    last = [json.loads(message) for message in _without_marks(stage.prompts()[-1])]
    assert [message["content"][0]["text"] for message in last] == [
        "Which roses?",
        "Red.",
        "Which lilies?",
        "Which tulips?",
    ]
    assert "SECRET" not in str(last)


def test_a_blank_system_prompt_is_none(stage: Stage, ada: Person) -> None:
    assert ada.ask(ada.new_conversation(title="T", system=" \n"), "Which roses?")["status"] == "complete"
    assert "system" not in stage.prompts()[0]
