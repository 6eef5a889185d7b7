"""The caller's side of extraction: a child process parses, pages come through a pipe as they are read.

The caller's memory does not grow with the file: of the child's output it holds one page.
"""

from __future__ import annotations

import base64
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.kinds.detect import Kind
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Page, Piece, Total, from_json

_READ_BYTES = 65_536
# JSON writes a character as 6 bytes at most (\\u001f); a locator takes some.
_BYTES_A_CHARACTER = 6
_ROOM_BYTES = 16_384
_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGTRAP, -signal.SIGILL, -signal.SIGFPE}
_MOST_CRASHES = 3  # that one file is read on behind
_BOOTSTRAP = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from {package} import child; child.main()"


def read(path: Path, kind: Kind, limits: Limits | None = None, start_page: int = 1) -> Generator[Item, None, None]:
    """Yield a Total as soon as the number of pages is known (PDF, PPTX), each Page as it is read, and the final Total.

    start_page: pages before it are not given out, so that a long document can be continued in a later run. Closing the
    iterator ends the child. Pages already yielded are good when an error follows.
    Raises ExtractionError: any code of `failures.MESSAGES` that concerns content, limits or time.
    """
    limits = limits or Limits()
    # Of a run that goes on where another stopped, pages before were read.
    reached = _Reached(start_page - 1, readable=start_page > 1)
    crash = yield from _run(path, kind, limits, reached)
    while crash:
        reached.crashes += 1
        if kind.reader != "pdf" or reached.page >= reached.pages or reached.crashes > _MOST_CRASHES:
            raise crash
        yield from _past(reached, crash)
        crash = yield from _run(path, kind, limits, reached)


@dataclass
class _Reached:
    """How far the children came. textless: of the pages so far, those without text; readable: whether any was read."""

    page: int
    readable: bool
    pages: int = 0
    textless: int = 0
    crashes: int = 0


class _CrashError(ExtractionError):
    """PDFium ends its process at what it cannot bear: a page that unpacks to gigabytes, or a fault of its own."""


def _past(reached: _Reached, crash: _CrashError) -> Iterator[Item]:
    """One page that cannot be read does not cost the reader the others: another child begins behind it."""
    reached.page += 1
    number = reached.page
    reached.textless += 1
    if number == reached.pages and not reached.readable:
        raise crash
    yield Page(number, {"kind": "page", "label": f"page {number}", "page": number, "unreadable": True}, "")
    yield Note("unreadable", pages=(number,))


def _run(path: Path, kind: Kind, limits: Limits, reached: _Reached) -> Generator[Item, None, _CrashError | None]:
    """What one child reads, from where the one before it ended, and how it crashed."""
    before = reached.textless
    child = start(path, kind, limits, reached.page + 1)
    try:
        for item in _items(child, kind, limits):
            if isinstance(item, Page):
                reached.page, reached.readable = item.number, reached.readable or "unreadable" not in item.locator
                reached.textless += not item.text or "picture" in item.locator
            elif isinstance(item, Total):
                reached.pages = item.pages
                textless = item.textless_pages + before if item.final else 0
                yield replace(item, textless_pages=textless)
                continue
            yield item
    except _CrashError as crash:
        return crash
    finally:
        _end(child)
    return None


def cut(
    path: Path, kind: Kind, runs: Sequence[Sequence[int]], most_bytes: int, limits: Limits
) -> Generator[Piece, None, None]:
    """Cut runs of pages out of a PDF, each as a PDF of its own, together at most so many bytes; in another child.

    What does not fit and what cannot be cut is left out: a run then comes as its single pages, or not at all.
    Raises ExtractionError as `read` does; pieces already yielded are good.
    """
    order = json.dumps({"runs": [list(run) for run in runs], "most_bytes": most_bytes})
    child = start(path, kind, limits, 1, order)
    try:
        yield from _cut(child, kind, limits, most_bytes)
    finally:
        _end(child)


