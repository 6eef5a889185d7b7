"""The models on offer, on the wire."""

from __future__ import annotations

from .texts import Shape


class Prices(Shape):
    """USD per million tokens."""

    input: float
    output: float
    cache_write: float
    cache_read: float


class Model(Shape):
    id: str
    name: str
    prices: Prices
    default: bool


class Models(Shape):
    items: list[Model]
