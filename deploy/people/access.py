"""Who may come in: a person is made an owner, kept out, let in again, or deleted with all that was theirs.

The account is Cognito's. What its tokens still allow, and what the person stored, is the app's: its function `purge`
is asked, which alone may touch that. Whoever deploys needs rights to Cognito and to invoke the function, no more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.account import cloudformation
from deploy.environment import DeploymentError, Stage
from deploy.people import groups

_PAUSE_S = 5.0


def pool_id(stage: Stage) -> str:
    outputs = cloudformation.outputs(stage, f"{stage.prefix}-foundation")
    if outputs is None:
        raise DeploymentError(f"{stage.name} is not deployed: ./deploy.sh {stage.name}")
    return outputs["UserPoolId"]


@dataclass(frozen=True)
class Account:
    user_id: str
    is_enabled: bool


def find(stage: Stage, pool: str, email: str) -> Account:
    """Raises DeploymentError for nobody."""
    try:
        found = stage.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=email)
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
        raise DeploymentError(f"nobody of {stage.name} has the address {email}") from error
    user_id = next(each["Value"] for each in found["UserAttributes"] if each["Name"] == "sub")
    return Account(str(user_id), bool(found["Enabled"]))


def make_owner(stage: Stage, pool: str, email: str) -> bool:
    """Make somebody an owner, who is invited where they have no account; whether they had none. Safe to repeat.

    By mail: Cognito's own choice is a text message, to people without a number. And the address counts as verified: the
    password goes there alone.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
    """
    cognito = stage.client("cognito-idp")
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
        invited = True
    except cognito.exceptions.UsernameExistsException:
        invited = False
    groups.add(cognito, pool, email, groups.OWNERS)
    return invited


def is_last_owner(stage: Stage, pool: str, account: Account) -> bool:
    """Whether somebody is an owner, and nobody else is one who can do anything."""
    cognito = stage.client("cognito-idp")
    pages = cognito.get_paginator("list_users_in_group").paginate(UserPoolId=pool, GroupName=groups.OWNERS)
    try:
        users = [user for page in pages for user in page["Users"]]
    except cognito.exceptions.ResourceNotFoundException:  # a pool of before there were groups
        return False
    able = [each for each in users if each["Enabled"] and each["UserStatus"] != "FORCE_CHANGE_PASSWORD"]
    subs = {str(each["Value"]) for user in able for each in user["Attributes"] if each["Name"] == "sub"}
    return subs == {account.user_id}


def disable(stage: Stage, pool: str, email: str) -> Account:
    """Keep a person out: nobody signs in, no token is refreshed, and those that are out are refused. Safe to repeat.

    Last the tokens: no later one comes, then; and the answers that were begun with them while processes had not looked
    again. Signing out ends what refreshes tokens, so that it stays so when the person is let in again.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
    """
    account = _kept_out(stage, pool, email)
    _ask(stage, account, "stop")
    return account


def _kept_out(stage: Stage, pool: str, email: str) -> Account:
    account, cognito = find(stage, pool, email), stage.client("cognito-idp")
    if account.is_enabled:
        cognito.admin_user_global_sign_out(UserPoolId=pool, Username=email)
        cognito.admin_disable_user(UserPoolId=pool, Username=email)
    _ask(stage, account, "cut_off")
    return account


def enable(stage: Stage, pool: str, email: str) -> None:
    """Let a person sign in again; the tokens of before stay refused."""
    find(stage, pool, email)
    stage.client("cognito-idp").admin_enable_user(UserPoolId=pool, Username=email)


def delete(
    stage: Stage,
    pool: str,
    email: str,
    say: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Remove a person's account and all that was theirs. Whatever ends it half-way, repeating it goes on.

    The account goes last: by it a repeated command finds whose things are left.
    """
    account = _kept_out(stage, pool, email)
    say("removed are conversations, files and counts; again until nothing that was under way can add to them")
    while not _ask(stage, account, "remove")["done"]:
        pause(_PAUSE_S)
    stage.client("cognito-idp").admin_delete_user(UserPoolId=pool, Username=email)


def _ask(stage: Stage, account: Account, what: str) -> Any:
    """Raises DeploymentError where the function failed, or a version of the app is deployed that does not know it."""
    payload = json.dumps({"user_id": account.user_id, "person": what})
    name = f"{stage.prefix}-purge"
    reply = stage.client("lambda").invoke(FunctionName=name, InvocationType="RequestResponse", Payload=payload)
    said = json.loads(reply["Payload"].read())
    if reply.get("FunctionError") or not isinstance(said, dict):
        raise DeploymentError(
            f"the function {name} failed: repeat the command; if it fails again, deploy this version"
            f" (./deploy.sh {stage.name}) or look at the function's log"
        )
    return said
