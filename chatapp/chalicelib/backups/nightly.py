"""The nightly backup: exports at one instant, copies of files, accounts and settings, the manifest last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.services import Services


def begin(services: Services) -> None:
    """Begin tonight's backup, unless one is under way."""
    raise NotImplementedError


def go_on(services: Services, payload: dict[str, Any], remaining_s: float) -> None:
    """Go on with a backup where its last run ended. payload: `{"backup": ID}`."""
    raise NotImplementedError
