"""Numbers of lists, chapters and notes as word processors write them: `iv`, `aa`, `1st`, `Deuxième`, `①`, `十二`.

The names are those of Word (ECMA-376 part 1, 17.18.59, ST_NumberFormat); other formats' are put into them.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from . import numerals_in_words

# Beyond this a roman number or a row of letters is no number any more.
_MOST_ROMAN, _MOST_LETTERS = 32_767, 780
_Signs = tuple[tuple[int, str], ...]
_ROMAN: _Signs = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"))
_ROMAN += ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Letters in the order of the alphabet; after the last they double, as Latin ones do.
_ALPHABETS = {
    "lowerLetter": _LATIN,
    "upperLetter": _LATIN.upper(),
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "hebrew2": "אבגדהוזחטיכלמנסעפצקרשת",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
    "hindiConsonants": "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
    "hindiVowels": "अआइईउऊऋएऐओऔ",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "aiueo": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "iroha": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "lowerGreek": "αβγδεζηθικλμνξοπρστυφχψω",
    "upperGreek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
}
_ALPHABETS |= {"aiueoFullWidth": _ALPHABETS["aiueo"], "irohaFullWidth": _ALPHABETS["iroha"]}
_DIGITS = {
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseDigital": "○一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
    "koreanDigital2": "零一二三四五六七八九",
}
_PLAIN, _LEGAL = "〇一二三四五六七八九", "零壹貳參肆伍陸柒捌玖"
# Digits, and what stands for ten, a hundred, a thousand and ten thousand.
_COUNTING = {
    "chineseCounting": (_PLAIN, "十百千万"),
    "chineseCountingThousand": (_PLAIN, "十百千万"),
    "taiwaneseCounting": (_PLAIN, "十百千萬"),
    "taiwaneseCountingThousand": (_PLAIN, "十百千萬"),
    "japaneseCounting": (_PLAIN, "十百千万"),
    "koreanCounting": ("영일이삼사오육칠팔구", "십백천만"),
    "koreanLegal": ("영일이삼사오육칠팔구", "십백천만"),
    "japaneseLegal": ("〇壱弐参四伍六七八九", "拾百阡萬"),
    "chineseLegalSimplified": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟萬"),
    "ideographLegalTraditional": (_LEGAL, "拾佰仟萬"),
}
_CHINESE = ("chinese", "taiwanese", "ideographLegal")
# First sign and how many follow it in Unicode.
_ENCLOSED = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}
_HEBREW: _Signs = (
    (400, "ת"),
    (300, "ש"),
    (200, "ר"),
    (100, "ק"),
    (90, "צ"),
    (80, "פ"),
    (70, "ע"),
    (60, "ס"),
    (50, "נ"),
)
_HEBREW += ((40, "מ"), (30, "ל"), (20, "כ"), (16, "טז"), (15, "טו"), (10, "י"), (9, "ט"), (8, "ח"), (7, "ז"))
_HEBREW += ((6, "ו"), (5, "ה"), (4, "ד"), (3, "ג"), (2, "ב"), (1, "א"))
_CHICAGO = "*†‡§"


def written(number: int, number_format: str, language: str = "") -> str:
    """A number as a list shows it; decimal where the format is not known or has no sign for the number.

    language: a tag ("fr-FR"), for formats in words. "" for the formats `none` and `bullet`.
    """
    if number_format in {"none", "bullet"}:
        return ""
    if number_format in numerals_in_words.FORMATS:
        return numerals_in_words.written(number, number_format, language)
    return next((write(number, number_format) for names, write in _WRITERS if number_format in names), str(number))


def custom(number: int, pattern: str) -> str:
    """Word's "001, 002, 003, ..." says with how many digits."""
    first = pattern.partition(",")[0].strip()
    return str(number).zfill(len(first)) if first.isdecimal() and len(first) < 20 else str(number)


def _in_digits(number: int, number_format: str) -> str:
    return str(number).translate({ord(str(at)): digit for at, digit in enumerate(_DIGITS[number_format])})


def _enclosed(number: int, number_format: str) -> str:
    first, count = _ENCLOSED[number_format]
    return chr(first + number - 1) if 1 <= number <= count else str(number)


def _letters(number: int, alphabet: str) -> str:
    """a to z, then aa, bb, cc: Word repeats a letter."""
    if not 1 <= number <= _MOST_LETTERS:
        return str(number)
    times, letter = divmod(number - 1, len(alphabet))
    return alphabet[letter] * (times + 1)


def _additive(number: int, signs: _Signs) -> str:
    if not 1 <= number <= _MOST_ROMAN:
        return str(number)
    text = ""
    for value, sign in signs:
        times, number = divmod(number, value)
        text += sign * times
    return text


def _counted(number: int, number_format: str) -> str:
    """十二, 二十; a hundred and five is 一百零五 in Chinese, 百五 elsewhere."""
    (digits, powers), is_chinese = _COUNTING[number_format], number_format.startswith(_CHINESE)
    if not 1 <= number < 100_000:
        return str(number)
    text, figures = "", str(number)
    for at, digit in enumerate(reversed(figures)):
        if digit == "0":
            text = digits[0] + text if is_chinese and text and text[0] != digits[0] else text
            continue
        is_bare = digit == "1" and at and (not is_chinese or len(figures) == 2)
        text = ("" if is_bare else digits[int(digit)]) + (powers[at - 1] if at else "") + text
    return text


_OTHERS: dict[str, Callable[[int], str]] = {
    "upperRoman": lambda number: _additive(number, _ROMAN),
    "lowerRoman": lambda number: _additive(number, _ROMAN).lower(),
    "decimalZero": lambda number: f"{number:02}",
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    "hebrew1": lambda number: _additive(number, _HEBREW),
    "chicago": lambda number: _letters(number, _CHICAGO),
}
_WRITERS: tuple[tuple[Container[str], Callable[[int, str], str]], ...] = (
    (_ALPHABETS, lambda number, number_format: _letters(number, _ALPHABETS[number_format])),
    (_DIGITS, _in_digits),
    (_COUNTING, _counted),
    (_ENCLOSED, _enclosed),
    (_OTHERS, lambda number, number_format: _OTHERS[number_format](number)),
)
