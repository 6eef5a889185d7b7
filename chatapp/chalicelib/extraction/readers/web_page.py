"""HTML files: pages are the sections between headings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item

from .hypertext import Hypertext
from .plain_text import decoded, guessed


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    pager = SectionPager(start_page)
    document = Hypertext(pager)
    encoding = charset.find(path, in_html=True)
    yield from guessed(encoding)
    for chunk in decoded(path, encoding.codec):
        document.feed(chunk)
        # What the parser holds back is an unclosed tag or comment, looked through anew with each chunk.
        if len(document.rawdata) > limits.max_page_characters * 10:
            raise ExtractionError("broken_file", "an unclosed tag", format="HTML")
        yield from document.take()
    document.finish()
    yield from document.take()
    yield from pager.close()
