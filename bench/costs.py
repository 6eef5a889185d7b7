"""What a stage costs a month on AWS: idle, per 1,000 messages, and of 100 people with 10 messages a day each.

Arithmetic alone: what `bench/turns.py` measured, times list prices. Nothing is asked of AWS, and free tiers are left
out. Prices are of eu-west-1, in USD, as they were known in November 2026; the page beside each says what counts.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench.report import Figure, show
from deploy.functions import app_modules

# https://aws.amazon.com/lambda/pricing/ (x86)
LAMBDA_GB_S = 0.0000166667
LAMBDA_REQUEST = 0.20 / 1e6
# https://aws.amazon.com/dynamodb/pricing/on-demand/
WRITE_UNIT = 0.705 / 1e6
READ_UNIT = 0.141 / 1e6
TABLE_GB_MONTH = 0.283
RECOVERY_GB_MONTH = 0.226
EXPORT_GB = 0.113
# https://aws.amazon.com/api-gateway/pricing/
REST_REQUEST = 3.50 / 1e6
SOCKET_MESSAGE = 1.14 / 1e6
SOCKET_MINUTE = 0.285 / 1e6
# https://aws.amazon.com/s3/pricing/
S3_GB_MONTH = 0.023
S3_LIST = 0.005 / 1e3
# https://aws.amazon.com/cloudwatch/pricing/
LOG_GB = 0.57
METRIC_MONTH = 0.30

# Measured by bench/turns.py: an answer of 5 s and one of 10 s, their ticks included. Of the requests each is counted
# as a read unit, those that write among them: too many by a fraction of a cent.
WRITE_UNITS = {5: 30, 10: 41}
REQUESTS = {5: 25, 10: 34}
# A frame goes to one socket every 150 ms (answering/worker.py).
PUSHES_A_SECOND = 1 / 0.15
# Beside the answer itself: its start, the title's share, the settlement.
OVERHEAD_S = 0.5
API_S = 0.1
# The message, and what a page reads around it: frames after a gap, the list of conversations.
REST_REQUESTS = 2
LOG_BYTES = 3_000

DAYS = 30
# health_check every five minutes: the deep check's run and its own, and seven lists of S3 (health.py).
HEALTH_RUNS = DAYS * 24 * 12
HEALTH_S = 0.5
HEALTH_LISTS = 2
SWEEPS = DAYS * 24
METRICS = 10


@dataclass(frozen=True)
class Use:
    """Of a month. socket_minutes: of all open pages together. stored_gb: of tables, and of files."""

    messages: int
    answer_s: int = 10
    socket_minutes: int = 0
    table_gb: float = 0.0
    files_gb: float = 0.0


def per_message(answer_s: int) -> dict[str, float]:
    """USD, by service."""
    functions = app_modules.functions()
    answer_gb, api_gb = (functions[name].memory_mb / 1024 for name in ("answer", "api_handler"))
    seconds = (answer_s + OVERHEAD_S) * answer_gb + REST_REQUESTS * API_S * api_gb
    pushes = answer_s * PUSHES_A_SECOND
    return {
        "lambda": seconds * LAMBDA_GB_S + (1 + REST_REQUESTS) * LAMBDA_REQUEST,
        "dynamodb": WRITE_UNITS[answer_s] * WRITE_UNIT + REQUESTS[answer_s] * READ_UNIT,
        "pushes": pushes * SOCKET_MESSAGE,
        "rest": REST_REQUESTS * REST_REQUEST,
        "logs": LOG_BYTES / 1e9 * LOG_GB,
    }


def idle() -> dict[str, float]:
    """USD a month, by what is done while nobody is there, with the ten metrics, which ten free ones may cover."""
    health_gb = app_modules.functions()["health_check"].memory_mb / 1024
    api_gb = app_modules.functions()["api_handler"].memory_mb / 1024
    sweep_gb = app_modules.functions()["sweep"].memory_mb / 1024
    return {
        "health": HEALTH_RUNS * (HEALTH_S * (health_gb + api_gb) * LAMBDA_GB_S + HEALTH_LISTS * S3_LIST),
        "sweep": SWEEPS * (sweep_gb * LAMBDA_GB_S + 5 * READ_UNIT),
        "metrics": METRICS * METRIC_MONTH,
    }


def month(use: Use) -> dict[str, float]:
    """USD of a month's use, with what runs anyway."""
    of_messages = {name: usd * use.messages for name, usd in per_message(use.answer_s).items()}
    nightly = use.table_gb * (TABLE_GB_MONTH + RECOVERY_GB_MONTH + DAYS * EXPORT_GB + DAYS * S3_GB_MONTH)
    return {
        **of_messages,
        "sockets open": use.socket_minutes * SOCKET_MINUTE,
        "tables and backups": nightly,
        "files and their copies": use.files_gb * 2 * S3_GB_MONTH,
        **idle(),
    }


# 100 people, 10 messages a day, an hour a day each on an open page; what a year leaves: 30,000 messages a month of
# 4 KB with their indexes, and 200 MB of files a person.
HUNDRED_PEOPLE = Use(100 * 10 * DAYS, socket_minutes=100 * 60 * DAYS, table_gb=1.5, files_gb=20)
# Of the design.
EXPECTED_USD = 75
# What Claude is paid for a message: 3,000 tokens before it, of which two thirds come from the cache, and 400 of answer.
READ_TOKENS, NEW_TOKENS, ANSWER_TOKENS = 2_000, 1_000, 400


def claude(messages: int) -> dict[str, float]:
    """USD by model, of the app's own prices."""
    return {
        offer.name: messages
        * (
            READ_TOKENS * offer.prices.cache_read
            + NEW_TOKENS * offer.prices.cache_write
            + ANSWER_TOKENS * offer.prices.output
        )
        / 1e6
        for offer in app_modules.settings({}).models
    }


def main() -> None:
    figures = [Figure(f"idle_{name}_usd", round(usd, 2)) for name, usd in idle().items()]
    figures.append(Figure("idle_usd", round(sum(idle().values()), 2), note="a month"))
    for answer_s in WRITE_UNITS:
        parts = {name: round(1000 * usd, 3) for name, usd in per_message(answer_s).items()}
        note = ", ".join(f"{name} {usd:g}" for name, usd in parts.items())
        figures.append(Figure(f"thousand_messages_{answer_s}_s_usd", round(sum(parts.values()), 2), note=note))
    parts = month(HUNDRED_PEOPLE)
    note = ", ".join(f"{name} {usd:.2f}" for name, usd in parts.items())
    figures.append(Figure("hundred_people_usd", round(sum(parts.values()), 2), EXPECTED_USD, note))
    figures += [
        Figure(f"hundred_people_{name.lower().replace(' ', '_')}_usd", round(usd, 2), note="Claude's own, beside it")
        for name, usd in claude(HUNDRED_PEOPLE.messages).items()
    ]
    show("What a stage costs on AWS (USD, eu-west-1)", figures)


if __name__ == "__main__":
    main()
