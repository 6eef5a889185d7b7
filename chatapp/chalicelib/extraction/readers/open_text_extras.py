"""What an ODT keeps apart from its text: tracked changes, the state of form controls, which cells are merged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from . import symbols
from .ooxml import Attributes
from .open_document import repeated
from .prose import MOST_COLUMNS
from .word_remarks import MOST_DELETED
from .word_styles import whole

_WHITE = re.compile(r"\s+")
_MOST_ROWS = 1_000_000
Merge = Literal["", "above", "before"]


class TrackedChanges:
    """Regions stand before the text and are referred to in it by their ids; the deleted texts are in them."""

    def __init__(self) -> None:
        self._regions: dict[str, tuple[str, str]] = {}
        self._open: dict[str, str] = {}
        self._formats: set[str] = set()
        self._is_inside = False
        self._name = self._kind = self._author = ""
        self._text: list[str] = []
        self._size = 0
        self._in_author = self._in_text = False

    @property
    def author(self) -> str | None:
        """Of the text that comes, when it was inserted."""
        return next(reversed(self._open.values())) if self._open else None

    def open(self, name: str) -> None:
        author, text = self._regions.get(name, ("", ""))
        if name in self._regions and not text and name not in self._formats:
            self._open[name] = author

    def close(self, name: str) -> None:
        self._open.pop(name, None)

    def deleted(self, name: str) -> tuple[str, str]:
        """Its author and the text."""
        return self._regions.get(name, ("", ""))

    def start(self, tag: str, attributes: Attributes) -> bool:
        """Whether the event was of a region."""
        if tag == "text:tracked-changes":
            self._is_inside = True
        elif not self._is_inside:
            return False
        elif tag == "text:changed-region":
            self._name = attributes.get("xml:id") or attributes.get("text:id", "")
            self._kind, self._author, self._text, self._size = "", "", [], 0
        elif tag in {"text:insertion", "text:deletion", "text:format-change"}:
            self._kind = tag
        elif tag == "dc:creator":
            self._in_author, self._author = True, ""
        elif tag in {"text:p", "text:h"}:
            self._in_text = True
            self._text.append(" ")
        elif tag in {"text:s", "text:tab", "text:line-break"}:
            self._text.append(" ")
        return True

    def end(self, tag: str) -> bool:
        if not self._is_inside:
            return False
        if tag == "text:tracked-changes":
            self._is_inside = False
        elif tag == "dc:creator":
            self._in_author = False
        elif tag in {"text:p", "text:h"}:
            self._in_text = False
        elif tag == "text:changed-region":
            text = _WHITE.sub(" ", "".join(self._text)).strip() if self._kind == "text:deletion" else ""
            self._regions[self._name] = (self._author.strip(), text)
            if self._kind == "text:format-change":
                self._formats.add(self._name)
        return True

    def characters(self, text: str) -> bool:
        if not self._is_inside:
            return False
        if self._in_author:
            self._author += text
        elif self._in_text and self._size <= MOST_DELETED:
            self._size += len(text)
            self._text.append(text)
        return True


@dataclass
class _Control:
    kind: str
    shown: str = ""
    label: str = ""
    is_filled: bool = False


@dataclass
class Forms:
    """Controls by their ids, and those of the text: content controls and fields of Word's forms."""

    filled: int = 0
    _controls: dict[str, _Control] = field(default_factory=dict)
    _open: list[_Control] = field(default_factory=list)
    _in_forms: bool = False
    _states: list[bool | None] = field(default_factory=list)
    _mark: dict[str, list[str]] | None = None

    def start(self, tag: str, attributes: Attributes) -> bool:
        if tag == "office:forms":
            self._in_forms = True
        elif self._in_forms:
            self._open_control(tag, attributes)
        elif tag == "loext:content-control":
            is_box = attributes.get("loext:checkbox") == "true"
            state = attributes.get("loext:checked") == "true" if is_box else None
            is_field = any(name in attributes for name in ("loext:dropdown", "loext:combobox", "loext:date"))
            self.filled += bool(state) or (is_field and attributes.get("loext:showing-place-holder") != "true")
            self._states.append(state)
        elif tag in {"field:fieldmark", "field:fieldmark-start"}:
            self._mark = {"": [attributes.get("field:type", "").rpartition(".")[2]]}
        elif tag == "field:param" and self._mark is not None:
            self._mark.setdefault(attributes.get("field:name", ""), []).append(attributes.get("field:value", ""))
        else:
            return False
        return True

    def end(self, tag: str) -> str:
        """What a field of a form shows when it closes."""
        if tag == "office:forms":
            self._in_forms = False
        elif tag == "loext:content-control" and self._states:
            self._states.pop()
        elif tag in {"field:fieldmark", "field:fieldmark-start"} and self._mark is not None:
            mark, self._mark = self._mark, None
            return self._marked(mark)
        return ""

    def ticked(self, text: str) -> str:
        """Of a tick box that is a content control, its state."""
        state = self._states[-1] if self._states else None
        if state is None or len(text.strip()) != 1:
            return text
        return symbols.TICKED if state else symbols.UNTICKED

    def shown(self, name: str) -> str:
        control = self._controls.get(name)
        if control is None:
            return ""
        self.filled += control.is_filled
        return f"{control.shown} {control.label}".strip()

    def _marked(self, mark: dict[str, list[str]]) -> str:
        if mark[""] == ["FORMCHECKBOX"]:
            is_ticked = mark.get("Checkbox_Checked", ["false"])[-1] in {"true", "1"}
            self.filled += is_ticked
            return symbols.TICKED if is_ticked else symbols.UNTICKED
        if mark[""] == ["FORMDROPDOWN"]:
            entries, chosen = mark.get("Dropdown_ListEntry", []), whole(mark.get("Dropdown_Selected", ["0"])[-1])
            self.filled += chosen < len(entries)
            return entries[chosen] if chosen < len(entries) else ""
        return ""

    def _open_control(self, tag: str, attributes: Attributes) -> None:
        name = attributes.get("xml:id") or attributes.get("form:id", "")
        value = attributes.get("form:current-value", attributes.get("form:value", ""))
        if tag in {"form:checkbox", "form:radio"}:
            state = attributes.get("form:current-state", attributes.get("form:state", ""))
            chosen = attributes.get("form:current-selected", attributes.get("form:selected", ""))
            is_ticked = state == "checked" or chosen == "true"
            sign = symbols.TICKED if is_ticked else symbols.UNTICKED
            self._controls[name] = _Control(tag, sign, attributes.get("form:label", ""), is_ticked)
        elif tag in {"form:text", "form:textarea", "form:combobox", "form:formatted-text", "form:date", "form:number"}:
            self._controls[name] = _Control(tag, value, is_filled=bool(value))
        elif tag == "form:listbox":
            self._open = [self._controls.setdefault(name, _Control(tag))]
        elif tag == "form:option" and self._open and attributes.get("form:current-selected") == "true":
            self._open[0].shown, self._open[0].is_filled = attributes.get("form:label", ""), True


class Spans:
    """Of one table: which columns a cell of an upper row stands over still."""

    def __init__(self) -> None:
        self._left: dict[int, int] = {}
        self._column = 0

    def next_row(self) -> None:
        self._left = {column: rows - 1 for column, rows in self._left.items() if rows > 1}
        self._column = 0

    def cell(self, attributes: Attributes, *, is_covered: bool) -> tuple[int, Merge]:
        """How many columns the cell is repeated over, and where its text is when it is covered by another."""
        at, count = self._column, repeated(attributes, "table:number-columns-repeated", MOST_COLUMNS)
        self._column += count
        if is_covered:
            return count, "above" if at in self._left else "before"
        rows = repeated(attributes, "table:number-rows-spanned", _MOST_ROWS)
        columns = repeated(attributes, "table:number-columns-spanned", MOST_COLUMNS)
        if rows > 1 and at < MOST_COLUMNS:
            self._left |= dict.fromkeys(range(at, at + columns), rows)
        return count, ""
