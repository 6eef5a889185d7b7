"""boto3 clients: made once per process, with time-outs and retries that suit a function that answers a person."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from boto3.session import Session

CONFIG = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 5},
    max_pool_connections=16,
    tcp_keepalive=True,
)

# By service and endpoint. Tests put stand-ins here for what cannot run in their process.
made: dict[tuple[str, str | None], Any] = {}
_lock = threading.Lock()


def client(service: str, endpoint_url: str | None = None) -> Any:
    """The client of a service. boto3's clients may be shared by threads; building one may not."""
    key = (service, endpoint_url)
    if key not in made:
        with _lock:
            if key not in made:
                made[key] = _session().client(service, endpoint_url=endpoint_url, config=CONFIG)
    return made[key]


@lru_cache(maxsize=1)
def _session() -> Session:
    return boto3.Session()
