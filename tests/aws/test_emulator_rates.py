"""The limits' exactness on the local AWS' own DynamoDB: many at the last unit, again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.config import Config
from chalicelib import services
from chalicelib.errors import RateLimited
from chalicelib.functions import API
from chalicelib.settings import Limit, Settings
from chalicelib.spending import rates
from chalicelib.spending.rates import Caller
from chalicelib.subjects import person

from deploy.local.aws import LocalAws

ROUNDS = 40
PARALLEL = 32
TABLE = "chatapp-rates-usage"
HOUR_S = 3_600


@pytest.fixture(scope="module")
def api(local: LocalAws) -> Iterator[services.Services]:
    """The API's services, where members may send five an hour."""
    config = Config(max_pool_connections=PARALLEL, retries={"total_max_attempts": 1})
    session = boto3.session.Session("test", "test", region_name=local.region)
    made: dict[str, Any] = {}

    def client(service: str, endpoint_url: str | None = None) -> Any:
        if service not in made:
            made[service] = session.client(service, endpoint_url=local.endpoint_url, config=config)
        return made[service]

    dynamodb = client("dynamodb")
    names = ("subject", "period")
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": n, "KeyType": kind} for n, kind in zip(names, ("HASH", "RANGE"), strict=True)],
    )
    limits = {"members": {"sends": Limit(5, HOUR_S)}, "twins": {}, "stage": {}, "ips": {}}
    yield services.build(API, Settings(stage="rates", rates=limits), client)
    dynamodb.delete_table(TableName=TABLE)


def _taken(api: services.Services, caller: Caller) -> bool:
    try:
        rates.take(api, "sends", caller)
    except RateLimited:
        return False
    return True


def _at_once(pool: ThreadPoolExecutor, do: Callable[[], bool]) -> int:
    barrier = threading.Barrier(PARALLEL)

    def run(_: int) -> bool:
        barrier.wait()
        return do()

    return sum(pool.map(run, range(PARALLEL)))


@pytest.mark.parametrize(("before", "rounds"), [(4, ROUNDS), (0, 10)])
def test_of_many_at_the_last_units_exactly_those_pass_every_time(
    api: services.Services, before: int, rounds: int
) -> None:
    passed = []
    with ThreadPoolExecutor(PARALLEL) as pool:
        for number in range(rounds):
            caller = Caller(person(f"{before}-{number}"), "", group="members")
            assert all(_taken(api, caller) for _ in range(before))
            passed.append(_at_once(pool, partial(_taken, api, caller)))
    assert passed == [5 - before] * rounds
