"""boto3 clients: made once per process, with time-outs and retries that suit a function that answers a person."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from boto3.session import Session

# A reply that takes seconds is lost: asking again is faster, and a streaming answer's lease does not outlast many.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 5},
    max_pool_connections=16,
    tcp_keepalive=True,
)
# Whoever misses a push reads the frames instead; nobody else may wait for it.
_PUSH_CONFIG = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))

# Objects take longer than rows. Signed for the bucket's regional host: the global one redirects while a bucket is new,
# which a browser's form does not survive. The local AWS has one host for all buckets.
_STYLE: Literal["path", "virtual"] = "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"
OBJECTS_CONFIG = _CONFIG.merge(
    Config(
        read_timeout=20,
        signature_version="s3v4",
        s3={"addressing_style": _STYLE, "us_east_1_regional_endpoint": "regional"},
    )
)
# It changes what all of its edges hold, and nobody waits for it.
_EDGES_CONFIG = _CONFIG.merge(Config(read_timeout=20))
_CONFIGS = {"apigatewaymanagementapi": _PUSH_CONFIG, "cloudfront": _EDGES_CONFIG, "s3": OBJECTS_CONFIG}

# By service and endpoint. Tests put stand-ins here for what cannot run in their process.
made: dict[tuple[str, str | None], Any] = {}
_lock = threading.Lock()


def client(service: str, endpoint_url: str | None = None) -> Any:
    """The client of a service. boto3's clients may be shared by threads; building one may not."""
    key = (service, endpoint_url)
    if key not in made:
        with _lock:
            if key not in made:
                config = _CONFIGS.get(service, _CONFIG)
                made[key] = _session().client(service, endpoint_url=endpoint_url, config=config)
    return made[key]


@lru_cache(maxsize=1)
def _session() -> Session:
    return boto3.Session()
