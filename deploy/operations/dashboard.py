"""The dashboard of a stage: one page of charts, from the metrics that alarms read, and from log lines.

A dashboard costs $3 a month beyond an account's first three; its charts of log lines are $0.0063 a gigabyte read, each
time that it is opened. https://aws.amazon.com/cloudwatch/pricing/
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.functions.policies import API_HANDLER

from .alarms import Watched
from .metrics import Read, of_api, of_function, of_queue, of_table, own

Widget = dict[str, Any]
_COLUMNS = 24
_WIDTH, _HEIGHT = 8, 6
# CloudFront tells its metrics there, whatever the stage's region.
_EDGES_REGION = "us-east-1"


@dataclass(frozen=True)
class Shown:
    """edge_metrics: whether CloudFront tells its hit ratio, which is paid for."""

    watched: Watched
    region: str
    edge_metrics: bool = False


def resource(shown: Shown) -> dict[str, Any]:
    """Of a stack with the parameter DistributionId."""
    body = json.dumps({"widgets": _placed(list(widgets(shown)))}, separators=(",", ":"))
    properties = {"DashboardName": shown.watched.prefix, "DashboardBody": {"Fn::Sub": body}}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _placed(made: Sequence[Widget]) -> list[Widget]:
    """Three in a row."""
    each_row = _COLUMNS // _WIDTH
    return [
        {"x": at % each_row * _WIDTH, "y": at // each_row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT, **widget}
        for at, widget in enumerate(made)
    ]


def widgets(shown: Shown) -> Iterable[Widget]:
    yield from _people(shown)
    yield from _money(shown)
    yield from _work(shown)
    yield from _tables(shown)
    yield from _edges(shown)


def _people(shown: Shown) -> Iterable[Widget]:
    stage, prefix = shown.watched.stage, shown.watched.prefix
    yield _chart(shown, "Health (1 is well)", [own(stage, "healthy", "Minimum")])
    requests = [of_api(prefix, name, "Sum") for name in ("Count", "4XXError", "5XXError")]
    yield _chart(shown, "Requests", [*requests, own(stage, "turns", "Sum"), own(stage, "refused", "Sum")])
    latency = [of_api(prefix, "Latency", percentile) for percentile in ("p50", "p95", "p99")]
    yield _chart(shown, "Time of requests (ms)", latency)
    words = [own(stage, "first_token_ms", percentile) for percentile in ("p50", "p95", "p99")]
    yield _chart(shown, "Time to the first word (ms)", words)
    errors = [of_function(prefix, name, "Errors") for name in shown.watched.functions]
    yield _chart(shown, "Errors of functions", errors)
    throttles = [of_function(prefix, name, "Throttles") for name in shown.watched.functions]
    yield _chart(shown, "Throttled invocations", throttles)
    models = [own(stage, "model_failures", "Sum"), own(stage, "stuck", "Maximum")]
    yield _chart(shown, "Answers that failed, and what is stuck", models)


def _money(shown: Shown) -> Iterable[Widget]:
    watched = shown.watched
    for title, name, budget in (
        ("Claude today (USD)", "spend_today_usd", watched.day_usd),
        ("Claude this month (USD)", "spend_month_usd", watched.month_usd),
    ):
        line = {"horizontal": [{"label": "budget", "value": budget}, {"label": "mail", "value": 0.8 * budget}]}
        yield _chart(shown, title, [own(watched.stage, name, "Maximum")], annotations=line)
    share = (
        "filter event = 'turn' | stats sum(cache_read_tokens) / (sum(input_tokens) + sum(cache_read_tokens)"
        " + sum(cache_write_tokens)) * 100 as cached_percent, sum(cost_usd) as usd, count(*) as answers by model"
    )
    yield _of_logs(shown, "Share of prompts from the cache, by model", "answer", share)


def _work(shown: Shown) -> Iterable[Widget]:
    watched = shown.watched
    by_format = "stats count(*) as files, avg(ms) as mean_ms, max(ms) as most_ms by format, status"
    read = f"filter event = 'extraction' | {by_format}"
    yield _of_logs(shown, "Files read, by format", "extract", read)
    depths = [of_queue(watched.prefix, queue, "ApproximateNumberOfMessagesVisible") for queue in watched.queues]
    yield _chart(shown, "Failure queues: what waits", depths)
    ages = [of_queue(watched.prefix, queue, "ApproximateAgeOfOldestMessage") for queue in watched.queues]
    yield _chart(shown, "Failure queues: age (s)", ages)
    backups = [own(watched.stage, "backup_age_h", "Maximum"), own(watched.stage, "drill_failed", "Maximum")]
    yield _chart(shown, "Age of the newest backup (h), failed drills", backups)


def _tables(shown: Shown) -> Iterable[Widget]:
    watched = shown.watched
    for title, names in (
        ("Tables: capacity read", ("ConsumedReadCapacityUnits",)),
        ("Tables: capacity written", ("ConsumedWriteCapacityUnits",)),
        ("Tables: throttled", ("ReadThrottleEvents", "WriteThrottleEvents")),
    ):
        yield _chart(
            shown, title, [of_table(watched.prefix, table, name) for table in watched.tables for name in names]
        )


def _edges(shown: Shown) -> Iterable[Widget]:
    def read(name: str, statistic: str) -> Read:
        dimensions = {"DistributionId": "${DistributionId}", "Region": "Global"}
        return Read("AWS/CloudFront", name, statistic, dimensions)

    yield _chart(shown, "Site: requests", [read("Requests", "Sum")], _EDGES_REGION)
    errors = [read(name, "Average") for name in ("4xxErrorRate", "5xxErrorRate")]
    yield _chart(shown, "Site: errors (%)", errors, _EDGES_REGION)
    if shown.edge_metrics:
        yield _chart(shown, "Site: from the edges (%)", [read("CacheHitRate", "Average")], _EDGES_REGION)


def _chart(
    shown: Shown, title: str, reads: Sequence[Read], region: str = "", annotations: dict[str, Any] | None = None
) -> Widget:
    properties = {
        "title": title,
        "region": region or shown.region,
        "view": "timeSeries",
        "period": 300,
        "metrics": [read.for_widget() for read in reads],
        "yAxis": {"left": {"min": 0}},
        **({"annotations": annotations} if annotations else {}),
    }
    return {"type": "metric", "properties": properties}


def _of_logs(shown: Shown, title: str, function: str, query: str) -> Widget:
    name = shown.watched.prefix if function == API_HANDLER else f"{shown.watched.prefix}-{function}"
    source = f"SOURCE '/aws/lambda/{name}' | {query}"
    return {"type": "log", "properties": {"title": title, "region": shown.region, "view": "table", "query": source}}
