"""One-time tickets: how a person opens a socket without a token in its URL. Stored as their SHA-256 only."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import TYPE_CHECKING, Any

from chalicelib import sessions
from chalicelib.aws.table import ConditionFailed, transact
from chalicelib.sessions import Session
from chalicelib.subjects import Subject

from .connections import NO_ITEM, connection_item, disconnect

if TYPE_CHECKING:
    from chalicelib.services import Services

TICKET_S = 30
# API Gateway closes a connection after two hours.
_CONNECTION_S = 7_200


class Refused(Exception):
    """The ticket is unknown, used or expired, or its session is over. Deliberately without saying which."""


def issue_ticket(services: Services, session: Session, token_expires_at: int) -> str:
    """A ticket for one connection within 30 s; the connection lives no longer than the token that asked for it."""
    ticket = secrets.token_urlsafe(32)
    now = int(time.time())
    table = services.sockets
    table.write(
        table.put(
            {
                "subject": _ticket_subject(ticket),
                "item": NO_ITEM,
                "for": str(session.subject),
                "session": session.id,
                "session_began_at": session.began_at,
                "ttl": now + TICKET_S,
                "connection_expires_at": min(token_expires_at, now + _CONNECTION_S),
            }
        )
    )
    return ticket


def connect(
    services: Services, ticket: str | None, connection_id: str, endpoint: str, *, of_visits: bool = False
) -> None:
    """Take a connection in. Raises Refused; deleting the ticket's row is what makes it good for one use.

    of_visits: from a page where twins stand, and nothing else of the site: a person's ticket stays where it is.
    """
    table = services.sockets
    key = {"subject": _ticket_subject(ticket or ""), "item": NO_ITEM}
    try:
        condition = "begins_with(#for, :visit)" if of_visits else "attribute_exists(#subject)"
        values = {":visit": "visit:"} if of_visits else None
        row = table.write(table.delete(key, condition=condition, values=values), returns="ALL_OLD")
    except ConditionFailed as missing:
        raise Refused from missing
    if row["ttl"] < time.time():
        raise Refused
    expires_at = row["connection_expires_at"]
    transact(
        [
            table.put(
                {
                    "subject": row["for"],
                    "item": connection_item(connection_id),
                    "endpoint": endpoint,
                    "ttl": expires_at,
                    "connected_at": int(time.time()),
                    "session": row.get("session", ""),
                }
            ),
            table.put(
                {
                    "subject": connection_item(connection_id),
                    "item": NO_ITEM,
                    "for": row["for"],
                    "ttl": expires_at,
                }
            ),
        ]
    )
    # After the rows are there: whoever ends the session meanwhile either is seen here, or sees the rows.
    session = Session(Subject.parse(row["for"]), row.get("session", ""), row.get("session_began_at", 0))
    if sessions.read(services, session.subject).holds(session):
        disconnect(services, connection_id)
        raise Refused


def _ticket_subject(ticket: str) -> str:
    return f"ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"


def endpoint_of(request_context: dict[str, Any], endpoint_url: str | None, region: str) -> str:
    """Where to push to a connection: AWS's own name of the API, or the emulator's path form of it.

    `domainName` of the context is the owner's name where a page came by that, which has no stage in its path.
    """
    if endpoint_url:
        return f"{endpoint_url}/_aws/execute-api/{request_context['apiId']}/{request_context['stage']}"
    return f"https://{request_context['apiId']}.execute-api.{region}.amazonaws.com/{request_context['stage']}"


def comes_from(event: dict[str, Any], site_origin: str) -> bool:
    """Whether $connect is that site's own, or no browser's.

    The same-origin policy does not hold for sockets: any page may open one, and its browser always says which page it
    was, in a header that no script can change (RFC 6455, 4.1 and 10.2). A script of a person's own sends none, or what
    it likes: what proves a caller is the ticket.
    """
    given = [value for name, value in (event.get("headers") or {}).items() if name.lower() == "origin"]
    return all(origin == site_origin for origin in given)


def on_connect(services: Services, event: dict[str, Any]) -> dict[str, int]:
    """API Gateway's $connect: the browser sees a refusal as close code 1006, whatever the reason.

    Another page's attempt takes no ticket: the one that it names may still be used where it belongs.
    """
    context = event["requestContext"]
    is_own = comes_from(event, services.settings.site_origin)
    if not is_own and not any(comes_from(event, origin) for origin in services.settings.twin_origins):
        return {"statusCode": 403}
    ticket = (event.get("queryStringParameters") or {}).get("ticket")
    endpoint = endpoint_of(context, services.settings.endpoint_url, services.settings.region)
    try:
        connect(services, ticket, context["connectionId"], endpoint, of_visits=not is_own)
    except Refused:
        return {"statusCode": 403}
    return {"statusCode": 200}
