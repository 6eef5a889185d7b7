"""The weekly proof that the newest backup restores."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.services import Services


def run(services: Services, remaining_s: float) -> None:
    """Restore the newest backup beside the stage, compare it with its manifest, and remove it again."""
    raise NotImplementedError
