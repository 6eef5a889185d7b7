"""The worker that reads a file: what S3 tells of, page by page into `extracted/`, and what came of it on its row.

The file is parsed in a child process (`extraction/`); this one claims, fetches, stores, and says how far it is: a
ticker renews the lease every second and pushes `file.updated`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.aws.bucket import TooLarge
from chalicelib.extraction import ExtractionError, Kind, Limits, Note, Total, kind_of, read
from chalicelib.extraction.index.search_index import heads, measure, tokens
from chalicelib.extraction.language import language
from chalicelib.extraction.limits import MB, SCANNED_PAGE_TOKENS
from chalicelib.extraction.pages import Item, is_scan
from chalicelib.logs import adopt, line, report
from chalicelib.push.channel import Channel
from chalicelib.shapes import FileNote
from chalicelib.workers import scratch
from chalicelib.workers.ticker import Ticker

from . import claims, extracts, lifecycle, notes, reading_queue
from . import row as files
from .claims import Lost, Upload
from .page_writer import PageWriter
from .row import File

if TYPE_CHECKING:
    from chalicelib.services import Services

TICK_EVERY_S = 1.0
# What is kept back of the function's time-out: a page may take 28 s, and then its file's index is to be stored.
_RESERVE_S = 45.0
_PATIENCE_S = 10.0
# https://platform.claude.com/docs/en/build-with-claude/pdf-support: 32 MB a request, in which base64 takes 4/3 of the
# file and other files have their share.
MAX_SCAN_BYTES = 10 * MB
# https://platform.claude.com/docs/en/build-with-claude/vision: width × height / 750, once the longer side is brought
# down to 1,568 pixels.
_PIXELS_A_TOKEN = 750
_LONGEST_SIDE_PX = 1_568
_LANGUAGE_PAGES, _LANGUAGE_CHARACTERS = 20, 3_000

_FAILURES = {
    "scan_too_long": "The PDF is a scan without text, which Claude reads by sight: at most {pages} pages. "
    "Split it, or have its text recognised (OCR) and upload that.",
    "scan_too_large": "The PDF is a scan without text, which Claude reads by sight: at most {mb} MB. "
    "Split it, or have its text recognised (OCR) and upload that.",
    "too_slow": "Only pages 1 to {pages} were read: the rest took too long. Split the file to have all of it read.",
    "size_mismatch": "The file that arrived is not of the size that was announced. Upload it again.",
}


def extract(services: Services, event: dict[str, Any], remaining_s: float) -> None:
    """Read the file of an S3 event, if nobody else does or did.

    remaining_s: until the function is killed; a longer document goes on in a run of its own, MAX_RUNS in all.
    Raises what crashed: the file's claim is given back then, so that the same event can be tried once more; after that
    the file has failed.
    """
    began = time.monotonic()
    upload = Upload.from_event(event)
    claimed = claims.claim(services, upload)
    if claimed is None:
        line("extract", file_id=upload.file_id, status="nothing to do")
        return
    adopt(claimed.trace_id)
    work = _Work(services, upload, claimed, began + remaining_s - _RESERVE_S)
    status = "killed"
    try:
        status = work.run() if reading_queue.enter(services, claimed) else work.wait()
    except Exception:
        status = work.give_up()
        raise
    finally:
        work.close()
        elapsed_ms = round((time.monotonic() - began) * 1000)
        line("extraction", **work.figures(), status=status, ms=elapsed_ms)


class _Refused(Exception):
    """The file is refused, for one of our own reasons."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = _FAILURES[code].format(**values)


