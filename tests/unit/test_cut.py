"""Pages of a PDF as PDFs of their own: what they show goes along, what leads away from them does not."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import ExtractionError, Limits, Piece, cut, kind_of
from chalicelib.extraction.limits import MB
from chalicelib.extraction.readers import pdf_cut
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

from tests.unit import extraction_files as files

FAST = Limits(cpu_s=5, silence_s=20)


def scan(path: Path, pages: int, **more: Any) -> Path:
    """Pages that are pictures, each of its own noise, with a stamp."""
    document = FPDF()
    document.set_font("helvetica", size=11)
    if more.get("is_protected"):
        document.set_encryption("owner", "")
    for number in range(1, pages + 1):
        document.add_page()
        document.image(Image.frombytes("L", (100, 100), os.urandom(10_000)), w=100)
        document.cell(text=f"Scanned page {number}")
    document.output(str(path))
    return path


def cut_here(path: Path, *runs: tuple[int, int], most_bytes: int = MB) -> list[Piece]:
    return list(pdf_cut.cut(path, FAST, runs, most_bytes))


def texts(piece: Piece) -> list[str]:
    return [page.extract_text().strip() for page in PdfReader(io.BytesIO(piece.body)).pages]


def test_runs_of_pages_come_with_their_pictures_and_without_the_rest(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", 9)
    pieces = cut_here(path, (2, 3), (8, 8))
    assert [(each.first, each.last) for each in pieces] == [(2, 3), (8, 8)]
    assert [texts(each) for each in pieces] == [["Scanned page 2", "Scanned page 3"], ["Scanned page 8"]]
    first = PdfReader(io.BytesIO(pieces[0].body))
    assert [len(page.images) for page in first.pages] == [1, 1]
    assert 20_000 < len(pieces[0].body) < 27_000
    assert cut_here(path, (2, 3)) == pieces[:1], "the same bytes for whoever cuts them: a prompt's cache depends on it"


def test_a_protected_file_is_cut_into_open_ones(tmp_path: Path) -> None:
    (piece,) = cut_here(scan(tmp_path / "a.pdf", 3, is_protected=True), (3, 3))
    assert not PdfReader(io.BytesIO(piece.body)).is_encrypted
    assert texts(piece) == ["Scanned page 3"]


def test_what_does_not_fit_is_left_out_page_by_page(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", 6)
    pieces = cut_here(path, (1, 3), (5, 6), most_bytes=48_000)
    assert [(each.first, each.last) for each in pieces] == [(1, 3), (5, 5)]
    assert sum(len(each.body) for each in pieces) <= 48_000
    assert [(each.first, each.last) for each in cut_here(path, (1, 3), most_bytes=25_000)] == [(1, 1), (2, 2)]
    assert cut_here(path, (1, 6), most_bytes=100) == []


def test_pages_that_share_a_list_of_pictures_bring_their_own_only(tmp_path: Path) -> None:
    reader = PdfReader(scan(tmp_path / "a.pdf", 8))
    writer = PdfWriter(clone_from=reader)
    shared = DictionaryObject()
    for number, page in enumerate(writer.pages):
        (name,) = page["/Resources"]["/XObject"]  # type: ignore[index]
        shared[NameObject(f"/P{number}")] = page["/Resources"]["/XObject"].raw_get(name)  # type: ignore[index]
        content = page.get_contents().get_data().replace(name.encode(), f"/P{number}".encode())  # type: ignore[union-attr]
        stream = page.get_contents()
        stream.set_data(content)  # type: ignore[union-attr]
        page[NameObject("/Contents")] = stream
    for page in writer.pages:
        page["/Resources"][NameObject("/XObject")] = shared  # type: ignore[index]
    writer.write(tmp_path / "b.pdf")
    (piece,) = cut_here(tmp_path / "b.pdf", (4, 4))
    (page,) = PdfReader(io.BytesIO(piece.body)).pages
    assert len(page.images) == 1
    assert len(piece.body) < 15_000


def test_links_and_forms_bring_no_other_pages_and_remarks_stay(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(scan(tmp_path / "a.pdf", 6)))
    target, page = writer.pages[4], writer.pages[1]
    box = ArrayObject(FloatObject(value) for value in (10, 10, 200, 40))
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/Rect"): box})
    link[NameObject("/Dest")] = ArrayObject([target.indirect_reference, NameObject("/Fit")])
    remark = DictionaryObject({NameObject("/Subtype"): NameObject("/FreeText"), NameObject("/Rect"): box})
    remark[NameObject("/Contents")] = TextStringObject("Accepted on 4 May")
    remark[NameObject("/P")] = target.indirect_reference
    parent = DictionaryObject({NameObject("/Kids"): ArrayObject([target.indirect_reference])})
    remark[NameObject("/Parent")] = writer._add_object(parent)
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(link), writer._add_object(remark)])
    writer.write(tmp_path / "b.pdf")
    (piece,) = cut_here(tmp_path / "b.pdf", (2, 2))
    (found,) = PdfReader(io.BytesIO(piece.body)).pages
    assert [each.get_object()["/Contents"] for each in found["/Annots"]] == ["Accepted on 4 May"]  # type: ignore[attr-defined]
    assert len(piece.body) < 15_000


def test_boxes_that_all_pages_share_go_along(tmp_path: Path) -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 300 99] /Rotate 90 >>",
        b"<< /Type /Page /Parent 2 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /StructParents 3 /B [1 0 R] >>",
    ]
    (piece,) = cut_here(files.raw_pdf(tmp_path / "a.pdf", objects), (2, 2))
    (page,) = PdfReader(io.BytesIO(piece.body)).pages
    assert (page.mediabox.width, page.rotation) == (300, 90)
    assert "/B" not in page


def test_a_page_that_is_broken_costs_the_others_nothing(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", 3)
    assert [(each.first, each.last) for each in cut_here(path, (2, 5))] == [(2, 2), (3, 3)]


def test_a_child_cuts_and_pieces_longer_than_a_line_arrive_whole(tmp_path: Path) -> None:
    document = FPDF()
    for _ in range(2):
        document.add_page()
        document.image(Image.frombytes("L", (1_000, 700), os.urandom(700_000)), w=100)
    path = tmp_path / "a.pdf"
    document.output(str(path))
    pieces = list(cut(path, kind_of(path, path.name, ""), [(1, 1), (2, 2)], 2 * MB, FAST))
    assert pieces == cut_here(path, (1, 1), (2, 2), most_bytes=2 * MB)
    assert len(pieces[1].body) > 700_000


def test_a_child_that_cannot_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing of the kind")
    with pytest.raises(ExtractionError) as refused:
        list(cut(path, kind_of(path, path.name, ""), [(1, 1)], MB, FAST))
    assert refused.value.code == "broken_file"
