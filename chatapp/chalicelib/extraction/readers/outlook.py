"""Outlook messages (MSG): properties of MAPI in an OLE2 container, put together to the message that they are.

https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxmsg
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import olefile

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Page

from .mail_parts import Attachment, Body, Envelope
from .message import Mail

_PROPERTIES = "__properties_version1.0"
_ATTACHED, _RECIPIENT = "__attach_version1.0_#", "__recip_version1.0_#"
_EMBEDDED = "__substg1.0_3701000D"
# What stands before the properties of a message, of one inside another, and of an attachment or recipient.
_TOP_BYTES, _INNER_BYTES, _OTHER_BYTES = 32, 24, 8
_ENTRY = struct.Struct("<HHL8s")
_SUBJECT, _BODY, _HTML, _RTF, _SUBMITTED, _DELIVERED = 0x0037, 0x1000, 0x1013, 0x1009, 0x0039, 0x0E06
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _CODE_PAGE, _INTERNET_CODE_PAGE = 0x0C1A, 0x0C1F, 0x5D01, 0x3FFD, 0x3FDE
_NAME, _SMTP, _ADDRESS, _RECIPIENT_KIND = 0x3001, 0x39FE, 0x3003, 0x0C15
_DATA, _LONG_NAME, _SHORT_NAME, _MEDIA_TYPE, _IS_HIDDEN, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x7FFE, 0x3712
_RECIPIENTS = {1: "To", 2: "Cc", 3: "Bcc"}
_MOST_DEPTH = 6
_MOST_RECIPIENTS = 200
_MOST_ATTACHMENTS = 1_000


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    opened: Any = olefile.OleFileIO  # which has no types
    with opened(path) as container:
        if not container.exists(_PROPERTIES):
            raise ExtractionError("broken_file", "no properties", format="MSG")
        storage = _Storage(container, (), _TOP_BYTES)
        has_only_rtf = not storage.body() and storage.has(_RTF)
        envelope = _envelope(storage, 0)
    if has_only_rtf:
        yield Note("objects_left_out", count=1)
    for item in Mail(limits).envelope(envelope):
        if not isinstance(item, Page) or item.number >= start_page:
            yield item


class _Storage:
    """One object of the container: a message, an attachment or a recipient."""

    def __init__(self, container: Any, path: tuple[str, ...], header_bytes: int) -> None:
        self._container = container
        self._path = path
        content = self._stream(_PROPERTIES)[header_bytes:]
        whole = content[: len(content) // _ENTRY.size * _ENTRY.size]
        self._fixed = {tag: value for _, tag, _, value in _ENTRY.iter_unpack(whole)}

    def inner(self, name: str, header_bytes: int) -> _Storage:
        return _Storage(self._container, (*self._path, name), header_bytes)

    def names(self, prefix: str) -> list[str]:
        """Of the storages directly inside, in order."""
        depth = len(self._path)
        entries = self._container.listdir(streams=False, storages=True)
        return sorted(
            entry[depth]
            for entry in entries
            if len(entry) == depth + 1 and tuple(entry[:depth]) == self._path and entry[depth].startswith(prefix)
        )

    def has(self, tag: int) -> bool:
        return any(self._exists(f"__substg1.0_{tag:04X}{form}") for form in ("001F", "001E", "0102"))

    def text(self, tag: int) -> str:
        wide = self._stream(f"__substg1.0_{tag:04X}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\x00")
        narrow = self._stream(f"__substg1.0_{tag:04X}001E").rstrip(b"\x00")
        return narrow.decode(charset.of_bytes(narrow, self.code_page(_CODE_PAGE)).codec, "replace") if narrow else ""

    def binary(self, tag: int) -> bytes:
        return self._stream(f"__substg1.0_{tag:04X}0102")

    def number(self, tag: int) -> int:
        return int(struct.unpack("<L", self._fixed.get(tag, bytes(8))[:4])[0])

    def time(self, tag: int) -> str:
        """As messages write it; "" where there is none. Stored in tenths of microseconds since 1601."""
        ticks = struct.unpack("<Q", self._fixed.get(tag, bytes(8)))[0]
        try:
            return (
                format_datetime(datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)) if ticks else ""
            )
        except OverflowError:
            return ""

    def code_page(self, tag: int) -> str | None:
        page = self.number(tag)
        names = {65001: "utf-8", 20127: "ascii", 28591: "latin-1", 28592: "iso8859-2", 20866: "koi8-r", 51932: "euc_jp"}
        return names.get(page, f"cp{page}") if page else None

    def body(self) -> list[Body]:
        """The plain text, which Outlook writes beside every other form; else the page."""
        plain = self.text(_BODY)
        if plain.strip():
            return [Body(plain.encode("utf-8", "replace"), "utf-8", is_html=False)]
        html = self.binary(_HTML)
        label = self.code_page(_INTERNET_CODE_PAGE)
        if not html:
            html, label = self.text(_HTML).encode("utf-8", "replace"), "utf-8"
        return [Body(html, label, is_html=True)] if html.strip() else []

    def _exists(self, name: str) -> bool:
        return bool(self._container.exists([*self._path, name]))

    def _stream(self, name: str) -> bytes:
        path = [*self._path, name]
        if not self._container.exists(path) or self._container.get_type(path) != olefile.STGTY_STREAM:
            return b""
        with self._container.openstream(path) as stream:
            content = stream.read()
        return content if isinstance(content, bytes) else b""


def _envelope(storage: _Storage, depth: int) -> Envelope:
    sender = _address(storage.text(_SENDER), storage.text(_SENDER_SMTP) or storage.text(_SENDER_ADDRESS))
    headers = [("From", sender), *_recipients(storage)]
    headers.append(("Date", storage.time(_SUBMITTED) or storage.time(_DELIVERED)))
    attachments: list[Attachment] = []
    pictures = 0
    for name in storage.names(_ATTACHED)[:_MOST_ATTACHMENTS]:
        attached = storage.inner(name, _OTHER_BYTES)
        attachment = _attachment(attached, depth, len(attachments) + 1)
        is_picture = attachment.media_type.startswith("image/") or attached.text(_CONTENT_ID)
        if attached.number(_IS_HIDDEN) & 1 and is_picture:
            pictures += 1
        else:
            attachments.append(attachment)
    return Envelope(storage.text(_SUBJECT), headers, storage.body(), attachments, pictures)


def _attachment(attached: _Storage, depth: int, number: int) -> Attachment:
    name = attached.text(_LONG_NAME) or attached.text(_SHORT_NAME) or attached.text(_NAME) or f"attachment {number}"
    if attached.names(_EMBEDDED) and depth < _MOST_DEPTH:
        return Attachment(name, "message/rfc822", message=_envelope(attached.inner(_EMBEDDED, _INNER_BYTES), depth + 1))
    return Attachment(name, attached.text(_MEDIA_TYPE), attached.binary(_DATA))


def _recipients(storage: _Storage) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {name: [] for name in _RECIPIENTS.values()}
    for name in storage.names(_RECIPIENT)[:_MOST_RECIPIENTS]:
        recipient = storage.inner(name, _OTHER_BYTES)
        address = recipient.text(_SMTP) or recipient.text(_ADDRESS)
        kind = _RECIPIENTS.get(recipient.number(_RECIPIENT_KIND), "To")
        found[kind].append(_address(recipient.text(_NAME), address))
    return [(kind, ", ".join(people)) for kind, people in found.items()]


def _address(name: str, address: str) -> str:
    """Within a company, addresses are paths of its directory, which nobody reads."""
    if "@" not in address or address == name:
        return name or address
    return f"{name} <{address}>" if name else address
