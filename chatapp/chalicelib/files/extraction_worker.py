"""The worker that reads a file: what S3 tells of, page by page into `extracted/`, and what came of it on its row.

The file is parsed in a child process (`extraction/`); this one claims, fetches, stores, and says how far it is: a
ticker renews the lease every second and pushes `file.updated`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.aws.bucket import TooLarge
from chalicelib.extraction import ExtractionError, Kind, Limits, Note, Total, kind_of, read
from chalicelib.extraction.index.search_index import measure, tokens
from chalicelib.extraction.limits import MB, SCANNED_PAGE_TOKENS
from chalicelib.extraction.pages import Item
from chalicelib.extraction.version import READER_VERSION
from chalicelib.logs import adopt, line, report
from chalicelib.push.channel import Channel
from chalicelib.shapes import FileNote
from chalicelib.workers import scratch
from chalicelib.workers.ticker import Ticker

from . import claims, extracts, lifecycle, notes, reading_queue, sight
from . import row as files
from .claims import Lost, Upload
from .outcomes import Refused, again, failed, image_tokens, language_of, of_locators, ready
from .page_writer import PageWriter
from .row import File

if TYPE_CHECKING:
    from chalicelib.services import Services

TICK_EVERY_S = 1.0
# What is kept back of the function's time-out: a page may take 28 s, and then its file's index is to be stored.
_RESERVE_S = 45.0
_PATIENCE_S = 10.0


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
        self._is_again = claimed.is_again
        first_left: dict[str, Any] = {"index_key": claimed.index_key, "notes": claimed.notes}
        self._left = (claimed.again_left or {}) if claimed.is_again else first_left
        self._reading = claimed.readings if claimed.is_again else claimed.reading
        self._pages: int | None = claimed.pages
        self._pages_read = claimed.pages_read
        self._held_until = time.monotonic() + claims.LEASE_S
        self._lost: Lost | None = None
        self._cost: Total | ExtractionError = Total(0)  # what the child has taken
        # Each with the page after which it came.
        self._notes: list[tuple[int, Note]] = []
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
        return self._file.work

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
                error = lifecycle.AGAIN_FAILED if self._is_again else lifecycle.READING_FAILED
                return self._end({"status": "failed", "error": error})
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
                return failed(error)
            except Refused as refused:
                return failed(refused)

    def _read(self, folder: Path) -> dict[str, Any]:
        path = folder / "upload"
        self._fetch(path)
        kind = kind_of(path, self._file.name, self._file.media_type, self._limits)
        found = {"group": kind.group, "format": kind.format, "media_type": kind.media_type}
        with closing(read(path, kind, self._limits, self._start_page)) as items:
            if kind.group == "image":
                total = self._image(items)
                return ready(found, tokens=image_tokens(total), characters=0, pages=0, notes=self._told(kind))
            index_path = folder / "index.sqlite"
            with self._writer(index_path) as writer:
                left = {"index_key": writer.index_key}
                is_whole = self._store(items, writer)
                if not is_whole and self._may_go_on(writer):
                    writer.pause()
                    # What came of later pages comes again with them.
                    self._notes = [(after, note) for after, note in self._notes if after < writer.next_page]
                    return {"continue_at": writer.next_page, "notes": self._told(kind), **left}
                writer.close()
        of_pages = self._of_pages if is_whole else self._of_first_pages
        return of_pages(found, kind, path, index_path) | left

    def _image(self, items: Iterator[Item]) -> Total:
        for item in items:
            if isinstance(item, Note):
                self._notes.append((0, item))
            elif isinstance(item, Total):
                self._cost = item
        assert isinstance(self._cost, Total)  # noqa: S101 (its last item, or it has raised)
        return self._cost

    def _told(self, kind: Kind, of_pages: Iterable[Note] = ()) -> list[FileNote]:
        """What the runs so far have told of the file. of_pages: what its pages' locators say.

        A PDF is gone on with at its page; other formats are read from the beginning again, without giving out pages.
        """
        now = [*(note for _, note in self._notes), *of_pages]
        return notes.joined(self._left.get("notes", []), now, adds_up=kind.reader == "pdf")

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
            left_key=self._left.get("index_key"),
            reading=self._reading,
        )

    def _fetch(self, path: Path) -> None:
        try:
            self._services.uploads.download(
                self._file.object_key, path, self._file.version_id, most_bytes=self._file.size
            )
        except TooLarge as larger:
            raise Refused("size_mismatch") from larger
        if path.stat().st_size != self._file.size:
            raise Refused("size_mismatch")

    def _store(self, items: Iterator[Item], writer: PageWriter) -> bool:
        """False when time is up before the end, the function's or the parser's own."""
        is_time_up, after = False, self._start_page - 1
        try:
            for item in items:
                if isinstance(item, Note):  # of the page before it, or of the whole file
                    self._notes.append((after, item))
                    continue
                if is_time_up:
                    return False
                if isinstance(item, Total):
                    self._cost = item
                    self._pages = item.pages
                    self._is_encrypted = item.encrypted
                    continue
                self._hold()
                writer.add(item)
                after = item.number
                self._pages_read = max(self._pages_read, item.number)
                is_time_up = time.monotonic() > self._deadline and writer.next_page > self._start_page
        except ExtractionError as error:
            if error.code != "too_slow":
                raise
            self._detail, self._cost = error.detail, error
            return False
        return True

    def _of_pages(self, found: dict[str, Any], kind: Kind, path: Path, index_path: Path) -> dict[str, Any]:
        held = measure(index_path)
        unread = sight.unread(index_path) if kind.reader == "pdf" else sight.NONE
        is_sent_whole = unread.is_scan and self._may_be_sent(held.pages)
        of_text = 0 if is_sent_whole else tokens(index_path)
        most = sight.most_pages(self._services.settings, of_text if unread.is_scan else None)
        pieces = [] if is_sent_whole else self._cut(kind, path, unread, most)
        if not is_sent_whole and not pieces and (unread.is_scan or not held.characters):
            raise self._unseen(unread)
        shown = [page for first, last, _ in pieces for page in range(first, last + 1)]
        of_pages = [*of_locators(index_path), *([] if is_sent_whole else sight.told(unread, shown))]
        seen = held.pages if is_sent_whole else len(shown)
        return ready(
            found,
            pages=held.pages,
            characters=held.characters,
            tokens=SCANNED_PAGE_TOKENS * seen + of_text,
            language=language_of(index_path),
            scanned=is_sent_whole,
            sight=pieces,
            notes=self._told(kind, of_pages),
        )

    def _of_first_pages(self, found: dict[str, Any], kind: Kind, path: Path, index_path: Path) -> dict[str, Any]:
        """A file of which only the beginning could be read: ready, and says how far. Raises ExtractionError."""
        held = measure(index_path)
        if not held.characters or (kind.reader == "pdf" and sight.unread(index_path).is_scan):
            raise ExtractionError("too_slow", self._detail, limits=self._limits)
        cut = Refused("too_slow", pages=held.pages)
        return self._of_pages(found, kind, path, index_path) | {"error": {"code": cut.code, "message": cut.message}}

    def _may_be_sent(self, pages: int) -> bool:
        """Whether a scan can stand in a prompt as it is.

        By sight Claude takes "standard PDF (no passwords/encryption)", also where no password is asked for.
        https://platform.claude.com/docs/en/build-with-claude/pdf-support
        """
        most_pages = self._services.settings.max_scan_pages
        return not self._is_encrypted and pages <= most_pages and self._file.size <= sight.MAX_SIGHT_BYTES

    def _cut(self, kind: Kind, path: Path, unread: sight.Unread, most: int) -> list[list[int]]:
        """Store what is to be seen, as far as a prompt takes it: first and last page of each piece, and its size."""
        stored: list[list[int]] = []
        for piece in sight.pieces(path, kind, unread.to_be_seen[:most], self._limits):
            self._hold()
            key = extracts.sight_key(self._file.file_id, piece.first, self._reading)
            self._services.extracted.put(key, piece.body, "application/pdf")
            stored.append([piece.first, piece.last, len(piece.body)])
        return stored

    def _unseen(self, unread: sight.Unread) -> ExtractionError | Refused:
        """Why a file without text cannot be seen either."""
        if not unread.to_be_seen:
            return ExtractionError("no_text")
        if self._file.size > sight.MAX_SIGHT_BYTES:
            return Refused("scan_too_large", mb=sight.MAX_SIGHT_BYTES // MB)
        return ExtractionError("broken_file", "no page can be cut out", format="PDF")

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
        if self._is_again:
            return self._file
        return self._file.with_changes(pages_read=self._pages_read, pages=self._pages)

    def _push(self) -> None:
        """A file that its owner has deleted stays out of sight."""
        if self._file.deleted_at is None:
            self._channel.push([files.frame(self._file)])

    # The end

    def _end(self, outcome: dict[str, Any]) -> str:
        ended = again(outcome, self._reading) if self._is_again else outcome | {"reader_version": READER_VERSION}
        self._file = claims.end(self._services, self._progress().with_changes(**ended), _PATIENCE_S)
        self._push()
        self._tidy(self._file)
        self._give_place_back()
        return self._file.status

    def _continue(self, outcome: dict[str, Any]) -> str:
        if self._is_again:
            outcome = {"continue_at": outcome.pop("continue_at"), "again_left": outcome}
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
            if file.is_again:  # whoever reads it again may have stored some of it
                return
            if file.status == "ready" and file.index_key is not None:
                extracts.drop_former(self._services.extracted, file)
            if file.status == "failed":
                extracts.remove(self._services.extracted, file.file_id)
        except Exception as error:
            report(error)
