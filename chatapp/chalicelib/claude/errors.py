"""The errors of the Messages API, and of Bedrock, as ours."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

from . import bedrock
from .interface import ModelError


def cut_off() -> ModelError:
    return ModelError(
        "stream_cut", "The connection to the model broke off in the middle of the answer. Retry.", retryable=True
    )


def unknown_to_bedrock() -> ModelError:
    return ModelError("model_unknown", "This model was not found on Bedrock. The site's owner has to deploy again.")


def unknown_to_api() -> ModelError:
    return ModelError("model_unknown", _MESSAGES["model_unknown"])


# https://platform.claude.com/docs/en/api/errors
_STATUS_OF = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
# "prompt is too long: 200001 tokens > 200000 maximum", on Bedrock "Input is too long for requested model", and "input
# length and `max_tokens` exceed context limit: 178959 + 64000 > 200000" where only the answer would not fit any more.
_TOO_LONG = ("too long", "context limit")
# "Your credit balance is too low to access the Anthropic API", "You have reached your specified API usage limits".
_NO_CREDIT = ("credit balance", "usage limits", "billing")


_CODE_OF = {
    401: "model_key_refused",
    402: "model_no_credit",
    403: "model_key_refused",
    404: "model_unknown",
    413: "model_request_too_large",
    429: "model_rate_limited",
    529: "model_overloaded",
}
_MESSAGES = {
    "model_overloaded": "The model is overloaded.",
    "model_rate_limited": "The model's rate limit is reached.",
    "model_unavailable": "The model cannot be reached.",
    "model_no_credit": "The account that pays for the model has no credit left; the site's owner has to add some.",
    "model_key_refused": "The model refused the API key; the site's owner has to renew it.",
    "model_unknown": "The model does not exist for this account. Choose another one.",
    "context_too_long": "The conversation and its files are too long for the model. Take files out of it, or start a"
    " new one.",
    "model_request_too_large": "The message with its files is larger than the model's API takes. Take files out of the"
    " conversation, or start a new one.",
    "prompt_refused": "The model's API refused the request. Retry, or start a new conversation.",
}
_RETRYABLE = {"model_overloaded", "model_rate_limited", "model_unavailable"}


def translated(error: Any, on_bedrock: bool = False) -> ModelError:
    """An SDK error as ours."""
    status, text, retry_after_s = _status(error), str(error), _retry_after_s(error)
    known = bedrock.failure(status, text) if on_bedrock and not _is_too_long(status, text) else None
    if known:
        message = f"{known.message} {_advice(retry_after_s)}" if known.retryable else known.message
        return ModelError(known.code, message, retryable=known.retryable, retry_after_s=retry_after_s)
    code = _code(status, text)
    is_retryable = code in _RETRYABLE
    message = f"{_MESSAGES[code]} {_advice(retry_after_s)}" if is_retryable else _MESSAGES[code]
    return ModelError(code, message, retryable=is_retryable, retry_after_s=retry_after_s)


def _advice(retry_after_s: float) -> str:
    """When to come back, as the API told it; it tells nothing of a short wait."""
    minutes = -(-int(retry_after_s) // 60)
    if minutes <= 1:
        return "Retry in a minute."
    return f"Retry in {minutes} minutes." if minutes < 120 else f"Retry in {-(-minutes // 60)} hours."


def _status(error: Any) -> int | None:
    """An error in the middle of a stream comes after the status 200: there only its type says what it is."""
    kind = _kind(error)
    return _STATUS_OF.get(kind) or bedrock.STATUS_OF.get(kind.casefold()) or getattr(error, "status_code", None)


def _kind(error: Any) -> str:
    """The name of the error: in its body, where Bedrock has none in a header (`ValidationException:http://…`)."""
    body = error.body if isinstance(getattr(error, "body", None), dict) else {}
    named = body.get("error")
    response = getattr(error, "response", None)
    header = response.headers.get("x-amzn-errortype", "") if response is not None else ""
    return str(named.get("type", "")) if isinstance(named, dict) else header.partition(":")[0]


def _is_too_long(status: int | None, text: str) -> bool:
    return status == 400 and any(words in text for words in _TOO_LONG)


def _code(status: int | None, text: str) -> str:
    if _is_too_long(status, text):
        return "context_too_long"
    if status in {400, 403} and any(words in text.casefold() for words in _NO_CREDIT):
        return "model_no_credit"
    is_refusal = status is not None and 400 <= status < 500
    return _CODE_OF.get(status or 0, "prompt_refused" if is_refusal else "model_unavailable")


def _retry_after_s(error: Any) -> float:
    """What the API asked for: seconds, or a date. 0 for nothing, and for what is neither."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    if asked.replace(".", "", 1).isdigit():
        return float(asked)
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except ValueError:
        return 0.0
