"""The encoding of a text: its marks, then UTF-8, then what the file declares, then a guess among the older ones."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from . import plausibility

_SAMPLE_BYTES = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# ISO 2022 is written in seven bits; its escapes say which.
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$B", "iso2022_jp_ext"), (b"\x1b$@", "iso2022_jp_ext"))
# Controls that no text has; escape (0x1B) is in logs, form feed and the end mark 0x1A in old texts. NULs are counted
# apart: programs leave some in texts, and fill fields with them.
_BINARY_BYTES = bytes(byte for byte in range(1, 32) if byte not in b"\t\n\v\f\r\x1a\x1b\x08\x07")
_MOST_BINARY_SHARE = 0.01
_FEW_NULS, _MANY_NULS = 0.05, 0.3
# Of UTF-16 without a mark; the beginning tells.
_WIDE_BYTES, _FEWEST_WIDE, _MOST_WRITTEN = 8_192, 3, 0.95
# First and last of what people write: western letters to Indic ones and Thai, more of Latin and Greek, punctuation to
# arrows, Japanese, Chinese and Korean, and the planes of emoji and rare Chinese letters.
_WRITTEN = (
    *((0x20, 0x7E), (0xA0, 0xEFF), (0x10A0, 0x10FF), (0x1E00, 0x22FF), (0x2500, 0x25FF), (0x3000, 0x30FF)),
    *((0x3200, 0x33FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFB00, 0xFDFF), (0xFE30, 0xFE4F), (0xFE70, 0xFEFC)),
    *((0xFF00, 0xFFEF), (0x1F000, 0x2FFFF)),
)
OLDER = "older"  # a text, in an encoding that only `find` finds out

# Labels of mails and web pages that Python does not know, and those that mean more than they say: browsers read
# "iso-8859-1" as Windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels).
_LABELS = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
# The encodings that hold all of another and more, by Python's names. Not those of Windows for ISO-8859-2, -5, -6, -7
# and -13, where the same bytes are other letters.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-8": "cp1255",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
}
_COUSINS = {"iso8859-15": "cp1252", "iso8859-2": "cp1250", "iso8859-7": "cp1253", "iso8859-13": "cp1257"}
_SHOWN = {"cp932": "Shift JIS", "cp949": "EUC-KR", "cp950": "Big5", "gb18030": "GB 18030", "big5hkscs": "Big5"}
_SHOWN |= {"euc_jis_2004": "EUC-JP", "euc_jisx0213": "EUC-JP", "iso2022_jp_ext": "ISO-2022-JP"}
_SHOWN |= {
    "mac-roman": "Mac Roman",
    "mac-cyrillic": "Mac Cyrillic",
    "mac-latin2": "Mac Latin 2",
    "cp874": "Windows-874",
}

_XML = re.compile(rb"""^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_COOKIE = re.compile(rb"^(?:[^\n]{0,200}\n)?[^\n]{0,80}?#[^\n]{0,80}?coding[:=][ \t]*([\w.-]{1,40})")
_DECLARATION_BYTES = 4_096
_ASCII = bytes(range(0x80))
# No text mixes scripts inside of a word; Chinese, Japanese and Korean, which have no blanks, begin after these.
_MIXED = re.compile("[A-Za-z][\u0370-\u0eff]|[\u0370-\u0eff][A-Za-z]")
_MOST_MIXED = 0.05
_CONTROLS = tuple(map(chr, range(0x80, 0xA0)))
_MOST_CONTROLS = 0.0005
_MOST_DAMAGED = 0.02
_FEWEST_TO_GUESS_BY = 24


@dataclass(frozen=True)
class Encoding:
    """codec: as Python names it. is_certain: the file says so, by a mark, a declaration or the shape of UTF-8."""

    codec: str
    is_certain: bool = True

    @property
    def name(self) -> str:
        """As people know it: "Windows-1252", "ISO-8859-2", "KOI8-R", "UTF-16LE"."""
        name = codecs.lookup(self.codec).name
        if name in _SHOWN:
            return _SHOWN[name]
        if name.startswith("cp125"):
            return f"Windows-{name[2:]}"
        return name.upper().replace("ISO8859", "ISO-8859").replace("_", "-").replace("-BE", "BE").replace("-LE", "LE")


