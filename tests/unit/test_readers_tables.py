"""Formats of numbers, separators, quotes, headers, formulas and merged cells: the rules, bare."""

from __future__ import annotations

import pytest
from chalicelib.extraction.readers.formulas import shifted, shown_formula
from chalicelib.extraction.readers.headers import header_rows, is_amount
from chalicelib.extraction.readers.merged_cells import Merge, Merges
from chalicelib.extraction.readers.number_formats import NumberFormat
from chalicelib.extraction.readers.quoting import records
from chalicelib.extraction.readers.separators import dialect
from chalicelib.extraction.readers.shapes import Shape, in_order


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0000 000 000", "405123456", "0405 123 456"),
        ("00\\.00\\.00", "12345", "01.23.45"),
        ('"No. "000', "9", "No. 009"),
        ("#,##0.00 [$kr-414]", "1234.5", "1,234.50 kr"),
        ("[$-409]#,##0.00", "1234.5", "1,234.50"),
        ("[$USD] 0.00", "3", "USD 3.00"),
        ("$#,##0;[Red]-$#,##0", "-1234", "-$1,234"),
        ("$0.00", "-5", "-$5.00"),
        ("#,##0.0,", "1234567", "1,234.6"),
        ("0.0,,,", "2500000000", "2.5"),
        ("#,###", "0", ""),
        ("#.##", "0.5", ".5"),
        ("0.", "5", "5."),
        ("0.0#", "1.256", "1.26"),
        ("0,000", "5", "0,005"),
        ("0.00", "1.005", "1.01"),
        ("%0", "0.25", "%25"),
        ("0.00%;(0.00%)", "-0.1", "(10.00%)"),
        ("# ??/??", "3.14159", "3 1/7"),
        ("?/?", "1.5", "3/2"),
        ("# ?/?", "2", "2"),
        ("0E+0", "-12345", "-1E+4"),
        ("##0.00E+0", "999999", "1.00E+6"),
        ("0.00E+00", "0", "0.00E+00"),
        ("[<0](0.0);[>=0]+0.0", "-1.25", "(1.3)"),
        ("[>=0]0.00;-0.00", "-2", "-2.00"),
        ('[<-10]#" low"', "-11", "-11 low"),
        ('[<10]#" low"', "10", "10"),
        ('[<10]#" low"', "1.5", "2 low"),
        ('[h]" (or "h")"', "3.14159", "75 (or 75)"),
        ("hh:mm a/p", "0.6", "02:24 p"),
        ("[>100]0;0.00", "-2", "-2.00"),
        ("General", "1E+20", "1E+20"),
        ("General", "0.000012345678", "1.23457E-05"),
        ("General", "1234.56789012345", "1234.56789"),
        ('General" kg"', "5", "5 kg"),
        ("Standard", "abc", "abc"),
        ("yyyy", "46347", "2026"),
        ("m/d/yy h:mm", "46347.0625", "11/21/26 1:30"),
        ("mmmmm", "46347", "N"),
        ("dd-mm-jjjj", "46347", "21-11-2026"),
        ("TT.MM.JJJJ", "46347", "21.11.2026"),
        ("gg/mm/aaaa", "46347", "21/11/2026"),
        ("[$-C0A]dddd d", "46347", "sábado 21"),
        ("[$-F800]dddd, mmmm dd, yyyy", "46347", "Saturday, November 21, 2026"),
        ('yyyy"年"m"月"d"日"', "46347", "2026年11月21日"),
        ("h:mm:ss.00", "0.50001", "12:00:00.86"),
        ("[m]", "0.5", "720"),
        ("[h]:mm", "-0.5", "-12:00"),
        ("h A/P", "0.75", "6 P"),
        ("yyyy-mm-dd", "60", "1900-02-28"),
        ("0", "1e400", "1e400"),
        ("0", "9" * 500, "9" * 500),
    ],
)
def test_a_number_is_shown_by_its_format(code: str, value: str, shown: str) -> None:
    assert NumberFormat(code).number(value, is_1904=False).strip() == shown


@pytest.mark.parametrize(
    "code", ['"', "[", "\\", "_", "*", "[$", "[>", ";;;;;;", "E+", "/", "#/", "?/?/?", ".,.", "@@" * 400]
)
def test_a_format_that_is_cut_or_senseless_shows_something_and_ends(code: str) -> None:
    for text in ("-1.5", "0", "46347", "1e308"):
        NumberFormat(code).number(text, is_1904=True)
    NumberFormat(code).text("x")


