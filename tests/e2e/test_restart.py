"""The emulator is stopped and started again: everything is still there, and work goes on. The last test of all."""

from __future__ import annotations

import pytest

from tests.e2e import local_stage, web
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person, text_of, text_of_frames

pytestmark = [pytest.mark.local_only, pytest.mark.scripted, pytest.mark.exclusive]


def test_a_restart_loses_nothing(deployment: Deployment, ada: Person, model: Model, word: str) -> None:
    model.script(f"{word}-before", text="Said before.")
    conversation_id = ada.new_conversation(title="Before the restart")
    ada.ask(conversation_id, f"{word}-before a question")
    before = ada.messages(conversation_id)

    local_stage.restart(deployment)

    assert ada.get(f"/conversations/{conversation_id}").body["title"] == "Before the restart"
    assert ada.messages(conversation_id) == before
    ada.sign_in()
    model.script(f"{word}-after", text="Said afterwards.")
    with opened(deployment, ticket(ada)) as socket:
        answer = ada.begin(conversation_id, f"{word}-after a question")
        assert text_of_frames(socket.frames_until_end(answer["message_id"])) == "Said afterwards."
    assert text_of(ada.settled(answer)) == "Said afterwards."
    assert web.call("GET", f"{deployment.site_url}/").status == 200
