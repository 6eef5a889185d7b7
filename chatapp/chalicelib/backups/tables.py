"""Which tables a backup holds. One that stands in neither list fails a test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# By logical name, with the attributes of the key.
BACKED_UP: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "conversations": ("user_id", "conversation_id"),
        "messages": ("conversation", "message_id"),
        "files": ("file_id",),
        "usage": ("subject", "period"),
        "erasures": ("erased",),
        "people": ("user_id",),
        "commentaires": ("id",),
        "sections": ("section_id",),
        "twins": ("handle", "item"),
    }
)
# With the reason.
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "sockets": "connections, tickets and ended sessions: they live as long as a token, a month at most",
        "frames": "the stream of an answer in progress, kept for a day; the answer itself is among the messages",
    }
)
