"""The passages of documents and search results that are closest to a question, with their citations.

The ranking is lexical: words of the question, rare words first, shorter passages before longer ones. The
same request always gives the same passages.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from deploy.local.demo_model.pdf import read_pdf_pages
from deploy.local.demo_model.request import Block, MessagesRequest, blocks_of

MAX_QUOTE_CHARS = 400
MAX_PASSAGES = 3
SUPPORTING_SHARE = 0.4  # a passage below this share of the best score is left out

_ENGLISH_STOPWORDS = """
    a about add all an and any are as at be but by can could create do does explain for from give had
    has have how i if in into is it its like make me my no not of on or our please say show so some tell
    than that the their them then there these they this to us use was we were what when where which who
    why will with would write you your
"""
_FRENCH_STOPWORDS = """
    ai au aux avec avez ce cela ces cet cette comme comment dans de des dis donne donner du ecris elle
    en est et etre eu explique faire fais fait il ils je la le les leur lui ma mais me mes moi mon ne
    nous ou par pas peux plus pour pourquoi qu quand que quel quelle quelles quels qui quoi sa sans se
    ses si son sont sur ta te tes toi ton tu un une vos votre vous
"""
STOPWORDS = frozenset(f"{_ENGLISH_STOPWORDS} {_FRENCH_STOPWORDS}".split())

_WORD = re.compile(r"[^\W_]+")
_LABEL = re.compile(r"\[[^\]]*\]")
_SENTENCE = re.compile(r"\S.*?(?:[.!?…](?=\s)|(?=\n\s*\n)|\Z)", re.S)


@dataclass(frozen=True)
class Passage:
    """`quote`: a stretch of one sentence; `citation`: the API's object, None where citations are off."""

    quote: str
    title: str | None
    citation: dict[str, Any] | None
    place: tuple[str, int, int]  # kind of source, its index, block or page in it: one quote of each


@lru_cache(maxsize=16_384)
def terms(text: str) -> tuple[str, ...]:
    """The words of `text` that carry meaning, in order: lower case, no accents, plural s or stopwords."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    words = [word for word in _WORD.findall(plain) if len(word) > 1 or word.isdigit()]
    kept = (word for word in words if word not in STOPWORDS)
    return tuple(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in kept)


def document_passages(request: MessagesRequest) -> list[Passage]:
    documents = request.source_blocks("document")
    return [passage for index, block in enumerate(documents) for passage in _of_document(block, index)]


def result_passages(request: MessagesRequest) -> list[Passage]:
    """The passages of the search results in the last message: what a tool has just found."""
    newest = {id(each) for block in request.messages[-1][1] for each in (block, *_tool_content(block))}
    found = enumerate(request.source_blocks("search_result"))
    return [passage for index, block in found if id(block) in newest for passage in _of_result(block, index)]


def closest(question: str, passages: list[Passage]) -> list[Passage]:
    """Return the passages that share words with `question`, best first; [] when none does."""
    wanted = set(terms(question))
    in_passages = [Counter(terms(passage.quote)) for passage in passages]
    seen_in = Counter(word for words in in_passages for word in words.keys() & wanted)
    rarity = {word: math.log(1 + len(passages) / count) for word, count in seen_in.items()}
    scores = [
        sum(rarity[word] for word in words.keys() & wanted) / math.sqrt(8 + words.total()) for words in in_passages
    ]
    ranked = sorted(range(len(passages)), key=lambda index: -scores[index])
    floor = SUPPORTING_SHARE * max(scores, default=0.0)
    return _one_of_each_place([passages[index] for index in ranked if scores[index] > 0 and scores[index] >= floor])


def coverage(question: str, passages: list[Passage]) -> float:
    """The largest share of the question's words that one passage holds, from 0 to 1."""
    wanted = set(terms(question))
    return max((len(wanted.intersection(terms(passage.quote))) for passage in passages), default=0) / (len(wanted) or 1)


def openings(passages: list[Passage]) -> list[Passage]:
    """Return how each source begins, labels such as "[page 1]" left out."""
    first: dict[tuple[str, int], Passage] = {}
    for passage in passages:
        if not _LABEL.fullmatch(passage.quote):
            first.setdefault(passage.place[:2], passage)
    return list(first.values())[:MAX_PASSAGES]


def _one_of_each_place(passages: list[Passage]) -> list[Passage]:
    best: dict[tuple[str, int, int], Passage] = {}
    for passage in passages:
        best.setdefault(passage.place, passage)
    return list(best.values())[:MAX_PASSAGES]


def _tool_content(block: Block) -> list[Block]:
    return blocks_of(block.get("content") or []) if block["type"] == "tool_result" else []


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence. What is longer than MAX_QUOTE_CHARS, such as a table, comes by lines."""
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if end - start <= MAX_QUOTE_CHARS:
            yield start, start + len(text[start:end].rstrip())
        else:
            yield from _lines(text, start, end)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        line_end = text.find("\n", start, end)
        stop = end if line_end < 0 else line_end
        if stop - start > MAX_QUOTE_CHARS:
            cut = text.rfind(" ", start, start + MAX_QUOTE_CHARS)
            stop = cut if cut > start else start + MAX_QUOTE_CHARS
        if piece := text[start:stop].strip():
            begin = text.index(piece[0], start)
            yield begin, begin + len(piece)
        start = stop + (1 if stop < end and text[stop] in "\n " else 0)


def _of_document(block: Block, index: int) -> Iterator[Passage]:
    source, title = block["source"], block.get("title")
    cited = bool((block.get("citations") or {}).get("enabled"))
    about = {"document_index": index, "document_title": title, "file_id": None}
    if source["type"] == "text":
        found = _of_text(source["data"], about)
    elif source["type"] == "base64":
        found = _of_pages(read_pdf_pages(source["data"]), about)
    else:
        found = _of_blocks(blocks_of(source["content"]), "content_block_location", about)
    for number, (quote, citation) in enumerate(found):
        inner = citation.get("start_block_index", citation.get("start_page_number", number))
        yield Passage(quote, title, citation if cited else None, ("document", index, inner))


def _of_result(block: Block, index: int) -> Iterator[Passage]:
    cited = bool((block.get("citations") or {}).get("enabled"))
    about = {"search_result_index": index, "source": block["source"], "title": block["title"]}
    for quote, citation in _of_blocks(block["content"], "search_result_location", about):
        place = ("search_result", index, citation["start_block_index"])
        yield Passage(quote, block["title"], citation if cited else None, place)


def _of_text(text: str, about: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for start, end in sentences(text):
        where = {"start_char_index": start, "end_char_index": end}
        yield text[start:end], {"type": "char_location", "cited_text": text[start:end], **about, **where}


def _of_pages(pages: tuple[str, ...], about: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, page in enumerate(pages, start=1):
        where = {"start_page_number": number, "end_page_number": number + 1}
        for start, end in sentences(page):
            yield page[start:end], {"type": "page_location", "cited_text": page[start:end], **about, **where}


def _of_blocks(blocks: list[Block], kind: str, about: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, block in enumerate(blocks):
        if block["type"] != "text":
            continue
        # A block is the smallest thing that the API cites, so cited_text is all of it, whatever is quoted.
        where = {"start_block_index": number, "end_block_index": number + 1}
        citation = {"type": kind, "cited_text": block["text"], **about, **where}
        for start, end in sentences(block["text"]):
            yield block["text"][start:end], citation
