"""The copy of the backups in a second region: what the setting may say, the two buckets, and what S3 may do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from moto import mock_aws

from deploy import backups, destruction, steps
from deploy.account import adoption, replica
from deploy.environment import DeploymentError, Settings, Stage, read_settings
from deploy.progress import Progress
from tests import iam_tables
from tests.resolved import ACCOUNT, Template

THERE = "eu-central-1"
SOURCE = f"chatapp-prod-backups-{ACCOUNT}-eu-west-1"
COPY = f"chatapp-prod-backups-{ACCOUNT}-{THERE}"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield


def prod(region: str = "eu-west-1") -> Stage:
    return Stage("prod", region)


def foundation(there: str = THERE, deep: str = "false") -> Template:
    given = {"Stage": "prod", "ConnectSources": "https://a", "BackupsReplicaRegion": there, "BackupsDeepArchive": deep}
    return Template(steps.templates(prod())["foundation.yaml"], given)


def copy(deep: str = "false") -> Template:
    given = {"Stage": "prod", "BackupsDeepArchive": deep}
    return Template(steps.templates(prod())["backup-replica.yaml"], given, THERE)


# --- The setting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("europe", "no region europe"),
        ("eu-west-11", "no region eu-west-11"),
        ("cn-north-1", "aws-cn"),
        ("eu-west-1", "which the stage itself is in"),
    ],
)
def test_a_region_that_cannot_hold_the_copy_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, region: str, said: str
) -> None:
    text = f'[default]\nbackup_replica_region = "{region}"\n'
    monkeypatch.setattr(steps, "load_settings", lambda name: read_settings(text, name))
    with pytest.raises(DeploymentError, match=said) as raised:
        steps.begin(prod(), Progress(), Path())
    assert "backup_replica_region" in str(raised.value)


def test_a_stage_of_this_machine_has_no_copy() -> None:
    text = (Path(__file__).resolve().parents[2] / "deploy" / "settings.toml").read_text()
    everywhere = text.replace('backup_replica_region = ""', f'backup_replica_region = "{THERE}"', 1)
    assert read_settings(everywhere, "prod").backup_replica_region == THERE
    assert read_settings(everywhere, "local-a").backup_replica_region == ""
    with pytest.raises(DeploymentError, match=r"under \[local\]"):
        replica.check(Stage("local", "eu-west-1", "http://127.0.0.1:1"), THERE)


def test_as_shipped_nothing_of_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings("", "prod").backup_replica_region == ""
    template = foundation("")
    assert "ReplicationRole" not in template.resources
    assert "ReplicationConfiguration" not in template.resources["BackupsBucket"]["Properties"]
    monkeypatch.setattr(replica, "make", lambda *_: pytest.fail("a stack is made"))
    steps.Deployment(prod(), Settings(app={}), Progress(), {}, Path()).copy_backups()


# --- The buckets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deep", ["true", "false"])
def test_the_two_buckets_are_alike(deep: str) -> None:
    """S3 replicates nothing of a bucket's settings, and no expiry."""
    first, second = (each.resources["BackupsBucket"] for each in (foundation(deep=deep), copy(deep)))
    assert first["Properties"].pop("BucketName") == SOURCE
    assert second["Properties"].pop("BucketName") == COPY
    assert first["Properties"].pop("ReplicationConfiguration")
    assert first == second
    assert second["Properties"]["ObjectLockEnabled"]
    policies = [each.resources["BackupsBucketPolicy"]["Properties"] for each in (foundation(), copy())]
    assert json.dumps(policies[0]).replace("eu-west-1", THERE) == json.dumps(policies[1])


def test_everything_is_replicated_and_no_deletion() -> None:
    configuration = foundation().resources["BackupsBucket"]["Properties"]["ReplicationConfiguration"]
    assert configuration["Role"] == f"arn:aws:iam::{ACCOUNT}:role/{prod().role_name('replication')}"
    (rule,) = configuration["Rules"]
    assert rule["Destination"] == {"Bucket": f"arn:aws:s3:::{COPY}"}
    assert (rule["Filter"], rule["DeleteMarkerReplication"]) == ({"Prefix": ""}, {"Status": "Disabled"})
    shape: Any = get_session().get_service_model("s3").operation_model("PutBucketReplication").input_shape
    asked = {"Role": configuration["Role"], "Rules": [{"ID": rule.pop("Id"), **rule}]}
    wrong = ParamValidator().validate({"Bucket": SOURCE, "ReplicationConfiguration": asked}, shape)
    assert not wrong.has_errors(), wrong.generate_report()


