"""Groups of a stage's pool: who is in them from the start, and who was there before there were any.

What a group may do is the app's (`chatapp/chalicelib/groups/rules.py`); the foundation stack makes the groups.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from deploy.account import adoption, cloudformation
from deploy.environment import Stage

OWNERS = "owners"
MEMBERS = "members"


def note_people(stage: Stage) -> None:
    """Before the foundation: where it makes the groups for people who are there, note that they are to be let in.

    A note of AWS's own, which a deployment that is broken off leaves to the next. Afterwards nobody could tell who was
    there before from who was taken out since, or signed up by themselves: also where a group was deleted.
    """
    pool = adoption.pool(stage)
    if pool is None or _has_groups(stage.client("cognito-idp"), pool):
        return
    if cloudformation.declares(stage, f"{stage.prefix}-foundation", "MembersGroup"):
        return
    stage.client("ssm").put_parameter(Name=_note(stage), Value=pool, Type="String", Overwrite=True)


def let_in(stage: Stage, pool_id: str, say: Callable[[str], None]) -> bool:
    """After the foundation: make members of whoever is there, where that was noted. Safe to repeat."""
    ssm, cognito = stage.client("ssm"), stage.client("cognito-idp")
    try:
        ssm.get_parameter(Name=_note(stage))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return False
    users = [
        user["Username"]
        for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool_id)
        for user in page["Users"]
    ]
    for name in users:
        add(cognito, pool_id, name, MEMBERS)
    if users:
        say(f"{len(users)} people who were here are members; ./deploy.sh owner {stage.name} EMAIL makes one an owner")
    ssm.delete_parameters(Names=[_note(stage)])
    return bool(users)


def add(cognito: Any, pool_id: str, name: str, group: str) -> None:
    """name: a username, a `sub` or an address. Safe to repeat."""
    cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=name, GroupName=group)


def _has_groups(cognito: Any, pool: str) -> bool:
    try:
        cognito.get_group(UserPoolId=pool, GroupName=MEMBERS)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False
    return True


def _note(stage: Stage) -> str:
    return f"/chatapp/{stage.name}/people-to-let-in"
