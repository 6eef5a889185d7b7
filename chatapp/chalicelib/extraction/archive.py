"""Zip archives that office documents are: looked through before a parser opens them.

What an archive declares about itself is not believed. Its directory is read only when it is small, its entries are
unpacked once, streaming, and counted; nothing is written anywhere. Archives inside are data that no reader opens.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .failures import ExtractionError
from .limits import Limits

MAIN_PARTS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
# By what the archive's part "mimetype" says, to the module that reads it; templates are read like documents.
OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-template": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.spreadsheet-template": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.presentation-template": "odp",
    "application/epub+zip": "epub",
}
_MOST_MEDIA_TYPE_BYTES = 200
_MOST_TYPES_BYTES = 1024 * 1024
# "…presentationml.slideshow.main+xml", "…ms-excel.sheet.macroEnabled.main+xml"
_MAIN_TYPE = re.compile(rb"(?:wordprocessingml|presentationml|spreadsheetml|ms-\w+)\.[\w.]{1,60}\.main\+xml")
_MANIFEST_TYPE = re.compile(rb"""media-type=["'](application/vnd\.oasis\.opendocument\.[a-z-]{1,40})["']""")
OTHERS = {
    "mimetype": ("An OpenDocument drawing, database or formula", "Save it as PDF."),
    "xl/workbook.bin": ("A binary Excel workbook (.xlsb)", "Save it as XLSX."),
    "Index/Document.iwa": ("A Pages, Numbers or Keynote file", "Export it as PDF, DOCX, XLSX or PPTX."),
    "META-INF/MANIFEST.MF": ("A Java program", "Programs are not accepted."),
    "AndroidManifest.xml": ("An Android program", "Programs are not accepted."),
    "": ("A zip archive", "Unpack it and upload the files that matter."),
}
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_MOST_DIRECTORY_BYTES_AN_ENTRY = 400
_CHUNK_BYTES = 262_144
# What office programs write. Of others zipfile unpacks all that it has read at once: gigabytes, of a megabyte.
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# zipfile raises NotImplementedError for a compression or encryption that it does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError, OSError)


def main_part(path: Path, limits: Limits) -> str:
    """What the archive says that it is: a key of MAIN_PARTS, OPEN_DOCUMENT or OTHERS. Unpacks nothing but "mimetype".

    Raises ExtractionError: broken_file, too_many_entries.
    """
    with _opened(path, limits) as archive:
        names = {entry.filename.replace("\\", "/") for entry in archive.infolist()}
        if "xl/workbook.bin" in names:
            return "xl/workbook.bin"
        types = next((entry for entry in archive.infolist() if entry.filename.lower() == "[content_types].xml"), None)
        if types:
            for folder, part in (("word/", "document"), ("ppt/", "presentation"), ("xl/", "workbook")):
                if any(name.lower().startswith(f"{folder}{part}") for name in names):
                    return folder
            folder = _by_content_types(archive, types)
            if folder:
                return folder
        media_type = _media_type(archive, names)
        if media_type in OPEN_DOCUMENT:
            return media_type
        return next((marker for marker in OTHERS if marker in names), "")


def _by_content_types(archive: zipfile.ZipFile, types: zipfile.ZipInfo) -> str:
    """Of an office file whose main part has a name of its own; "" for other packages."""
    found = _MAIN_TYPE.search(_beginning(archive, types, _MOST_TYPES_BYTES))
    words = {b"word": "word/", b"presentation": "ppt/", b"powerpoint": "ppt/", b"spreadsheet": "xl/", b"excel": "xl/"}
    return next((folder for word, folder in words.items() if found and word in found[0]), "")


def _media_type(archive: zipfile.ZipFile, names: set[str]) -> str:
    """As the part "mimetype" says it, or the list of parts: what people packed themselves comes without the former."""
    if "mimetype" in names:
        said = _beginning(archive, archive.getinfo("mimetype"), _MOST_MEDIA_TYPE_BYTES)
        return said.decode("ascii", "replace").strip("\ufffd\ufeff \t\r\n")
    if "META-INF/container.xml" in names:
        return "application/epub+zip"
    part = next((entry for entry in archive.infolist() if entry.filename == "META-INF/manifest.xml"), None)
    found = _MANIFEST_TYPE.search(_beginning(archive, part, _MOST_TYPES_BYTES)) if part else None
    return found[1].decode() if found else ""


def _beginning(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int) -> bytes:
    """Nothing of an entry that cannot be read."""
    if entry.compress_type not in _COMPRESSIONS:
        return b""
    try:
        with archive.open(entry) as part:
            return part.read(most_bytes)
    except (*_BROKEN, RuntimeError):  # RuntimeError: it asks for a password
        return b""


def check(source: Path | bytes, limits: Limits, format_name: str) -> None:
    """Unpack every entry once, keeping nothing, and refuse what exceeds the limits.

    source: a file, or an archive that stood in another one.
    Raises ExtractionError: archive_bomb, too_many_entries, unsafe_archive, encrypted_document, broken_file.
    """
    packed_bytes = len(source) if isinstance(source, bytes) else source.stat().st_size
    with _opened(source, limits, format_name) as archive:
        entries = archive.infolist()
        _check_entries(entries)
        unpacked = 0
        for entry in entries:
            for size in _unpacked_sizes(archive, entry, format_name):
                if size > limits.free_ratio_bytes and size > limits.max_ratio * min(entry.compress_size, packed_bytes):
                    raise ExtractionError("archive_bomb", f"ratio of one entry, {size} bytes on", limits=limits)
                if unpacked + size > limits.max_unpacked_bytes:
                    raise ExtractionError("archive_bomb", "size of all entries", limits=limits)
            unpacked += size


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.replace("\\", "/") for entry in entries]
    if len(set(names)) != len(names):
        raise ExtractionError("unsafe_archive", problem="two parts of the same name")
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise ExtractionError("unsafe_archive", problem="a part whose path leads out of it")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ExtractionError("encrypted_document")
    if any(entry.compress_type not in _COMPRESSIONS for entry in entries):
        raise ExtractionError("unsafe_archive", problem="a compression of its own")