def test_s3_may_read_the_one_bucket_and_write_the_other_and_delete_nothing() -> None:
    role = foundation().of_type("AWS::IAM::Role")["ReplicationRole"]
    assert iam_tables.problems(role["AssumeRolePolicyDocument"], trust=True) == []
    (policy,) = role["Policies"]
    assert iam_tables.problems(policy["PolicyDocument"]) == []
    allowed = {
        (action, statement["Resource"])
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    read = ["GetObjectVersionForReplication", "GetObjectVersionAcl", "GetObjectVersionTagging"]
    read += ["GetObjectRetention", "GetObjectLegalHold"]
    assert allowed == {
        ("s3:GetReplicationConfiguration", f"arn:aws:s3:::{SOURCE}"),
        ("s3:ListBucket", f"arn:aws:s3:::{SOURCE}"),
        *((f"s3:{action}", f"arn:aws:s3:::{SOURCE}/*") for action in read),
        *((f"s3:{action}", f"arn:aws:s3:::{COPY}/*") for action in ("ReplicateObject", "ReplicateTags")),
    }


def test_a_bucket_that_is_taken_up_names_no_role_that_is_not_there_yet() -> None:
    body = steps.templates(prod())["foundation.yaml"]
    parts = {match[1]: match[0] for match in adoption.RESOURCE.finditer(body)}
    kept = adoption.Kept("BackupsBucket", "AWS::S3::Bucket", SOURCE, parts["BackupsBucket"])
    alone = adoption.alone(body, [kept])
    assert "ReplicationRole" not in alone
    assert "replaced-and-broken-off" in alone


# --- What is said -----------------------------------------------------------------------------------------------------


def _replicated() -> None:
    for name, region in ((SOURCE, "eu-west-1"), (COPY, THERE)):
        s3: Any = boto3.client("s3", region)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule: dict[str, Any] = {"Status": "Enabled", "Priority": 1, "DeleteMarkerReplication": {"Status": "Disabled"}}
    rule |= {"Filter": {"Prefix": ""}, "Destination": {"Bucket": f"arn:aws:s3:::{COPY}"}}
    configuration = {"Role": "arn", "Rules": [rule]}
    boto3.client("s3", "eu-west-1").put_bucket_replication(Bucket=SOURCE, ReplicationConfiguration=configuration)


def test_where_the_backups_are_copied_to_is_what_their_bucket_says() -> None:
    assert replica.find(prod()) is None
    assert replica.stop(prod()) == []
    _replicated()
    assert replica.find(prod()) == THERE
    assert replica.find(prod(THERE)) is None
    nothing: dict[str, list[dict[str, Any]]] = {"backups": [], "drills": [], "failures": []}
    assert f"S3 copies them to {THERE}, within minutes of each." in backups.shown(nothing, THERE)
    assert THERE not in backups.shown(nothing)


def test_what_destroy_keeps_names_the_copy_and_how_it_goes() -> None:
    _replicated()
    said = "\n".join(replica.stop(prod()))
    assert f"bucket {COPY} in {THERE}" in said
    assert f"aws cloudformation delete-stack --region {THERE} --stack-name chatapp-prod-backup-replica" in said
    assert f"s3:BypassGovernanceRetention, empty the bucket {COPY}" in said
    assert f"aws s3 rb s3://{COPY} --region {THERE}" in said
    assert replica.find(prod()) is None
    assert destruction._removal(
        adoption.Kept("BackupsBucket", "AWS::S3::Bucket", SOURCE, ""), "--region eu-west-1"
    ) == replica.emptied(SOURCE, "--region eu-west-1")


@pytest.mark.parametrize("template", [foundation, copy])
def test_what_a_restore_begins_with_never_lies_where_it_cannot_be_read(template: Any) -> None:
    """A manifest of thousands of parts has more than the 128 KB that no lifecycle moves."""
    bucket = template(deep="true").resources["BackupsBucket"]["Properties"]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    deep = [rule for rule in rules for each in rule.get("Transitions") or [] if each["StorageClass"] == "DEEP_ARCHIVE"]
    assert [int(rule["ObjectSizeGreaterThan"]) >= 16 * 1024**2 for rule in deep] == [True]
    (kept,) = [rule for rule in rules if rule.get("ExpirationInDays") == 400]
    assert "ObjectSizeGreaterThan" not in kept, "what is small goes, too"
    assert not kept.get("Transitions"), "of two that overlap it is not said which counts"
