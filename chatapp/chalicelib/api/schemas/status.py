"""How a stage does, on the wire."""

from __future__ import annotations

from typing import Literal

from .service import ModelHealth
from .texts import Shape

Values = list[float | None]


class Spend(Shape):
    """Of the model, in days and months of UTC. today_usd: null where it is not known."""

    today_usd: float | None
    day_budget_usd: float
    month_usd: float
    month_budget_usd: float


class FunctionDay(Shape):
    """p99_ms: of its slowest hour; null where it did not run."""

    name: str
    invocations: int
    errors: int
    p99_ms: float | None


class WaitingQueue(Shape):
    name: str
    waiting: int


class Lines(Shape):
    """A value for each hour, null without one."""

    turns: Values
    first_word_p50_ms: Values
    first_word_p95_ms: Values
    model_failures: Values
    refused: Values
    stuck: Values
    healthy: Values
    spend_today_usd: Values
    requests: Values
    server_errors: Values


class LastDay(Shape):
    """The last 24 hours. hours: when each began, oldest first."""

    hours: list[str]
    lines: Lines
    functions: list[FunctionDay]
    queues: list[WaitingQueue]


class AlarmNow(Shape):
    name: str
    state: Literal["ok", "alarm", "unknown"]
    since: str


class NewestBackup(Shape):
    id: str
    made_at: str
    items: int
    bytes: int


class LastDrill(Shape):
    """backup_id: of what was restored for proof."""

    backup_id: str
    at: str
    passed: bool


class BackupFailure(Shape):
    at: str
    why: str


class BackupsNow(Shape):
    newest: NewestBackup | None
    drill: LastDrill | None
    failures: list[BackupFailure]


class StageStatus(Shape):
    """failing: parts that do not answer. day, alarms, backups: null where they cannot be read now."""

    stage: str
    version: str
    checked_at: str
    failing: list[str]
    model: ModelHealth
    spend: Spend
    day: LastDay | None
    alarms: list[AlarmNow] | None
    backups: BackupsNow | None