@pytest.mark.parametrize(
    ("lines", "separator", "width"),
    [
        (["a;b", "1,5;2,5"], ";", 2),
        (["1,5;2,5;3,5"] * 3, ";", 3),
        (["1,5\t2,5"] * 3, "\t", 2),
        (["1,000|2,000"] * 3, "|", 2),
        (["1,2,3"] * 3, ",", 3),
        (["Ann,Lyon;France,12"] * 3, ",", 3),
        (["Name;Note", "x;a, b, c", "y;d", "z;e, f"], ";", 2),
        (["A statement", "of March", "a,b,c", "1,2,3", "4,5,6"], ",", 3),
        (["Amount", "1,50", "12,75"], "\t", 1),
        (["1,50", "2,05", "3,25"], "\t", 1),
        (["word"] * 3, ",", 1),
        ([], ",", 1),
    ],
)
def test_the_separator_is_told_by_the_lines(lines: list[str], separator: str, width: int) -> None:
    assert dialect(lines, None) == (separator, width)


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        (['1,"a', 'b",2'], [["1", "a\nb", "2"]]),
        (['1,"a,2', "3,b,4"], [["1", '"a', "2"], ["3", "b", "4"]]),
        (['1,"5 inch,2', '3,"6 inch,4'], [["1", '"5 inch', "2"], ["3", '"6 inch', "4"]]),
        (['1,x"y,2'], [["1", 'x"y', "2"]]),
        (['"a" , "b",c'], [["a", "b", "c"]]),
        (['"a ""b""",c,d'], [['a "b"', "c", "d"]]),
        (['1,"say "yes", now",3'], [["1", 'say "yes", now', "3"]]),
        (['"'], [['"']]),
        (['"', '"'], [["\n"]]),
    ],
)
def test_a_stray_quote_is_a_letter(lines: list[str], fields: list[list[str]]) -> None:
    assert list(records(lines, ",", 3)) == fields


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["Name", "Age"], ["Ann", "4"]], (0, 0)),
        ([["Report"], [], ["Name", "Age"], ["Ann", "4"]], (2, 2)),
        ([["Period:", "2024"], ["Name", "Age", "Town"], ["Ann", "4", "Lyon"], ["Bob", "5", "Nice"]], (1, 1)),
        ([["", "2019", "2020"], ["Fr", "1", "2"]], (0, 0)),
        ([["2019", "2020"], ["2021", "2022"]], None),
        ([["1", "2"], ["3", "4"]], None),
        ([["2026-01-01", "5"], ["2026-01-02", "6"]], None),
        ([["", "2025", "", "2026", ""], ["Land", "Q1", "Q2", "Q1", "Q2"], ["Fr", "1", "2", "3", "4"]], (0, 1)),
        ([["Site", "01/2026", "02/2026"], ["A", "4", "5"], ["B", "6", "7"]], (0, 0)),
        ([["Site", "1st half", "2nd half"], ["A", "4", "5"]], (0, 0)),
        ([["Site", "2025 Q1", "2025 Q2"], ["A", "4", "5"]], (0, 0)),
        ([["01/02/2026", "Rent"], ["03/02/2026", "Bread"]], None),
        ([["Ann", "10:30"], ["Bob", "11:00"]], None),
        ([["only"], ["a"], ["list"]], None),
        ([], None),
    ],
)
def test_the_header_is_where_it_stands(rows: list[list[str]], header: tuple[int, int] | None) -> None:
    assert header_rows(rows) == header


def test_amounts_are_what_is_counted() -> None:
    assert all(map(is_amount, ["5", "-3.5", "1,234.50 €", "$99.90", "(12)", "12 %", "1.2E+05"]))
    assert not any(map(is_amount, ["2024", "2026-01-05", "Q1", "North", "", "21/11/2026", "3 rooms with a view"]))


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("A1+$B$2", "B3+$B$2"),
        ("SUM(A$1:B2)", "SUM(B$1:C4)"),
        ("LOG10(A1)", "LOG10(B3)"),
        ('"A1"&A1', '"A1"&B3'),
        ("'My A1'!A1", "'My A1'!B3"),
        ("Sheet2!Z9", "Sheet2!AA11"),
        ("SUM(A:A,1:1)", "SUM(B:B,3:3)"),
        ("Rate_A1*2", "Rate_A1*2"),
    ],
)
def test_a_shared_formula_moves_to_its_cell(formula: str, moved: str) -> None:
    assert shifted(formula, 2, 1) == moved


def test_a_formula_is_shown_as_it_is_typed() -> None:
    assert shown_formula("_xlfn.XLOOKUP(A1,_xlfn._xlws.SORT(B:B),C:C)") == "=XLOOKUP(A1,SORT(B:B),C:C)"


def test_merged_cells_say_what_they_cover() -> None:
    merges = Merges([Merge(2, 3, 0, 0), Merge(1, 1, 1, 2), Merge(2, 3, 3, 3), Merge(5, 5, 0, 4)])
    assert merges.filled(1, ["", "Half", "", "Sum"]) == ["", "Half", "Half", "Sum"]
    assert merges.filled(2, ["North", "1", "2", "30"]) == ["North", "1", "2", "30"]
    # The label again, and not the amount of both rows.
    assert merges.filled(3, ["", "3", "4"]) == ["North", "3", "4"]
    assert merges.filled(4, [""]) == [""]
    assert merges.filled(5, ["A title"]) == ["A title"]
    # A number that its rows are about, wherever their table begins.
    keyed = Merges([Merge(1, 2, 4, 4)])
    assert keyed.filled(1, ["", "", "", "", "7", "1"]) == ["", "", "", "", "7", "1"]
    assert keyed.filled(2, ["", "", "", "", "", "2"]) == ["", "", "", "", "7", "2"]


def test_shapes_whose_sizes_lie_are_put_in_order_all_the_same() -> None:
    shapes = [
        Shape("text", box=(0, 9, 1, -5)),
        Shape("text"),
        Shape("text", box=(0, 1, 1, 0)),
        Shape("text", box=(0, 5, -1, -1)),
    ]
    assert in_order(shapes) == [shapes[2], shapes[3], shapes[0], shapes[1]]
