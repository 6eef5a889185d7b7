from __future__ import annotations

import pytest
from chalicelib.extraction.readers import linear_math, symbols
from chalicelib.extraction.readers.fields import PAGE_NUMBER, without_page_numbers
from chalicelib.extraction.readers.numerals import custom, written
from chalicelib.extraction.readers.runs import RunText


@pytest.mark.parametrize(
    ("number_format", "language", "shown"),
    [
        ("lowerRoman", "", "iv ix xl mcmxcix"),
        ("upperLetter", "", "D I NN 1999"),
        ("ordinal", "en-US", "4th 9th 40th 1999th"),
        ("ordinal", "fr-FR", "4e 9e 40e 1999e"),
        ("ordinal", "de-DE", "4. 9. 40. 1999."),
        ("ordinalText", "en-GB", "Fourth Ninth Fortieth 1999"),
        ("ordinalText", "fr-FR", "Quatrième Neuvième Quarantième 1999"),
        ("cardinalText", "fr-FR", "Quatre Neuf Quarante 1999"),
        ("decimalZero", "", "04 09 40 1999"),
        ("decimalEnclosedCircle", "", "④ ⑨ 40 1999"),
        ("chineseCounting", "", "四 九 四十 一千九百九十九"),
        ("japaneseCounting", "", "四 九 四十 千九百九十九"),
        ("hebrew1", "", "ד ט מ תתתתשצט"),
        ("thaiNumbers", "", "๔ ๙ ๔๐ ๑๙๙๙"),
        ("russianLower", "", "г и лл 1999"),
        ("numberInDash", "", "- 4 - - 9 - - 40 - - 1999 -"),
        ("of the future", "", "4 9 40 1999"),
    ],
)
def test_numbers_as_lists_show_them(number_format: str, language: str, shown: str) -> None:
    assert " ".join(written(number, number_format, language) for number in (4, 9, 40, 1999)) == shown


def test_a_pattern_says_how_many_figures_a_number_has() -> None:
    assert [custom(7, pattern) for pattern in ("001, 002, 003, ...", "0001, ...", "x")] == ["007", "0007", "7"]
    assert custom(12345, "001, 002") == "12345"


@pytest.mark.parametrize(
    ("before", "raised", "shown"),
    [
        ("10", "6", "10⁶"),
        ("10", "-3", "10⁻³"),
        ("5 m", "2", "5 m²"),
        ("x", "n+1", "x^(n+1)"),
        ("2", "n", "2^n"),
        ("2", "0.5", "2^(0.5)"),
        ("1", "st", "1st"),
        ("1", "er", "1er"),
        ("XX", "e", "XXe"),
        ("M", "me", "Mme"),
        ("No", "", "No"),
        ("Acme", "TM", "Acme™"),
        ("word", "1,2", "word¹,²"),
        ("Name", "3*", "Name³*"),
        ("5", "°", "5°"),
        ("end.", "4", "end.⁴"),
        ("", "1", "¹"),
    ],
)
def test_raised_text_keeps_its_value(before: str, raised: str, shown: str) -> None:
    text = RunText()
    text.add(before)
    for character in raised:  # as Word splits its runs
        text.add(character, "superscript")
    assert text.text() == shown


def test_lowered_text_keeps_its_value() -> None:
    text = RunText()
    for run, align in (
        ("H", ""),
        ("2", "subscript"),
        ("SO", ""),
        ("4", "subscript"),
        (", V", ""),
        ("max", "subscript"),
    ):
        text.add(run, align)
    assert text.text() == "H2SO4, V_max"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"Page {PAGE_NUMBER} of {PAGE_NUMBER}", ""),
        (f"{PAGE_NUMBER}/{PAGE_NUMBER}", ""),
        (f"- {PAGE_NUMBER} -", ""),
        (f"Seite {PAGE_NUMBER} von {PAGE_NUMBER}  Firma GmbH", "Firma GmbH"),
        (f"Réf. 12 – page {PAGE_NUMBER} sur {PAGE_NUMBER}", "Réf. 12"),
        (f"Rev. 3 | Page {PAGE_NUMBER}", "Rev. 3"),
        ("Page 12 of the annex", "Page 12 of the annex"),
    ],
)
def test_page_numbers_go_with_the_words_around_them(line: str, left: str) -> None:
    assert without_page_numbers(line) == left


def test_signs_of_fonts() -> None:
    assert symbols.drawn("þ¨o", "Wingdings") == "☑☐☐"
    assert symbols.drawn("abS£³¹", "Symbol") == "αβΣ≤≥≠"
    assert symbols.drawn("\uf0fe plain", "") == "☑ plain"
    assert symbols.drawn("plain", "Arial") == "plain"


def test_what_is_built_up_does_not_grow_together() -> None:
    half = linear_math.fraction("1", "2")
    assert linear_math.finished(f"1{half}x") == "1 1/2 x"
    assert linear_math.finished(linear_math.fraction(half, "2ab")) == "(1/2)/(2ab)"
    assert linear_math.finished(linear_math.scripts("(a+b)", above="n-1") + "c") == "(a+b)^(n-1) c"
