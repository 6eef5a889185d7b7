"""What comments and a limiter's check cost on the local AWS: requests to DynamoDB, and how long a caller waits.

Against a deployment (`./deploy.sh local`), in process: the app's own code on the stage's tables.
"""

from __future__ import annotations

import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import Any

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    sys.path[:1] = [str(root), str(root / "chatapp")]

import boto3
from botocore.config import Config
from chalicelib import services
from chalicelib.errors import RateLimited
from chalicelib.functions import API
from chalicelib.live import Live
from chalicelib.settings import Limit, Settings
from chalicelib.spending import rates
from chalicelib.spending.rates import Caller
from chalicelib.subjects import person

from bench import comments_read
from bench.report import ROOT, Figure, load_average, show
from deploy import results
from deploy.local import aws as local_aws

WARM_UPS = 5
SAMPLES = 200
MAX_REQUESTS_A_ROW = 2
# Of a caller who is signed in: their own and the stage's.
ROWS = 2


@dataclass
class Stage:
    """The API's services on the deployed tables. sent: DynamoDB's operations since it was last emptied."""

    api: services.Services
    dynamodb: Any
    sent: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, running: local_aws.LocalAws) -> Stage:
        session = boto3.session.Session("test", "test", region_name=running.region)
        config = Config(retries={"total_max_attempts": 1})

        @cache
        def client(service: str, endpoint_url: str | None = None) -> Any:
            return session.client(service, endpoint_url=running.endpoint_url, config=config)

        settings = Settings(stage="local", account_id=running.account_id)
        stage = cls(services.build(API, settings, client), client("dynamodb"))
        stage.dynamodb.meta.events.register("before-send.dynamodb", stage._count)
        return stage

    def _count(self, event_name: str, **_: Any) -> None:
        self.sent.append(event_name.rpartition(".")[2])

    def limited(self, quota: int, window_s: int) -> services.Services:
        """As a stage whose members may send so often, and everybody together as often as they like."""
        limits = {"members": {"sends": Limit(quota, window_s)}, "stage": {"sends": Limit(60_000_000, 60)}, "ips": {}}
        return replace(self.api, live=Live(replace(self.api.settings, rates=limits), None))


def limiter(stage: Stage) -> list[Figure]:
    """A check of one who is signed in, by two rows: their own and the stage's."""
    caller = Caller(person(f"bench-{uuid.uuid4()}"), "", group="members")
    key = {"subject": {"S": str(caller.subject)}, "period": {"S": f"{rates.PERIOD}sends"}}
    try:
        idle_ms, idle_requests = _timed(stage, stage.limited(60_000_000, 60), caller)
        burst_ms, burst_requests = _timed(stage, stage.limited(10 * SAMPLES, 3_600), caller)
        refused_ms, refused_requests = _timed(stage, stage.limited(1, 3_600), caller)
    finally:
        stage.dynamodb.delete_item(TableName=stage.api.usage.name, Key=key)
    return [
        Figure("limiter_requests", idle_requests, ROWS * MAX_REQUESTS_A_ROW, "two rows that idle, as between messages"),
        Figure("limiter_burst_requests", burst_requests, ROWS * MAX_REQUESTS_A_ROW, "the caller's own is busy"),
        Figure("limiter_refusal_requests", refused_requests, MAX_REQUESTS_A_ROW, "by the caller's own"),
        *_times("limiter", idle_ms),
        *_times("limiter_burst", burst_ms),
        *_times("limiter_refusal", refused_ms),
    ]


def _timed(stage: Stage, api: services.Services, caller: Caller) -> tuple[list[float], float]:
    """How long each check took (ms), and how many requests one of them makes."""
    took_ms = []
    for number in range(WARM_UPS + SAMPLES):
        if number == WARM_UPS:
            stage.sent.clear()
        started = time.perf_counter()
        with suppress(RateLimited):
            rates.take(api, "sends", caller)
        took_ms.append((time.perf_counter() - started) * 1000)
    return took_ms[WARM_UPS:], len(stage.sent) / SAMPLES


def _times(name: str, took_ms: list[float]) -> list[Figure]:
    p95_ms = quantiles(took_ms, n=20)[-1]
    return [Figure(f"{name}_p50_ms", round(median(took_ms), 1)), Figure(f"{name}_p95_ms", round(p95_ms, 1))]


def main() -> None:
    running = local_aws.status(ROOT).aws
    outputs = results.read("local")
    if outputs is None or running is None:
        sys.exit("nothing to measure: run ./deploy.sh local first")
    stage = Stage.of(running)
    read = comments_read.figures(stage.api, stage.dynamodb, stage.sent, outputs)
    show("comments and limits on the local AWS, warm", [*limiter(stage), *read, load_average()])


if __name__ == "__main__":
    main()
