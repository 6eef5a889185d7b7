"""The end of a backup: all of it is locked, then its manifest is written, and a month's first is kept for longer.

Many keys at once, with the place kept after each piece: however many parts there are, a run that ends is gone on with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.aws.bucket import Missing

from . import index, manifest
from .manifest import Backup
from .runs import Held, Run

if TYPE_CHECKING:
    from chalicelib.services import Services

# As many as the client has connections.
_AT_ONCE = 16
# Keys between two looks at the clock.
PIECE = 64


def keep_draft(services: Services, run: Run, backup: Backup) -> None:
    """Keep what the manifest is going to say, once all that it names is there."""
    services.backups.put(_draft_key(run), manifest.written(backup), "application/json")


def are_locked(services: Services, held: Held, has_time: Callable[[], bool]) -> bool:
    """Lock all that the manifest is going to name; False when the time is over."""
    return _through(services, held, has_time, lambda key: _lock(services, held.run, key))


def is_named(services: Services, held: Held, _: Callable[[], bool]) -> bool:
    """Write the manifest, and name the backup among those that there are. Safe to repeat."""
    run = held.run
    try:
        backup = made(services, run)
    except Missing:
        draft = manifest.read(services.backups.read(_draft_key(run)))
        backup = replace(draft, duration_s=int(time.time()) - run.started_at)
        services.backups.put(manifest.key_of(run.id), manifest.written(backup), "application/json")
    _lock(services, run, manifest.key_of(run.id))
    index.add(services, backup, "nightly", asked=run.asked)
    return True


def is_kept_for_longer(services: Services, held: Held, has_time: Callable[[], bool]) -> bool:
    """Copy the first night of a month to where backups are kept for longer, its manifest last; False as above."""
    run = held.run
    months = {each["id"][:7] for each in index.read(services)["backups"] if each["kept"] == "monthly"}
    if run.asked or run.id[:7] in months:
        return True
    nightly, monthly = manifest.folder(run.id), manifest.folder(run.id, "monthly")

    def copied(key: str) -> None:
        there = monthly + key.removeprefix(nightly)
        services.backups.copy(services.backups.source(key), there)
        _lock(services, run, there)

    if not _through(services, held, has_time, copied):
        return False
    said = manifest.written(made(services, run)).replace(f'"{nightly}'.encode(), f'"{monthly}'.encode())
    services.backups.put(manifest.key_of(run.id, "monthly"), said, "application/json")
    _lock(services, run, manifest.key_of(run.id, "monthly"))
    index.add(services, manifest.read(said), "monthly")
    return True


def made(services: Services, run: Run) -> Backup:
    """Raises Missing where a backup has no manifest, and so is none."""
    return manifest.read(services.backups.read(manifest.key_of(run.id)))


def _through(services: Services, held: Held, has_time: Callable[[], bool], act: Callable[[str], None]) -> bool:
    """Do something with each file of a backup but its manifest, those after the place; False when the time is over."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for piece in _pieces(services, held.run):
            if not has_time():
                return False
            list(pool.map(act, piece))
            held.run.after = piece[-1]
            held.keep()
    return True


def _pieces(services: Services, run: Run) -> Iterator[list[str]]:
    for page in services.backups.pages(manifest.folder(run.id), run.after):
        there = {version.key for version in page if version.is_latest and not version.is_delete_marker}
        keys = sorted(there - {manifest.key_of(run.id)})
        yield from (keys[start : start + PIECE] for start in range(0, len(keys), PIECE))


def _lock(services: Services, run: Run, key: str) -> None:
    if days := services.settings.backup_lock_days:
        services.backups.lock(key, run.until(days * 86_400))


def _draft_key(run: Run) -> str:
    return f"state/{run.id}/manifest.json"
