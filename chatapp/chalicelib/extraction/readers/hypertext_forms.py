"""Forms of a web page as they are filled in: what stands in a field, which boxes are ticked, what is chosen."""

from __future__ import annotations

from .symbols import TICKED, UNTICKED

Attributes = dict[str, str]

_WITHOUT_TEXT = frozenset({"hidden", "password", "file", "color", "range"})


def shown(attributes: Attributes) -> str:
    """What a person sees of an <input>."""
    kind = attributes.get("type", "text").strip().lower()
    if kind in {"checkbox", "radio"}:
        return f" {TICKED if 'checked' in attributes else UNTICKED} "
    if kind == "image":
        return f" {attributes.get('alt', '')} "
    return " " if kind in _WITHOUT_TEXT else f" {attributes.get('value', '')} "


class Choice:
    """A <select>: the options that are chosen; the first one where a browser would show it."""

    def __init__(self, *, is_multiple: bool) -> None:
        self._is_multiple = is_multiple
        self._chosen: list[str] = []
        self._first: str | None = None

    def add(self, attributes: Attributes, text: str) -> None:
        said = " ".join((attributes.get("label") or text).split())
        if "selected" in attributes:
            if not self._is_multiple:
                self._chosen.clear()
            self._chosen.append(said)
        elif self._first is None and "disabled" not in attributes:
            self._first = said

    def chosen(self) -> str:
        if self._chosen or self._is_multiple:
            return ", ".join(self._chosen)
        return self._first or ""


def number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else None
