"""Insights on the wire: what happens at a twin by day, and the questions that it could not answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from .drafts import MAX_ENTRY_CHARACTERS, Line
from .texts import NOT_BLANK, ListQuery, Request, Shape, Storable

Note = Annotated[str, StringConstraints(max_length=MAX_ENTRY_CHARACTERS, pattern=NOT_BLANK), Storable]
QuestionStatus = Literal["open", "answered", "dismissed"]


def _day(value: object) -> date:
    """As ISO 8601 writes it at length: Python reads `20261128` and `2026-W48-6`, too."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise ValueError("must be a day, such as 2026-11-28")
    return day


Day = Annotated[date, BeforeValidator(_day)]


class InsightsQuery(Shape):
    """Days in UTC, both included; without them the last thirty."""

    model_config = ConfigDict(extra="forbid")
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class FirstWord(Shape):
    """Milliseconds from a question to its answer's first word: of half of the answers, and of 95 in 100, at most."""

    mean_ms: int
    p50_ms: int
    p95_ms: int


class Counted(Shape):
    """unsourced: answers that cite nothing. languages, hosts: of visits; `other` is what is not told apart."""

    visits: int
    questions: int
    answers: int
    unsourced: int
    up: int
    down: int
    cost_usd: float
    first_word: FirstWord | None
    languages: dict[str, int]
    hosts: dict[str, int]


class CountedDay(Counted):
    day: str


class Topic(Shape):
    """questions: in thirty days; last_day: on the last of them."""

    title: str
    questions: int
    last_day: int


class Topics(Shape):
    made_at: str
    first_day: str
    last_day: str
    topics: list[Topic]


class Insights(Shape):
    """days: each of them, oldest first. topics: null until there are some, and where the setting is off."""

    handle: str
    first_day: str
    last_day: str
    days: list[CountedDay]
    totals: Counted
    topics: Topics | None


class QuestionsQuery(ListQuery):
    status: QuestionStatus = "open"


class Question(Shape):
    """answer_entry_id: the note that answers it."""

    question_id: str
    text: str
    language: str
    asked_at: str
    status: QuestionStatus
    answer_entry_id: str | None


class Questions(Shape):
    questions: list[Question]
    next_cursor: str | None


class QuestionChange(Request):
    """text: of the note that `answer` makes in the draft. title: its title, else the question."""

    action: Literal["answer", "dismiss", "reopen"]
    text: Note | None = None
    title: Line | None = None
