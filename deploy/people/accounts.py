"""People of a stage: the demo user of the local one, an owner, and a throw-away member for the smoke test."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.environment import Stage, exported
from deploy.people import groups

DEMO_EMAIL = "demo@example.com"
_TEMPORARY = "smoke-"


@dataclass(frozen=True)
class Account:
    email: str
    password: str


def ensure_demo(stage: Stage, pool_id: str, state_dir: Path) -> tuple[Account, bool]:
    """The demo user and whether it had to be made. Its password is made once and kept in the state folder."""
    file = state_dir / "demo.json"
    email = exported("CHATAPP_DEMO_EMAIL") or DEMO_EMAIL
    kept = _kept(file)
    account = kept if kept and kept.email == email else Account(email, random_password())
    cognito = stage.client("cognito-idp")
    exists = _exists(cognito, pool_id, email)
    if not exists:
        _create(cognito, pool_id, account)
    elif account is not kept:
        _set_password(cognito, pool_id, account)
    groups.add(cognito, pool_id, email, groups.OWNERS)
    if account is not kept:
        file.write_text(json.dumps(asdict(account)))
        file.chmod(0o600)
    return account, not exists or account is not kept


@contextmanager
def temporary(stage: Stage, pool_id: str) -> Iterator[Account]:
    """A user for one test, deleted afterwards whatever happened. No mail is sent."""
    account = Account(f"{_TEMPORARY}{secrets.token_hex(6)}@example.com", random_password())
    cognito = stage.client("cognito-idp")
    _remove_left_over(cognito, pool_id)
    try:
        _create(cognito, pool_id, account)
        groups.add(cognito, pool_id, account.email, groups.MEMBERS)
        yield account
    finally:
        if _exists(cognito, pool_id, account.email):
            cognito.admin_delete_user(UserPoolId=pool_id, Username=account.email)


def _remove_left_over(cognito: Any, pool_id: str) -> None:
    """Delete users of tests that were killed; example.com is nobody's."""
    found = cognito.list_users(UserPoolId=pool_id, Filter=f'email ^= "{_TEMPORARY}"')["Users"]
    for user in found:
        email = {item["Name"]: item["Value"] for item in user["Attributes"]}["email"]
        if email.endswith("@example.com"):
            cognito.admin_delete_user(UserPoolId=pool_id, Username=user["Username"])


def _kept(file: Path) -> Account | None:
    return Account(**json.loads(file.read_text())) if file.exists() else None


def random_password() -> str:
    return secrets.token_urlsafe(15)


def _exists(cognito: Any, pool_id: str, email: str) -> bool:
    try:
        cognito.admin_get_user(UserPoolId=pool_id, Username=email)
    except ClientError as error:
        if error.response["Error"]["Code"] == "UserNotFoundException":
            return False
        raise
    return True


def _create(cognito: Any, pool_id: str, account: Account) -> None:
    cognito.admin_create_user(
        UserPoolId=pool_id,
        Username=account.email,
        UserAttributes=[
            {"Name": "email", "Value": account.email},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
    )
    _set_password(cognito, pool_id, account)


def _set_password(cognito: Any, pool_id: str, account: Account) -> None:
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=account.email, Password=account.password, Permanent=True
    )
