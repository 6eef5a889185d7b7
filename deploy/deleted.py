"""Tables that somebody deleted: brought back from the backup that DynamoDB makes then, under their own names.

A table with point-in-time recovery leaves a backup of its last state, for 35 days; its recovery itself ends with it.
What is restored has its rows and indexes, and nothing else of what was set: that is set again, as the stack has it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_beforeyoubegin.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Stage

# As `--at` takes it.
WORD = "deletion"
_PAUSE_S = 5.0
_TABLE = re.compile(r"^  \w+:\n    Type: AWS::DynamoDB::Table\n(?:    .*\n)+", re.MULTILINE)
_NAME = re.compile(r"TableName: !Sub (\S+)")
_TTL = re.compile(r"TimeToLiveSpecification: \{ AttributeName: (\w+), Enabled: true \}")
# Right after a table was restored its backups are still being set up.
_LATER = {"ContinuousBackupsUnavailableException", "ResourceInUseException", "LimitExceededException"}
_ATTEMPTS = 60


@dataclass(frozen=True)
class Table:
    """A table of the stack. ttl: the attribute by which rows expire; "" where none do.

    backup: what DynamoDB has kept of it, where it is gone; "" where it is there.
    """

    name: str
    ttl: str
    backup: str = ""


def find(stage: Stage, foundation: str) -> list[Table]:
    """The tables of a template, those that are gone with their backups. Raises DeploymentError without one."""
    return [_found(stage, name, ttl) for name, ttl in _tables(stage, foundation)]


def _tables(stage: Stage, foundation: str) -> Iterator[tuple[str, str]]:
    for match in _TABLE.finditer(foundation):
        name, ttl = _NAME.search(match[0]), _TTL.search(match[0])
        if name is None:
            raise ValueError(f"the template's part has no TableName: {match[0]}")
        yield name[1].replace("${Stage}", stage.name), ttl[1] if ttl else ""


def _found(stage: Stage, name: str, ttl: str) -> Table:
    status = _status(stage, name)
    if status == "DELETING":
        raise DeploymentError(f"{name} is being deleted at this moment: try again in some minutes")
    if status is not None:
        return Table(name, ttl)
    pages = stage.client("dynamodb").get_paginator("list_backups").paginate(TableName=name, BackupType="SYSTEM")
    kept = [each for page in pages for each in page["BackupSummaries"]]
    if not kept:
        raise DeploymentError(f"{name} is gone, and DynamoDB has no backup of it: docs/restore.md says what is left")
    newest = max(kept, key=lambda each: each["BackupCreationDateTime"])
    return Table(name, ttl, newest["BackupArn"])


def shown(stage: Stage, tables: list[Table]) -> str:
    """What will happen, for a person to decide."""
    gone = [table.name for table in tables if table.backup]
    return "\n".join(
        [
            f"Of {stage.name}, these tables are gone: {', '.join(gone) or 'none'}.",
            "They come back as they were when they were deleted, for about $0.17 a GB. On every table TTL,",
            "point-in-time recovery, protection against deletion and the stack's tags are set where they are not.",
        ]
    )


def bring_back(
    stage: Stage,
    tables: list[Table],
    tags: Mapping[str, str],
    say: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Bring back what is gone, and set what is not set; returns what was done. Safe to repeat."""
    done, dynamodb = [], stage.client("dynamodb")
    for table in tables:
        if table.backup:
            dynamodb.restore_table_from_backup(TargetTableName=table.name, BackupArn=table.backup)
            done.append(f"{table.name}: back")
    for table in tables:
        if _status(stage, table.name) != "ACTIVE":
            say(f"DynamoDB restores {table.name}: that takes some minutes, or hours for a large table")
        while _status(stage, table.name) != "ACTIVE":
            pause(_PAUSE_S)
        done += [f"{table.name}: {what}" for what in _set(dynamodb, table, tags, pause)]
    return done


def _set(dynamodb: Any, table: Table, tags: Mapping[str, str], pause: Callable[[float], None]) -> Iterator[str]:
    """Set what a table of the stack has and this one has not."""
    name = table.name
    found = dynamodb.describe_table(TableName=name)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    if recovery.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        spec = {"PointInTimeRecoveryEnabled": True}
        _patiently(pause, dynamodb.update_continuous_backups, TableName=name, PointInTimeRecoverySpecification=spec)
        yield "point-in-time recovery"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if table.ttl and expiry["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        ttl = {"Enabled": True, "AttributeName": table.ttl}
        _patiently(pause, dynamodb.update_time_to_live, TableName=name, TimeToLiveSpecification=ttl)
        yield "TTL"
    has = {tag["Key"] for tag in _tags(dynamodb, found["TableArn"])}
    lacking = [{"Key": key, "Value": value} for key, value in tags.items() if key not in has]
    if lacking:
        _patiently(pause, dynamodb.tag_resource, ResourceArn=found["TableArn"], Tags=lacking)
        yield "tags"
    # Last: whoever is interrupted before it can still remove what is half set.
    if not found.get("DeletionProtectionEnabled"):
        _patiently(pause, dynamodb.update_table, TableName=name, DeletionProtectionEnabled=True)
        yield "protection against deletion"


def _tags(dynamodb: Any, arn: str) -> Iterator[dict[str, str]]:
    for page in dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn):
        yield from page["Tags"]


def _patiently(pause: Callable[[float], None], call: Callable[..., Any], **parameters: Any) -> None:
    """Repeat a call while DynamoDB is still at work on the table."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _LATER or attempt == _ATTEMPTS:
                raise
            pause(_PAUSE_S)
        else:
            return


def _status(stage: Stage, name: str) -> str | None:
    try:
        return str(stage.client("dynamodb").describe_table(TableName=name)["Table"]["TableStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
