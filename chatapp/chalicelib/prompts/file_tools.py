"""The tools with which Claude looks into files that are too long to be shown: search_files and read_pages.

What they find goes back as search results, so that it can be cited. What the model asks for wrongly is told to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Any

from chalicelib.aws.faults import Busy
from chalicelib.errors import NotFound
from chalicelib.extraction.estimates import beginning, estimate_tokens
from chalicelib.extraction.index import search_index
from chalicelib.extraction.limits import MAX_SCANNED_PAGES, MB, SCANNED_PAGE_TOKENS
from chalicelib.extraction.pages import Page
from chalicelib.files import extracts
from chalicelib.files.row import File
from chalicelib.shapes import NamedFile, ToolDetail

from .file_blocks import BY_SIGHT, Attached, Placed, Seen, Source, is_unread

if TYPE_CHECKING:
    from chalicelib.services import Services

Block = dict[str, Any]

SEARCH = "search_files"
READ = "read_pages"
MAX_HITS = 8
MAX_PAGES = 10
# By estimate, about 20,000 characters of English. What surrounds a passage is counted with it.
MAX_TOKENS = 7_000
_RESULT_TOKENS = 40
# Of pages that are seen, in all calls of an answer: with what a prompt may show (`file_blocks.MAX_RAW_BYTES`) it is
# within the 32 MB of a request, in base64.
_MOST_SEEN_BYTES = 5 * MB
# Of what the model wrote, in what is shown and stored of a call.
_MAX_SHOWN_QUERY = 200
_MAX_SHOWN_FILES = 20
# DynamoDB holds 38 digits, and would refuse the answer that shows more.
_MAX_SHOWN_PAGE = 1_000_000
_BUSY = "The file cannot be read at this moment. Try once more, or answer with what is there and say what is missing."

# Constant, byte for byte: the prompt's cache begins with them.
DEFINITIONS: tuple[dict[str, Any], ...] = (
    {
        "name": SEARCH,
        "description": "Search the attached files that are too long to be shown, by words. Gives the passages that fit"
        " best, each with its file and page. Use the words that the file would use, in its language; search again with"
        " other words when nothing fits.",
        "input_schema": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "Words to look for, or a phrase."},
                "file_id": {"type": "string", "description": "Search this file only."},
            },
            "required": ["query"],
        },
    },
    {
        "name": READ,
        "description": "Read whole pages of an attached file that is too long to be shown: at most 10 pages and about"
        " 20,000 characters at a time, fewer of numbers and of scripts other than Latin.",
        "input_schema": {
            "type": "object",
            "properties": {
                "file_id": {"type": "string"},
                "first_page": {"type": "integer", "description": "From 1."},
                "last_page": {"type": "integer", "description": "This page is read too."},
            },
            "required": ["file_id", "first_page", "last_page"],
        },
    },
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of which something was given to the model; text: what of it."""

    attached: Attached
    page: Page


@dataclass(frozen=True, slots=True)
class Result:
    """seen_pages: those that it shows by sight."""

    content: list[Block]
    is_error: bool = False
    seen_pages: int = 0

    def block(self, tool_use_id: str) -> Block:
        error = {"is_error": True} if self.is_error else {}
        return {"type": "tool_result", "tool_use_id": tool_use_id, "content": self.content, **error}

    @property
    def tokens(self) -> int:
        """By estimate."""
        read = (block for block in self.content if block["type"] != "document")
        texts = (text["text"] for block in read for text in block.get("content", [block]))
        return sum(map(_tokens, texts)) + SCANNED_PAGE_TOKENS * self.seen_pages


class _Refused(Exception):
    """What the model asked for cannot be done. Says why, to the model."""


