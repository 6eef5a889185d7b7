"""moto and botocore without what they work out anew for every request, though it never changes.

Which function of moto's answers a URL is found once per URL, and its methods once per class; botocore reads a service's
model once, and cleans the parts of its User-Agent once. What is sent, checked, stored and answered is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, cast

import botocore.session
import botocore.useragent
from botocore.awsrequest import AWSPreparedRequest
from botocore.loaders import Loader, create_loader
from moto import backend_index, backends
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID, RESPONSES_METHODS
from moto.core.request import normalize_request
from moto.core.utils import get_equivalent_url_in_aws_domain
from werkzeug.exceptions import HTTPException

from tests.fakes import quick_expressions, quick_objects

Answering = Callable[..., Any]
# Of a stage's tables and objects, with room: one that is forgotten is found again.
_URLS = 4096


def make() -> None:
    """For the whole process; before the first request."""
    botocore.useragent.sanitize_user_agent_string_component = lru_cache(maxsize=1024)(
        botocore.useragent.sanitize_user_agent_string_component
    )
    # The services' models are read once, not for each session.
    botocore.session.create_loader = _loader
    responses: Any = import_module("moto.core.responses")
    names_of = responses.method_names_from_class
    responses.method_names_from_class = cache(lambda of: frozenset(names_of(of)))
    # For `requests`, by which nothing here asks AWS.
    RESPONSES_METHODS.clear()
    _quicken_requests()
    quick_expressions.make()
    quick_objects.make()


class _Once(list[str]):
    """Where models are looked for: each session of boto3's adds its own folder."""

    def append(self, path: str) -> None:
        if path not in self:
            super().append(path)


@cache
def _loader(search_path: str | None = None) -> Loader:
    made: Any = create_loader(search_path)
    made._search_paths = _Once(made.search_paths)
    return cast(Loader, made)


def _quicken_requests() -> None:
    stubber: Any = BotocoreStubber
    as_before = stubber.process_request

    def process(self: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        url = get_equivalent_url_in_aws_domain(request.url)[0]
        answering = _answering(f"{url.scheme}://{url.netloc}{url.path}")
        return _answered(answering, request) if answering else as_before(self, request)

    stubber.process_request = process


def _answered(answering: Answering, request: AWSPreparedRequest) -> Any:
    normalized = normalize_request(request)
    try:
        return answering(normalized, normalized.raw_url, normalized.headers)
    except HTTPException as error:
        return error.code, error.get_headers(), error.get_body()


@lru_cache(maxsize=_URLS)
def _answering(url: str) -> Answering | None:
    """As moto finds it: the first service whose pattern has the URL, and of that the first path."""
    for service, pattern in backend_index.backend_url_patterns:
        if pattern.match(url):
            for path, answering in _paths(service):
                if path.match(url):
                    return answering
    return None


@cache
def _paths(service: str) -> list[tuple[re.Pattern[str], Answering]]:
    by_account: Any = backends.get_backend(service)  # type: ignore[call-overload]
    regions = by_account[DEFAULT_ACCOUNT_ID]
    urls = regions["us-east-1" if "us-east-1" in regions else "aws"].urls
    return [(re.compile(url), answering) for url, answering in urls.items()]
