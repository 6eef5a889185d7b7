"""The text of an RTF document: control words to paragraphs, headings, rows, notes and remarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits

from . import symbols
from .fields import PAGE_NUMBER
from .rtf_math import RtfMath
from .rtf_stories import REPEATED, Stories
from .rtf_tokens import Token, codec_of, codec_of_page
from .rtf_words import BULLETS, KNOWN, MOST_FONTS, SIGN_CHARACTERS, SIGNS, SKIPPED, UNDEFINED
from .word_document import Counts

_STORIES = {"annotation": "annotation", "shptxt": "box", "dptxbxtext": "box"}
_STORIES |= {f"{kind}{pages}": kind for kind in ("header", "footer") for pages in ("", "f", "l", "r")}
_GATHERED = (
    "listtext",
    "pntext",
    "atnauthor",
    "atnref",
    "atrfstart",
    "atrfend",
    "revtbl",
    "ffl",
    "fonttbl",
    "stylesheet",
)
_AIMED = (*_GATHERED, "fldinst", "shpinst", "formfield", "upr")


@dataclass(frozen=True)
class _State:
    """Of a group; the next outer one has its own again when it closes."""

    target: str = "body"
    font: int = -1
    is_hidden: bool = False
    is_struck: bool = False
    is_deleted: bool = False
    is_inserted: bool = False
    align: str = ""
    author: int = 0
    replacement_bytes: int = 1


class RtfText(Stories):
    """Tokens in; `stories[0].blocks` out as they come. headings: style numbers."""

    def __init__(self, limits: Limits, counts: Counts) -> None:
        super().__init__(counts)
        self.depth = 0
        self.is_over = False
        self._limits = limits
        self._states = [_State()]
        self._state = _State()
        self._bytes = bytearray()
        self._skip_from = 0  # the depth of the group that is passed over
        self._is_optional = self._is_first = self._was_open = False
        self._replaced = 0
        self._units: list[int] = []
        self._codec = "cp1252"
        self._fonts: dict[int, tuple[str, int]] = {}
        self._headings: set[int] = set()
        self._field_depths: list[int] = []
        self._gathered: list[str] = []
        self._authors: list[str] = []
        self._named_style = 0
        self._math: RtfMath | None = None
        self._words = self._handlers()

    # --- Tokens -----------------------------------------------------------------------------------------------------

    def feed(self, token: Token) -> None:
        if self._skip_from and token.kind not in {"open", "close"}:
            return
        self._is_first, self._was_open = self._was_open, token.kind == "open"
        if token.kind in {"text", "hex"}:
            self._add_bytes(token.content)
        elif token.kind == "word":
            self._word(token.word, token.number)
        elif token.kind == "sign":
            self._sign(token.word)
        elif token.kind == "open":
            self._open()
        else:
            self._close()

    def _open(self) -> None:
        self.depth += 1
        self._replaced = 0
        if self.depth > self._limits.max_xml_depth:
            raise ExtractionError("xml_too_deep", limits=self._limits)
        if not self._skip_from:
            self._flush()
            self._states.append(self._state)

    def _close(self) -> None:
        self._replaced = 0
        if not self._skip_from:
            self._flush()
            self._end_group()
            self._state = self._states.pop() if len(self._states) > 1 else self._states[0]
        elif self._skip_from == self.depth:
            self._skip_from = 0
            self._state = self._states.pop() if len(self._states) > 1 else self._states[0]
        self.depth = max(0, self.depth - 1)
        self.is_over = self.depth == 0  # what follows the document's own group is none of it

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._is_optional = self._is_first
        elif sign in "\r\n":
            self._flush()
            self._end_paragraph()
        elif sign in SIGN_CHARACTERS:
            self._flush()
            self._add(SIGN_CHARACTERS[sign])

    def _word(self, word: str, number: int | None) -> None:
        is_optional, self._is_optional = self._is_optional, False
        if word == "u":
            self._flush_bytes()
            self._units.append((number or 0) % 0x10000)
            self._replaced = self._state.replacement_bytes
            return
        self._replaced = 0
        self._flush()
        if self._math:
            self._math.word(word, number, self.depth)
        elif word in self._words:
            self._words[word](1 if number is None else number)
        elif word in SIGNS:
            self._add(SIGNS[word])
        elif word in SKIPPED or (is_optional and word not in KNOWN):
            self._skip(word)

    def _skip(self, word: str) -> None:
        self._skip_from = max(1, self.depth)
        self.counts.pictures += word == "pict" and self._state.target != "object"

    def _handlers(self) -> dict[str, Callable[[int], None]]:
        return {
            **{name: partial(self._aim, name) for name in _AIMED},
            **{name: partial(self._open_story, kind) for name, kind in _STORIES.items()},
            "ansicpg": lambda page: self._set_codec(codec_of_page(page)),
            "mac": lambda _: self._set_codec("mac_roman"),
            "pc": lambda _: self._set_codec("cp437"),
            "pca": lambda _: self._set_codec("cp850"),
            "uc": lambda count: self._set(replacement_bytes=max(0, min(count, 16))),
            "f": self._choose_font,
            "fcharset": self._set_charset,
            "ud": lambda _: self._set(target="body"),
            "plain": lambda _: self._reset_look(),
            "v": lambda value: self._set(is_hidden=value != 0),
            "strike": lambda value: self._set(is_struck=value != 0),
            "striked": lambda value: self._set(is_struck=value != 0),
            "super": lambda value: self._set(align="superscript" if value else ""),
            "sub": lambda value: self._set(align="subscript" if value else ""),
            "nosupersub": lambda _: self._set(align=""),
            "up": lambda value: self._set(align="superscript" if value > 2 else ""),
            "dn": lambda value: self._set(align="subscript" if value > 2 else ""),
            "deleted": lambda value: self._set(is_deleted=value != 0),
            "revised": lambda value: self._set(is_inserted=value != 0),
            "revauth": lambda author: self._set(author=author),
            "revauthdel": lambda author: self._set(author=author),
            "par": lambda _: self._end_paragraph(),
            "sect": lambda _: self._end_paragraph(),
            "pard": lambda _: self._reset_paragraph(),
            "s": self._style,
            "outlinelevel": lambda level: self._set_heading(level < 9),
            "intbl": lambda value: self._set_table(value != 0),
            "itap": self._set_nesting,
            "cell": lambda _: self._end_cell(),
            "nestcell": lambda _: self._end_nested_cell(),
            "row": lambda _: self._end_row(),
            "nestrow": lambda _: self._end_nested_row(),
            "trowd": lambda _: self._story.rows.define(),
            "cellx": self._edge,
            "clvmrg": lambda _: self._story.rows.merge("above"),
            "clmrg": lambda _: self._story.rows.merge("before"),
            "footnote": self._open_noted,
            "ftnalt": lambda _: self._turn_to_endnote(),
            "chftn": lambda _: self._mark_note(),
            "chpgn": lambda _: self._add(PAGE_NUMBER) if self._story.kind in REPEATED else None,
            "moMath": lambda _: self._open_formula(),
            "field": lambda _: self._open_field(),
            "fldrslt": lambda _: self._fields.separate(),
            "ffres": self._tick,
            "ffdefres": self._tick_by_default,
            "object": lambda _: self._open_object(),
        }

    # --- Text -------------------------------------------------------------------------------------------------------

    def _add_bytes(self, content: bytes) -> None:
        """Bytes that stand for the character that \\u gave already are passed over."""
        dropped = min(self._replaced, len(content))
        self._replaced -= dropped
        if dropped < len(content):
            self._flush_units()
            self._bytes += content[dropped:]

    def _flush(self) -> None:
        self._flush_bytes()
        self._flush_units()

    def _flush_bytes(self) -> None:
        if not self._bytes:
            return
        content = bytes(self._bytes)
        self._bytes.clear()
        name, charset = self._fonts.get(self._state.font, ("", 0))
        if symbols.is_symbol_font(name):
            self._add("".join(symbols.sign(byte, name) if byte > 0x20 else " " for byte in content))
        else:
            self._add(content.decode(codec_of(charset, self._codec), "replace"))

    def _flush_units(self) -> None:
        if self._units:
            text = b"".join(unit.to_bytes(2, "little") for unit in self._units).decode("utf-16-le", "replace")
            self._units.clear()
            name, _ = self._fonts.get(self._state.font, ("", 0))
            self._add(symbols.drawn(text, name))

    def _add(self, text: str) -> None:
        state = self._state
        if self._math:
            self._math.text(text)
        elif state.target in _GATHERED:
            self._gathered.append(text)
        elif state.target == "fldinst":
            self._fields.code(text)
        elif state.target == "body" and not state.is_hidden and not self._fields.hides(text):
            paragraph = self._paragraph
            author = self._authors[state.author] if 0 <= state.author < len(self._authors) else ""
            if state.is_deleted:
                paragraph.changes.add("deleted", author, text)
                return
            if state.is_inserted:
                paragraph.changes.add("inserted", author, text)
            else:
                paragraph.changes.break_off()
            self._anchors.add(text)
            paragraph.text.add(text, state.align, is_struck=state.is_struck)

    def _set(self, **values: object) -> None:
        self._state = replace(self._state, **values)  # type: ignore[arg-type]

    def _reset_look(self) -> None:
        self._set(font=-1, is_hidden=False, is_struck=False, align="", is_deleted=False, is_inserted=False)

    def _set_codec(self, codec: str) -> None:
        self._codec = codec

    # --- Groups and their targets -----------------------------------------------------------------------------------

    def _aim(self, target: str, _number: int) -> None:
        if target == "ffl" and self._state.target != "formfield":
            return
        self._gathered.clear()
        self._set(target=target)

    def _end_group(self) -> None:
        target = self._state.target
        line = self._math.close(self.depth) if self._math else None
        if line is not None:
            self._math = None
            self._paragraph.text.add_formula(line)
        if target == "fonttbl":
            self._name_font()
        elif target == "stylesheet":
            self._name_style()
        elif target in _GATHERED and self._states[-1].target != target:
            self._end_target(target, "".join(self._gathered))
        if self._field_depths and self._field_depths[-1] == self.depth:
            self._field_depths.pop()
            self._add_shown(self._fields.end())
        if self._story.depth == self.depth and len(self._stories) > 1:
            self._close_story()

    def _end_target(self, target: str, text: str) -> None:
        self._gathered.clear()
        if target in {"listtext", "pntext"}:
            sign = text.strip()
            self._paragraph.number = f"{'-' if sign in BULLETS else sign} " if sign else ""
        elif target == "atnauthor":
            self._comment_author = text.strip()
        elif target == "atnref":
            self._comment_anchor = text.strip()
        elif target == "atrfstart":
            self._anchors.open(text.strip())
        elif target == "atrfend":
            self._anchors.close(text.strip())
        elif target == "revtbl":
            self._authors = [name.strip() for name in text.split(";")]
        elif target == "ffl" and self._fields.innermost:
            self._fields.innermost.form.entries.append(text)

    def _choose_font(self, font: int) -> None:
        if self._state.target == "fonttbl":
            self._name_font()
        self._set(font=font)

    def _set_charset(self, charset: int) -> None:
        if self._state.target == "fonttbl" and len(self._fonts) < MOST_FONTS:
            self._fonts[self._state.font] = ("", charset)

    def _name_font(self) -> None:
        name = "".join(self._gathered).strip(" ;")
        self._gathered.clear()
        if name and len(self._fonts) < MOST_FONTS:
            self._fonts[self._state.font] = (name, self._fonts.get(self._state.font, ("", 0))[1])

    def _style(self, style: int) -> None:
        if self._state.target == "stylesheet":
            self._named_style = style
        else:
            self._paragraph.is_heading = style in self._headings

    def _name_style(self) -> None:
        words = "".join(self._gathered).strip(" ;").lower().split()
        self._gathered.clear()
        if words == ["title"] or (len(words) == 2 and words[0] == "heading" and words[1].isdecimal()):
            self._headings.add(self._named_style)
        self._named_style = 0

    def _set_heading(self, is_heading: bool) -> None:
        if self._state.target != "stylesheet":
            self._paragraph.is_heading = is_heading
        elif is_heading:
            self._headings.add(self._named_style)

    # --- Fields and objects -----------------------------------------------------------------------------------------

    def _open_field(self) -> None:
        self._fields.drops_page_numbers = self._story.kind in REPEATED
        self._fields.begin()
        self._field_depths.append(self.depth)

    def _add_shown(self, shown: str) -> None:
        if shown:
            self._paragraph.text.add_formula(shown) if len(shown) > 1 else self._paragraph.text.add(shown)
        self.counts.form_fields += self._fields.filled
        self._fields.filled = 0

    def _tick(self, state: int) -> None:
        if self._fields.innermost and self._state.target == "formfield" and state != UNDEFINED:
            form = self._fields.innermost.form
            form.ticked, form.chosen = bool(state), state

    def _tick_by_default(self, state: int) -> None:
        if self._fields.innermost and self._state.target == "formfield":
            form = self._fields.innermost.form
            form.default_ticked, form.chosen = bool(state), form.chosen or state

    def _open_formula(self) -> None:
        self._math = RtfMath(self.depth)

    def _open_object(self) -> None:
        self.counts.objects += 1
        self._set(target="object")

    def _edge(self, at: int) -> None:
        self._story.rows.edge(at)

    def _open_story(self, kind: str, _number: int) -> None:
        if self._story.depth == self.depth:  # one a group
            return
        self._begin(kind, self.depth)
        self._reset_look()
        self._set(target="body")

    def _open_noted(self, _number: int) -> None:
        self._open_story("footnote", 1)
        self._mark_opened()

    def finish(self) -> None:
        self._flush()
        super().finish()
