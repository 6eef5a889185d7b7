"""The service itself, on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib import health as parts
from chalicelib.api.schemas.service import Health, HealthQuery, ModelHealth
from chalicelib.errors import Unhealthy

if TYPE_CHECKING:
    from chalicelib.services import Services


def health(services: Callable[[], Services], stage: str, query: HealthQuery) -> Health:
    """services: not built for a shallow answer. Raises Unhealthy."""
    if not query.deep:
        return Health(stage=stage)
    found = parts.deep(services())
    if found.failing:
        raise Unhealthy(", ".join(found.failing))
    return Health(stage=stage, model=ModelHealth(state=found.model, checked_at=found.checked_at))
