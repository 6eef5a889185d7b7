"""What `./deploy.sh check` finds of an account, every call held against botocore's models; and that it only reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from chalicelib.settings import DEFAULT_MODELS

from deploy import arguments, results
from deploy.check import kept, model, money, permissions, quotas, reach, run, stacks, watch
from deploy.check.findings import Finding
from deploy.check.target import Target
from deploy.functions import runtime
from deploy.local.demo_model.server import DemoServer
from deploy.people import api
from tests.fakes import account
from tests.fakes.account import DRIFTED, NOW, AccountStage, Reply, days, distribution, missing
from tests.iam_tables import problems

ROLE = "chatapp-prod-answer-eu-west-1"
# Operations that change something nowhere; drift is looked for by AWS itself.
WRITES = re.compile(r"\.(?:put|update|delete|create|add|remove|set|tag|invoke|send)_[a-z_]+\(")
# As parliament names what IAM would not know, or never asks of such a resource.
UNMET = ("RESOURCE_MISMATCH", "UNKNOWN_ACTION", "UNKNOWN_PREFIX", "MALFORMED")
READS = re.compile(r"(get|list|describe|simulate|detect)_[a-z_]+")


ASKED = model.asked


def _answered(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> api.Reply:
    """The site and the API of a sound stage."""
    assert (method, body) == ("GET", None)
    return api.Reply(200, "<!doctype html>" if url.endswith("app.html") else '{"stage": "prod"}')


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model answers is looked at below, by the demo model."""
    monkeypatch.setattr(model, "asked", lambda *_: iter(()))
    monkeypatch.setattr(reach, "send", _answered)
    monkeypatch.setattr(results, "read", lambda name: None)


def _wrong(target: Target) -> list[tuple[str, Finding]]:
    own = {"build tools", "Python of the functions"}  # of the machine that runs this
    found = [(title, each) for title, all_ in run.looked(target) for each in all_ if title not in own]
    return [(title, each) for title, each in found if each.level != "ok"]


def test_of_a_sound_stage_nothing_is_said_and_nothing_is_changed() -> None:
    stage = AccountStage.of()
    assert _wrong(account.target(stage)) == []
    operations = {name.partition(".")[2] for name in stage.called}
    assert len(operations) > 25
    assert [each for each in operations if not READS.fullmatch(each)] == []


def test_no_call_that_changes_anything_stands_in_a_check() -> None:
    for file in Path(run.__file__).parent.glob("*.py"):
        assert WRITES.findall(file.read_text()) == [], file.name


FUNCTION = {
    "FunctionName": "f",
    "MemorySize": 128,
    "Timeout": 1,
    "Role": "arn:aws:iam::123456789012:role/other",
    "State": "Failed",
}
FAILED = {"StackName": "s", "CreationTime": days(-9), "StackStatus": "ROLLBACK_COMPLETE"}
MODIFIED = {**DRIFTED, "StackResourceDriftStatus": "MODIFIED"}
CHANGED = {"PropertyPath": "/BillingMode", "ExpectedValue": "a", "ActualValue": "b", "DifferenceType": "NOT_EQUAL"}
PUBLIC = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": False}}


def _stored(text: str) -> Reply:
    return {"Parameter": {"Name": "/chatapp/prod/settings", "Value": text}}


