"""Images for Claude to see: the header is checked against what Claude takes; no pixel is decoded, and there is no text.

https://docs.claude.com/en/docs/build-with-claude/vision: JPEG, PNG, GIF, WEBP; 8,000 pixels a side, 5 MB (as base64).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Total

_MOST_BLOCKS = 100_000
_JPEG_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_JPEG_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}


class _Broken(Exception):
    pass


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    """Yield one Total: no pages, and the image's width, height and frames; of several, Claude sees the first."""
    del start_page
    if path.stat().st_size > limits.max_image_bytes:
        raise ExtractionError("image_too_large", "bytes", limits=limits)
    with path.open("rb") as file:
        start = file.read(12)
        file.seek(0)
        format_name, measure = _measurer(start)
        try:
            width, height, frames = measure(file)
        except (_Broken, struct.error, IndexError) as error:
            raise ExtractionError("broken_file", type(error).__name__, format=format_name) from error
    if not width or not height:
        raise ExtractionError("broken_file", "no pixels", format=format_name)
    if max(width, height) > limits.max_image_side_px:
        raise ExtractionError("image_too_large", "pixels", limits=limits)
    if frames > 1:
        yield Note("frames_left_out", count=frames - 1)
    yield Total(0, final=True, image={"width": width, "height": height, "frames": frames})


Size = tuple[int, int, int]


def _measurer(start: bytes) -> tuple[str, Callable[[BinaryIO], Size]]:
    if start.startswith(b"\x89PNG"):
        return "PNG", _png
    if start.startswith(b"\xff\xd8"):
        return "JPEG", _jpeg
    return ("GIF", _gif) if start.startswith(b"GIF8") else ("WEBP", _webp)


def _exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise _Broken
    return found


def _png(file: BinaryIO) -> Size:
    file.seek(8)
    width = height = 0
    frames = 1
    for _ in range(_MOST_BLOCKS):
        length, name = struct.unpack(">L4s", _exactly(file, 8))
        if name == b"IEND":
            return width, height, frames
        if name in {b"IHDR", b"acTL"}:
            values = struct.unpack(">LL", _exactly(file, length)[:8])
            width, height, frames = (*values, frames) if name == b"IHDR" else (width, height, values[0])
            _exactly(file, 4)
        else:
            file.seek(length + 4, 1)
    raise _Broken


def _jpeg(file: BinaryIO) -> Size:
    file.seek(2)
    for _ in range(_MOST_BLOCKS):
        if _exactly(file, 1) != b"\xff":
            raise _Broken
        marker = 0xFF
        while marker == 0xFF:
            marker = _exactly(file, 1)[0]
        if marker in _JPEG_WITHOUT_LENGTH:
            continue
        length = struct.unpack(">H", _exactly(file, 2))[0]
        if marker in _JPEG_SIZES:
            _, height, width = struct.unpack(">BHH", _exactly(file, 5))
            return width, height, _check_jpeg_end(file)
        if length < 2 or marker in {0xD9, 0xDA}:  # the end, or pixels, before a size
            raise _Broken
        file.seek(length - 2, 1)
    raise _Broken


def _check_jpeg_end(file: BinaryIO) -> int:
    """A JPEG cut short has no end mark in its last bytes, after which cameras append things of their own."""
    rest = file.read()
    if b"\xff\xd9" not in rest:
        raise _Broken
    return 1


def _gif(file: BinaryIO) -> Size:
    width, height, flags = struct.unpack("<HHB", _exactly(file, 13)[6:11])
    _skip_colors(file, flags)
    frames = 0
    for _ in range(_MOST_BLOCKS):
        introducer = _exactly(file, 1)
        if introducer == b"\x3b":
            return width, height, frames
        if introducer == b"\x21":
            _exactly(file, 1)
        elif introducer == b"\x2c":
            frames += 1
            _skip_colors(file, _exactly(file, 9)[8])
            _exactly(file, 1)
        else:
            raise _Broken
        while length := _exactly(file, 1)[0]:
            _exactly(file, length)
    raise _Broken


def _skip_colors(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _exactly(file, 3 << ((flags & 7) + 1))


def _webp(file: BinaryIO) -> Size:
    length = struct.unpack("<L", _exactly(file, 12)[4:8])[0]
    size_bytes = file.seek(0, 2)
    if length + 8 > size_bytes:
        raise _Broken
    file.seek(12)
    width = height = frames = 0
    while file.tell() + 8 <= length + 8:
        name, chunk_bytes = struct.unpack("<4sL", _exactly(file, 8))
        after = file.tell() + chunk_bytes + (chunk_bytes & 1)
        if name in _WEBP_SIZES and not width:
            width, height = _WEBP_SIZES[name](_exactly(file, 10))
        frames += name == b"ANMF"
        file.seek(after)
    return width, height, max(frames, 1)


def _vp8(head: bytes) -> tuple[int, int]:
    if head[3:6] != b"\x9d\x01\x2a":
        raise _Broken
    width, height = struct.unpack("<HH", head[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _vp8l(head: bytes) -> tuple[int, int]:
    if head[0] != 0x2F:
        raise _Broken
    bits = struct.unpack("<L", head[1:5])[0]
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _vp8x(head: bytes) -> tuple[int, int]:
    return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1


_WEBP_SIZES = {b"VP8 ": _vp8, b"VP8L": _vp8l, b"VP8X": _vp8x}
