"""Damaged files: a named error or the part that can be read, never a crash without a name.

Three hundred variants of the golden corpus and of a few files made here, each cut, with bits turned, or with a part
lost or doubled; seeded, so that one that fails is found again by its number. Most go through the readers in this
process; those whose parser is native code, and some of all, through the child.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType

import openpyxl
import pptx
import pytest
from chalicelib.extraction import ExtractionError, Limits, Note, Page, Total, kind_of, read
from chalicelib.extraction.failures import MESSAGES
from chalicelib.extraction.notes import CODES
from chalicelib.extraction.pages import as_json, from_json

from tests.unit import extraction_files as files

GOLDEN = Path(__file__).parents[1] / "golden"
VARIANTS, IN_CHILD, PACKS = 300, 24, 12
# Their parsers are native code, or hold more than this process should: they have the child's limits only.
NEVER_HERE = {"pdf", "image"}
MAX_BYTES = 200_000
LIMITS = Limits(cpu_s=5, page_cpu_s=5, silence_s=20, max_unpacked_bytes=64 * 2**20)
STUCK_CPU_S = 10


class Stuck(BaseException):
    """No parser may take it for an error of its own."""


@contextmanager
def cpu_limit() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Stuck

    former = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Sound files: what the corpus holds, however much that is, and one of each kind that a library makes here."""
    folder = tmp_path_factory.mktemp("whole")
    book = openpyxl.Workbook()
    for number in range(20):
        book.worksheets[0].append([f"item{number}", number, f"=B{number + 1}*2"])
    book.save(folder / "made.xlsx")
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[1]).shapes.title.text = "Red roses"
    show.save(str(folder / "made.pptx"))
    files.word(folder / "made.docx", "Red roses", "are red.")
    files.pdf(folder / "made.pdf", ["Red roses", "are red."])
    (folder / "made.html").write_text("<table><tr><td rowspan=2>Roses<td>12<tr><td>13</table>")
    golden = (path for path in GOLDEN.glob("*/*") if path.suffix != ".json" or path.with_suffix("").suffix == "")
    bases = [path for path in golden if path.is_file() and path.stat().st_size <= MAX_BYTES]
    return sorted([*folder.iterdir(), *bases], key=lambda path: path.name)


def damaged(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body))
    some = min(len(body) - at, chance.choice((1, 16, 200)))
    match chance.randrange(5):
        case 0:
            return body[:at]
        case 1:
            changed = bytearray(body)
            for _ in range(chance.choice((1, 4, 32))):
                changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            return bytes(changed)
        case 2:
            return body[:at] + bytes(some) + body[at + some :]
        case 3:
            return body[:at] + body[at + some :]
    return body[: at + some] + body[at:]


def variants(whole: list[Path], pack: int) -> Iterator[tuple[int, Path, bytes]]:
    """One pack of them: number, the sound file, and what became of it."""
    for number in range(pack, VARIANTS, PACKS):
        chance = random.Random(number)  # noqa: S311 (no secret)
        path = whole[number % len(whole)] if number < len(whole) else chance.choice(whole)
        body = path.read_bytes()
        if body:
            yield number, path, damaged(body, chance)


def checked(item: object) -> None:
    """What comes is what the function stores: it goes through the child's lines as it is."""
    assert isinstance(item, Page | Note | Total)
    assert from_json(as_json(item)) == item
    if isinstance(item, Page):
        item.text.encode()
        assert item.number >= 1
    if isinstance(item, Note):
        assert item.code in CODES


def read_here(path: Path, name: str) -> bool:
    """Whether it was a reader's work at all; the child calls what else a parser raises a broken file (`child.py`)."""
    kind = kind_of(path, name, "", LIMITS)
    if kind.reader in NEVER_HERE:
        return False
    reader = import_module(f"chalicelib.extraction.readers.{kind.reader}")
    try:
        for item in reader.read(path, LIMITS, 1):
            checked(item)
    except (ExtractionError, Stuck, AssertionError, MemoryError):
        raise
    except Exception:  # noqa: S110 (named by the child)
        pass
    return True


def refusal_here(path: Path, name: str) -> tuple[ExtractionError | None, bool]:
    """By what it was refused, and whether this process could read it."""
    try:
        with cpu_limit():
            return None, read_here(path, name)
    except ExtractionError as error:
        return error, True


def refusal_by_child(path: Path, name: str) -> ExtractionError | None:
    try:
        for item in read(path, kind_of(path, name, "", LIMITS), LIMITS):
            checked(item)
    except ExtractionError as error:
        return error
    return None


def is_named(error: ExtractionError | None) -> bool:
    return error is None or error.code in MESSAGES


@pytest.mark.parametrize("pack", range(PACKS))
def test_is_read_in_part_or_refused_by_name(whole: list[Path], tmp_path: Path, pack: int) -> None:
    for number, base, body in variants(whole, pack):
        path = tmp_path / base.name
        path.write_bytes(body)
        what = f"variant {number} of {base.name}"
        try:
            error, is_done = refusal_here(path, base.name)
        except (Stuck, AssertionError, MemoryError) as fault:
            pytest.fail(f"{what}: {fault!r}")
        assert is_named(error), f"{what}: {error}"
        if not is_done and number % (VARIANTS // IN_CHILD) < 2:
            error = refusal_by_child(path, base.name)
            assert is_named(error), f"{what}: {error}, {error and error.detail}"


@pytest.mark.parametrize("number", range(0, VARIANTS, VARIANTS // IN_CHILD))
def test_is_read_in_part_or_refused_by_the_child(whole: list[Path], tmp_path: Path, number: int) -> None:
    for each, base, body in variants(whole, number % PACKS):
        if each == number:
            path = tmp_path / base.name
            path.write_bytes(body)
            error = refusal_by_child(path, base.name)
            assert is_named(error), f"variant {number} of {base.name}: {error}, {error and error.detail}"
