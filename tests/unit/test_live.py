"""Settings that change while a process lives: read once a minute, beside requests, and never wrongly taken."""

from __future__ import annotations

import json
import threading

import pytest
from chalicelib.aws.faults import Busy
from chalicelib.live import KEEP_S, READER, Live
from chalicelib.settings import LIVE, Settings

from tests.fakes.aws import client_error

BASE = Settings(user_budget_usd=20.0)


class Store:
    """The parameter. reads: how often it was asked for; `held` makes a reader wait."""

    def __init__(self, **values: str) -> None:
        self.text: str | None = json.dumps({"values": values}) if values else None
        self.reads, self.now, self.is_busy = 0, 0.0, False
        self.held = threading.Event()
        self.held.set()

    def set(self, **values: str) -> None:
        self.text = json.dumps({"values": values})

    def read(self) -> str | None:
        self.reads += 1
        assert self.held.wait(10)
        if self.is_busy:
            raise Busy
        return self.text


def live(store: Store) -> Live:
    return Live(BASE, store.read, lambda: store.now)


def after_a_minute(store: Store, settings: Live) -> Settings:
    """What holds once the reading that a request began has ended."""
    store.now += KEEP_S
    settings.settings()
    for thread in threading.enumerate():
        if thread.name == READER:
            thread.join(5)
    return settings.settings()


def test_what_is_stored_stands_over_what_was_deployed() -> None:
    settings = live(
        Store(user_budget_usd="3.5", comments_mode="approve", rates='{"members":{"sends":[1,60]}}')
    ).settings()
    assert (settings.user_budget_usd, settings.comments_mode) == (3.5, "approve")
    assert settings.rates["members"]["sends"].quota == 1
    assert settings.stage_budget_usd == BASE.stage_budget_usd


def test_nothing_stored_is_what_was_deployed() -> None:
    assert live(Store()).settings() == BASE


def test_it_is_read_once_a_minute_however_many_ask() -> None:
    store = Store()
    settings = live(store)
    for _ in range(50):
        settings.settings()
    assert store.reads == 1
    after_a_minute(store, settings)
    assert store.reads == 2


def test_a_request_does_not_wait_for_a_reading() -> None:
    store = Store()
    settings = live(store)
    settings.settings()
    store.set(user_budget_usd="1")
    store.held.clear()
    store.now += KEEP_S
    assert settings.settings().user_budget_usd == 20.0, "what was known, while it is read"
    store.held.set()
    assert after_a_minute(store, settings).user_budget_usd == 1.0


def test_what_a_frozen_process_knew_is_not_used() -> None:
    store = Store()
    settings = live(store)
    settings.settings()
    store.set(user_budget_usd="1")
    store.now += 3_600
    assert settings.settings().user_budget_usd == 1.0


def test_what_is_taken_back_is_as_deployed() -> None:
    store = Store(user_budget_usd="1")
    settings = live(store)
    assert settings.settings().user_budget_usd == 1.0
    store.set()
    assert after_a_minute(store, settings) == BASE


@pytest.mark.parametrize("wrong", ["", "much", "-1", "nan", "inf", "[]"])
def test_a_wrong_value_leaves_the_one_before_and_is_named(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(user_budget_usd="7")
    settings = live(store)
    settings.settings()
    store.set(user_budget_usd=wrong, max_tokens="100")
    found = after_a_minute(store, settings)
    assert (found.user_budget_usd, found.max_tokens) == (7.0, 100), "and what is right beside it is taken"
    assert {"event": "setting_refused", "field": "user_budget_usd"} in map(
        json.loads, capsys.readouterr().out.splitlines()
    )


@pytest.mark.parametrize("text", ["not json", "[]", '{"values": []}', '{"values": {"user_budget_usd": 3}}'])
def test_a_parameter_of_another_form_leaves_what_there_was(text: str) -> None:
    store = Store(user_budget_usd="7")
    settings = live(store)
    settings.settings()
    store.text = text
    assert after_a_minute(store, settings).user_budget_usd == 7.0


def test_what_cannot_be_read_leaves_what_there_was() -> None:
    store = Store(user_budget_usd="7")
    settings = live(store)
    settings.settings()
    store.is_busy = True
    assert after_a_minute(store, settings).user_budget_usd == 7.0


def test_a_right_that_is_missing_for_now_holds_no_request_up(capsys: pytest.CaptureFixture[str]) -> None:
    def denied() -> str | None:
        raise client_error("AccessDeniedException", "GetParameter", 400, said="User: arn of somebody is not authorized")

    assert Live(BASE, denied, lambda: 0.0).settings() == BASE
    said = capsys.readouterr()
    assert "settings_not_read" in said.out
    assert "arn of somebody" not in said.out + said.err


def test_a_function_that_may_not_read_them_has_what_it_was_deployed_with() -> None:
    assert Live(BASE, None).settings() is BASE


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("retention_days", "3", "retention_days cannot change at once"),
        ("comments_mode", "closed", "comments_mode is one of open, first, approve"),
        ("rates", '{"nobody": {}}', "there is no nobody"),
        ("rates", '{"members": {"sends": [0, 1]}}', "rates.members.sends must be"),
        ("max_tokens", "500000", "max_tokens"),
        ("max_tokens", "0", "max_tokens"),
        ("max_tokens", "1.5", "max_tokens: 1.5 is no such value"),
        ("twin_topics", '"yes"', "twin_topics"),
        ("digest", "7", "digest"),
        ("user_budget_usd", "-0.1", "user_budget_usd"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_field(name: str, value: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        BASE.over({name: value})


def test_all_that_change_at_once_are_settings() -> None:
    assert all(hasattr(BASE, name) for name in LIVE)