def _unpacked_sizes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, format_name: str) -> Iterator[int]:
    """The bytes unpacked so far, chunk by chunk; at least one value.

    zipfile stops at the declared size, and a parser that uses zipfile would too; whether a parser would is not asked:
    an entry that goes on after it is refused as broken, by its checksum.
    """
    size = 0
    yield size
    try:
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK_BYTES):
                size += len(chunk)
                yield size
    except _BROKEN as error:
        raise ExtractionError("broken_file", type(error).__name__, format=format_name) from error


def _opened(source: Path | bytes, limits: Limits, format_name: str = "office") -> zipfile.ZipFile:
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            _check_directory(file, size, limits)
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except _BROKEN as error:
        raise ExtractionError("broken_file", type(error).__name__, format=format_name) from error
    if len(archive.infolist()) > limits.max_entries:
        archive.close()
        raise ExtractionError("too_many_entries", limits=limits)
    return archive


def _check_directory(file: BinaryIO, size: int, limits: Limits) -> None:
    """zipfile makes an object of each entry as it opens the archive: a million of them take 600 MB."""
    tail_bytes = min(size, _END.size + 65_535)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise zipfile.BadZipFile
    _, _, _, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
    at64 = size - tail_bytes + at - _LOCATOR64.size
    if at64 >= 0:
        file.seek(at64)
        locator = file.read(_LOCATOR64.size)
        if locator.startswith(b"PK\x06\x07"):
            file.seek(_LOCATOR64.unpack(locator)[2])
            *_, entries, directory_bytes, _ = _END64.unpack(file.read(_END64.size))
    most_bytes = limits.max_entries * _MOST_DIRECTORY_BYTES_AN_ENTRY
    if entries > limits.max_entries or directory_bytes > most_bytes:
        raise ExtractionError("too_many_entries", limits=limits)
