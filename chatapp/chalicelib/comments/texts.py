"""What people write under a page, made fit to be shown as text: nothing in it is invisible, or turns what follows.

Nothing is refused that can be mended: who pastes a text does not see what else came with it. Owns no markup: there is
none, and whoever shows a text shows it as text.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2_000
# More of them on one letter than any script writes; a hundred would run over the lines around it.
MAX_MARKS = 5
_ZWNJ, _ZWJ, _BLACK_FLAG = "\u200c", "\u200d", "\U0001f3f4"
# Of a flag such as Scotland's, the last being U+E007F: more of them, or elsewhere, hide a text.
_FLAG_TAGS = 6
# Format characters (Cf) that are seen: signs that Arabic and other scripts write over a number.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Letters, marks and symbols that show nothing: fillers of Hangul and Khmer, the joiner of graphemes, empty Braille.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Scripts that need the two joiners have no upper and lower case; emoji are symbols and their selectors marks.
_JOINED = frozenset({"Lo", "Lm", "Mn", "Mc", "So", "Sk"})
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+(?=\n|$)")
_PARAGRAPHS = re.compile(r"\n{3,}")


def cleaned(text: str) -> str:
    """A comment's text: paragraphs stay. Raises ValueError for what is blank then, or too long."""
    text = visible(_LINE_ENDS.sub("\n", text))
    text = _PARAGRAPHS.sub("\n\n", _BLANKS.sub("", text)).strip()
    return _sized(text, MAX_CHARACTERS)


def line(text: str, most: int = 200) -> str:
    """A title: one line. Raises ValueError for what is blank then, or too long."""
    return _sized(" ".join(visible(text).split()), most)


def _sized(text: str, most: int) -> str:
    if not text:
        raise ValueError("must not be blank")
    if len(text) > most:
        raise ValueError(f"takes at most {most:,} characters, not {len(text):,}")
    return text


def visible(text: str) -> str:
    """The text in NFC, without what nobody sees: control characters, those that turn the direction, zero widths.

    Joiners stay where they join: in emoji of several, and between letters of scripts that write with them.
    """
    text = unicodedata.normalize("NFC", text)
    kept: list[str] = []
    marks = 0
    of_flag = 0
    for index, character in enumerate(text):
        category = unicodedata.category(character)
        is_tag = "\U000e0020" <= character <= "\U000e007f"
        of_flag = _FLAG_TAGS if character == _BLACK_FLAG else of_flag - 1 if is_tag else 0
        is_seen = character in _SEEN or (is_tag and of_flag >= 0)
        if character in _FILLERS or (category in ("Cc", "Cs", "Cn") and character not in "\n\t"):
            continue
        if category == "Cf" and not is_seen and not _joins(kept, character, text[index + 1 : index + 2]):
            continue
        # Those of one letter, as it is kept: nothing that is left out, or joins, ends it.
        if category[0] == "M":
            marks += 1
        elif character not in (_ZWJ, _ZWNJ):
            marks = 0
        if marks <= MAX_MARKS:
            kept.append(character)
    # What was left out may have stood between a letter and its mark.
    return unicodedata.normalize("NFC", "".join(kept))


def _joins(before: list[str], character: str, after: str) -> bool:
    neighbours = (before[-1] if before else "", after)
    return character in (_ZWJ, _ZWNJ) and all(each and unicodedata.category(each) in _JOINED for each in neighbours)
