"""Control words of RTF by what they are for a reader of its text."""

from __future__ import annotations

SIGNS = {
    "tab": "\t",
    "line": "\n",
    "page": "\n",
    "lbr": "\n",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
}
SIGNS |= {
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "qmspace": " ",
    "column": "\n",
}
BULLETS = frozenset("\ufffd•·▪◦‣⁃●○■□◆❖➢*-–—o§ü") | {""}
MOST_FONTS = 10_000
UNDEFINED = 25  # of a form field that has its default state
SIGN_CHARACTERS = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}", "\t": "\t"}
# Groups whose text is not the document's; all that begin with \* and are not known are none of it either.
_NO_TEXT = (
    "colortbl info pict objdata themedata datastore nonshppict shprslt list listtable listoverridetable filetbl xe tc "
    "tcn rxe bkmkstart bkmkend pgdsctbl ftnsep ftnsepc aftnsep aftnsepc ftncn aftncn sp objclass objname background "
    "panose falt xmlnstbl rsidtbl generator latentstyles pnseclvl template userprops mmathPr nextfile"
)
SKIPPED = frozenset(_NO_TEXT.split())
KNOWN = {"fldinst", "shpinst", "shptxt", "annotation", "atnauthor", "atnref", "atrfstart", "atrfend", "revtbl", "ud"}
KNOWN |= {"formfield", "ffl", "shppict", "do", "dptxbxtext", "listtext", "nesttableprops", "moMath", "moMathPara"}
