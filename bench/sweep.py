"""What the hourly sweep asks of AWS: nothing due, 10 and 10,000 conversations that are due, 10 and 200 files.

In process, on moto. The rows are as deletions leave them whose purge was lost: conversations, the first hundred with a
prompt and its answer, and files with an upload and two objects of what was read.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench import in_process
from bench.report import Figure, load_average, show
from tests import stage as stages
from tests.people import Person

CONVERSATIONS = (10, 10_000)
# Of them so many have messages: for each query moto looks through its whole table.
WITH_MESSAGES = 100
FILES = (10, 200)
RUN_S = 900


class Counter:
    """Requests of the app's clients, retries included."""

    def __init__(self) -> None:
        from chalicelib.aws import clients  # noqa: PLC0415 (of the app, once its environment is set)

        self.counts: dict[str, int] = {}
        for service in ("dynamodb", "s3"):
            clients.client(service).meta.events.register(f"before-send.{service}", self._count)

    def _count(self, event_name: str, **_: Any) -> None:
        service = event_name.split(".")[1]
        self.counts[service] = self.counts.get(service, 0) + 1

    def take(self) -> dict[str, int]:
        taken, self.counts = self.counts, {}
        return taken


def measure() -> Iterator[Figure]:
    with in_process.stage() as stage:
        person, counter = Person(stage, "ada"), Counter()
        stage.sweep()
        yield from _swept(stage, counter, "nothing", 0)
        for count in CONVERSATIONS:
            _conversations(stage, person, count)
            yield from _swept(stage, counter, f"conversations_{count}", count)
        for count in FILES:
            _files(stage, person, count)
            yield from _swept(stage, counter, f"files_{count}", count)


def _swept(stage: stages.Stage, counter: Counter, name: str, count: int) -> Iterator[Figure]:
    """A run over what is due. It must leave nothing of it, or the figures say nothing."""
    counter.take()
    stage.sweep(RUN_S)
    asked = counter.take()
    left = len(stage.rows("conversations")) + len(stage.rows("files")) + len(stage.rows("messages"))
    if left:
        raise RuntimeError(f"{name}: {left} rows are left")
    yield Figure(f"{name}_dynamodb_requests", asked.get("dynamodb", 0), note=_each(asked.get("dynamodb", 0), count))
    yield Figure(f"{name}_s3_requests", asked.get("s3", 0), note=_each(asked.get("s3", 0), count))


def _each(requests: int, count: int) -> str:
    return f"{requests / count:.2f} each" if count else ""


def _conversations(stage: stages.Stage, person: Person, count: int) -> None:
    from chalicelib import due  # noqa: PLC0415 (as above)

    overdue = int(time.time()) - 3_600
    for number in range(count):
        id_ = str(uuid.uuid4())
        hidden = {"deleted_at": overdue, **due.at(overdue, id_)}
        stage.put("conversations", {"user_id": person.user_id, "conversation_id": id_, **hidden})
        for role in ("user", "assistant") if number < WITH_MESSAGES else ():
            row = {"message_id": str(uuid.uuid4()), "role": role, "status": "complete", "created_at": "2026"}
            stage.put("messages", {"conversation": f"{person.subject}#{id_}", **row})


def _files(stage: stages.Stage, person: Person, count: int) -> None:
    for _ in range(count):
        file_id = stage.upload(person, b"Roses are red.").file_id
        for name in ("pages/1", "index.sqlite"):
            stage.store(f"extracted/{file_id}/{name}", b"Roses are red.")
        person.delete(f"/files/{file_id}")
        stage.edit("files", file_id, deleted_at=1, due_at=1)


if __name__ == "__main__":
    show("the hourly sweep", [*measure(), load_average()])
