"""What holds for a whole XLSX workbook: its sheets, the formats of its cells, the texts that they share."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits

from .date_formats import serial
from .number_formats import NumberFormat, format_of
from .ooxml import Attributes, Package, Relation
from .runs import UNSTRUCK, RunText

_MOST_FORMATS = 65_536
_HIDDEN = {"hidden", "veryHidden"}
_TRUE = {"1", "true"}


@dataclass(frozen=True)
class SheetPart:
    """part: of a worksheet, or of a sheet that is all chart."""

    name: str
    part: str
    is_chart: bool
    is_hidden: bool


@dataclass
class Workbook:
    """recalculates: whether Excel is asked to compute everything anew, by programs that store 0 for every result."""

    sheets: list[SheetPart]
    is_1904: bool
    recalculates: bool
    formats: list[NumberFormat]  # by cell style
    texts: SharedTexts
    parts: dict[str, str] = field(default_factory=dict)  # by the relation's type

    def shown(self, text: str, style: int) -> str:
        """A number in a cell of this style."""
        cell_format = self.formats[style] if style < len(self.formats) else _GENERAL
        return cell_format.number(text, is_1904=self.is_1904)

    def shown_date(self, text: str, style: int) -> str:
        """A date or time that is stored as ISO 8601 writes it, as strict files do."""
        days = serial(text)
        cell_format = self.formats[style] if style < len(self.formats) else _GENERAL
        return cell_format.number(days, is_1904=False) if days and cell_format.is_date else text

    def shown_text(self, text: str, style: int) -> str:
        return self.formats[style].text(text) if style < len(self.formats) else text


_GENERAL = format_of(0, None)


def workbook(package: Package, limits: Limits) -> Workbook:
    main = package.main_part("xl/workbook.xml")
    relations = package.relations(main)
    sheets: list[SheetPart] = []
    settings = {"is_1904": False, "recalculates": False}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "s:workbookPr":
            settings["is_1904"] = attributes.get("date1904", "0") in _TRUE
        elif tag == "s:calcPr":
            settings["recalculates"] = attributes.get("fullCalcOnLoad", "0") in _TRUE
        elif tag == "s:sheet" and len(sheets) < limits.max_entries:
            found = _sheet(package, relations, attributes, len(sheets) + 1)
            sheets.extend([found] if found else [])

    package.parse(main, start)
    parts = {relation.type: relation.part for relation in relations.values() if relation.part}
    texts = SharedTexts(limits)
    shared = _part(package, parts, "sharedStrings")
    if shared:
        texts.load(package, shared)
    styles = _part(package, parts, "styles")
    formats = _formats(package, styles) if styles else []
    return Workbook(sheets, settings["is_1904"], settings["recalculates"], formats, texts, parts)


def _sheet(package: Package, relations: dict[str, Relation], attributes: Attributes, number: int) -> SheetPart | None:
    relation = relations.get(attributes.get("r:id", ""))
    if relation is None and package.has(f"xl/worksheets/sheet{number}.xml"):
        relation = Relation("worksheet", f"xl/worksheets/sheet{number}.xml")
    if not relation or not relation.part or relation.type not in {"worksheet", "chartsheet"}:
        return None
    is_hidden = attributes.get("state") in _HIDDEN
    return SheetPart(attributes.get("name", ""), relation.part, relation.type == "chartsheet", is_hidden)


def _part(package: Package, parts: dict[str, str], kind: str) -> str | None:
    """The part that the workbook refers to, or the one of the usual name when it forgot to."""
    return next((part for part in (parts.get(kind, ""), f"xl/{kind}.xml") if package.has(part)), None)


def _formats(package: Package, part: str) -> list[NumberFormat]:
    codes: dict[int, str] = {}
    known: dict[int, NumberFormat] = {}
    formats: list[NumberFormat] = []
    is_in_cell_styles = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal is_in_cell_styles
        if tag == "s:numFmt":
            codes[whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "s:cellXfs":
            is_in_cell_styles = True
        elif tag == "s:xf" and is_in_cell_styles and len(formats) < _MOST_FORMATS:
            format_id = whole(attributes.get("numFmtId"))
            if format_id not in known:
                known[format_id] = format_of(format_id, codes.get(format_id))
            formats.append(known[format_id])

    def end(tag: str) -> None:
        nonlocal is_in_cell_styles
        if tag == "s:cellXfs":
            is_in_cell_styles = False

    package.parse(part, start, end)
    return formats


class SharedTexts:
    """The workbook's table of texts, as UTF-8 in one run: a list of strings would take several times as much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._most_bytes = limits.memory_bytes // 4
        self._bytes = bytearray()
        self._ends = array("L", [0])
        self._in_text = False
        self._skipping = 0
        self._runs = RunText()
        self._look = Look()
        self._size = 0

    def load(self, package: Package, part: str) -> None:
        package.parse(part, self._start, self._end, self._characters)

    def get(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            return ""
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8", "replace")

    def _start(self, tag: str, attributes: Attributes) -> None:
        self._look.start(tag, attributes)
        self._in_text = tag == "s:t" and not self._skipping
        self._skipping += tag == "s:rPh"  # how East Asian texts are pronounced

    def _end(self, tag: str) -> None:
        self._in_text = False
        self._skipping -= tag == "s:rPh"
        if tag == "s:si":
            self._bytes += self._runs.text().encode("utf-8", "replace")
            self._runs = RunText()
            self._ends.append(len(self._bytes))
            if len(self._ends) * self._ends.itemsize > self._most_bytes:
                raise ExtractionError("too_much_text", "shared texts", limits=self._limits)

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._runs.add(text, self._look.align, is_struck=self._look.is_struck)
            self._size += len(text)
            if max(self._size, len(self._bytes)) > self._most_bytes:
                raise ExtractionError("too_much_text", "shared texts", limits=self._limits)


class Look:
    """Of the run of a rich text that the events are in: raised or lowered, struck out."""

    def __init__(self) -> None:
        self.align = ""
        self.is_struck = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in {"s:r", "s:si", "s:is"}:
            self.align, self.is_struck = "", False
        elif tag == "s:vertAlign":
            self.align = attributes.get("val", "")
        elif tag == "s:strike":
            self.is_struck = attributes.get("val") not in UNSTRUCK


def column_index(reference: str) -> int:
    """0 for "A7"; -1 for what is no reference."""
    index = 0
    for character in reference[:4]:
        if not "A" <= character <= "Z":
            break
        index = index * 26 + ord(character) - ord("A") + 1
    return index - 1


def row_number(reference: str) -> int:
    """7 for "A7"; 0 for what is no reference."""
    return whole(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def whole(text: str | None) -> int:
    """0 for what is no number; negative ones too."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
