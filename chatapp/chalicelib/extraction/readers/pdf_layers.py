"""Layers of a PDF that are off: nobody sees what stands in them. What they are is asked of pypdf."""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfReader

_NAME, _PACKED = b"/OCProperties", re.compile(rb"/ObjStm\b[^\0]{0,300}?stream\r?\n")
_MOST_PACKED_BYTES, _MOST_PACKED = 1_000_000, 10_000
_MOST_LAYERS = 2_000


def may_have_layers(path: Path, *, is_encrypted: bool) -> bool:
    """Without pypdf, whose import takes longer than a page of most files."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_NAME) >= 0:
            return True
        return is_encrypted or any(_NAME in unpacked for unpacked in _unpacked(content))


def _unpacked(content: mmap.mmap) -> Iterator[bytes]:
    """What the file's packed objects are."""
    for at, match in enumerate(_PACKED.finditer(content)):
        if at >= _MOST_PACKED:
            return
        with suppress(zlib.error):
            packed = content[match.end() : match.end() + _MOST_PACKED_BYTES]
            yield zlib.decompressobj().decompress(packed, _MOST_PACKED_BYTES)


def layers_off(reader: PdfReader) -> frozenset[str]:
    """The names of those that are not shown on a screen; a name that a shown one has as well is not among them."""
    properties = _resolved(reader.root_object.get("/OCProperties")) or {}
    default = _resolved(properties.get("/D")) or {}
    off, on = _places(default.get("/OFF")), _places(default.get("/ON"))
    is_off = default.get("/BaseState") == "/OFF"
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in (_resolved(properties.get("/OCGs")) or [])[:_MOST_LAYERS]:
        layer = _resolved(entry) or {}
        place = _place(entry)
        is_hidden = place in off or (is_off and place not in on) or _is_never_viewed(layer)
        names[is_hidden].add(str(_resolved(layer.get("/Name"))))
    return frozenset(names[True] - names[False])


def _is_never_viewed(layer: Any) -> bool:
    """Such as what is for print only."""
    usage = _resolved(layer.get("/Usage")) or {}
    return (_resolved(usage.get("/View")) or {}).get("/ViewState") == "/OFF"


def _places(listed: Any) -> set[int]:
    return {_place(entry) for entry in (_resolved(listed) or [])[:_MOST_LAYERS]}


def _place(entry: Any) -> int:
    return int(getattr(entry, "idnum", 0))


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
