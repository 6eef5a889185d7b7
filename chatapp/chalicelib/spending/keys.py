"""API keys of scripts: what is known of the one that a request showed.

API Gateway checks a key's value, and tells its id: `requestContext.identity.apiKeyId`, of methods that require a key
alone. (It hands on the value, too, which nothing here may read or log.) Whether the id still counts is told by a row,
which a revocation changes at once, whatever the gateway still lets through; the limit that stands there is exact, where
those of a usage plan are best effort.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html

Rows are made and revoked by whoever deploys (`deploy/keys.py`), in the table of `usage`:

    subject `key:<id>`, period `key`: name, created_at, limit (`{quota, window_s}`; absent: the setting's), revoked_at
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import Forbidden
from chalicelib.settings import Limit

from . import usage

if TYPE_CHECKING:
    from chalicelib.services import Services

PERIOD = "key"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """name: as which its script writes. limit: its own; None for that of every key."""

    id: str
    name: str
    limit: Limit | None


def counted(key_id: str) -> str:
    """As whom a key is counted."""
    return f"key:{key_id}"


def get(services: Services, key_id: str) -> ApiKey:
    """Raises Forbidden for a key that is revoked, or that nobody made for this stage."""
    row = services.usage.find(usage.key(counted(key_id), PERIOD))
    if row is None:
        raise Forbidden("This API key is not one of this site's. Ask the owner for one.")
    if row.get("revoked_at"):
        raise Forbidden("This API key was revoked. Ask the owner for another one.")
    limit = row.get("limit")
    return ApiKey(key_id, row["name"], Limit(limit["quota"], limit["window_s"]) if limit else None)
