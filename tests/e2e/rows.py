"""What is stored, read past the app."""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from tests.e2e.deployment import Deployment


def query(deployment: Deployment, table: str, key: str, value: str) -> list[dict[str, Any]]:
    """All items of one partition."""
    pages = (
        deployment.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=deployment.table(table),
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": value}},
            ConsistentRead=True,
        )
    )
    return [_read(item) for page in pages for item in page["Items"]]


def scan(deployment: Deployment, table: str) -> list[dict[str, Any]]:
    """Every item: only for tables that are small, on a stage of the tests' own."""
    pages = deployment.client("dynamodb").get_paginator("scan").paginate(TableName=deployment.table(table))
    return [_read(item) for page in pages for item in page["Items"]]


def put(deployment: Deployment, table: str, item: dict[str, Any]) -> None:
    write = TypeSerializer().serialize
    deployment.client("dynamodb").put_item(
        TableName=deployment.table(table), Item={name: write(value) for name, value in item.items()}
    )


def messages(deployment: Deployment, user_id: str, conversation_id: str) -> list[dict[str, Any]]:
    return query(deployment, "messages", "conversation", f"user:{user_id}#{conversation_id}")


def frames(deployment: Deployment, user_id: str, message_id: str) -> list[dict[str, Any]]:
    return query(deployment, "frames", "answer", f"user:{user_id}#{message_id}")


def conversations(deployment: Deployment, user_id: str) -> list[dict[str, Any]]:
    return query(deployment, "conversations", "user_id", user_id)


def _read(item: dict[str, Any]) -> dict[str, Any]:
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}
