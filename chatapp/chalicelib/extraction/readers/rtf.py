"""RTF as a person sees it; pages are the sections between headings, as in `docx.py`.

Own reader: striprtf (BSD, small) drops the marks of notes, remarks, merged cells, form fields and raised text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Page

from .prose import Block, Prose
from .rtf_text import RtfText
from .rtf_tokens import tokens
from .word_document import Counts, notes_of


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    counts = Counts()
    pager = SectionPager(start_page)
    number = 0
    text = RtfText(limits, counts)
    for page in _pages(path, text, Prose(pager)):
        number = page.number
        yield page
    for page in pager.close():
        number = page.number
        yield page
    if text.depth > 1:
        raise ExtractionError("broken_file", f"ends {text.depth} groups deep", format="RTF")
    if text.depth == 1 and number:  # cut in the middle of its text, or only its last bracket is missing
        yield Note("cut", pages=(number,))
    yield from notes_of(counts)


def blocks_of(content: bytes, limits: Limits) -> list[Block]:
    """Of a text that stands in another document."""
    text = RtfText(limits, Counts())
    for token in tokens(content):
        text.feed(token)
    text.finish()
    return [*text.take(), *text.footers, *(block for blocks in text.notes.values() for block in blocks)]


def _pages(path: Path, text: RtfText, prose: Prose) -> Iterator[Page]:
    for token in tokens(path.read_bytes()):
        text.feed(token)
        if token.kind == "word" and token.word in {"par", "row", "sect"}:
            prose.replay(text.take())
            yield from prose.take()
        if text.is_over:
            break
    text.finish()
    prose.replay(text.take())
    prose.replay(text.footers)
    for title, blocks in text.notes.items():
        if blocks:
            prose.heading(title)
            prose.replay(blocks)
    yield from prose.take()
