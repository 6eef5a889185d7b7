"""The text of a simple PDF, page by page, with the standard library alone.

Reads literal and hexadecimal strings of plain or Flate streams, object streams included. Fonts with their
own encoding (most scanned or embedded-subset PDFs) give an empty page: the demo model then says that it
cannot read it.
"""

from __future__ import annotations

import base64
import re
import zlib
from functools import lru_cache

MAX_STREAM_BYTES = 16 * 1024 * 1024

_OBJECT = re.compile(rb"(\d+)\s+\d+\s+obj\b(.*?)\bendobj", re.S)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_REFERENCE = re.compile(rb"(\d+)\s+\d+\s+R")
_TEXT = re.compile(rb"\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f\s]+)>|(-\d{3,})|(T\*|T[dDm])", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b""}


@lru_cache(maxsize=32)
def read_pdf_pages(data: str) -> tuple[str, ...]:
    """Return the text of each page of a base64 PDF; at least one page, "" where nothing can be read."""
    objects = _objects(base64.b64decode(data))
    pages = [body for body in _in_reading_order(objects) if _PAGE.search(body)]
    return tuple(_page_text(page, objects) for page in pages) or ("",)


def _objects(pdf: bytes) -> dict[int, bytes]:
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    for body in list(objects.values()):
        if b"/ObjStm" in body:
            objects |= _packed_objects(body)
    return objects


def _packed_objects(body: bytes) -> dict[int, bytes]:
    first = re.search(rb"/First\s+(\d+)", body)
    content = _stream(body)
    if first is None:
        return {}
    start = int(first[1])
    numbers = [int(token) for token in content[:start].split()]
    offsets = [*numbers[1::2], len(content) - start]
    spans = zip(numbers[::2], offsets, offsets[1:], strict=False)
    return {number: content[start + begin : start + end] for number, begin, end in spans}


def _in_reading_order(objects: dict[int, bytes]) -> list[bytes]:
    """The page tree's leaves from its roots; the file's own order where there is no tree."""
    kids = {number: _references(body, b"Kids") for number, body in objects.items()}
    children = {kid for each in kids.values() for kid in each}
    ordered: dict[int, bytes] = {}
    todo = [number for number in kids if number not in children]
    while todo:
        number = todo.pop(0)
        if number in objects and number not in ordered:
            ordered[number] = objects[number]
            todo = kids[number] + todo
    return list(ordered.values())


def _references(body: bytes, name: bytes) -> list[int]:
    found = re.search(rb"/" + name + rb"\s*(\[[^\]]*\]|\d+\s+\d+\s+R)", body)
    return [int(number) for number in _REFERENCE.findall(found[1])] if found else []


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    if b"/FlateDecode" not in body:
        return found[1]
    try:
        return zlib.decompressobj().decompress(found[1], MAX_STREAM_BYTES)
    except zlib.error:
        return b""


def _page_text(page: bytes, objects: dict[int, bytes]) -> str:
    content = b"\n".join(_stream(objects.get(number, b"")) for number in _references(page, b"Contents"))
    parts = []
    for literal, hexadecimal, kerning, move in _TEXT.findall(content):
        if kerning or move:
            parts.append(b" ")
        elif hexadecimal:
            digits = b"".join(hexadecimal.split())
            parts.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
        else:
            parts.append(_ESCAPE.sub(_unescape, literal))
    text = " ".join(b"".join(parts).decode("cp1252", "replace").split())
    return text if text.isprintable() else ""


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if code.isdigit() else _ESCAPED.get(code, code)
