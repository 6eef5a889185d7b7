"""By what the same request, and the same text of one writer in one place, are known again for a day.

A row names the comment that was stored. One of a text is written in the transaction that stores the text, be it new or
changed; what it says is true as long as that comment is there, and has the text still.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, TypeGuard

from chalicelib.aws.table import Item, Key, Write
from chalicelib.errors import DuplicateComment

from . import rows

if TYPE_CHECKING:
    from chalicelib.services import Services

_KNOWN_S = 86_400
_IS_NEW = "attribute_not_exists(#id) OR #ttl < :now"


def digest(*parts: str) -> str:
    """So that nothing of a person or a text stands in these rows."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def request_key(user_id: str, request_id: str) -> Key:
    return {"id": "request:" + digest(user_id, request_id)}


def text_key(user_id: str, section_id: str, reply_to: str | None, text: str) -> Key:
    return {"id": "text:" + digest(user_id, digest(section_id, reply_to or "", text))}


def is_known(row: Item | None) -> TypeGuard[Item]:
    return row is not None and row["ttl"] >= time.time()


def must_be_new(services: Services, row: Item | None, text: str, comment_id: str | None = None) -> None:
    """Raises DuplicateComment where another comment than this one has the text."""
    if not is_known(row) or row["comment_id"] == comment_id:
        return
    earlier = rows.find(services, row["comment_id"])
    if earlier and earlier.deleted_at is None and earlier.text == text:
        raise DuplicateComment


def text_noted(services: Services, key: Key, seen: Item | None, comment_id: str) -> Write:
    """Refused where another request was faster. One that was read, and says what is true no more, is replaced."""
    was = seen["comment_id"] if seen else ""
    return services.commentaires.put(
        _row(key, comment_id),
        condition=f"{_IS_NEW} OR #comment_id = :was",
        values={":now": int(time.time()), ":was": was},
    )


def request_noted(services: Services, key: Key, comment_id: str, of: str) -> Write:
    """of: the digest of all that was sent. Refused where another request was faster."""
    row = {**_row(key, comment_id), "digest": of}
    return services.commentaires.put(row, condition=_IS_NEW, values={":now": int(time.time())})


def _row(key: Key, comment_id: str) -> Item:
    return {**key, "comment_id": comment_id, "ttl": int(time.time()) + _KNOWN_S}
