"""One table of functions: what app.py declares, what is rendered, and what must agree with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from chalicelib import functions
from chalicelib.aws.grants import Grant
from chalicelib.files import claims
from chalicelib.files import row as files
from chalicelib.functions import FUNCTIONS, Events, Function
from chalicelib.turns import settling

from deploy import steps
from deploy.environment import Settings, Stage
from deploy.functions import chalice_app, policies, resources
from tests.stage import Template

SQS, QUEUE = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}", "sweep-failures"
PLACE = policies.Place("prod", "eu-west-1", "123456789012", "socket-api")
NEW = Function(
    memory_mb=256,
    timeout_s=60,
    grants=(Grant("table", "usage", ("GetItem",)),),
    events=Events(retries=1, max_age_s=3_600, failures=QUEUE),
)


@pytest.fixture(scope="module")
def app() -> ModuleType:
    import app as module

    return module


def test_the_app_declares_the_functions_of_the_table_and_no_others(app: ModuleType) -> None:
    declared = {each.name for each in app.app.pure_lambda_functions}
    declared |= {each.name for each in app.app.event_sources}
    declared |= {f"websocket_{each.name}" for each in app.app.websocket_handlers.values()}  # as Chalice names them
    # All routes are one function.
    assert declared | {functions.API} == set(FUNCTIONS)
    assert app.app.routes


def test_the_table_is_read_without_any_of_aws_s_packages() -> None:
    script = "import sys; sys.path.insert(0, sys.argv[1]); import chalicelib.functions; print(*sys.modules)"
    folder = str(Path(functions.__file__).parents[1])
    done = subprocess.run([sys.executable, "-I", "-c", script, folder], capture_output=True, text=True, check=True)
    assert not {"boto3", "botocore"} & set(done.stdout.split())


def _rendered(table: dict[str, Function], stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(Stage, "build", property(lambda self: tmp_path))
    settings = Settings({}, answer_concurrency=3, extract_concurrency=2)
    chalice_app.render(stage, PLACE, table, {"CHATAPP_STAGE": "prod"}, settings)
    return tmp_path / ".chalice"


def test_a_function_that_is_added_gets_all_that_the_others_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = {**FUNCTIONS, "sweep": NEW}
    folder = _rendered(table, Stage("prod", "eu-west-1"), monkeypatch, tmp_path)
    config = json.loads((folder / "config.json").read_text())
    assert config["autogen_policy"] is False
    assert config["lambda_functions"].keys() == table.keys()
    assert config["lambda_functions"]["sweep"] == {
        "lambda_memory_size": 256,
        "lambda_timeout": 60,
        "iam_policy_file": "policy-sweep.json",
    }
    assert {path.name for path in folder.glob("policy-*")} == {f"policy-{name}.json" for name in table}
    policy = (folder / "policy-sweep.json").read_text()
    assert all(action in policy for action in ("dynamodb:GetItem", "sqs:SendMessage", "logs:PutLogEvents"))
    assert {"SweepLogs", "SweepFailures"} <= resources.around(table).keys()
    invoked = resources.invocations(table)["SweepInvocations"]["Properties"]
    assert (invoked["MaximumRetryAttempts"], invoked["MaximumEventAgeInSeconds"]) == (1, 3_600)
    assert invoked["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::Sub": f"{SQS}:chatapp-${{Stage}}-{QUEUE}"}}
    }


def test_a_number_of_invocations_is_reserved_where_a_setting_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = _rendered(dict(FUNCTIONS), Stage("prod", "eu-west-1"), monkeypatch, tmp_path)
    rendered = json.loads((folder / "config.json").read_text())["lambda_functions"]
    reserved = {name: each["reserved_concurrency"] for name, each in rendered.items() if "reserved_concurrency" in each}
    assert reserved == {functions.ANSWER: 3, functions.EXTRACT: 2}


def test_each_function_has_its_log_group_before_it_writes() -> None:
    groups: list[Any] = [each for name, each in resources.around(FUNCTIONS).items() if name.endswith("Logs")]
    names = [group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${Stage}", "prod") for group in groups]
    of_functions = [f"/aws/lambda/{PLACE.function_name(function)}" for function in FUNCTIONS]
    assert sorted(names) == sorted([*of_functions, "/aws/apigateway/chatapp-prod-access"])


def test_what_a_stage_was_made_of_keeps_its_logical_ids() -> None:
    """CloudFormation would make a resource of another id anew, and find its name taken."""
    logs = {f"{name}Logs" for name in ("Api", "Answer", "Extract", "Purge", "Connect", "Message", "Disconnect")}
    assert resources.around(FUNCTIONS).keys() >= logs | {"AnswerFailures", "ExtractFailures", "PurgeFailures"}
    assert resources.invocations(FUNCTIONS).keys() >= {f"{name}Invocations" for name in ("Answer", "Extract", "Purge")}


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_the_templates_hold_what_is_rendered_as_they_are_deployed(stage: str) -> None:
    """What went missing in one would be deleted by a stage's next update, logs and queued failures included."""
    templates = steps.templates(Stage(stage, "eu-west-1"))
    held = {name: yaml.load(body, Template)["Resources"] for name, body in templates.items()}  # noqa: S506
    around = resources.around(FUNCTIONS)
    assert {name: held["foundation.yaml"].get(name) for name in around} == around
    operations = {name: each for name, each in held["operations.yaml"].items() if name != "Dashboard"}
    assert operations == resources.invocations(FUNCTIONS)


def test_logs_and_failures_are_kept_for_a_while_and_go_with_their_stack() -> None:
    goes = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
    kept = {"RetentionInDays": {"Ref": "LogRetentionDays"}}
    logs = {"LogGroupName": {"Fn::Sub": "/aws/lambda/chatapp-${Stage}-sweep"}, **kept}
    access = {"LogGroupName": {"Fn::Sub": "/aws/apigateway/chatapp-${Stage}-access"}, **kept}
    queue = {
        "QueueName": {"Fn::Sub": "chatapp-${Stage}-sweep-failures"},
        "SqsManagedSseEnabled": True,
        "MessageRetentionPeriod": 1_209_600,  # the most that SQS keeps a message
    }
    assert resources.around({"sweep": NEW}) == {
        "SweepLogs": {"Type": "AWS::Logs::LogGroup", **goes, "Properties": logs},
        "AccessLogs": {"Type": "AWS::Logs::LogGroup", **goes, "Properties": access},
        "SweepFailures": {"Type": "AWS::SQS::Queue", **goes, "Properties": queue},
    }


def test_only_functions_that_are_invoked_by_events_send_to_a_failure_queue() -> None:
    senders = {name for name, each in FUNCTIONS.items() if any(grant.kind == "queue" for grant in each.allowed)}
    assert senders == {name for name, each in FUNCTIONS.items() if each.events}
    assert senders >= {functions.ANSWER, functions.EXTRACT, functions.PURGE}
    with pytest.raises(KeyError):
        functions.events_of(functions.API)


def test_what_is_waited_for_agrees_with_how_events_are_delivered() -> None:
    assert functions.events_of(functions.ANSWER).max_age_s == settling.QUEUED_S
    assert functions.events_of(functions.EXTRACT).max_age_s + 3_600 <= files.EVENT_LOST_S
    assert functions.events_of(functions.EXTRACT).retries + 1 == files.MAX_ATTEMPTS
    assert FUNCTIONS[functions.EXTRACT].timeout_s > claims.LEASE_S