class Tools:
    """The tools over one conversation's long files.

    found: what they gave so far, by the source that it is cited by: of one page perhaps several passages.
    seen: the documents that they gave, in their order: pages that are read by sight.
    seen_pages: how many pages the prompt shows by sight already.
    """

    def __init__(self, services: Services, searched: Sequence[Placed], seen_pages: int = 0) -> None:
        self._services = services
        self._left_pages = MAX_SCANNED_PAGES - seen_pages
        self._left_bytes = _MOST_SEEN_BYTES
        self._files = {each.attached.file_id: (each.attached, each.file) for each in searched if each.file}
        self.found: dict[str, list[Found]] = {}
        self.seen: list[Source] = []

    @property
    def definitions(self) -> tuple[dict[str, Any], ...]:
        return DEFINITIONS if self._files else ()

    def detail(self, name: str, given: dict[str, Any]) -> ToolDetail:
        """What a person is shown of a call, whether it is a good one or not."""
        chosen = [attached for attached, _ in self._files.values() if attached.file_id == given.get("file_id")]
        if name == READ:
            read: ToolDetail = {"files": _shown(chosen)}
            if first := _number(given.get("first_page")):
                read["first"] = min(first, _MAX_SHOWN_PAGE)
            if last := _number(given.get("last_page")):
                read["last"] = min(last, _MAX_SHOWN_PAGE)
            return read
        if given.get("file_id") is None:
            chosen = [attached for attached, _ in self._files.values()]
        searched: ToolDetail = {"files": _shown(chosen)}
        if isinstance(query := given.get("query"), str):
            searched["query"] = query[:_MAX_SHOWN_QUERY]
        return searched

    def use(self, name: str, given: dict[str, Any], max_tokens: int = MAX_TOKENS) -> Result:
        """Make a call. Only what is our fault is raised."""
        calls = {SEARCH: self._search, READ: self._read}
        if name not in calls:
            return Result([_text(f"There is no such tool: use {SEARCH} or {READ}.")], is_error=True)
        try:
            left = self._left_pages
            content = calls[name](given, min(max_tokens, MAX_TOKENS))
            return Result(content, seen_pages=left - self._left_pages)
        except _Refused as refused:
            return Result([_text(str(refused))], is_error=True)
        except NotFound:
            return Result([_text("This file was deleted a moment ago: its text is no longer there.")], is_error=True)
        except Busy:
            return Result([_text(_BUSY)], is_error=True)

    def _search(self, given: dict[str, Any], max_tokens: int) -> list[Block]:
        query = given.get("query")
        if not isinstance(query, str) or not query.strip():
            raise _Refused("query: give the words to look for.")
        files = list(self._files.values()) if given.get("file_id") is None else [self._file(given)]
        # One file after the other: an index that is not used at once may have to make room for the next.
        found = [self._hits(attached, file, query) for attached, file in files]
        best = [hit for hit in chain.from_iterable(zip_longest(*found)) if hit is not None][:MAX_HITS]
        blocks = self._results(best, max_tokens)
        if not blocks:
            names = ", ".join(attached.name for attached, _ in files[:_MAX_SHOWN_FILES])
            return [_text(f"Nothing fits these words in {names}. Try other words, fewer of them, or {READ}.")]
        return blocks

    def _hits(self, attached: Attached, file: File, query: str) -> list[Found]:
        hits = search_index.search(extracts.index(self._services, file), query, MAX_HITS)
        return [Found(attached, Page(hit.number, hit.locator, hit.passage)) for hit in hits]

    def _read(self, given: dict[str, Any], max_tokens: int) -> list[Block]:
        attached, file = self._file(given)
        first, last = (_number(given.get(name)) for name in ("first_page", "last_page"))
        if not 1 <= first <= last:
            raise _Refused("first_page, last_page: give whole numbers from 1, the smaller one first.")
        pages_there = file.pages or 0
        if first > pages_there:
            raise _Refused(f"first_page: {attached.name} has {pages_there} pages.")
        wanted = min(last, first + MAX_PAGES - 1, pages_there)
        pages = search_index.read_pages(extracts.index(self._services, file), first, wanted)
        blocks, end, is_cut = self._pages(attached, file, pages, max_tokens)
        if end < min(last, pages_there) or is_cut:
            blocks.append(
                _text(f"More does not fit at once: these are pages {first} to {end}, the last one perhaps cut.")
            )
        return blocks

    def _pages(
        self, attached: Attached, file: File, pages: Iterable[Page], max_tokens: int
    ) -> tuple[list[Block], int, bool]:
        """Pages in their order, as texts or by sight, as far as they go; the last one of them, whether it is cut."""
        blocks: list[Block] = []
        end, is_cut, seen_to = 0, False, 0
        for page in pages:
            if page.number > seen_to:
                if is_cut or max_tokens <= _RESULT_TOKENS:
                    break
                piece = next((each for each in file.sight if each[0] <= page.number <= each[1]), None)
                tokens = SCANNED_PAGE_TOKENS * (piece[1] - piece[0] + 1) + _RESULT_TOKENS if piece else 0
                if piece and blocks and tokens > max_tokens:
                    break
                if piece:
                    blocks.append(self._see(attached, file, piece))
                    seen_to = piece[1]
                else:
                    text = beginning(page.text, max_tokens - _RESULT_TOKENS)
                    tokens, is_cut = _tokens(text), text != page.text
                    blocks.append(self._result(Found(attached, page), text))
                max_tokens -= tokens
            end = page.number
        return blocks, end, is_cut

    def _without_text(self, each: Found) -> str:
        _, file = self._files[each.attached.file_id]
        return "(not read: its text cannot be told)" if is_unread(file, each.page) else "(no text)"

    def _see(self, attached: Attached, file: File, piece: Sequence[int]) -> Block:
        """Pages that are read by sight. The API counts those of a request, and its bytes, whoever gives them."""
        first, last, size = piece
        pages = last - first + 1
        if pages > self._left_pages or size > self._left_bytes:
            return _text(f"Pages {first} to {last} are pictures; no more of those can be shown within this answer.")
        (body,) = extracts.sight(self._services, file, [first])
        self._left_pages -= pages
        self._left_bytes -= size
        block, source = Seen(first, last, body, file.reading).document(attached, BY_SIGHT)
        self.seen.append(source)
        return block

    def _file(self, given: dict[str, Any]) -> tuple[Attached, File]:
        file_id = given.get("file_id")
        if not isinstance(file_id, str) or file_id not in self._files:
            known = "; ".join(f"{each.file_id} ({each.name})" for each, _ in self._files.values())
            raise _Refused(f"file_id: none of the files that can be searched. Those are: {known}.")
        return self._files[file_id]

    def _results(self, found: Iterable[Found], max_tokens: int) -> list[Block]:
        """As search results, in order, as far as they go; the last one may be cut."""
        blocks: list[Block] = []
        for each in found:
            if max_tokens <= _RESULT_TOKENS:
                break
            text = beginning(each.page.text, max_tokens - _RESULT_TOKENS)
            max_tokens -= _tokens(text)
            blocks.append(self._result(each, text))
        return blocks

    def _result(self, each: Found, text: str) -> Block:
        source = f"{each.attached.file_id}#page={each.page.number}"
        given = Found(each.attached, Page(each.page.number, each.page.locator, text))
        self.found.setdefault(source, []).append(given)
        return {
            "type": "search_result",
            "source": source,
            "title": f"{each.attached.name}, {each.page.locator['label']}",
            "content": [_text(text if text.strip() else self._without_text(each))],
            "citations": {"enabled": True},
        }


def _shown(files: Iterable[Attached]) -> list[NamedFile]:
    return [NamedFile(file_id=each.file_id, name=each.name) for each in islice(files, _MAX_SHOWN_FILES)]


def _number(value: object) -> int:
    """0, which is no page, for what is no whole number from 1."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _tokens(text: str) -> int:
    return _RESULT_TOKENS + estimate_tokens(text)


def _text(text: str) -> Block:
    return {"type": "text", "text": text}
