"""One form and one number for an item, whichever way it came: from a table, from an export, or from a restore.

Owns no I/O. An item is in DynamoDB's own JSON (`{"title": {"S": "…"}}`); its binary values are bytes (boto's client) or
base64 (an export).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from hashlib import sha256
from typing import Any

Wire = Mapping[str, Mapping[str, Any]]

# 38 digits are all that DynamoDB keeps of a number
# (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html).
_NUMBERS = Context(prec=38)
_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Digest:
    """The items' hashes added up: in any order, and part by part; an item that is there twice shows."""

    total: int = 0

    def __add__(self, other: Digest) -> Digest:
        return Digest((self.total + other.total) % _MODULUS)

    @property
    def hex(self) -> str:
        return f"{self.total:064x}"


def canonical(item: Wire) -> bytes:
    """The item as bytes that are the same for equal items: keys and sets sorted, numbers as DynamoDB writes them."""
    plain = {name: _value(value) for name, value in item.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(item: Wire) -> int:
    """SHA-256 of the canonical item, as a number to add up."""
    return int.from_bytes(sha256(canonical(item)).digest(), "big")


def _value(value: Mapping[str, Any]) -> dict[str, Any]:
    [(kind, held)] = value.items()
    return {kind: _held(kind, held)}


def _held(kind: str, held: Any) -> Any:  # noqa: PLR0911  one return a type
    match kind:
        case "N":
            return _number(held)
        case "B":
            return _base64(held)
        case "SS":
            return sorted(held)
        case "NS":
            return sorted(map(_number, held))
        case "BS":
            return sorted(map(_base64, held))
        case "L":
            return [_value(each) for each in held]
        case "M":
            return {name: _value(each) for name, each in held.items()}
        case _:  # S, BOOL, NULL
            return held


def _number(text: str) -> str:
    """1, 1.0 and 1E0 are one number to DynamoDB, which gives it back as 1; there is no minus zero."""
    number = _NUMBERS.create_decimal(text).normalize(_NUMBERS)
    return format(number, "f") if number != 0 else str(Decimal(0))


def _base64(held: bytes | str) -> str:
    return held if isinstance(held, str) else b64encode(held).decode()
