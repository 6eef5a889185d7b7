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
# Small letters that look like a Latin one, and capitals whose small letter does not.
_CYRILLIC = dict(zip("авекмнорстухгіїјѕԁԛԝһьӏѵүө", "abekmhopctyxriijsdqwhblvyo", strict=True))
_GREEK_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True))
_GREEK = dict(zip("αβγεηικμνορστυχω", "abyenikuvopotuxw", strict=True))
# Of Armenian those that do; Cherokee and Lisu are drawn like Latin capitals throughout.
_ARMENIAN = dict(zip("աըգզհյոսռցօք", "wnqqhjnungop", strict=True))
_CHEROKEE = dict(zip("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏳᏴ", "drtiajewmhyghz4brwsvslcpkdgb", strict=True))
_LISU = dict(zip("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpddtgkjczfmnlsrvhwxyaeiou", strict=True))
_LATIN = {"ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ǀ": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ƅ": "b"}
_LOOK = {**_CYRILLIC, **_GREEK, **_ARMENIAN, **_CHEROKEE, **_LISU, **_LATIN}
# Signs that fold to letters, which nobody reads as part of a name.
_MARKS_OF_TRADE = str.maketrans("", "", "\u2122\u2120")
# Of which a word may have several, and Latin letters beside them, by the first words of their characters' names.
_OF_EAST_ASIA = frozenset({"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
# Of what is Latin then: what hardly differs in most type.
_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "3": "e", "4": "a", "@": "a", "$": "s"}
)

# What whoever keeps a page is called, in the languages of the site. As it is, and with an "s" of several.
_ROLES = (
    *("owner", "admin", "administrator", "sysadmin", "superadmin", "webmaster", "moderator", "mod"),
    *("propriétaire", "administrateur", "administratrice", "modérateur", "modératrice", "modo", "webmestre"),
)
# As `looks` folds hexadecimal digits: 0 is o, 1 is l, 3 is e, 4 is a, 5 is s.
_DEFAULT_FORM = re.compile("guest[olseabcdf26789]{4}")


def default(user_id: str) -> str:
    """Of a person who has chosen none; it tells nothing of them, and stays the same."""
    return f"Guest {hashlib.sha256(user_id.encode()).hexdigest()[:4]}"


def chosen(text: str) -> str:
    """A name as it is kept; "" for none. Raises InvalidRequest, which says what is wrong with it."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    kinds = [unicodedata.category(character) for character in name]
    if any(kind[0] == "C" for kind in kinds) or _BLANK.intersection(name):
        raise InvalidRequest(
            "display_name",
            "takes no invisible characters, nor any that turn the direction of writing",
            reason="wrong_form",
        )
    if re.search(f"M{{{_MAX_MARKS + 1}}}", "".join(kind[0] for kind in kinds)):
        raise InvalidRequest("display_name", f"takes at most {_MAX_MARKS} marks on a character", reason="wrong_form")
    visible = sum(kind[0] != "M" for kind in kinds)
    if visible > MAX_CHARACTERS:
        problem = f"takes at most {MAX_CHARACTERS} characters, not {visible}"
        raise InvalidRequest(
            "display_name", problem, reason="too_long", limit=MAX_CHARACTERS, actual=visible, unit="characters"
        )
    if name and not any(kind[0] in "LN" for kind in kinds):
        raise InvalidRequest("display_name", "must have a letter or a digit", reason="wrong_form")
    if any(len(_scripts(word)) > 1 for word in name.split()):
        raise InvalidRequest("display_name", "must not mix letters of several scripts in a word", reason="wrong_form")
    return name


def _scripts(word: str) -> set[str]:
    """Those of a word's letters, by Unicode's names for these, which begin with them; East Asia's are written mixed."""
    letters = [each for each in unicodedata.normalize("NFKC", word) if unicodedata.category(each) in ("Lu", "Ll", "Lo")]
    return {unicodedata.name(each, "").partition(" ")[0] for each in letters} - _OF_EAST_ASIA


def looks(name: str) -> str:
    """What a name looks like at a glance: two that a reader takes for one have it in common.

    After Unicode's UTS 39 in little, with a table of our own: compatibility forms, case, accents, spaces and signs are
    folded, symbols left out, and digits and letters of other scripts become the Latin ones that they resemble. It does
    not see look-alikes of scripts that are rarer still, which no word mixes with Latin, nor a name that resembles
    another by its sense (`Ada L.` for `Ada Lovelace`).
    https://www.unicode.org/reports/tr39/
    """
    folded = unicodedata.normalize("NFKC", name.translate(_MARKS_OF_TRADE))
    folded = "".join(_GREEK_CAPITALS.get(each, each) for each in folded)
    folded = unicodedata.normalize("NFKD", folded.casefold())
    latin = "".join(_LOOK.get(each, each) for each in folded).translate(_ALIKE)
    return "".join(each for each in latin if unicodedata.category(each)[0] in "LN").replace("rn", "m")


def is_default_of_another(name: str, user_id: str) -> bool:
    """Whether a name has the form of those that people have by default, and is not this person's own."""
    return name != default(user_id) and bool(_DEFAULT_FORM.fullmatch(looks(name)))


def has_role(name: str) -> bool:
    """Whether a word of a name, or all of it, looks like one for who keeps the page: `admin`, `The-0wner`, `a d m i n`.

    Signs and digits may stand in a word's place of letters or beside them, so it is looked at with them and without.
    """
    words = {name, *name.split(), *re.split(r"[\W_]+", name), *re.split(r"[\W\d_]+", name)}
    return not _ROLE_LOOKS.isdisjoint(map(looks, words))


_ROLE_LOOKS = frozenset(looks(role + plural) for role in _ROLES for plural in ("", "s"))
