"""Alarms and certificates: where the settings want some, that they are there, and well."""

from __future__ import annotations

import time
from datetime import datetime

from deploy.check.findings import Findings, brought_back, problem, warning
from deploy.check.target import Target
from deploy.edge import firewall
from deploy.environment import Stage
from deploy.operations import stack

# ACM renews 60 days before the end, and cannot where the zone's record is gone.
# https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
_SOON_DAYS = 30


def alarms(target: Target) -> Findings:
    """By their names: those of stage `a` begin the names of stage `a-b`'s, too."""
    wanted = stack.names(target.stage, target.settings, target.functions)
    if not wanted:
        return
    pages = (
        target.stage.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNames=list(wanted), AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    found = [each for page in pages for each in (*page.get("MetricAlarms", []), *page.get("CompositeAlarms", []))]
    if lacking := sorted({*wanted} - {each["AlarmName"] for each in found}):
        yield problem(
            f"nobody is told of some failures: there is no alarm {', '.join(lacking)}",
            f"{target.redeploy}, or, where they were deleted by hand, {brought_back(f'{target.stage.prefix}-alarms')}",
        )
    for each in found:
        if not each["ActionsEnabled"]:
            yield problem(
                f"alarm {each['AlarmName']} tells nobody",
                f"aws cloudwatch enable-alarm-actions --alarm-names {each['AlarmName']}",
            )
        if each["StateValue"] == "ALARM":
            yield problem(
                f"alarm {each['AlarmName']} is on", each.get("AlarmDescription") or "docs/operations.md, Run book"
            )


def told(target: Target) -> Findings:
    """Whom alarms mail: SNS mails nobody who has not followed the link of its first mail, and forgets them after days.

    https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
    """
    if target.stage.is_local or target.settings.alarms == "none":
        return
    if not target.settings.owner_email:
        yield warning("alarms mail nobody", "name owner_email in deploy/settings.toml, and deploy")
        return
    topic = target.place.arn("sns", f"{target.stage.prefix}-alarms")
    pages = target.stage.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    of_topic = [each for page in pages for each in page["Subscriptions"]]
    if not any(each["SubscriptionArn"].startswith("arn:") for each in of_topic):
        yield problem(
            "alarms mail nobody: owner_email has not confirmed to SNS, or has ended it",
            f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint ADDRESS, and follow the"
            " link in its mail",
        )


def certificates(target: Target) -> Findings:
    """By their names: others below the domain are none of the stage's."""
    domain = target.settings.domain
    if not domain:
        return
    for region, host in ((firewall.CLOUDFRONT_REGION, domain), (target.stage.region, f"api.{domain}")):
        there = Stage(target.stage.name, region, target.stage.endpoint_url)
        yield from _certificates(there, host, target.now or time.time())


def _certificates(there: Stage, host: str, now: float) -> Findings:
    acm = there.client("acm")
    pages = acm.get_paginator("list_certificates").paginate()
    of_host = [each for page in pages for each in page["CertificateSummaryList"] if each["DomainName"] == host]
    if not of_host:
        yield problem(f"{there.region} has no certificate for {host}", f"./deploy.sh {there.name} makes it")
    for each in of_host:
        found = acm.describe_certificate(CertificateArn=each["CertificateArn"])["Certificate"]
        yield from validity(found["DomainName"], found["Status"], found.get("NotAfter"), now)


def validity(name: str, status: str, ends: datetime | None, now: float) -> Findings:
    records = "see that the records that ACM names are still in the domain's zone"
    if status != "ISSUED":
        yield problem(f"the certificate of {name} is {status.lower().replace('_', ' ')}", records)
    elif ends and ends.timestamp() - now < _SOON_DAYS * 86_400:
        yield problem(f"the certificate of {name} ends on {ends:%Y-%m-%d}, and ACM has not renewed it", records)
