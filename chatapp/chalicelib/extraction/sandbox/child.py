"""The process that parses: it limits itself, reads one file, and writes JSON lines to its standard output.

Started by `parent.py` as `python -I -S -c …`, with no environment of the function's and so no credentials. It needs no
/dev/shm, which Lambda has not. Lines: {"page": …}, {"note": …}, {"total": …}, or those of a cut, {"piece": …} and
{"done": …}, and at most one {"error": …}, as the last.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from chalicelib.extraction.failures import ExtractionError, where
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Page, Piece, Total, as_json

_READERS = {"pdf", "docx", "pptx", "xlsx", "odt", "ods", "odp", "epub", "rtf"}
_READERS |= {"xls", "delimited", "plain_text", "web_page", "image", "message", "outlook"}
# They give their attachments to other readers as files in memory; others may write nothing at all.
_HOLDING_FILES = {"message", "outlook"}
_MOST_OPEN_FILES = 32
_STACK_FRAMES = 2_000
_CHUNK_BYTES = 300_000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Nothing in a file makes this process connect, start a program or write: parsers have no need to.
_REFUSED_EVENTS = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "urllib.", "ftplib.")


class _Refused(PermissionError):
    """As an operating system would refuse it: pycryptodome asks `file` about the interpreter, and can do without."""


def main() -> None:
    """argv: the path, the reader, the format's name, the first page, and the Limits as JSON.

    After these, where pages are to be cut out of the file: runs of them and how many bytes they may have, as JSON.
    """
    path, reader, format_name, start_page, limits_json, *cut = sys.argv[1:]
    limits = Limits(**json.loads(limits_json))
    _confine(limits, limits.max_file_bytes if reader in _HOLDING_FILES else 0)
    try:
        if cut:
            _cut(Path(path), limits, **json.loads(cut[0]))
            return
        for item in _items(reader, Path(path), limits, int(start_page)):
            _write(as_json(item))
    except ExtractionError as error:
        _write_error(error.code, error.message, error.detail)
    except MemoryError as error:
        _write_failure("too_much_memory", limits, where(error))
    except Exception as error:  # a parser that gives up in its own way: the file is at fault, or we are
        _write_failure("broken_file", limits, where(error), format=format_name)


def _items(reader: str, path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    """The reader's items, counted against the limits, with one final Total at the end."""
    if reader not in _READERS:
        raise ValueError
    read = import_module(f"..readers.{reader}", __package__).read
    total = Total(0)
    count, characters, has_text = 0, 0, False
    for item in read(path, limits, start_page):
        if isinstance(item, Note):
            yield item
            continue
        if isinstance(item, Total):
            total = item
            if not item.final:
                yield item
            continue
        count, characters = item.number, characters + len(item.text)
        has_text = has_text or bool(item.text)
        _check(item, characters, limits)
        yield item
        _allow_cpu(limits)
    if not has_text and not total.scanned and total.image is None and start_page == 1:
        raise ExtractionError("no_text")
    usage = {"cpu_s": _cpu_s(), "peak_memory_bytes": _peak_memory_bytes()}
    yield Total(**{**total.__dict__, "pages": total.pages or max(count, start_page - 1), "final": True, **usage})


def _cut(path: Path, limits: Limits, runs: list[list[int]], most_bytes: int) -> None:
    cut = import_module("..readers.pdf_cut", __package__).cut
    piece: Piece
    for piece in cut(path, limits, runs, most_bytes):
        # In lines no longer than a page's may be.
        for at in range(0, len(piece.body), _CHUNK_BYTES):
            chunk = base64.b64encode(piece.body[at : at + _CHUNK_BYTES]).decode()
            is_last = at + _CHUNK_BYTES >= len(piece.body)
            _write({"piece": {"first": piece.first, "last": piece.last, "chunk": chunk, "is_last": is_last}})
        _allow_cpu(limits)
    _write({"done": True})


def _check(page: Page, characters: int, limits: Limits) -> None:
    if page.number > limits.max_pages:
        raise ExtractionError("too_many_pages", limits=limits)
    if characters > limits.max_characters:
        raise ExtractionError("too_much_text", limits=limits)


# --- What this process may do ---------------------------------------------------------------------------------------


def _confine(limits: Limits, written_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_bytes, written_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_OPEN_FILES, _MOST_OPEN_FILES))
    _allow_cpu(limits)
    sys.setrecursionlimit(_STACK_FRAMES)
    sys.addaudithook(_refuse)


def _allow_cpu(limits: Limits) -> None:
    """Ends the process by SIGXCPU when its CPU time is used up, or the next page's; pages read add nothing to it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    allowed = min(limits.cpu_s, int(_cpu_s()) + limits.page_cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed if hard == resource.RLIM_INFINITY else min(allowed, hard), hard))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED_EVENTS) or (event == "open" and arguments[2] & _WRITING):
        raise _Refused(event)


# --- What it says ---------------------------------------------------------------------------------------------------


def _write(value: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    sys.stdout.buffer.flush()


def _write_failure(code: str, limits: Limits, detail: str, **values: str) -> None:
    error = ExtractionError(code, detail, limits=limits, **values)
    _write_error(error.code, error.message, error.detail)


def _write_error(code: str, message: str, detail: str) -> None:
    usage = {"cpu_s": _cpu_s(), "peak_memory_bytes": _peak_memory_bytes()}
    _write({"error": {"code": code, "message": message, "detail": detail, **usage}})


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return round(usage.ru_utime + usage.ru_stime, 3)


def _peak_memory_bytes() -> int:
    """This process's own: ru_maxrss would begin with what the caller had when it started this one."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
