"""`./deploy.sh backups STAGE`, and what else the deployment knows of backups."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.backups import index

from deploy import backups, commands, steps
from deploy.account import regions
from deploy.destruction import kept
from deploy.environment import DeploymentError
from deploy.environment import Stage as Deployed
from tests.backups import Nights
from tests.people import Person
from tests.stage import Stage, Template
from tests.storage import BACKUPS

STAGE = Deployed("test", "eu-west-1")


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STAGE.__dict__, "account_id", "123456789012")


def _services() -> Any:
    from chalicelib import functions, services

    return services.of(functions.BACKUP)


def test_backups_are_shown_newest_first_with_what_is_proven_of_them(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nights = Nights(stage)
    ada.new_conversation(title="Roses")
    first = nights.whole()
    before = stage.exports.clock
    stage.exports.clock = lambda: before() + 1
    second = nights.whole()
    index.prove(_services(), {"id": first.id, "at": 1, "passed": True, "duration_s": 1_234, "why": ""})
    index.prove(_services(), {"id": second.id, "at": 2, "passed": False, "duration_s": 5, "why": "a part differs"})
    index.fail(_services(), "2026-11-01T02-00-00Z", "DynamoDB could not export messages: S3AccessDenied")
    monkeypatch.setattr(regions, "refuse_other_endpoints", lambda name: None)
    capsys.readouterr()
    assert commands.main(["backups", "test", "--region", "eu-west-1"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["backup", "kept", "items", "files", "size", "proven"]
    assert [line.split()[:3] for line in said[1:4]] == [
        [second.id, "nightly", str(second.items)],
        [first.id, "nightly", str(first.items)],
        [first.id, "monthly", str(first.items)],
    ]
    assert said[1].endswith("NO: a part differs")
    assert said[2].endswith("yes, restored in 1,234 s")
    assert any("could not export messages" in line for line in said)


def test_a_stage_without_a_backup_is_told_so(stage: Stage) -> None:
    with pytest.raises(DeploymentError, match="the first is made in the coming night"):
        backups.read(STAGE)
    stage.s3.delete_bucket(Bucket=BACKUPS)
    with pytest.raises(DeploymentError, match=f"there is no bucket {BACKUPS}"):
        backups.read(STAGE)


def _bucket() -> dict[str, Any]:
    import yaml

    template = yaml.load(steps.templates(Deployed("prod", "eu-west-1"))["foundation.yaml"], Template)  # noqa: S506
    bucket: dict[str, Any] = template["Resources"]["BackupsBucket"]
    return bucket


def test_the_bucket_keeps_what_manifests_name_and_lets_go_of_the_rest() -> None:
    from chalicelib.backups import objects
    from chalicelib.deletion import erasures

    bucket = _bucket()
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["Properties"]["ObjectLockEnabled"] == "true" or bucket["Properties"]["ObjectLockEnabled"] is True
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "ObjectLockConfiguration" not in bucket["Properties"], "an export may not be able to write into it"
    found = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    rules = {rule.get("Prefix"): rule for rule in found if isinstance(rule, dict)}
    for name, days in index.KEPT_DAYS.items():
        assert rules[f"{name}/"]["ExpirationInDays"] == days
    # What is copied last before it is made again is named by a monthly backup of that day.
    assert rules["objects/"]["ExpirationInDays"] > objects.COPIED_AGAIN_S / 86_400 + index.KEPT_DAYS["monthly"]
    assert rules["erasures/"]["ExpirationInDays"] == erasures.KEPT_DAYS > index.KEPT_DAYS["monthly"] + 30
    assert "index.json" not in rules


def test_what_is_kept_of_a_destroyed_stage_names_the_backups_and_their_locks(stage: Stage) -> None:
    from deploy.account import adoption

    said = kept(STAGE, adoption.find(STAGE, steps.templates(STAGE)["foundation.yaml"]))
    assert f"  bucket {BACKUPS}" in said
    assert any("s3:BypassGovernanceRetention" in line and BACKUPS in line for line in said)
