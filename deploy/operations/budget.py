"""The account's own budget: AWS mails when the month's whole bill is beyond it, or will be. The first two are free.

https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/
"""

from __future__ import annotations

from typing import Any

from .topic import TOPIC

# In percent of the budget: what was billed, and what AWS expects until the month ends.
_THRESHOLDS = (("ACTUAL", 80), ("FORECASTED", 100))


def resource(prefix: str, monthly_usd: float) -> dict[str, Any]:
    """Of the account's whole bill: costs by stage would need a tag that the owner activates for billing first."""
    budget = {
        "BudgetName": f"{prefix}-month",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": monthly_usd, "Unit": "USD"},
    }
    told = [
        {
            "Notification": {
                "NotificationType": kind,
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": percent,
                "ThresholdType": "PERCENTAGE",
            },
            "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": TOPIC}}],
        }
        for kind, percent in _THRESHOLDS
    ]
    # AWS cannot tell a topic that does not let it yet.
    properties = {"Budget": budget, "NotificationsWithSubscribers": told}
    return {"Type": "AWS::Budgets::Budget", "DependsOn": "AlarmsTopicPolicy", "Properties": properties}
