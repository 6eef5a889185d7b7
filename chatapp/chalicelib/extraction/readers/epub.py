"""E-books (EPUB 2 and 3): the pages of the spine in its order, each read as the web page that it is.

Own reader: the format is a list of XHTML files, and ebooklib (AGPL) is none to take along.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.limits import MB, Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item

from . import html_parts
from .ooxml import Attributes, Package

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"}
_MOST_PAGE_BYTES = 20 * MB
_BEGINNING = re.compile("<body", re.IGNORECASE)
_HEADING = re.compile(r"<h[1-6][\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,300})</title", re.IGNORECASE)
_PICTURE = re.compile(r"<(?:img|image|svg:image)[\s/>]", re.IGNORECASE)
_CIPHERED = re.compile(r"""CipherReference[^>]{0,200}?URI\s*=\s*["']([^"']{1,500})""")


@dataclass
class _Book:
    """items: href and media type by id. spine: ids."""

    title: str = ""
    items: dict[str, tuple[str, str]] = field(default_factory=dict)
    spine: list[str] = field(default_factory=list)


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = Package(path, limits, "EPUB")
    root = _root(package)
    book = _book(package, root)
    ciphered = set(_CIPHERED.findall(package.content(_ENCRYPTION, MB).decode("utf-8", "replace")))
    pager = SectionPager(start_page)
    pictures = 0
    for name in book.spine:
        href, media_type = book.items.get(name, ("", ""))
        part = posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(href.partition("#")[0])))
        if media_type not in _PAGES or not package.has(part):
            continue
        if part in ciphered or href in ciphered:
            raise ExtractionError("encrypted_document")
        text = html_parts.decoded(package.content(part, _MOST_PAGE_BYTES))
        body = _body(text, book.title)
        pictures += len(_PICTURE.findall(body))
        yield from html_parts.put(body, pager)
    yield from pager.close()
    if pictures:
        yield Note("pictures_left_out", count=pictures)


def _root(package: Package) -> str:
    """The part that lists the others."""
    found: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag.rpartition(":")[2] == "rootfile" and package.has(attributes.get("full-path", "")):
            found.append(attributes["full-path"])

    if package.has(_CONTAINER):
        package.parse(_CONTAINER, start, allows_doctype=True)
    if not found:
        raise ExtractionError("broken_file", "no list of parts", format="EPUB")
    return found[0]


def _book(package: Package, root: str) -> _Book:
    book = _Book()
    in_title = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal in_title
        name = tag.rpartition(":")[2]
        in_title = name == "title" and not book.title
        if name == "item":
            book.items[attributes.get("id", "")] = (attributes.get("href", ""), attributes.get("media-type", ""))
        elif name == "itemref":
            book.spine.append(attributes.get("idref", ""))

    def end(_tag: str) -> None:
        nonlocal in_title
        in_title = False

    def characters(text: str) -> None:
        if in_title:
            book.title += text

    package.parse(root, start, end, characters, allows_doctype=True)
    book.spine = list(dict.fromkeys(book.spine))
    return book


def _body(text: str, book_title: str) -> str:
    """Without the head: its title is the book's in every page, or the heading that the body has again."""
    found = _BEGINNING.search(text)
    head, body = (text[: found.start()], text[found.start() :]) if found else ("", text)
    title = _TITLE.search(head)
    if title is None or _HEADING.search(body) or " ".join(title[1].split()) in {"", " ".join(book_title.split())}:
        return body
    return f"<h1>{title[1]}</h1>{body}"
