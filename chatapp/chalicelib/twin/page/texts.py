"""What people wrote, made ready for a template: paragraphs, lists, addresses. The template escapes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

_BULLETS = ("- ", "* ", "• ", "– ")
_SCHEMES = ("http", "https", "mailto")
_FRENCH = "le la les des du de une un et en dans pour par sur avec au aux est qui que ce cette leurs"
_ENGLISH = "the of and in to a an for with on by is are was from that which this their my at"
_COMMON = {"fr": frozenset(re.split(" ", _FRENCH)), "en": frozenset(re.split(" ", _ENGLISH))}


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


def printed(link: Mapping[str, str]) -> str:
    """What paper shows of a link, beside its words: "" where they say it already."""
    url = link["url"].removeprefix("mailto:").removeprefix("https://").removeprefix("http://").rstrip("/")
    return "" if url in link["label"] else url


def other_language(text: str, language: str) -> str:
    """The language of a text where it is plainly not the page's, told by its commonest words; "" otherwise."""
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    told = {name: sum(words[each] for each in common) for name, common in _COMMON.items()}
    other = max(told, key=lambda name: told[name])
    return other if other != language and told[other] >= 2 and told[other] > 2 * told.get(language, 0) else ""


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def shortened(text: str, most: int) -> str:
    """Its first characters as one line, whole words, with an ellipsis where something is missing."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0].rstrip(' ,;:.')}…"
