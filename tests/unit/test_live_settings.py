"""`./deploy.sh set`: refused with the field, or stored with who and when; nothing else of the stage is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from deploy import arguments, live_settings, lock
from deploy.environment import DeploymentError, Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Stage("prod", "eu-west-1")


@pytest.fixture
def functions(stage: Stage) -> None:
    """They were deployed with other settings than this checkout has."""
    trust = {"Version": "2012-10-17", "Statement": []}
    role = boto3.client("iam").create_role(RoleName="api", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    boto3.client("lambda", stage.region).create_function(
        FunctionName="chatapp-prod",
        Runtime="python3.13",
        Role=role,
        Handler="app.app",
        Code={"ZipFile": b"code"},
        Environment={"Variables": {"CHATAPP_USER_BUDGET_USD": "17", "CHATAPP_DOCUMENT_TOKENS": "150000"}},
    )


def stored(stage: Stage) -> dict[str, object]:
    text = boto3.client("ssm", stage.region).get_parameter(Name="/chatapp/prod/settings")["Parameter"]["Value"]
    found: dict[str, object] = json.loads(text)
    return found


def test_a_value_is_stored_with_who_and_when(stage: Stage) -> None:
    assert live_settings.change(stage, "user_budget_usd", "3")
    found = stored(stage)
    assert found["values"] == {"user_budget_usd": "3"}
    (change,) = found["changes"].values()  # type: ignore[attr-defined]
    assert change["by"].startswith("arn:aws:")
    assert change["at"].endswith("+00:00")
    line = next(each for each in live_settings.shown(stage).splitlines() if each.startswith("user_budget"))
    assert line.startswith("user_budget_usd = 3.0  (set 20")
    assert line.endswith("; deployed: 20.0)")


@pytest.mark.usefixtures("functions")
def test_values_stand_over_what_is_deployed_and_not_over_this_checkouts(stage: Stage) -> None:
    assert "user_budget_usd = 17.0  (deployed)" in live_settings.shown(stage)
    with pytest.raises(DeploymentError, match=r"less max_tokens \(45,000\) and document_tokens \(150,000\)"):
        live_settings.change(stage, "max_tokens", "45000")


def test_the_same_value_again_changes_nothing(stage: Stage) -> None:
    live_settings.change(stage, "user_budget_usd", "3")
    assert not live_settings.change(stage, "user_budget_usd", "3")
    history = boto3.client("ssm", stage.region).get_parameter_history(Name=stage.live_parameter)["Parameters"]
    assert len(history) == 1


def test_a_value_is_taken_back(stage: Stage) -> None:
    live_settings.change(stage, "user_budget_usd", "3")
    assert live_settings.change(stage, "user_budget_usd", None)
    assert not live_settings.change(stage, "user_budget_usd", None)
    assert "user_budget_usd = 20.0  (deployed)" in live_settings.shown(stage)
    assert live_settings.differing(stage) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("user_budget_usd", "-1", r"user_budget_usd \(-1.0\) must be 0, which spends nothing, or more"),
        ("comments_mode", "shut", "comments_mode is one of open, first, approve"),
        ("retention_days", "3", "retention_days cannot change at once: user_budget_usd, "),
        ("nothing", None, "nothing cannot change at once"),
        ("digest", '[["held"]]', "digest holds some of"),
        ("twin_topics", "5", r"twin_topics \(5\) must be true or false"),
        ("digest", '["' + "x" * 5_000 + '"]', "digest holds some of"),
        ("rates", json.dumps({"members": {"sends": [1, 60]}}) + " " * 5_000, "4,096 bytes at most"),
    ],
)
def test_a_wrong_one_is_refused_and_the_old_one_stays(stage: Stage, name: str, value: str | None, said: str) -> None:
    live_settings.change(stage, "user_budget_usd", "3")
    with pytest.raises(DeploymentError, match=said):
        live_settings.change(stage, name, value)
    assert stored(stage)["values"] == {"user_budget_usd": "3"}


def test_a_parameter_that_something_else_wrote_is_not_overwritten(stage: Stage) -> None:
    boto3.client("ssm", stage.region).put_parameter(Name=stage.live_parameter, Value="mine", Type="String")
    with pytest.raises(DeploymentError, match="written by something else"):
        live_settings.change(stage, "user_budget_usd", "3")


def test_whoever_sets_holds_the_lock_of_the_stage_meanwhile(stage: Stage) -> None:
    s3 = boto3.client("s3", stage.region)
    s3.create_bucket(Bucket=stage.artifacts_bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    live_settings.carry_out(stage, live_settings.Asked("prod", "user_budget_usd", "3"))
    held = json.loads(s3.get_object(Bucket=stage.artifacts_bucket, Key=lock.KEY)["Body"].read())
    assert (held["what"], held["lease_s"]) == ("set user_budget_usd", 0), "taken, and given back"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["set", "prod"], live_settings.Asked("prod")),
        (["set", "prod", "rates", "{}"], live_settings.Asked("prod", "rates", "{}")),
        (["set", "prod", "rates", "--unset"], live_settings.Asked("prod", "rates")),
    ],
)
def test_the_command_line(words: list[str], wanted: live_settings.Asked) -> None:
    found = arguments.parse(words)
    assert (found.command, found.stage, found.live) == ("set", "prod", wanted)


@pytest.mark.parametrize(
    "words", [["set"], ["set", "prod", "rates"], ["set", "prod", "a", "b", "c"], ["prod", "--unset"]]
)
def test_a_command_line_that_makes_no_sense(words: list[str]) -> None:
    with pytest.raises(arguments.UsageError):
        arguments.parse(words)
