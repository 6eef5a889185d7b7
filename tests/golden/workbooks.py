"""Golden workbooks: what stands in their parts, and what a person sees in their cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.golden.office_xml import (
    DRAWING,
    REL,
    SHEET,
    axis,
    cache,
    cell,
    chart,
    column,
    relations,
    rows,
    series,
    sheet,
    strict,
    workbook,
)

Golden = tuple[str, dict[str, str | bytes] | bytes, list[str], list[dict[str, Any]]]

_COMMENTS = f'<comments xmlns="{SHEET}"><authors><author>Nadia</author></authors><commentList>'
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_MS_REL = "http://schemas.microsoft.com/office/2017/10/relationships"
_XDR = f'xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main" xmlns:r="{REL}"'
_MACRO = "vnd.ms-excel.sheet.macroEnabled"
_TEMPLATE = "vnd.openxmlformats-officedocument.spreadsheetml.template"


def goldens() -> Iterator[Golden]:
    yield from _formats()
    yield from _dates()
    yield from _formulas()
    yield from _said()
    yield from _merged()
    yield from _drawn()
    yield from _packages()
    yield from _long()


def _shown(name: str, *values: tuple[object, str | int, str], settings: str = "") -> Golden:
    """A sheet of values, each with its format and what the cell shows."""
    codes = list(dict.fromkeys(code for _, code, _ in values))
    data = rows(*((f"v{at}", (value, codes.index(code) + 1)) for at, (value, code, _) in enumerate(values, start=1)))
    page = "\n".join(f"v{at} | {shown}".removesuffix(" | ") for at, (_, _, shown) in enumerate(values, start=1))
    return (f"xlsx/{name}.xlsx", workbook([("Values", sheet(data))], codes, settings=settings), [page], [])


def _formats() -> Iterator[Golden]:
    yield _shown(
        "leading-zeros-and-masks",
        (75, "00000", "00075"),
        (33140506070, "+00 0 00 00 00 00", "+33 1 40 50 60 70"),
        (123456789, "000-00-0000", "123-45-6789"),
        (4155550132, "[<=9999999]###-####;(###) ###-####", "(415) 555-0132"),
        (5550132, "[<=9999999]###-####;(###) ###-####", "555-0132"),
        (7, '"INV-"0000', "INV-0007"),
    )
    yield _shown(
        "currencies",
        (1234.5, "[$€-2] #,##0.00", "€ 1,234.50"),
        (-1234.5, '#,##0.00\\ "€";[Red]\\-#,##0.00\\ "€"', "-1,234.50 €"),
        (80, "[$£-809]#,##0.00", "£80.00"),
        (80, "[$CHF-100C] #,##0.00", "CHF 80.00"),
        (-20, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$ (20.00)"),
        (0, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$ -"),
        (9.5, 44, "9.50"),
        (1500000, '0.0,,"M €"', "1.5M €"),
        (12800, '#,##0,"k"', "13k"),
    )
    yield _shown(
        "percent-fraction-power",
        (0.125, 10, "12.50%"),
        (0.5, 9, "50%"),
        (2.75, "# ?/?", "2 3/4"),
        (0.3125, "# ?/16", "5/16"),
        (0.00012, 11, "1.20E-04"),
        (12345, 48, "12.3E+3"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567890123, "General", "1234567890123"),
        (2.675, 2, "2.68"),
    )
    yield _shown(
        "sections-and-conditions",
        (1, '"paid";"owed";"settled"', "paid"),
        (-1, '"paid";"owed";"settled"', "owed"),
        (0, '"paid";"owed";"settled"', "settled"),
        (0, '[=1]"yes";[=0]"no";General', "no"),
        (3, '[=1]"yes";[=0]"no";General', "3"),
        (2500, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "2.5K"),
        (-5, "[Blue]0;[Red]0", "5"),
        (-5, "+0;-0;0", "-5"),
        (12, ";;;", ""),
        (0, "0;-0;;@", ""),
        ("n", '"Dear "@', "Dear n"),
        ("n", "0.00", "n"),
        (4, '0" kg"', "4 kg"),
        (5, "@", "5"),
    )


def _dates() -> Iterator[Golden]:
    yield _shown(
        "dates-in-english",
        (46347, "dd/mm/yyyy", "21/11/2026"),
        (46347, "[$-409]mmmm d, yyyy;@", "November 21, 2026"),
        (46347, "ddd d mmm yy", "Sat 21 Nov 26"),
        (46347, 14, "2026-11-21"),
        (46347, 15, "21-Nov-26"),
        (46347, 17, "Nov-26"),
        (46347.5, 22, "2026-11-21 12:00"),
        (46347.75, "yyyy-mm-dd hh:mm", "2026-11-21 18:00"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (-3, "yyyy-mm-dd", "-3"),
    )
    yield _shown(
        "dates-in-french",
        (46347, "[$-40C]d mmmm yyyy", "21 novembre 2026"),
        (46347, "[$-fr-FR]dddd d mmm", "samedi 21 nov."),
        (46054, "[$-40C]mmmm\\ yyyy", "février 2026"),
        (46347, "jj/mm/aaaa", "21/11/2026"),
        (0.5625, 'hh"h"mm', "13h30"),
        (46347, "[$-407]d. mmmm yyyy", "21. November 2026"),
    )
    yield _shown(
        "dates-since-1904",
        (0, "yyyy-mm-dd", "1904-01-01"),
        (44885, "d mmm yyyy", "21 Nov 2026"),
        settings='<workbookPr date1904="1"/>',
    )
    yield _shown(
        "times-and-durations",
        (0.5625, 18, "1:30 PM"),
        (0.5625, 20, "13:30"),
        (1.5, "[h]:mm", "36:00"),
        (1.125, 46, "27:00:00"),
        (0.05, "[mm]:ss", "72:00"),
        (0.0000116, 47, "00:01.0"),
        (0, "h:mm", "0:00"),
        (0.999, "h:mm:ss", "23:58:34"),
    )
    data = rows(["b", True, False], ["e", cell("B2", "#DIV/0!", kind="e"), cell("C2", "#N/A", kind="e")])
    yield "xlsx/truth-and-errors.xlsx", workbook([("S", sheet(data))]), ["b | TRUE | FALSE\ne | #DIV/0! | #N/A"], []


def _formulas() -> Iterator[Golden]:
    data = rows(
        ["Item", "Quantity", "Price", "Amount"],
        ["Desk", 3, 240, cell("D2", '<f t="shared" ref="D2:D4" si="0">B2*C2+$F$1*Rates!B2</f>', kind="raw")],
        ["Chair", 8, 95, cell("D3", '<f t="shared" si="0"/>', kind="raw")],
        ["Lamp", 2, 30, cell("D4", '<f t="shared" si="0"/><v>60</v>', kind="raw")],
        ["Label", cell("B5", "", formula='IF(B2>5,"many","")'), cell("C5", 7, formula="3+4")],
        ["List", cell("B6", '<f t="array" ref="B6">_xlfn.UNIQUE(A2:A4)</f>', kind="raw")],
    )
    page = (
        "Item | Quantity | Price | Amount\nDesk | 3 | 240 | =B2*C2+$F$1*Rates!B2\n"
        "Chair | 8 | 95 | =B3*C3+$F$1*Rates!B3\nLamp | 2 | 30 | 60\nLabel |  | 7\nList | =UNIQUE(A2:A4)"
    )
    yield (
        "xlsx/formulas-shared.xlsx",
        workbook([("Offer", sheet(data))]),
        [page],
        [{"code": "uncalculated", "count": 3}],
    )
    data = rows(["a", 0], ["b", cell("B2", 0, formula="SUM(B5:B9)")], ["c", cell("B3", 12, formula="3*4")])
    yield (
        "xlsx/formulas-stored-as-zero.xlsx",
        workbook([("S", sheet(data))], after='<calcPr fullCalcOnLoad="1"/>'),
        ["a | 0\nb | =SUM(B5:B9)\nc | 12"],
        [{"code": "uncalculated", "count": 1}],
    )


def _said() -> Iterator[Golden]:
    data = sheet(rows(["Supplier", "Offer"], ["Hall", 5200], ["Reed", 4800]))
    threads = (
        f'<ThreadedComments xmlns="{_THREADS}"><threadedComment ref="B2" personId="p1" id="1"><text>Too dear?</text>'
        '</threadedComment><threadedComment ref="B2" personId="p2" id="2" parentId="1"><text>They know us</text>'
        "</threadedComment></ThreadedComments>"
    )
    persons = f'<personList xmlns="{_THREADS}"><person id="p1" displayName="Nadia Roth"/><person id="p2" displayName="Sam"/></personList>'
    legacy = f'{_COMMENTS}<comment ref="B2" authorId="0"><text><t>[Threaded comment] open it in a newer one</t></text></comment>'
    legacy += '<comment ref="B3" authorId="0"><text><r><t>Nadia:</t></r><r><t>&#10;by phone</t></r></text></comment></commentList></comments>'
    more = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("comments", "../comments1.xml"), (f"{_MS_REL}/threadedComment", "../threads/t1.xml")
        ),
        "xl/comments1.xml": legacy,
        "xl/threads/t1.xml": threads,
        "xl/persons/person.xml": persons,
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            (f"{_MS_REL}/person", "persons/person.xml"),
        ),
    }
    page = (
        "Supplier | Offer\nHall | 5200 [comment at B2 by Nadia Roth: Too dear?] [comment at B2 by Sam: They know us]\n"
        "Reed | 4800 [comment at B3 by Nadia: by phone]"
    )
    yield "xlsx/remarks-in-threads.xlsx", workbook([("S", data)], more=more), [page], [{"code": "comments", "count": 3}]
    notes = f'{_COMMENTS}<comment ref="D2" authorId="0"><text><t>above</t></text></comment>'
    notes += '<comment ref="A9" authorId="0"><text><t>below all</t></text></comment></commentList></comments>'
    more = {"xl/worksheets/_rels/sheet1.xml.rels": relations(("comments", "/xl/notes.xml")), "xl/notes.xml": notes}
    yield (
        "xlsx/remarks-at-empty-cells.xlsx",
        workbook([("S", sheet(rows(["x", 1], first=4)))], more=more),
        ["[comment at D2 by Nadia: above]\nx | 1\n[comment at A9 by Nadia: below all]"],
        [{"code": "comments", "count": 2}],
    )
    cols = '<cols><col min="2" max="3" width="0" hidden="1"/></cols>'
    data = rows(
        ["Name", "Cost", "Margin", "Price"],
        ["Desk", 100, 40, 140],
        ["Chair", 50, 30, 80],
        attributes={3: 'hidden="1"'},
    )
    yield (
        "xlsx/hidden-rows-and-columns.xlsx",
        workbook([("S", sheet(data, cols))]),
        [
            "[Hidden columns: B–C]\nName | Cost | Margin | Price\nDesk | 100 | 40 | 140\nChair | 50 | 30 | 80 [hidden row]"
        ],
        [{"code": "hidden_rows", "count": 1}, {"code": "hidden_columns", "count": 2}],
    )
    sheets = [("Offer", sheet(rows(["x", 1]))), ("Costs", sheet(rows(["y", 2]))), ("Old", sheet(rows(["z", 3])))]
    yield (
        "xlsx/hidden-sheets.xlsx",
        workbook(sheets, states=("visible", "hidden", "veryHidden")),
        ["x | 1", "[This sheet is hidden.]\ny | 2", "[This sheet is hidden.]\nz | 3"],
        [{"code": "hidden_sheets", "names": ["Costs", "Old"]}],
    )


def _merged() -> Iterator[Golden]:
    data = rows(
        ["Sales of the two halves"],
        ["Region", "First half", None, "Second half"],
        [None, "Q1", "Q2", "Q3", "Q4"],
        ["North", 11, 12, 13, 14],
        [None, 21, 22, 23, 24],
        ["South", 31, 32, 500],
    )
    ranges = ("A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A5", "D6:E6")
    after = (
        f'<mergeCells count="6">{"".join(f"<mergeCell ref={chr(34)}{each}{chr(34)}/>" for each in ranges)}</mergeCells>'
    )
    page = (
        "Sales of the two halves\nRegion | First half | First half | Second half | Second half\nRegion | Q1 | Q2 | Q3 | Q4\n"
        "North | 11 | 12 | 13 | 14\nNorth | 21 | 22 | 23 | 24\nSouth | 31 | 32 | 500"
    )
    yield "xlsx/merged-cells.xlsx", workbook([("S", sheet(data, after=after))]), [page], []


def _drawn() -> Iterator[Golden]:
    def drawing(*shapes: str) -> str:
        anchors = "".join(f"<xdr:twoCellAnchor>{shape}<xdr:clientData/></xdr:twoCellAnchor>" for shape in shapes)
        return f"<xdr:wsDr {_XDR}>{anchors}</xdr:wsDr>"

    graphic = (
        '<xdr:graphicFrame><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="c"/></xdr:nvGraphicFramePr><a:graphic>'
        f'<a:graphicData><c:chart xmlns:c="{DRAWING}/chart" r:id="r1"/></a:graphicData></a:graphic></xdr:graphicFrame>'
    )
    text = (
        '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="3" name="t"/></xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>Prices without VAT'
        "</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    )
    image = '<xdr:pic><xdr:blipFill><a:blip r:embed="r9"/></xdr:blipFill></xdr:pic>'
    months = f"<c:cat>{cache('strRef', ['Jan', 'Feb', 'Mar'])}</c:cat>"
    bars = chart(
        "barChart",
        series("Lyon", months, f"<c:val>{cache('numRef', [0.5, None, 0.75], '0%')}</c:val>")
        + series("Nice", months, f"<c:val>{cache('numRef', [0.25, 0.3, 0.35], '0%')}</c:val>"),
        "Share of sales",
        axis("catAx", "Month") + axis("valAx", "Share"),
    )
    linked = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("drawing", "../drawings/drawing1.xml")),
        "xl/drawings/_rels/drawing1.xml.rels": relations(("chart", "../charts/chart1.xml")),
    }
    table = "Chart: Share of sales (Share)\nMonth | Lyon | Nice\nJan | 50% | 25%\nFeb |  | 30%\nMar | 75% | 35%"
    more = {**linked, "xl/drawings/drawing1.xml": drawing(graphic, text, image), "xl/charts/chart1.xml": bars}
    yield (
        "xlsx/chart-text-box-picture.xlsx",
        workbook([("S", sheet(rows(["x", 1])))], more=more),
        [f"x | 1\n{table}\nPrices without VAT"],
        [{"code": "pictures_left_out", "count": 1}],
    )
    points = series(
        "Trial",
        f"<c:xVal>{cache('numRef', [1, 2.5])}</c:xVal>",
        f"<c:yVal>{cache('numRef', [10, 25], '0.0')}</c:yVal>",
    )
    alone = f'<chartsheet xmlns="{SHEET}" xmlns:r="{REL}"><drawing r:id="r1"/></chartsheet>'
    more = {
        **linked,
        "xl/drawings/drawing1.xml": drawing(graphic),
        "xl/charts/chart1.xml": chart("scatterChart", points),
    }
    yield (
        "xlsx/chart-sheet.xlsx",
        workbook([("Graph", alone)], more=more),
        ["Chart\n | Trial\n1 | 10.0\n2.5 | 25.0"],
        [],
    )


def _packages() -> Iterator[Golden]:
    data = sheet(rows(["Name", "Amount"], ["Ines", (77, 1)]))
    page = ["Name | Amount\nInes | 77.00"]
    yield "xlsx/strict.xlsx", strict(workbook([("S", data)], ["0.00"])), page, []
    dates = ("2026-11-21", "2026-11-21T18:30:00", "18:30:00", "1900-01-15", "no date")
    cells = "".join(f'<c r="{column(at)}1" s="{at + 1}" t="d"><v>{text}</v></c>' for at, text in enumerate(dates))
    codes = ["dd/mm/yyyy", "d mmm yyyy h:mm", "h:mm", "yyyy-mm-dd", "yyyy"]
    iso = workbook([("S", sheet(f"<row>{cells}</row>"))], codes)
    yield "xlsx/strict-dates.xlsx", strict(iso), ["21/11/2026 | 21 Nov 2026 18:30 | 18:30 | 1900-01-15 | no date"], []
    yield "xlsx/macros.xlsm", workbook([("S", data)], ["0.00"], content_type=_MACRO), page, []
    yield "xlsx/template.xltx", workbook([("S", data)], ["0.00"], content_type=_TEMPLATE), page, []
    paths = {name.replace("/", "\\"): content for name, content in workbook([("S", data)], ["0.00"]).items()}
    yield "xlsx/backslashes.xlsx", paths, page, []
    absolute = {
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "/xl/WORKSHEETS/Sheet1.xml"), ("styles", "/xl/styles.xml")
        )
    }
    yield "xlsx/absolute-paths.xlsx", workbook([("S", data)], ["0.00"], more=absolute), page, []
    shared = rows(['<c r="A1" t="s"><v>1</v></c>', '<c r="B1" t="s"><v>0</v></c>', '<c r="C1" s="4"><v>3.5</v></c>'])
    bare = workbook([("S", sheet(shared))])
    del bare["xl/styles.xml"], bare["xl/_rels/workbook.xml.rels"]
    bare["xl/sharedStrings.xml"] = f'<sst xmlns="{SHEET}"><si><t>zero</t></si><si><t>one</t></si></sst>'
    yield "xlsx/no-relations-no-styles.xlsx", bare, ["one | zero | 3.5"], []
    rich = (
        '<c r="A1" t="inlineStr"><is><r><t xml:space="preserve">Total </t></r><r><t>2026</t></r><rPh><t>pronounced</t>'
        '</rPh></is></c><c r="B1" t="s"><v>0</v></c>'
    )
    more = {
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}"><si><r><t>東京</t></r><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si></sst>'
    }
    yield (
        "xlsx/rich-and-phonetic.xlsx",
        workbook([("S", sheet(f"<row>{rich}</row>"))], more=more),
        ["Total 2026 | 東京"],
        [],
    )
    look = '<r><t>{}</t></r><r><rPr><vertAlign val="{}"/></rPr><t>{}</t></r>'
    cells = f'<c r="A1" t="inlineStr"><is>{look.format("10", "superscript", "6")}</is></c><c r="B1" t="s"><v>0</v></c>'
    more = {
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}"><si>{look.format("CO", "subscript", "2")}<r><t> per m</t></r>'
        '<r><rPr><vertAlign val="superscript"/></rPr><t>3</t></r></si></sst>'
    }
    yield (
        "xlsx/powers-and-indices.xlsx",
        workbook([("S", sheet(f"<row>{cells}</row>"))], more=more),
        ["10⁶ | CO2 per m³"],
        [],
    )
    renamed = workbook([("S", data)], ["0.00"])
    renamed["xl/book.xml"] = renamed.pop("xl/workbook.xml")
    renamed["xl/_rels/book.xml.rels"] = renamed.pop("xl/_rels/workbook.xml.rels")
    renamed["_rels/.rels"] = relations(("officeDocument", "xl/book.xml"))
    yield "xlsx/main-part-renamed.xlsx", renamed, page, []


def _long() -> Iterator[Golden]:
    lines: list[list[object]] = [["Statement of stock"], ["Period:", 2026], [], ["Part", "2024", "2025", "2026"]]
    lines += [[f"P{at}", at, at + 1, at + 2] for at in range(5, 215)]
    text = [f"P{at} | {at} | {at + 1} | {at + 2}" for at in range(5, 215)]
    first = ["Statement of stock", "Period: | 2026", "Part | 2024 | 2025 | 2026", *text[:197]]
    second = ["Part | 2024 | 2025 | 2026", *text[197:]]
    yield (
        "xlsx/header-below-titles.xlsx",
        workbook([("Stock", sheet(rows(*lines)))]),
        ["\n".join(first), "\n".join(second)],
        [],
    )
    lines = [["City", "Sales"], ["Lyon", 1], ["Nice", 2], [], ["Name", "Hours"]]
    lines += [[f"N{at}", at] for at in range(6, 206)]
    text = [f"N{at} | {at}" for at in range(6, 206)]
    first = ["City | Sales", "Lyon | 1", "Nice | 2", "Name | Hours", *text[:196]]
    yield (
        "xlsx/two-tables.xlsx",
        workbook([("S", sheet(rows(*lines)))]),
        ["\n".join(first), "\n".join(["Name | Hours", *text[196:]])],
        [],
    )
