"""Messages (EML) and saved web pages (MHT): what is written first, then each attachment by the reader of its kind.

A page of an attachment says in its locator whose it is. Messages in messages are attachments with theirs.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import compat32
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from chalicelib.extraction.cleaning import clean
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.kinds.detect import Kind, kind_of
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Locator, Page

from . import html_parts
from .mail_headers import header
from .mail_parts import Attachment, Body, Envelope, page_of, parts_of
from .plain_text import guessed

_SHOWN = ("from", "to", "cc", "bcc", "date")
_MOST_ATTACHMENTS = 50
_MOST_DEPTH = 5  # messages in messages
_CPU_SHARE = 0.6  # of the process's time, after which no further attachment is begun
_CHUNK_BYTES = 65_536
_COUNTED_LINE_BYTES = 100
_FLOWED = re.compile(r"(?<!^--)(?<=\S) \r?\n(?!>)", re.MULTILINE)
_COUNTED_LINE = re.compile(rb"\A\s*(\d{1,10})\s*\n")  # of an .emlx: how many bytes follow
_SAVED_PAGE = re.compile(r"saved by|enregistré par|gespeichert von", re.IGNORECASE)


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    with path.open("rb") as file:
        message = _parsed(file)
    if not message.keys() and not message.is_multipart():
        raise ExtractionError("broken_file", "no headers", format="EML")
    mail = Mail(limits)
    saved_page = page_of(message) if _is_saved_page(message) else None
    items = mail.page(saved_page) if saved_page else mail.message(message)
    last = 0
    for item in items:
        last = item.number if isinstance(item, Page) else last
        if not isinstance(item, Page) or item.number >= start_page:
            yield item
    if last and _is_cut(message):
        yield Note("cut", pages=(last,))


def _is_cut(message: Message) -> bool:
    """Whether it ends inside one of its parts."""
    defects = (defect for part in message.walk() for defect in part.defects)
    return any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in defects)


def _parsed(file: BinaryIO) -> Message:
    """In pieces: parsed at once, a message takes four times its size."""
    counted = _COUNTED_LINE.match(file.read(_COUNTED_LINE_BYTES))
    file.seek(counted.end() if counted else 0)
    left = int(counted[1]) if counted else None
    parser = BytesFeedParser(policy=compat32)
    while chunk := file.read(_CHUNK_BYTES if left is None else min(left, _CHUNK_BYTES)):
        parser.feed(chunk)
        left = None if left is None else left - len(chunk)
    return parser.close()


def _is_saved_page(message: Message) -> bool:
    if message.get_content_type() not in {"multipart/related", "text/html", "multipart/alternative"}:
        return False
    return (
        "Snapshot-Content-Location" in message
        or bool(_SAVED_PAGE.search(header(message, "from")))
        or (not message.get("To") and not message.get("Received"))
    )


class Mail:
    """Gives a message's pages and those of its attachments one run of numbers."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._number = 0
        self._read = 0
        self._began_s = time.process_time()

    def page(self, page: Body) -> Iterator[Item]:
        pager = SectionPager()
        yield from self._numbered(_of_body(page, pager), [])
        yield from self._numbered(pager.close(), [])

    def message(self, message: Message, inside: tuple[str, ...] = ()) -> Iterator[Item]:
        found = parts_of(message)
        headers = [(name.capitalize(), header(message, name)) for name in _SHOWN]
        envelope = Envelope(header(message, "subject"), headers, found.bodies, found.attachments, found.pictures)
        yield from self.envelope(envelope, inside)

    def envelope(self, envelope: Envelope, inside: tuple[str, ...] = ()) -> Iterator[Item]:
        """inside: the names of the attachments that this message is in."""
        pager = SectionPager()
        yield from self._numbered(_of_message(envelope, pager), inside)
        yield from self._numbered(pager.close(), inside)
        if envelope.pictures:
            yield Note("pictures_left_out", count=envelope.pictures)
        for attachment in envelope.attachments:
            yield from self._attachment(attachment, inside)

    def _attachment(self, attachment: Attachment, inside: tuple[str, ...]) -> Iterator[Item]:
        name = _name(attachment.name)
        within = (*inside, name)
        self._read += 1
        is_late = time.process_time() - self._began_s > self._limits.cpu_s * _CPU_SHARE
        if self._read > _MOST_ATTACHMENTS or len(within) > _MOST_DEPTH or is_late:
            yield Note("attachments_left_out", names=(name,))
            return
        before = self._number
        try:
            yield from self._content(attachment, within)
        except (ExtractionError, MemoryError, RecursionError, OSError, ValueError):
            if self._number == before:
                yield Note("attachments_left_out", names=(name,))
                return
            yield Note("cut", pages=(self._number,))
        is_read = self._number > before
        yield Note("attachments" if is_read else "attachments_left_out", names=(name,))

    def _content(self, attachment: Attachment, within: tuple[str, ...]) -> Iterator[Item]:
        if isinstance(attachment.message, Envelope):
            yield from self.envelope(attachment.message, within)
            return
        if attachment.message is not None:
            yield from self.message(attachment.message, within)
            return
        with _as_file(attachment.content) as path:
            kind = kind_of(path, attachment.name, attachment.media_type, self._limits)
            if kind.group == "image":
                return
            if kind.reader == "message":
                yield from self.message(_parsed(BytesIO(attachment.content)), within)
                return
            yield from self._numbered(_items(kind, path, self._limits), within)

    def _numbered(self, items: Iterator[Item], inside: tuple[str, ...] | list[str]) -> Iterator[Item]:
        offset = self._number
        for item in items:
            if isinstance(item, Page):
                self._number += 1
                yield Page(self._number, _located(item.locator, tuple(inside)), item.text)
            elif isinstance(item, Note):
                # No attachment is shown by sight: what cannot be read of it is a picture that nobody saw.
                code = "pictures" if item.code == "by_sight" else item.code
                yield replace(item, code=code, pages=tuple(page + offset for page in item.pages))


