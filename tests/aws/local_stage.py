"""A stage whose foundation alone stands, on a real MiniStack: for tests, and for the bench of backups."""

from __future__ import annotations

import io
import json
import os
import secrets
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from chalicelib import schema, services
from chalicelib.aws import clients
from chalicelib.settings import Settings

from deploy import steps
from deploy.environment import Stage, load_settings
from deploy.functions import app_modules, policies
from deploy.local.aws import LocalAws
from deploy.progress import Progress
from tests.aws.emulator_probe import eventually
from tests.aws.test_emulator_bucket import client as owner

ROWS = 60
# As rows of this version of the app are.
_REST = {
    "n": {"N": "1.5"},
    "text": {"S": "é\u2028"},
    schema.ATTRIBUTE: {"N": str(schema.SCHEMA_VERSION)},
}


class Laid:
    """A stage whose foundation stands, without functions; `services` of one are built with its policy and no more."""

    def __init__(self, local: LocalAws, name: str, folder: Path) -> None:
        self.stage = Stage(name, local.region, local.endpoint_url, "http://127.0.0.1:9")
        self.local = local
        self._deployment = steps.Deployment(
            self.stage, load_settings(name), Progress(), app_modules.functions(), folder
        )
        self._deployment.lay_foundation()
        self.foundation: Mapping[str, str] = self._deployment.foundation or {}
        self._make_function("backup")
        self._make_function("restore")

    def client(self, service: str) -> Any:
        return owner(self.local, service)

    def key(self, function: str) -> tuple[str, str]:
        """The keys of a user who has the function's policy and no more."""
        place = policies.Place(
            self.stage.name,
            self.stage.region,
            self.stage.account_id,
            user_pool_arn=self.foundation["UserPoolArn"],
            distribution_id=self.foundation["DistributionId"],
        )
        document = policies.document(function, app_modules.functions()[function].allowed, place)
        iam, name = self.client("iam"), f"{self.stage.prefix}-{secrets.token_hex(4)}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=json.dumps(document))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def variables(self) -> dict[str, str]:
        """A function's environment, but for its keys."""
        where = {"AWS_ENDPOINT_URL": self.local.endpoint_url, "AWS_DEFAULT_REGION": self.stage.region}
        return {**self._deployment.variables(), **where}

    def services(self, function: str) -> services.Services:
        session = boto3.Session(*self.key(function), region_name=self.stage.region)
        made: dict[str, Any] = {}

        def client(service: str, endpoint_url: str | None = None) -> Any:
            if service not in made:
                config = clients._CONFIGS.get(service, clients._CONFIG)
                made[service] = session.client(service, endpoint_url=self.stage.endpoint_url, config=config)
            return made[service]

        return services.build(function, Settings.read({**os.environ, **self.variables()}), client)

    def rows(self) -> dict[str, list[str]]:
        """Of the tables that are backed up, by their logical names: each row as text."""
        dynamodb = self.client("dynamodb")
        return {
            name: sorted(json.dumps(row, sort_keys=True, default=repr) for row in scanned(dynamodb, self._table(name)))
            for name in ("conversations", "messages", "files")
        }

    def settings(self) -> dict[str, Any]:
        """Of all tables, what is set beside their rows."""
        dynamodb = self.client("dynamodb")
        names = [name for name in dynamodb.list_tables()["TableNames"] if name.startswith(f"{self.stage.prefix}-")]
        return {name: _settings(dynamodb, name) for name in names}

    def fill(self) -> None:
        dynamodb, s3 = self.client("dynamodb"), self.client("s3")
        for name in ("conversations", "messages", "files"):
            described = dynamodb.describe_table(TableName=self._table(name))["Table"]
            keys = [each["AttributeName"] for each in described["KeySchema"]]
            for number in range(ROWS):
                row = {key: {"S": f"{number:03}"} for key in keys}
                dynamodb.put_item(TableName=self._table(name), Item=row | _REST)
        for number in range(5):
            s3.put_object(Bucket=self.stage.files_bucket, Key=f"extracted/{number}/page 1.txt", Body=b"x" * number)
        # An export is of whole seconds: what was written within its own is not in it.
        written = time.time()
        eventually(lambda: time.time() >= int(written) + 1)

    def _table(self, name: str) -> str:
        return f"{self.stage.prefix}-{name}"

    def _make_function(self, name: str) -> None:
        """One for the schedules to name; nothing waits for what it does."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "def f(event, context): pass")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.client("iam").create_role(
            RoleName=self.stage.role_name(name), AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )["Role"]["Arn"]
        self.client("lambda").create_function(
            FunctionName=f"{self.stage.prefix}-{name}",
            Runtime="python3.12",
            Handler="app.f",
            Role=role,
            Code={"ZipFile": code.getvalue()},
        )


def scanned(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    return [row for page in dynamodb.get_paginator("scan").paginate(TableName=table) for row in page["Items"]]


def _settings(dynamodb: Any, name: str) -> list[Any]:
    table = dynamodb.describe_table(TableName=name)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return [
        table.get("DeletionProtectionEnabled"),
        recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
        sorted(index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])),
    ]
