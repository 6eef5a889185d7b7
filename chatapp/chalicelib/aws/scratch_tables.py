"""Tables that live for one drill: made, filled and removed by the function that proves a backup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .faults import sent
from .grants import Adapter, Grant
from .table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_THERE = {"ResourceInUseException", "TableAlreadyExistsException"}


class ScratchTables(Adapter):
    """Tables `PREFIX.NAME` without indexes: no stage has a dot in its name, so that none is another stage's.

    Every operation raises Busy when DynamoDB cannot take it now.
    """

    def __init__(self, function: str, grant: Grant, client: DynamoDBClient, prefix: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._prefix = prefix

    def table(self, name: str) -> Table:
        return Table(self._function, self._grant, self._client, f"{self._prefix}.{name}")

    def make(self, keys: Mapping[str, Sequence[str]]) -> bool:
        """Have tables made, those that are not there; False while they cannot be used yet.

        keys: by table, the attributes of its key, all of them strings.
        """
        made = [self._made(name, attributes) for name, attributes in keys.items()]
        return all(made)

    def _made(self, name: str, attributes: Sequence[str]) -> bool:
        status = self._status(name)
        if status is None:
            self._allow("CreateTable")
            definitions: Any = [{"AttributeName": each, "AttributeType": "S"} for each in attributes]
            schema: Any = [
                {"AttributeName": each, "KeyType": kind}
                for each, kind in zip(attributes, ("HASH", "RANGE"), strict=False)
            ]
            try:
                sent(
                    self._client.create_table,
                    TableName=f"{self._prefix}.{name}",
                    AttributeDefinitions=definitions,
                    KeySchema=schema,
                    BillingMode="PAY_PER_REQUEST",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in _THERE:
                    raise
            status = self._status(name)
        return status == "ACTIVE"

    def remove(self, names: Sequence[str]) -> bool:
        """Have tables removed; False while any is still there."""
        removed = [self._removed(name) for name in names]
        return all(removed)

    def _removed(self, name: str) -> bool:
        status = self._status(name)
        if status == "ACTIVE":
            self._allow("DeleteTable")
            sent(self._client.delete_table, TableName=f"{self._prefix}.{name}")
            status = self._status(name)
        return status is None

    def _status(self, name: str) -> str | None:
        self._allow("DescribeTable")
        try:
            found = sent(self._client.describe_table, TableName=f"{self._prefix}.{name}")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return None
        return str(found["Table"]["TableStatus"])
