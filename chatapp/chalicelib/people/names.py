"""What a person is called where others read it: chosen by themselves, and never part of their address."""

from __future__ import annotations

import hashlib

from chalicelib.errors import InvalidRequest

MAX_CHARACTERS = 40


def default(user_id: str) -> str:
    """Of a person who has chosen none; it tells nothing of them, and stays the same."""
    return f"Guest {hashlib.sha256(user_id.encode()).hexdigest()[:4]}"


def chosen(text: str) -> str:
    """A name as it is kept. Raises InvalidRequest, which says what is wrong with it."""
    name = " ".join(text.split())
    if len(name) > MAX_CHARACTERS:
        raise InvalidRequest("display_name", f"takes at most {MAX_CHARACTERS} characters")
    return name