class _Work:
    """One claimed file in the reading."""

    def __init__(self, services: Services, upload: Upload, claimed: File, deadline: float) -> None:
        self._services = services
        self._upload = upload
        # The row as it was last seen; the ticker sees it anew every second.
        self._file = claimed
        self._deadline = deadline
        self._start_page = claimed.continue_at or 1
        self._limits = Limits(max_file_bytes=services.settings.max_file_mb * MB)
        self._channel = Channel(services, claimed.subject)
        self._pages: int | None = claimed.pages
        self._pages_read = claimed.pages_read
        self._held_until = time.monotonic() + claims.LEASE_S
        self._lost: Lost | None = None
        self._cost: Total | ExtractionError = Total(0)  # what the child has taken
        self._notes: list[Note] = []
        self._is_encrypted = False
        self._detail = ""

    def run(self) -> str:
        """Returns how it ended: ready, failed, to be continued, or lost to somebody else."""
        self._push()
        try:
            outcome = self._read_ticking()
            return self._continue(outcome) if "continue_at" in outcome else self._end(outcome)
        except Lost:
            return self._abandon()

    def wait(self) -> str:
        """Until others of its owner's files have been read."""
        try:
            self._file = claims.pause(self._services, self._file, _PATIENCE_S)
        except Lost:
            return self._abandon()
        self._push()
        reading_queue.wait(self._services, self._file)
        return self._file.status

    def figures(self) -> dict[str, Any]:
        """What may be logged."""
        return {
            "file_id": self._file.file_id,
            "format": self._file.format,
            "attempt": self._file.attempts,
            "pages": self._pages_read,
            "code": self._file.error and self._file.error["code"],
            "detail": self._detail,
            "child_cpu_s": self._cost.cpu_s,
            "child_peak_mb": round(self._cost.peak_memory_bytes / MB),
        }

    def give_up(self) -> str:
        """After a crash: one more run may try. What cannot be stored now is left to the lease's end."""
        try:
            if self._file.attempts >= files.MAX_ATTEMPTS:
                return self._end({"status": "failed", "error": lifecycle.READING_FAILED})
            self._file = claims.leave(self._services, self._file, _PATIENCE_S)
        except Lost:
            return self._abandon()
        except Exception as second:
            report(second)
        return "left"

    def close(self) -> None:
        self._channel.close()

    # Reading

    def _read_ticking(self) -> dict[str, Any]:
        ticker = Ticker(self._tick, TICK_EVERY_S)
        ticker.start()
        try:
            return self._outcome()
        finally:
            ticker.stop()

    def _outcome(self) -> dict[str, Any]:
        """What to change in the row."""
        with scratch.Folder() as folder:
            try:
                return self._read(folder)
            except ExtractionError as error:
                self._detail, self._cost = error.detail, error
                return _failed(error)
            except _Refused as refused:
                return _failed(refused)

    def _read(self, folder: Path) -> dict[str, Any]:
        path = folder / "upload"
        self._fetch(path)
        kind = kind_of(path, self._file.name, self._file.media_type, self._limits)
        found = {"group": kind.group, "format": kind.format, "media_type": kind.media_type}
        with closing(read(path, kind, self._limits, self._start_page)) as items:
            if kind.group == "image":
                total = self._image(items)
                return _ready(found, tokens=image_tokens(total), characters=0, pages=0, notes=self._told(kind))
            index_path = folder / "index.sqlite"
            with self._writer(index_path) as writer:
                left = {"index_key": writer.index_key}
                is_whole = self._store(items, writer)
                if not is_whole and self._may_go_on(writer):
                    writer.pause()
                    return {"continue_at": writer.next_page, "notes": self._told(kind), **left}
                writer.close()
        of_pages = self._of_pages if is_whole else self._of_first_pages
        return of_pages(found, kind, index_path) | left

    def _image(self, items: Iterator[Item]) -> Total:
        for item in items:
            if isinstance(item, Note):
                self._notes.append(item)
            elif isinstance(item, Total):
                self._cost = item
        assert isinstance(self._cost, Total)  # noqa: S101 (its last item, or it has raised)
        return self._cost

    def _told(self, kind: Kind, of_pages: Iterable[Note] = ()) -> list[FileNote]:
        """What the runs so far have told of the file. of_pages: what its pages' locators say.

        A PDF is gone on with at its page; other formats are read from the beginning again, without giving out pages.
        """
        return notes.joined(self._file.notes, [*self._notes, *of_pages], adds_up=kind.reader == "pdf")

    def _may_go_on(self, writer: PageWriter) -> bool:
        """Whether another run would come further: one that stored nothing would be followed by its like."""
        return writer.next_page > self._start_page and self._file.runs + 1 < files.MAX_RUNS

    def _writer(self, index_path: Path) -> PageWriter:
        file = self._file
        assert file.token is not None  # noqa: S101 (it is claimed)
        return PageWriter(
            self._services.extracted,
            file.file_id,
            file.token,
            index_path,
            start_page=self._start_page,
            left_key=file.index_key,
        )

    def _fetch(self, path: Path) -> None:
        try:
            self._services.uploads.download(
                self._file.object_key, path, self._file.version_id, most_bytes=self._file.size
            )
        except TooLarge as larger:
            raise _Refused("size_mismatch") from larger
        if path.stat().st_size != self._file.size:
            raise _Refused("size_mismatch")

    def _store(self, items: Iterator[Item], writer: PageWriter) -> bool:
        """False when time is up before the end, the function's or the parser's own."""
        try:
            for item in items:
                if isinstance(item, Total):
                    self._cost = item
                    self._pages = item.pages
                    self._is_encrypted = item.encrypted
                    continue
                if isinstance(item, Note):
                    self._notes.append(item)
                    continue
                self._hold()
                writer.add(item)
                self._pages_read = max(self._pages_read, item.number)
                if time.monotonic() > self._deadline and writer.next_page > self._start_page:
                    return False
        except ExtractionError as error:
            if error.code != "too_slow":
                raise
            self._detail, self._cost = error.detail, error
            return False
        return True

    def _of_pages(self, found: dict[str, Any], kind: Kind, index_path: Path) -> dict[str, Any]:
        held = measure(index_path)
        scanned = kind.reader == "pdf" and is_scan(held.pages, held.textless_pages)
        if scanned:
            self._check_scan(held.pages)
        if not held.characters and not scanned:
            raise ExtractionError("no_text")
        return _ready(
            found,
            pages=held.pages,
            characters=held.characters,
            tokens=SCANNED_PAGE_TOKENS * held.pages if scanned else tokens(index_path),
            language=_language(index_path),
            scanned=scanned,
            notes=self._told(kind, _of_locators(index_path)),
        )

    def _of_first_pages(self, found: dict[str, Any], kind: Kind, index_path: Path) -> dict[str, Any]:
        """A file of which only the beginning could be read: ready, and says how far. Raises ExtractionError."""
        held = measure(index_path)
        if not held.characters or (kind.reader == "pdf" and is_scan(held.pages, held.textless_pages)):
            raise ExtractionError("too_slow", self._detail, limits=self._limits)
        cut = _Refused("too_slow", pages=held.pages)
        return self._of_pages(found, kind, index_path) | {"error": {"code": cut.code, "message": cut.message}}

    def _check_scan(self, pages: int) -> None:
        """Raises _Refused or ExtractionError for one that could never be shown to Claude."""
        if self._is_encrypted:
            # By sight Claude takes "standard PDF (no passwords/encryption)", also where no password is asked for.
            # https://platform.claude.com/docs/en/build-with-claude/pdf-support
            raise ExtractionError("encrypted_pdf")
        most_pages = self._services.settings.max_scan_pages
        if pages > most_pages:
            raise _Refused("scan_too_long", pages=most_pages)
        if self._file.size > MAX_SCAN_BYTES:
            raise _Refused("scan_too_large", mb=MAX_SCAN_BYTES // MB)

    def _hold(self) -> None:
        """Raises Lost. A worker that was paused past its lease asks whether the file is still its own."""
        if time.monotonic() > self._held_until:
            self._tick()
        if self._lost:
            raise self._lost

    # The ticker thread

    def _tick(self) -> bool:
        """Renew the lease and tell how far it is; False once the file is no longer ours."""
        before = self._file
        now = time.monotonic()
        try:
            self._file = claims.renew(self._services, self._progress())
        except Lost as lost:
            self._lost = lost
            return False
        self._held_until = now + claims.LEASE_S
        self._channel.look()
        if (self._file.pages_read, self._file.pages) != (before.pages_read, before.pages):
            self._push()
        return True

    def _progress(self) -> File:
        return self._file.with_changes(pages_read=self._pages_read, pages=self._pages)

    def _push(self) -> None:
        """A file that its owner has deleted stays out of sight."""
        if self._file.deleted_at is None:
            self._channel.push([files.frame(self._file)])

    # The end

    def _end(self, outcome: dict[str, Any]) -> str:
        self._file = claims.end(self._services, self._progress().with_changes(**outcome), _PATIENCE_S)
        self._push()
        self._tidy(self._file)
        self._give_place_back()
        return self._file.status

    def _continue(self, outcome: dict[str, Any]) -> str:
        left = self._progress().with_changes(**outcome, attempts=0, runs=self._file.runs + 1)
        self._file = claims.leave(self._services, left, _PATIENCE_S)
        self._services.extractions.invoke(self._upload.event)
        return "to be continued"

    def _abandon(self) -> str:
        """Nothing more is stored after this: what there is now goes here, or with whoever is still to end it."""
        file = claims.present(self._services, self._file.file_id)
        if file is None:
            claims.remove_all(self._services, self._upload)
            self._give_place_back()
            return "purged"
        self._tidy(file)
        return "lost"

    def _give_place_back(self) -> None:
        """Never raises: a place that is not given back is found to be free by whoever looks next."""
        try:
            reading_queue.leave(self._services, self._file)
        except Exception as error:
            report(error)

    def _tidy(self, file: File) -> None:
        """Leave of a file that is settled what its row names, and nothing of one that has failed.

        Only once the row says so: until then another worker may be the one that ends it. Never raises: what is left
        takes room until the file is deleted, and nothing else.
        """
        try:
            if file.status == "ready" and file.index_key is not None:
                extracts.drop_former(self._services.extracted, file)
            if file.status == "failed":
                extracts.remove(self._services.extracted, file.file_id)
        except Exception as error:
            report(error)


def _ready(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": "ready", **found, "pages_read": more["pages"], **more}


def _failed(refused: ExtractionError | _Refused) -> dict[str, Any]:
    return {"status": "failed", "error": {"code": refused.code, "message": refused.message}}


def image_tokens(total: Total) -> int:
    """An estimate of what Claude counts for an image."""
    image = total.image or {}
    width, height = image.get("width", 0), image.get("height", 0)
    scale = min(1.0, _LONGEST_SIDE_PX / max(width, height, 1))
    return math.ceil(width * scale * height * scale / _PIXELS_A_TOKEN)


def _of_locators(index_path: Path) -> Iterator[Note]:
    """What the pages say of themselves."""
    for page in heads(index_path, 0):
        if page.locator.get("unreadable"):
            yield Note("unreadable", pages=(page.number,))
        if page.locator.get("cut"):
            yield Note("cut", pages=(page.number,))


def _language(index_path: Path) -> str:
    first = [
        page.text for page, _ in zip(heads(index_path, _LANGUAGE_CHARACTERS), range(_LANGUAGE_PAGES), strict=False)
    ]
    return language("\n".join(first))
