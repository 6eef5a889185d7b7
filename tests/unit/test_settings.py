from __future__ import annotations

import json

import pytest
from chalicelib.settings import DEFAULT_MODELS, DEFAULT_RATES, Limit, Settings

from deploy.environment import DeploymentError, load_settings
from deploy.functions import app_modules


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


def test_a_time_of_keeping_that_is_over_already_stops_the_start() -> None:
    """It would have everything swept."""
    with pytest.raises(ValueError, match="retention_days"):
        Settings.read({"CHATAPP_RETENTION_DAYS": "-1"})


@pytest.mark.parametrize(("name", "value"), [("HOUR_UTC", "24"), ("HOUR_UTC", "-1"), ("LOCK_DAYS", "-1")])
def test_an_hour_that_no_day_has_and_a_lock_that_is_over_stop_the_start(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="backup_hour_utc"):
        Settings.read({f"CHATAPP_BACKUP_{name}": value})


@pytest.mark.parametrize("given", ["0", '"off"', "null"])
def test_topics_are_on_or_off_and_on_by_default(given: str) -> None:
    assert Settings.read({}).twin_topics
    assert not Settings.read({"CHATAPP_TWIN_TOPICS": "false"}).twin_topics
    with pytest.raises(ValueError, match="twin_topics"):
        Settings.read({"CHATAPP_TWIN_TOPICS": given})


@pytest.mark.parametrize("signup", ["on", "OPEN", "true"])
def test_sign_up_is_open_or_closed_and_closed_by_default(signup: str) -> None:
    assert Settings.read({}).signup == "closed"
    assert Settings.read({"CHATAPP_SIGNUP": "open"}).signup == "open"
    with pytest.raises(ValueError, match="signup"):
        Settings.read({"CHATAPP_SIGNUP": signup})


def test_settings_that_leave_a_message_no_room_stop_the_start_and_the_deployment() -> None:
    just = {"CHATAPP_CONTEXT_TOKENS": "100000", "CHATAPP_MAX_TOKENS": "16000", "CHATAPP_DOCUMENT_TOKENS": "74000"}
    assert Settings.read(just).document_tokens == 74_000
    for name, value in (("DOCUMENT", "74001"), ("MAX", "16001"), ("CONTEXT", "99999")):
        variables = just | {f"CHATAPP_{name}_TOKENS": value}
        with pytest.raises(ValueError, match="must leave 10,000"):
            Settings.read(variables)
        with pytest.raises(DeploymentError, match=r"settings\.toml: context_tokens"):
            app_modules.settings(variables)


def test_what_is_set_for_every_stage_leaves_a_message_room() -> None:
    for stage in ("local", "prod"):
        assert app_modules.settings(load_settings(stage).variables()).document_tokens > 0


def test_a_rate_is_changed_by_its_name_and_the_others_stay() -> None:
    given = {"members": {"sends": [3, 7], "uploads": []}}
    rates = Settings.read({"CHATAPP_RATES": json.dumps(given)}).rates
    assert (rates["members"]["sends"], "uploads" in rates["members"]) == (Limit(3, 7), False)
    assert rates["members"]["sockets"] == DEFAULT_RATES["members"]["sockets"]
    assert {who: of for who, of in rates.items() if who != "members"} == {
        who: of for who, of in DEFAULT_RATES.items() if who != "members"
    }


@pytest.mark.parametrize(
    "given",
    [
        {"member": {"sends": [3, 7]}},
        {"members": {"send": [3, 7]}},
        {"members": {"sends": [0, 7]}},
        {"members": {"sends": [3, 0]}},
        {"members": {"sends": [3]}},
        {"members": {"sends": [3, 7.5]}},
        {"members": {"sends": "3/7"}},
    ],
)
def test_a_rate_that_is_none_stops_the_start(given: object) -> None:
    with pytest.raises(ValueError, match=r"^rates"):
        Settings.read({"CHATAPP_RATES": json.dumps(given)})


@pytest.mark.parametrize("stage", ["local", "prod"])
def test_what_is_set_of_rates_is_readable(stage: str) -> None:
    rates = app_modules.settings(load_settings(stage).variables()).rates
    assert rates["members"]["sends"].quota >= 30


def test_a_model_that_is_not_on_offer_is_answered_for_by_the_default() -> None:
    settings = Settings()
    assert settings.offer("claude-opus-5-5").id == "claude-opus-5-5"
    assert settings.offer("claude-2").id == settings.offer(None).id == DEFAULT_MODELS[0].id
    assert settings.cheapest().id == "claude-haiku-5-5"


def test_the_ids_that_a_deployment_found_stand_on_the_offers() -> None:
    ids = {"claude-sonnet-5-5": "eu.anthropic.claude-sonnet-5-5-v1:0", "unknown": "x"}
    found = Settings.read({"CHATAPP_BEDROCK_IDS": json.dumps(ids)})
    assert [offer.bedrock_id for offer in found.models] == ["eu.anthropic.claude-sonnet-5-5-v1:0", "", ""]
    models = [{"id": "m", "input": 1, "output": 2, "cache_write": 3, "cache_read": 4, "bedrock_id": "global.m"}]
    assert Settings.read({"CHATAPP_MODELS": json.dumps(models)}).offer("m").bedrock_id == "global.m"


def test_what_is_set_of_twins_reaches_the_functions() -> None:
    given = {"twin_origins": ["https://a.example"], "twin_daily_budget_usd": 1.5, "transcript_days": 0}
    variables = {f"CHATAPP_{name.upper()}": json.dumps(value) for name, value in given.items()}
    settings = app_modules.settings(variables)
    assert (settings.twin_origins, settings.twin_daily_budget_usd) == (("https://a.example",), 1.5)
    assert (settings.transcript_days, settings.twin_monthly_budget_usd) == (0, 20.0)
    with pytest.raises(ValueError, match="transcript_days"):
        Settings.read({"CHATAPP_TRANSCRIPT_DAYS": "-1"})


@pytest.mark.parametrize("stage", ["local", "prod"])
def test_each_limit_of_visitors_is_set_on_every_stage(stage: str) -> None:
    """An attack that a budget ends would still keep everybody else from the twin."""
    rates = app_modules.settings(load_settings(stage).variables()).rates
    for who, whats in {"ips": ("sends", "visits", "sockets"), "visits": ("sends", "sockets")}.items():
        assert set(whats) <= rates[who].keys()
    assert {"sends", "visits"} <= rates["twins"].keys()
    assert rates["twins"]["sends"].window_s >= 60
