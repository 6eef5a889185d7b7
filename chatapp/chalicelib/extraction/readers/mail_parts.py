"""A message's parts: the text to read and what hangs on it, told apart as mail programs do."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from .html_parts import decoded as html_decoded
from .html_parts import page_blocks
from .mail_headers import decoded, header

_MOST_PARTS = 1_000
_MOST_DEPTH = 20
_SHORT_TEXT = 100
_WEIGHED_BYTES = 1_000_000  # of a page, to tell what it says beside a short text
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_STATUS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})


@dataclass(frozen=True)
class Body:
    """is_html: to be read as a page. label: the charset that the part declares."""

    content: bytes
    label: str | None
    is_html: bool
    is_flowed: bool = False


@dataclass(frozen=True)
class Attachment:
    """message: one that is attached whole, in place of content."""

    name: str
    media_type: str
    content: bytes = b""
    message: Message | Envelope | None = None


@dataclass(frozen=True)
class Envelope:
    """A message, whatever file it comes in. headers: as (name, value), in the order in which they are shown."""

    subject: str
    headers: list[tuple[str, str]]
    bodies: list[Body]
    attachments: list[Attachment]
    pictures: int = 0


@dataclass
class Parts:
    """In the order of the message. pictures: how many stand in its text."""

    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    pictures: int = 0
    seen: int = 0


def parts_of(message: Message) -> Parts:
    found = Parts()
    _gather(message, found, 0)
    return found


def page_of(message: Message) -> Body | None:
    """Of a saved web page, its first HTML; the rest is what it shows and other frames."""
    return next((_body(part) for part in message.walk() if part.get_content_type() == "text/html"), None)


def _gather(part: Message, found: Parts, depth: int) -> None:
    found.seen += 1
    if found.seen > _MOST_PARTS + 1:
        return
    kind = part.get_content_type()
    name = _name(part)
    if found.seen > _MOST_PARTS or depth > _MOST_DEPTH:  # told of as one that was not read
        found.attachments.append(Attachment(name or f"attachment {len(found.attachments) + 1}", kind))
        return
    if kind in _SIGNATURES:
        return
    if kind == "multipart/alternative":
        _gather_best(part, found, depth)
    elif kind == "message/rfc822":
        inner = next(_children(part), None)
        title = name or (header(inner, "subject") if inner else "")
        found.attachments.append(Attachment(title or f"message {len(found.attachments) + 1}", kind, message=inner))
    elif kind in _STATUS and not name:
        found.bodies.append(_status(part))
    elif part.is_multipart():
        for child in _children(part):
            _gather(child, found, depth + 1)
    elif kind in {"text/plain", "text/html"} and not name and part.get_content_disposition() != "attachment":
        found.bodies.append(_body(part))
    elif kind.startswith("image/") and _is_in_text(part):
        found.pictures += 1
    else:
        _attach(part, name, kind, found)


def _gather_best(part: Message, found: Parts, depth: int) -> None:
    """The plain text, unless it only says that there is a page; then the page, with what comes beside it."""
    children = list(_children(part))
    plain = next((child for child in children if child.get_content_type() == "text/plain"), None)
    pages = [child for child in children if _holds_html(child)]
    if plain is not None and not (pages and _is_excuse(_content(plain), _content(_html_of(pages[-1])))):
        chosen = plain
    else:
        chosen = pages[-1] if pages else next(iter(children), part)
    for child in children:
        if child is chosen:
            _gather(child, found, depth + 1)
        elif child.is_multipart():  # what comes beside the other form: pictures, and sometimes files
            beside = Parts(seen=found.seen)
            _gather(child, beside, depth + 1)
            found.attachments += beside.attachments
            found.pictures += beside.pictures
            found.seen = beside.seen
        elif child.get_content_type() not in {"text/plain", "text/html", "text/watch-html", "text/x-amp-html"}:
            _gather(child, found, depth + 1)


def _holds_html(part: Message) -> bool:
    return part.get_content_type() == "text/html" or (
        part.is_multipart() and any(_holds_html(child) for child in _children(part))
    )


def _html_of(part: Message) -> Message:
    return next((child for child in part.walk() if child.get_content_type() == "text/html"), part)


def _is_excuse(plain: bytes, html: bytes) -> bool:
    said = b" ".join(plain.split())
    return not said or (len(said) < _SHORT_TEXT and _length(html) > len(said) * 4)


def _length(html: bytes) -> int:
    return sum(len(block.text) for block in page_blocks(html_decoded(html[:_WEIGHED_BYTES])))


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _name(part: Message) -> str:
    try:
        return decoded(part.get_filename() or "")
    except (ValueError, LookupError):  # a charset of RFC 2231 that nobody knows
        return ""


def _is_in_text(part: Message) -> bool:
    is_referred_to = bool(part.get("Content-ID") or part.get("Content-Location"))
    return part.get_content_disposition() != "attachment" and is_referred_to


def _attach(part: Message, name: str, kind: str, found: Parts) -> None:
    if not name:
        name = f"attachment {len(found.attachments) + 1}"
    found.attachments.append(Attachment(name, kind, _content(part, is_last=True)))


def _content(part: Message, *, is_last: bool = False) -> bytes:
    """is_last: what is encoded is let go. The library takes five times the memory, for base64."""
    payload = part.get_payload()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "base64" and isinstance(payload, str):
        content: object = _of_base64(payload)
    else:
        content = part.get_payload(decode=True)
    if is_last:
        part.set_payload("")
    return content if isinstance(content, bytes) else b""


def _of_base64(text: str) -> bytes:
    written = text if text.isascii() else text.encode("ascii", "ignore").decode()
    for padding in ("", "=", "==", "A=="):  # of one that was cut
        try:
            return binascii.a2b_base64(written + padding)
        except ValueError:
            continue
    return b""


def _body(part: Message) -> Body:
    try:
        label = part.get_content_charset()
    except (ValueError, LookupError):
        label = None
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    return Body(_content(part), label, part.get_content_type() == "text/html", is_flowed)


def _status(part: Message) -> Body:
    """What a post office says: its lines are headers of their own."""
    if not part.is_multipart():
        return Body(_content(part), None, is_html=False)
    blocks = [
        "\n".join(f"{name}: {decoded(str(value))}" for name, value in each.raw_items()) for each in _children(part)
    ]
    return Body("\n\n".join(blocks).encode(), "utf-8", is_html=False)
