"""Topics of visitors' questions, once a day: for each twin an order to `study`, which reads, asks, and keeps them.

The questions come from the transcripts, which hold what visitors agreed to: where nothing is transcribed, there are no
topics. Of an object as much is read as a long visit takes. Each twin has a small budget of its own for this in a month,
which is the setting's, and takes its share of the stage's; it takes nothing of what visitors are answered with.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib import logs
from chalicelib.aws.bucket import Missing
from chalicelib.aws.functions import NotStarted
from chalicelib.claude.interface import ModelError
from chalicelib.errors import BudgetSpent
from chalicelib.subjects import Subject

from . import drafts, rows, topics
from .asking import Payer, ask
from .topics import Asked

if TYPE_CHECKING:
    from chalicelib.services import Services

_MOST_BYTES = 1024 * 1024


def begin(services: Services) -> None:
    """Have the topics of each published twin made, unless the setting is off. Raises NotStarted at the end."""
    if not services.settings.twin_topics:
        return
    begun, lost = 0, None
    for head, _ in drafts.everything(services):
        if head.published_version is None:
            continue
        try:
            order = {"task": "topics", "handle": head.handle, "user_id": head.user_id, "which": ""}
            services.studies.invoke(order)
            begun += 1
        except NotStarted as error:
            lost = error
    logs.line("twin_topics", begun=begun)
    if lost:
        raise lost


def group(services: Services, handle: str, payer: Payer) -> None:
    """Make the topics of the thirty days up to yesterday, unless they are made. Raises NotFound of the twin.

    payer: whose time it is; the money is the twin's, for topics.
    """
    rows.get(services, handle)
    last = datetime.fromtimestamp(time.time(), UTC).date() - timedelta(1)
    language = drafts.find_persona(services, handle).languages[0]
    asked = topics.chosen(_questions(services, handle, last), last)
    if len(asked) < topics.FEWEST_QUESTIONS:
        # Nothing outlives the questions that it came from.
        services.twins.write(services.twins.delete(topics.key(handle)))
        return
    made = topics.Topics.of(asked, last, language)
    known = topics.find(services, handle)
    if known and (known.digest, known.last) == (made.digest, made.last):
        return
    own = replace(payer, subject=Subject("visit", f"topics-{handle}"), own_budget=_budget(services))
    try:
        given = ask(services, own, services.settings.cheapest(), topics.question(asked, language)).given
    except (BudgetSpent, ModelError) as refused:
        logs.line("study", task="topics", refused=refused.code)
        return
    found = topics.sorted_into(given, asked, last)
    if found:
        _keep(services, handle, replace(made, topics=found))
    logs.line("study", task="topics", handle=handle, topics=len(found))


def _budget(services: Services) -> int:
    return int(services.settings.twin_topics_budget_usd * 1_000_000)


def _keep(services: Services, handle: str, made: topics.Topics) -> None:
    """In the place of those before."""
    services.twins.write(services.twins.put({**topics.key(handle), **made.to_item()}))
    # Of a twin that was deleted meanwhile: whoever deletes it marks the head first, and removes what is beneath later.
    head = rows.find(services, handle)
    if head is None or head.deleted_at is not None:
        services.twins.write(services.twins.delete(topics.key(handle)))


def _questions(services: Services, handle: str, last: date) -> list[Asked]:
    """Of the newest visits as many questions as are sorted."""
    found: list[Asked] = []
    for ago in range(topics.DAYS):
        day = last - timedelta(ago)
        for key in _newest_first(services, f"transcripts/{handle}/{day.isoformat()}/"):
            found += [Asked(text, day) for text in _asked(services, key)]
            if len(found) >= topics.MOST_QUESTIONS:
                return found
    return found


def _newest_first(services: Services, prefix: str) -> list[str]:
    """A transcript is called by its visit's id, which tells when that began."""
    kept = services.transcripts.versions(prefix)
    return sorted((each.key for each in kept if each.is_latest and not each.is_delete_marker), reverse=True)


def _asked(services: Services, key: str) -> Iterator[str]:
    """What a visitor has asked, but for a last line that is cut off."""
    read = b""
    try:
        for chunk in services.transcripts.stream(key):
            read += chunk
            if len(read) >= _MOST_BYTES:
                break
    except Missing:  # the visitor has erased it meanwhile
        return
    for line in read.splitlines():
        with suppress(ValueError):
            said = json.loads(line)
            if said["role"] == "user":
                yield said["text"]
