"""Visits of a twin: begun without a sign-in, with one conversation each, which the twin pays for.

A visit's conversation has the visit's own id, stands under it as its subject, and is in nobody's list. Its row says
which twin is asked, which version the last question was sent to, and what the visitor wishes. It is kept for two days
after its last use, or as long as transcripts where the visitor lets the twin remember them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib import logs, retention, sessions
from chalicelib.aws.table import Item, batch_get
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import NotFound, SessionEnded, VisitOver
from chalicelib.ids import iso, new_id
from chalicelib.subjects import Subject, person
from chalicelib.turns import retrying, sending
from chalicelib.turns.accounts import Account
from chalicelib.turns.rows import Sending, Turn

from . import budgets, endings, profiles, prompting, rows, snapshots, tokens
from .rows import Head
from .tokens import Visit

if TYPE_CHECKING:
    from chalicelib.services import Services

KEPT_DAYS = 2
# Of what a returning visitor has asked before.
_MOST_EARLIER = 10
_LONGEST_EARLIER = 300
_MOST_READ = 60


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of whoever begins a visit. previous_token: of an earlier visit, whose questions the twin may know again."""

    language: str = ""
    referrer: str = ""
    remember: bool = False
    previous_token: str | None = None
    transcript: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    visit_id: str
    token: str
    has_transcript: bool


def begin(services: Services, handle: str, wishes: Wishes) -> Begun:
    """Raises NotFound where there is no such published twin."""
    head = profiles.find(services, handle)
    has_transcript = wishes.transcript and profiles.has_transcripts(services, head)
    language, referrer = language_of(wishes.language), host_of(wishes.referrer)
    about = {
        "language": language,
        "referrer": referrer,
        "remember": wishes.remember,
        "transcript": has_transcript,
        "earlier": _earlier(services, head, wishes) if wishes.remember else [],
    }
    born_at, version = head.created_at, head.published_version
    row = {"twin": handle, "twin_version": version, "twin_born_at": born_at, "visit": about}
    visit_id = _create(services, row, _kept_days(services, wishes))
    endings.begun(services, handle, language, referrer)
    logs.line("visit", handle=handle)
    return Begun(visit_id, tokens.issue(services.visit_key.value(), handle, visit_id), has_transcript)


def begin_preview(services: Services, owner: Subject, handle: str, revision: int) -> Begun:
    """A visit in which an owner tries a draft, at their own expense. Its snapshot is there already."""
    about = {"language": "", "referrer": "", "remember": False, "transcript": False, "earlier": []}
    row = {
        "twin": handle,
        "twin_born_at": rows.get(services, handle).created_at,
        "preview": revision,
        "owner": owner.owner,
        "visit": about,
    }
    visit_id = _create(services, row, KEPT_DAYS)
    return Begun(visit_id, tokens.issue(services.visit_key.value(), handle, visit_id, revision), has_transcript=False)


def _create(services: Services, row: Item, kept_days: int) -> str:
    visit_id = new_id()
    item = {
        "user_id": str(Subject("visit", visit_id)),
        "conversation_id": visit_id,
        "timestamp": iso(time.time()),
        "pinned": False,
        "archived": False,
        "kept_days": kept_days,
        **retention.used(services.settings, visit_id, kept_days),
        **row,
    }
    conversations.create(services, item)
    return visit_id


def _kept_days(services: Services, wishes: Wishes) -> int:
    return max(KEPT_DAYS, services.settings.transcript_days) if wishes.remember else KEPT_DAYS


def language_of(text: str) -> str:
    """As it is counted: the language alone, in small letters; "" for what is none."""
    language = text.partition("-")[0].lower()
    return language if 2 <= len(language) <= 3 and language.isascii() and language.isalpha() else ""


def host_of(referrer: str) -> str:
    """Where a visitor came from, without the page: that is theirs."""
    try:
        return (urlsplit(referrer).hostname or "")[:253]
    except ValueError:
        return ""


