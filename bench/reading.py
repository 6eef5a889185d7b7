"""How well files are read: by format, ours against other readers, on the golden corpus (tests/golden).

    python bench/reading.py [FORMAT …]

Of each file, against the text that a person sees in it: words found (of those expected, as often as they stand there),
words in order (the longest common run of both, of those expected), pages whose words stand on the page where they
belong, and seconds. The median and the worst tenth by format; a reader that refuses a file has 0 of it.

Others are measured in the same run where they are installed, and are in no lock of ours unless we use them:
pypdf, PDFium (`pip install pypdfium2`), and markitdown (`pip install 'markitdown[all]'`) for all formats.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    sys.path[:1] = [str(root), str(root / "chatapp")]

from chalicelib.extraction import Page, kind_of, read

from bench.report import ROOT, Figure, load_average, show

GOLDEN = ROOT / "tests" / "golden"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Golden:
    """A file of the corpus and what a person sees on its pages."""

    path: Path
    pages: Sequence[str]
    media_type: str

    @property
    def format(self) -> str:
        return self.path.suffix.removeprefix(".").lower()


@dataclass(frozen=True, slots=True)
class Score:
    """found, ordered, placed: shares. placed: None of a reader that knows no pages."""

    found: float
    ordered: float
    placed: float | None
    seconds: float


Reader = Callable[[Golden], list[str]]


def main() -> None:
    wanted = {each.lower() for each in sys.argv[1:]}
    corpus = [each for each in golden() if not wanted or each.format in wanted]
    others = {name: reader for name, reader in _OTHERS.items() if _is_there(name)}
    figures = []
    for format_name in sorted({each.format for each in corpus}):
        files = [each for each in corpus if each.format == format_name]
        for name, reader in {"ours": _ours, **others}.items():
            if name in ("ours", "markitdown") or format_name == "pdf":
                figures += _figures(f"{format_name}_{name}", [_score(each, reader) for each in files])
    show(f"Reading {len(corpus)} files of the golden corpus", [*figures, load_average()])


def golden() -> Iterator[Golden]:
    for told in sorted(GOLDEN.glob("*/*.json")):
        path = told.with_suffix("")
        if path.exists():
            expected: dict[str, Any] = json.loads(told.read_text())
            yield Golden(path, expected["pages"], expected.get("type", ""))


# Readers: the texts of a file's pages; one page where they know none


def _ours(file: Golden) -> list[str]:
    kind = kind_of(file.path, file.path.name, file.media_type)
    return [item.text for item in read(file.path, kind) if isinstance(item, Page)]


def _pypdf(file: Golden) -> list[str]:
    from pypdf import PdfReader  # noqa: PLC0415

    return [page.extract_text() for page in PdfReader(file.path).pages]


def _pdfium(file: Golden) -> list[str]:
    import pypdfium2  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415

    document = pypdfium2.PdfDocument(file.path)
    return [page.get_textpage().get_text_bounded() for page in document]


def _markitdown(file: Golden) -> list[str]:
    import markitdown  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415

    return [markitdown.MarkItDown(enable_plugins=False).convert_local(str(file.path)).text_content]


_OTHERS: dict[str, Reader] = {"pypdf": _pypdf, "pypdfium2": _pdfium, "markitdown": _markitdown}


def _is_there(name: str) -> bool:
    if find_spec(name):
        return True
    print(f"{name} is not installed and is left out.")
    return False


# Scores


def _score(file: Golden, reader: Reader) -> Score:
    began = time.perf_counter()
    pages: list[str] = []
    with suppress(Exception):  # whatever another's reader raises
        pages = reader(file)
    seconds = time.perf_counter() - began
    expected, given = _words(" ".join(file.pages)), _words(" ".join(pages))
    return Score(_share(expected, given), _order(expected, given), _placed(file.pages, pages), seconds)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _share(expected: Sequence[str], given: Sequence[str]) -> float:
    if not expected:
        return 1.0
    return (Counter(expected) & Counter(given)).total() / len(expected)


def _order(expected: Sequence[str], given: Sequence[str]) -> float:
    if not expected:
        return 1.0
    matcher = SequenceMatcher(None, expected, given, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(expected)


def _placed(expected: Sequence[str], given: Sequence[str]) -> float | None:
    """The share of all words that stand on their own page."""
    if len(given) == 1 and len(expected) > 1:
        return None
    counts = [len(_words(page)) for page in expected]
    if not sum(counts):
        return 1.0
    on_page = [_share(_words(page), _words(text)) for page, text in zip(expected, given, strict=False)]
    return sum(share * count for share, count in zip(on_page, counts, strict=False)) / sum(counts)


def _figures(name: str, scores: Sequence[Score]) -> list[Figure]:
    """Of each measure the median, and the mean of its worst tenth."""
    shares = {
        "words_found": [each.found for each in scores],
        "words_in_order": [each.ordered for each in scores],
        "words_on_their_page": [each.placed for each in scores if each.placed is not None],
    }
    figures = []
    for measure, values in shares.items():
        if values:
            note = f"{len(values)} files"
            figures.append(Figure(f"{name}_{measure}_median", round(statistics.median(values), 3), note=note))
            figures.append(Figure(f"{name}_{measure}_worst_tenth", round(_worst_tenth(values), 3)))
    seconds = [each.seconds for each in scores]
    slowest = -_worst_tenth([-each for each in seconds])
    figures.append(Figure(f"{name}_ms_median", round(statistics.median(seconds) * 1000, 1)))
    figures.append(Figure(f"{name}_ms_worst_tenth", round(slowest * 1000, 1)))
    return figures


def _worst_tenth(values: Sequence[float]) -> float:
    worst = sorted(values)[: max(1, len(values) // 10)]
    return statistics.fmean(worst)


if __name__ == "__main__":
    main()
