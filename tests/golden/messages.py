"""Messages as mail programs save them."""

from __future__ import annotations

from typing import Any

MESSAGES: list[tuple[str, bytes, list[str], list[dict[str, Any]]]] = []
