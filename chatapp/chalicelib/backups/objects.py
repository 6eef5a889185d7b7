"""The files of a backup: every version of an object is copied once, and named by each backup after that.

The list of the backup before and the bucket's are read side by side, in the order of keys that both have; so nothing of
what was copied is asked for again, and neither list is held as a whole.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from itertools import dropwhile, groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from chalicelib.aws.bucket import Missing, Version
from chalicelib.workers import scratch

from . import index, manifest, prefixes
from .manifest import Copied
from .runs import CannotBackUp, Held, Run

if TYPE_CHECKING:
    from chalicelib.services import Services

_T = TypeVar("_T")
_DAY_S = 86_400
# Before the bucket's lifecycle ends it (deploy/stacks/foundation.yaml): a monthly backup names it for 400 days more.
COPIED_AGAIN_S = 300 * _DAY_S
# By which S3's clock may differ from DynamoDB's: better a file without a row than a row without its file.
SKEW_S = 60
# As many as the client has connections.
_AT_ONCE = 16
# Versions in one piece of the list: the place is kept after each.
PIECE = 1_000
_GZIP = "application/gzip"


def are_copied(services: Services, held: Held, has_time: Callable[[], bool]) -> bool:
    """Copy what no backup has, keeping the place after each piece of the list; False when the time is over."""
    run = held.run
    with scratch.Folder() as folder, ThreadPoolExecutor(_AT_ONCE) as pool:
        before = _Before(services, run, folder / "before")
        for piece in _pieces(_keys(services, run)):
            if not has_time():
                return False
            versions = [version for of_key in piece for version in of_key]
            known, passed = before.of({of_key[0].key for of_key in piece})
            copies = [
                each for each in pool.map(partial(_copied, services, run, known=known), versions) if each is not None
            ]
            run.gone += len(versions) - len(copies)
            gone = _still_there(services, run, pool, passed) if run.asked else []
            _note(services, held, sorted([*copies, *gone], key=_key), piece[-1][0].key)
        left = (list(of_key) for _, of_key in groupby(before.left(), _key)) if run.asked else iter(())
        for rest in _pieces(left):
            if not has_time():
                return False
            gone = _still_there(services, run, pool, [copied for of_key in rest for copied in of_key])
            _note(services, held, gone, rest[-1][0].key)
    return True


def _note(services: Services, held: Held, copies: list[Copied], after: str) -> None:
    """Write a piece of the list, and keep the place."""
    run = held.run
    services.backups.put(_piece_key(run, run.lists), _packed(copies), _GZIP)
    run.objects += len(copies)
    run.object_bytes += sum(copied.size for copied in copies)
    run.lists, run.after = run.lists + 1, after
    held.keep()


def of_manifest(services: Services, run: Run) -> manifest.Objects:
    """Write the whole list, of its pieces. Safe to repeat."""
    key = f"{manifest.folder(run.id)}objects.jsonl.gz"
    # Gzip files one after the other are a gzip file. A piece of a thousand lines has some 100 KB.
    body = b"".join(services.backups.read(_piece_key(run, number)) for number in range(run.lists)) or _packed([])
    services.backups.put(key, body, _GZIP)
    return manifest.Objects(run.objects, run.object_bytes, key, hashlib.sha256(body).hexdigest())


def _piece_key(run: Run, number: int) -> str:
    return f"state/{run.id}/objects-{number:06d}.jsonl.gz"


def _key(copied: Copied) -> str:
    return copied.key


def _keys(services: Services, run: Run) -> Iterator[list[Version]]:
    """The versions of each key that comes after the place, newest first; without the marks of a deletion.

    Without those either that were stored after the tables' instant: no row of the backup names them, so that they would
    come back as files that nobody sees and nothing removes.
    """
    after, until = run.after, run.export_time + SKEW_S
    for prefix in (f"{name}/" for name in prefixes.PREFIXES):
        bucket = prefixes.bucket_of(services, prefix)
        if after > prefix and not after.startswith(prefix):
            continue
        pages = bucket.pages(prefix, after if after.startswith(prefix) else "")
        there = (each for page in pages for each in page if not each.is_delete_marker and each.modified <= until)
        for _, of_key in groupby(there, lambda version: version.key):
            yield list(of_key)


def _pieces(keys: Iterator[list[_T]]) -> Iterator[list[list[_T]]]:
    while True:
        piece: list[list[_T]] = []
        while sum(map(len, piece)) < PIECE and (of_key := next(keys, None)) is not None:
            piece.append(of_key)
        if not piece:
            return
        yield piece


class _Before:
    """The list of the backup before, read forwards as its keys are asked for, from where a run stands."""

    def __init__(self, services: Services, run: Run, place: Path) -> None:
        self._lines = dropwhile(lambda copied: copied.key <= run.after, _listed(services, run, place))
        self._next = next(self._lines, None)

    def of(self, keys: set[str]) -> tuple[dict[tuple[str, str], Copied], list[Copied]]:
        """What it says of these keys, which come after those that were asked for before; and of those between."""
        last, found, passed = max(keys), {}, []
        while self._next is not None and self._next.key <= last:
            if self._next.key in keys:
                found[self._next.key, self._next.version_id] = self._next
            else:
                passed.append(self._next)
            self._next = next(self._lines, None)
        return found, passed

    def left(self) -> Iterator[Copied]:
        if self._next is not None:
            yield self._next
            yield from self._lines


def _listed(services: Services, run: Run, place: Path) -> Iterator[Copied]:
    """The lines of the list of the backup before. Without one everything is copied, which loses nothing.

    place: where the list is kept meanwhile, since no connection stays open for as long as copies take.
    """
    backup = index.before(services, run.id)
    if backup is not None:
        with suppress(Missing):
            services.backups.download(backup.objects.list_key, place)
            with gzip.open(place) as lines:
                yield from (Copied(**json.loads(line)) for line in lines)


def _still_there(services: Services, run: Run, pool: ThreadPoolExecutor, gone: list[Copied]) -> list[Copied]:
    """Of objects that the bucket has no more, the lines of the copies that the backups bucket still has, locked."""

    def locked(copied: Copied) -> Copied | None:
        with suppress(Missing):
            return _locked(services, run, copied) if _is_there(services, copied) else None
        return None

    return [each for each in pool.map(locked, gone) if each is not None]


def _copied(services: Services, run: Run, version: Version, known: Mapping[tuple[str, str], Copied]) -> Copied | None:
    """A version's line: of the copy that there is, or of one that is made; None where it was removed meanwhile.

    Raises CannotBackUp where S3 lists what it does not let this function read.
    """
    now = int(time.time())
    before = known.get((version.key, version.version_id))
    with suppress(Missing):
        if before is not None and before.copied_at + COPIED_AGAIN_S > now and _is_there(services, before):
            return _locked(services, run, before)
    bucket = prefixes.bucket_of(services, version.key)
    copy = manifest.copy_key(version.key, version.version_id)
    try:
        stored = services.backups.copy(bucket.source(version.key, version.version_id), copy)
    except Missing as error:
        if any(each.version_id == version.version_id for each in bucket.versions(version.key)):
            raise CannotBackUp(f"a file is there and cannot be read, version {version.version_id}") from error
        return None
    sha256 = stored.sha256 or services.backups.sha256(copy)
    made = Copied(version.key, version.version_id, stored.size, sha256, stored.content_type, copy, now, 0)
    return _locked(services, run, made)


def _is_there(services: Services, copied: Copied) -> bool:
    """Whether a copy is what it was: somebody may have hidden it, or put another over it. Raises Missing."""
    found = services.backups.stored(copied.copy)
    return (found.size, found.sha256 or copied.sha256) == (copied.size, copied.sha256)


def _locked(services: Services, run: Run, copied: Copied) -> Copied:
    """See that a copy is locked for as long as this backup: for twice the time, so that it is asked for once a month.

    Raises Missing.
    """
    lock_s = services.settings.backup_lock_days * _DAY_S
    if not lock_s or copied.locked_until > run.until(lock_s):
        return copied
    until = run.until(2 * lock_s)
    services.backups.lock(copied.copy, until)
    return replace(copied, locked_until=until)


def _packed(copies: Iterable[Copied]) -> bytes:
    return gzip.compress("".join(json.dumps(asdict(each)) + "\n" for each in copies).encode(), mtime=0)
