"""boto3 clients: made once per process, with time-outs and retries that suit a function that answers a person."""

from __future__ import annotations

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


@lru_cache(maxsize=1)
def _session() -> Session:
    return boto3.Session()


@lru_cache(maxsize=64)
def client(service: str, endpoint_url: str | None = None) -> Any:
    """The client of `service`. boto3 clients may be shared by threads; building one may not."""
    return _session().client(service, endpoint_url=endpoint_url, config=CONFIG)
