"""Starting our own functions: now (Lambda's asynchronous invocation) or later (EventBridge Scheduler, once).

Each order names the request that it serves (`logs.TRACE`), so that what it begins can be found by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import logs

from .faults import Busy, passes
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.type_defs import TargetTypeDef


class NotStarted(Exception):
    """AWS did not take the request; nothing will run."""


class Function(Adapter):
    def __init__(self, function: str, grant: Grant, client: Callable[[], LambdaClient], name: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._name = name

    def invoke(self, payload: dict[str, Any]) -> None:
        """Queue one invocation (1 MB at most). AWS may deliver it twice. Raises NotStarted."""
        self._allow("Invoke")
        try:
            order = json.dumps(logs.handed_on(payload))
            self._client().invoke(FunctionName=self._name, InvocationType="Event", Payload=order)
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            raise NotStarted(self._name) from error


class Schedule(Adapter):
    """One-time schedules of one function; each deletes itself once it has run."""

    def __init__(
        self,
        function: str,
        grant: Grant,
        client: Callable[[], EventBridgeSchedulerClient],
        group: str,
        target: TargetTypeDef,
    ) -> None:
        super().__init__(function, grant)
        self._client = client
        self._group = group
        self._target = target

    def once(self, name: str, at_s: int, payload: dict[str, Any]) -> None:
        """Run the function at `at_s` (Unix seconds; AWS may be up to a minute late).

        The same name again, while the first waits, is no error and changes nothing. Raises Busy.
        """
        self._allow("CreateSchedule")
        at = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        try:
            self._client().create_schedule(
                Name=name,
                GroupName=self._group,
                ScheduleExpression=f"at({at})",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={**self._target, "Input": json.dumps(logs.handed_on(payload))},
            )
        except self._client().exceptions.ConflictException:
            return
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            raise Busy from error
