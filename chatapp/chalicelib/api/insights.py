"""Insights from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.deletion import visits as erasing
from chalicelib.errors import InvalidRequest, NotFound, VisitOver
from chalicelib.ids import iso
from chalicelib.subjects import Subject
from chalicelib.twin import days, insights, open_questions, rows, topics, transcripts
from chalicelib.twin.days import KEPT_DAYS

from .schemas import insights as s
from .schemas.twins import VisitErased, VisitExport

if TYPE_CHECKING:
    from chalicelib.services import Services

_DAYS = 30


def read(services: Services, handle: str, query: s.InsightsQuery) -> s.Insights:
    rows.get(services, handle)
    first, last = _range(query)
    found = insights.read(services, handle, first, last)
    return s.Insights(
        handle=handle,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        days=[s.CountedDay(day=each.day, **_counted(each)) for each in found],
        totals=s.Counted(**_counted(days.total(found))),
        topics=_topics(topics.find(services, handle)),
    )


def list_questions(services: Services, handle: str, query: s.QuestionsQuery) -> s.Questions:
    rows.get(services, handle)
    found, cursor = open_questions.list_page(services, handle, query.status, limit=query.limit, cursor=query.cursor)
    return s.Questions(questions=[_question(each) for each in found], next_cursor=cursor)


def change_question(services: Services, handle: str, question_id: str, body: s.QuestionChange) -> s.Question:
    rows.get(services, handle)
    if body.action == "dismiss":
        return _question(open_questions.dismiss(services, handle, question_id))
    if body.action == "reopen":
        return _question(open_questions.reopen(services, handle, question_id))
    if body.text is None:
        raise InvalidRequest("text", "is required: the note that answers the question", reason="missing")
    return _question(open_questions.answer(services, handle, question_id, title=body.title or "", text=body.text))


def export_visit(services: Services, handle: str, visit_id: str) -> VisitExport:
    return VisitExport(**transcripts.export(services, handle, visit_id))


def erase_visit(services: Services, handle: str, visit_id: str) -> VisitErased:
    """Of one that is not there nothing is written: to erase leaves a row, by which no backup brings it back."""
    transcripts.find(services, handle, visit_id)
    try:
        erasing.erase(services, handle, Subject("visit", visit_id))
    except VisitOver as erased:
        raise NotFound("visit") from erased
    return VisitErased()


def _range(query: s.InsightsQuery) -> tuple[date, date]:
    last = query.to or datetime.fromtimestamp(time.time(), UTC).date()
    first = query.from_ or last - timedelta(_DAYS - 1)
    if first > last:
        raise InvalidRequest("from", "must not be after `to`", reason="too_large")
    if last - first >= timedelta(KEPT_DAYS):
        problem = f"must be at most {KEPT_DAYS} days before `to`: no more are kept"
        raise InvalidRequest("from", problem, reason="too_small", limit=KEPT_DAYS)
    return first, last


def _counted(day: days.Day) -> dict[str, Any]:
    return {
        **{name: getattr(day, name) for name in ("visits", "questions", "answers", "unsourced", "up", "down")},
        "cost_usd": day.cost_micro_usd / 1e6,
        "first_word": _first_word(day),
        "languages": dict(day.languages),
        "hosts": dict(day.hosts),
    }


def _first_word(day: days.Day) -> s.FirstWord | None:
    half, most = day.percentile_ms(0.5), day.percentile_ms(0.95)
    if half is None or most is None:
        return None
    return s.FirstWord(mean_ms=round(day.first_words_ms / day.first_words), p50_ms=half, p95_ms=most)


def _topics(found: topics.Topics | None) -> s.Topics | None:
    if found is None:
        return None
    listed = [s.Topic(title=each.title, questions=each.questions, last_day=each.last_day) for each in found.topics]
    return s.Topics(made_at=iso(found.made_at), first_day=found.first, last_day=found.last, topics=listed)


def _question(question: open_questions.Question) -> s.Question:
    return s.Question(
        question_id=question.question_id,
        text=question.text,
        language=question.language,
        asked_at=question.at,
        status=question.status,
        answer_entry_id=question.answer_entry_id,
    )
