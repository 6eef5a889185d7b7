"""The models on offer, on the wire."""

from __future__ import annotations

from pydantic import BaseModel


class Prices(BaseModel):
    """USD per million tokens."""

    input: float
    output: float
    cache_write: float
    cache_read: float


class Model(BaseModel):
    id: str
    name: str
    prices: Prices
    default: bool


class Models(BaseModel):
    items: list[Model]