def _cut(child: subprocess.Popen[bytes], kind: Kind, limits: Limits, most_bytes: int) -> Iterator[Piece]:
    body = b""
    for value in _values(child, kind, limits):
        if "done" in value:
            return
        piece = value["piece"]
        body += base64.b64decode(piece["chunk"])
        if len(body) > most_bytes:  # a child that is out of its mind
            raise ExtractionError("broken_file", "a piece too large", format=kind.format)
        if piece["is_last"]:
            most_bytes -= len(body)
            yield Piece(piece["first"], piece["last"], body)
            body = b""
    raise _death(child, kind, limits)


def start(path: Path, kind: Kind, limits: Limits, start_page: int, *order: str) -> subprocess.Popen[bytes]:
    """-I -S: only what this process can import itself, wherever Lambda or a virtual environment has it."""
    bootstrap = _BOOTSTRAP.format(package=__package__)
    # Python caches no bytecode of modules in read-only folders, and the child may not write.
    command = [sys.executable, "-I", "-S", "-B", "-c", bootstrap, json.dumps([os.path.abspath(p) for p in sys.path])]
    command += [str(path), kind.reader, kind.format, str(start_page), json.dumps(asdict(limits)), *order]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module; the path is an argument, not a command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback quotes the file
        env=_environment(),
        cwd="/",
    )


def _environment() -> dict[str, str]:
    """No credentials. LD_LIBRARY_PATH: Lambda's interpreter finds its own libraries by it."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _items(child: subprocess.Popen[bytes], kind: Kind, limits: Limits) -> Generator[Item, None, None]:
    is_complete = False
    for value in _values(child, kind, limits):
        is_complete = bool(value.get("total", {}).get("final"))
        yield from_json(value)
    if not is_complete:
        raise _death(child, kind, limits)


def _values(child: subprocess.Popen[bytes], kind: Kind, limits: Limits) -> Iterator[dict[str, Any]]:
    """What the child says, line by line. Raises ExtractionError, also where that is what it says."""
    for line in _lines(child, limits):
        try:
            value: dict[str, Any] = json.loads(line)
        except ValueError as error:
            raise ExtractionError("broken_file", "unreadable line", format=kind.format) from error
        if "error" in value:
            raise _as_error(value["error"])
        yield value


def _lines(child: subprocess.Popen[bytes], limits: Limits) -> Iterator[bytes]:
    """Whole lines, as they come. Raises ExtractionError: too_slow, broken_file (a line longer than a page can be)."""
    assert child.stdout is not None  # noqa: S101 - for mypy: it was asked for
    most_bytes = limits.max_page_characters * _BYTES_A_CHARACTER + _ROOM_BYTES
    pipe = child.stdout.fileno()
    pending = bytearray()
    deadline = time.monotonic() + limits.silence_s
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise ExtractionError("too_slow", "silence", limits=limits)
        chunk = os.read(pipe, _READ_BYTES)
        if not chunk:
            return
        pending += chunk
        if b"\n" not in chunk:
            if len(pending) > most_bytes:
                raise ExtractionError("broken_file", "a page too long", format="uploaded")
            continue
        *lines, rest = pending.split(b"\n")
        pending = bytearray(rest)
        yield from (bytes(line) for line in lines)
        deadline = time.monotonic() + limits.silence_s  # from when the caller asks again


def _as_error(said: dict[str, Any]) -> ExtractionError:
    """The child's own words: it knows the limits and the format."""
    error = ExtractionError.__new__(ExtractionError)
    Exception.__init__(error, f"{said['code']}: {said['message']}")
    error.__dict__.update(said)
    return error


def _death(child: subprocess.Popen[bytes], kind: Kind, limits: Limits) -> ExtractionError:
    """What ended a child that could not say it itself."""
    status = child.wait()
    if status in _CRASHES:
        return _CrashError("broken_file", f"the parser's process ended with {status}", format=kind.format)
    if status == -signal.SIGXCPU:
        return ExtractionError("too_slow", "CPU time", limits=limits)
    if status == -signal.SIGKILL:
        return ExtractionError("too_much_memory", "killed", limits=limits)
    return ExtractionError("broken_file", f"the parser's process ended with {status}", format=kind.format)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
