"""An SQLite FTS5 index of a file's pages: written while they are read, searched by bm25.

One file, without a journal beside it after each `commit`: it can be copied away then, and searched.

The SQLite is the package's own: the one of Lambda's Python may be of 2013, or come without FTS5.
https://github.com/aws/aws-lambda-base-images/issues/116
"""

from __future__ import annotations

import heapq
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import apsw

from chalicelib.extraction.estimates import estimate_tokens
from chalicelib.extraction.language import STOP_WORDS, UNSPACED
from chalicelib.extraction.pages import Locator, Page

PASSAGE_CHARACTERS = 700
_PAGES_A_COMMIT = 50
_MOST_TERMS = 24
_MOST_TERM_CHARACTERS = 40
_FEWEST_CHARACTERS_OF_A_STEM = 4
# Case and accents are one: "ÉTÉ", "été" and "ete" find each other. Stemming is left to the query, since FTS5 only knows
# the English one.
SCHEMA = """
    CREATE TABLE pages (number INTEGER PRIMARY KEY, locator TEXT NOT NULL, text TEXT NOT NULL);
    CREATE VIRTUAL TABLE words USING fts5(
        text, content='pages', content_rowid='number', tokenize="unicode61 remove_diacritics 2"
    );
    CREATE TRIGGER page_added AFTER INSERT ON pages BEGIN
        INSERT INTO words(rowid, text) VALUES (new.number, new.text);
    END;
    CREATE TRIGGER page_removed AFTER DELETE ON pages BEGIN
        INSERT INTO words(words, rowid, text) VALUES ('delete', old.number, old.text);
    END;
"""
_SEARCH = """
    SELECT words.rowid, pages.locator, highlight(words, 0, char(2), char(3))
    FROM (SELECT rowid AS number, bm25(words) AS score FROM words WHERE words MATCH ?1 ORDER BY score LIMIT ?2) AS found
    JOIN words ON words.rowid = found.number
    JOIN pages ON pages.number = found.number
    WHERE words MATCH ?1
    ORDER BY found.score
"""
# As the tokenizer takes words: an accent that stands apart from its letter ("İ" in lower case) belongs to the word.
_TERM = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_FOUND = re.compile("\x02([^\x03]*)\x03")
_MARK = re.compile("[\x02\x03]")  # control characters, which no page has


@dataclass(frozen=True)
class Hit:
    """passage: about 700 characters of the page around what was found."""

    number: int
    locator: Locator
    passage: str


@dataclass(frozen=True)
class Measure:
    """What an index holds. characters, text_bytes: of all texts, the latter as UTF-8."""

    pages: int
    textless_pages: int
    characters: int
    text_bytes: int


class IndexWriter:
    """Adds pages to the index at `path`, which is made when there is none. A page added again replaces the former."""

    def __init__(self, path: Path) -> None:
        self._database = apsw.Connection(str(path))
        self._uncommitted = 0
        # Lost with the machine, the index is made anew: nothing is gained by waiting for the disk.
        for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -8000"):
            self._database.execute(f"PRAGMA {pragma}").fetchall()
        if not self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'pages'").fetchall():
            with self._database:  # one transaction
                self._database.execute(SCHEMA)

    def add(self, page: Page) -> None:
        """Searchable after the next commit, which comes by itself after every 50 pages."""
        locator = json.dumps(page.locator, ensure_ascii=False)
        if not self._database.in_transaction:  # else each statement would be a transaction of its own
            self._database.execute("BEGIN")
        self._database.execute("DELETE FROM pages WHERE number = ?", (page.number,))
        self._database.execute("INSERT INTO pages VALUES (?, ?, ?)", (page.number, locator, page.text))
        self._uncommitted += 1
        if self._uncommitted >= _PAGES_A_COMMIT:
            self.commit()

    def drop_from(self, number: int) -> None:
        """Remove that page and those after it."""
        self._database.execute("DELETE FROM pages WHERE number >= ?", (number,))

    def commit(self) -> None:
        if self._database.in_transaction:
            self._database.execute("COMMIT")
        self._uncommitted = 0

    def close(self) -> None:
        self.commit()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def build(path: Path, pages: Iterable[Page]) -> None:
    """Add all pages to the index at `path`, and leave it committed."""
    with IndexWriter(path) as index:
        for page in pages:
            index.add(page)


def search(path: Path, query: str, limit: int = 8) -> list[Hit]:
    """The best pages for what a person or the model typed: those with all the words first, then those with some.

    query: anything; quotes and operators are words like others or nothing, and no words find nothing.
    """
    found: dict[int, Hit] = {}
    query = unicodedata.normalize("NFC", query)
    with _opened(path) as database:
        for expression in _expressions(query):
            if len(found) >= limit:
                break
            for hit in _hits(database, expression, limit):
                found.setdefault(hit.number, hit)
        if len(found) < limit:
            for hit in _hits_in_pairs(database, query, limit):
                found.setdefault(hit.number, hit)
    return list(found.values())[:limit]


def read_pages(path: Path, first: int, last: int) -> list[Page]:
    """Pages as they were added, of those numbers that are there."""
    with _opened(path) as database:
        rows = database.execute("SELECT * FROM pages WHERE number BETWEEN ? AND ? ORDER BY number", (first, last))
        return [Page(number, json.loads(locator), text) for number, locator, text in rows]


