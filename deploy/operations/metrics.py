"""The metrics that alarms and the dashboard read: the app's own ten, and AWS's, each with the dimensions it is told by.

Names and dimensions of AWS's:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.environment import API_STAGE, APP
from deploy.functions.policies import API_HANDLER


@dataclass(frozen=True)
class Read:
    """A metric and how its values of a period become one. statistic: as CloudWatch names it, percentiles included."""

    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def listed(self) -> list[dict[str, str]]:
        return [{"Name": name, "Value": value} for name, value in self.dimensions.items()]

    def for_widget(self, **options: Any) -> list[Any]:
        """As a dashboard's body has it."""
        named = [each for pair in self.dimensions.items() for each in pair]
        return [self.namespace, self.name, *named, {"stat": self.statistic, **options}]


def own(stage: str, name: str, statistic: str) -> Read:
    """One of the ten of `chalicelib.metrics`."""
    return Read(APP, name, statistic, {"stage": stage})


def of_function(prefix: str, function: str, name: str, statistic: str = "Sum") -> Read:
    named = prefix if function == API_HANDLER else f"{prefix}-{function}"
    return Read("AWS/Lambda", name, statistic, {"FunctionName": named})


def of_functions(name: str, statistic: str = "Sum") -> Read:
    """Of all functions of the account in the region: what they share is its concurrency."""
    return Read("AWS/Lambda", name, statistic)


def of_api(prefix: str, name: str, statistic: str) -> Read:
    """Told by the API's name, not its id (`app.py` names it)."""
    return Read("AWS/ApiGateway", name, statistic, {"ApiName": prefix, "Stage": API_STAGE})


def of_table(prefix: str, table: str, name: str, statistic: str = "Sum") -> Read:
    return Read("AWS/DynamoDB", name, statistic, {"TableName": f"{prefix}-{table}"})


def of_queue(prefix: str, queue: str, name: str) -> Read:
    return Read("AWS/SQS", name, "Maximum", {"QueueName": f"{prefix}-{queue}"})
