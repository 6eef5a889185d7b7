"""Whether what the app stands on answers.

`GET /health?deep=1` asks every part that the API works with, all at once, by the cheapest request that it may make
anyway: for a row that is not there, for versions under a prefix that nothing uses, for those of the site's first
page. (What only backups use is proven by their drill.) Anybody may ask, so what was found is good for a while:
however often it is asked for, a process looks twice a minute at most, which costs 0.00001 USD each time.

`health_check` asks that, every five minutes, at the address that everybody uses, and for the model's own list of
models, which is free; `checkup` says both as a metric, and the latter is kept on a row, for the deep check to tell.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass
from http.client import HTTPException
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from cachetools import TTLCache

from chalicelib import logs
from chalicelib.aws.faults import Busy
from chalicelib.claude.interface import ModelError
from chalicelib.ids import iso

if TYPE_CHECKING:
    from chalicelib.aws.bucket import Version
    from chalicelib.services import Services

State = Literal["ok", "failing", "unknown"]
Future = futures.Future[Any]
Wait = Callable[..., tuple[Collection[Future], Collection[Future]]]

CACHED_S = 30
# For what is asked for; with the rest of a request it stays within 2 s.
WITHIN_S = 1.7
# Of the public URL: longer than a cold start takes.
_REPLY_WITHIN_S = 15
_MOST_BYTES = 4_096
ROW = {"subject": "health", "period": "model"}
# After so long without a check, nothing is known of the model.
_FRESH_S = 900
_KEPT_S = 86_400
_NOBODY = "-health"


class Unpublished(Exception):
    """The site has no first page."""


def _is_published(versions: Sequence[Version]) -> None:
    if not any(each.is_latest and not each.is_delete_marker for each in versions):
        raise Unpublished


_USAGE = "table usage"
PARTS: Mapping[str, Callable[[Services], Any]] = MappingProxyType(
    {
        "table conversations": lambda s: s.conversations.find({"user_id": _NOBODY, "conversation_id": _NOBODY}),
        "table messages": lambda s: s.messages.find({"conversation": _NOBODY, "message_id": _NOBODY}),
        "table frames": lambda s: s.frames.query("#answer = :nobody", {":nobody": _NOBODY}, limit=1),
        "table files": lambda s: s.files.find({"file_id": _NOBODY}),
        _USAGE: lambda s: s.usage.find(ROW),
        "table sockets": lambda s: s.sockets.query("#subject = :nobody", {":nobody": _NOBODY}, limit=1),
        "table people": lambda s: s.people.find({"user_id": _NOBODY}),
        "table commentaires": lambda s: s.commentaires.find({"id": _NOBODY}),
        "table sections": lambda s: s.sections.find({"section_id": _NOBODY}),
        "table twins": lambda s: s.twins.find({"handle": _NOBODY, "item": _NOBODY}),
        "bucket files": lambda s: s.uploads.versions(f"uploads/{_NOBODY}/"),
        "bucket site": lambda s: _is_published(s.site.versions("index.html")),
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """failing: parts that do not answer, or not in time. model: as `health_check` last found it; checked_at: then."""

    failing: tuple[str, ...]
    model: State = "unknown"
    checked_at: str | None = None


def cache(timer: Callable[[], float] = time.time) -> TTLCache[str, Found]:
    """By stage. timer: the clock of the day, which goes on while Lambda keeps a process frozen."""
    return TTLCache(maxsize=1, ttl=CACHED_S, timer=timer)


known = cache()


def deep(services: Services, wait: Wait = futures.wait) -> Found:
    """What was found in the last 30 s, or is found now, within 2 s. wait: see `concurrent.futures`."""
    stage = services.settings.stage
    found = known.get(stage)
    if found is None:
        found = known[stage] = _look(services, wait)
    return found


def _look(services: Services, wait: Wait) -> Found:
    pool = futures.ThreadPoolExecutor(len(PARTS))
    asked = {name: pool.submit(ask, services) for name, ask in PARTS.items()}
    done, _ = wait(list(asked.values()), timeout=WITHIN_S)
    # What still waits ends by its own time-outs.
    pool.shutdown(wait=False, cancel_futures=True)
    failing = tuple(name for name, future in asked.items() if future not in done or future.exception())
    for name in failing:
        error = asked[name].exception() if asked[name] in done else None
        logs.line("unhealthy", part=name, error=type(error).__name__ if error else "too slow")
    return Found(failing) if _USAGE in failing else _with_model(failing, asked[_USAGE].result() or {})


def _with_model(failing: tuple[str, ...], row: Mapping[str, Any]) -> Found:
    at = row.get("checked_at")
    if at is None:
        return Found(failing)
    return Found(failing, row["state"] if at > time.time() - _FRESH_S else "unknown", iso(at))


@dataclass(frozen=True, slots=True)
class Reached:
    """What the public URL answered. problem: a part's name, or why there was no answer; "" for none."""

    problem: str
    latency_ms: int


@dataclass(frozen=True, slots=True)
class Checked:
    """model: the code of what speaks against asking it; None for nothing."""

    reached: Reached
    model: str | None

    @property
    def is_well(self) -> bool:
        return not self.reached.problem and not self.model

    def fields(self) -> dict[str, object]:
        """As they are logged."""
        problem, latency_ms = self.reached.problem, self.reached.latency_ms
        return {"problem": problem, "model": self.model or "ok", "health_latency_ms": latency_ms}


def check(services: Services, ask: Callable[[str], Reached] | None = None) -> Checked | None:
    """Look at the stage from outside, and keep what was found of the model. Raises nothing expected.

    ask: GETs an address. None where a first deployment has not told the API's yet.
    """
    settings, now = services.settings, int(time.time())
    model = _model_problem(services)
    state: State = "failing" if model else "ok"
    row = {"state": state, "code": model, "checked_at": now, "ttl": now + _KEPT_S}
    try:
        services.usage.write(services.usage.change(ROW, row))
    except Busy as error:  # the deep check will say so, too
        logs.report(error)
    if not settings.api_url:
        return None
    reached = (ask or reach)(f"{settings.api_url}/health?deep=1")
    return Checked(reached, model)


def _model_problem(services: Services) -> str | None:
    """The code of what speaks against asking the models on offer; None for nothing."""
    try:
        if services.settings.model_provider == "bedrock":
            is_there = all(services.profiles.is_active(offer.bedrock_id) for offer in services.settings.models)
            return None if is_there else "model_unknown"
        services.model().check()
    except ModelError as error:
        return error.code
    except Busy:
        return "model_unavailable"
    return None


def reach(url: str) -> Reached:
    started = time.perf_counter()
    problem = _problem(url)
    return Reached(problem, round((time.perf_counter() - started) * 1000))


def _problem(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=_REPLY_WITHIN_S) as reply:  # noqa: S310 (the API's own address)
            reply.read(_MOST_BYTES)
    except urllib.error.HTTPError as refused:
        with refused:
            return _named(refused)
    except (OSError, HTTPException):
        return "unreachable"
    return ""


def _named(refused: urllib.error.HTTPError) -> str:
    """The parts that a 503 names; of any other answer its status."""
    try:
        error = json.loads(refused.read(_MOST_BYTES))["error"]
        parts = [part for part in str(error["part"]).split(", ") if part in PARTS]
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        parts = []
    return ", ".join(parts) or f"status {refused.code}"
