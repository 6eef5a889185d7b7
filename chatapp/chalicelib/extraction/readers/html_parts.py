"""HTML, texts and mail-like archives (MHT) inside of other formats: decoded, and read as the blocks they have."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage

from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.pages import Page

from .hypertext import Hypertext
from .prose import Block

_FED_CHARACTERS = 65_536
_SNIFFED_BYTES = 4_096
_HTML = re.compile(rb"<(?:!doctype|html|head|body|p|div|table|span|h\d|br|ul|ol)\b", re.IGNORECASE)
_MHT = re.compile(rb"\A\s*(?:mime-version|content-type|from|date|subject|x-[\w-]+):", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z]", re.IGNORECASE)


def blocks_of(content: bytes) -> list[Block] | None:
    """Of a page, an MHT or a text; None when it is none of these."""
    if _MHT.match(content):
        return _mht(content)
    if b"\x00" in content and charset.sniff(content[:_SNIFFED_BYTES], is_whole=False) is None:
        return None
    if _HTML.search(content[:_SNIFFED_BYTES].replace(b"\x00", b"")):
        return page_blocks(decoded(content))
    return _lines(decoded(content))


def decoded(content: bytes, label: str | None = None) -> str:
    """By its bytes, as it declares itself, or as a mail does (`label`)."""
    return content.decode(charset.of_bytes(content, charset.declared_in(content) or label).codec, "replace")


def put(text: str, pager: SectionPager) -> Iterator[Page]:
    """A whole page of HTML, put to the pages of the format that it stands in."""
    document = Hypertext(pager)
    for at in range(0, len(text), _FED_CHARACTERS):
        document.feed(text[at : at + _FED_CHARACTERS])
        yield from document.take()
    document.finish()
    yield from document.take()


def page_blocks(text: str) -> list[Block]:
    gathered = Gathered()
    list(put(text, gathered))
    return gathered.blocks


def _lines(text: str) -> list[Block]:
    return [Block("paragraph", line) for line in text.splitlines() if line.strip()]


def _mht(content: bytes) -> list[Block] | None:
    """The first part of text: what it refers to is not looked for."""
    message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() not in {"text/html", "text/plain"}:
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            text = decoded(payload, part.get_content_charset())
            is_page = part.get_content_type() == "text/html" or _MARKUP.search(text[:200])
            return page_blocks(text) if is_page else _lines(text)
    return None


class Gathered(SectionPager):
    """Stands where a pager does, and keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []

    def heading(self, text: str) -> Iterator[Page]:
        self.blocks.append(Block("heading", text))
        return iter(())

    def paragraph(self, text: str) -> Iterator[Page]:
        self.blocks.append(Block("paragraph", text))
        return iter(())
