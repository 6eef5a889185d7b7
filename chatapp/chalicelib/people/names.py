"""What a person is called where others read it: chosen by themselves, and never part of their address."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from chalicelib.errors import InvalidRequest

MAX_CHARACTERS = 40
# Of one character: what two of them write, such as ǻ, is composed.
_MAX_MARKS = 2
# Blank although Unicode calls them letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# What looks like a Latin letter, as far as whole names of it are written: of https://www.unicode.org/reports/tr39/
_LATIN = str.maketrans(
    "аеорсхуіјѕԁһӏкмтвнѵԛԝαορνικτυχεη01|!lɩıǀ",
    "aeopcxyijsdhikmtbhvqwaopviktuxenoiiiiiii",
)


def default(user_id: str) -> str:
    """Of a person who has chosen none; it tells nothing of them, and stays the same."""
    return f"Guest {hashlib.sha256(user_id.encode()).hexdigest()[:4]}"


def chosen(text: str) -> str:
    """A name as it is kept; "" for none. Raises InvalidRequest, which says what is wrong with it."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    kinds = [unicodedata.category(character) for character in name]
    if any(kind[0] == "C" for kind in kinds) or _BLANK.intersection(name):
        raise InvalidRequest(
            "display_name", "takes no invisible characters, nor any that turn the direction of writing"
        )
    if re.search(f"M{{{_MAX_MARKS + 1}}}", "".join(kind[0] for kind in kinds)):
        raise InvalidRequest("display_name", f"takes at most {_MAX_MARKS} marks on a character")
    visible = sum(kind[0] != "M" for kind in kinds)
    if visible > MAX_CHARACTERS:
        raise InvalidRequest("display_name", f"takes at most {MAX_CHARACTERS} characters, not {visible}")
    if name and not any(kind[0] in "LN" for kind in kinds):
        raise InvalidRequest("display_name", "must have a letter or a digit")
    return name


def looks(name: str) -> str:
    """What a name looks like at a glance: two that look alike have it in common."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(each for each in plain if unicodedata.category(each)[0] in "LN" or each in "|!")
    return letters.translate(_LATIN).replace("rn", "m")