REFUSED = missing("DescribeRule", "AccessDeniedException")
CASES: Sequence[tuple[str, str, Reply, str]] = (
    ("functions", "lambda__get_function_configuration", missing("X", "ResourceNotFoundException"), "is not there"),
    ("functions", "lambda__get_function_configuration", FUNCTION, "MemorySize is 128, not"),
    ("functions", "lambda__get_function_configuration", FUNCTION, "cannot run: no reason given"),
    ("functions", "lambda__get_function_configuration", FUNCTION, "has other settings .*CHATAPP_STAGE"),
    ("functions", "lambda__get_function_concurrency", {"ReservedConcurrentExecutions": 3}, "reserves 3 runs"),
    ("functions", "lambda__get_function_concurrency", {"ReservedConcurrentExecutions": 0}, "is stopped"),
    ("failure queues", "lambda__get_function_event_invoke_config", {}, "gives up is put nowhere"),
    ("failure queues", "lambda__get_function_event_invoke_config", missing("X", "ResourceNotFoundException"), "lost"),
    ("settings that were set", "ssm__get_parameter", _stored("{not json"), "was written by something else"),
    ("settings that were set", "ssm__get_parameter", _stored('{"values": {"max_tokens": "-5"}}'), "max_tokens"),
    ("settings that were set", "ssm__get_parameter", _stored('{"values": {"max_tokens": "many"}}'), "max_tokens"),
    ("functions' rights", "iam__list_role_policies", missing("X", "NoSuchEntity"), "cannot run"),
    ("functions' rights", "iam__list_role_policies", {"PolicyNames": []}, "not those of its grants"),
    ("functions' rights", "iam__list_role_policies", {"PolicyNames": [ROLE, "extra"]}, "other policies|more policies"),
    ("schedules", "events__describe_rule", {"State": "DISABLED"}, "is switched off"),
    ("schedules", "events__describe_rule", missing("X", "ResourceNotFoundException"), "never runs"),
    ("schedules", "events__list_targets_by_rule", {}, "calls nothing"),
    ("schedules", "events__describe_rule", REFUSED, "DescribeRule is refused"),
    ("schedules", "events__describe_rule", missing("X", "InternalException"), "could not be looked at"),
    ("uploads", "s3__get_bucket_notification_configuration", {}, "uploads are never read"),
    ("failure queues", "sqs__get_queue_url", missing("X", "QueueDoesNotExist"), "is lost"),
    ("failure queues", "sqs__get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "2"}}, "2 failed"),
    ("logs", "logs__describe_log_groups", {"logGroups": []}, "may not make it"),
    ("logs", "logs__describe_log_groups", {"logGroups": [{"logGroupName": "/aws/lambda/chatapp-prod"}]}, "for ever"),
    ("APIs' limits", "apigateway__get_stage", {"methodSettings": {}}, "lets None a second"),
    (
        "APIs' limits",
        "apigateway__get_stage",
        {"methodSettings": {"*/*": {"dataTraceEnabled": True}}},
        "people's texts",
    ),
    ("APIs' limits", "apigatewayv2__get_stage", missing("X", "NotFoundException"), "answers nobody"),
    ("tables", "dynamodb__describe_table", missing("X", "ResourceNotFoundException"), "is gone"),
    ("tables", "dynamodb__describe_table", {"Table": {"TableStatus": "UPDATING"}}, "is updating"),
    ("tables", "dynamodb__describe_table", {"Table": {"TableStatus": "ACTIVE"}}, "can be deleted"),
    (
        "tables",
        "dynamodb__describe_continuous_backups",
        {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "DISABLED"}},
        "no point-in-time recovery",
    ),
    (
        "tables",
        "dynamodb__describe_time_to_live",
        {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}},
        "TTL is on",
    ),
    (
        "tables",
        "dynamodb__describe_time_to_live",
        {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}},
        "TTL is off",
    ),
    ("buckets", "s3__get_public_access_block", PUBLIC, "BlockPublicPolicy, RestrictPublicBuckets is off"),
    ("buckets", "s3__get_public_access_block", missing("X", "NoSuchPublicAccessBlockConfiguration"), "opened to the"),
    ("buckets", "s3__get_bucket_versioning", {}, "no former versions"),
    ("buckets", "s3__get_bucket_versioning", missing("X", "NoSuchBucket"), "is gone"),
    ("stage's own keys", "ssm__get_parameter", missing("X", "ParameterNotFound"), "visit-key is not there"),
    ("access to the models", "ssm__get_parameter", missing("X", "ParameterNotFound"), "no key for Claude"),
    ("backups' lock", "s3__get_object_lock_configuration", missing("X", "NoSuchBucket"), "no Object Lock"),
    (
        "spend on the models",
        "dynamodb__get_item",
        {"Item": {"cost_micro_usd": {"N": "50000000"}}},
        "everybody is refused",
    ),
    (
        "stacks",
        "cloudformation__describe_stacks",
        {"Stacks": [FAILED]},
        "is ROLLBACK_COMPLETE",
    ),
    ("stacks", "cloudformation__get_template", {"TemplateBody": "other"}, "another version"),
    (
        "drift of the stacks",
        "cloudformation__describe_stack_resource_drifts",
        {"StackResourceDrifts": [{**DRIFTED, "StackResourceDriftStatus": "DELETED"}]},
        "was deleted beside its stack",
    ),
    (
        "drift of the stacks",
        "cloudformation__describe_stack_resource_drifts",
        {
            "StackResourceDrifts": [
                {**DRIFTED, "StackResourceDriftStatus": "MODIFIED", "PropertyDifferences": [CHANGED]}
            ]
        },
        "changed beside its stack: /BillingMode",
    ),
    (
        "CloudFront",
        "cloudfront__get_distribution",
        {"Distribution": distribution("Deployed", enabled=False)},
        "is switched off",
    ),
    (
        "functions at once",
        "lambda__get_account_settings",
        {"AccountLimit": {"ConcurrentExecutions": 10}},
        "runs 10 functions",
    ),
)


