"""What the model is told of a file beside its text: in a sentence for each of its notes, what it does not see of it."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Iterable

from chalicelib.extraction.notes import NOT_READ, Code
from chalicelib.shapes import FileNote

_MOST_RANGES_SAID = 20
_UNREAD = "Say so when an answer would need what was not read."


def said(notes: Iterable[FileNote]) -> str:
    """One line, "" for none. Names are the file's own words: escaped, and in quotation marks that they cannot end."""
    known = [note for note in notes if note["code"] in _SENTENCES]
    sentences = [_SENTENCES[note["code"]](note) for note in known]
    if any(note["code"] in NOT_READ for note in known):
        sentences.append(_UNREAD)
    return " ".join(sentences)


def pages(note: FileNote, one: str = "Page", several: str = "Pages") -> str:
    """ "Page 3", "Pages 3–6, 9 and others" """
    runs = note["pages"][:_MOST_RANGES_SAID]
    listed = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
    more = " and others" if note["count"] > sum(last - first + 1 for first, last in runs) else ""
    return f"{one if listed.isdigit() and not more else several} {listed or '?'}{more}"


def _names(note: FileNote) -> str:
    listed = ", ".join(f'"{_quoted(name)}"' for name in note["names"])
    more = note["count"] - len(note["names"])
    return f"{listed} and {more} more" if more > 0 else listed


def _quoted(name: str) -> str:
    """On one line and without characters that nobody sees."""
    seen = "".join(" " if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp") else each for each in name)
    return html.escape(" ".join(seen.split()))


def _verb(note: FileNote, one: str, several: str) -> str:
    return one if note["count"] == 1 else several


def _of_pages(one: str, several: str) -> Callable[[FileNote], str]:
    return lambda note: f"{pages(note)} {_verb(note, one, several)}."


def _of_slides(one: str, several: str) -> Callable[[FileNote], str]:
    return lambda note: f"{pages(note, 'Slide', 'Slides')} {_verb(note, one, several)}."


def _of_count(one: str, several: str) -> Callable[[FileNote], str]:
    return lambda note: f"{note['count']} {_verb(note, one, several)}."


def _of_names(what: str) -> Callable[[FileNote], str]:
    return lambda note: f"{what}: {_names(note)}."


_SENTENCES: dict[Code, Callable[[FileNote], str]] = {
    "pictures": _of_pages("is a picture and was not read", "are pictures and were not read"),
    "by_sight": _of_pages(
        "has no text that can be read: it is shown as it is, and no search finds what stands on it",
        "have no text that can be read: they are shown as they are, and no search finds what stands on them",
    ),
    "garbled": _of_pages(
        "has fonts that do not tell their letters and was not read",
        "have fonts that do not tell their letters and were not read",
    ),
    "unreadable": _of_pages("is damaged and could not be read", "are damaged and could not be read"),
    "cut": _of_pages("is longer than what is shown of it", "are longer than what is shown of them"),
    "hidden_sheets": _of_names("Hidden sheets, which stand in the text although the file shows none of them"),
    "hidden_rows": _of_count("hidden row stands in the text", "hidden rows stand in the text"),
    "hidden_columns": _of_count("hidden column stands in the text", "hidden columns stand in the text"),
    "hidden_slides": _of_slides("is hidden in the show, and read here", "are hidden in the show, and read here"),
    "comments": _of_count(
        "comment stands in the text, marked and with its author",
        "comments stand in the text, marked and with their authors",
    ),
    "changes": _of_count(
        "tracked change stands in the text, marked as such", "tracked changes stand in the text, marked as such"
    ),
    "uncalculated": _of_count(
        "formula has no stored result and stands as a formula", "formulas have no stored result and stand as formulas"
    ),
    "form_fields": _of_count("filled form field stands in the text", "filled form fields stand in the text"),
    "attachments": _of_names("Attachments, which are read as parts of it"),
    "attachments_left_out": _of_names("Attachments that were not read"),
    "pictures_left_out": _of_count(
        "picture in the document was not looked at", "pictures in the document were not looked at"
    ),
    "objects_left_out": _of_count(
        "embedded object or drawing was not read", "embedded objects or drawings were not read"
    ),
    "frames_left_out": _of_count("more frame of it is not shown", "more frames of it are not shown"),
    "encoding": _of_names("The text does not say its encoding, which was taken to be"),
}
