"""Golden OpenDocument sheets and slides: what stands in their parts, and what a person sees."""

from __future__ import annotations

from collections.abc import Iterator

from tests.golden.office_xml import open_cell, open_content, open_document, open_row, open_sheet
from tests.golden.workbooks import Golden

_HIDDEN = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
)
_UNSEEN = (
    '<style:style style:name="dp2" style:family="drawing-page">'
    '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
)
_COVERED = "<table:covered-table-cell/>"


def goldens() -> Iterator[Golden]:
    yield from _sheets()
    yield from _slides()


def _sheets() -> Iterator[Golden]:
    values = open_sheet(
        "Budget",
        open_row("What", "Shown"),
        open_row("Rate", open_cell("12,50 %", 'office:value-type="percentage" office:value="0.125"')),
        open_row("Due", open_cell("21.11.26", 'office:value-type="date" office:date-value="2026-11-21"')),
        open_row("Bare", open_cell("", 'office:value-type="float" office:value="3.50"')),
        open_row("Sum", open_cell("", 'table:formula="of:=SUM([.B4:.B5])*[$Rates.A1]"')),
        open_row(
            "Blanks",
            '<table:table-cell><text:p>a<text:s text:c="2"/>b<text:tab/>c</text:p><text:p>second</text:p></table:table-cell>',
        ),
    )
    yield (
        "ods/values.ods",
        open_document("spreadsheet", values),
        ["What | Shown\nRate | 12,50 %\nDue | 21.11.26\nBare | 3.5\nSum | =SUM(B4:B5)*A1\nBlanks | a b c second"],
        [{"code": "uncalculated", "count": 1}],
    )
    repeated = open_sheet(
        "S",
        '<table:table-column table:number-columns-repeated="16384"/>',
        open_row(
            "a",
            open_cell("x", 'table:number-columns-repeated="3"'),
            open_cell("", 'table:number-columns-repeated="16380"'),
        ),
        open_row(open_cell("", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="3"'),
        open_row("b", attributes='table:number-rows-repeated="2"'),
        open_row(
            open_cell("", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048570"'
        ),
    )
    yield "ods/repeated.ods", open_document("spreadsheet", repeated), ["a | x | x | x\nb\nb"], []
    remark = (
        "<office:annotation><dc:creator>Nadia</dc:creator><dc:date>2026-01-01T00:00:00</dc:date>"
        "<text:p>ask again</text:p></office:annotation>"
    )
    said = open_sheet(
        "Open",
        '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>',
        open_row("Name", "Cost", "Price"),
        open_row("Desk", "100", open_cell("140", inside=remark)),
        open_row("Chair", "50", "80", attributes='table:visibility="filter"'),
    )
    said += open_sheet("Costs", open_row("z", "1"), attributes='table:style-name="ta2"')
    yield (
        "ods/said.ods",
        open_document("spreadsheet", said, _HIDDEN),
        [
            "[Hidden columns: B]\nName | Cost | Price\nDesk | 100 | 140 [comment at C2 by Nadia: ask again]\n"
            "Chair | 50 | 80 [hidden row]",
            "[This sheet is hidden.]\nz | 1",
        ],
        [
            {"code": "comments", "count": 1},
            {"code": "hidden_rows", "count": 1},
            {"code": "hidden_columns", "count": 1},
            {"code": "hidden_sheets", "names": ["Costs"]},
        ],
    )
    spans = 'table:number-columns-spanned="2" table:number-rows-spanned="1"'
    merged = open_sheet(
        "S",
        open_row("Region", open_cell("First half", spans), _COVERED, open_cell("Second half", spans), _COVERED),
        open_row(open_cell("North", 'table:number-rows-spanned="2"'), "11", "12", "13", "14"),
        open_row(_COVERED, "21", "22", "23", "24"),
    )
    yield (
        "ods/merged.ods",
        open_document("spreadsheet", merged),
        [
            "Region | First half | First half | Second half | Second half\nNorth | 11 | 12 | 13 | 14\nNorth | 21 | 22 | 23 | 24"
        ],
        [],
    )
    chart = open_content(
        '<office:chart><chart:chart><chart:title><text:p>Sales</text:p></chart:title><chart:plot-area/><table:table table:name="local-table">'
        f"<table:table-header-rows>{open_row('', 'Lyon')}</table:table-header-rows><table:table-rows>{open_row('Q1', '3')}"
        f"{open_row('Q2', '5')}</table:table-rows></table:table></chart:chart></office:chart>"
    )
    drawn = open_sheet(
        "S",
        "<table:shapes><draw:frame><draw:text-box><text:p>Without VAT</text:p></draw:text-box></draw:frame>"
        '<draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame></table:shapes>',
        open_row(
            "a",
            '<table:table-cell><draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="./R/1"/>'
            "</draw:frame><text:p>b</text:p></table:table-cell>",
        ),
    )
    yield (
        "ods/drawn.ods",
        open_document("spreadsheet", drawn, more={"Object 1/content.xml": chart}),
        ["a | b\nWithout VAT\nChart: Sales\n | Lyon\nQ1 | 3\nQ2 | 5"],
        [{"code": "pictures_left_out", "count": 1}],
    )


def _slides() -> Iterator[Golden]:
    def frame(left: str, top: str, content: str, attributes: str = "") -> str:
        size = f'svg:x="{left}" svg:y="{top}" svg:width="10cm" svg:height="1cm"'
        return f"<draw:frame {size} {attributes}>{content}</draw:frame>"

    def words(*texts: str) -> str:
        return f"<draw:text-box>{''.join(f'<text:p>{text}</text:p>' for text in texts)}</draw:text-box>"

    table = (
        '<table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>Half</text:p>'
        "</table:table-cell><table:covered-table-cell/><table:table-cell><text:p>Sum</text:p></table:table-cell>"
        f"</table:table-row>{open_row('1', '2', '3')}</table:table>"
    )
    notes = f"<presentation:notes>{frame('1cm', '9cm', words('Slowly'), 'presentation:class=' + chr(34) + 'notes' + chr(34))}</presentation:notes>"
    first = (
        frame("2cm", "12cm", words("Last"))
        + '<draw:custom-shape svg:x="2cm" svg:y="50mm" svg:width="1in" svg:height="1cm"><text:p>First</text:p></draw:custom-shape>'
        + frame("2cm", "8cm", table)
        + frame("2cm", "1cm", words("The plan"), 'presentation:class="title"')
        + frame("9cm", "19cm", words("7"), 'presentation:class="page-number"')
        + notes
    )
    second = (
        frame("1cm", "1cm", words("Kept back"))
        + "<office:annotation><dc:creator>Ida</dc:creator><text:p>drop it</text:p></office:annotation>"
    )
    third = frame("0cm", "0cm", '<draw:image xlink:href="Pictures/2.png"/>')
    pages = (
        f'<draw:page draw:name="a">{first}</draw:page><draw:page draw:name="b" draw:style-name="dp2">{second}</draw:page>'
        f'<draw:page draw:name="c">{third}</draw:page>'
    )
    yield (
        "odp/plan.odp",
        open_document("presentation", pages, _UNSEEN),
        [
            "The plan\nFirst\nHalf | Half | Sum\n1 | 2 | 3\nLast\n\nNotes:\nSlowly",
            "[This slide is hidden.]\n\nKept back\n\n[comment by Ida: drop it]",
            "",
        ],
        [{"code": "hidden_slides", "pages": [2]}, {"code": "comments", "count": 1}],
    )
