"""Ordinals and numbers in words: as Word writes them in English and French, ordinals with figures in more languages."""

from __future__ import annotations

FORMATS = {"ordinal", "cardinalText", "ordinalText"}
_MOST = 999
_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_ENGLISH_ONES = [*_ENGLISH.split(), "seventeen", "eighteen", "nineteen"]
_ENGLISH_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"}
_ENGLISH_ORDINALS |= {"nine": "ninth", "twelve": "twelfth"}
_FRENCH = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_FRENCH_ONES = [*_FRENCH.split(), "dix-sept", "dix-huit", "dix-neuf"]
_FRENCH_TENS = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt"]
# What follows the figure. French and English depend on the number.
_MARKS = {"de": ".", "es": "º", "it": "°", "pt": "º", "nl": "e", "pl": ".", "cs": ".", "da": ".", "nb": ".", "fi": "."}
_MARKS |= {"no": ".", "nn": ".", "hu": ".", "hr": ".", "sk": ".", "sl": ".", "tr": ".", "sv": ":e", "ca": "è"}
_MARKS |= {"ru": "-й", "el": "ος"}


def written(number: int, number_format: str, language: str) -> str:
    tongue = language.partition("-")[0].lower() or "en"
    if number_format == "ordinal":
        return f"{number}{_mark(number, tongue)}"
    if tongue not in {"en", "fr"} or not 0 < number <= _MOST:
        return str(number)
    words = _english(number) if tongue == "en" else _french(number)
    if number_format == "ordinalText":
        words = _english_ordinal(words) if tongue == "en" else _french_ordinal(words)
    return words[0].upper() + words[1:]


def _mark(number: int, tongue: str) -> str:
    if tongue == "fr":
        return "er" if number == 1 else "e"
    if tongue != "en":
        return _MARKS.get(tongue, ".")
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _english(number: int) -> str:
    if number < 20:
        return _ENGLISH_ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _ENGLISH_TENS[tens] + (f"-{_ENGLISH_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ENGLISH_ONES[hundreds]} hundred" + (f" {_english(rest)}" if rest else "")


def _english_ordinal(words: str) -> str:
    at = max(words.rfind("-"), words.rfind(" ")) + 1
    last = words[at:]
    if last in _ENGLISH_ORDINALS:
        return words[:at] + _ENGLISH_ORDINALS[last]
    return words[:-1] + "ieth" if last.endswith("y") else f"{words}th"


def _french(number: int) -> str:
    if number < 20:
        return _FRENCH_ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        tens, ones = (tens - 1, ones + 10) if tens in {7, 9} else (tens, ones)
        if not ones:
            return _FRENCH_TENS[tens] + ("s" if tens == 8 else "")
        joint = " et " if ones in {1, 11} and tens != 8 else "-"
        return f"{_FRENCH_TENS[tens]}{joint}{_FRENCH_ONES[ones]}"
    hundreds, rest = divmod(number, 100)
    first = "cent" if hundreds == 1 else f"{_FRENCH_ONES[hundreds]} cent"
    return f"{first} {_french(rest)}" if rest else first + ("s" if hundreds > 1 else "")


def _french_ordinal(words: str) -> str:
    if words == "un":
        return "premier"
    words = words.removesuffix("s") if words.endswith(("vingts", "cents")) else words.removesuffix("e")
    if words.endswith("cinq"):
        return f"{words}uième"
    return f"{words.removesuffix('f')}vième" if words.endswith("neuf") else f"{words}ième"
