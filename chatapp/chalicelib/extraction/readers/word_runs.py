"""What stands inside a paragraph of a Word document: runs, fields, controls, formulas, and what was changed in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from . import symbols
from .fields import PAGE_NUMBER, Fields
from .office_math import OUTERMOST, OfficeMath
from .ooxml import Attributes
from .word_document import Document, Paragraph
from .word_remarks import Anchors, ChangeKind
from .word_styles import Look, is_on, look_with, whole

_BREAKS = {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-", "w:ptab": "\t", "a:br": "\n"}
_TEXTS = {"w:t", "m:t", "a:t", "w:delText"}
# Alternatives for old readers repeat what was said; earlier formats and deleted codes are no text.
_SKIPPED = {"mc:Fallback", "w:tblGrid", "w:sdtEndPr", "w:delInstrText"}
# None: the text is said where it went.
_CHANGES: dict[str, ChangeKind | None] = {
    "w:ins": "inserted",
    "w:del": "deleted",
    "w:moveTo": "moved",
    "w:moveFrom": None,
}
_TICK_SIGNS = {"2611", "2713", "2714", "00FE", "F0FE", "00FC", "F0FC", "0052", "0050"}
_FIELD_KINDS = {"w:dropDownList", "w:comboBox", "w:date", "w:text"}
_FORM_PROPERTIES = ("w:checked", "w:default", "w:result", "w:listEntry")
_MOST_ENTRIES = 100
_PLAIN = Look()

Handlers = dict[str, Callable[[Attributes], None]]
# Whose properties the events are of; "" for content.
Place = Literal["", "paragraph", "mark", "run", "control", "form", "table"]


@dataclass
class _Control:
    """A content control: `state` of a tick box, None of others."""

    state: bool | None = None
    is_tick: bool = False
    is_field: bool = False
    shows_hint: bool = False
    has_text: bool = False


class Runs:
    """Events of a part, down to the text of the innermost open paragraph."""

    def __init__(self, document: Document, *, is_repeated: bool = False) -> None:
        self.document = document
        self._is_repeated = is_repeated
        self._fields = Fields(drops_page_numbers=is_repeated)
        self._anchors = Anchors()
        self._paragraphs: list[Paragraph] = []
        self._math: OfficeMath | None = None
        self._skipping = 0
        self._in_text = self._in_code = False
        self._place: Place = ""
        self._look = self._run_style = _PLAIN
        self._changes: list[tuple[ChangeKind | None, str]] = []
        self._controls: list[_Control] = []
        self._choices: list[bool] = []  # of each open alternative: whether one was taken
        self._reading: list[str] | None = None  # what stands over characters (ruby)
        self._readings: list[str] = []
        self._starts: Handlers = self._run_starts()
        self._ends: dict[str, Callable[[], None]] = self._run_ends()

    # --- Events -----------------------------------------------------------------------------------------------------

    def start(self, tag: str, attributes: Attributes) -> None:
        handle = None if self._skipping or self._math else self._starts.get(tag)
        if handle:
            handle(attributes)
        elif self._skipping or tag in _SKIPPED or tag.endswith("Change"):
            self._skipping += 1
        elif self._math:
            self._in_text = tag in _TEXTS
            self._math.start(tag, attributes)
        elif self._place == "run":
            self._look = look_with(self._look, tag, attributes)
        elif self._place == "mark" and tag in {"w:vanish", "w:specVanish"}:
            self._paragraph.has_hidden_mark = is_on(attributes)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        self._in_text = False
        if self._math:
            self._end_in_formula(tag)
        elif tag in self._ends:
            self._ends[tag]()

    def characters(self, text: str) -> None:
        if self._skipping:
            return
        if self._in_code:
            self._fields.code(text)
        elif self._in_text and self._math:
            self._math.characters(text)
        elif self._in_text:
            self._add(text)

    def _run_starts(self) -> Handlers:
        return {
            **dict.fromkeys(_TEXTS, self._open_text),
            **{tag: partial(self._break, text) for tag, text in _BREAKS.items()},
            **{tag: partial(self._open_change, tag) for tag in _CHANGES},
            "w:instrText": lambda _: self._code(is_code=True),
            "w:r": self._open_run,
            "w:rPr": self._open_look,
            "w:rStyle": self._style_run,
            "w:sym": lambda each: self._add(*_symbol(each)),
            "w:fldChar": self._field_character,
            "w:fldSimple": lambda each: self._fields.begin(each.get("w:instr", " ") or " "),
            "w:pgNum": lambda _: self._paragraph.text.add(PAGE_NUMBER) if self._is_repeated else None,
            OUTERMOST: self._open_formula,
            "mc:AlternateContent": lambda _: self._choices.append(False),
            "mc:Choice": self._open_choice,
            "w:rt": self._open_reading,
            "w:commentRangeStart": lambda each: self._anchors.open(each.get("w:id", "")),
            "w:commentRangeEnd": lambda each: self._anchors.close(each.get("w:id", "")),
            "w:commentReference": self._comment,
            "w:footnoteReference": lambda each: self._note("footnote", each),
            "w:endnoteReference": lambda each: self._note("endnote", each),
            "w:sdt": lambda _: self._controls.append(_Control()),
            "w:sdtPr": lambda _: self._enter("control"),
            "w14:checkbox": lambda _: self._control(state=False),
            "w14:checked": self._tick,
            "w14:checkedState": self._tick_sign,
            "w:showingPlcHdr": lambda each: self._control(shows_hint=is_on(each)),
            **{kind: lambda _: self._control(is_field=True) for kind in _FIELD_KINDS},
            "w:ffData": lambda _: self._enter("form"),
            **{tag: partial(self._form, tag) for tag in _FORM_PROPERTIES},
        }

    def _run_ends(self) -> dict[str, Callable[[], None]]:
        return {
            **dict.fromkeys(_CHANGES, self._close_change),
            "w:instrText": lambda: self._code(is_code=False),
            "w:rPr": self._close_look,
            "w:fldSimple": lambda: self._add_field(self._fields.end()),
            "mc:AlternateContent": lambda: _drop(self._choices),
            "w:rt": self._close_reading,
            "w:ruby": self._close_ruby,
            "w:sdtPr": lambda: self._enter(""),
            "w:ffData": lambda: self._enter(""),
            "w:sdt": self._close_control,
        }

    # --- Text -------------------------------------------------------------------------------------------------------

    @property
    def _paragraph(self) -> Paragraph:
        if not self._paragraphs:
            self._paragraphs.append(Paragraph())
        return self._paragraphs[-1]

    def _open_text(self, _attributes: Attributes) -> None:
        self._in_text = True

    def _break(self, text: str, _attributes: Attributes) -> None:
        if not self._place:  # tabs are properties, too
            self._add(text)

    def _add(self, text: str, font: str = "") -> None:
        """Text of the open run, as it is shown there."""
        if self._reading is not None:
            self._reading.append(text)
            return
        paragraph = self._paragraph
        look = self._look.over(self._run_style).over(paragraph.look)
        if self._fields.hides(text) or look.hidden:
            paragraph.has_lost_text = True
            return
        text = symbols.drawn(text, font or look.font or "")
        text = self._ticked(text) if self._controls else text
        if self._is_kept(text):
            self._anchors.add(text)
            paragraph.text.add(text, look.align or "", is_struck=bool(look.struck))

    def _is_kept(self, text: str) -> bool:
        """Whether a text is there once all changes are accepted; says which change it belongs to."""
        paragraph = self._paragraph
        if not self._changes:
            paragraph.changes.break_off()
            return True
        kinds = [kind for kind, _ in self._changes]
        kind, author = self._changes[-1]
        if "deleted" in kinds or None in kinds:
            paragraph.has_lost_text = True
            if None not in kinds:
                paragraph.changes.add("deleted", author, text)
            return False
        paragraph.changes.add(kind or "moved", author, text)
        return True

    def _ticked(self, text: str) -> str:
        """Of a tick box, its state, whatever sign stands for it."""
        control = self._controls[-1]
        control.has_text = control.has_text or bool(text.strip())
        if control.state is None or len(text.strip()) != 1:
            return text
        sign = ("☑" if control.is_tick else symbols.TICKED) if control.state else symbols.UNTICKED
        return text.replace(text.strip(), sign)

    def _enter(self, place: Place) -> None:
        self._place = place

    def _open_run(self, _attributes: Attributes) -> None:
        self._look = self._run_style = _PLAIN

    def _open_look(self, _attributes: Attributes) -> None:
        if self._place in {"", "paragraph"}:
            self._place = "mark" if self._place else "run"

    def _close_look(self) -> None:
        if self._place in {"run", "mark"}:
            self._place = "" if self._place == "run" else "paragraph"

    def _style_run(self, attributes: Attributes) -> None:
        if self._place == "run":
            self._run_style = self.document.styles.look(attributes.get("w:val", ""))

    def _open_change(self, tag: str, attributes: Attributes) -> None:
        if not self._place:
            self._changes.append((_CHANGES[tag], attributes.get("w:author", "").strip()))
        elif self._place == "mark" and _CHANGES[tag] in {"deleted", None}:
            self._paragraph.has_hidden_mark = True

    def _close_change(self) -> None:
        if not self._place and self._changes:
            self._changes.pop()

    def _open_choice(self, _attributes: Attributes) -> None:
        """Of several alternatives the first is the best."""
        if self._choices and self._choices[-1]:
            self._skipping += 1
        elif self._choices:
            self._choices[-1] = True

    # --- Fields and controls ----------------------------------------------------------------------------------------

    def _code(self, *, is_code: bool) -> None:
        self._in_code = is_code

    def _field_character(self, attributes: Attributes) -> None:
        kind = attributes.get("w:fldCharType")
        if kind == "begin":
            self._fields.begin()
        elif kind == "separate":
            self._fields.separate()
        elif kind == "end":
            self._add_field(self._fields.end())

    def _add_field(self, shown: str) -> None:
        if len(shown) > 1 and self._is_kept(shown):
            self._paragraph.text.add_formula(shown)
        elif shown and self._is_kept(shown):
            self._paragraph.text.add(shown)
        self.document.counts.form_fields += self._fields.filled
        self._fields.filled = 0

    def _form(self, tag: str, attributes: Attributes) -> None:
        """A property of the legacy form field that is open."""
        innermost = self._fields.innermost
        if innermost is None or self._place != "form":
            return
        form, value = innermost.form, attributes.get("w:val", "")
        if tag == "w:checked":
            form.ticked = is_on(attributes)
        elif tag == "w:default":
            form.default_ticked, form.chosen = is_on(attributes), whole(value)
        elif tag == "w:result":
            form.chosen = whole(value)
        elif len(form.entries) < _MOST_ENTRIES:
            form.entries.append(value)

    def _control(
        self, *, state: bool | None = None, is_field: bool = False, shows_hint: bool = False, is_tick: bool = False
    ) -> None:
        if self._place == "control" and self._controls:
            control = self._controls[-1]
            control.state = control.state if state is None else state
            control.is_field, control.shows_hint = control.is_field or is_field, control.shows_hint or shows_hint
            control.is_tick = control.is_tick or is_tick

    def _tick(self, attributes: Attributes) -> None:
        self._control(state=attributes.get("w14:val", "1") in {"1", "true", "on"})

    def _tick_sign(self, attributes: Attributes) -> None:
        self._control(is_tick=attributes.get("w14:val", "").upper() in _TICK_SIGNS)

    def _close_control(self) -> None:
        if not self._controls:
            return
        control = self._controls.pop()
        is_filled = control.is_field and control.has_text and not control.shows_hint
        self.document.counts.form_fields += is_filled or control.state is True

    # --- Formulas, readings, remarks and notes ----------------------------------------------------------------------

    def _open_formula(self, attributes: Attributes) -> None:
        self._math = OfficeMath()
        self._math.start(OUTERMOST, attributes)

    def _end_in_formula(self, tag: str) -> None:
        text = self._math.end(tag) if self._math else None
        if text is None:
            return
        self._math = None
        if not self._fields.hides(text) and self._is_kept(text):
            self._anchors.add(text)
            self._paragraph.text.add_formula(text)

    def _open_reading(self, _attributes: Attributes) -> None:
        self._reading = []

    def _close_reading(self) -> None:
        self._readings.append("".join(self._reading or ()))
        self._reading = None

    def _close_ruby(self) -> None:
        reading = self._readings.pop() if self._readings else ""
        if reading.strip():
            self._add(f"({reading})")

    def _comment(self, attributes: Attributes) -> None:
        name = attributes.get("w:id", "")
        comment = self.document.comments.get(name)
        if comment and not comment.is_said and comment.text:
            comment.is_said = True
            self.document.counts.comments += 1
            self._paragraph.comments.append((comment, self._anchors.take(name)))

    def _note(self, kind: str, attributes: Attributes) -> None:
        if attributes.get("w:customMarkFollows", "0") in {"1", "true", "on"}:
            return  # its mark is the text that follows
        if self._is_kept(""):
            self._paragraph.text.add(self.document.mark(kind, attributes.get("w:id", "")))


def _symbol(attributes: Attributes) -> tuple[str, str]:
    """The sign of a w:sym, and a font that draws it as it is."""
    try:
        code = int(attributes.get("w:char", "")[:6], 16)
    except ValueError:
        return "", ""
    return symbols.sign(code, attributes.get("w:font", "")), "drawn"


def _drop(values: list[bool]) -> None:
    if values:
        values.pop()
