from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.routes import REQUEST_ID
from tests.people import Person
from tests.stage import Stage


@pytest.fixture
def unchanged(stage: Stage, ada: Person) -> Iterator[dict[str, str]]:
    """A conversation with one answer, and a file.

    Fails when a test stores anything, starts a worker or asks the model.
    """
    conversation_id = ada.new_conversation(title="Roses")
    answer = ada.ask(conversation_id, "Which roses?", request_id=REQUEST_ID)
    file = stage.upload(ada, b"roses")
    stage.edit("files", file.file_id, status="ready", version_id=file.version_id, pages=1)
    tables = ("conversations", "messages", "frames", "usage", "sockets", "files")
    before = {table: stage.rows(table) for table in tables}
    objects = stage.objects()
    asked = len(stage.requests())
    yield {
        "conversation": conversation_id,
        "answer": answer["message_id"],
        "prompt": answer["parent_id"],
        "file": file.file_id,
    }
    assert {table: stage.rows(table) for table in tables} == before
    assert stage.objects() == objects
    assert stage.scheduler.schedules == {}
    assert stage.lambdas.pending == []
    assert len(stage.requests()) == asked
