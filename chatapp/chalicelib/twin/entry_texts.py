"""An entry as the model reads it, as it is quoted, and what it links to."""

from __future__ import annotations

import re

from chalicelib.extraction.pages import Locator

from .snapshots import Entry

_URL = re.compile(r"https?://[^\s<>\"')\]]+")


def text_of(entry: Entry) -> str:
    dates = " – ".join(dict.fromkeys(filter(None, (entry.start, entry.end))))
    about = " · ".join(filter(None, (dates, entry.place)))
    return "\n".join(filter(None, (entry.title, entry.subtitle, about, entry.text, entry.url))) or "(no text)"


def locator_of(section: str) -> Locator:
    return {"kind": "entry", "label": section}


def urls_of(entry: Entry) -> list[str]:
    return [found.rstrip(".,;:!?") for found in _URL.findall(text_of(entry))]
