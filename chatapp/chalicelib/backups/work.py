"""What the steps of a restore share: the archive, where it goes, how far it is, and how long there is time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.aws.bucket import Bucket
from chalicelib.aws.table import Table
from chalicelib.twin import transcripts

from . import places
from .archive import Archive
from .manifest import Part
from .places import Run
from .prefixes import bucket_of
from .selection import Erased, Selection

if TYPE_CHECKING:
    from chalicelib.services import Services


@dataclass(slots=True)
class Work:
    """until: of the monotonic clock. selection: by what is known of it so far. tables: into which rows go."""

    services: Services
    run: Run
    archive: Archive
    until: float
    erased: Erased = field(default_factory=Erased)
    tables: Mapping[str, Table] = field(init=False)

    def __post_init__(self) -> None:
        names = self.archive.backup.tables
        if self.run.drill:
            scratch = self.services.scratch_tables
            self.tables = {name: scratch.table(scratch_name(self.run, name)) for name in names}
        else:
            self.tables = {name: getattr(self.services, name) for name in names}

    @property
    def has_time(self) -> bool:
        return time.monotonic() < self.until

    def keep(self) -> None:
        places.save(self.services, self.run)

    @property
    def selection(self) -> Selection:
        kind, _, value = self.run.only.partition("=")
        return Selection(
            table=value if kind == "table" else "",
            person=self.run.person,
            conversation=value if kind == "conversation" else "",
            files=frozenset(self.run.files),
            twins=frozenset(self.run.twins),
            first_day="" if self.run.drill else transcripts.first_day(self.services),
            subs=self.run.subs,
            erased=self.erased,
        )

    def parts(self) -> list[tuple[str, str, Part]]:
        """Table, a name for the part, and the part, of all that is asked for."""
        wanted = self.selection.table
        return [
            (name, f"{name}/{number}", part)
            for name, table in self.archive.backup.tables.items()
            if wanted in ("", name)
            for number, part in enumerate(table.parts)
        ]

    def place_of(self, key: str) -> tuple[Bucket, str]:
        """Where an object goes."""
        if self.run.drill:
            return self.services.drilled, drilled_prefix(self.run) + key
        return bucket_of(self.services, key), key


def scratch_name(run: Run, table: str) -> str:
    return f"{run.started_at}-{table}"


def drilled_prefix(run: Run) -> str:
    return f"drill/{run.id}/"