@pytest.mark.parametrize(
    ("title", "operation", "reply", "said"), CASES, ids=[f"{each[0]}: {each[3]}" for each in CASES]
)
def test_what_is_wrong_is_said_by_its_check_with_what_to_do(
    title: str, operation: str, reply: Reply, said: str
) -> None:
    target = account.target(AccountStage.of(**{operation: reply}))
    (check,) = [each for each in run.CHECKS if each.title == title]
    found = [each for each in run._found(check, target) if each.level != "ok"]
    assert [each for each in found if re.search(said, each.says)], found
    assert all(each.advice for each in found)


def _simulated(*refused: str) -> Iterator[str]:
    allowed = {"EvaluationResults": [{"EvalActionName": each, "EvalDecision": "implicitDeny"} for each in refused]}
    stage = AccountStage.of(iam__simulate_principal_policy=allowed)
    yield from account.said(permissions.simulated(account.target(stage)))


def test_a_right_that_lacks_is_named_with_the_statement_that_grants_it() -> None:
    found = list(_simulated("sqs:CreateQueue"))
    assert len(found) == len({each.arn(AccountStage.of()) for each in permissions.NEEDED})
    assert "may not sqs:CreateQueue" in found[0]
    assert (
        '{"Effect": "Allow", "Action": ["sqs:CreateQueue"], "Resource": "arn:aws:cloudformation:eu-west-1:' in found[0]
    )


def test_the_rights_that_are_simulated_are_those_that_iam_knows() -> None:
    stage = AccountStage.of()
    for needed in permissions.NEEDED:
        statement = {"Effect": "Allow", "Action": needed.names(), "Resource": needed.arn(stage)}
        found = problems({"Version": "2012-10-17", "Statement": [statement]})
        assert [each for each in found if each.startswith(UNMET)] == [], needed


@pytest.mark.parametrize("caller", ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/ada"])
def test_root_is_not_simulated_and_who_may_not_simulate_is_told_so(caller: str) -> None:
    who = {"Account": account.ACCOUNT, "Arn": caller, "UserId": "x"}
    refused = missing("SimulatePrincipalPolicy", "AccessDenied")
    stage = AccountStage.of(sts__get_caller_identity=who, iam__simulate_principal_policy=refused)
    found = account.said(permissions.simulated(account.target(stage)))
    assert bool(found) == caller.endswith("ada")
    assert all("could not be simulated (AccessDenied)" in each for each in found)


def test_a_stage_that_is_not_deployed_is_looked_at_as_far_as_there_is_anything() -> None:
    nothing = missing("DescribeStacks", "ValidationError")
    assert isinstance(nothing, ClientError)
    nothing.response["Error"]["Message"] = "Stack with id chatapp-prod-foundation does not exist"
    stage = AccountStage.of(cloudformation__describe_stacks=nothing)
    begun = account.deployment(stage, account.settings())
    target = run.target_of(stage, begun, {"PATH": "/usr/bin"})
    titles = [title for title, _ in run.looked(target)]
    assert titles == [each.title for each in run.CHECKS if each.before]
    assert "stacks" not in titles
    assert target.age_s == 0
    assert [each for each in account.said(stacks.state(target)) if "is not there" in each]


def test_problems_end_with_1_and_warnings_do_not() -> None:
    lines: list[str] = []
    assert run.check(account.target(AccountStage.of(events__describe_rule={"State": "DISABLED"})), lines.append) == 1
    told = "\n".join(lines)
    assert "schedules ........................ problem: schedule chatapp-prod-sweep is switched off" in told
    assert "    aws events enable-rule --name chatapp-prod-sweep" in told
    assert lines[-1].startswith("\n1 problem") or "build tools" in told


def test_an_endpoint_of_the_shell_is_a_problem_on_aws_alone() -> None:
    (found,) = [
        each
        for title, each in _wrong(account.target(AccountStage.of(), AWS_ENDPOINT_URL="http://x"))
        if "shell" in title
    ]
    assert (found.level, found.advice) == ("problem", "unset AWS_ENDPOINT_URL")


def test_what_was_recorded_elsewhere_is_told() -> None:
    target = Target(
        AccountStage.of(),
        account.deployment(AccountStage.of(), account.settings()),
        {},
        {"region": "us-east-1", "api_url": "https://old.example", "site_url": "https://d1.cloudfront.net"},
        NOW,
    )
    told = [each.says for _, each in _wrong(target)]
    assert [each for each in told if "to us-east-1 last, and this looks at eu-west-1" in each]
    assert [each for each in told if "api_url was recorded as old.example" in each]
    assert not [each for each in told if "site_url" in each]


# --- Pure rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "wanted", "level"), [(1000, 0, None), (1000, 900, None), (1000, 901, "problem"), (10, 0, "warning")]
)
def test_what_lambda_leaves_unreserved_is_counted(limit: int, wanted: int, level: str | None) -> None:
    found = quotas._concurrency({"ConcurrentExecutions": limit}, wanted)
    assert (found and found.level) == level


