"""Who something belongs to, is counted for and is pushed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Subject:
    """A person who has signed in (`user:<sub>`), or an anonymous visit of the owner's page (`visit:<id>`).

    As text it stands in the keys of messages, frames, usage and sockets.
    """

    kind: Literal["user", "visit"]
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def owner(self) -> str:
        """As `user_id` names it in the rows of conversations and files, in object keys and in orders: of a person, the
        bare `sub`."""
        return self.id if self.kind == "user" else str(self)

    @classmethod
    def of_owner(cls, user_id: str) -> Subject:
        kind, separator, of_visit = user_id.partition(":")
        return cls("visit", of_visit) if separator and kind == "visit" else cls("user", user_id)

    @classmethod
    def parse(cls, text: str) -> Subject:
        """The subject of a key. Raises ValueError for what is none."""
        kind, _, of_kind = text.partition(":")
        if kind == "user" and of_kind:
            return cls("user", of_kind)
        if kind == "visit" and of_kind:
            return cls("visit", of_kind)
        raise ValueError("neither a user nor a visit")


def person(sub: str) -> Subject:
    """sub: Cognito's id of a person."""
    return Subject("user", sub)
