"""Writes what `extracts.py` reads, while a file's pages come. Only the extraction worker does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Self

from chalicelib.aws.bucket import Bucket
from chalicelib.extraction.index.outline import outline
from chalicelib.extraction.index.search_index import IndexWriter, measure
from chalicelib.extraction.pages import Page

from . import extracts

# The index is stored while pages come whenever it has grown by this factor, so that all its copies together have at
# most 1 + 1/4 + 1/16 + … of the last one's size, and with the finished one 2⅓ of it.
_GROWTH = 4
_LINES, _SQLITE, _TEXT = "application/jsonl", "application/vnd.sqlite3", "text/plain; charset=utf-8"


class PageWriter:
    """Stores pages as they are read, in order.

    reading: of the file, 0 for the first one; its pages name it. run: names the run, whose index is stored at
    `index_key`. index_path: a local file for it.
    start_page: where this run begins, the first page of an object; if not 1, the index that an earlier run left at
    `left_key` is fetched and continued. To be used in `with`, and ended by `close` or `pause`.
    """

    def __init__(
        self,
        extracted: Bucket,
        file_id: str,
        run: str,
        index_path: Path,
        *,
        start_page: int = 1,
        left_key: str | None = None,
        reading: int = 0,
    ) -> None:
        self._extracted = extracted
        self._file_id = file_id
        self._reading = reading
        self.index_key = extracts.index_key(file_id, run)
        self._index_path = index_path
        self._waiting: list[Page] = []
        self._next = start_page
        self._stored_bytes = self._bytes = 0
        if start_page > 1:
            assert left_key is not None  # noqa: S101 (what a run leaves names its index)
            extracted.download(left_key, index_path)
            self._stored_bytes = self._bytes = measure(index_path).text_bytes
        self._index = IndexWriter(index_path)
        # The earlier run indexed pages after its last whole object; this one may not come as far.
        self._index.drop_from(start_page)
        self._is_open = True

    @property
    def next_page(self) -> int:
        """Where another run has to go on: the page after the last whole object."""
        return self._next

    def add(self, page: Page) -> None:
        if self._reading:
            page = replace(page, locator={**page.locator, "reading": self._reading})
        self._waiting.append(page)
        self._index.add(page)
        self._bytes += len(page.text.encode())
        if page.number % extracts.PAGES_AN_OBJECT == 0:
            self._store_pages()
            self._next = page.number + 1
            if self._bytes >= self._stored_bytes * _GROWTH:
                self._store_index()

    def pause(self) -> None:
        """Store what is there, for another run to go on at `next_page`. Nothing can be added any more."""
        self._close_index()
        self._put_index()

    def close(self) -> str:
        """Store the rest and the outline, which is returned. Nothing can be added any more."""
        if self._waiting:
            self._store_pages()
        self._close_index()
        self._put_index()
        text = outline(self._index_path)
        self._extracted.put(extracts.outline_key(self._file_id, self._reading), text.encode(), _TEXT)
        return text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Whatever was not stored is dropped."""
        self._close_index()

    def _store_pages(self) -> None:
        first = extracts.first_of(self._waiting[0].number)
        body = "".join(_as_line(page) for page in self._waiting).encode()
        self._extracted.put(extracts.pages_key(self._file_id, first, self._reading), body, _LINES)
        self._waiting.clear()

    def _store_index(self) -> None:
        self._index.commit()
        self._put_index()
        self._stored_bytes = self._bytes

    def _close_index(self) -> None:
        if self._is_open:
            self._is_open = False
            self._index.close()

    def _put_index(self) -> None:
        self._extracted.put(self.index_key, self._index_path, _SQLITE)


def _as_line(page: Page) -> str:
    value = {"number": page.number, "locator": page.locator, "text": page.text}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
