"""Bringing a backup back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.services import Services


def go_on(services: Services, payload: dict[str, Any], remaining_s: float) -> dict[str, Any]:
    """Begin a restore, or go on with one."""
    raise NotImplementedError
