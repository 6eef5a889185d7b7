"""Questions that a twin's sources could not answer, as its owner goes through them.

    open ──► answered    a note in the draft answers it
    open ──► dismissed
    either ──► open      again; a note stays in the draft until it is taken out there

Whoever records them is `unanswered`. Each is one row of the twin, `question/<UUIDv7>`, so newer ones sort after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from chalicelib import cursors
from chalicelib.aws.table import ConditionFailed, Item, Key, TransactionRefused, Write
from chalicelib.errors import InvalidCursor, NotFound, QuestionSettled
from chalicelib.ids import is_id

from . import drafts, entries, rows
from .rows import QUESTION

if TYPE_CHECKING:
    from chalicelib.services import Services

Status = Literal["open", "answered", "dismissed"]
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Question:
    """at: when it was asked (ISO 8601). answer_entry_id: of the note that answers it."""

    question_id: str
    text: str
    language: str
    at: str
    status: Status
    answer_entry_id: str | None

    @classmethod
    def from_item(cls, item: Item) -> Question:
        return cls(
            item["item"].removeprefix(QUESTION),
            item["text"],
            item.get("language", ""),
            item["at"],
            item["status"],
            item.get("answer_entry_id"),
        )


def list_page(
    services: Services, handle: str, status: Status, *, limit: int, cursor: str | None
) -> tuple[list[Question], str | None]:
    """Newest first. A page may be short, where many have another status."""
    start = cursors.read(cursor, ("question_id",), {})
    if start is not None and not is_id(start["question_id"]):
        raise InvalidCursor
    key: Item | None = {"handle": handle, "item": QUESTION + start["question_id"]} if start else None
    found: list[Question] = []
    for _ in range(cursors.MAX_QUERIES):
        page = services.twins.query(
            "#handle = :handle AND begins_with(#item, :prefix)",
            {":handle": handle, ":prefix": QUESTION},
            limit=cursors.ROWS_A_QUERY,
            newest_first=True,
            start=key,
        )
        found += [each for each in map(Question.from_item, page.items) if each.status == status]
        key = page.last_key
        if len(found) >= limit or key is None:
            break
    if len(found) > limit:
        return found[:limit], cursors.write([found[limit - 1].question_id])
    return found, cursors.write([key["item"].removeprefix(QUESTION)]) if key else None


def get(services: Services, handle: str, question_id: str) -> Question:
    """Raises NotFound."""
    item = services.twins.find(_key(handle, question_id))
    if item is None:
        raise NotFound("question")
    return Question.from_item(item)


def dismiss(services: Services, handle: str, question_id: str) -> Question:
    """Safe to repeat. Raises NotFound, and QuestionSettled where somebody has answered it meanwhile."""
    return _change(services, handle, question_id, "dismissed")


def reopen(services: Services, handle: str, question_id: str) -> Question:
    """Safe to repeat. Raises NotFound."""
    return _change(services, handle, question_id, "open")


def answer(services: Services, handle: str, question_id: str, *, title: str, text: str) -> Question:
    """Answer a question by a note in the draft, which its owner publishes: both are stored, or nothing.

    title: "" for the question itself. Raises NotFound, QuestionSettled where it has its answer, PayloadTooLarge where
    the draft is full, and Unavailable.
    """
    question = get(services, handle, question_id)
    note = entries.new(section="notes", title=title or _as_title(question.text), text=text)
    noted, more_bytes = entries.adding(services, handle, [note])
    settled = _changing(services, handle, question_id, "answered", note.entry_id)
    try:
        drafts.change(services, handle, [*noted, settled], more_bytes=more_bytes)
    except TransactionRefused as refused:
        raise _refusal(refused.row(settled)) from refused
    return replace(question, status="answered", answer_entry_id=note.entry_id)


def _as_title(question: str) -> str:
    words = " ".join(question.split())
    return words if len(words) <= _LONGEST_TITLE else f"{words[: _LONGEST_TITLE - 1]}…"


def _change(services: Services, handle: str, question_id: str, status: Status) -> Question:
    try:
        item = services.twins.write(_changing(services, handle, question_id, status), returns="ALL_NEW")
    except ConditionFailed as refused:
        raise _refusal(refused.item) from refused
    return Question.from_item(item)


def _changing(services: Services, handle: str, question_id: str, status: Status, entry_id: str | None = None) -> Write:
    """What is answered is opened before it is anything else."""
    given = {f":from_{each}": each for each in get_args(Status) if status == "open" or each != "answered"}
    return services.twins.change(
        _key(handle, question_id),
        {"status": status, "answer_entry_id": entry_id},
        condition=f"#status IN ({', '.join(given)})",
        values=given,
    )


def _refusal(item: Item | None) -> NotFound | QuestionSettled:
    return QuestionSettled() if item else NotFound("question")


def _key(handle: str, question_id: str) -> Key:
    """Raises NotFound for an id that no question can have."""
    if not is_id(question_id):
        raise NotFound("question")
    return rows.key(handle, QUESTION + question_id)
