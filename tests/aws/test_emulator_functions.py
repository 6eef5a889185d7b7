"""Functions on a real MiniStack: their roles, logs, schedules and failures."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.aws.emulator_probe import FUNCTIONS, SCHEDULER_ROLE, Probe, allow, eventually


def test_functions_may_do_what_their_role_allows_and_no_more(probe: Probe) -> None:
    assert probe.work({"put": "allowed"})["answer"] == {"got": {"put": "allowed"}}
    assert "allowed" in probe.rows()
    assert "AccessDenied" in probe.work({"get": "allowed"})["answer"]["errorMessage"]


def test_a_changed_function_is_ready_at_once(probe: Probe) -> None:
    """Chalice waits 5 s for each function that it finds pending."""
    functions = probe.aws("lambda")
    for number in range(5):
        functions.update_function_configuration(FunctionName="probe-dev-work", Description=f"{number}")
        shown = functions.get_function_configuration(FunctionName="probe-dev-work")
        assert (shown["State"], shown["LastUpdateStatus"]) == ("Active", "Successful")


def test_what_runs_while_a_function_changes_ends_as_it_began(probe: Probe) -> None:
    with ThreadPoolExecutor() as pool:
        running = pool.submit(probe.work, {"sleep_s": 2})
        eventually(lambda: "asleep" in probe.rows())
        probe.aws("lambda").update_function_configuration(FunctionName="probe-dev-work", Timeout=42)
        assert probe.work({})["answer"] == {"got": {}}
        assert not running.done()
        assert running.result()["answer"] == {"got": {"sleep_s": 2}}


def test_an_invocations_log_is_its_own_and_complete(probe: Probe) -> None:
    lines = [f"line {number}" for number in range(500)]
    long = probe.work({"log": lines})["log"]
    assert lines[-1] in long
    assert "\x1e" not in long
    after = probe.work({"log": ["after"]})["log"]
    assert "after" in after
    assert "line" not in after


def schedule(name: str, **changes: Any) -> dict[str, Any]:
    """A call of CreateSchedule that puts a row into the table at once."""
    target = {"Arn": f"{FUNCTIONS}-work", "RoleArn": SCHEDULER_ROLE, "Input": json.dumps({"put": name})}
    target |= changes.pop("Target", {})
    at = (datetime.now(UTC) + timedelta(seconds=1)).strftime("at(%Y-%m-%dT%H:%M:%S)")
    return {
        "Name": name,
        "GroupName": "probe",
        "ScheduleExpression": at,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": target,
        **changes,
    }


def test_a_schedule_made_by_a_function_fires_once_and_is_gone(probe: Probe) -> None:
    made = probe.work({"schedule": schedule("fired")})["answer"]
    assert made == "arn:aws:scheduler:eu-west-1:000000000000:schedule/probe/fired"
    eventually(lambda: "fired" in probe.rows())
    assert probe.aws("scheduler").list_schedules(GroupName="probe")["Schedules"] == []


def test_a_schedule_needs_its_group_and_its_role_in_the_callers_policy(probe: Probe) -> None:
    elsewhere = probe.work({"schedule": schedule("elsewhere", GroupName="default")})["answer"]
    assert "scheduler:CreateSchedule" in elsewhere["errorMessage"]
    other_role = {"RoleArn": "arn:aws:iam::000000000000:role/probe-dev-work"}
    stolen = probe.work({"schedule": schedule("stolen", Target=other_role)})["answer"]
    assert "iam:PassRole" in stolen["errorMessage"]


def test_a_schedule_whose_role_may_not_invoke_delivers_nothing(probe: Probe) -> None:
    probe.let_scheduler([allow("lambda:InvokeFunction", f"{FUNCTIONS}-other")])
    try:
        probe.work({"schedule": schedule("refused")})
        eventually(lambda: not probe.aws("scheduler").list_schedules(GroupName="probe")["Schedules"])
        time.sleep(0.5)
        assert "refused" not in probe.rows()
    finally:
        probe.let_scheduler([allow("lambda:InvokeFunction", f"{FUNCTIONS}-work")])


@pytest.mark.parametrize(("queue", "arrives"), [("probe-failures", True), ("probe-elsewhere", False)])
def test_a_failed_event_reaches_the_queue_that_the_role_may_send_to(probe: Probe, queue: str, arrives: bool) -> None:
    sqs = probe.aws("sqs")
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    probe.aws("lambda").put_function_event_invoke_config(
        FunctionName="probe-dev-work",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:sqs:eu-west-1:000000000000:{queue}"}},
    )
    probe.aws("lambda").invoke(FunctionName="probe-dev-work", InvocationType="Event", Payload='{"fail": true}')
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=3 if arrives else 2).get("Messages", [])
    assert [json.loads(message["Body"])["requestPayload"] for message in messages] == [{"fail": True}] * arrives


def test_a_throttled_event_waits_however_few_retries_there_are(probe: Probe) -> None:
    functions = probe.aws("lambda")
    functions.put_function_event_invoke_config(FunctionName="probe-dev-work", MaximumRetryAttempts=0)
    functions.put_function_concurrency(FunctionName="probe-dev-work", ReservedConcurrentExecutions=0)
    try:
        functions.invoke(FunctionName="probe-dev-work", InvocationType="Event", Payload='{"put": "waited"}')
        time.sleep(0.5)
        assert "waited" not in probe.rows()
    finally:
        functions.delete_function_concurrency(FunctionName="probe-dev-work")
    eventually(lambda: "waited" in probe.rows())
