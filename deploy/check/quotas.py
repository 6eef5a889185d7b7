"""What AWS allows an account: functions at once, mails of sign-ups, a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.check.findings import Finding, Findings, note, problem, warning
from deploy.check.target import Target

# Lambda keeps as many for functions that reserve none.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
_UNRESERVED = 100
# With 10, as new accounts may have it, ten answers at a time leave the API nothing.
_FEW = 50
_MORE = (
    "ask for 1,000: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384"
    " --desired-value 1000"
)


def concurrency(target: Target) -> Findings:
    limits = target.stage.client("lambda").get_account_settings()["AccountLimit"]
    wanted = target.settings.answer_concurrency + target.settings.extract_concurrency
    found = _concurrency(limits, wanted)
    yield found or note(f"{limits['ConcurrentExecutions']} functions at once")


def _concurrency(limits: Mapping[str, Any], wanted: int) -> Finding | None:
    most = limits["ConcurrentExecutions"]
    if wanted and most - wanted < _UNRESERVED:
        return problem(
            f"the settings reserve {wanted} of the account's {most} functions at once, and Lambda leaves {_UNRESERVED}"
            " unreserved: a deployment fails",
            f"set answer_concurrency and extract_concurrency to 0 in deploy/settings.toml, or {_MORE}",
        )
    if most < _FEW:
        return warning(f"the account runs {most} functions at once: a few busy people are told to wait", _MORE)
    return None


def mail(target: Target) -> Findings:
    """Cognito sends 50 mails a day by itself, which a sign-up that is open to everybody uses up.

    https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
    """
    pool = (target.deployment.foundation or {})["UserPoolId"]
    found = target.stage.client("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]
    by = found.get("EmailConfiguration", {}).get("EmailSendingAccount", "COGNITO_DEFAULT")
    if by == "COGNITO_DEFAULT" and target.settings.app.get("signup") == "open":
        yield warning(
            "sign-up is open, and Cognito sends 50 mails a day: the 51st person gets no code",
            'have the pool send by SES (Cognito console: Messaging), or set signup = "closed"',
        )


def distribution(target: Target) -> Findings:
    """No call says whether AWS has verified an account for CloudFront: a distribution that stands shows it."""
    id_ = (target.deployment.foundation or {}).get("DistributionId")
    if not id_:
        yield note("the first deployment shows whether AWS has verified this account for CloudFront")
        return
    found = target.stage.client("cloudfront").get_distribution(Id=id_)["Distribution"]
    if not found["DistributionConfig"]["Enabled"]:
        yield problem("the site's distribution is switched off", "enable it in the CloudFront console")
    elif found["Status"] != "Deployed":
        yield note("CloudFront is still spreading the last change")
