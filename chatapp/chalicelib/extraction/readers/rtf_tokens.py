"""RTF's syntax: groups, control words and bytes of text (specification 1.9.1, "RTF Syntax")."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\(?P<sign>[^A-Za-z])"
    rb"|(?P<brace>[{}])"
    rb"|[\r\n\x00]+"
    rb"|(?P<text>[^\\{}\r\n\x00]+)"
    rb"|."
)
_CHARSETS = {77: "mac_roman", 78: "shift_jis", 79: "euc_kr", 80: "gb2312", 81: "big5", 128: "cp932", 129: "cp949"}
_CHARSETS |= {130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255"}
_CHARSETS |= {178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"}


class Token(NamedTuple):
    """word, number: of a control word or sign. content: of text, or the byte that was written in hexadecimal."""

    kind: Literal["word", "sign", "hex", "open", "close", "text"]
    word: str = ""
    number: int | None = None
    content: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    """Line ends are no text. What follows \\bin is passed over by its length."""
    at, match_at = 0, _TOKEN.match
    while match := match_at(data, at):
        at = match.end()
        kind = match.lastgroup
        if kind == "text":
            yield Token("text", content=match["text"])
        elif kind in {"word", "number"}:
            number = match["number"]
            token = Token("word", match["word"].decode(), None if number is None else int(number))
            if token.word == "bin":
                at += max(0, token.number or 0)
            yield token
        elif kind == "hex":
            yield Token("hex", content=bytes.fromhex(match["hex"].decode()))
        elif kind == "sign":
            yield Token("sign", match["sign"].decode("latin-1"))
        elif kind == "brace":
            yield Token("open" if match["brace"] == b"{" else "close")


def codec_of(charset: int, default: str) -> str:
    return _CHARSETS.get(charset, default)


def codec_of_page(page: int) -> str:
    """Of a code page's number; western where Python does not know it."""
    name = {10000: "mac_roman", 65001: "utf-8", 708: "iso8859_6"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
