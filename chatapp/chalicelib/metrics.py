"""The stage's metrics in CloudWatch: ten, since each costs $0.30 a month; all else is fields of log lines.

Owns their names and units, by which alarms and the dashboard are made, too. A metric is a log line that CloudWatch
reads by itself, so that telling one calls nothing:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chalicelib import logs

NAMESPACE = "chatapp"
DIMENSION = "stage"


@dataclass(frozen=True, slots=True)
class Metric:
    """unit: as CloudWatch names it. means: what one value says."""

    name: str
    unit: Literal["Count", "Milliseconds", "None"]
    means: str


TURNS = Metric("turns", "Count", "answers that ended, however they did")
FIRST_TOKEN = Metric("first_token_ms", "Milliseconds", "from the prompt's arrival to an answer's first word")
MODEL_FAILURES = Metric("model_failures", "Count", "answers that the model's errors ended, overload among them")
REFUSED = Metric("refused", "Count", "requests that a limit or a budget refused")
STUCK = Metric("stuck", "Count", "answers and uploads that should have ended and have not")
HEALTHY = Metric("healthy", "Count", "1 where the deep check found every part well, else 0")
BACKUP_AGE = Metric("backup_age_h", "None", "hours since the newest whole backup began")
DRILL_FAILED = Metric("drill_failed", "Count", "1 where the newest drill failed or is too long ago, else 0")
SPENT_TODAY = Metric("spend_today_usd", "None", "model spend of the stage since midnight, UTC")
SPENT_MONTH = Metric("spend_month_usd", "None", "model spend of the stage since the month began, UTC")

METRICS = (
    *(TURNS, FIRST_TOKEN, MODEL_FAILURES, REFUSED, STUCK),
    *(HEALTHY, BACKUP_AGE, DRILL_FAILED, SPENT_TODAY, SPENT_MONTH),
)


def tell(stage: str, values: Mapping[Metric, int | float], event: str, **fields: object) -> None:
    """Write one line that is a log line (`event`, fields) and the metrics' values at once."""
    told = [{"Name": metric.name, "Unit": metric.unit} for metric in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": told}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    named = {metric.name: value for metric, value in values.items()}
    line = {"_aws": about, DIMENSION: stage, "event": event, **named, **fields, **logs.about()}
    print(json.dumps(line, separators=(",", ":")), flush=True)
