"""Page cursors: the last key of a page, without its partition, which is always the caller's own."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence

from chalicelib.aws.table import Item

from .errors import InvalidCursor

_MAX_CHARACTERS = 400
# A list reads this many rows a query, and this many times at most, however many of them it does not show. One more than
# the longest page has: it tells whether anything follows, without another query.
ROWS_A_QUERY = 101
MAX_QUERIES = 10


def write(values: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read(cursor: str | None, names: Sequence[str], partition: Mapping[str, str]) -> Item | None:
    """The key at which a page starts; None for the first page. Raises InvalidCursor."""
    if cursor is None:
        return None
    try:
        padded = cursor[:_MAX_CHARACTERS] + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    if not isinstance(values, list) or len(values) != len(names):
        raise InvalidCursor
    if not all(isinstance(value, str) and value and value.isascii() for value in values):
        raise InvalidCursor
    return {**partition, **dict(zip(names, values, strict=True))}
