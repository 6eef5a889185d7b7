"""Whether the models on offer can be asked, by the free list of models: the real SDK against the demo model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalicelib.claude.client import build
from chalicelib.claude.interface import ModelError
from chalicelib.settings import DEFAULT_MODELS, Settings

from deploy.local.demo_model import server as demo
from deploy.local.demo_model.server import DemoServer
from tests.stage import demo_model


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of a stand-in for Anthropic's own API."""
    with demo_model() as server:
        # As the SDK takes it where the settings name no other server.
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        yield server.url


def _code(settings: Settings, key: str = "sk-1") -> str | None:
    try:
        build(settings, lambda: key).check()
    except ModelError as error:
        return error.code
    return None


@pytest.mark.usefixtures("url")
def test_models_that_are_listed_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _code(Settings()) is None
    dated = [f"{offer.id}-20261101" for offer in DEFAULT_MODELS]
    monkeypatch.setattr(demo, "MODELS", tuple(dated))
    assert _code(Settings()) is None, "a name without a date stands for one with it"


@pytest.mark.usefixtures("url")
def test_a_model_that_is_not_listed_is_told_where_it_is_anthropics_list(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = (*DEFAULT_MODELS, replace(DEFAULT_MODELS[0], id="claude-sonnet-5"))
    assert _code(Settings(models=missing)) == "model_unknown"


def test_another_server_names_its_models_as_it_likes(url: str) -> None:
    other = (replace(DEFAULT_MODELS[0], id="llama"),)
    assert _code(Settings(models=other, anthropic_base_url=url)) is None


@pytest.mark.usefixtures("url")
def test_a_refused_key_is_told() -> None:
    assert _code(Settings(), "invalid") == "model_key_refused"


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import anthropic

    server = DemoServer(0)
    server.server_close()
    monkeypatch.setattr(anthropic._base_client.BaseClient, "_calculate_retry_timeout", _no_pause)
    assert _code(Settings(anthropic_base_url=server.url)) == "model_unavailable"


def _no_pause(*_: Any, **__: Any) -> float:
    return 0.0