def sniff(head: bytes, *, is_whole: bool) -> str | None:
    """A codec's name, or OLDER, for a text that begins with `head`; None when it is no text.

    is_whole: nothing follows.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding if _decodes(head, encoding, is_whole) else None
    written = head.replace(b"\x00", b"")
    nuls = 1 - len(written) / len(head.rstrip(b"\x00") or b"\x00")
    is_texty = _is_texty(written)
    is_utf8 = is_texty and _decodes(written, "utf-8", is_whole)
    escaped = _escaped(written, is_whole=is_whole) if written.isascii() else None
    if escaped or (is_utf8 and nuls <= _FEW_NULS):
        return escaped or "utf-8"
    wide = _wide(head) if b"\x00" in head or not is_texty else None
    if wide is not None:
        return wide
    if is_utf8 and nuls <= _MANY_NULS:
        return "utf-8"
    return OLDER if is_texty and nuls <= _FEW_NULS else None


def find(path: Path, *, in_html: bool = False) -> Encoding:
    """The encoding of the whole file. in_html: a <meta> may declare it, too."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        codec = sniff(head, is_whole=len(head) < _SAMPLE_BYTES)
        if codec not in {"utf-8", OLDER, None}:
            return Encoding(codec or "", is_certain=codec not in _WIDE)
        file.seek(0)
        sample = _beyond_utf8(file)
    if sample is None or _is_mostly_utf8(sample):
        return Encoding("utf-8")
    declared = _declared(head, in_html=in_html)
    if declared and _fits(sample, declared):
        return Encoding(declared)
    return Encoding(_guessed(sample), is_certain=False)


def of_bytes(content: bytes, label: str | None = None) -> Encoding:
    """The encoding of a text in memory. label: as a mail declares it; UTF-8 and marks are stronger."""
    codec = sniff(content, is_whole=True) if content else "utf-8"
    if codec not in {OLDER, None}:
        return Encoding(codec or "", is_certain=codec not in _WIDE)
    declared = known(label) if label else None
    if declared and _fits(content, declared):
        return Encoding(declared)
    return Encoding(_guessed(content), is_certain=False)


def declared_in(page: bytes) -> str | None:
    """The codec that a web page declares at its beginning."""
    return _declared(page[:_SAMPLE_BYTES], in_html=True)


def known(label: str) -> str | None:
    """The codec of a declared encoding, or of the wider one that browsers take; None for one that is not of texts.

    Python's codecs know others ("zip", "rot13").
    """
    label = label.strip().lower()
    try:
        found = codecs.lookup(_LABELS.get(label, label))
        is_text = found._is_text_encoding  # what bytes.decode asks, too
    except (LookupError, ValueError):
        return None
    return _WIDER.get(found.name, found.name) if is_text else None


# --- By shape -------------------------------------------------------------------------------------------------------


def _decodes(head: bytes, encoding: str, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, is_whole)
    except UnicodeError:
        return False
    return True


def _escaped(head: bytes, *, is_whole: bool) -> str | None:
    return next((codec for escape, codec in _ESCAPES if escape in head and _decodes(head, codec, is_whole)), None)


def _is_texty(head: bytes) -> bool:
    binary = len(head) - len(head.translate(None, _BINARY_BYTES))
    return binary <= len(head) * _MOST_BINARY_SHARE


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: characters that are written, out of few blocks of Unicode.

    In the other order of bytes a text would be of blocks all over; "a" is U+6100 then, which is Chinese.
    """
    found: list[tuple[int, str]] = []
    for encoding in _WIDE:
        width = 4 if "32" in encoding else 2
        text = codecs.getincrementaldecoder(encoding)("replace").decode(
            head[: min(len(head), _WIDE_BYTES) // width * width]
        )
        if len(text) >= _FEWEST_WIDE and sum(map(_is_written, text)) >= len(text) * _MOST_WRITTEN:
            found.append((len({ord(character) >> 8 for character in text}), encoding))
    return min(found, default=(0, None))[1]


def _is_written(character: str) -> bool:
    if character in "\t\n\r":
        return True
    point = ord(character)
    return any(first <= point <= last for first, last in _WRITTEN) and unicodedata.category(character) != "Cn"


# --- By what the file says and how it reads -------------------------------------------------------------------------


def _beyond_utf8(file: BinaryIO) -> bytes | None:
    """A sample to guess by, from the chunk on in which UTF-8 fails; None when all of the file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(_SAMPLE_BYTES):
        try:
            decoder.decode(chunk, len(chunk) < _SAMPLE_BYTES)
        except UnicodeDecodeError:
            return _sample(file, chunk)
    return None


