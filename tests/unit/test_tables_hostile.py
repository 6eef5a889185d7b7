"""Sheets and slides made to cost much, to loop or to lie: named within their limits, or read as far as they go."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from chalicelib.extraction import ExtractionError, Limits
from chalicelib.extraction.limits import MB

from tests.golden import office_xml as xml
from tests.golden.old_workbooks import container
from tests.unit import extraction_files as files

_GOLDEN = Path(__file__).parents[1] / "golden"
_PEAK_BYTES = 160 * MB
_NAMED = {
    "archive_bomb",
    "broken_file",
    "encrypted_document",
    "file_empty",
    "no_text",
    "too_many_entries",
    "too_many_pages",
    "too_much_memory",
    "too_much_text",
    "too_slow",
    "type_not_supported",
    "unsafe_archive",
    "xml_entities",
    "xml_tag_too_long",
    "xml_too_deep",
}


def _ods(path: Path, *content: str) -> Path:
    xml.package(path, xml.open_document("spreadsheet", xml.open_sheet("S", *content)))
    return path


def _code(path: Path, limits: Limits = files.FAST) -> str:
    error = files.failure(path, limits=limits)
    assert error.peak_memory_bytes < _PEAK_BYTES
    return error.code


# --- OpenDocument ---------------------------------------------------------------------------------------------------


def test_a_row_repeated_a_million_times(tmp_path: Path) -> None:
    path = _ods(tmp_path / "a.ods", xml.open_row("x", attributes='table:number-rows-repeated="1048576"'))
    assert _code(path, Limits(max_rows=20_000)) == "too_many_rows"


def test_a_cell_repeated_a_million_times_ends_at_the_last_column(tmp_path: Path) -> None:
    cells = xml.open_cell("xy", 'table:number-columns-repeated="1000000"') * 3
    pages, total = files.extract(_ods(tmp_path / "a.ods", xml.open_row(cells)))
    assert pages[0].text.count("xy") == 16_384
    assert total.peak_memory_bytes < _PEAK_BYTES


def test_both_repeated_are_stopped_by_what_they_hold(tmp_path: Path) -> None:
    cells = xml.open_cell("x" * 100, 'table:number-columns-repeated="1000000"')
    path = _ods(tmp_path / "a.ods", xml.open_row(cells, attributes='table:number-rows-repeated="1000000"'))
    assert _code(path, Limits(max_characters=1_000_000)) == "too_much_text"


@pytest.mark.parametrize("count", ["-5", "0", "x", "1e9"])
def test_repetitions_that_are_no_number(tmp_path: Path, count: str) -> None:
    row = xml.open_row(xml.open_cell("", f'table:number-columns-repeated="{count}"'), "x")
    assert "x" in files.extract(_ods(tmp_path / "a.ods", row))[0][0].text


def test_spans_over_all_the_sheet_are_not_filled(tmp_path: Path) -> None:
    spans = 'table:number-columns-spanned="16384" table:number-rows-spanned="1048576"'
    pages, _ = files.extract(
        _ods(tmp_path / "a.ods", *(xml.open_row(xml.open_cell("x", spans), "y") for _ in range(500)))
    )
    assert sum(page.text.count("x") for page in pages) < 2_000


def test_entities_and_depth_in_an_open_document(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "boom">]>' + xml.open_content("<office:spreadsheet/>")
    parts = {**xml.open_document("spreadsheet", ""), "content.xml": bomb}
    xml.package(tmp_path / "a.ods", parts)
    assert _code(tmp_path / "a.ods") == "xml_entities"
    deep = '<draw:page draw:name="a">' + "<draw:g>" * 400 + "</draw:g>" * 400 + "</draw:page>"
    xml.package(tmp_path / "a.odp", xml.open_document("presentation", deep))
    assert _code(tmp_path / "a.odp") == "xml_too_deep"


def test_more_slides_than_anybody_reads(tmp_path: Path) -> None:
    page = "<draw:page><draw:frame><draw:text-box><text:p>x</text:p></draw:text-box></draw:frame></draw:page>"
    xml.package(tmp_path / "a.odp", xml.open_document("presentation", page * 300))
    assert _code(tmp_path / "a.odp", Limits(max_pages=200)) == "too_many_pages"


# --- Workbooks ------------------------------------------------------------------------------------------------------


def _xlsx(path: Path, data: str, after: str = "", more: Mapping[str, str | bytes] | None = None) -> Path:
    xml.package(path, xml.workbook([("S", xml.sheet(data, after=after))], more=more))
    return path


def test_merges_that_lie_over_each_other(tmp_path: Path) -> None:
    after = "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 5_000 + "</mergeCells>"
    data = "".join(f'<row r="{at}">{xml.cell(f"A{at}", "x")}{xml.cell(f"B{at}", "y")}</row>' for at in range(1, 50))
    pages, total = files.extract(_xlsx(tmp_path / "a.xlsx", data, after))
    assert pages[0].text.startswith("x | y")
    assert total.peak_memory_bytes < _PEAK_BYTES


def test_remarks_without_end(tmp_path: Path) -> None:
    def notes() -> Iterable[str]:
        yield f'<comments xmlns="{xml.SHEET}"><authors><author>A</author></authors><commentList>'
        for at in range(40):
            words = os.urandom(125_000).hex()
            yield f'<comment ref="A{at}" authorId="0"><text><t>{words}</t></text></comment>'
        yield "</commentList></comments>"

    links = {
        "xl/worksheets/_rels/sheet1.xml.rels": xml.relations(("comments", "../c.xml")),
        "xl/c.xml": "".join(notes()),
    }
    assert _code(_xlsx(tmp_path / "a.xlsx", xml.rows(["x"]), more=links)) == "too_much_text"


def test_a_chart_of_a_million_points_is_cut(tmp_path: Path) -> None:
    points = "".join(f'<c:pt idx="{at}"><c:v>{at % 97}</c:v></c:pt>' for at in range(60_000))
    body = f"<c:ser><c:val><c:numRef><c:numCache>{points}</c:numCache></c:numRef></c:val></c:ser>"
    frame = xml.frame((1, 1, 1, 1), f'<c:chart xmlns:c="{xml.DRAWING}/chart" r:id="r1"/>')
    parts = xml.deck(
        xml.slide(frame), links={1: [("chart", "../c.xml")]}, more={"ppt/c.xml": xml.chart("barChart", body)}
    )
    xml.package(tmp_path / "a.pptx", parts)
    pages, total = files.extract(tmp_path / "a.pptx")
    assert pages[0].locator.get("cut") or "left out" in pages[0].text
    assert total.peak_memory_bytes < _PEAK_BYTES


def test_shared_formulas_that_nobody_defined(tmp_path: Path) -> None:
    data = xml.rows(["x", xml.cell("B1", '<f t="shared" si="9"/>', kind="raw"), xml.cell("C1", "<f/>", kind="raw")])
    assert files.extract(_xlsx(tmp_path / "a.xlsx", data))[0][0].text == "x"


def test_two_parts_whose_names_differ_by_a_backslash(tmp_path: Path) -> None:
    parts = xml.workbook([("S", xml.sheet(xml.rows(["x"])))])
    xml.package(tmp_path / "a.xlsx", {**parts, "xl\\styles.xml": "<x/>"})
    assert _code(tmp_path / "a.xlsx") == "unsafe_archive"


def test_a_path_with_backslashes_that_leads_out(tmp_path: Path) -> None:
    parts = xml.workbook([("S", xml.sheet(xml.rows(["x"])))])
    xml.package(tmp_path / "a.xlsx", {**parts, "xl\\..\\..\\evil.xml": "<x/>"})
    assert _code(tmp_path / "a.xlsx") == "unsafe_archive"


# --- Slides ---------------------------------------------------------------------------------------------------------


def test_layouts_and_masters_that_lead_to_each_other(tmp_path: Path) -> None:
    box = xml.box("", "text", placeholder='<p:ph type="body" idx="1"/>')
    layout = xml.slide(box, tag="sldLayout")
    more = {"ppt/l.xml": layout, "ppt/_rels/l.xml.rels": xml.relations(("slideMaster", "l.xml"))}
    xml.package(tmp_path / "a.pptx", xml.deck(xml.slide(box), links={1: [("slideLayout", "../l.xml")]}, more=more))
    assert files.extract(tmp_path / "a.pptx")[0][0].text == "text"


def test_groups_in_groups(tmp_path: Path) -> None:
    opening = '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="1" name=""/></p:nvGrpSpPr>'
    shapes = opening * 120 + xml.box("", "inside") + "</p:grpSp>" * 120
    xml.package(tmp_path / "a.pptx", xml.deck(xml.slide(shapes)))
    assert files.extract(tmp_path / "a.pptx")[0][0].text == "inside"


def test_a_slide_of_very_many_shapes_ends(tmp_path: Path) -> None:
    shapes = "".join(xml.box(xml.place(at % 7, at, 1, 100), "x") for at in range(3_000))
    xml.package(tmp_path / "a.pptx", xml.deck(xml.slide(shapes)))
    pages, _ = files.extract(tmp_path / "a.pptx", limits=Limits(cpu_s=10))
    assert pages[0].text.count("x") == 3_000


# --- Old workbooks --------------------------------------------------------------------------------------------------


def _old() -> bytes:
    return (_GOLDEN / "xls" / "offer.xls").read_bytes()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
def test_an_old_workbook_cut_short(tmp_path: Path, share: float) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(_old()[: int(len(_old()) * share)])
    assert _code(path) in _NAMED


def test_sectors_that_lead_to_themselves(tmp_path: Path) -> None:
    content = bytearray(_old())
    struct.pack_into("<L", content, 512 + 4 * 2, 2)  # the stream's first sector, followed by itself
    (tmp_path / "stream.xls").write_bytes(content)
    assert _code(tmp_path / "stream.xls") == "broken_file"
    struct.pack_into("<L", content, 512 + 4, 1)  # the directory's as well
    (tmp_path / "directory.xls").write_bytes(content)
    assert _code(tmp_path / "directory.xls") == "broken_file"


def test_an_old_workbook_whose_records_lie(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(
        container(b"\x09\x08\x10\x00" + b"\x00\x06\x05\x00" + bytes(12) + b"\x85\x00\xff\xff" + b"\xff" * 5_000)
    )
    assert _code(path) == "broken_file"


# --- All of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["xlsx/merged-cells.xlsx", "pptx/groups.pptx", "ods/said.ods", "odp/plan.odp", "xls/offer.xls"]
)
def test_damaged_files_are_named_or_read(tmp_path: Path, name: str) -> None:
    content = (_GOLDEN / name).read_bytes()
    chance = random.Random(name)  # noqa: S311 - the same damage each time
    for at in range(3):
        damaged = bytearray(content)
        for _ in range(5):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{at}.{name.rpartition('.')[2]}"
        path.write_bytes(damaged)
        try:
            files.extract(path)
        except ExtractionError as error:
            assert error.code in _NAMED  # noqa: PT017 - a good end
