"""When the hourly sweep is to look at a row: `due_at`, which only rows have that await it.

Each table with such rows has a sparse `due-index`, so what is due is found without reading what is not. Its partitions
are a few, since an index's writes hold up its table's: one takes 1,000 of them a second.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
"""

from __future__ import annotations

import zlib

from chalicelib.aws.table import Item

SHARDS = ("0", "1", "2", "3")
# Removed from a row, which then is in no index any more.
NEVER: Item = {"due_at": None, "due_shard": None}


def at(time_s: float, id_: str) -> Item:
    """The attributes that make a row due. id_: of the row, which chooses its partition."""
    return {"due_at": int(time_s), "due_shard": SHARDS[zlib.crc32(id_.encode()) % len(SHARDS)]}


def at_step(time_s: float, id_: str, step_s: int) -> Item:
    """Due at the first whole step after a time: what is put off again and again writes the index once a step."""
    return at((int(time_s) // step_s + 1) * step_s, id_)
