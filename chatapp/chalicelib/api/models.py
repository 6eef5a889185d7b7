"""The models on offer, as they are shown and chosen."""

from __future__ import annotations

from chalicelib.api.schemas import models as s
from chalicelib.errors import InvalidRequest
from chalicelib.settings import ModelOffer, Settings


def models(settings: Settings) -> s.Models:
    return s.Models(items=[_model(offer, default=index == 0) for index, offer in enumerate(settings.models)])


def _model(offer: ModelOffer, *, default: bool) -> s.Model:
    prices = offer.prices
    return s.Model(
        id=offer.id,
        name=offer.name,
        default=default,
        prices=s.Prices(
            input=prices.input,
            output=prices.output,
            cache_write=prices.cache_write,
            cache_read=prices.cache_read,
        ),
    )


def offered(settings: Settings, model: str | None) -> str | None:
    """A model id from a request. Raises InvalidRequest for one that is not on offer."""
    if model is not None and settings.offer(model).id != model:
        on_offer = ", ".join(offer.id for offer in settings.models)
        raise InvalidRequest("model", f"not on offer; choose one of {on_offer}", reason="not_offered")
    return model