def _items(kind: Kind, path: Path, limits: Limits) -> Iterator[Item]:
    reader = import_module(f".{kind.reader}", __package__)
    items: Iterator[Item] = reader.read(path, limits, 1)
    yield from items


def _located(locator: Locator, inside: tuple[str, ...]) -> Locator:
    if not inside:
        return locator
    attachment = " › ".join(inside)
    return {**locator, "label": f"{attachment}, {locator['label']}", "attachment": attachment}


def _name(name: str) -> str:
    return " ".join(clean(name).split())[:100] or "attachment"


@contextmanager
def _as_file(content: bytes) -> Iterator[Path]:
    """A file in memory alone, since this process may write no other, and readers take paths."""
    descriptor = os.memfd_create("attachment")
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


# --- What is written ------------------------------------------------------------------------------------------------


def _of_message(envelope: Envelope, pager: SectionPager) -> Iterator[Item]:
    yield from pager.heading(envelope.subject)
    names = "; ".join(_name(attachment.name) for attachment in envelope.attachments[:_MOST_ATTACHMENTS])
    more = len(envelope.attachments) - _MOST_ATTACHMENTS
    names += f" and {more} more" if more > 0 else ""
    for name, value in (*envelope.headers, ("Attachments", names)):
        if value:
            yield from pager.paragraph(f"{name}: {value}")
    for body in envelope.bodies:
        yield from _of_body(body, pager)


def _of_body(body: Body, pager: SectionPager) -> Iterator[Item]:
    """As it is declared, unless its bytes say otherwise; a page may declare it itself."""
    encoding = charset.of_bytes(body.content, body.label or _declared_in(body))
    yield from guessed(encoding)
    text = body.content.decode(encoding.codec, "replace")
    if body.is_html:
        yield from html_parts.put(text, pager)
        return
    if body.is_flowed:
        text = _FLOWED.sub(" ", text)
    for paragraph in re.split(r"\n\s*\n", clean(text)):
        yield from pager.paragraph(paragraph)


def _declared_in(body: Body) -> str | None:
    return charset.declared_in(body.content) if body.is_html else None
