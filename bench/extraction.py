"""How fast files become pages, and what memory that takes: by format, on files that it makes itself.

    python bench/extraction.py [uploads]

`uploads`: only those, which need `./deploy.sh local`; without a deployment they are left out.
Wall-clock figures of one run each, first start of the child included; memory is the child's own peak (VmHWM).
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    sys.path[:1] = [str(root), str(root / "chatapp")]

from chalicelib.extraction import Limits, Page, Total, kind_of, read
from chalicelib.extraction.index.search_index import IndexWriter, search
from pypdf import PdfReader

from bench import extraction_files as files
from bench import extraction_stage as stage
from bench.report import Figure, load_average, show

MAX_PEAK_MB = 300
MAX_SEARCH_MS = 100
SEARCHES = ("repère1234", "délai de paiement", "resultats de la these", "margins OR (costs")


@dataclass(frozen=True, slots=True)
class Case:
    """name: of the figures. make: writes a file of `size` (pages, rows or bytes) to a path."""

    name: str
    filename: str
    make: Callable[[Path, int], Path]
    size: int


CASES = (
    *(Case(f"pdf_{pages}", f"{pages}.pdf", files.pdf, pages) for pages in (10, 200, 2_000)),
    *(Case(f"docx_{pages}", f"{pages}.docx", files.word, pages) for pages in (10, 200, 2_000)),
    *(Case(f"pptx_{pages}", f"{pages}.pptx", files.slides, pages) for pages in (10, 200, 2_000)),
    Case("xlsx_100000_rows", "rows.xlsx", files.workbook, 100_000),
    Case("csv_100000_rows", "rows.csv", files.table, 100_000),
    Case("txt_10_mb", "10_mb.txt", files.text, 10_000_000),
    Case("html_10_mb", "10_mb.html", files.web_page, 10_000_000),
)


@dataclass(frozen=True, slots=True)
class Reading:
    pages: int
    seconds: float
    first_page_s: float
    first_found_s: float | None  # until a search found a word of the first page
    peak_memory_mb: float
    cpu_s: float  # of the child; says more than `seconds` on a busy machine


def measure(path: Path, index_path: Path | None = None) -> Reading:
    """Read a file as the function does; with `index_path`, index its pages while they come."""
    started = time.perf_counter()
    first_page_s, first_found_s, pages, last = 0.0, None, 0, Total(0)
    with IndexWriter(index_path) if index_path else nullcontext() as index:
        for item in read(path, kind_of(path, path.name, ""), Limits()):
            if isinstance(item, Total):
                last = item
            if not isinstance(item, Page):
                continue
            pages += 1
            first_page_s = first_page_s or time.perf_counter() - started
            if index and index_path:
                index.add(item)
                if pages == 1:
                    index.commit()
                    first_found_s = time.perf_counter() - started if _finds(index_path, item) else None
    seconds = time.perf_counter() - started
    return Reading(pages, seconds, first_page_s, first_found_s, last.peak_memory_bytes / 1e6, last.cpu_s)


def _finds(index_path: Path, page: Page) -> bool:
    return bool(search(index_path, page.text.split()[0], 1))


def by_format(scratch: Path) -> Iterator[Figure]:
    for case in CASES:
        reading = measure(case.make(scratch / case.filename, case.size))
        note = f"{reading.pages:,} pages in {reading.seconds:.2f} s, the first after {reading.first_page_s:.2f} s"
        yield Figure(f"{case.name}_pages_per_s", round(reading.pages / reading.seconds, 1), note=note)
        yield Figure(f"{case.name}_pages_per_cpu_s", round(reading.pages / reading.cpu_s, 1))
        yield Figure(f"{case.name}_peak_mb", round(reading.peak_memory_mb, 1), MAX_PEAK_MB)


def pypdf_alone(scratch: Path) -> Iterator[Figure]:
    """The same PDF in this process, without limits, pipe or cleaning: what the child adds is the difference."""
    started_s = time.process_time()
    with (scratch / "2000.pdf").open("rb") as file:
        pages = sum(1 for page in PdfReader(file).pages if page.extract_text())
    yield Figure("pypdf_alone_2000_pages_per_cpu_s", round(pages / (time.process_time() - started_s), 1))


def searched(scratch: Path) -> Iterator[Figure]:
    """Indexing and search over the 2,000 pages of the PDF that `by_format` made."""
    index_path = scratch / "index.sqlite"
    reading = measure(scratch / "2000.pdf", index_path)
    yield Figure("pdf_2000_indexed_s", round(reading.seconds, 2), note="read and indexed in one run")
    if reading.first_found_s is not None:
        yield Figure("pdf_2000_first_page_found_s", round(reading.first_found_s, 2), round(reading.seconds, 2))
    yield Figure("index_mb", round(index_path.stat().st_size / 1e6, 1), note="of 2,000 pages")
    search(index_path, "warm")
    slowest_ms = max(_search_ms(index_path, query) for query in SEARCHES)
    yield Figure(
        "search_2000_pages_slowest_ms", round(slowest_ms, 1), MAX_SEARCH_MS, f"of {len(SEARCHES)} queries, warm"
    )


def _search_ms(index_path: Path, query: str) -> float:
    started = time.perf_counter()
    if not search(index_path, query):
        raise RuntimeError(f"nothing found for {query}")
    return (time.perf_counter() - started) * 1000


def figures(scratch: Path) -> list[Figure]:
    """Uploads first: they are what a person waits for, and the machine is still quiet then."""
    return [
        *stage.uploads(scratch),
        *by_format(scratch),
        *pypdf_alone(scratch),
        *searched(scratch),
        load_average(),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chatapp-bench-") as folder:
        scratch = Path(folder)
        chosen = [*stage.uploads(scratch), load_average()] if sys.argv[1:] == ["uploads"] else figures(scratch)
        show("files to pages", chosen)


if __name__ == "__main__":
    main()
