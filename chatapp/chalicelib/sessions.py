"""Sessions that are over although their tokens are not: their rows, and who is refused by them.

API Gateway's authorizer asks nobody: it takes a Cognito token until that ends, an hour after it was issued, whatever
became of the session or the person.
https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html ("self-contained")

A person's rows stand beside their connections, and one query reads them all:

    ended:<origin_jti>  one session. Tokens carry the claim where token revocation is on, and keep it over refreshes.
                        https://repost.aws/knowledge-center/cognito-revoke-refresh-tokens
    ended:              all that began until `revoked_at`: the person ended them everywhere, or was cut off

Owns no connection: whoever ends a session has its sockets forgotten, too (`push.connections`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import TTLCache

from .errors import SessionEnded
from .subjects import Subject

if TYPE_CHECKING:
    from .services import Services

# What was read is good for so long: the time within which an end acts everywhere.
CACHED_S = 5
# Of an ID token and of a refresh token (`deploy/stacks/foundation.yaml`).
TOKEN_S = 3_600
REFRESH_S = 30 * 86_400
_ENDED = "ended:"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, as its tokens name it.

    id: the claim `origin_jti`; "" where a token has none. began_at: Unix seconds, of the sign-in (`auth_time`, which
    stays the same when tokens are refreshed) or else of the token (`iat`).
    """

    subject: Subject
    id: str
    began_at: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What has ended of a person's sessions. revoked_at: Unix seconds; -1 where nothing was ended by time."""

    ids: frozenset[str] = frozenset()
    revoked_at: int = -1

    def holds(self, session: Session) -> bool:
        """Claims count whole seconds: what began in the very second of the end has ended, too."""
        return session.id in self.ids or session.began_at <= self.revoked_at


def cache(timer: Callable[[], float] = time.time) -> TTLCache[str, Ended]:
    """By subject. timer: the clock of the day; the monotonic one stands still while Lambda keeps a process frozen."""
    return TTLCache(maxsize=4_096, ttl=CACHED_S, timer=timer)


known = cache()


def admit(services: Services, session: Session, *, anew: bool = False) -> None:
    """Raises SessionEnded. Costs one query per person and CACHED_S, in a process that stays warm.

    anew: by what stands there at this moment, for one query each time.
    """
    who = str(session.subject)
    ended = None if anew else known.get(who)
    if ended is None:
        ended = known[who] = read(services, session.subject)
    if ended.holds(session):
        raise SessionEnded


def read(services: Services, subject: Subject) -> Ended:
    """What has ended, as it stands now. A row that is over refuses nobody whose token still lives."""
    mine = {":subject": str(subject), ":prefix": _ENDED}
    rows = list(services.sockets.rows("#subject = :subject AND begins_with(#item, :prefix)", mine))
    ids = frozenset(row["item"].removeprefix(_ENDED) for row in rows) - {""}
    return Ended(ids, max((row.get("revoked_at", -1) for row in rows), default=-1))


def end(services: Services, session: Session) -> None:
    """End one session, which has an id: without one only its time tells it, see `end_all`. Safe to repeat.

    Its refresh token is Cognito's to revoke (RevokeToken, by whoever holds it); until it ends by itself, what it may
    still issue is refused, too.
    """
    _put(services, session.subject, session.id, {"ttl": int(time.time()) + REFRESH_S + TOKEN_S})


def end_all(services: Services, subject: Subject) -> None:
    """End all of a person's sessions that have begun, also when their tokens are refreshed. Safe to repeat."""
    now = int(time.time())
    _put(services, subject, "", {"revoked_at": now, "ttl": now + REFRESH_S + TOKEN_S})


def _put(services: Services, subject: Subject, of: str, attributes: dict[str, int]) -> None:
    table = services.sockets
    table.write(table.put({"subject": str(subject), "item": f"{_ENDED}{of}", **attributes}))
    known.pop(str(subject), None)
