"""Fields of word processors: what they show, and never their codes. Shared by DOCX and RTF."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import linear_math as linear
from . import symbols

# Stands for a page's number in a header or footer until the words around it are taken out with it.
PAGE_NUMBER = "\x02"
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "SECTION"}
_MOST_CODE_CHARACTERS = 2_000
_MOST_OPEN = 100
# A field whose end was lost does not hide the rest of the document.
_MOST_PARAGRAPHS = 50
_PAGE_WORDS = (
    r"(?:pages?|seiten?|p[aá]ginas?|pagin[ae]|strona|stránka|сторінка|страница|стр|sidan?|side|sivu|oldal|pg|p|s)\.?"
)
_PAGE_OF = r"(?:of|sur|de|von|van|di|av|af|z|из|von insgesamt|out of|[/|–—-])"
_NUMBERING = re.compile(
    rf"(?:\b{_PAGE_WORDS}\s*)?[-–—|/(\[\s]*{PAGE_NUMBER}(?:\s*{_PAGE_OF}\s*{PAGE_NUMBER})?(?:\s*[-–—)\]])*",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(r'"([^"]*)"|(\S+)')


@dataclass
class Form:
    """What a legacy form field says of itself: state is None where it says nothing."""

    ticked: bool | None = None
    default_ticked: bool = False
    entries: list[str] = field(default_factory=list)
    chosen: int = 0


@dataclass
class Field:
    code: str = ""
    in_code: bool = True
    has_text: bool = False
    age: int = 0
    form: Form = field(default_factory=Form)

    @property
    def name(self) -> str:
        return self.code.strip().partition(" ")[0].upper()


class Fields:
    """The fields that are open, the outermost first. drops_page_numbers: in headers and footers, where they repeat."""

    def __init__(self, *, drops_page_numbers: bool = False) -> None:
        self._open: list[Field] = []
        self.drops_page_numbers = drops_page_numbers
        self.filled = 0

    @property
    def innermost(self) -> Field | None:
        return self._open[-1] if self._open else None

    def begin(self, code: str = "") -> None:
        self._open.append(Field(code, in_code=not code))
        if len(self._open) > _MOST_OPEN:
            del self._open[0]

    def code(self, text: str) -> None:
        if self._open and len(self._open[-1].code) < _MOST_CODE_CHARACTERS:
            self._open[-1].code += text

    def separate(self) -> None:
        if self._open:
            self._open[-1].in_code = False

    def hides(self, text: str) -> bool:
        """Whether text at this place is a part of some code, or a number of a page; notes that a field has a result."""
        if not self._open:
            return False
        hidden = any(each.in_code for each in self._open) or self._is_page_number(self._open[-1])
        if text.strip():
            for each in self._open:
                each.has_text = True
        return hidden

    def end(self) -> str:
        """What the field shows of itself: a tick box, the entry that was chosen, a sign, a formula."""
        if not self._open:
            return ""
        ended = self._open.pop()
        if any(each.in_code for each in self._open):
            return ""
        if self._is_page_number(ended):
            return PAGE_NUMBER
        return self._shown(ended)

    def end_paragraph(self) -> None:
        if not self._open:
            return
        for each in self._open:
            each.age += 1
        self._open = [each for each in self._open if not each.in_code or each.age < _MOST_PARAGRAPHS]

    def _is_page_number(self, each: Field) -> bool:
        return self.drops_page_numbers and each.name in _PAGE_FIELDS

    def _shown(self, ended: Field) -> str:
        form = ended.form
        if ended.name == "FORMCHECKBOX":
            ticked = form.default_ticked if form.ticked is None else form.ticked
            self.filled += ticked
            return symbols.TICKED if ticked else symbols.UNTICKED
        if ended.name in {"FORMTEXT", "FORMDROPDOWN"}:
            chosen = form.entries[form.chosen] if 0 <= form.chosen < len(form.entries) else ""
            shown = "" if ended.has_text or ended.name == "FORMTEXT" else chosen
            self.filled += bool(ended.has_text or shown.strip())
            return shown
        if ended.has_text:
            return ""
        return (
            symbol_of(ended.code) if ended.name == "SYMBOL" else equation_of(ended.code) if ended.name == "EQ" else ""
        )


def without_page_numbers(text: str) -> str:
    """A header's line without its PAGE_NUMBERs and the words that go with them ("Page 2 of 7")."""
    return _NUMBERING.sub("", text).replace(PAGE_NUMBER, "").strip(" \t|–—-") if PAGE_NUMBER in text else text


def symbol_of(code: str) -> str:
    r"""Of `SYMBOL 254 \f "Wingdings"`."""
    words = [quoted or plain for quoted, plain in _ARGUMENT.findall(code)]
    font = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "\\f"), "")
    try:
        number = int(words[1], 0) if len(words) > 1 else 0
    except ValueError:
        return ""
    if not font and 0x80 <= number <= 0xFF and "\\u" not in words:
        return bytes([number]).decode("cp1252", "replace")
    return symbols.sign(number, font) if 0 < number < 0xF100 else ""


# --- Equations of before Word 2007: EQ \f(a;b) ----------------------------------------------------------------------


def equation_of(code: str) -> str:
    text, _ = _equation(code.strip()[2:], 0, 0)
    return linear.finished(text)


_SWITCH = re.compile(r"\\([a-z]+)((?:\s*\\[a-z]+\d*)*)\s*\(", re.IGNORECASE)


def _equation(code: str, at: int, depth: int) -> tuple[str, int]:
    """Text up to the bracket that closes it, and where that is."""
    text = ""
    while at < len(code) and code[at] not in ");,":
        switch = _SWITCH.match(code, at) if code[at] == "\\" and depth < 20 else None
        if switch:
            arguments, at = _arguments(code, switch.end(), depth)
            text += _built(switch[1].lower(), switch[2], arguments)
        elif code[at] == "\\" and at + 1 < len(code):
            text, at = text + code[at + 1], at + 2
        else:
            text, at = text + code[at], at + 1
    return text, at


def _arguments(code: str, at: int, depth: int) -> tuple[list[str], int]:
    arguments: list[str] = []
    while at < len(code):
        argument, at = _equation(code, at, depth + 1)
        arguments.append(argument.strip())
        at += 1
        if code[at - 1 : at] == ")":
            break
    return arguments, at


def _built(name: str, options: str, arguments: list[str]) -> str:
    first, second = [*arguments, "", ""][:2]
    if name == "f":
        return linear.fraction(first, second)
    if name == "r":
        return linear.root(second, first) if second else linear.root(first)
    if name == "s":
        return linear.scripts("", first, "") if "\\do" in options else linear.scripts("", second, first)
    if name == "b":
        return f"({', '.join(arguments)})"
    if name == "i":
        sign = "∑" if "\\su" in options else "∏" if "\\pr" in options else "∫"
        return linear.large_operator(sign, first, second, [*arguments, "", "", ""][2])
    return ", ".join(arguments)
