"""No token, password or text of a person in any log, of the functions or of the local AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import uploads
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.faults import log_text
from tests.e2e.people import Person
from tests.e2e.waiting import until

pytestmark = [pytest.mark.scripted, pytest.mark.exclusive]


def _secrets(deployment: Deployment, person: Person, model: Model, word: str) -> dict[str, str]:
    """Use everything that must not be logged, in requests that succeed and in requests that fail."""
    names = ("prompt", "answer", "title", "system", "refused", "field", "renamed", "file", "broken")
    marks = {name: f"{word}{name}" for name in names}
    model.script(marks["prompt"], times=1, text=f"It says {marks['answer']}.")
    model.script(marks["prompt"], text=f"It says {marks['title']}", title=True)
    model.script(marks["refused"], error={"status": 400, "type": "invalid_request_error", "message": marks["answer"]})
    conversation_id = person.new_conversation(system=f"Say {marks['system']}")
    once = ticket(person)
    with opened(deployment, once) as socket:
        answer = person.begin(conversation_id, f"{marks['prompt']} a question")
        socket.frames_until_end(answer["message_id"])
        socket.connection.send(marks["prompt"])
    person.ask(conversation_id, f"{marks['refused']} another question")
    person.call("PATCH", f"/conversations/{conversation_id}", {"title": marks["renamed"]})
    person.post("/conversations", {marks["field"]: marks["prompt"]})
    person.send(conversation_id, marks["prompt"], request_id=marks["field"], parent_id=marks["field"])
    person.post("/chat", f"{{ broken {marks['prompt']}")
    _use_files(person, marks)
    tokens = {"id token": person.id_token, "access token": person.access_token, "password": person.password}
    signatures = {f"{name}'s signature": token.rpartition(".")[2] for name, token in tokens.items() if "." in token}
    return {**marks, **tokens, **signatures, "ticket": once}


def _use_files(person: Person, marks: dict[str, str]) -> None:
    """A text that is cited, one whose reading fails, and a form that S3 refuses."""
    text = f"The {marks['file']} stands in a file.".encode()
    file = uploads.read(person, uploads.uploaded(person, "notes.txt", "text/plain", text))
    answer = person.ask(person.new_conversation(), f"Where does {marks['file']} stand?", file_ids=[file["file_id"]])
    assert marks["file"] in uploads.citations(answer)[0]["cited_text"]
    torn = f"%PDF-1.7\n1 0 obj\n<< /{marks['broken']} /Pages 2 0 R >>\n({marks['broken']}) Tj".encode()
    broken = uploads.read(person, uploads.uploaded(person, "torn.pdf", "application/pdf", torn))
    assert broken["status"] == "failed"
    form = uploads.declared(person, "notes.txt", "text/plain", 5)["upload"]
    assert uploads.send(form, text).status == 400


def _found(secrets: dict[str, str], text: str) -> set[str]:
    return {name for name, secret in secrets.items() if secret in text}


def test_nothing_private_is_logged(deployment: Deployment, grace: Person, model: Model, word: str) -> None:
    grace.sign_in()
    secrets = _secrets(deployment, grace, model, word)

    def logged() -> str | None:
        text = log_text(deployment)
        return text if '"event":"turn"' in text and '"event":"request"' in text else None

    # The functions do log, or this test would prove nothing.
    assert _found(secrets, until(logged, 20, "log lines")) == set()


@pytest.mark.local_only
def test_nothing_private_is_in_a_log_file(deployment: Deployment, grace: Person, model: Model, word: str) -> None:
    grace.sign_in()
    secrets = _secrets(deployment, grace, model, word)
    files = sorted((Path(deployment.state_dir or "") / "logs").glob("*.log"))
    assert [file.name for file in files if file.stat().st_size], "the local AWS does log"
    found = {file.name: _found(secrets, file.read_text(errors="replace")) for file in files}
    assert {name: names for name, names in found.items() if names} == {}
