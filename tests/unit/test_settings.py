from __future__ import annotations

import json

import pytest
from chalicelib.settings import DEFAULT_MODELS, Settings


def test_without_variables_every_setting_has_its_default() -> None:
    assert Settings.read({}) == Settings()


def test_an_empty_variable_is_an_absent_one() -> None:
    assert Settings.read({"CHATAPP_USER_BUDGET_USD": "", "CHATAPP_MODELS": "", "ANTHROPIC_BASE_URL": ""}) == Settings()


def test_variables_are_read() -> None:
    models = [{"id": "m", "input": 1, "output": 2, "cache_write": 3, "cache_read": 4, "bedrock_id": "eu.m"}]
    settings = Settings.read(
        {
            "CHATAPP_STAGE": "prod",
            "AWS_REGION": "ap-northeast-1",
            "CHATAPP_MODELS": json.dumps(models),
            "CHATAPP_USER_BUDGET_USD": "0",
            "CHATAPP_RETENTION_DAYS": "2",
        }
    )
    assert (settings.prefix, settings.region) == ("chatapp-prod", "ap-northeast-1")
    assert (settings.user_budget_usd, settings.retention_s) == (0.0, 172_800)
    assert [(offer.id, offer.name, offer.prices.cache_read) for offer in settings.models] == [("m", "m", 4)]


@pytest.mark.parametrize("value", ["much", "12 USD"])
def test_a_setting_that_is_no_number_stops_the_start(value: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        Settings.read({"CHATAPP_USER_BUDGET_USD": value})


def test_a_model_that_is_not_on_offer_is_answered_for_by_the_default() -> None:
    settings = Settings()
    assert settings.offer("claude-opus-5-5").id == "claude-opus-5-5"
    assert settings.offer("claude-2").id == settings.offer(None).id == DEFAULT_MODELS[0].id
    assert settings.cheapest().id == "claude-haiku-5-5"


@pytest.mark.parametrize(
    ("region", "profile"),
    [
        ("eu-west-1", "eu.anthropic.claude-sonnet-5-5"),
        ("us-east-1", "us.anthropic.claude-sonnet-5-5"),
        ("ap-northeast-1", "apac.anthropic.claude-sonnet-5-5"),
    ],
)
def test_bedrock_answers_through_the_regions_inference_profile(region: str, profile: str) -> None:
    settings = Settings(region=region)
    assert settings.bedrock_profile(settings.offer(None)) == profile
