"""The last ten builds: kept, listed, found, put first, and laid out again as they were."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chalicelib.migrations import Migration
from moto import mock_aws

from deploy import arguments, environment, going_back, migrating, versions
from deploy.environment import ApiIds, DeploymentError, Stage
from deploy.functions import app_modules, runtime
from deploy.functions.package import Package

IDS = ApiIds("rest1", "sock1")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stage]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(environment, "BUILD", tmp_path / "build")
    with mock_aws():
        found = Stage("prod", "eu-west-1")
        found.__dict__["account_id"] = "123456789012"
        there = {"LocationConstraint": "eu-west-1"}
        found.client("s3").create_bucket(Bucket=found.artifacts_bucket, CreateBucketConfiguration=there)
        yield found


def built(stage: Stage, text: str) -> Package:
    """A package whose app says a text."""
    stage.build.mkdir(parents=True, exist_ok=True)
    path = stage.build / "package.zip"
    said = f"said = {text!r}\n"
    files = {"app.py": said, "chalicelib/__init__.py": "", "chalicelib/word.py": said, "boto3/__init__.py": ""}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without a date: the same bytes at any second
    return Package(path, runtime.running(), hashlib.sha256(text.encode()).hexdigest()[:12], changed=True)


def keep(stage: Stage, text: str, site: str = "a site", schema: int = 1) -> versions.Version:
    files = {"site/index.html": site.encode(), ".chalice/config.json": b"{}"}
    return versions.keep(stage, built(stage, text), files, schema, IDS)[0]


def objects(stage: Stage) -> set[str]:
    reply = stage.client("s3").list_objects_v2(Bucket=stage.artifacts_bucket, Prefix=versions.PREFIX)
    return {item["Key"].removeprefix(versions.PREFIX) for item in reply["Contents"]}


def test_a_deployment_that_changed_nothing_keeps_nothing_anew(stage: Stage) -> None:
    first = keep(stage, "one")
    files = {"site/index.html": b"a site", ".chalice/config.json": b"{}"}
    again, changed = versions.keep(stage, built(stage, "one"), files, 1, IDS)
    assert (again, changed) == (first, False)
    assert versions.listed(stage) == [first]


def test_a_version_names_the_layer_of_its_dependencies(stage: Stage) -> None:
    made, _ = versions.keep(stage, built(stage, "one"), {}, 1, IDS, layer="arn:layer:1")
    keep(stage, "two")
    assert [each.layer for each in versions.listed(stage)] == ["", made.layer]


def test_a_change_of_the_site_alone_is_a_version_of_its_own(stage: Stage) -> None:
    first, second = keep(stage, "one"), keep(stage, "one", "another site")
    assert first.package == second.package
    assert first.id != second.id
    assert [each.id for each in versions.listed(stage)] == [second.id, first.id]


def test_the_last_ten_are_kept_and_the_newest_proven_one_whatever_came_after(stage: Stage) -> None:
    good = keep(stage, "good")
    versions.note(stage, proven=True)
    ids = [keep(stage, f"bad {number}").id for number in range(11)]
    assert [each.id for each in versions.listed(stage)] == [*reversed(ids[1:]), good.id]
    held = {f"{each}/{file}" for each in [*ids[1:], good.id] for file in ("package.zip", "build.zip")}
    assert objects(stage) == held | {"index.json"}
    assert versions.before(versions.listed(stage)) == replace(good, proven=True)


def test_versions_are_found_by_how_they_begin_and_by_the_last_good_one(stage: Stage) -> None:
    good = keep(stage, "good")
    versions.note(stage, proven=True)
    bad = keep(stage, "bad")
    kept = versions.listed(stage)
    assert versions.find(kept, bad.id) == bad
    assert versions.find(kept, bad.id[:6]) == bad
    assert versions.find(kept, versions.LAST_GOOD).id == good.id
    with pytest.raises(DeploymentError, match=f"no version ffffff is kept; there are: {bad.id}, {good.id}"):
        versions.find(kept, "ffffff")
    with pytest.raises(DeploymentError, match="no version that was proven is kept; there are: none yet"):
        versions.find([], versions.LAST_GOOD)


def test_after_a_deployment_that_broke_off_the_last_good_one_is_what_was_proven_last(stage: Stage) -> None:
    good = keep(stage, "good")
    versions.note(stage, proven=True)  # the next one never came to be kept
    assert versions.find(versions.listed(stage), versions.LAST_GOOD).id == good.id


def test_a_version_that_is_put_back_comes_first_and_is_to_be_proven_again(stage: Stage) -> None:
    good, bad = keep(stage, "good"), keep(stage, "bad")
    again = versions.put_first(stage, good)
    assert [each.id for each in versions.listed(stage)] == [good.id, bad.id]
    assert not again.proven
    versions.note(stage, proven=True)
    assert [each.proven for each in versions.listed(stage)] == [True, False]


def test_a_version_that_was_proven_once_and_fails_now_is_not_the_last_good_one(stage: Stage) -> None:
    good = keep(stage, "good")
    versions.note(stage, proven=True)
    bad = keep(stage, "bad")
    versions.note(stage, proven=True)
    assert keep(stage, "bad").id == bad.id, "deployed once more, unchanged"
    versions.note(stage, proven=False)
    assert versions.find(versions.listed(stage), versions.LAST_GOOD).id == good.id


def test_an_object_that_somebody_removed_is_named(stage: Stage) -> None:
    good = keep(stage, "good")
    key = f"{versions.PREFIX}{good.id}/package.zip"
    stage.client("s3").delete_object(Bucket=stage.artifacts_bucket, Key=key)
    with pytest.raises(DeploymentError, match=f"package.zip of version {good.id} is gone"):
        versions.fetch(stage, good, "package.zip")


def test_what_is_laid_out_is_what_was_kept_and_chalice_reads_its_app(stage: Stage, tmp_path: Path) -> None:
    good = keep(stage, "good")
    package = built(stage, "good").path.read_bytes()
    built(stage, "bad")
    (stage.build / "chalicelib").mkdir()
    (stage.build / "chalicelib" / "newer.py").touch()
    (stage.build / "package.sha256").write_text("bad")
    files = versions.unzipped(versions.fetch(stage, good, "build.zip"))
    laid = going_back.lay_out(stage, good, versions.fetch(stage, good, "package.zip"), files)
    assert laid.path.read_bytes() == package
    assert laid.version == good.package
    assert not (stage.build / "chalicelib" / "newer.py").exists()
    assert not (stage.build / "package.sha256").exists(), "else the next deployment would take it for its own"
    assert not (stage.build / "boto3").exists()
    assert (stage.build / ".chalice" / "config.json").read_text() == "{}"
    assert (going_back.lay_out_site(stage, files) / "index.html").read_text() == "a site"
    ours = sys.modules["chalicelib"]
    with app_modules.as_of(stage.build):
        word = importlib.import_module("chalicelib.word")

        assert word.said == "good"
    assert sys.modules["chalicelib"] is ours
    assert "chalicelib.word" not in sys.modules


def test_an_app_that_cannot_read_the_rows_is_refused(stage: Stage) -> None:
    older, newer = keep(stage, "older", schema=1), keep(stage, "newer", schema=2)
    going_back.check(stage, older, IDS)
    rows_changed = Migration(2, "a test's", readable_from=2)
    migrating.announce(stage, [rows_changed])
    going_back.check(stage, newer, IDS)
    with pytest.raises(DeploymentError, match="the rows of prod are of schema 2, which an app of schema 1 cannot read"):
        going_back.check(stage, older, IDS)


def test_a_version_of_apis_that_are_gone_is_refused(stage: Stage) -> None:
    with pytest.raises(DeploymentError, match="APIs that are no more"):
        going_back.check(stage, keep(stage, "one"), ApiIds("rest2", "sock1"))


@pytest.mark.parametrize(("then", "now"), [("live", ""), ("", "live")])
def test_a_version_that_invokes_answers_otherwise_than_is_set_now_is_refused(stage: Stage, then: str, now: str) -> None:
    variables = {"CHATAPP_ANSWER_QUALIFIER": then} if then else {}
    config = {"stages": {"prod": {"environment_variables": variables}}}
    files = {".chalice/config.json": json.dumps(config).encode()}
    kept = keep(stage, "one")
    going_back.check_alias(stage, kept, files, then)
    with pytest.raises(DeploymentError, match="answer_snap_start and answer_provisioned"):
        going_back.check_alias(stage, kept, files, now)


def test_whoever_chooses_sees_when_by_whom_and_whether_proven(stage: Stage) -> None:
    assert versions.shown([]) == "no version is kept yet: the next deployment is the first"
    keep(stage, "good")
    versions.note(stage, proven=True)
    bad = keep(stage, "bad")
    lines = versions.shown(versions.listed(stage)).splitlines()
    assert len(lines) == 3
    assert "newest, unproven" in lines[1]
    assert bad.by in lines[1]
    assert "unproven" not in lines[2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("prod --version ../x", "is no version"),
        ("outputs prod --version abcd", "is for a deployment"),
        ("prod --version abcd --python 3.13", "give it alone"),
        ("local --stop --version abcd", "is for a deployment"),
    ],
)
def test_a_command_line_about_versions_that_makes_no_sense_is_refused(line: str, said: str) -> None:
    with pytest.raises(arguments.UsageError, match=said):
        arguments.parse(line.split())


def test_command_lines_about_versions() -> None:
    assert arguments.parse(["prod", "--version", "last-good"]).version == "last-good"
    assert arguments.parse(["prod", "--version", "0123456789ab-cdef01"]).version == "0123456789ab-cdef01"
    assert arguments.parse(["versions", "prod"]).command == "versions"


def test_the_advice_after_a_failure_names_the_version_of_before(stage: Stage) -> None:
    good = keep(stage, "good")
    versions.note(stage, proven=True)
    assert going_back.advice(stage) == "no earlier version is kept that was proven"
    keep(stage, "bad")
    assert f"./deploy.sh prod --version {good.id} puts it back" in going_back.advice(stage)


def test_the_same_files_make_the_same_bytes() -> None:
    one, other = versions._zipped({"b": b"2", "a": b"1"}), versions._zipped({"a": b"1", "b": b"2"})
    assert one == other
    assert zipfile.ZipFile(io.BytesIO(one)).namelist() == ["a", "b"]
