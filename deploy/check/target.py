"""What is looked at: a stage, as its settings want it and as far as it is deployed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy import steps
from deploy.environment import Settings, Stage
from deploy.functions.policies import Place

if TYPE_CHECKING:
    from chalicelib.functions import Function


@dataclass(frozen=True)
class Target:
    """deployment: as `./deploy.sh STAGE` would make it; its `foundation` is None where nothing stands yet.

    environ: of the shell that asks. recorded: the outputs of the last deployment from here.
    """

    stage: Stage
    deployment: steps.Deployment
    environ: Mapping[str, str]
    recorded: Mapping[str, Any] | None = None
    now: float = 0.0

    @property
    def is_deployed(self) -> bool:
        return self.deployment.foundation is not None

    @property
    def settings(self) -> Settings:
        return self.deployment.settings

    @property
    def functions(self) -> Mapping[str, Function]:
        return self.deployment.functions

    @property
    def place(self) -> Place:
        return self.deployment.place

    @cached_property
    def redeploy(self) -> str:
        return f"./deploy.sh {self.stage.name} puts it right"

    @cached_property
    def stack(self) -> Mapping[str, Any] | None:
        """The foundation, as CloudFormation tells it."""
        try:
            stacks = self.stage.client("cloudformation").describe_stacks(StackName=foundation(self.stage))["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return dict(stacks[0])

    @property
    def age_s(self) -> float:
        """Since the stage was made; 0 where it was not."""
        made: datetime | None = (self.stack or {}).get("CreationTime")
        return (self.now or time.time()) - made.timestamp() if made else 0.0

    def made(self, kind: str) -> Iterator[str]:
        """The physical ids of what the foundation made of a type."""
        pages = self.stage.client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=foundation(self.stage)):
            for each in page["StackResourceSummaries"]:
                if each["ResourceType"] == kind and each["ResourceStatus"] != "DELETE_COMPLETE":
                    yield each["PhysicalResourceId"]


def foundation(stage: Stage) -> str:
    return f"{stage.prefix}-{steps.FOUNDATION}"
