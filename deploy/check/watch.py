"""Alarms and certificates: where the settings want some, that they are there, and well."""

from __future__ import annotations

import time
from datetime import datetime

from deploy.check.findings import Findings, problem
from deploy.check.target import Target
from deploy.environment import Stage

# ACM renews 60 days before the end, and cannot where the zone's record is gone.
# https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
_SOON_DAYS = 30
_CLOUDFRONT_REGION = "us-east-1"


def alarms(target: Target) -> Findings:
    if getattr(target.settings, "alarms", "none") == "none":
        return
    # `chatapp-a` begins the names of stage `a-b`, too, whose alarms are told with its own check.
    pages = (
        target.stage.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=f"{target.stage.prefix}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    found = [each for page in pages for each in (*page.get("MetricAlarms", []), *page.get("CompositeAlarms", []))]
    if not found:
        yield problem("there are no alarms, and the settings want some: nobody is told of a failure", target.redeploy)
    for each in found:
        if not each["ActionsEnabled"]:
            yield problem(
                f"alarm {each['AlarmName']} tells nobody",
                f"aws cloudwatch enable-alarm-actions --alarm-names {each['AlarmName']}",
            )
        if each["StateValue"] == "ALARM":
            yield problem(f"alarm {each['AlarmName']} is on", "docs/operations.md has a section for it")


def certificates(target: Target) -> Findings:
    domain = str(getattr(target.settings, "domain", ""))
    if not domain:
        return
    for region in sorted({_CLOUDFRONT_REGION, target.stage.region}):
        yield from _certificates(Stage(target.stage.name, region, target.stage.endpoint_url), domain, target.now)


def _certificates(there: Stage, domain: str, now: float) -> Findings:
    acm = there.client("acm")
    pages = acm.get_paginator("list_certificates").paginate()
    names = [each for page in pages for each in page["CertificateSummaryList"]]
    of_domain = [each for each in names if f".{each['DomainName']}".endswith(f".{domain}")]
    if not of_domain:
        yield problem(f"{there.region} has no certificate for {domain}", f"./deploy.sh {there.name} makes it")
    for each in of_domain:
        found = acm.describe_certificate(CertificateArn=each["CertificateArn"])["Certificate"]
        yield from validity(found["DomainName"], found["Status"], found.get("NotAfter"), now or time.time())


def validity(name: str, status: str, ends: datetime | None, now: float) -> Findings:
    records = "see that the records that ACM names are still in the domain's zone"
    if status != "ISSUED":
        yield problem(f"the certificate of {name} is {status.lower().replace('_', ' ')}", records)
    elif ends and ends.timestamp() - now < _SOON_DAYS * 86_400:
        yield problem(f"the certificate of {name} ends on {ends:%Y-%m-%d}, and ACM has not renewed it", records)
