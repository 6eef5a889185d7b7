"""What people wrote, made ready for a template: paragraphs, lists, addresses. The template escapes it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

_BULLETS = ("- ", "* ", "• ", "– ")
_SCHEMES = ("http", "https", "mailto")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of lines, or a list of items."""

    is_list: bool
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Paragraphs, which empty lines part, and in them lists, whose lines begin with a dash, a star or a dot."""
    found: list[Block] = []
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        for is_list, run in groupby(lines, key=lambda line: line.startswith(_BULLETS)):
            found.append(Block(is_list, tuple(line[2:].strip() if is_list else line for line in run)))
    return found


def address(url: str | None) -> str:
    """The address, where a link may lead there: "" for `javascript:`, `data:` and what else is none of the web's."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    whole = bool(parts.netloc) if parts.scheme in _SCHEMES[:2] else bool(parts.path)
    return (url or "").strip() if parts.scheme in _SCHEMES and whole else ""


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def shortened(text: str, most: int) -> str:
    """Its first characters as one line, whole words, with an ellipsis where something is missing."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0].rstrip(' ,;:.')}…"
