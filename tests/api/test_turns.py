"""Sending: one prompt, one answer, one at a time; what a repeat finds; budgets; what the model is sent."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.aws import client_error
from tests.people import Person, Reply, text_of
from tests.stage import Stage


def _together(*calls: Callable[[], Reply]) -> list[Reply]:
    """Make all calls at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(calls))
    replies: dict[int, Reply] = {}

    def run(number: int, call: Callable[[], Reply]) -> None:
        gate.wait()
        replies[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [replies[number] for number in range(len(calls))]


def _without_marks(prompt: dict[str, Any]) -> list[str]:
    """The prompt's messages without their cache breakpoints, one JSON text each."""
    messages = json.loads(json.dumps(prompt["messages"]))
    for message in messages:
        for block in message["content"]:
            block.pop("cache_control", None)
    return [json.dumps(message) for message in messages]


def test_a_turn_is_stored_before_the_model_is_asked_and_the_answer_after(stage: Stage, ada: Person) -> None:
    stage.script("roses", thinking="Hm.", text="Red roses.", usage={"input_tokens": 100, "output_tokens": 20})
    conversation_id = ada.new_conversation(title="T")
    sent = ada.send(conversation_id, "Which roses?")
    assert sent.status == 202
    prompt, queued = sent.body["user_message"], sent.body["answer"]
    assert (prompt["role"], prompt["status"], prompt["content"]) == (
        "user",
        "complete",
        [{"type": "text", "text": "Which roses?"}],
    )
    assert (queued["status"], queued["content"], queued["parent_id"]) == ("queued", [], prompt["message_id"])
    assert ada.messages(conversation_id) == [queued, prompt]
    assert stage.requests() == []
    assert ada.conversation(conversation_id)["answer_in_progress"] == queued["message_id"]

    stage.run()
    answer = ada.message(conversation_id, queued["message_id"])
    assert answer["status"] == "complete"
    assert answer["content"] == [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Red roses."}]
    assert (answer["stop_reason"], answer["error"], answer["model"]) == ("end_turn", None, "claude-sonnet-5-5")
    assert (answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]) == (100, 20)
    assert answer["usage"]["cost_usd"] == pytest.approx((100 * 2 + 20 * 10) / 1e6, rel=0.2)
    shown = ada.conversation(conversation_id)
    assert (shown["head"], shown["answer_in_progress"]) == (answer["message_id"], None)
    assert shown["timestamp"] == queued["created_at"]


@pytest.mark.parametrize("count", [2, 5])
def test_of_sends_at_once_one_is_accepted_and_the_others_are_told_which(stage: Stage, ada: Person, count: int) -> None:
    conversation_id = ada.new_conversation(title="T")
    texts = [f"Question {number}" for number in range(count)]
    replies = _together(*(lambda text=text: ada.send(conversation_id, text) for text in texts))
    accepted = [reply for reply in replies if reply.status == 202]
    refused = [reply for reply in replies if reply.status != 202]
    assert len(accepted) == 1
    winner = accepted[0].body
    for reply in refused:
        assert (reply.status, reply.error) == (409, "answer_in_progress")
        assert reply.body["error"]["message_id"] == winner["answer"]["message_id"]
    stage.run()
    assert len(stage.prompts()) == 1
    assert len(ada.messages(conversation_id)) == 2
    # The text that was kept is sent afterwards.
    lost = next(text for text in texts if text != winner["user_message"]["content"][0]["text"])
    assert ada.ask(conversation_id, lost)["status"] == "complete"


@pytest.mark.parametrize("moment", ["queued", "streaming"])
def test_a_send_while_an_answer_is_in_progress_is_told_which(stage: Stage, ada: Person, moment: str) -> None:
    conversation_id = ada.new_conversation(title="T")
    answer_id = ada.queue(conversation_id, "Which roses?")
    if moment == "streaming":
        stage.edit("messages", answer_id, status="streaming", token="t", lease_until=2**40)
    before = stage.rows("messages")
    for refused in (ada.send(conversation_id, "Which lilies?"), ada.retry(conversation_id, answer_id)):
        assert (refused.status, refused.error) == (409, "answer_in_progress")
        assert refused.body["error"]["message_id"] == answer_id
    assert stage.rows("messages") == before


def test_the_same_request_id_is_the_same_turn_at_every_moment(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    request_id = uuid.uuid4().hex

    def send(text: str = "Which roses?") -> Reply:
        return ada.send(conversation_id, text, request_id=request_id)

    first = send()
    assert send().body == first.body  # while it is queued: it is invoked once more
    assert len(stage.lambdas.pending) == 2
    stage.run()
    done = send()  # when it has ended
    assert done.status == 202
    assert done.body["answer"]["message_id"] == first.body["answer"]["message_id"]
    assert done.body["answer"]["status"] == "complete"
    ada.queue(conversation_id, "And lilies?")
    assert send().body == done.body  # while another answer is in progress
    for text in ("Which roses", "Which roses??"):
        assert (send(text).status, send(text).error) == (409, "request_id_reused")
    stage.configure(user_budget_usd=0)
    assert send().body == done.body  # while the budget is spent
    stage.run()
    assert len([row for row in stage.rows("messages") if row.get("role")]) == 4
    assert len(stage.prompts()) == 2


def test_the_same_request_at_once_from_several_threads_is_one_turn(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    request_id = uuid.uuid4().hex
    send = [lambda: ada.send(conversation_id, "Which roses?", request_id=request_id)] * 6
    replies = _together(*send)
    assert {reply.status for reply in replies} == {202}
    assert len({reply.raw for reply in replies}) == 1
    with stage.working():
        pass
    assert len(stage.prompts()) == 1
    assert len(ada.messages(conversation_id)) == 2


def test_the_first_message_at_once_from_several_threads_is_one_conversation(stage: Stage, ada: Person) -> None:
    body = {"message": {"text": "Which roses?", "request_id": uuid.uuid4().hex}}
    replies = _together(*[lambda: ada.post("/conversations", body)] * 6)
    assert {(reply.status, reply.raw) for reply in replies} == {(201, replies[0].raw)}
    assert len(stage.rows("conversations")) == 1


def test_a_crash_between_storing_and_invoking_heals_on_the_repeat(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    request_id = uuid.uuid4().hex
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429))
    failed = ada.send(conversation_id, "Which roses?", request_id=request_id)
    assert (failed.status, failed.error) == (503, "unavailable")
    assert stage.lambdas.pending == []
    healed = ada.send(conversation_id, "Which roses?", request_id=request_id)
    assert healed.status == 202
    stage.run()
    assert [message["status"] for message in ada.messages(conversation_id)] == ["complete", "complete"]


def test_a_crash_between_storing_a_retry_and_invoking_heals_on_the_repeat(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    stage.lambdas.failures.append(client_error("ServiceException", "Invoke", 500))
    failed = ada.retry(conversation_id, first["message_id"])
    assert (failed.status, failed.error) == (503, "unavailable")
    healed = ada.retry(conversation_id, first["message_id"])
    assert healed.status == 202
    stage.run()
    messages = ada.messages(conversation_id)
    assert [(message["role"], message["status"]) for message in messages] == [
        ("assistant", "complete"),
        ("assistant", "superseded"),
        ("user", "complete"),
    ]
    assert messages[0]["message_id"] == healed.body["answer"]["message_id"]


def test_a_crash_between_storing_a_first_message_and_invoking_heals_on_the_repeat(stage: Stage, ada: Person) -> None:
    body = {"message": {"text": "Which roses?", "request_id": uuid.uuid4().hex}}
    stage.lambdas.failures.append(client_error("ServiceException", "Invoke", 500))
    assert ada.post("/conversations", body).status == 503
    healed = ada.post("/conversations", body)
    stage.run()
    answer = ada.message(healed.body["conversation_id"], healed.body["answer"]["message_id"])
    assert answer["status"] == "complete"


def test_two_retries_at_once_make_one_answer(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    replies = _together(*[lambda: ada.retry(conversation_id, first["message_id"])] * 3)
    assert {reply.status for reply in replies} == {202}
    assert len({reply.raw for reply in replies}) == 1
    with stage.working():
        pass
    assert len(stage.prompts()) == 2


# Branches


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


# What the model is sent


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


# Titles


def _while_the_title_is_written(stage: Stage, act: Callable[[], object], **reply: Any) -> None:
    """Act between the request for a title and its answer."""
    stage.script(None, title=True, **{"text": "Red roses", "delay_first_s": 1, **reply})

    def sleep(seconds: float) -> None:
        if seconds == 1:
            act()

    stage.model.sleep = sleep


def test_a_title_is_written_once_after_the_first_answer_when_the_head_is_free(stage: Stage, ada: Person) -> None:
    stage.script("roses", text="Red.")
    conversation_id = ada.new_conversation()
    in_progress: list[object] = []

    def look() -> None:
        in_progress.append(stage.row("conversations", conversation_id).get("answer_in_progress"))

    _while_the_title_is_written(stage, look, text="  Red\n roses ")
    ada.ask(conversation_id, "Which roses?")
    assert in_progress == [None]
    assert ada.conversation(conversation_id)["title"] == "Red roses"
    title = next(request["body"] for request in stage.requests() if "title only" in str(request["body"]))
    assert title["model"] == "claude-haiku-5-5"
    ada.ask(conversation_id, "And pink roses?")
    assert len(stage.requests()) == 3


def test_a_title_is_not_written_over_the_owners_own(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    _while_the_title_is_written(stage, lambda: ada.patch(f"/conversations/{conversation_id}", {"title": "Mine"}))
    ada.ask(conversation_id, "Which roses?")
    assert ada.conversation(conversation_id)["title"] == "Mine"
    named = ada.new_conversation(title="Named")
    ada.ask(named, "Which roses?")
    assert ada.conversation(named)["title"] == "Named"


def test_a_title_does_not_bring_a_deleted_conversation_back(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    _while_the_title_is_written(stage, lambda: ada.delete(f"/conversations/{conversation_id}"))
    ada.queue(conversation_id, "Which roses?")
    stage.run()
    assert len(stage.requests()) == 2
    assert "title" not in stage.row("conversations", conversation_id)


@pytest.mark.parametrize("reply", [{"error": {"status": 529}}, {"text": "Ro", "cut_after_chars": 1}])
def test_a_title_that_cannot_be_made_is_no_failure_of_the_answer(
    stage: Stage, ada: Person, reply: dict[str, Any]
) -> None:
    stage.script(None, title=True, **reply)
    conversation_id = ada.new_conversation()
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    assert ada.conversation(conversation_id)["title"] is None


# Budgets


@pytest.mark.parametrize("whose", ["user", "stage"])
def test_a_spent_budget_is_told_before_anything_is_stored(stage: Stage, ada: Person, grace: Person, whose: str) -> None:
    stage.configure(**{f"{whose}_budget_usd": 0.001})
    stage.script(None, text="Red.", usage={"output_tokens": 100})
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    before = {table: stage.rows(table) for table in ("conversations", "messages", "usage")}
    for refused in (
        ada.send(conversation_id, "More"),
        ada.retry(conversation_id, first["message_id"]),
        ada.post("/conversations", {"message": {"text": "More", "request_id": uuid.uuid4().hex}}),
        ada.post("/chat", {"message": "More"}),
        ada.post("/chat", {"message": "More", "conversation_id": conversation_id}),
    ):
        assert (refused.status, refused.error) == (429, "budget_spent")
    assert {table: stage.rows(table) for table in before} == before
    assert stage.lambdas.pending == []
    assert len(stage.requests()) == 1
    assert ada.stop(conversation_id, first["message_id"]).status == 202
    # One person's cap is not another's; the stage's is everybody's.
    other = grace.post("/conversations", {"message": {"text": "More", "request_id": uuid.uuid4().hex}})
    assert other.status == (201 if whose == "user" else 429)


def test_usage_is_counted_for_the_person_and_the_stage_titles_included(stage: Stage, ada: Person) -> None:
    stage.script(None, text="Red.", usage={"input_tokens": 1_000, "output_tokens": 100})
    stage.script(None, title=True, text="Roses", usage={"input_tokens": 10, "output_tokens": 1})
    ada.ask(ada.new_conversation(), "Which roses?")
    for subject in (f"user:{ada.user_id}", "stage"):
        counted = stage.row("usage", subject)
        assert (counted["input_tokens"], counted["output_tokens"]) == (1_010, 101)
        assert counted["cost_micro_usd"] == 1_000 * 2 + 100 * 10 + 8


# POST /chat


def test_chat_answers_in_one_request(stage: Stage, ada: Person) -> None:
    stage.lambdas.deliver = stage.answer
    stage.script("roses", text="Red.")
    reply = ada.post("/chat", {"message": "Which roses?"})
    assert reply.status == 200
    assert (reply.body["text"], reply.body["status"], reply.body["stop_reason"]) == ("Red.", "complete", "end_turn")
    assert reply.body["content"] == [{"type": "text", "text": "Red."}]
    again = ada.post("/chat", {"message": "And lilies?", "conversation_id": reply.body["conversation_id"]})
    assert again.body["conversation_id"] == reply.body["conversation_id"]
    assert len(stage.prompts()[-1]["messages"]) == 3
    body = {"message": "Which tulips?", "request_id": uuid.uuid4().hex}
    assert ada.post("/chat", body).body == ada.post("/chat", body).body
    assert len(stage.prompts()) == 3


def test_chat_says_what_went_wrong(stage: Stage, ada: Person) -> None:
    stage.lambdas.deliver = stage.answer
    stage.script(None, error={"status": 400})
    reply = ada.post("/chat", {"message": "Which roses?"})
    assert (reply.status, reply.body["status"], reply.body["error"]["code"]) == (200, "failed", "prompt_refused")


def test_chat_gives_the_ids_when_the_answer_takes_too_long(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib import views

    monkeypatch.setattr(views, "CHAT_WAIT_S", 0.3)
    reply = ada.post("/chat", {"message": "Which roses?"})
    assert reply.status == 202
    assert (reply.body["status"], reply.body["text"]) == ("queued", None)
    stage.run()
    answer = ada.message(reply.body["conversation_id"], reply.body["message_id"])
    assert text_of(answer)
