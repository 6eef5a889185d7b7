"""What Amazon Bedrock's errors mean where Anthropic's own API has others: which of our codes, and who can do what.

https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
"""

from __future__ import annotations

from dataclasses import dataclass

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html; in the
# middle of a stream, after the status 200, they begin with a small letter. A quota of the account is a 400 there.
STATUS_OF = {
    "accessdeniedexception": 403,
    "internalserverexception": 500,
    "modelerrorexception": 424,
    "modelnotreadyexception": 429,
    "modelstreamerrorexception": 424,
    "modeltimeoutexception": 408,
    "resourcenotfoundexception": 404,
    "servicequotaexceededexception": 429,
    "serviceunavailableexception": 503,
    "throttlingexception": 429,
    "validationexception": 400,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of error, and what it becomes. words: of which such an error's text has one; empty for any text.

    message: of one that is retryable without when to retry, which is said behind it.
    """

    statuses: tuple[int, ...]
    words: tuple[str, ...]
    code: str
    message: str
    retryable: bool = False


_KINDS = (
    Failure(
        (400, 403, 404),
        ("use case details", "use-case form"),
        "model_access_denied",
        "Anthropic's use-case form was not submitted for the AWS account. The site's owner does so once, in Bedrock's"
        " console under Model catalog.",
    ),
    Failure(
        (403,),
        ("marketplace",),
        "model_access_denied",
        "The AWS account has no subscription to this model yet. The site's owner opens it once in the playground of"
        " Bedrock's console; it takes up to 15 minutes.",
    ),
    Failure(
        (400,),
        ("operation not allowed",),
        "model_access_denied",
        "AWS has not opened Bedrock to this account. The site's owner has to ask AWS Support.",
    ),
    Failure(
        (401, 403),
        (),
        "model_access_denied",
        "The AWS account has no access to this model in the site's region. The site's owner has to have it granted in"
        " Bedrock, or choose another model.",
    ),
    Failure(
        (400,),
        ("on-demand throughput", "model identifier", "end of its life"),
        "model_unknown",
        "Bedrock does not answer for this model under the id that it has here. Choose another one; the site's owner"
        " has to deploy again.",
    ),
    Failure(
        (404,),
        (),
        "model_unknown",
        "Bedrock has no such model in the site's region. Choose another one; the site's owner has to deploy again.",
    ),
    Failure(
        (429,),
        ("per day",),
        "model_rate_limited",
        "The AWS account's quota of tokens a day for this model is used up. Choose another one, or retry tomorrow.",
    ),
    Failure(
        (429,),
        (),
        "model_rate_limited",
        "The AWS account's quota for this model is reached.",
        retryable=True,
    ),
    Failure((408,), (), "model_unavailable", "The model took too long on Bedrock.", retryable=True),
    Failure((424,), (), "model_unavailable", "The model failed on Bedrock.", retryable=True),
    Failure((503,), (), "model_overloaded", "Bedrock has no room for this model.", retryable=True),
)


def failure(status: int | None, text: str) -> Failure | None:
    """The first kind that an error is of; None for one that means on Bedrock what it means elsewhere."""
    folded = text.casefold()
    return next(
        (
            kind
            for kind in _KINDS
            if status in kind.statuses and (not kind.words or any(word in folded for word in kind.words))
        ),
        None,
    )
