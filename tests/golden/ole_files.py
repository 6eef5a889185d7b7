"""Writes OLE2 containers of small streams, as Outlook saves messages in: sectors of 512 bytes, pieces of 64."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _PIECE = 512, 64
Storage = Mapping[str, "bytes | Storage"]


def container(root: Storage) -> bytes:
    """root: streams and storages by name."""
    entries: list[dict[str, object]] = [{"name": "Root Entry", "type": 5, "start": _END, "size": 0, "child": _FREE}]
    pieces: list[int] = []  # the chain of the small stream's pieces
    small = bytearray()

    def add(name: str, value: bytes | Storage) -> int:
        number = len(entries)
        if isinstance(value, bytes):
            count = -(-len(value) // _PIECE)
            start = len(pieces) if count else _END
            pieces.extend([*range(len(pieces) + 1, len(pieces) + count), _END] if count else [])
            small.extend(value.ljust(count * _PIECE, b"\x00"))
            entries.append({"name": name, "type": 2, "start": start, "size": len(value), "child": _FREE})
        else:
            entries.append({"name": name, "type": 1, "start": 0, "size": 0, "child": _FREE})
            entries[number]["child"] = children(value)
        return number

    def children(storage: Storage) -> int:
        numbers = [add(name, value) for name, value in storage.items()]
        for number, following in zip(numbers, [*numbers[1:], _FREE], strict=False):
            entries[number]["next"] = following
        return numbers[0] if numbers else _FREE

    entries[0]["child"] = children(root)
    return _laid_out(entries, pieces, bytes(small))


def _laid_out(entries: list[dict[str, object]], pieces: list[int], small: bytes) -> bytes:
    chains: list[int] = [_FAT]
    sectors: list[bytes] = []

    def store(content: bytes) -> int:
        count = max(1, -(-len(content) // _SECTOR))
        start = len(chains)
        chains.extend([*range(start + 1, start + count), _END])
        sectors.append(content.ljust(count * _SECTOR, b"\x00"))
        return start

    piece_table = struct.pack(f"<{len(pieces)}L", *pieces)
    piece_table = piece_table.ljust(-(-len(piece_table) // _SECTOR) * _SECTOR, b"\xff")
    pieces_at = store(piece_table)
    entries[0]["start"], entries[0]["size"] = store(small), len(small)
    directory_at = store(b"".join(_entry(entry) for entry in entries))
    table = struct.pack(f"<{len(chains)}L", *chains).ljust(_SECTOR, b"\xff")
    assert len(table) == _SECTOR, "one sector of the table: about 60 KB in all"
    magic, version = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (0x3E, 3, 0xFFFE, 9, 6)
    header = struct.pack("<8s16x5H6x", magic, *version)
    header += struct.pack("<9L", 0, 1, directory_at, 0, 4096, pieces_at, len(piece_table) // _SECTOR, _END, 0)
    header += struct.pack("<109L", 0, *[_FREE] * 108)
    return header + table + b"".join(sectors)


def _entry(entry: Mapping[str, object]) -> bytes:
    name = str(entry["name"]).encode("utf-16-le") + b"\x00\x00"
    fields = (entry["type"], 1, _FREE, entry.get("next", _FREE), entry["child"])
    return (
        name.ljust(64, b"\x00")
        + struct.pack("<HBBLLL", len(name), *fields)
        + bytes(36)
        + struct.pack("<LQ", entry["start"], entry["size"])
    )


def properties(header_bytes: int, values: Sequence[tuple[int, int, bytes]]) -> bytes:
    """MAPI's fixed ones: (id, type, value of up to 8 bytes)."""
    rows = (struct.pack("<HHL8s", kind, tag, 6, value.ljust(8, b"\x00")) for tag, kind, value in values)
    return bytes(header_bytes) + b"".join(rows)


def texts(values: Mapping[int, str]) -> dict[str, bytes | Storage]:
    return {f"__substg1.0_{tag:04X}001F": value.encode("utf-16-le") for tag, value in values.items()}
