"""A backup on a real MiniStack, proven and brought back into another stage; each function with its policy alone."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from typing import Any

from chalicelib import services
from chalicelib.backups import index, manifest, nightly, places, restoring, runs

from deploy import destruction, recovery
from deploy.environment import DeploymentError, Stage
from deploy.progress import Progress
from tests.aws.emulator_probe import eventually
from tests.aws.local_stage import Laid, scanned

REMAINING_S = 900.0


def backed_up(laid: Laid) -> str:
    """Make a backup to its end; returns its id."""
    begins, goes_on = laid.services("nightly_backup"), laid.services("backup")

    def has_begun() -> bool:
        # Tables are too young for it in their first two seconds.
        try:
            nightly.begin(begins)
        except nightly.Failed:
            return False
        return True

    eventually(has_begun)
    eventually(lambda: _is_over(goes_on, asked=False))
    return str(runs.read(goes_on).id)  # type: ignore[union-attr]


def brought_back(laid: Laid, **order: Any) -> places.Run:
    restores = laid.services("restore")

    def is_over() -> bool:
        restoring.go_on(restores, order, REMAINING_S)
        found = places.find(restores, order["restore"])
        return bool(found and found.ended)

    eventually(is_over)
    found = places.find(restores, order["restore"])
    assert found
    return found


def test_a_stage_is_backed_up_destroyed_and_brought_back_into_another(lay: Callable[[str], Laid]) -> None:
    before = lay("local-c")
    before.fill()
    rows = before.rows()
    backup = backed_up(before)
    after = lay("local-d")
    destruction.destroy(before.stage, Progress())
    assert before.client("dynamodb").list_tables()["TableNames"]

    done = brought_back(after, restore="1", source="local-c", backup=backup)
    assert (done.step, done.problem, done.missing) == ("done", "", [])
    assert after.rows() == rows
    s3 = after.client("s3")
    listed = s3.list_objects_v2(Bucket=after.stage.files_bucket)["Contents"]
    assert {each["Key"]: each["Size"] for each in listed} == {f"extracted/{n}/page 1.txt": n for n in range(5)}


def test_a_stage_is_as_it_was_at_a_second_and_its_tables_keep_what_they_have(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-f")
    laid.fill()
    rows, settings = laid.rows(), laid.settings()
    pool, cognito = laid.foundation["UserPoolArn"].rpartition("/")[2], laid.client("cognito-idp")
    cognito.create_group(UserPoolId=pool, GroupName="readers", Description="Who may read", Precedence=1)
    at = int(time.time()) + 1
    eventually(lambda: _can_be_told(laid.stage, at))
    dynamodb = laid.client("dynamodb")
    for row in scanned(dynamodb, f"{laid.stage.prefix}-files"):
        dynamodb.delete_item(TableName=f"{laid.stage.prefix}-files", Key={"file_id": row["file_id"]})
    changed = {"conversation": {"S": "000"}, "message_id": {"S": "000"}, "n": {"N": "2"}}
    dynamodb.put_item(TableName=f"{laid.stage.prefix}-messages", Item=changed)

    goes_on = laid.services("backup")
    nightly.go_on(goes_on, {"at": at}, REMAINING_S)
    eventually(lambda: _is_over(goes_on, asked=True))
    cognito.delete_group(UserPoolId=pool, GroupName="readers")
    done = brought_back(laid, restore="1", source="local-f", backup=manifest.id_of(at), overwrite=True)
    assert (done.step, done.problem, done.missing) == ("done", "", [])
    assert laid.rows() == rows
    assert laid.settings() == settings
    group = cognito.get_group(UserPoolId=pool, GroupName="readers")["Group"]
    assert (group["Description"], group["Precedence"]) == ("Who may read", 1)


def _can_be_told(stage: Stage, at: int) -> bool:
    try:
        recovery.check(stage, stage.name, at)
    except DeploymentError:
        return False
    return True


def _is_over(goes_on: services.Services, *, asked: bool) -> bool:
    run = runs.read(goes_on, asked=asked)
    assert run
    nightly.go_on(goes_on, run.order(), REMAINING_S)
    return runs.read(goes_on, asked=asked).ended  # type: ignore[union-attr]


def test_a_drill_passes_and_after_one_byte_has_changed_names_the_part(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-e")
    laid.fill()
    backup = backed_up(laid)
    order = {"source": "local-e", "backup": backup, "drill": True}
    assert brought_back(laid, restore="drill-1", **order).step == "done"

    s3, bucket = laid.client("s3"), f"{laid.stage.prefix}-backups-{laid.stage.account_id}-{laid.stage.region}"
    made = manifest.read(s3.get_object(Bucket=bucket, Key=manifest.key_of(backup))["Body"].read())
    part = next(part for part in made.tables["messages"].parts if part.items)
    items = gzip.decompress(s3.get_object(Bucket=bucket, Key=part.key)["Body"].read())
    s3.put_object(Bucket=bucket, Key=part.key, Body=gzip.compress(items.replace(b'"1.5"', b'"1.6"', 1)))
    failed = brought_back(laid, restore="drill-2", **order)
    assert failed.step == "failed"
    assert part.key in failed.problem
    told = index.read(laid.services("restore"))
    assert [each["passed"] for each in told["drills"]].count(False) == 1
