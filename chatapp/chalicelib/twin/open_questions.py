"""Questions that a twin's sources could not answer, as its owner goes through them.

    open ──► answered    a note in the draft answers it
    open ──► dismissed
    either ──► open      again; a note stays in the draft until it is taken out there

Whoever records them is `unanswered`. Each is one row of the twin, `question/<UUIDv7>`, so newer ones sort after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from chalicelib import cursors
from chalicelib.aws.table import ConditionFailed, Item, Key
from chalicelib.errors import InvalidCursor, NotFound, QuestionSettled
from chalicelib.ids import is_id

if TYPE_CHECKING:
    from chalicelib.services import Services

Status = Literal["open", "answered", "dismissed"]
_PREFIX = "question/"


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
            item["item"].removeprefix(_PREFIX),
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
    key = {"handle": handle, "item": _PREFIX + start["question_id"]} if start else None
    found: list[Question] = []
    for _ in range(cursors.MAX_QUERIES):
        page = services.twins.query(
            "#handle = :handle AND begins_with(#item, :prefix)",
            {":handle": handle, ":prefix": _PREFIX},
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
    return found, cursors.write([key["item"].removeprefix(_PREFIX)]) if key else None


def get(services: Services, handle: str, question_id: str) -> Question:
    """Raises NotFound."""
    item = services.twins.find(_key(handle, question_id))
    if item is None:
        raise NotFound("question")
    return Question.from_item(item)


def dismiss(services: Services, handle: str, question_id: str) -> Question:
    """Safe to repeat. Raises NotFound, and QuestionSettled where somebody has answered it meanwhile."""
    return _change(services, handle, question_id, {"status": "dismissed"}, ("open", "dismissed"))


def reopen(services: Services, handle: str, question_id: str) -> Question:
    """Safe to repeat. Raises NotFound."""
    return _change(services, handle, question_id, {"status": "open", "answer_entry_id": None}, get_args(Status))


def answered(services: Services, handle: str, question_id: str, entry_id: str) -> Question:
    """Note by which entry it is answered. Raises NotFound, and QuestionSettled where it was, by another one."""
    try:
        change = {"status": "answered", "answer_entry_id": entry_id}
        return _change(services, handle, question_id, change, ("open", "dismissed"))
    except QuestionSettled:
        question = get(services, handle, question_id)
        if question.answer_entry_id != entry_id:
            raise
        return question


def _change(services: Services, handle: str, question_id: str, change: Item, of: tuple[Status, ...]) -> Question:
    named = {f":was_{status}": status for status in of}
    write = services.twins.change(
        _key(handle, question_id), change, condition=f"#status IN ({', '.join(named)})", values=named
    )
    try:
        return Question.from_item(services.twins.write(write, returns="ALL_NEW"))
    except ConditionFailed as refused:
        if refused.item is None:
            raise NotFound("question") from refused
        raise QuestionSettled from refused


def _key(handle: str, question_id: str) -> Key:
    """Raises NotFound for an id that no question can have."""
    if not is_id(question_id):
        raise NotFound("question")
    return {"handle": handle, "item": _PREFIX + question_id}
