"""IAM is enforced: with one action less, the flow that needs it fails, and heals once it is back."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from deploy.local.aws import EVENT_RETRY_S
from tests.e2e import uploads
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.faults import FailureQueue, without_action
from tests.e2e.files import REPORT
from tests.e2e.people import Person, text_of

pytestmark = [pytest.mark.local_only, pytest.mark.scripted, pytest.mark.exclusive]


def test_without_update_item_no_answer_is_made(deployment: Deployment, ada: Person, model: Model, word: str) -> None:
    model.script(word, text="Allowed again.")
    conversation_id = ada.new_conversation()
    body = {"text": f"{word} a question", "request_id": str(uuid.uuid4())}
    with without_action(deployment, "answer", "dynamodb:UpdateItem", "-messages"):
        sent = ada.post(f"/conversations/{conversation_id}/messages", body)
        answer = sent.body["answer"]
        FailureQueue(deployment).receive(lambda payload: payload.get("message_id") == answer["message_id"])
        assert ada.message(conversation_id, answer["message_id"])["status"] == "queued"
        assert model.requests(word) == []
    again = ada.post(f"/conversations/{conversation_id}/messages", body)
    assert again.body["answer"]["message_id"] == answer["message_id"]
    assert text_of(ada.settled(answer)) == "Allowed again."


def test_without_invoke_the_message_is_stored_and_a_repeat_starts_it(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, text="Started by the repeat.")
    conversation_id = ada.new_conversation()
    body = {"text": f"{word} a question", "request_id": str(uuid.uuid4())}
    with without_action(deployment, "api_handler", "lambda:InvokeFunction", "-answer"):
        refused = ada.post(f"/conversations/{conversation_id}/messages", body)
        # A missing permission is a fault of ours, not a busy AWS.
        assert (refused.status, refused.error["code"]) == (500, "internal")
        assert [item["role"] for item in ada.messages(conversation_id)] == ["assistant", "user"]
    sent = ada.post(f"/conversations/{conversation_id}/messages", body)
    assert sent.status == 202
    assert text_of(ada.settled(sent.body["answer"])) == "Started by the repeat."
    assert len(ada.messages(conversation_id)) == 2


@pytest.mark.parametrize(
    ("action", "resource"),
    [("dynamodb:Query", "/index/timestamp-index"), ("dynamodb:PutItem", "-conversations")],
)
def test_without_its_table_actions_the_api_fails(
    deployment: Deployment, ada: Person, action: str, resource: str
) -> None:
    def flow() -> int:
        if action == "dynamodb:Query":
            return ada.get("/conversations").status
        return ada.post("/conversations", {}).status

    with without_action(deployment, "api_handler", action, resource):
        assert flow() == 500
    assert flow() in {200, 201}


@pytest.mark.parametrize(
    ("action", "resource"), [("scheduler:CreateSchedule", "/*"), ("iam:PassRole", "-scheduler-{region}")]
)
def test_without_its_schedule_nothing_is_deleted(
    deployment: Deployment, ada: Person, action: str, resource: str
) -> None:
    conversation_id = ada.new_conversation(title="Still there")
    with without_action(deployment, "api_handler", action, resource.format(region=deployment.region)):
        assert ada.call("DELETE", f"/conversations/{conversation_id}").status == 500
    assert ada.get(f"/conversations/{conversation_id}").body["title"] == "Still there"


@pytest.mark.parametrize("action", ["dynamodb:DeleteItem", "dynamodb:PutItem"])
def test_without_its_actions_no_socket_opens(deployment: Deployment, ada: Person, action: str) -> None:
    with (
        without_action(deployment, "websocket_connect", action, "-sockets"),
        pytest.raises(InvalidStatus),
        opened(deployment, ticket(ada)),
    ):
        pass
    with opened(deployment, ticket(ada)):
        pass


def test_without_manage_connections_nothing_is_pushed_and_the_answer_is_read(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, text="Not pushed, but stored.")
    with opened(deployment, ticket(ada)) as socket:
        with without_action(deployment, "answer", "execute-api:ManageConnections", "/@connections/*"):
            answer = ada.ask(ada.new_conversation(), f"{word} a question")
            assert text_of(answer) == "Not pushed, but stored."
            with pytest.raises(TimeoutError):
                socket.frames_until_end(answer["message_id"], timeout_s=2)
        healed = ada.ask(ada.new_conversation(), f"{word} a question")
        assert socket.frames_until_end(healed["message_id"])[-1]["type"] == "answer.done"


def test_without_manage_connections_a_file_is_taken_out_and_put_back(deployment: Deployment, ada: Person) -> None:
    file = uploads.ready(ada, REPORT)
    conversation_id = ada.new_conversation()
    ada.ask(conversation_id, REPORT.question, file_ids=[file["file_id"]])
    path = f"/conversations/{conversation_id}/files/{file['file_id']}"
    with opened(deployment, ticket(ada)) as socket:
        with without_action(deployment, "api_handler", "execute-api:ManageConnections", "/@connections/*"):
            assert ada.call("DELETE", path).body["file_ids"] == []
        assert ada.call("PUT", path).body["file_ids"] == [file["file_id"]]
        assert socket.files_told()["file_ids"] == [file["file_id"]], "the first that could be pushed"


def test_without_send_message_the_queues_stay_empty(deployment: Deployment) -> None:
    queues = {function: FailureQueue(deployment, function) for function in ("answer", "extract")}
    with (
        without_action(deployment, "answer", "sqs:SendMessage", "-answer-failures"),
        without_action(deployment, "extract", "sqs:SendMessage", "-extract-failures"),
    ):
        dropped = {function: _invoked_in_vain(deployment, function) for function in queues}
        # A file is read once more before its event is given up.
        time.sleep(EVENT_RETRY_S + 6)
    for function, queue in queues.items():
        with pytest.raises(AssertionError):
            queue.receive(_of(dropped[function]), timeout_s=2)
    kept = {function: _invoked_in_vain(deployment, function) for function in queues}
    for function, queue in queues.items():
        queue.receive(_of(kept[function]), timeout_s=EVENT_RETRY_S + 20)


def _of(marker: str) -> Callable[[dict[str, Any]], bool]:
    return lambda payload: payload.get("message_id") == marker


def _invoked_in_vain(deployment: Deployment, function: str) -> str:
    marker = f"strange-{uuid.uuid4()}"
    deployment.client("lambda").invoke(
        FunctionName=deployment.function(function),
        InvocationType="Event",
        Payload=json.dumps({"message_id": marker}).encode(),
    )
    return marker
