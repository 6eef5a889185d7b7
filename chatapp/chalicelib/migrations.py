"""How rows of an earlier schema become those of this one. Owns what is changed, and not how tables are gone through.

A deployment changes what is stored (`deploy/migrating.py`), a restore what an older backup holds (`backups/rows.py`),
both by the same functions. Rows are as DynamoDB has them on the wire.

A change that the version before cannot read takes two releases: one expands (the app reads both forms, and its
migration adds the new one), a later one contracts (its migration removes the old one). docs/operations.md says how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib import schema

Wire = Mapping[str, Any]
# Those that outlive a deployment by long; rows of the others are gone within a month.
TABLES = ("conversations", "messages", "files", "usage", "erasures", "people", "commentaires", "sections", "twins")


def _unchanged(table: str, row: Wire) -> Wire:
    return {}


@dataclass(frozen=True, slots=True)
class Migration:
    """One step, from one version of the schema to the next.

    number: the version that rows have after it. readable_from: the oldest version whose app reads such rows; it is
    below `number` for a step that adds, and `number` for one that takes away. reads: the attributes that `change` is
    given of a row, beside which it knows nothing: a row in which one of them was changed meanwhile is read anew.
    change: by table and row, the attributes to set; those given as None are removed. It is given rows that have the new
    form already, too, and leaves them as they are.
    """

    number: int
    about: str
    readable_from: int
    tables: tuple[str, ...] = TABLES
    reads: tuple[str, ...] = ()
    change: Callable[[str, Wire], Wire] = _unchanged


# In the order of their numbers, without gaps, up to `schema.SCHEMA_VERSION`.
MIGRATIONS: Sequence[Migration] = (Migration(1, "rows from before there were versions get one", readable_from=0),)


def version_of(row: Wire) -> int:
    """Of a row; 0 where it is from before there were versions."""
    return int(row[schema.ATTRIBUTE]["N"]) if schema.ATTRIBUTE in row else 0


def changes(migration: Migration, table: str, row: Wire) -> Wire:
    """The attributes that a step sets in a row, its version among them; those given as None are removed."""
    seen = {name: row[name] for name in migration.reads if name in row}
    return {**migration.change(table, seen), schema.ATTRIBUTE: {"N": str(migration.number)}}


def migrated(table: str, row: Wire, migrations: Sequence[Migration] = MIGRATIONS) -> Wire:
    """A row as the newest schema has it; the same row where it is one."""
    for each in migrations:
        if table in each.tables and version_of(row) < each.number:
            merged = {**row, **changes(each, table, row)}
            row = {name: value for name, value in merged.items() if value is not None}
    return row
