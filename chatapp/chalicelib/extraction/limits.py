"""What a file may cost, in bytes, pages and seconds."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024

# https://platform.claude.com/docs/en/build-with-claude/pdf-support: of a PDF that is read by sight, 100 pages a request
# with a context of 200,000 tokens; 1,500 to 3,000 tokens a page.
MAX_SCANNED_PAGES = 100
SCANNED_PAGE_TOKENS = 2_000


@dataclass(frozen=True)
class Limits:
    """What reading one file may take; each has an error of its own in `failures.py`.

    max_ratio: unpacked to packed bytes of one archive entry, from `free_ratio_bytes` unpacked on. Deflate reaches
        1,032; Word and Excel write their XML at 5 to 50.
    max_page_characters: a longer PDF page or slide is cut, and says so; other formats start another page before that.
    memory_bytes: the child's address space (RLIMIT_AS), of which about 20 MB are Python itself.
    cpu_s: CPU time of the child, whatever it reads; a document that needs more goes on in a run of its own.
    page_cpu_s: of which one page may take so much.
    silence_s: wall-clock time without a page; longer than page_cpu_s, since a Lambda may own less than one core.
    """

    max_file_bytes: int = 50 * MB
    max_unpacked_bytes: int = 400 * MB
    max_entries: int = 10_000
    max_ratio: int = 200
    free_ratio_bytes: int = 8 * MB
    max_pages: int = 20_000
    max_page_characters: int = 100_000
    max_characters: int = 50 * MB
    max_rows: int = 500_000
    max_xml_depth: int = 256
    # https://docs.claude.com/en/docs/build-with-claude/vision: 8,000 px a side, 5 MB an image, counted in base64.
    max_image_bytes: int = 5 * MB * 3 // 4
    max_image_side_px: int = 8_000
    memory_bytes: int = 256 * MB
    cpu_s: int = 30
    page_cpu_s: int = 20
    silence_s: float = 28.0
