"""What Lambda gave up: whoever looks after the stage sees it, and has it run again."""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

import pytest

from deploy import redrive
from deploy.environment import Stage
from deploy.functions import app_modules
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.faults import FailureQueue, log_text
from tests.e2e.people import Person
from tests.e2e.waiting import until

QUEUE = "answer-failures"


@pytest.fixture
def stage(deployment: Deployment) -> Stage:
    return Stage(deployment.stage, deployment.region, os.environ.get("AWS_ENDPOINT_URL"))


def _lines(stage: Stage, capsys: pytest.CaptureFixture[str], about: str) -> list[str]:
    capsys.readouterr()
    assert redrive.redrive(stage, app_modules.functions(), QUEUE, replay=False)
    return [line for line in capsys.readouterr().out.splitlines() if about in line]


def _replayed(stage: Stage, message: str) -> None:
    assert redrive.redrive(stage, app_modules.functions(), QUEUE, message, replay=True)


def test_what_failed_is_shown_without_its_text_and_fails_again_when_replayed(
    deployment: Deployment, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    message_id = str(uuid.uuid4())
    strange = {"message_id": message_id, "text": "Which roses?"}
    deployment.client("lambda").invoke(
        FunctionName=deployment.function("answer"), InvocationType="Event", Payload=json.dumps(strange).encode()
    )
    (first,) = until(lambda: _lines(stage, capsys, message_id), 30, "a record of the failure")
    assert "answer: RetriesExhausted" in first
    assert "KeyError" in first
    assert "roses" not in first
    _replayed(stage, first.split()[0])
    (second,) = until(lambda: _lines(stage, capsys, message_id), 30, "a record of the second failure")
    assert second.split()[0] != first.split()[0], "the first one is gone"
    FailureQueue(deployment).receive(lambda payload: bool(payload == strange))


@pytest.mark.scripted
def test_an_answer_that_is_over_is_left_as_it_is_by_a_replay(
    deployment: Deployment, stage: Stage, ada: Person, model: Model, word: str
) -> None:
    model.script(word, text="Red ones.")
    answer = ada.ask(ada.new_conversation(title="Roses"), f"{word} which roses?")
    order = {"user_id": ada.user_id, **{name: answer[name] for name in ("conversation_id", "message_id")}}
    _replayed(stage, _put(deployment, order))

    def runs() -> bool:
        lines = log_text(deployment).splitlines()
        return sum('"event":"answer"' in line and answer["message_id"] in line for line in lines) == 2

    until(runs, 60, "the end of the second run")
    assert ada.message(answer["conversation_id"], answer["message_id"]) == answer
    assert len(model.requests(word)) == 1, "Claude is not asked again"


def _put(deployment: Deployment, payload: dict[str, Any]) -> str:
    """A record as Lambda puts it."""
    function = f"arn:aws:lambda:{deployment.region}:000000000000:function:{deployment.function('answer')}:$LATEST"
    context = {"functionArn": function, "condition": "EventAgeExceeded", "approximateInvokeCount": 0}
    sqs = deployment.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{deployment.prefix}-{QUEUE}")["QueueUrl"]
    body = json.dumps({"requestContext": context, "requestPayload": payload})
    return str(sqs.send_message(QueueUrl=url, MessageBody=body)["MessageId"])
