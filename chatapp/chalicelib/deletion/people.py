"""Keeping a person out, and removing all that there is of one whose account goes.

Owns no account: Cognito's is disabled or deleted by whoever orders this (`deploy/people/access.py`), and last of all,
since without it nobody would know what to repeat. Whose account was deleted elsewhere, `departures` finds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import logs, sessions, undo
from chalicelib.aws.table import Key
from chalicelib.comments import names, removal
from chalicelib.comments.reading import OF_AUTHOR
from chalicelib.comments.rows import Comment
from chalicelib.conversations import rows as conversations
from chalicelib.files import row as files
from chalicelib.people import rows as people
from chalicelib.push import connections
from chalicelib.subjects import Subject
from chalicelib.turns import stopping

from . import erasures, twins
from .conversations import purge_conversation
from .files import purge_file

if TYPE_CHECKING:
    from chalicelib.services import Services

# A request that was let in just before the person was cut off may still store something; the API's time-out is 29 s.
UNDER_WAY_S = sessions.CACHED_S + 30
# One run, so that whoever waits for its reply has it within a minute: botocore waits no longer.
RUN_S = 40
# Of a run that nobody waits for: what is begun by then has time to end.
LAST_S = 30
PAUSE_S = 5.0
# A session that has ended is let in for so long where it was just looked, and what it sends is stored a moment later.
LATE_S = sessions.CACHED_S + 1
What = Literal["cut_off", "stop", "remove", "gone"]
HasTime = Callable[[], bool]


def order(subject: Subject, what: What) -> dict[str, Any]:
    """The payload by which the function `purge` is asked."""
    return {"user_id": subject.owner, "person": what}


def stop_order(subject: Subject) -> dict[str, Any]:
    """To stop what was begun until now and for as long as somebody who is cut off just now may be let in.

    However late it is carried out: what a person begins who was let in again since goes on.
    """
    return {**order(subject, "stop"), "at": int(time.time())}


def carry_out(services: Services, payload: dict[str, Any], remaining_s: float) -> dict[str, Any]:
    """What an order for a person asks; whether it is `done`, else it is to be repeated. All are safe to repeat.

    cut_off: see below. stop: answers that were begun after it, once none can begin any more. remove: for whoever waits
    for the reply. gone: nobody waits; what is left when the time is over is found again by the next sweep.
    """
    subject = Subject.of_owner(payload["user_id"])
    now = time.monotonic()
    if payload["person"] == "cut_off":
        cut_off(services, subject)
        done = True
    elif payload["person"] == "stop":
        late = payload.get("at", time.time()) + LATE_S
        time.sleep(max(0.0, late - time.time()))
        stopping.stop_all(services, subject, before=late)
        done = True
    elif payload["person"] == "remove":
        done = _removed(services, subject, now + min(RUN_S, remaining_s / 2))
    else:
        cut_off(services, subject)  # anew: their last token may still be good
        until = now + remaining_s - LAST_S
        while not (done := _removed(services, subject, until)) and time.monotonic() + PAUSE_S < until:
            time.sleep(PAUSE_S)
    logs.line("person", order=payload["person"], done=done)
    return {"done": done}


def _removed(services: Services, subject: Subject, until: float) -> bool:
    return remove(services, subject, lambda: time.monotonic() < until)


def cut_off(services: Services, subject: Subject) -> None:
    """End all sessions that have begun, have nothing pushed to them any more, and stop the answers in progress."""
    sessions.end_all(services, subject)
    connections.forget(services, connections.connections(services, subject))
    stopping.stop_all(services, subject, before=time.time())


def remove(services: Services, subject: Subject, has_time: HasTime) -> bool:
    """Remove all rows and objects of a person. False: not all is gone yet, or something may still come; repeat it.

    Each step finds what it has to remove by what is still there, so that a run that was killed is gone on with by the
    next. Kept are the stage's totals, which name nobody, the row that refuses the person's last tokens, for two hours
    the notes of removed files (`files.removal`), and the names of what was erased (`erasures`).
    """
    revoked_at = sessions.read(services, subject).revoked_at
    if revoked_at < 0:
        cut_off(services, subject)
        return False
    erasures.account(services, subject)
    nothing_comes = revoked_at + UNDER_WAY_S < time.time()
    removed = all(step(services, subject, has_time) for step in (_conversations, _files, _comments, _twins))
    if removed:
        services.uploads.delete(services.uploads.versions(f"uploads/{subject.owner}/"))
        # After the files and answers, which are taken off its counts.
        services.usage.delete_all(_usage(services, subject))
        services.people.write(services.people.delete(people.key(subject)))
        services.sockets.delete_all(_sockets(services, subject))
    return removed and nothing_comes


def _conversations(services: Services, subject: Subject, has_time: HasTime) -> bool:
    for row in services.conversations.rows("#user_id = :user_id", {":user_id": subject.owner}):
        if not has_time():
            return False
        conversation_id = row["conversation_id"]
        undo.hide_for_good(services.conversations, conversations.key(subject, conversation_id), "conversation_id")
        purge_conversation(services, subject, conversation_id)
    return True


def _files(services: Services, subject: Subject, has_time: HasTime) -> bool:
    for row in services.files_by_time.rows(files.MINE, {":user_id": subject.owner}):
        if not has_time():
            return False
        undo.hide_for_good(services.files, files.key(row["file_id"]), "file_id")
        purge_file(services, subject, row["file_id"])
    return True


def _comments(services: Services, subject: Subject, has_time: HasTime) -> bool:
    """All rows go, and with them text and name; what was replied to them stays, beneath a place that says nothing.

    Their index lags behind: one that was hidden or approved meanwhile is found as it is by the next run.
    """
    gone = True
    for item in services.comments_by_author.rows(OF_AUTHOR, {":user_id": subject.owner}):
        if not has_time():
            return False
        gone &= removal.remove(services, Comment.from_item(item))
    names.keep(services, subject.owner, None)
    return gone


def _twins(services: Services, subject: Subject, has_time: HasTime) -> bool:
    """With what is published of them: whose twin it is, is gone."""
    twins.remove_of(services, subject)
    return True


def _usage(services: Services, subject: Subject) -> Iterator[Key]:
    for row in services.usage.rows("#subject = :subject", {":subject": str(subject)}):
        yield {"subject": row["subject"], "period": row["period"]}


def _sockets(services: Services, subject: Subject) -> Iterator[Key]:
    """Connections, with their ways back."""
    for row in services.sockets.rows("#subject = :subject", {":subject": str(subject)}):
        if row["item"].startswith(connections.connection_item("")):
            yield {"subject": row["subject"], "item": row["item"]}
            yield {"subject": row["item"], "item": connections.NO_ITEM}
