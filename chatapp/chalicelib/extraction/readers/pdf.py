"""PDFs, by pypdf (1.3 MB of zip, 0.2 s to import): pages are the PDF's own.

pypdf refuses bombs, loops and truncation by typed errors of its own; its limits are set below what the child may take.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pypdf import PageObject, PdfReader, overwrite_configuration
from pypdf.errors import FileNotDecryptedError, PyPdfError

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.failures import ExtractionError, where
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item, Locator, Page, Total, is_scan

# pypdf keeps every object that it has read; the pages before have no further use of them.
_PAGES_BETWEEN_SWEEPS = 50
_CUT = "\n[The rest of this page is left out: it is longer than {most:,} characters.]"


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    logging.disable()  # pypdf's warnings quote the file
    with path.open("rb") as file:
        reader = _open(file, limits)
        count = _count(reader, limits)
        yield Total(count)
        unreadable = textless = 0
        for number in range(start_page, count + 1):
            page = _page(reader, number, limits)
            unreadable += "unreadable" in page.locator
            textless += not page.text
            yield page
            if number % _PAGES_BETWEEN_SWEEPS == 0:
                reader.resolved_objects.clear()
        read_pages = max(0, count + 1 - start_page)
        # A run that goes on where another one stopped knows its own pages only.
        if start_page == 1 and read_pages and unreadable == read_pages:
            raise ExtractionError("broken_file", "no page can be read", format="PDF")
        scanned = is_scan(read_pages, textless)
        encrypted = reader.is_encrypted
        yield Total(count, final=True, scanned=scanned, encrypted=encrypted, textless_pages=textless)


def _open(file: BinaryIO, limits: Limits) -> PdfReader:
    """Lets pypdf unpack a stream to a quarter of the child's memory at most: it holds a few copies of it.

    Raises ExtractionError: encrypted_pdf, broken_file.
    """
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
    try:
        return PdfReader(file)  # tries the empty password, which opens what is only protected from editing
    except PyPdfError as error:
        raise ExtractionError("broken_file", where(error), format="PDF") from error


def _count(reader: PdfReader, limits: Limits) -> int:
    try:
        count = len(reader.pages)
        if count and reader.is_encrypted:
            reader.pages[0].get_contents()
    except FileNotDecryptedError as error:
        raise ExtractionError("encrypted_pdf") from error
    if count > limits.max_pages:
        raise ExtractionError("too_many_pages", limits=limits)
    if count == 0:
        raise ExtractionError("broken_file", "no pages", format="PDF")
    return count


def _page(reader: PdfReader, number: int, limits: Limits) -> Page:
    """One page that pypdf cannot read, for whatever reason, does not cost the reader the others."""
    locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    try:
        text = tidy(_text(reader.pages[number - 1]))
    except (MemoryError, ExtractionError):
        raise
    except Exception:  # on broken files pypdf raises KeyError, TypeError and more besides its own
        return Page(number, {**locator, "unreadable": True}, "")
    if len(text) > limits.max_page_characters:
        text = text[: limits.max_page_characters] + _CUT.format(most=limits.max_page_characters)
        locator["cut"] = True
    return Page(number, locator, text)


def _text(page: PageObject) -> str:
    return page.extract_text()