def heads(path: Path, characters: int) -> Iterator[Page]:
    """All pages in order, each with the beginning of its text."""
    with _opened(path) as database:
        for number, locator, text in database.execute(
            "SELECT number, locator, substr(text, 1, ?) FROM pages ORDER BY number", (characters,)
        ):
            yield Page(number, json.loads(locator), text)


def measure(path: Path) -> Measure:
    with _opened(path) as database:
        counts = database.execute(
            "SELECT count(*), count(*) FILTER (WHERE text = ''), coalesce(sum(length(text)), 0),"
            " coalesce(sum(length(CAST(text AS BLOB))), 0) FROM pages"
        )
        return Measure(*counts.get)


def tokens(path: Path) -> int:
    """What all pages are estimated at."""
    with _opened(path) as database:
        return sum(estimate_tokens(text) for (text,) in database.execute("SELECT text FROM pages"))


def _opened(path: Path) -> closing[apsw.Connection]:
    """For reading what was committed: nobody may write at the same time."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return closing(apsw.Connection(f"{path.resolve().as_uri()}?immutable=1", flags))


def _expressions(query: str) -> Iterator[str]:
    """FTS5 expressions, the strictest first; every term is quoted, so that none is an operator."""
    terms = [term[:_MOST_TERM_CHARACTERS] for term in _TERM.findall(query.lower())]
    telling = [term for term in dict.fromkeys(terms) if term not in STOP_WORDS] or list(dict.fromkeys(terms))
    telling = telling[:_MOST_TERMS]
    if not telling:
        return
    if 1 < len(terms) <= _MOST_TERMS:
        yield '"' + " ".join(terms) + '"'
    stems = [_spelt(term) for term in telling]
    yield " AND ".join(f'"{term}"' for term in telling)
    yield " AND ".join(stems)
    if len(telling) > 1:
        yield " OR ".join(stems)


def _spelt(term: str) -> str:
    """The term's stem, in French in both its spellings: "œuvre" and "oeuvre" find each other."""
    spellings = dict.fromkeys([term, term.replace("œ", "oe"), term.replace("oe", "œ")])
    return f"({' OR '.join(map(_stem, spellings))})"


def _stem(term: str) -> str:
    """A prefix without the plural's ending, which French and English share: "contrats" finds "contrat", and back."""
    if len(term) <= _FEWEST_CHARACTERS_OF_A_STEM or not term.isalpha():
        return f'"{term}"'
    return f'"{term.rstrip("sx") if len(term.rstrip("sx")) >= _FEWEST_CHARACTERS_OF_A_STEM else term}" *'


def _hits(database: apsw.Connection, expression: str, limit: int) -> Iterator[Hit]:
    for number, locator, marked in database.execute(_SEARCH, (expression, limit)):
        yield Hit(number, json.loads(locator), _passage(marked))


def _hits_in_pairs(database: apsw.Connection, query: str, limit: int) -> Iterator[Hit]:
    """The pages with the most of the query's pairs of characters, of scripts in which words are not set apart."""
    all_pairs = (run[at : at + 2] for run in UNSPACED.findall(query) for at in range(len(run) - 1))
    pairs = list(dict.fromkeys(all_pairs))[:_MOST_TERMS]
    if not pairs:
        return
    pages = database.execute("SELECT number, locator, text FROM pages ORDER BY number")
    scored = ((sum(pair in page[2] for pair in pairs), page) for page in pages)
    mark = re.compile("|".join(pairs))
    for score, (number, locator, text) in heapq.nlargest(limit, scored, key=lambda each: each[0]):
        if score:
            yield Hit(number, json.loads(locator), _passage(mark.sub("\x02\\g<0>\x03", text)))


def _passage(marked: str) -> str:
    """The stretch of a page with the most telling hits. marked: the page, hits between \\x02 and \\x03."""
    text = _MARK.sub("", marked)
    if len(text) <= PASSAGE_CHARACTERS:
        return text
    first, last = _densest(_found_words(marked))
    start = max(0, min((first + last) // 2 - PASSAGE_CHARACTERS // 2, len(text) - PASSAGE_CHARACTERS))
    return _whole_words(text, start, start + PASSAGE_CHARACTERS)


def _found_words(marked: str) -> list[tuple[int, str]]:
    """Where the hits stand in the page without marks, and what was found."""
    return [(match.start() - index * 2, match[1].lower()) for index, match in enumerate(_FOUND.finditer(marked))]


def _densest(found: list[tuple[int, str]]) -> tuple[int, int]:
    """First and last position of the hits that fit a passage and weigh most: words rare in the page weigh more."""
    counts = Counter(word for _, word in found)
    best_weight, best = 0.0, (0, 0)
    weight, start = 0.0, 0
    for position, word in found:
        weight += 1 / counts[word]
        while position - found[start][0] > PASSAGE_CHARACTERS * 3 // 4:
            weight -= 1 / counts[found[start][1]]
            start += 1
        if weight > best_weight + 1e-9:
            best_weight, best = weight, (found[start][0], position)
    return best


def _whole_words(text: str, start: int, end: int) -> str:
    """The stretch from the next blank to the last one, with dots where the page goes on."""
    if start > 0:
        start = text.find(" ", start, start + 30) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", end - 30, end), end - 30)
    return ("… " if start > 0 else "") + text[start:end].strip() + (" …" if end < len(text) else "")
