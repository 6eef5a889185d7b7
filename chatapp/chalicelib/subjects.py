"""Who something belongs to, is counted for and is pushed to."""

from __future__ import annotations


def subject_of(user_id: str) -> str:
    return f"user:{user_id}"
