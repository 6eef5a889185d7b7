"""Headers of messages as people read them: words in other encodings decoded, folded lines joined."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message

from chalicelib.extraction.cleaning import clean
from chalicelib.extraction.kinds import charset

_MOST_CHARACTERS = 4_000  # of one header: hundreds of recipients
_ENCODED = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=(\s*(?==\?))?")


def header(message: Message, name: str) -> str:
    """Of several of the same name the first; "" where there is none."""
    for known, value in message.raw_items():
        if known.lower() == name:
            return decoded(str(value))
    return ""


def decoded(value: str) -> str:
    """value: as the parser has it, with bytes beyond ASCII as surrogates."""
    value = _without_surrogates(value[:_MOST_CHARACTERS])
    words: list[tuple[str, bytes]] = []  # of one run, label and content: a letter may go from one word to the next
    parts: list[str] = []
    at = 0
    for match in _ENCODED.finditer(value):
        if match.start() > at:
            parts.append(_said(words))
            parts.append(value[at : match.start()])
            words = []
        label, content = match[1].lower(), _content(match[2], match[3])
        if words and words[-1][0] == label:
            words[-1] = (label, words[-1][1] + content)
        else:
            words.append((label, content))
        at = match.end()
    parts += [_said(words), value[at:]]
    return " ".join(clean("".join(parts)).split())


def _said(words: list[tuple[str, bytes]]) -> str:
    return "".join(content.decode(charset.of_bytes(content, label).codec, "replace") for label, content in words)


def _content(form: str, text: str) -> bytes:
    written = text.encode("ascii", "ignore")
    if form in "qQ":
        return quopri.decodestring(written.replace(b"_", b"=20"))
    try:
        return base64.b64decode(written + b"=" * (-len(written) % 4))
    except (binascii.Error, ValueError):
        return b""


def _without_surrogates(value: str) -> str:
    try:
        content = value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return value
    return value if value.isascii() else content.decode(charset.of_bytes(content).codec, "replace")
