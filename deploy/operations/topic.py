"""Where alarms are told: a topic of their own, to which the owner's address is subscribed.

Not the topic of the daily mail: whoever has had enough of that one ends its subscription, and must not end this one.
It is not encrypted: CloudWatch cannot publish to a topic under SNS's own key, a key of one's own costs $1 a month, and
what alarms say holds nothing of people.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from __future__ import annotations

from typing import Any

TOPIC = "AlarmsTopic"


def resources(prefix: str, owner_email: str) -> dict[str, Any]:
    """By logical id. prefix: of the stage's names. owner_email: "" tells nobody."""
    mail = {"TopicArn": {"Ref": TOPIC}, "Protocol": "email", "Endpoint": owner_email}
    return {
        TOPIC: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"{prefix}-alarms"}},
        "AlarmsTopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": TOPIC}], "PolicyDocument": _policy()},
        },
        **({"AlarmsMail": {"Type": "AWS::SNS::Subscription", "Properties": mail}} if owner_email else {}),
    }


def _policy() -> dict[str, Any]:
    """https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html"""
    own = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    allowed = {"Effect": "Allow", "Action": "sns:Publish", "Resource": {"Ref": TOPIC}, "Condition": own}
    services = ("cloudwatch", "budgets")
    statements = [{**allowed, "Principal": {"Service": f"{name}.amazonaws.com"}} for name in services]
    return {"Version": "2012-10-17", "Statement": statements}
