"""Limits on rows: exact where many meet, given back where a later one refuses, and told to whoever is refused."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalicelib.errors import RateLimited
from chalicelib.spending import rates
from chalicelib.spending.rates import Caller
from chalicelib.subjects import Subject, person

from tests.fakes import dynamodb, wire
from tests.fakes.dynamodb import Call
from tests.people import Person
from tests.stage import ORIGIN, Stage
from tests.stage import rates as rates_of

ROUNDS = 25
PARALLEL = 32
HOUR_S = 3_600
ADA = Caller(person("ada"), "203.0.113.9", group="members")
VISIT = Caller(Subject("visit", "v1"), "2001:db8::1")


def limited(stage: Stage, /, **limits: dict[str, list[int]]) -> Any:
    """The API's services where only these limits hold: `members={"sends": [2, 60]}`."""
    from chalicelib import functions, services

    none: dict[str, dict[str, list[int]]] = json.loads(rates_of([]))
    stage.configure(rates=json.dumps({who: of | limits.get(who, {}) for who, of in none.items()}))
    return services.of(functions.API)


def tat(stage: Stage, subject: str, what: str = "sends") -> int:
    return next(
        (int(r["tat"]) for r in stage.rows("usage") if (r["subject"], r["period"]) == (subject, f"rate:{what}")), 0
    )


def taken(services: Any, caller: Caller = ADA, what: rates.What = "sends") -> bool:
    try:
        rates.take(services, what, caller)
    except RateLimited:
        return False
    return True


def at_once(do: Callable[[], bool]) -> int:
    """How many of so many passed that began in the same moment."""
    barrier = threading.Barrier(PARALLEL)

    def run(_: int) -> bool:
        barrier.wait()
        return do()

    with ThreadPoolExecutor(PARALLEL) as pool:
        return sum(pool.map(run, range(PARALLEL)))


def of(who: str) -> Callable[[Call], bool]:
    return lambda call: call.tables == ["usage"] and call.body["Key"]["subject"]["S"] == who


@pytest.mark.parametrize("before", [0, 1, 4])
def test_of_many_at_the_last_units_exactly_those_pass(stage: Stage, before: int) -> None:
    """before: of five. With none of them the row is idle, and everybody meets where it is begun."""
    services = limited(stage, members={"sends": [5, HOUR_S]})
    for number in range(ROUNDS if before == 4 else 10):
        caller = Caller(person(f"ada-{number}"), "", group="members")
        assert all(taken(services, caller) for _ in range(before))
        stage.wire.calls.clear()
        assert at_once(lambda c=caller: taken(services, c)) == 5 - before  # type: ignore[misc]
        assert len(stage.wire.calls) <= 2 * PARALLEL


def test_a_row_takes_one_request_while_it_is_idle_or_used_up_and_two_in_a_burst(stage: Stage) -> None:
    services = limited(stage, members={"sends": [2, HOUR_S]})
    made = []
    for expected in (True, True, False):
        stage.wire.calls.clear()
        assert taken(services) is expected
        made.append([call.operation for call in stage.wire.calls])
    assert made == [["UpdateItem"], ["UpdateItem", "UpdateItem"], ["UpdateItem"]]


