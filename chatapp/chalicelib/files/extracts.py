"""What extraction leaves of a file in the bucket, and how it is read again; `page_writer.py` writes it.

    extracted/{file_id}/pages/{first:06d}.jsonl   20 pages each, one JSON {"number", "locator", "text"} a line
    extracted/{file_id}/{run}/index.sqlite        all of them, to be searched (extraction/index/search_index.py)
    extracted/{file_id}/outline.txt               extraction/index/outline.py
    extracted/{file_id}/sight/{first:06d}.pdf     up to three pages of a PDF that are to be seen (sight.py)

Of a file that was read again (`rereading.py`), pages, pieces and outline of the second reading and each later one:

    extracted/{file_id}/readings/{reading:03d}/…

Those of the readings before stay: what was cited names a page of its own reading. The row names the one that counts.

Within a reading, pages and outline are the same whoever writes them. The index grows while its run reads, so each run
has its own: a worker that sleeps past its lease cannot put an older one in its successor's place. The file's row names
the one that counts.

Who may see a file is decided before: here an id is all it takes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cachetools import LRUCache

from chalicelib.aws.bucket import Bucket, Missing
from chalicelib.errors import NotFound
from chalicelib.extraction.limits import MB
from chalicelib.extraction.pages import Page
from chalicelib.workers import scratch

if TYPE_CHECKING:
    from chalicelib.services import Services

    from .row import File

PAGES_AN_OBJECT = 20
_READERS = 8
# Lambda's /tmp has 512 MB.
_MOST_CACHED_BYTES = 128 * MB
_INDEX_NAME = "/index.sqlite"
_READINGS = "readings/"


def prefix(file_id: str) -> str:
    """What all keys of a file's extract begin with."""
    return f"extracted/{file_id}/"


def _of_reading(file_id: str, reading: int) -> str:
    """What the keys of one reading's pages, pieces and outline begin with."""
    return f"{prefix(file_id)}{_READINGS}{reading:03d}/" if reading else prefix(file_id)


def pages_key(file_id: str, first: int, reading: int = 0) -> str:
    return f"{_of_reading(file_id, reading)}pages/{first:06d}.jsonl"


def index_key(file_id: str, run: str) -> str:
    return f"{prefix(file_id)}{run}{_INDEX_NAME}"


def outline_key(file_id: str, reading: int = 0) -> str:
    return f"{_of_reading(file_id, reading)}outline.txt"


def sight_key(file_id: str, first: int, reading: int = 0) -> str:
    return f"{_of_reading(file_id, reading)}sight/{first:06d}.pdf"


def first_of(number: int) -> int:
    """The number of the first page in the object that holds page `number`."""
    return (number - 1) // PAGES_AN_OBJECT * PAGES_AN_OBJECT + 1


def drop_former(extracted: Bucket, file: File) -> None:
    """Remove what a file that is ready does not need: other runs' indexes, readings that came to nothing after the one
    that counts, and what the bucket keeps of overwritten objects, such as the index as it grew."""
    seen: set[str] = set()
    former = []
    for version in extracted.versions(prefix(file.file_id)):
        is_other_index = version.key.endswith(_INDEX_NAME) and version.key != file.index_key
        if version.key in seen or is_other_index or _reading_of(version.key) > file.reading:
            former.append(version)
        seen.add(version.key)
    extracted.delete(former)


def _reading_of(key: str) -> int:
    _, _, part = key.partition(f"/{_READINGS}")
    return int(part.partition("/")[0]) if part else 0


def remove(extracted: Bucket, file_id: str) -> None:
    """Remove all that was stored of a file, in every version."""
    extracted.delete(extracted.versions(prefix(file_id)))


# Reading


def read_page(services: Services, file_id: str, number: int, reading: int = 0) -> Page:
    """One page; also of those read so far while a file is still being read. Raises NotFound."""
    if number >= 1:
        try:
            body = services.extracted.read(pages_key(file_id, first_of(number), reading))
        except Missing:
            body = b""
        for page in _pages(body):
            if page.number == number:
                return page
    raise NotFound("page", "number")


def read_all(services: Services, file: File) -> list[Page]:
    """All pages of a file that is ready. Raises NotFound when it has been removed meanwhile."""
    firsts = range(1, (file.pages or 0) + 1, PAGES_AN_OBJECT)
    keys = [pages_key(file.file_id, first, file.reading) for first in firsts]
    try:
        return [page for body in _read(services.extracted, keys) for page in _pages(body)]
    except Missing as missing:
        raise NotFound("file") from missing


def sight(services: Services, file: File, firsts: Sequence[int]) -> list[bytes]:
    """The pieces that begin with these pages. Raises NotFound when the file has been removed meanwhile."""
    try:
        return list(_read(services.extracted, [sight_key(file.file_id, first, file.reading) for first in firsts]))
    except Missing as missing:
        raise NotFound("file") from missing


def outline(services: Services, file: File) -> str:
    """Raises NotFound when the file has been removed meanwhile, or has no pages."""
    try:
        return services.extracted.read(outline_key(file.file_id, file.reading)).decode()
    except Missing as missing:
        raise NotFound("file") from missing


def index(services: Services, file: File) -> Path:
    """A local copy of the search index of a file that is ready; kept by this process for the next search.

    Raises NotFound when the file has been removed meanwhile, or has no pages.
    """
    if file.index_key is None:
        raise NotFound("file")
    try:
        return index_cache().path(services.extracted, file.file_id, file.index_key)
    except Missing as missing:
        raise NotFound("file") from missing


class IndexCache(LRUCache[Path, int]):
    """Copies of the indexes used last, within `most_bytes`; the one asked for is kept however large it is."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(most_bytes)
        self._folder = scratch.Folder()
        self._lock = threading.Lock()

    def path(self, extracted: Bucket, file_id: str, key: str) -> Path:
        # By its run too: a file that was read again has another index.
        path = self._folder.path / f"{file_id}-{key.removesuffix(_INDEX_NAME).rpartition('/')[2]}.sqlite"
        with self._lock:
            if self.get(path) is None:
                self[path] = self._fetched(extracted, key, path)
        return path

    def _fetched(self, extracted: Bucket, key: str, path: Path) -> int:
        try:
            extracted.download(key, path, before=self._make_room)
        except Exception:
            path.unlink(missing_ok=True)
            raise
        return path.stat().st_size

    def _make_room(self, size_bytes: int) -> None:
        """Before the file comes: Lambda's /tmp would be full with both."""
        while self and self.currsize + size_bytes > self.maxsize:
            self.popitem()

    def popitem(self) -> tuple[Path, int]:
        oldest, size_bytes = super().popitem()
        oldest.unlink()
        return oldest, size_bytes

    def getsizeof(self, value: int) -> int:  # type: ignore[override]
        return min(value, int(self.maxsize))


@lru_cache(maxsize=1)
def index_cache() -> IndexCache:
    """This process's own."""
    return IndexCache(_MOST_CACHED_BYTES)


def _read(extracted: Bucket, keys: list[str]) -> Iterable[bytes]:
    """Objects, in the order of their keys, several at a time."""
    if len(keys) <= 1:
        return map(extracted.read, keys)
    with ThreadPoolExecutor(max_workers=min(_READERS, len(keys))) as pool:
        return list(pool.map(extracted.read, keys))


def _pages(body: bytes) -> Iterator[Page]:
    return (Page(**json.loads(line)) for line in body.split(b"\n") if line)
