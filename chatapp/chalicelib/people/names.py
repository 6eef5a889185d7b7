"""What a person is called where others read it and they have chosen no name (`comments.names`)."""

from __future__ import annotations

import hashlib


def default(user_id: str) -> str:
    """Of a person who has chosen none; it tells nothing of them, and stays the same."""
    return f"Guest {hashlib.sha256(user_id.encode()).hexdigest()[:4]}"
