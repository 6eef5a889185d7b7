"""What to do about AWS credentials that are missing, have ended or are not taken: one line for each way of saying so.

`aws login`: https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
"""

from __future__ import annotations

import os

import botocore.session
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, and S3's own names for the same.
_ENDED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}
_NOT_TAKEN = {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_CLOCK = {"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"}
# What a signature that is too old or too young is called depends on the service; its text does not.
_CLOCK_TEXTS = ("Signature expired", "Signature not yet current")


def advice(error: Exception) -> str | None:
    """A line for whoever deploys; None for an error that is not about credentials."""
    if isinstance(error, ClientError):
        return _refused(error)
    return _unfound(error) if isinstance(error, BotoCoreError) else None


def _refused(error: ClientError) -> str | None:
    """What AWS says of credentials that were found."""
    code, text = error.response["Error"]["Code"], error.response["Error"].get("Message") or ""
    if code in _CLOCK or any(words in text for words in _CLOCK_TEXTS):
        return "AWS refuses the time of this machine: set its clock, then repeat"
    if code in _ENDED:
        return f"the AWS session has ended: {_renewal()}, then repeat: a deployment goes on where it stopped"
    if code in _NOT_TAKEN:
        return f"AWS does not know these credentials ({code}): {_renewal()}, then repeat"
    return None


def _unfound(error: BotoCoreError) -> str | None:  # noqa: PLR0911 (one line for each)
    """What botocore says of credentials that it looked for."""
    text = " ".join(str(error).split())
    match error:
        case exceptions.NoCredentialsError():
            where = f" in the profile {_profile()}" if _profile() else ""
            return f"no AWS credentials{where}: {_renewal()}, or export AWS_PROFILE for another profile, then repeat"
        case exceptions.ProfileNotFound():
            return f"{text}: export AWS_PROFILE as one that `aws configure list-profiles` names, then repeat"
        case exceptions.PartialCredentialsError():
            return f"{text}: set it or take away the others, then repeat"
        case exceptions.LoginInsufficientPermissions():
            return f"{text} Have it granted, then repeat"
        case exceptions.LoginError():
            return f"the session of `aws login` has ended or is not there: {_command('aws login')}, then repeat"
        case exceptions.SSOError() | exceptions.TokenRetrievalError():
            return f"the session of `aws sso login` has ended or is not there: {_command('aws sso login')}, then repeat"
        case exceptions.MissingDependencyException():
            return "this profile needs awscrt, which .venv lacks: delete .venv, then repeat: it is installed as locked"
        case exceptions.ConfigParseError():
            return f"{text}: correct it, then repeat"
    return None


def _profile() -> str:
    return os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""


def _command(words: str) -> str:
    return f"`{words} --profile {_profile()}`" if _profile() else f"`{words}`"


def _renewal() -> str:
    """How the credentials that are used here are renewed: exported keys go before any profile."""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return "export new keys (AWS_ACCESS_KEY_ID and those beside it)"
    profile = botocore.session.Session().get_scoped_config()
    return _command("aws sso login" if {"sso_session", "sso_start_url"} & profile.keys() else "aws login")