@pytest.mark.parametrize(
    ("usd", "level"), [(0.0, "ok"), (39.9, "ok"), (40.0, "warning"), (49.9, "warning"), (50.0, "problem")]
)
def test_the_months_spend_against_its_budget(usd: float, level: str) -> None:
    (found,) = money.share(usd, 50)
    assert found.level == level


@pytest.mark.parametrize(
    ("hours", "stage_hours", "wrong"), [(25, 90, False), (27, 90, True), (None, 25, False), (None, 27, True)]
)
def test_a_night_without_a_backup_is_told(hours: int | None, stage_hours: int, wrong: bool) -> None:
    made = [] if hours is None else [{"id": f"{days(-hours / 24):%Y-%m-%dT%H-%M-%SZ}", "kept": "nightly"}]
    asked = [{"id": f"{days(0):%Y-%m-%dT%H-%M-%SZ}", "kept": "nightly", "asked": True}]
    assert bool(account.said(kept.ages([*made, *asked], NOW, stage_hours * 3600))) is wrong


def test_a_stage_that_never_had_a_backup_is_told_after_a_night() -> None:
    none = missing("GetObject", "NoSuchKey")
    for made, told in ((days(-2), 1), (days(-1), 0)):
        stack = {"StackName": "s", "StackStatus": "CREATE_COMPLETE", "CreationTime": made}
        stage = AccountStage.of(s3__get_object=none, cloudformation__describe_stacks={"Stacks": [stack]})
        assert len(account.said(kept.newest(account.target(stage)))) == told


def test_a_drill_that_failed_and_one_that_is_long_ago_are_told() -> None:
    failed = {"at": NOW, "id": "b", "passed": False, "why": "its SHA-256 differs"}
    passed = {"at": NOW - 9 * 86_400, "id": "a", "passed": True}
    assert "its SHA-256 differs" in account.said(kept.drills([passed, failed], NOW, 0))[0]
    assert "for 9 days" in account.said(kept.drills([passed], NOW, 0))[0]
    assert account.said(kept.drills([], NOW, 7 * 86_400)) == []


@pytest.mark.parametrize(
    ("status", "ends_in", "wrong"), [("ISSUED", 31, False), ("ISSUED", 29, True), ("PENDING_VALIDATION", 90, True)]
)
def test_a_certificate_that_acm_did_not_renew_is_told(status: str, ends_in: int, wrong: bool) -> None:
    assert bool(account.said(watch.validity("chat.example", status, days(ends_in), NOW))) is wrong


# --- The machine and the model ---------------------------------------------------------------------------------------


def test_a_runtime_that_is_too_old_is_told() -> None:
    old = {"FunctionName": "f", "Runtime": "python3.11"}
    (check,) = [each for each in run.CHECKS if each.title == "Python of the functions"]
    told = account.said(check.look(account.target(AccountStage.of(lambda__get_function_configuration=old))))
    assert "too old for the search index" in told[0]
    assert f"--python {runtime.ON_AWS[1]}" in told[0]


@pytest.fixture
def model_url() -> Iterator[str]:
    server = DemoServer()
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield server.url
    server.shutdown()
    serving.join()
    server.server_close()


def test_a_key_is_tried_by_a_list_of_models_that_asks_none(model_url: str) -> None:
    offered = [offer.id for offer in DEFAULT_MODELS]
    assert account.said(ASKED(model_url, "demo", offered)) == []
    assert "does not take the stage's key (401)" in account.said(ASKED(model_url, "invalid", offered))[0]
    assert "may not ask claude-9" in account.said(ASKED(model_url, "demo", ["claude-9"]))[0]
    assert "cannot be asked from here" in account.said(ASKED("http://127.0.0.1:1", "demo", offered))[0]
    assert "the model's address is none" in account.said(ASKED("file:///etc/passwd", "demo", offered))[0]


def test_the_command_takes_a_stage_and_nothing_else() -> None:
    assert arguments.parse(["check", "prod"]).command == "check"
    with pytest.raises(arguments.UsageError):
        arguments.parse(["check"])
