"""Citations: what the Messages API says that a claim rests on, as a page of a file and the sentences of it that count.

The API cites whole blocks, which here are whole pages. So a quote is chosen by the words that it shares with the claim.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.extraction.language import STOP_WORDS, UNSPACED
from chalicelib.extraction.pages import Locator, Page
from chalicelib.logs import line
from chalicelib.shapes import Citation

from .file_blocks import Attached, Source
from .file_tools import Found

MAX_QUOTE_CHARACTERS = 400
_MAX_SENTENCES = 3
# A claim and a page are at most this long where they are compared; longer ones are tables, or not worth the time.
_MAX_CLAIM_CHARACTERS = 4_000
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"\S.*?(?:[.!?…](?=\s)|[。！？]|(?=\n\s*\n)|\Z)", re.DOTALL)
_LINE = re.compile(r"\S[^\n]*")

Span = tuple[int, int]


class Citer:
    """The citations of one answer: of files, or of the entries of a twin's sources.

    sources: the documents of the prompt. found: what tools gave so far, by source: several passages of a page, perhaps.
    seen: the documents that tools gave so far, which the API counts on from those of the prompt. Both grow with each
    round.
    """

    def __init__(
        self, sources: Sequence[Source], found: Mapping[str, Sequence[Found]], seen: Sequence[Source] = ()
    ) -> None:
        self._sources = sources
        self._found = found
        self._seen = seen

    def cite(self, given: Mapping[str, Any], claim: str) -> Citation | None:
        """The API's citation as ours; None for one that fits nothing that was sent. claim: the text that it is on."""
        try:
            cited = self._cite(given, claim[:_MAX_CLAIM_CHARACTERS])
        except (KeyError, IndexError, TypeError, AttributeError):  # the API may give anything, null included
            cited = None
        if cited is None:
            line("citation dropped", type=str(given.get("type"))[:40])
        return cited

    def _cite(self, given: Mapping[str, Any], claim: str) -> Citation | None:
        match given["type"]:
            case "content_block_location":
                source = self._source(given)
                first, end = given["start_block_index"], given["end_block_index"]
                pages = source.pages[first : max(end, first + 1)]
                return _citation(source.named(first), pages[0], pages[-1].number, quote(pages[0].text, claim))
            case "search_result_location":
                found, text = _passage(self._found[given["source"]], given["cited_text"].strip())
                return _citation(found.attached, found.page, found.page.number, quote(_bare(text), claim))
            case "page_location":
                return self._of_scan(given)
            case "char_location":
                return self._of_text(given, claim)
        return None

    def _source(self, given: Mapping[str, Any]) -> Source:
        index: int = given["document_index"]
        if index < 0:
            raise IndexError
        documents = [*self._sources, *self._seen]
        title = given.get("document_title")
        # By its title where it has one of its own, should the documents of tools be counted in another way.
        titled = next((each for each in self._seen if title and each.title == title), None)
        return titled if titled is not None else documents[index]

    def _of_scan(self, given: Mapping[str, Any]) -> Citation:
        """A page that was read by sight, by its number in the file: its text is the API's, and stands nowhere else."""
        source = self._source(given)
        before = source.first_page - 1
        number, end = before + given["start_page_number"], before + given["end_page_number"]
        locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
        if source.reading:
            locator["reading"] = source.reading
        text = " ".join(str(given["cited_text"]).split())
        page = Page(number, locator, "")
        return _citation(source.attached, page, max(number, end - 1), text[:MAX_QUOTE_CHARACTERS])

    def _of_text(self, given: Mapping[str, Any], claim: str) -> Citation | None:
        """By characters: the page is the one that has them."""
        source = self._source(given)
        text = given["cited_text"].strip()
        page = next((page for page in source.pages if text and text in page.text), None)
        if page is None:
            return None
        return _citation(source.attached, page, page.number, quote(text, claim))


def _citation(attached: Attached, page: Page, last_page: int, cited_text: str) -> Citation:
    return {
        "file_id": attached.file_id,
        "name": attached.name,
        "page": page.number,
        "last_page": last_page,
        "locator": page.locator,
        "cited_text": cited_text,
    }


def _passage(found: Sequence[Found], cited_text: str) -> tuple[Found, str]:
    """Which of the passages of a page is cited, and what of it; the longest one where the API's words are in none."""
    known = next((each for each in found if cited_text and cited_text in each.page.text), None)
    if known is not None:
        return known, cited_text
    longest = max(found, key=lambda each: len(each.page.text))
    return longest, longest.page.text


def _bare(passage: str) -> str:
    """A passage without the dots that say where the page goes on."""
    return passage.removeprefix("… ").removesuffix(" …")


def quote(text: str, claim: str) -> str:
    """The sentences of a page that share the most with a claim, rare words first; its beginning where none does.

    Literally as they stand there, in one piece, 400 characters at most.
    """
    wanted = set(terms(claim))
    spans = list(_sentences(text))
    words = [wanted.intersection(terms(text[start:end])) for start, end in spans]
    seen_in = Counter(word for shared in words for word in shared)
    weight = {word: math.log(1 + len(spans) / count) for word, count in seen_in.items()}
    best, best_score = (0, min(len(text), MAX_QUOTE_CHARACTERS)), 0.0
    for start, end, shared in _stretches(spans, words):
        # A longer stretch has to earn its length.
        score = sum(weight[word] for word in shared) / math.sqrt(200 + end - start)
        if score > best_score + 1e-9:
            best, best_score = (start, end), score
    return _whole_words(text, best)


def _stretches(spans: list[Span], words: list[set[str]]) -> Iterator[tuple[int, int, set[str]]]:
    """One to three sentences in a row that fit a quote, with the words of the claim in them."""
    for first, (start, _) in enumerate(spans):
        if not words[first]:
            continue
        shared: set[str] = set()
        for _, end_word in zip(range(_MAX_SENTENCES), range(first, len(spans)), strict=False):
            end = spans[end_word][1]
            if end - start > MAX_QUOTE_CHARACTERS:
                break
            shared = shared | words[end_word]
            yield start, end, shared


def _sentences(text: str) -> Iterator[Span]:
    """Sentences; of one that is longer than a quote, its lines, and of a longer line, pieces."""
    for sentence in _SENTENCE.finditer(text):
        if len(sentence[0]) <= MAX_QUOTE_CHARACTERS:
            yield sentence.span()
            continue
        for each in _LINE.finditer(text, *sentence.span()):
            yield from _pieces(text, *each.span())


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > MAX_QUOTE_CHARACTERS:
        cut = text.rfind(" ", start + 1, start + MAX_QUOTE_CHARACTERS)
        cut = cut if cut > start else start + MAX_QUOTE_CHARACTERS
        yield start, cut
        start = cut + (text[cut] == " ")
    if start < end:
        yield start, end


def _whole_words(text: str, span: Span) -> str:
    start, end = span
    if end < len(text) and text[end - 1 : end + 1].isalnum():
        blank = text.rfind(" ", start, end)
        end = blank if blank > start else end
    return text[start:end].strip() or text[:MAX_QUOTE_CHARACTERS].strip()


def terms(text: str) -> list[str]:
    """Words that carry meaning, as they are compared: lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    words = [part for word in _WORD.findall(unicodedata.normalize("NFC", plain)) for part in _parts(word)]
    return [word for word in words if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


def _parts(word: str) -> list[str]:
    """The word, or each two characters in a row of one that is a whole clause for want of spaces."""
    return [word[at : at + 2] for at in range(len(word) - 1)] if UNSPACED.search(word) else [word]
