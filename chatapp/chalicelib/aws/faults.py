"""Which of AWS's errors pass by themselves. Everything else is a bug or a wrong permission, and is not hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and each service's own list.
_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",  # S3, as a 400: the body did not come in time
        "ServiceException",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyInvalidationsInProgress",  # CloudFront, as a 400
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class Busy(Exception):
    """AWS did not answer, or not now, although the call was repeated. Whether a write was made is not known."""


def passes(error: ClientError | BotoCoreError) -> bool:
    """Whether the same call may well succeed in a moment."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or error.response["Error"]["Code"] in _PASSING
    return isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError)


@contextmanager
def passing() -> Iterator[None]:
    """Raises Busy for what passes by itself."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        if not passes(error):
            raise
        raise Busy from error


def sent(call: Callable[..., Any], **parameters: Any) -> Any:
    """Make a call. Raises Busy."""
    with passing():
        return call(**parameters)
