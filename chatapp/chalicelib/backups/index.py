"""`index.json`: the backups that there are, what became of those that failed, and what drills have proven."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib.aws.bucket import Changed, Missing
from chalicelib.aws.faults import Busy

from . import manifest

if TYPE_CHECKING:
    from chalicelib.services import Services

Index = dict[str, list[dict[str, Any]]]
# As the bucket's lifecycle has it, in days (deploy/stacks/foundation.yaml).
KEPT_DAYS = {"nightly": 35, "monthly": 400}
_ATTEMPTS = 8
_MOST_FAILURES = 30
_MOST_DRILLS = 60


def read(services: Services) -> Index:
    try:
        return _read(services.index.read(manifest.INDEX))
    except Missing:
        return _read(b"{}")


def newest(services: Services) -> str | None:
    """The id of the last night's backup; None where there is none."""
    return newest_of(read(services))


def newest_of(known: Index) -> str | None:
    """As `newest`, of an index that was read."""
    nights = [each for each in known["backups"] if each["kept"] == "nightly" and not each.get("asked")]
    return max((each["id"] for each in nights), default=None)


def before(services: Services, backup_id: str) -> manifest.Backup | None:
    """The newest backup of those that were made until then, else the oldest after it; None where there is none."""
    ids = sorted(each["id"] for each in read(services)["backups"] if each["kept"] == "nightly")
    earlier, later = ([each for each in ids if (each <= backup_id) is wanted] for wanted in (True, False))
    for each in [*reversed(earlier), *later]:
        with suppress(Missing):
            return manifest.read(services.backups.read(manifest.key_of(each)))
    return None


def add(services: Services, backup: manifest.Backup, kept: str, *, asked: bool = False) -> None:
    """Name a backup whose manifest is written. Safe to repeat.

    kept: nightly or monthly. asked: of a time that somebody asked for, and no night's: never taken for the newest.
    """
    entry = {
        "id": backup.id,
        "kept": kept,
        "asked": asked,
        "items": backup.items,
        "objects": backup.objects.count,
        "bytes": backup.bytes,
        "duration_s": backup.duration_s,
    }

    def added(index: Index) -> None:
        others = [each for each in index["backups"] if (each["id"], each["kept"]) != (backup.id, kept)]
        index["backups"] = sorted([*others, entry], key=lambda each: (each["id"], each["kept"]))

    _change(services, added)


def fail(services: Services, backup_id: str, why: str) -> None:
    """Note why a backup was not made. why: one line, without anybody's text."""

    def failed(index: Index) -> None:
        others = [each for each in index["failures"] if each["id"] != backup_id]
        index["failures"] = [*others, {"id": backup_id, "at": int(time.time()), "why": why}][-_MOST_FAILURES:]

    _change(services, failed)


def prove(services: Services, drill: dict[str, Any]) -> None:
    """Note what came of a drill. drill: `id` of the backup, `at` (Unix seconds), `passed`, `duration_s`, `why`.

    Safe to repeat.
    """

    def proven(index: Index) -> None:
        others = [each for each in index["drills"] if (each["id"], each["at"]) != (drill["id"], drill["at"])]
        index["drills"] = [*others, drill][-_MOST_DRILLS:]

    _change(services, proven)


def _change(services: Services, change: Callable[[Index], None]) -> None:
    """Read, change and replace; again where somebody else replaced it meanwhile. Raises Busy."""
    for _ in range(_ATTEMPTS):
        raw: bytes
        etag: str | None
        try:
            raw, etag = services.index.read_to_replace(manifest.INDEX)
        except Missing:
            raw, etag = b"{}", None
        index = _read(raw)
        change(index)
        index["backups"] = [each for each in index["backups"] if not _is_over(each)]
        try:
            services.index.replace(manifest.INDEX, json.dumps(index, indent=1).encode(), "application/json", etag)
        except Changed:
            continue
        return
    raise Busy(manifest.INDEX)


def _is_over(entry: dict[str, Any]) -> bool:
    return manifest.time_of(entry["id"]) + KEPT_DAYS[entry["kept"]] * 86_400 < time.time()


def _read(raw: bytes) -> Index:
    found = json.loads(raw)
    return {name: found.get(name, []) for name in ("backups", "failures", "drills")}
