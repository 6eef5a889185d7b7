"""Signs of fonts that draw others than their codes say: tick boxes of Wingdings, Greek and operators of Symbol."""

from __future__ import annotations

import re

TICKED, UNTICKED = "☒", "☐"
BOXES = frozenset("☐☑☒❑❒✓✔✗✘▢")
# From 0x20 on: https://www.unicode.org/Public/MAPPINGS/VENDORS/ADOBE/symbol.txt
_SYMBOL = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_SYMBOL_FROM_A0 = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪�〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
_WINGDINGS = {
    **{0x21: "✏", 0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x36: "⌛", 0x41: "✌", 0x43: "👍", 0x44: "👎"},
    **{0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x4E: "☠", 0x51: "✈", 0x52: "☼", 0x54: "❄", 0x6C: "●", 0x6D: "❍", 0x6E: "■"},
    **{0x6F: "☐", 0x70: "☐", 0x71: "☐", 0x72: "☐", 0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x78: "☒"},
    **{0x80 + at: chr(0x245F + at) if at else "⓪" for at in range(11)},
    **{0x8B + at: chr(0x2775 + at) if at else "⓿" for at in range(11)},
    **{0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xAB: "★", 0xAC: "✶", 0xB6: "✰", 0xD8: "➢"},
    **{0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xE9: "🡱", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩"},
    **{0xF3: "⬄", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
}
_WINGDINGS_2 = {
    **{0x2A: "☐", 0x35: "☐", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x55: "⮾", 0x56: "⮿"},
    **{0x97: "●", 0x98: "•", 0x99: "◦", 0xA0: "■", 0xA2: "☐", 0xA3: "☐", 0xA4: "☐"},
}
_WINGDINGS_3 = {0x22: "↑", 0x23: "↓", 0x74: "▲", 0x75: "▼", 0x7D: "▶", 0x84: "◀", 0x86: "▶"}
_WEBDINGS = {
    0x61: "✓",
    0x63: "☐",
    0x67: "■",
    0x72: "✗",
    0x6E: "●",
    0x3D: "♦",
    0x33: "◀",
    0x34: "▶",
    0x69: "ℹ",
    0x8E: "⏱",
}
_SYMBOLS = {0x20 + at: sign for at, sign in enumerate(_SYMBOL)}
_SYMBOLS |= {0xA0 + at: sign for at, sign in enumerate(_SYMBOL_FROM_A0) if sign != "�"}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "wingdings 3": _WINGDINGS_3, "webdings": _WEBDINGS}
_FONTS |= {"symbol": _SYMBOLS, "zapfdingbats": {0x33: "✓", 0x34: "✔", 0x38: "✘", 0x6F: "☐", 0x71: "☐", 0x6E: "■"}}
_PRIVATE = re.compile("[\uf020-\uf0ff]")
# Of a font that is not known: private codes that say nothing without it.
_UNKNOWN = "•"


def is_symbol_font(font: str) -> bool:
    return bool(font) and font.lower() in _FONTS


def sign(code: int, font: str) -> str:
    """The character that a font draws for a code; fonts of signs have theirs at 0xF000 too."""
    code = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    known = _FONTS.get(font.lower())
    if known is None:
        return chr(code) if 0x20 <= code < 0xE000 and not 0xD800 <= code < 0xE000 else _UNKNOWN
    return known.get(code, " " if code in {0x20, 0xA0} else _UNKNOWN)


def drawn(text: str, font: str) -> str:
    """Text set in a font of signs; in others only the private codes of such fonts are no letters."""
    if is_symbol_font(font):
        return "".join(sign(_byte(character), font) for character in text)
    if text.isascii() or not _PRIVATE.search(text):
        return text
    return _PRIVATE.sub(lambda match: sign(ord(match[0]), "wingdings"), text)


def _byte(character: str) -> int:
    """Keys typed in such a font are stored as the Windows letters at their codes."""
    code = ord(character)
    if code < 0x100 or 0xF000 <= code <= 0xF0FF:
        return code
    try:
        return character.encode("cp1252")[0]
    except UnicodeEncodeError:
        return code


def bullet(text: str, font: str) -> str:
    """What stands for a list's sign: a dash, or a tick box where the list is one of boxes."""
    shown = drawn(text, font).strip()
    return shown if shown in BOXES else "-"
