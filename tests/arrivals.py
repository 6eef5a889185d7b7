"""Files that have just arrived in the bucket: row and object as an upload leaves them, and the event that S3 sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.people import Person
from tests.stage import Stage
from tests.unit import extraction_files as files


@dataclass(frozen=True)
class Arrived:
    """An uploaded file and the event of its first version."""

    stage: Stage
    file_id: str
    key: str
    event: dict[str, Any]

    @property
    def row(self) -> dict[str, Any]:
        return self.stage.row("files", self.file_id)

    @property
    def version_id(self) -> str:
        version_id: str = self.event["Records"][0]["s3"]["object"]["versionId"]
        return version_id

    @property
    def extract(self) -> str:
        """What all keys of its extract begin with."""
        return f"extracted/{self.file_id}/"

    def sent_again(self, body: bytes = b"Something else entirely.") -> dict[str, Any]:
        """The form is sent once more; returns the event of the new version."""
        return self.stage.s3_event(self.key, self.stage.store(self.key, body))

    def pages(self) -> list[str]:
        """The texts of all stored pages, by number."""
        from chalicelib import functions, services
        from chalicelib.files import extracts
        from chalicelib.files.row import File

        pages = extracts.read_all(services.of(functions.ANSWER), File.from_item(self.row))
        assert [page.number for page in pages] == list(range(1, len(pages) + 1))
        return [page.text for page in pages]

    def pages_before(self, number: int) -> list[str]:
        """Page by page, as they are read while there is no end yet."""
        from chalicelib import functions, services
        from chalicelib.files import extracts

        api = services.of(functions.API)
        return [extracts.read_page(api, self.file_id, each).text for each in range(1, number)]

    def index(self, path: Path) -> Path:
        """A copy of the stored search index, at `path`."""
        path.write_bytes(self.stage.body(self.row["index_key"]))
        return path


def arrive(
    stage: Stage, person: Person, data: Path | bytes, name: str = "", media_type: str = "", **row: Any
) -> Arrived:
    """name: by default the path's. row: more of the file's row."""
    from chalicelib.files.row import File
    from chalicelib.ids import iso, new_id

    body = data if isinstance(data, bytes) else data.read_bytes()
    name = name or (data.name if isinstance(data, Path) else "notes.txt")
    file_id = new_id()
    key = f"uploads/{person.user_id}/{file_id}/{name}"
    made = File(
        file_id=file_id,
        subject=person.subject,
        upload_timestamp=iso(time.time()),
        name=name,
        media_type=media_type or "application/octet-stream",
        size=len(body),
        status="uploaded",
        object_key=key,
    )
    stage.put("files", made.with_changes(**row).to_item())
    return Arrived(stage, file_id, key, stage.s3_event(key, stage.store(key, body)))


def long_text(lines: int) -> bytes:
    """A text of which about 20 lines make a page, each line with a word of its own."""
    return "\n".join(f"Line{number} says that {'the roses are red and ' * 8}so on." for number in range(lines)).encode()


def pdf(folder: Path, pages: int, make: Callable[[int], str] = lambda number: f"Page {number} is about roses.") -> Path:
    return files.pdf(folder / f"{pages}.pdf", [make(number) for number in range(1, pages + 1)])


def run_on(stage: Stage, seconds: float = 900) -> int:
    """Deliver what `extract` sends to itself, until nothing more comes; returns how often it did."""
    runs = 0
    while pending := stage.lambdas.take("extract"):
        for event in pending:
            runs += 1
            stage.extract(event, seconds)
    return runs