def test_what_was_taken_comes_back_one_by_one(stage: Stage) -> None:
    services = limited(stage, members={"sends": [3, HOUR_S]})
    assert [taken(services) for _ in range(4)] == [True, True, True, False]
    _let_pass(stage, "user:ada", HOUR_S // 3)
    assert [taken(services) for _ in range(2)] == [True, False]
    _let_pass(stage, "user:ada", 10 * HOUR_S)
    assert [taken(services) for _ in range(4)] == [True, True, True, False]


def _let_pass(stage: Stage, subject: str, seconds: int) -> None:
    stage.edit("usage", subject, tat=tat(stage, subject) - seconds * 1_000_000)


def test_a_row_that_idled_owes_nobody_the_time_before(stage: Stage) -> None:
    """`tat` far behind must not be built upon: that would be a burst of many quotas."""
    services = limited(stage, members={"sends": [2, HOUR_S]})
    stage.put("usage", {"subject": "user:ada", "period": "rate:sends", "tat": 1})
    assert [taken(services) for _ in range(3)] == [True, True, False]


def test_each_what_and_each_caller_has_limits_of_its_own(stage: Stage) -> None:
    services = limited(stage, members={"sends": [1, HOUR_S], "sockets": [1, HOUR_S]}, owners={"sends": [2, HOUR_S]})
    assert [taken(services), taken(services)] == [True, False]
    assert taken(services, what="sockets")
    assert taken(services, Caller(person("grace"), "", group="members"))
    owner = Caller(person("olga"), "", group="owners")
    assert [taken(services, owner) for _ in range(3)] == [True, True, False]
    assert taken(services, Caller(person("nobody"), "", group="none")), "no limit is set for them"


def test_who_is_counted(stage: Stage) -> None:
    each = {"sends": [9, HOUR_S]}
    services = limited(stage, members=each, visits=each, keys=each, ips=each, stage=each)
    rates.take(services, "sends", ADA)
    assert _counted(stage) == {"user:ada", "stage"}
    rates.take(services, "sends", Caller(None, "203.0.113.9", key_id="k1"))
    assert _counted(stage) == {"user:ada", "key:k1", "stage"}
    rates.take(services, "sends", VISIT)
    rates.take(services, "sends", Caller(None, "203.0.113.9"))
    found = _counted(stage) - {"user:ada", "key:k1", "stage", "visit:v1"}
    assert len(found) == 2
    assert all(re.fullmatch("ip:[0-9a-f]{32}", subject) for subject in found)


def _counted(stage: Stage) -> set[str]:
    return {row["subject"] for row in stage.rows("usage")}


def test_a_keys_own_limit_holds_for_it(stage: Stage) -> None:
    from chalicelib.settings import Limit

    services = limited(stage, keys={"comments": [9, HOUR_S]})
    caller = Caller(None, "", key_id="k1")
    rates.take(services, "comments", caller, own=Limit(1, HOUR_S))
    with pytest.raises(RateLimited):
        rates.take(services, "comments", caller, own=Limit(1, HOUR_S))


def test_a_visitor_with_a_thousand_addresses_of_one_network_is_one(stage: Stage) -> None:
    services = limited(stage, ips={"signups": [5, 86_400]})
    callers = [Caller(None, f"2001:db8:1:2::{number:x}") for number in range(1_000)]
    assert sum(taken(services, caller, "signups") for caller in callers) == 5
    assert taken(services, Caller(None, "2001:db8:1:3::1"), "signups")
    with pytest.raises(RateLimited) as refused:
        rates.take(services, "signups", callers[0])
    says = "Too many sign-ups from your address: at most 5 in 24 hours. Try again in 5 hours."
    assert refused.value.message == says


def test_a_row_is_kept_until_nothing_is_missing_of_it(stage: Stage) -> None:
    services = limited(stage, members={"sends": [5, 600]})
    for _ in range(5):
        assert taken(services)
        (row,) = stage.rows("usage")
        assert row["tat"] / 1e6 < row["ttl"] < time.time() + 2 * HOUR_S


def test_where_the_stage_refuses_the_person_keeps_their_unit(stage: Stage) -> None:
    services = limited(stage, members={"sends": [5, HOUR_S]}, stage={"sends": [1, HOUR_S]})
    assert taken(services, Caller(person("grace"), "", group="members"))
    assert taken(services, ADA) is False
    assert tat(stage, "user:ada") <= time.time() * 1e6, "nothing is missing"
    before = tat(stage, "user:grace")
    assert taken(services, Caller(person("grace"), "", group="members")) is False
    assert tat(stage, "user:grace") == before


def test_a_person_who_is_refused_takes_nothing_of_the_stages(stage: Stage) -> None:
    services = limited(stage, members={"sends": [1, HOUR_S]}, stage={"sends": [5, HOUR_S]})
    assert [taken(services), taken(services)] == [True, False]
    once = tat(stage, "stage")
    assert taken(services, Caller(person("grace"), "", group="members"))
    assert tat(stage, "stage") > once
    assert sum(taken(services, Caller(person(f"p{n}"), "", group="members")) for n in range(9)) == 3


@pytest.mark.parametrize("fault", [wire.unreachable, dynamodb.throttled])
def test_where_the_second_row_cannot_be_asked_the_first_is_given_back(stage: Stage, fault: Any) -> None:
    from chalicelib.aws.faults import Busy

    services = limited(stage, members={"sends": [1, HOUR_S]}, stage={"sends": [5, HOUR_S]})
    stage.wire.fail(fault, of("stage"), times=9)
    with pytest.raises(Busy):
        rates.take(services, "sends", ADA)
    stage.wire.clear()
    assert taken(services)


def test_killed_between_two_rows_a_unit_is_missing_that_comes_back_by_itself(stage: Stage) -> None:
    services = limited(stage, members={"sends": [2, HOUR_S]}, stage={"sends": [5, HOUR_S]})
    stage.wire.fail(wire.killed_before, of("stage"))
    with pytest.raises(wire.Killed):
        rates.take(services, "sends", ADA)
    assert [taken(services) for _ in range(2)] == [True, False], "one unit is lost, and no more"
    _let_pass(stage, "user:ada", HOUR_S // 2)
    assert [taken(services) for _ in range(2)] == [True, False]


def test_a_lost_reply_costs_a_unit_and_no_more(stage: Stage) -> None:
    services = limited(stage, members={"sends": [3, HOUR_S]})
    assert taken(services)
    stage.wire.fail(wire.lost_reply, lambda call: "#tat + " in call.body["UpdateExpression"])
    assert taken(services)
    assert taken(services) is False


# --- Over HTTP --------------------------------------------------------------------------------------------------------


def test_whoever_is_refused_reads_when_and_nothing_is_done(stage: Stage, ada: Person) -> None:
    limited(stage, members={"sends": [2, 60]})
    conversation_id = ada.new_conversation()
    assert ada.send(conversation_id, "Roses").status == 202
    stage.lambdas.take()
    stage.wire.calls.clear()
    refused = ada.send(conversation_id, "Lilies")
    assert [call.tables for call in stage.wire.calls if call.tables != ["sockets"]] == [["usage"]]
    assert stage.lambdas.take() == []
    assert (refused.status, refused.error) == (429, "rate_limited")
    wait_s = int(refused.headers["Retry-After"])
    assert refused.body["error"]["retry_after_s"] == wait_s
    assert 0 < wait_s <= 30
    wait = "1 second" if wait_s == 1 else f"{wait_s} seconds"
    says = f"Too many messages from you: at most 2 in 60 seconds. Try again in {wait}."
    assert refused.body["error"]["message"] == says
    assert refused.headers["RateLimit"] == f'"sends-person";r=0;t={wait_s}'
    assert refused.headers["RateLimit-Policy"] == '"sends-person";q=2;w=60'
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_every_reply_of_a_metered_route_says_what_is_left_and_scripts_may_read_it(stage: Stage, ada: Person) -> None:
    limited(stage, members={"sends": [3, HOUR_S]}, stage={"sends": [9, HOUR_S]})
    made = ada.post("/conversations", {})
    missing = ada.send("01a1fe08-e5c5-7000-80c7-b4ac7a401b54", "Roses")
    assert (made.status, missing.status) == (201, 404)
    assert [reply.headers["RateLimit-Policy"] for reply in (made, missing)] == ['"sends-person";q=3;w=3600'] * 2
    assert [re.sub("t=.*", "t", reply.headers["RateLimit"]) for reply in (made, missing)] == [
        '"sends-person";r=2;t',
        '"sends-person";r=1;t',
    ]
    exposed = made.headers["Access-Control-Expose-Headers"].split(",")
    assert set(exposed) == {"RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"}
    assert "RateLimit" not in ada.get("/conversations").headers


def test_what_makes_no_sense_is_not_counted(stage: Stage, ada: Person) -> None:
    limited(stage, members={"sends": [1, HOUR_S]})
    assert ada.post("/chat", {"massage": "a typing error"}).status == 400
    assert ada.post("/conversations", {}).status == 201


@pytest.mark.parametrize(
    ("what", "path", "body"),
    [
        ("sends", "/chat", {"message": "Roses?"}),
        ("sends", "/conversations", {}),
        ("sends", "/conversations/{c}/messages", {"text": "Roses?", "request_id": "a" * 32}),
        ("sends", "/conversations/{c}/messages/{m}/retry", {}),
        ("uploads", "/files", {"name": "Roses.txt", "type": "text/plain", "size": 5}),
        ("sockets", "/sockets", {}),
    ],
)
def test_what_costs_something_is_metered(stage: Stage, ada: Person, what: str, path: str, body: Any) -> None:
    c, m = ("01a1fe08-e5c5-7000-80c7-b4ac7a401b54",) * 2
    services = limited(stage, members={what: [1, HOUR_S]})
    rates.take(services, what, Caller(ada.subject, "", group="members"))  # type: ignore[arg-type]
    reply = ada.post(path.format(c=c, m=m), body)
    assert (reply.status, reply.error) == (429, "rate_limited")


def test_who_calls_is_told_by_the_connection_and_the_token_never_by_a_header(stage: Stage, ada: Person) -> None:
    each = {"owners": 9, "members": 5, "none": 2}
    limited(stage, **{who: {"comments": [quota, HOUR_S]} for who, quota in each.items()})
    comment = {"sectionId": "nowhere", "text": "Roses"}
    ada.headers = {"X-Forwarded-For": "203.0.113.9", "X-Api-Key": "k"}
    quotas = []
    for groups in ("owners,members", "members", "[members, others]", "others", ""):
        ada.claims["cognito:groups"] = groups
        quotas.append(ada.post("/commentaires", comment).headers["RateLimit-Policy"].partition(";")[2])
    assert quotas == ["q=9;w=3600", "q=5;w=3600", "q=5;w=3600", "q=2;w=3600", "q=2;w=3600"]
    assert {row["subject"] for row in stage.rows("usage")} == {str(ada.subject)}


def test_a_restored_backup_brings_no_rates_back() -> None:
    from chalicelib.backups.selection import Selection

    row = {"subject": {"S": "user:ada"}, "period": {"S": "rate:sends"}, "tat": {"N": "1"}}
    assert Selection().row("usage", row) is None
    assert Selection().row("usage", row | {"period": {"S": "2026-11"}}) is not None
