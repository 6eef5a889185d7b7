"""Published pages at a deployment: the application keeps its links, and every page is written anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from deploy import pages
from deploy.environment import DeploymentError, Stage
from tests.fakes import clients

SITE = "chatapp-prod-site-123456789012-eu-west-1"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Stage("prod", "eu-west-1")


def _holds(stage: Stage, **objects: str) -> None:
    where: Any = {"LocationConstraint": "eu-west-1"}
    stage.client("s3").create_bucket(Bucket=SITE, CreateBucketConfiguration=where)
    for name, text in objects.items():
        stage.client("s3").put_object(
            Bucket=SITE,
            Key=name.replace("_", "."),
            Body=text.encode(),
            ContentType="text/html",
            CacheControl="no-cache",
        )


def _read(stage: Stage, key: str) -> tuple[str, str, str]:
    found = stage.client("s3").get_object(Bucket=SITE, Key=key)
    return found["Body"].read().decode(), found["ContentType"], found["CacheControl"]


def test_a_stage_of_before_has_the_applications_page_under_both_names(stage: Stage) -> None:
    _holds(stage, index_html="the application")
    assert pages.keep_shell(stage)
    assert _read(stage, "app.html") == ("the application", "text/html", "no-cache")
    assert _read(stage, "index.html") == ("the application", "text/html", "no-cache")


def test_a_published_page_is_never_taken_for_the_application(stage: Stage) -> None:
    _holds(stage, index_html="the page", app_html="the application")
    assert not pages.keep_shell(stage)
    assert _read(stage, "app.html")[0] == "the application"


def test_a_new_stage_has_nothing_to_keep(stage: Stage) -> None:
    assert not pages.keep_shell(stage)
    _holds(stage)
    assert not pages.keep_shell(stage)


class Lambda:
    """Runs nothing; fails: the handle whose page cannot be written."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.asked: list[str] = []

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> dict[str, Any]:
        assert (FunctionName, InvocationType) == ("chatapp-prod-publish", "RequestResponse")
        handle = json.loads(Payload)["handle"]
        self.asked.append(handle)
        return {"StatusCode": 200, **({"FunctionError": "Unhandled"} if handle == self.fails else {})}


def _with(stage: Stage, monkeypatch: pytest.MonkeyPatch, fake: Lambda, *rows: tuple[str, str]) -> None:
    dynamodb = stage.client("dynamodb")
    dynamodb.create_table(
        TableName="chatapp-prod-twins",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("handle", "item")],
        KeySchema=[{"AttributeName": "handle", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
    )
    for handle, item in rows:
        row: Any = {"handle": {"S": handle}, "item": {"S": item}}
        dynamodb.put_item(TableName="chatapp-prod-twins", Item=row)
    made = Stage.client
    served = clients.client("lambda", fake)
    monkeypatch.setattr(Stage, "client", lambda self, name: served if name == "lambda" else made(self, name))


def test_every_published_page_is_written_anew_and_the_roots_always(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Lambda()
    rows = [("ada", "published"), ("ada", "twin"), ("grace", "twin"), ("grace", "draft/persona"), ("zoe", "published")]
    _with(stage, monkeypatch, fake, *rows)
    assert pages.render(stage) == fake.asked == ["ada", "me", "zoe"], "and no draft's"


def test_a_page_that_cannot_be_written_ends_the_deployment_with_its_name(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(stage, monkeypatch, Lambda(fails="ada"), ("ada", "published"))
    with pytest.raises(DeploymentError, match=r"(?s)the page of ada .*chatapp-prod-publish.*\./deploy\.sh prod"):
        pages.render(stage)
