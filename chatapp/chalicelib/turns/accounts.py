"""Who pays for an answer that a visit of a twin asks for, and what its prompt holds beside the thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.spending.reservations import TwinBudget
from chalicelib.subjects import Subject


@dataclass(frozen=True, slots=True)
class Account:
    """payer: the owner who tries a draft, or the visit itself, for which `twin` pays.

    prefix_tokens: of the documents and all else that stands before the thread, by estimate. max_tokens: of the answer.
    changes: of the conversation's row, made when the answer is queued.
    """

    payer: Subject
    twin: TwinBudget | None
    prefix_tokens: int
    max_tokens: int
    changes: Mapping[str, Any] = field(default_factory=dict)
