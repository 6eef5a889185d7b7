"""One change of a stage at a time: the lease, on moto's S3, which carries out conditional writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy import lock
from deploy.environment import DeploymentError, Stage

STAGE = Stage("prod", "eu-west-1")
ADA = lock.Holder("ada on mill", "deploy", "2026-11-29T10:00:00Z")
BOB = lock.Holder("bob on ship", "restore", "2026-11-29T10:01:00Z")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        STAGE.__dict__["account_id"] = "123456789012"
        STAGE.__dict__.pop("session", None)
        yield boto3.client("s3", "eu-west-1")
    STAGE.__dict__.pop("session", None)


@pytest.fixture
def bucket(s3: Any) -> str:
    there = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=STAGE.artifacts_bucket, CreateBucketConfiguration=there)
    return STAGE.artifacts_bucket


def written(s3: Any) -> dict[str, Any]:
    return dict(json.loads(s3.get_object(Bucket=STAGE.artifacts_bucket, Key=lock.KEY)["Body"].read()))


def put(s3: Any, holder: lock.Holder, lease_s: int) -> None:
    body = json.dumps({"who": holder.who, "what": holder.what, "since": holder.since, "lease_s": lease_s})
    s3.put_object(Bucket=STAGE.artifacts_bucket, Key=lock.KEY, Body=body)


def test_a_second_deployment_says_who_deploys_when_it_has_waited(s3: Any, bucket: str) -> None:
    first, second = lock.Lock(STAGE, ADA), lock.Lock(STAGE, BOB)
    said: list[str] = []
    pauses: list[float] = []
    assert first.take(said.append)
    with pytest.raises(DeploymentError, match=r"being changed by ada on mill \(deploy, since 2026-11-29T10:00:00Z\)"):
        second.take(said.append, 12, pauses.append)
    assert said == ["waiting for ada on mill (deploy, since 2026-11-29T10:00:00Z)"], "once, however long it waits"
    assert sum(pauses) >= 12
    first.give_back()
    assert written(s3)["who"] == ADA.who, "the second one has written nothing"


def test_a_second_deployment_goes_on_when_the_first_has_ended(s3: Any, bucket: str) -> None:
    first, second = lock.Lock(STAGE, ADA), lock.Lock(STAGE, BOB)
    first.take(print)
    assert second.take(print, 60, lambda seconds: first.give_back())
    assert written(s3)["who"] == BOB.who
    second.give_back()
    assert written(s3)["lease_s"] == 0


@pytest.mark.parametrize(("lease_s", "taken"), [(0, True), (3600, False)])
def test_the_lease_of_a_dead_holder_is_taken_when_it_has_ended(s3: Any, bucket: str, lease_s: int, taken: bool) -> None:
    put(s3, ADA, lease_s)
    mine = lock.Lock(STAGE, BOB)
    if taken:
        assert mine.take(print, 0)
    else:
        with pytest.raises(DeploymentError, match="ada on mill"):
            mine.take(print, 0)
    assert (written(s3)["who"] == BOB.who) is taken
    mine.give_back()


def test_of_two_that_meet_an_ended_lease_one_has_it(s3: Any, bucket: str) -> None:
    put(s3, ADA, 0)
    locks = [lock.Lock(STAGE, lock.Holder(f"{n}", "deploy", "t")) for n in range(4)]
    has: list[int] = []

    def take(number: int) -> None:
        try:
            locks[number].take(print, 0, lambda seconds: None)
        except DeploymentError:
            return
        has.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(has) == 1
    assert written(s3)["who"] == str(has[0])
    for each in locks:
        each.give_back()


def test_a_lease_is_renewed_and_one_that_was_taken_away_stops_its_holder(s3: Any, bucket: str) -> None:
    mine = lock.Lock(STAGE, ADA, renew_s=0.02)
    mine.take(print)
    first, renewed = written(s3)["turn"], threading.Event()
    while not renewed.wait(0.02):
        if written(s3)["turn"] != first:
            renewed.set()
    mine.check()
    put(s3, BOB, 120)
    assert mine._renewing
    mine._renewing.join(10)
    with pytest.raises(DeploymentError, match="another one has begun to change prod"):
        mine.check()
    mine.give_back()
    assert written(s3)["who"] == BOB.who, "what is another's is not given back"


def test_before_the_first_deployment_there_is_nowhere_to_hold_it(s3: Any) -> None:
    mine = lock.Lock(STAGE, ADA)
    assert not mine.take(print)
    there = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=STAGE.artifacts_bucket, CreateBucketConfiguration=there)
    assert mine.take(print), "the foundation has made the bucket meanwhile"
    assert written(s3)["who"] == ADA.who
    assert mine.take(print), "it is held already"
    mine.give_back()


def test_a_run_of_a_workflow_is_named_by_its_address() -> None:
    run = {"GITHUB_RUN_ID": "7", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "ada/chat"}
    assert lock.who(run) == "https://github.com/ada/chat/actions/runs/7"
    assert " on " in lock.who({})
