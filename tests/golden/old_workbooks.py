"""Golden workbooks of before 2007: a container of one stream, and records in it, as Excel 97 to 2003 writes them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from tests.golden.workbooks import Golden

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SHEET_TYPE, _BOOK_TYPE = 0x0010, 0x0005


def goldens() -> Iterator[Golden]:
    codes = ["00000", "#,##0.00\\ [$€-40C]", "dd/mm/yyyy", '"yes";"yes";"no"']
    offer: list[list[object]] = [
        ["What", "Shown"],
        ["Code", (75, 1)],
        ["Price", (1234.5, 2)],
        ["Due", (46347, 3)],
        ["Signed", (0, 4)],
        ["Ok", True],
    ]
    costs: list[list[object]] = [["Region", "First half", None], ["North", 11, 12], [None, 21, 22]]
    sheets = [
        _sheet(offer, hidden_rows=(3,), drawn=_object(6, "Without VAT") + _object(8) + _object(5)),
        _sheet(costs, hidden_columns=(2,), merges=((0, 0, 1, 2), (1, 2, 0, 0))),
    ]
    yield (
        "xls/offer.xls",
        container(_book([("Offer", 0), ("Costs", 1)], codes, sheets)),
        [
            "What | Shown\nCode | 00075\nPrice | 1,234.50 €\nDue | 21/11/2026 [hidden row]\nSigned | no\nOk | TRUE\nWithout VAT",
            "[This sheet is hidden.]\n[Hidden columns: C]\nRegion | First half | First half\nNorth | 11 | 12\nNorth | 21 | 22",
        ],
        [
            {"code": "hidden_sheets", "names": ["Costs"]},
            {"code": "hidden_rows", "count": 1},
            {"code": "hidden_columns", "count": 1},
            {"code": "pictures_left_out", "count": 1},
            {"code": "objects_left_out", "count": 1},
        ],
    )


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _book(names: Sequence[tuple[str, int]], codes: Sequence[str], sheets: Sequence[bytes]) -> bytes:
    """names: and whether each is hidden. Style 0 is General, the others are of these formats."""
    start = _record(0x809, struct.pack("<HHHHLL", 0x600, _BOOK_TYPE, 0, 0, 0, 0)) + _record(
        0x42, struct.pack("<H", 1200)
    )
    start += _record(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0, 400, 0, 0, 0, 0, 0) + b"\x05\x00Arial") * 5
    start += b"".join(_record(0x41E, struct.pack("<H", 164 + at) + _text(code)) for at, code in enumerate(codes))
    styles = [0, *(164 + at for at in range(len(codes)))]
    start += b"".join(_record(0xE0, struct.pack("<HHH", 0, key, 1) + bytes(14)) for key in styles)
    entries = [
        struct.pack("<BB", hidden, 0) + struct.pack("<BB", len(name), 0) + name.encode() for name, hidden in names
    ]
    at = len(start) + sum(4 + 4 + len(entry) for entry in entries) + 4
    bound = b""
    for entry, content in zip(entries, sheets, strict=True):
        bound += _record(0x85, struct.pack("<L", at) + entry)
        at += len(content)
    return start + bound + _record(0x0A) + b"".join(sheets)


def _sheet(
    rows: Sequence[Sequence[object]],
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    drawn: bytes = b"",
) -> bytes:
    out = _record(0x809, struct.pack("<HHHHLL", 0x600, _SHEET_TYPE, 0, 0, 0, 0))
    out += b"".join(_record(0x7D, struct.pack("<HHHHHH", at, at, 2304, 0, 1, 0)) for at in hidden_columns)
    out += _record(0x200, struct.pack("<LLHHH", 0, len(rows), 0, 10, 0))
    for at in range(len(rows)):
        out += _record(0x208, struct.pack("<HHHHHHL", at, 0, 10, 255, 0, 0, 0x20 * (at in hidden_rows) | 0x100))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            out += _cell(row, column, value)
    if merges:
        out += _record(0xE5, struct.pack("<H", len(merges)) + b"".join(struct.pack("<4H", *merge) for merge in merges))
    return out + drawn + _record(0x0A)


def _object(kind: int, text: str = "") -> bytes:
    """5: a chart, 6: a text box, 8: a picture."""
    out = _record(0x5D, struct.pack("<HHHHH", 0x15, 18, kind, 1, 0) + bytes(12) + bytes(4))
    if text:
        out += _record(0x1B6, struct.pack("<HH6sHHH", 0, 0, bytes(6), len(text), 8, 0) + bytes(2))
        out += _record(0x3C, b"\0" + text.encode("latin-1")) + _record(0x3C, bytes(8))
    return out


def _cell(row: int, column: int, value: object) -> bytes:
    style = 0
    if isinstance(value, tuple):
        value, style = value
    where = struct.pack("<HHH", row, column, style)
    if isinstance(value, bool):
        return _record(0x205, where + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        return _record(0x204, where + _text(value))
    return _record(0x203, where + struct.pack("<d", value)) if isinstance(value, (int, float)) else b""


def container(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE2 container of one stream, which is long enough to need no table of short ones."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    table = [_FAT, _END, *range(3, count + 2), _END]
    table += [_FREE] * (128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109L", 0, *([_FREE] * 108))
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 2, len(stream)) + bytes(256)
    return header + struct.pack("<128L", *table) + entries + stream


def _entry(name: str, kind: int, child: int, sector: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBLLL", len(text), kind, 1, _FREE, _FREE, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<LLL", sector, size, 0)
