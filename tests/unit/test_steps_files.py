"""The bucket's events: sent where they differ from what the app declares, and removed with the functions."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalicelib import functions

from deploy.account import adoption, cloudformation
from deploy.environment import Stage
from deploy.functions import chalice_app, chalice_client
from tests.fakes.aws import client_error
from tests.fakes.clients import ClientsOf
from tests.storage import BUCKET

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:chatapp-test-extract"
OTHER = "arn:aws:lambda:eu-west-1:123456789012:function:other"
EVENTS = ["s3:ObjectCreated:Post", "s3:ObjectCreated:Put"]


class Notifications:
    """A bucket's notification configuration, as S3 keeps it."""

    def __init__(self, *configurations: dict[str, Any], failures: int = 0, code: str = "InvalidArgument") -> None:
        self.configurations = list(configurations)
        self.failures = failures
        self.code = code
        self.puts = 0

    def get_bucket_notification_configuration(self, Bucket: str) -> dict[str, Any]:
        if self.code == "NoSuchBucket":
            raise client_error("NoSuchBucket", "GetBucketNotificationConfiguration", 404)
        found = {"LambdaFunctionConfigurations": self.configurations} if self.configurations else {}
        return dict(json.loads(json.dumps(found)))

    def put_bucket_notification_configuration(self, Bucket: str, NotificationConfiguration: dict[str, Any]) -> None:
        self.puts += 1
        if self.failures:
            self.failures -= 1
            raise client_error(self.code, "PutBucketNotificationConfiguration")
        self.configurations = [
            {"Id": f"id{number}", **each}
            for number, each in enumerate(NotificationConfiguration["LambdaFunctionConfigurations"])
        ]


def _connect(s3: Notifications, **changed: Any) -> list[str]:
    """What Chalice's plan does with the events of `extract`; returns what was changed."""
    client = _client(s3)
    wanted: dict[str, Any] = {"bucket": BUCKET, "function_arn": ARN, "events": EVENTS, "prefix": "uploads/"}
    client.connect_s3_bucket_to_lambda(**wanted | {"suffix": None} | changed)
    return client.changes


def _client(s3: Notifications) -> chalice_client.Client:
    return chalice_client.Client(ClientsOf(s3=s3), {})


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chalice_client, "EVENT_PAUSE_S", 0)


def test_unchanged_events_are_left_alone_however_s3_writes_them() -> None:
    s3 = Notifications({"Id": "theirs", "LambdaFunctionArn": OTHER, "Events": EVENTS})
    assert _connect(s3) == [f"events of {BUCKET}"]
    assert _connect(s3) == []
    (rule,) = s3.configurations[1]["Filter"]["Key"]["FilterRules"]
    assert rule == {"Name": "Prefix", "Value": "uploads/"}
    rule["Name"] = "prefix"
    assert _connect(s3) == []
    assert s3.puts == 1
    assert s3.configurations[0]["LambdaFunctionArn"] == OTHER


@pytest.mark.parametrize(
    "changed", [{"prefix": "new/"}, {"prefix": None}, {"suffix": ".pdf"}, {"events": ["s3:ObjectCreated:*"]}]
)
def test_events_that_differ_are_sent(changed: dict[str, Any]) -> None:
    s3 = Notifications()
    _connect(s3)
    assert _connect(s3, **changed) == [f"events of {BUCKET}"]
    assert _connect(s3, **changed) == []
    assert len(s3.configurations) == 1


def test_a_permission_that_is_not_known_yet_is_waited_for() -> None:
    s3 = Notifications(failures=3)
    assert _connect(s3) == [f"events of {BUCKET}"]
    assert (s3.puts, len(s3.configurations)) == (4, 1)
    with pytest.raises(ClientError, match="InvalidArgument"):
        _connect(Notifications(failures=100))
    denied = Notifications(failures=1, code="AccessDenied")
    with pytest.raises(ClientError, match="AccessDenied"):
        _connect(denied)
    assert denied.puts == 1


def test_events_are_taken_away_once_and_others_stay() -> None:
    s3 = Notifications({"Id": "theirs", "LambdaFunctionArn": OTHER, "Events": EVENTS})
    _connect(s3)
    client = _client(s3)
    for _ in range(2):
        client.disconnect_s3_bucket_from_lambda(BUCKET, ARN)
    assert client.changes == [f"events of {BUCKET}"]
    assert [each["LambdaFunctionArn"] for each in s3.configurations] == [OTHER]
    client = _client(Notifications(code="NoSuchBucket"))
    client.disconnect_s3_bucket_from_lambda(BUCKET, ARN)
    assert client.changes == []


def test_a_deletion_knows_the_events_although_the_record_is_lost() -> None:
    stage = Stage("prod", "eu-west-1")
    stage.__dict__["account_id"] = "123456789012"
    record: dict[str, Any] = {"resources": []}
    chalice_app.add_by_name(stage, record)
    named = {resource["name"]: resource for resource in record["resources"]}
    assert named["extract-s3event"] == {
        "name": "extract-s3event",
        "resource_type": "s3_event",
        "bucket": "chatapp-prod-files-123456789012-eu-west-1",
        "lambda_arn": "arn:aws:lambda:eu-west-1:123456789012:function:chatapp-prod-extract",
    }
    names = [resource["name"] for resource in record["resources"]]
    assert names.index("extract-s3event") > names.index("extract"), "Chalice deletes from the end"


def test_the_app_declares_the_events_of_uploads_alone() -> None:
    from app import app

    (declared,) = (vars(each) for each in app.event_sources if hasattr(each, "bucket"))
    assert (declared["name"], declared["bucket"]) == (functions.EXTRACT, os.environ["CHATAPP_FILES_BUCKET"])
    assert (declared["prefix"], declared["suffix"], declared["events"]) == ("uploads/", None, EVENTS)


def test_what_a_destroyed_stage_kept_is_taken_up_without_what_is_made_anew() -> None:
    body = cloudformation.template(Stage("prod", "eu-west-1"), "foundation.yaml")
    kept = [
        adoption.Kept(match[1], "", "", match[0])
        for match in adoption.RESOURCE.finditer(body)
        if "RetainExceptOnCreate" in match[0]
    ]
    ids = {resource.logical_id for resource in kept}
    assert {"FilesTable", "FilesBucket"} <= ids
    template = adoption.alone(body, kept)
    known = set(re.findall(r"^  (\w+):$", template[: template.index("\nResources:\n")], re.MULTILINE)) | ids
    named = re.findall(r"!(?:Ref|GetAtt) (\w+)|\$\{(\w+)[.}]", template)
    assert {first or second for first, second in named} - {"AWS"} <= known, "but for CloudFormation's own"
    assert "CorsConfiguration" in body
