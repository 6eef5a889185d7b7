"""Words with boxes, joined to runs and lines, in points from the page's upper left corner. No PDF in here."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import NamedTuple

from .pdfium import RAISED, RAISED_BY, SMALL, Word

# In heights of a line, which are about 1.2 of the letters' size: a wider gap is no space between two words of a line.
_WORD_GAP, _BLANK = 1.0, 0.12
_JOINED_GAP = 0.55  # of two that do not follow each other in the file: the gutter between columns may be narrow
_SAME_ROW = 0.45  # how far apart the middles of two runs of one line may be
_OVERLAP = 0.25  # of the lower one's height: less is not beside each other
_FIRST_SIGN, _SAMPLE = "\u2e80", 12  # words, by which most pages are known to have none
_WAY = itemgetter(7)  # a word's direction
_RULE = re.compile(r"[_.\u2026\s]{3,}$")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class Run(NamedTuple):
    """Words of one line with no wide gap between them. is_value: filled in, so that no label touches it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    is_value: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def upright(words: list[Word]) -> tuple[list[Word], list[str]]:
    """The words of the page's main direction as if it were along the line, and lines of the others."""
    words = _stacked(words)
    if not any(map(_WAY, words)):
        return words, []
    turned = {way: sum(len(word.text) for word in words if word.direction == way) for way in (0, 1, -1)}
    main = max((0, 1, -1), key=lambda way: turned[way])
    if main:
        words = [_turned(word, main) for word in words]
    kept: list[Word] = []
    aside: list[list[str]] = []
    was_aside = False
    for word in words:
        is_aside = word.direction != 0 or (was_aside and not word.breaks and len(word.text) == 1)
        if not is_aside:
            kept.append(word)
        elif was_aside and not word.breaks:
            aside[-1].append(word.text)
        else:
            aside.append([word.text])
        was_aside = is_aside
    return kept, [" ".join(line) for line in aside]


def _stacked(words: list[Word]) -> list[Word]:
    """Signs of Chinese or Japanese below each other, where most of a page is written so, as words that go down."""
    if not any(word.text >= _FIRST_SIGN for word in words[:_SAMPLE]):
        return words
    stacked: list[Word] = []
    joined_signs = 0
    for word in words:
        before = stacked[-1] if stacked else None
        if before is not None and _is_below(before, word):
            joined_signs += 1
            edges = (min(before.left, word.left), before.top, max(before.right, word.right), word.bottom)
            stacked[-1] = Word(before.text + word.text, *edges, True, before.reliable and word.reliable, 1)
        else:
            stacked.append(word)
    return stacked if joined_signs > len(words) / 2 else words


def _is_below(before: Word, word: Word) -> bool:
    if len(word.text) > 1 or min(word.text, before.text) < _FIRST_SIGN:
        return False
    height, aside = word.bottom - word.top, before.left + before.right - word.left - word.right
    return abs(word.top - before.bottom) < height / 2 and abs(aside) < word.right - word.left


def _turned(word: Word, main: int) -> Word:
    # A single letter has no direction of its own.
    direction = 0 if word.direction == main or len(word.text) == 1 else 1
    left, top, right, bottom = word[1:5]
    edges = (top, -right, bottom, -left) if main == 1 else (-bottom, left, -top, right)
    return Word(word.text, *edges, word.breaks, word.reliable, direction)


def runs_of(words: list[Word]) -> list[Run]:
    runs: list[Run] = []
    texts: list[str] = []
    left = top = right = bottom = 0.0
    for text, word_left, word_top, word_right, word_bottom, breaks, _, _ in words:
        height = bottom - top
        if (
            texts
            and not breaks
            and abs(word_top + word_bottom - top - bottom) <= 1.2 * height
            and -height < max(word_left - right, left - word_right) <= _WORD_GAP * height
        ):
            texts.append(text)
            left, right = min(left, word_left), max(right, word_right)
            if word_bottom - word_top > height:
                top, bottom = word_top, word_bottom
            continue
        if texts:
            runs.append(Run(" ".join(texts), left, top, right, bottom))
        texts, left, top, right, bottom = [text], word_left, word_top, word_right, word_bottom
    if texts:
        runs.append(Run(" ".join(texts), left, top, right, bottom))
    return runs


def without_rules(runs: list[Run], values: list[Run]) -> list[Run]:
    """A line of underscores or dots to write on is not seen behind what was written."""
    kept = []
    for run in runs:
        ruled = _RULE.search(run.text)
        over = [value for value in values if ruled and beside(run, value) and value.left < run.right]
        over = [value for value in over if value.right > run.left]
        if not ruled or not over:
            kept.append(run)
        elif ruled.start():
            share = ruled.start() / len(run.text)
            right = min(run.left + share * (run.right - run.left), *(value.left for value in over))
            kept.append(run._replace(text=run.text[: ruled.start()].rstrip(), right=max(run.left, right)))
    return kept


def beside(one: Run, other: Run) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > _OVERLAP * min(one.height, other.height)


def rows_of(runs: list[Run]) -> list[list[Run]]:
    """From top to bottom."""
    runs = sorted(runs, key=lambda run: run.top + run.bottom)
    rows: list[list[Run]] = []
    for run in runs:
        if rows:
            reference = rows[-1][0]
            if abs(run.middle - reference.middle) <= _SAME_ROW * max(run.height, reference.height):
                rows[-1].append(run)
                continue
        rows.append([run])
    return rows


def joined(row: list[Run]) -> list[Run]:
    """A row from left to right, with what belongs together in one."""
    if len(row) == 1:
        return row
    row.sort(key=lambda run: run.left)
    kept: list[Run] = [row[0]]
    for run in row[1:]:
        before = kept[-1]
        gap, height = run.left - before.right, max(before.height, run.height)
        if before.text == run.text and abs(before.left - run.left) < 2 and abs(before.right - run.right) < 2:
            continue  # printed twice, to look bold
        if not -0.5 * height < gap <= _JOINED_GAP * min(before.height, run.height):
            kept.append(run)
            continue
        first, second = (run, before) if _RTL.search(before.text) and _RTL.search(run.text) else (before, run)
        is_apart = gap > _BLANK * height or before.is_value or run.is_value
        text = f"{first.text}{' ' if is_apart else ''}{_raised(first, second)}"
        edges = (before.left, min(before.top, run.top), max(before.right, run.right), max(before.bottom, run.bottom))
        kept[-1] = Run(text, *edges, run.is_value)
    return kept


def _raised(before: Run, run: Run) -> str:
    """A small raised figure is a power, or a note's mark."""
    is_small = run.height < SMALL * before.height and before.bottom - run.bottom > RAISED_BY * before.height
    return run.text.translate(RAISED) if is_small else run.text


def is_rtl(runs: list[Run]) -> bool:
    """Whether most of it is written from right to left."""
    letters = sum(len(run.text) for run in runs)
    return sum(len(_RTL.findall(run.text)) for run in runs) > letters / 2
