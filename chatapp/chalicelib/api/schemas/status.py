"""How a stage does, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from .service import ModelHealth

Values = list[float | None]


class Spend(BaseModel):
    """Of the model, in days and months of UTC. today_usd: null where it is not known."""

    today_usd: float | None
    day_budget_usd: float
    month_usd: float
    month_budget_usd: float


class FunctionDay(BaseModel):
    """p99_ms: of its slowest hour; null where it did not run."""

    name: str
    invocations: int
    errors: int
    p99_ms: float | None


class WaitingQueue(BaseModel):
    name: str
    waiting: int


class Lines(BaseModel):
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


class LastDay(BaseModel):
    """The last 24 hours. hours: when each began, oldest first."""

    hours: list[str]
    lines: Lines
    functions: list[FunctionDay]
    queues: list[WaitingQueue]


class AlarmNow(BaseModel):
    name: str
    state: Literal["ok", "alarm", "unknown"]
    since: str


class NewestBackup(BaseModel):
    id: str
    made_at: str
    items: int
    bytes: int


class LastDrill(BaseModel):
    """backup_id: of what was restored for proof."""

    backup_id: str
    at: str
    passed: bool


class BackupFailure(BaseModel):
    at: str
    why: str


class BackupsNow(BaseModel):
    newest: NewestBackup | None
    drill: LastDrill | None
    failures: list[BackupFailure]


class StageStatus(BaseModel):
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
