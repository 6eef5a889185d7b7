"""How a socket is opened: metered by its address, then by its ticket.

Tickets are metered as they are given out (`/sockets`). What is tried without one would cost a function and a write each
time, as often as somebody likes: WAF stands before no socket API, and the stage's limit is everybody's together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import metrics
from chalicelib.errors import RateLimited
from chalicelib.push import tickets
from chalicelib.spending import rates

if TYPE_CHECKING:
    from chalicelib.services import Services


def on_connect(services: Services, event: dict[str, Any]) -> dict[str, int]:
    """API Gateway's $connect. Above the limit of an address no ticket is taken: it may be used a moment later."""
    ip = str(event["requestContext"].get("identity", {}).get("sourceIp", ""))
    try:
        rates.take(services, "connects", rates.Caller(None, ip))
    except RateLimited as refused:
        # As a route's refusal is told, by what API Gateway makes of it: a socket's handshake knows no 429.
        fields = {"view": "connect", "status": 403, "code": refused.code}
        metrics.tell(services.settings.stage, {metrics.REFUSED: 1}, "request", **fields)
        return {"statusCode": 403}
    return tickets.on_connect(services, event)
