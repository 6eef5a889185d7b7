"""Pages of a PDF as a PDF of their own, by pypdf: for those whose text nobody can read, to be read by sight.

What a page shows goes along: its content, its resources and what its annotations draw. What leads away from it does
not: links, actions, form fields, structure; else a page would bring the whole file with it. A PDF that opens by the
empty password is written without encryption.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter, overwrite_configuration
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Piece

_OF_A_PAGE = frozenset(
    {
        "/Type",
        "/MediaBox",
        "/CropBox",
        "/Rotate",
        "/UserUnit",
        "/Resources",
        "/Contents",
        "/Group",
        "/Annots",
    }
)
_OF_AN_ANNOTATION = frozenset({"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/Contents", "/DA", "/Q", "/C", "/BS"})
_LEADING_AWAY = frozenset({"/Link", "/Popup"})
_DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")


def cut(path: Path, limits: Limits, runs: Sequence[Sequence[int]], most_bytes: int) -> Iterator[Piece]:
    """A PDF for each run of pages, in order, as long as all of them together have no more than `most_bytes`.

    One that would be too large is tried page by page. A page that cannot be cut is left out.
    """
    with path.open("rb") as file:
        reader = opened(file, limits)
        for first, last in runs:
            for piece in _pieces(reader, first, last, most_bytes):
                most_bytes -= len(piece.body)
                yield piece
            reader.resolved_objects.clear()


def opened(file: Path | io.BufferedReader, limits: Limits) -> PdfReader:
    """By the empty password where it asks for one, as PDFium does; what a page unpacks to is bounded."""
    logging.disable()  # pypdf's warnings quote the file
    most_bytes = limits.memory_bytes // 4
    overwrite_configuration(
        maximum_declared_stream_length=limits.max_file_bytes,
        zlib_maximum_output_length=most_bytes,
        lzw_maximum_output_length=most_bytes,
        run_length_maximum_output_length=most_bytes,
        array_based_stream_maximum_output_length=most_bytes,
        jbig2dec_binary=None,
        disable_legacy_handling=True,
    )
    return PdfReader(file)


def _pieces(reader: PdfReader, first: int, last: int, most_bytes: int) -> Iterator[Piece]:
    body = _written(reader, range(first, last + 1))
    if body is not None and len(body) <= most_bytes:
        yield Piece(first, last, body)
        return
    if first == last:
        return
    for number in range(first, last + 1):
        for piece in _pieces(reader, number, number, most_bytes):
            most_bytes -= len(piece.body)
            yield piece


def _written(reader: PdfReader, numbers: Sequence[int]) -> bytes | None:
    try:
        writer = PdfWriter()
        for number in numbers:
            writer.add_page(_bare(reader.pages[number - 1]))
        written = io.BytesIO()
        writer.write(written)
    except MemoryError:
        raise
    except Exception:  # on broken files pypdf raises KeyError, TypeError and more besides its own
        return None
    return written.getvalue()


def _bare(page: PageObject) -> PageObject:
    for name in [name for name in page if name not in _OF_A_PAGE]:
        del page[name]
    if "/Annots" in page:
        page[NameObject("/Annots")] = ArrayObject(_drawn_annotations(page))
    _drop_undrawn(page)
    return page


def _drawn_annotations(page: PageObject) -> Iterator[DictionaryObject]:
    found = page["/Annots"].get_object()
    for each in found if isinstance(found, ArrayObject) else ():
        annotation = each.get_object()
        if isinstance(annotation, DictionaryObject) and annotation.get("/Subtype") not in _LEADING_AWAY:
            kept = {name: annotation.raw_get(name) for name in annotation if name in _OF_AN_ANNOTATION}
            yield DictionaryObject(kept)


def _drop_undrawn(page: PageObject) -> None:
    """Drop pictures that other pages draw, where all pages share one list of them."""
    resources = page.get("/Resources", DictionaryObject()).get_object()
    listed = (
        resources.get("/XObject", DictionaryObject()).get_object() if isinstance(resources, DictionaryObject) else None
    )
    content = page.get_contents()
    if not isinstance(listed, DictionaryObject) or content is None:
        return
    drawn = {b"/" + name for name in _DRAWN.findall(content.get_data())}
    objects = {name: listed[name].get_object() for name in listed}
    # A form without resources of its own draws by those of its page.
    if any(b"#" in name for name in drawn) or any(map(_inherits, objects.values())):
        return
    own = DictionaryObject({name: resources.raw_get(name) for name in resources})
    own[NameObject("/XObject")] = DictionaryObject(
        {name: listed.raw_get(name) for name in objects if name.encode() in drawn}
    )
    page[NameObject("/Resources")] = own


def _inherits(drawable: object) -> bool:
    if not isinstance(drawable, DictionaryObject):
        return False
    return drawable.get("/Subtype") == "/Form" and "/Resources" not in drawable
