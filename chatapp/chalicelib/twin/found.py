"""What a source tells, before it is an entry of the draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

MOST_OF_A_FIELD = 200


@dataclass(frozen=True, slots=True)
class Found:
    """start, end: `2019-05`, `2019` or "". subtitle: of a job the company, of a degree the school."""

    section: str
    title: str
    subtitle: str = ""
    start: str = ""
    end: str = ""
    place: str = ""
    text: str = ""
    url: str = ""
    is_hidden: bool = False

    def with_changes(self, **changes: Any) -> Found:
        return replace(self, **changes)


def short(text: str) -> str:
    """A text of one line, as long as a title may be."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_OF_A_FIELD else line[: MOST_OF_A_FIELD - 1].rstrip() + "…"
