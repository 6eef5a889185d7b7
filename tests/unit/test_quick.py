"""What makes moto quick changes nothing of what it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

ONE, TWO = ({"id": {"S": name}} for name in ("one", "two"))
BUCKET = "versions"


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        made = boto3.client("dynamodb")
        made.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        for key in (ONE, TWO):
            made.put_item(TableName="t", Item={**key, "list": {"L": [{"N": "1"}]}, "n": {"N": "1"}})
        yield made


def _items(dynamodb: Any) -> list[Any]:
    return sorted(dynamodb.scan(TableName="t")["Items"], key=str)


def _update(key: Any, condition: str = "attribute_exists(id)") -> dict[str, Any]:
    return {
        "TableName": "t",
        "Key": key,
        "UpdateExpression": "SET #n = #n + :one, #l[0] = :one ADD added :one",
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#n": "n", "#l": "list"},
        "ExpressionAttributeValues": {":one": {"N": "7"}},
    }


def test_of_a_transaction_that_is_cancelled_nothing_stays(dynamodb: Any) -> None:
    before = _items(dynamodb)
    put = {"TableName": "t", "Item": {"id": {"S": "three"}}}
    gone = {"TableName": "t", "Key": TWO}
    for second in ({"Update": _update(TWO, "attribute_not_exists(id)")}, {"ConditionCheck": {**gone, **_NEVER}}):
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            dynamodb.transact_write_items(TransactItems=[{"Update": _update(ONE)}, {"Put": put}, second])
        assert _items(dynamodb) == before
    dynamodb.transact_write_items(TransactItems=[{"Update": _update(ONE)}, {"Put": put}, {"Delete": gone}])
    assert [each["id"]["S"] for each in _items(dynamodb)] == ["one", "three"]


_NEVER = {"ConditionExpression": "attribute_not_exists(id)"}


def test_an_expression_is_carried_out_anew_each_time(dynamodb: Any) -> None:
    for number in range(1, 4):
        dynamodb.update_item(**_update(ONE))
        (item,) = [each for each in _items(dynamodb) if each["id"] == ONE["id"]]
        assert (item["n"], item["added"]) == ({"N": str(1 + 7 * number)}, {"N": str(7 * number)})
        assert item["list"] == {"L": [{"N": "7"}]}


def test_a_list_of_versions_leaves_their_bodies_and_names_the_latest() -> None:
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        ids = [s3.put_object(Bucket=BUCKET, Key="k", Body=body)["VersionId"] for body in (b"old", b"newer")]
        for _ in range(2):
            found = s3.list_object_versions(Bucket=BUCKET)["Versions"]
            assert {(each["VersionId"], each["Size"]) for each in found} == {(ids[0], 3), (ids[1], 5)}
            assert sum(each["IsLatest"] for each in found) == 1
        assert [s3.get_object(Bucket=BUCKET, Key="k", VersionId=each)["Body"].read() for each in ids] == [
            b"old",
            b"newer",
        ]
