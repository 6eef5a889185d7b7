"""OLE2 containers: old office documents, new ones behind a password, messages. Old workbooks and messages are read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NoReturn

from chalicelib.extraction.failures import ExtractionError

# What stands at the container's root; documents inside of documents are in storages of their own.
_STREAMS = (
    ("encryptedpackage", "encrypted_document", "", ""),
    ("worddocument", "type_not_supported", "An old Word document (.doc)", "Save it as DOCX or PDF."),
    ("powerpoint document", "type_not_supported", "An old presentation (.ppt)", "Save it as PPTX or PDF."),
)
_WORKBOOKS = {"workbook", "book"}
_MESSAGES = {"__nameid_version1.0", "__properties_version1.0"}
_ENTRY = struct.Struct("<64sHBB3L")  # name, bytes of it, type, colour, left, right, child
_ENTRY_BYTES = 128
_NONE = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA
_MOST_SECTORS = 4_096
_MOST_ENTRIES = 20_000
_SCANNED_BYTES = 4 * 1024 * 1024
_SECTOR_BYTES = {9: 512, 12: 4096}


def is_message(path: Path) -> bool:
    """An Outlook message."""
    return bool(_root_names(path) & _MESSAGES)


def is_workbook(path: Path) -> bool:
    """An old Excel workbook."""
    names = _root_names(path)
    return bool(names & _WORKBOOKS) and not any(stream in names for stream, *_ in _STREAMS)


def refuse(path: Path) -> NoReturn:
    """Raises ExtractionError: encrypted_document or type_not_supported."""
    names = _root_names(path)
    for stream, code, found, advice in _STREAMS:
        if stream in names:
            raise ExtractionError(code, found=found, advice=advice)
    raise ExtractionError("type_not_supported", found="This type of file", advice="Save it as DOCX, XLSX, PPTX or PDF.")


def _root_names(path: Path) -> set[str]:
    """In lower case; of a damaged container those that are anywhere in it."""
    with path.open("rb") as file:
        try:
            directory = _directory(file)
        except (struct.error, ValueError):
            directory = b""
    names: set[str] = set()
    seen: set[int] = set()
    left_to_see = [_entry(directory, 0)[3]]
    while left_to_see and len(seen) < _MOST_ENTRIES:
        at = left_to_see.pop()
        if at in seen or at == _NONE or (at + 1) * _ENTRY_BYTES > len(directory):
            continue
        seen.add(at)
        name, left, right, _ = _entry(directory, at)
        names.add(name)
        left_to_see += [left, right]
    return names - {""} or _names_anywhere(path)


def _names_anywhere(path: Path) -> set[str]:
    """Of those that matter, where directories are: at the file's start or end."""
    with path.open("rb") as file:
        start = file.read(_SCANNED_BYTES)
        file.seek(max(0, path.stat().st_size - _SCANNED_BYTES))
        scanned = (start + file.read(_SCANNED_BYTES)).lower()
    known = {stream for stream, *_ in _STREAMS} | _WORKBOOKS | _MESSAGES
    return {name for name in known if name.encode("utf-16-le") in scanned}


def _entry(directory: bytes, at: int) -> tuple[str, int, int, int]:
    if (at + 1) * _ENTRY_BYTES > len(directory):
        return ("", _NONE, _NONE, _NONE)
    name, size, _, _, left, right, child = _ENTRY.unpack_from(directory, at * _ENTRY_BYTES)
    return (name[: max(0, min(size, 64) - 2)].decode("utf-16-le", "replace").lower(), left, right, child)


def _directory(file: BinaryIO) -> bytes:
    """Its sectors, one after the other; a loop or a hole ends it."""
    header = file.read(512)
    shift = struct.unpack_from("<H", header, 30)[0]
    size = _SECTOR_BYTES.get(shift, 512)
    sector = struct.unpack_from("<L", header, 48)[0]
    tables = struct.unpack_from("<109L", header, 76)
    out, seen = bytearray(), set[int]()
    while sector <= _LAST_SECTOR and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        out += _sector(file, sector, size)
        table, place = divmod(sector, size // 4)
        if table >= len(tables) or tables[table] > _LAST_SECTOR:
            break
        sector = struct.unpack_from("<L", _sector(file, tables[table], size), place * 4)[0]
    return bytes(out)


def _sector(file: BinaryIO, number: int, size: int) -> bytes:
    file.seek((number + 1) * size)
    return file.read(size)
