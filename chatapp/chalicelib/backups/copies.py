"""The objects of a restore: copied back by S3, each held against the hash that the backup has of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice

from chalicelib.aws.bucket import Archived, Bucket, Missing, Stored, Version

from .archive import Unusable
from .manifest import Copied
from .prefixes import OF_TWINS
from .selection import Selection
from .work import Work

# As many as the client has connections.
_AT_ONCE = 16
# Keys between two notes of the place.
_PIECE = 256


def are_back(work: Work) -> bool:
    """Copy what is not there; False when the time is over, or while S3 still fetches some from a cold storage class.

    Those that can be copied are, before anybody waits for the others.
    """
    run, selection = work.run, work.selection
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for piece in _pieces(islice(_wanted(work.archive.objects()), run.objects_done, None)):
            if not work.has_time:
                return False
            became = Counter(pool.map(lambda copied: _back(work, selection, copied), piece))
            for what, count in became.items():
                run.objects[what] = run.objects.get(what, 0) + count
            run.objects_done += len(piece)
            work.keep()
    run.waiting = run.objects.pop("waiting", 0)
    if run.waiting:
        run.objects, run.objects_done = {}, 0
        work.keep()
    return not run.waiting


def _wanted(objects: Iterable[Copied]) -> Iterator[Copied]:
    """One version of each key: of an upload its first, of all others the newest.

    The first version of an upload is pinned by whoever reads it (`files.claims`): those sent after it are deleted, and
    read by nobody.
    """
    for key, versions in groupby(objects, lambda copied: copied.key):
        found = list(versions)
        yield found[-1] if key.startswith("uploads/") else found[0]


def _pieces(objects: Iterator[Copied]) -> Iterator[list[Copied]]:
    while piece := list(islice(objects, _PIECE)):
        yield piece


def _back(work: Work, selection: Selection, copied: Copied) -> str:
    """What became of one object. Safe to repeat. Raises Unusable."""
    key = copied.key if work.run.drill else selection.key(copied.key)
    if key is None:
        return "left_out"
    bucket, place = work.place_of(key)
    is_upload = key.startswith("uploads/")
    if (there := _there(bucket, place, copied)) and not (there == "kept" and work.run.overwrite):
        if is_upload and work.run.overwrite:
            _make_first(bucket, place, bucket.stored(place))
        return there
    try:
        stored = bucket.copy(work.archive.bucket.source(copied.copy), place)
    except Archived:
        work.archive.bucket.thaw(copied.copy)
        return "waiting"
    except Missing:
        work.run.lacks(_named(copied))
        return "missing"
    if (stored.sha256 or bucket.sha256(place)) != copied.sha256:
        bucket.delete([Version(place, stored.version_id, False)])
        raise Unusable(f"{_named(copied)} is not what was copied (its SHA-256 differs): take another backup")
    if is_upload and work.run.overwrite:
        _make_first(bucket, place, stored)
    return "copied"


def _named(copied: Copied) -> str:
    """As logs may say it: a key has the person's id and the file's name."""
    of_key = copied.key.split("/")
    if of_key[0] in OF_TWINS:
        what = f"an object of twin {of_key[1]}"
    else:
        what = f"file {of_key[2]}" if of_key[0] == "uploads" else f"what was read of file {of_key[1]}"
    return f"the copy of {what}, version {copied.version_id},"


def _make_first(bucket: Bucket, place: str, stored: Stored) -> None:
    """Remove what an upload was put over: the version that came back is the one that counts, for the next backup, too.

    Its row, which is put back after it, has named none of these: a file's bytes never change.
    """
    found = bucket.versions(place)
    bucket.delete(each for each in found if each.key == place and each.version_id != stored.version_id)


def _there(bucket: Bucket, place: str, copied: Copied) -> str:
    """`equal` where it is there as it was, `kept` where another is, "" where none is."""
    try:
        return "equal" if _is_equal(bucket, place, bucket.stored(place), copied) else "kept"
    except Missing:
        return ""


def _is_equal(bucket: Bucket, place: str, newest: Stored, copied: Copied) -> bool:
    """Versions never change; of an object that a browser stored S3 states no hash."""
    if newest.version_id == copied.version_id:
        return True
    return newest.size == copied.size and (newest.sha256 or bucket.sha256(place)) == copied.sha256