def _earlier(services: Services, head: Head, wishes: Wishes) -> list[str]:
    """What was asked on the visit before, and on those that it remembered; nothing where that one was not to be."""
    if not wishes.previous_token:
        return []
    try:
        before = tokens.signed(services.visit_key.value(), head.handle, wishes.previous_token)
        row = conversations.get(services, before.subject, before.visit_id)
    except (VisitOver, NotFound):
        return []
    if not row.visit.get("remember") or row.twin_born_at != head.created_at:
        return []
    # The newest alone: of a visit that asked without end the rest is not worth reading.
    found, _ = messages.list_page(services, before.subject, before.visit_id, limit=_MOST_READ, cursor=None)
    asked = [each.text()[:_LONGEST_EARLIER] for each in reversed(found) if each.role == "user"]
    return list(dict.fromkeys([*row.visit.get("earlier", []), *asked]))[-_MOST_EARLIER:]


def admitted(services: Services, visit: Visit) -> tuple[Conversation, Head]:
    """A visit and the twin that it is of, as both are now.

    Raises NotFound of the twin, or of the conversation of a visit that was erased; VisitOver where another twin has the
    handle since, and where the owner who tries a draft was kept out, or is an owner no more.
    """
    row, item = batch_get(
        (services.conversations, conversations.key(visit.subject, visit.visit_id)),
        (services.twins, rows.key(visit.handle)),
    )
    head = rows.existing(Head.from_item(item) if item else None)
    conversation = conversations.existing(row)
    if conversation.twin_born_at != head.created_at:
        raise VisitOver
    if conversation.payer is not None:
        _must_be_let_in(services, person(conversation.payer), visit)
    return conversation, head


def _must_be_let_in(services: Services, owner: Subject, visit: Visit) -> None:
    """Whoever keeps a person out, or takes a group of theirs, ends the sessions that they have begun (`groups`)."""
    try:
        sessions.admit(services, sessions.Session(owner, "", visit.expires_at - tokens.TOKEN_S), anew=True)
    except SessionEnded as ended:
        raise VisitOver from ended


def ask(services: Services, visit: Visit, text: str, request_id: str, language: str = "") -> Turn:
    """Store a question with its queued answer, and start the answer. The same request_id returns the same turn.

    Raises as `admitted`, TwinResting (BudgetSpent of an owner who tries a draft), AnswerInProgress, RequestIdReused and
    Unavailable.
    """
    account = _account(services, visit, {"asked_in": language_of(language)} if language else {})
    return sending.send(services, visit.subject, visit.visit_id, Sending(text, request_id), account)


def retry(services: Services, visit: Visit, message_id: str) -> Turn:
    """Another answer to the same question, by the version that is published now. Raises as `ask`."""
    account = _account(services, visit, {})
    return retrying.retry(services, visit.subject, visit.visit_id, message_id, None, account)


def _account(services: Services, visit: Visit, about: Mapping[str, Any]) -> Account:
    """Who pays for the next answer, and by which version it is made."""
    conversation, head = admitted(services, visit)
    if conversation.payer is not None:
        snapshot = snapshots.of(services, conversation)
        owner, tokens_before = person(conversation.payer), prompting.prefix_tokens(services, snapshot)
        return Account(owner, None, tokens_before, prompting.MAX_TOKENS, about)
    version = profiles.published(head).published_version
    snapshot = snapshots.read(services, visit.handle, version, None, head.created_at)
    return Account(
        visit.subject,
        budgets.of(services.settings, head),
        prompting.prefix_tokens(services, snapshot),
        prompting.MAX_TOKENS,
        {"twin_version": version, **_anew(conversation, version), **about},
    )


def _anew(conversation: Conversation, version: int | None) -> dict[str, Any]:
    """What another version said may be what its owner took off: no prompt of this one holds it."""
    is_other = version != conversation.twin_version and conversation.head is not None
    return {"anew_after": conversation.head} if is_other else {}
