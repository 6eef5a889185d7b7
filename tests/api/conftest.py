from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import twins
from tests.api.commenting import SECTION, comment, owner, section
from tests.api.routes import MISSING, REQUEST_ID
from tests.papers import flower_pages, paper
from tests.people import Person
from tests.stage import Stage


@pytest.fixture
def unchanged(stage: Stage, ada: Person) -> Iterator[dict[str, str]]:
    """A conversation with one answer, a file, a comment in a section, and a twin with an entry.

    Fails when a test stores anything, starts a worker or asks the model.
    """
    conversation_id = ada.new_conversation(title="Roses")
    answer = ada.ask(conversation_id, "Which roses?", request_id=REQUEST_ID)
    file = stage.upload(ada, b"roses")
    stage.edit("files", file.file_id, status="ready", version_id=file.version_id, pages=1)
    section(stage)
    comment_id = comment(ada)
    entry_id = twins.made(owner(stage))
    tables = ("conversations", "messages", "frames", "usage", "sockets", "files", "commentaires", "sections", "twins")
    before = {table: stage.rows(table) for table in tables}
    objects = stage.objects()
    asked = len(stage.requests())
    yield {
        "conversation": conversation_id,
        "answer": answer["message_id"],
        "prompt": answer["parent_id"],
        "file": file.file_id,
        "person": ada.user_id,
        "comment": comment_id,
        "section": SECTION,
        "twin": "me",
        "entry": entry_id,
        "question": MISSING,
        "visit": MISSING,
    }
    assert {table: stage.rows(table) for table in tables} == before
    assert stage.objects() == objects
    assert stage.scheduler.schedules == {}
    assert stage.lambdas.pending == []
    assert len(stage.requests()) == asked


@pytest.fixture
def clean_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of the test's own for temporary files; none may be left when it ends."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    yield
    assert list(made.iterdir()) == []


@pytest.fixture
def thesis(stage: Stage, ada: Person) -> str:
    """A file of 120 pages, too long to be shown."""
    stage.configure(document_tokens=100)
    return paper(stage, ada, flower_pages(120), "thesis.pdf")
