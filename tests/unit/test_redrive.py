"""What Lambda gave up is shown without anybody's text, invoked again, and forgotten only once Lambda has taken it.

SQS is moto's; Lambda is a stand-in behind a real client.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy import commands, redrive, results
from deploy.environment import DeploymentError, Stage
from deploy.functions.app_modules import functions
from tests.fakes import clients
from tests.fakes.aws import FakeLambda, client_error

USER, CONVERSATION, MESSAGE, FILE = (f"{digit * 8}-0000-7000-8000-{digit * 12}" for digit in "abcd")
ORDER = {"user_id": USER, "conversation_id": CONVERSATION, "message_id": MESSAGE}
STORED = {"Records": [{"s3": {"object": {"key": f"uploads/{USER}/{FILE}/My+divorce.pdf", "sequencer": "1"}}}]}
QUEUES = sorted({each.events.failures for each in functions().values() if each.events})
ANSWERS, FILES = (each.events.failures for each in map(functions().get, ("answer", "extract")) if each and each.events)


@dataclass(frozen=True)
class FailedStage(Stage):
    """A stage of moto's, but for Lambda."""

    lambdas: FakeLambda = field(default_factory=FakeLambda)

    def client(self, service: str) -> Any:
        return clients.client("lambda", self.lambdas) if service == "lambda" else super().client(service)

    def fails(self, queue: str, function: str, payload: Any, **record: Any) -> str:
        """Put a record as Lambda does; returns its id."""
        context = {
            "requestId": "e4b46cbf-b738-4880-8a18-f61cca1bcb5a",
            "functionArn": f"arn:aws:lambda:{self.region}:123456789012:function:{function}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1,
        }
        whole = {
            "version": "1.0",
            "timestamp": "2026-11-28T09:00:00.000Z",
            "requestContext": context,
            "requestPayload": payload,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorType": "Failed", "errorMessage": "KeyError", "stackTrace": ["a secret"]},
        }
        return self.sends(queue, json.dumps(whole | record))

    def sends(self, queue: str, body: str) -> str:
        sqs = super().client("sqs")
        return str(sqs.send_message(QueueUrl=self.url(queue), MessageBody=body)["MessageId"])

    def url(self, queue: str) -> str:
        return str(super().client("sqs").get_queue_url(QueueName=f"{self.prefix}-{queue}")["QueueUrl"])

    def left(self, queue: str = ANSWERS) -> int:
        """What anybody may receive now: nothing is kept back."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = super().client("sqs").get_queue_attributes(QueueUrl=self.url(queue), AttributeNames=names)["Attributes"]
        assert found["ApproximateNumberOfMessagesNotVisible"] == "0", "given back, or deleted"
        return int(found["ApproximateNumberOfMessages"])


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailedStage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(redrive, "WAIT_S", 0)  # moto has no servers that could be left out
    with mock_aws():
        for each in QUEUES:
            boto3.client("sqs", "eu-west-1").create_queue(QueueName=f"chatapp-prod-{each}")
        yield FailedStage("prod", "eu-west-1")


def _run(stage: Stage, queue: str | None = None, message: str | None = None, *, replay: bool = False) -> bool:
    return redrive.redrive(stage, functions(), queue, message, replay=replay)


def test_what_a_queue_holds_is_shown_and_stays(stage: FailedStage, capsys: pytest.CaptureFixture[str]) -> None:
    of_answer = stage.fails(ANSWERS, "chatapp-prod-answer", ORDER)
    of_file = stage.fails(FILES, "chatapp-prod-extract", STORED)
    assert _run(stage)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == QUEUES
    (answer,) = (line for line in lines if of_answer in line)
    (file,) = (line for line in lines if of_file in line)
    assert f"answer: RetriesExhausted Failed KeyError, 1 try; user_id {USER} conversation_id {CONVERSATION}" in answer
    assert MESSAGE in answer
    assert f"extract: RetriesExhausted Failed KeyError, 1 try; user_id {USER} file_id {FILE}" in file
    assert (stage.left(), stage.left(FILES)) == (1, 1), "they are given back"
    assert stage.lambdas.pending == []
    assert _run(stage), "again at once"
    assert of_answer in capsys.readouterr().out


def test_a_waking_says_what_it_is_and_is_not_run_again(stage: FailedStage, capsys: pytest.CaptureFixture[str]) -> None:
    """Lambda gives one up that it throttled for a minute; the worker that it was for is needed no more."""
    waking = stage.fails(ANSWERS, "chatapp-prod-answer", {"wake": True, "trace_id": "a" * 8})
    lost = stage.fails(ANSWERS, "chatapp-prod-answer", ORDER)
    assert _run(stage)
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.startswith(" ")}
    assert lines[waking].endswith("; a waking, nobody waits for it")
    assert "waking" not in lines[lost]
    assert _run(stage, replay=True)
    assert stage.left() == 0
    assert len(stage.lambdas.pending) == 1
    assert stage.lambdas.wakes == 0


@pytest.mark.parametrize(
    ("payload", "answered"),
    [
        ({**ORDER, "text": "My divorce"}, {"errorType": "KeyError", "errorMessage": "My divorce"}),
        ({**ORDER, "message_id": "My divorce"}, {"errorType": "Sandbox.Timedout", "errorMessage": "after My divorce"}),
        (STORED, {"errorType": "Failed", "errorMessage": "My+divorce.pdf", "stackTrace": ["My divorce"]}),
        ("My divorce", "My divorce"),
        (["My divorce"], ["My divorce"]),
        ({"Records": [{"s3": "My divorce"}]}, None),
    ],
)
def test_no_text_of_anybody_is_shown(
    stage: FailedStage, capsys: pytest.CaptureFixture[str], payload: Any, answered: Any
) -> None:
    message = stage.fails(ANSWERS, "chatapp-prod-answer", payload, responsePayload=answered)
    assert _run(stage)
    shown = capsys.readouterr().out
    assert message in shown
    assert "divorce" not in shown


def test_what_is_replayed_is_what_was_asked_and_is_then_forgotten(
    stage: FailedStage, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        stage.fails(ANSWERS, "chatapp-prod-answer", {**ORDER, "number": number})
    stage.fails(FILES, "chatapp-prod-extract", STORED)
    assert _run(stage, replay=True)
    orders = [payload for name, payload in stage.lambdas.pending if name == "chatapp-prod-answer"]
    assert sorted(order.pop("number") for order in orders) == list(range(12))
    assert all(order == ORDER for order in orders)
    assert [payload for name, payload in stage.lambdas.pending if name == "chatapp-prod-extract"] == [STORED]
    assert (stage.left(), stage.left(FILES)) == (0, 0)
    assert capsys.readouterr().out.count("  replayed") == 13


def test_what_fails_again_meanwhile_is_left_for_the_next_run(stage: FailedStage) -> None:
    """A function that fails at once must not be asked for ever."""

    def fail(payload: Any) -> None:
        stage.fails(ANSWERS, "chatapp-prod-answer", payload)

    stage.lambdas.deliver = fail
    stage.fails(ANSWERS, "chatapp-prod-answer", ORDER)
    assert _run(stage, replay=True)
    assert stage.left() == 1


def test_what_lambda_does_not_take_stays(stage: FailedStage, capsys: pytest.CaptureFixture[str]) -> None:
    refused = stage.fails(ANSWERS, "chatapp-prod-answer", ORDER)
    stage.fails(FILES, "chatapp-prod-extract", STORED)
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429, "Rate exceeded"))
    assert _run(stage, replay=True) is False
    shown = capsys.readouterr().out
    assert "NOT replayed" in shown
    assert "Rate exceeded" in shown
    assert (stage.left(), stage.left(FILES)) == (1, 0), "the others are replayed"
    assert _run(stage, replay=True)
    assert refused in capsys.readouterr().out
    assert stage.left() == 0


@pytest.mark.parametrize(
    ("function", "record", "said"),
    [
        ("chatapp-prod-gone", {}, "no function of this stage"),
        ("chatapp-other-answer", {}, "no function of this stage"),
        ("answer", {}, "no function of this stage"),
        ("chatapp-prod-answer", {"requestPayload": None}, "no payload"),
    ],
)
def test_what_cannot_be_replayed_says_why_and_stays(
    stage: FailedStage, capsys: pytest.CaptureFixture[str], function: str, record: dict[str, Any], said: str
) -> None:
    stage.fails(ANSWERS, function, ORDER, **record)
    assert _run(stage, replay=True) is False
    assert said in capsys.readouterr().out
    assert stage.lambdas.pending == []
    assert stage.left() == 1


@pytest.mark.parametrize("body", ["", "[]", "{}", "nonsense", '{"requestContext": null, "responsePayload": 1}'])
def test_what_is_no_record_is_shown_and_stays(
    stage: FailedStage, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    message = stage.sends(ANSWERS, body or " ")
    assert _run(stage, replay=True) is False
    assert message in capsys.readouterr().out
    assert stage.left() == 1


def test_one_queue_or_one_record_alone(stage: FailedStage, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (stage.fails(ANSWERS, "chatapp-prod-answer", {**ORDER, "number": number}) for number in range(2))
    stage.fails(FILES, "chatapp-prod-extract", STORED)
    assert _run(stage, FILES)
    assert ANSWERS not in capsys.readouterr().out
    assert _run(stage, message=second, replay=True)
    shown = capsys.readouterr().out
    assert second in shown
    assert first not in shown
    assert [payload["number"] for _, payload in stage.lambdas.pending] == [1]
    assert (stage.left(), stage.left(FILES)) == (1, 1)


def test_the_command_says_by_its_status_whether_all_was_replayed(
    stage: FailedStage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here moto's Lambda answers, which has no function."""
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(results, "BUILD", tmp_path)
    stage.fails(FILES, "chatapp-prod-extract", STORED)
    command = ["redrive", "prod", FILES, "--region", "eu-west-1"]
    assert commands.main(command) == 0
    assert FILE in capsys.readouterr().out
    assert commands.main([*command, "--replay"]) == 1
    assert "ResourceNotFoundException" in capsys.readouterr().out
    assert stage.left(FILES) == 1


def test_what_is_not_there_is_named(stage: FailedStage) -> None:
    with pytest.raises(DeploymentError, match=f"no queue nothing; it has {', '.join(QUEUES)}"):
        _run(stage, "nothing")
    with pytest.raises(DeploymentError, match="no message 1"):
        _run(stage, message="1", replay=True)
    with pytest.raises(DeploymentError, match=r"no queue chatapp-other-.* in eu-west-1; \./deploy\.sh other makes it"):
        _run(FailedStage("other", "eu-west-1"))
