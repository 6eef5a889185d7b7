"""The launcher on a real MiniStack: started, stopped, half gone; free ports, a state folder of its own."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.aws import LocalAws, LocalAwsError, start, status, stop
from deploy.local.processes import Record
from tests.aws.emulator_exports import code_of, exported
from tests.aws.emulator_probe import ENVIRON, ROOT, Probe, eventually
from tests.aws.test_emulator_bucket import client


def test_a_second_start_reuses_what_runs(local: LocalAws, state_dir: Path) -> None:
    before = Record(state_dir / "processes.json").processes()
    assert start(ROOT, state_dir=state_dir, environ=ENVIRON) == local
    assert Record(state_dir / "processes.json").processes() == before


def test_both_servers_listen_on_the_loopback_address_alone(local: LocalAws) -> None:
    assert local.model_url is not None
    for port in (local.port, int(local.model_url.rpartition(":")[2])):
        socket.create_connection(("127.0.0.1", port)).close()
        # Every address of 127/8 reaches a server that listens on all interfaces.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port)).close()


def test_the_demo_model_is_left_out_for_a_model_of_the_users_own(local: LocalAws, state_dir: Path) -> None:
    environ = {**ENVIRON, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    assert start(ROOT, state_dir=state_dir, environ=environ).model_url is None


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LocalAwsError, match=rf"^port {port} is in use .* CHATAPP_LOCAL_PORT=\d+$"):
            start(ROOT, state_dir=tmp_path, environ={**ENVIRON, "CHATAPP_LOCAL_PORT": str(port)})
    assert status(ROOT, state_dir=tmp_path, environ=ENVIRON).line == "not running"


def test_a_stacks_table_has_the_ttl_and_recovery_that_it_declares(probe: Probe) -> None:
    dynamodb = probe.aws("dynamodb")
    ttl = dynamodb.describe_time_to_live(TableName="probe")["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    backups = dynamodb.describe_continuous_backups(TableName="probe")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_everything_is_there_after_a_restart(probe: Probe, state_dir: Path) -> None:
    probe.work({"put": "kept"})
    with probe.socket("T") as left_open:
        left_open.send("warm")
        assert left_open.recv(timeout=10) == "mraw"
        assert stop(ROOT, state_dir=state_dir, environ=ENVIRON)
    assert status(ROOT, state_dir=state_dir, environ=ENVIRON).line == "not running"
    assert not stop(ROOT, state_dir=state_dir, environ=ENVIRON)

    again = start(ROOT, state_dir=state_dir, environ=ENVIRON)
    assert again == probe.local, "the ports stay"
    assert "kept" in probe.rows()
    assert probe.call("GET", "/mine/2", Authorization=probe.id_token()).body["thing"] == "2"
    assert probe.call("GET", "/mine/2").status == 401
    with probe.socket("T") as connection:
        connection.send("on")
        assert connection.recv(timeout=10) == "no"


def test_locks_hashes_and_exports_are_there_after_a_restart(
    local: LocalAws, state_dir: Path, export_bucket: str, export_table: str
) -> None:
    s3, dynamodb = client(local, "s3"), client(local, "dynamodb")
    of_region = {"CreateBucketConfiguration": {"LocationConstraint": local.region}}
    s3.create_bucket(Bucket="probe-kept", ObjectLockEnabledForBucket=True, **of_region)
    source = {"Bucket": "probe-kept", "Key": "a"}
    source["VersionId"] = s3.put_object(**source, Body=b"first")["VersionId"]
    s3.put_object(Bucket="probe-kept", Key="a", Body=b"second")
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    s3.copy_object(Bucket="probe-kept", Key="b", CopySource=source, ChecksumAlgorithm="SHA256", **lock)
    request = {"TableArn": export_table, "S3Bucket": export_bucket, "ClientToken": "again"}
    before = exported(dynamodb, **request)

    assert stop(ROOT, state_dir=state_dir, environ=ENVIRON)
    assert start(ROOT, state_dir=state_dir, environ=ENVIRON) == local
    told = s3.head_object(Bucket="probe-kept", Key="b", ChecksumMode="ENABLED")
    assert told["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"first").digest()).decode()
    assert told["ObjectLockRetainUntilDate"] == until
    assert s3.get_object(**source)["Body"].read() == b"first"
    assert exported(dynamodb, **request) == before
    assert s3.get_object(Bucket=export_bucket, Key=before["ExportManifest"])["Body"].read()
    # What was remembered of the table is gone: its window begins anew.
    at = int(before["ExportTime"].timestamp())
    assert code_of(dynamodb.export_table_to_point_in_time, **{**request, "ClientToken": "2"}, ExportTime=at) == (
        "InvalidExportTimeException"
    )


def test_half_of_it_gone_is_said_and_mended_without_touching_the_other_half(probe: Probe, state_dir: Path) -> None:
    record = Record(state_dir / "processes.json")
    emulator, model = record.processes()["ministack"], record.processes()["demo_model"]
    os.kill(model.pid, signal.SIGKILL)
    eventually(lambda: not model.is_alive())
    half = status(ROOT, state_dir=state_dir, environ=ENVIRON)
    assert (half.line, half.aws) == ("half started: the demo model does not answer; start it again", None)

    assert start(ROOT, state_dir=state_dir, environ=ENVIRON) == probe.local
    assert record.processes()["ministack"] == emulator
    assert record.processes()["demo_model"].pid != model.pid