def _sample(file: BinaryIO, chunk: bytes) -> bytes:
    """The chunk, and as much again of later lines with more than ASCII: a long text may begin with few such letters.

    Older encodings of any kind end their lines by the same bytes.
    """
    found, gathered = [chunk], 0
    while gathered < _SAMPLE_BYTES and (more := file.read(_SAMPLE_BYTES)):
        lines = [line for line in more.splitlines(keepends=True) if line.translate(None, _ASCII)]
        found += lines
        gathered += sum(map(len, lines))
    return b"".join(found)[: _SAMPLE_BYTES * 2].replace(b"\x00", b"")


def _is_mostly_utf8(sample: bytes) -> bool:
    """One damaged letter in a UTF-8 text does not make it another encoding."""
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return damaged * 10 < sum(not character.isascii() for character in text)


def _declared(head: bytes, *, in_html: bool) -> str | None:
    """By an XML declaration, a page's <meta>, or the comment that editors read in a program's first lines."""
    start = head[:_DECLARATION_BYTES].replace(b"\x00", b"")
    found = _XML.match(start) or (_META.search(start) if in_html else _COOKIE.match(start))
    return known(found[1].decode()) if found else None


def _fits(sample: bytes, codec: str) -> bool:
    """Whether it reads as that encoding; a declaration that was copied along is not believed."""
    if codec.startswith("utf"):
        return False
    damaged = sample.decode(codec, "replace").count("\ufffd")
    return damaged <= max(1, len(sample.translate(None, _ASCII)) * _MOST_DAMAGED)


def _guessed(sample: bytes) -> str:
    """Windows' own rather than an ISO 8859 by which the sample reads alike: quotes and dashes may follow."""
    codec = _likeliest(sample)
    cousin = _COUSINS.get(codec)
    return cousin if cousin and sample.decode(cousin, "replace") == sample.decode(codec, "replace") else codec


def _likeliest(sample: bytes) -> str:
    """As the library says; of a few letters it finds too much that is rare, and what is usual counts as well."""
    import chardet  # noqa: PLC0415 - import it where a text needs it

    beyond = len(sample.translate(None, _ASCII))
    is_short = beyond < _FEWEST_TO_GUESS_BY
    eras = chardet.EncodingEra.ALL & ~chardet.EncodingEra.MAINFRAME
    found = chardet.detect_all(sample, ignore_threshold=is_short, compat_names=False, encoding_era=eras)
    guesses = [(known(guess["encoding"] or "utf-8"), guess["confidence"]) for guess in found]
    candidates = {codec: confidence for codec, confidence in reversed(guesses) if codec and codec[:3] != "utf"}
    if is_short:
        scores = {codec: plausibility.score(sample, codec, confidence) for codec, confidence in candidates.items()}
        return max(scores, key=scores.__getitem__, default="cp1252")
    written = (codec for codec in reversed(candidates) if _reads_well(sample.decode(codec, "replace")))
    return next(written, "cp1252")


def _reads_well(text: str) -> bool:
    """Without the controls that ISO 8859 has where Windows has quotes and dashes, nor words that mix their letters: a
    few accents among western letters are taken for Cyrillic ones, otherwise."""
    if sum(map(text.count, _CONTROLS)) > len(text) * _MOST_CONTROLS:
        return False
    beyond = sum("\u0370" <= character <= "\u0eff" for character in text)
    return len(_MIXED.findall(text)) <= beyond * _MOST_MIXED
