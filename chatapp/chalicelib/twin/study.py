"""The function that works on drafts with the model's help: it reads CVs and suggests questions, at their owners' cost.

An order says what (`task`), of which twin, and for whom; Lambda may deliver it twice. What cannot be done is said on
the source. Only what is no fault of the document's is raised, so that Lambda tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.claude.interface import ModelError
from chalicelib.errors import BudgetSpent, Conflict, DraftChanged, NotFound, PayloadTooLarge
from chalicelib.files import extracts
from chalicelib.files import row as files
from chalicelib.files.row import File
from chalicelib.people import rows as people
from chalicelib.shapes import ErrorInfo
from chalicelib.subjects import Subject

from . import cv, drafts, grouping, questions, rows, sources, suggesting
from .asking import Payer, ask
from .found import Found
from .rows import Language, Source

if TYPE_CHECKING:
    from chalicelib.services import Services

# How long a file that is still being read is waited for, and how often it is looked at.
_FILE_PATIENCE_S = 300
_FILE_PAUSE_S = 2.0
# Of the time left, for storing what was read.
_RESERVE_S = 30
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Order:
    """task: `cv` reads source `which`; `questions` suggests some in the language `which`; `topics` sorts visitors'."""

    task: str
    handle: str
    user_id: str
    which: str

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Order:
        return cls(payload["task"], payload["handle"], payload["user_id"], payload["which"])

    def payload(self) -> dict[str, Any]:
        return {"task": self.task, "handle": self.handle, "user_id": self.user_id, "which": self.which}


class _Unread(Exception):
    """A source that cannot be read; error: says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.error: ErrorInfo = {"code": code, "message": message}


def run(
    services: Services, payload: dict[str, Any], remaining_s: float, pause: Callable[[float], None] = time.sleep
) -> None:
    """Carry an order out. Safe to repeat."""
    order = Order.from_payload(payload)
    person = Subject.of_owner(order.user_id)
    own = people.find(services, person).budget_micro_usd
    payer = Payer(person, own, time.monotonic() + remaining_s - _RESERVE_S, pause)
    with suppress(NotFound):  # the twin, or its source, was deleted meanwhile
        _TASKS[order.task](services, order, payer)


def _read(services: Services, order: Order, payer: Payer) -> None:
    source = sources.find(services, order.handle, order.which)
    if source.status == "ready":
        return
    try:
        sources.finish(services, order.handle, source, _told(services, source, payer))
    except (_Unread, BudgetSpent, PayloadTooLarge, ModelError) as refused:
        sources.fail(services, order.handle, source, _told_of(refused))
    except NotFound:
        raise
    except Exception:
        sources.fail(services, order.handle, source, sources.LOST)
        raise
    logs.line("study", task=order.task, handle=order.handle)


def _told_of(refused: _Unread | BudgetSpent | Conflict | PayloadTooLarge | ModelError) -> ErrorInfo:
    return refused.error if isinstance(refused, _Unread) else {"code": refused.code, "message": refused.message}


def _told(services: Services, source: Source, payer: Payer) -> list[Found]:
    text = _text(services, _file(services, source, payer))
    recorded: list[Any] = []
    parts = cv.pieces(text)
    for number, part in enumerate(parts, 1):
        recorded += _recorded(services, payer, part, number, len(parts))
    told = cv.found(text, recorded)
    if not told:
        raise _Unread("nothing_found", "Nothing of a career was found in this file. Is it a CV?")
    return told


def _recorded(services: Services, payer: Payer, piece: str, number: int, count: int) -> list[Any]:
    """What the model records of a piece: in two halves where it does not fit an answer."""
    called = ask(services, payer, services.settings.models[0], cv.question(piece, number, count))
    halves = [] if called.is_whole else cv.halves(piece)
    if halves:
        return [each for half in halves for each in _recorded(services, payer, half, number, count + 1)]
    return list(cv.recorded(called.given))


def _file(services: Services, source: Source, payer: Payer) -> File:
    """The file of a source, once it is read."""
    waited_s = 0.0
    while True:
        try:
            file = files.existing(services.files.find(files.key(source.file_id or "")), payer.subject)
        except NotFound:
            raise _Unread("file_gone", "The file was deleted. Upload it again, then add it.") from None
        if file.status == "failed":
            why = file.error or sources.LOST
            raise _Unread(why["code"], why["message"])
        if file.status == "ready":
            return file
        if waited_s >= _FILE_PATIENCE_S:
            raise _Unread("file_not_ready", "The file is still being read. Add it again when it is ready.")
        payer.pause(_FILE_PAUSE_S)
        waited_s += _FILE_PAUSE_S


def _text(services: Services, file: File) -> str:
    try:
        pages = extracts.read_all(services, file)
    except NotFound:
        raise _Unread("file_gone", "The file was deleted. Upload it again, then add it.") from None
    text = "\n\n".join(page.text for page in pages).strip()
    if not text:
        raise _Unread("no_text", "This file is a picture of a text. Add one whose text can be selected.")
    if len(text) > cv.MAX_CHARACTERS:
        problem = f"takes at most {cv.MAX_CHARACTERS:,} characters, not {len(text):,}. Is it a CV?"
        raise _Unread("too_long", f"A source of this kind {problem}")
    return text


def _suggest(services: Services, order: Order, payer: Payer) -> None:
    draft = drafts.read(services, order.handle)
    language: Language = "fr" if order.which == "fr" else "en"
    try:
        _keep(services, order.handle, language, _suggested(services, payer, draft, language))
    except (_Unread, BudgetSpent, Conflict, PayloadTooLarge, ModelError) as refused:
        suggesting.fail(services, order.handle, language, _told_of(refused))
    except NotFound:
        raise
    except Exception:
        suggesting.fail(services, order.handle, language, suggesting.LOST)
        raise


def _suggested(services: Services, payer: Payer, draft: drafts.Draft, language: Language) -> tuple[str, ...]:
    question = questions.question(draft.entries, language)
    if not question.document:
        raise _Unread("nothing_to_ask_about", "There is no entry to ask about. Add a source first.")
    suggested = questions.suggested(ask(services, payer, services.settings.cheapest(), question).given)
    if not suggested:
        raise _Unread("no_suggestion", "The model suggested no question. Try again.")
    return suggested


def _keep(services: Services, handle: str, language: Language, suggested: tuple[str, ...]) -> None:
    """Set the persona's questions of one language; what its owner changes meanwhile stays."""
    for _ in range(_ATTEMPTS):
        draft = drafts.read(services, handle)
        texts = draft.persona.texts
        of_language = replace(texts.get(language, rows.Texts()), suggested_questions=suggested)
        persona = replace(draft.persona, texts={**texts, language: of_language})
        write, more = drafts.set_persona(services, handle, persona, draft.persona)
        with suppress(DraftChanged):
            revision = draft.head.revision
            drafts.change(services, handle, [write], more_bytes=more, revision=revision, head=dict(suggesting.DONE))
            return
    raise Conflict("The draft is changing too fast; try again.")


def _group(services: Services, order: Order, payer: Payer) -> None:
    grouping.group(services, order.handle, payer)


_TASKS: dict[str, Callable[[Services, Order, Payer], None]] = {"cv": _read, "questions": _suggest, "topics": _group}
