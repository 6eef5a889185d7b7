"""Accounts of the stage's pool, by `sub` or by address: found, made, put into groups, kept out and deleted.

Whoever only asks who is there has `pool`. What the app itself knows of an account that is kept out is not ended here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .faults import Busy, sent
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

# Attributes that Cognito sets by itself.
_COGNITOS = ("sub", "identities", "cognito:")


Status = Literal["invited", "active", "disabled"]


@dataclass(frozen=True, slots=True)
class Account:
    """created_at: Unix seconds. status: `invited` until the first sign-in."""

    sub: str
    email: str
    status: Status = "active"
    created_at: float = 0


class Missing(Exception):
    """There is no such account."""


class NoAddress(Exception):
    """Cognito takes no such address."""


class Accounts(Adapter):
    """One user pool, whose people sign in by their address. Every operation raises Busy when Cognito cannot take it."""

    def __init__(
        self, function: str, grant: Grant, client: Callable[[], CognitoIdentityProviderClient], pool_id: str
    ) -> None:
        super().__init__(function, grant)
        self._client = client
        self._pool_id = pool_id

    def find(self, name: str) -> Account | None:
        """name: a `sub` or an address.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
        """
        self._allow("AdminGetUser")
        client = self._client()
        try:
            found = sent(client.admin_get_user, UserPoolId=self._pool_id, Username=name)
        except client.exceptions.UserNotFoundException:
            return None
        return account({**found, "Attributes": found["UserAttributes"]})

    def groups(self, sub: str) -> frozenset[str]:
        """Raises Missing."""
        self._allow("AdminListGroupsForUser")
        client = self._client()
        # As many as can be told at once: a stage has two.
        asked = {"UserPoolId": self._pool_id, "Username": sub, "Limit": 60}
        try:
            found = sent(client.admin_list_groups_for_user, **asked)
        except client.exceptions.UserNotFoundException as error:
            raise Missing from error
        return frozenset(group["GroupName"] for group in found["Groups"])

    def add(self, sub: str, group: str) -> None:
        """Put into a group; safe to repeat. Raises Missing."""
        self._change("AdminAddUserToGroup", sub, GroupName=group)

    def remove(self, sub: str, group: str) -> None:
        """Take out of a group; safe to repeat. Raises Missing."""
        self._change("AdminRemoveUserFromGroup", sub, GroupName=group)

    def disable(self, sub: str) -> None:
        """No sign-in, and no token is refreshed from here on. Those that are out live on. Raises Missing.

        Signing out first, which ends what refreshes tokens: so it stays when the person is let in again.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
        """
        self._change("AdminUserGlobalSignOut", sub)
        self._change("AdminDisableUser", sub)

    def enable(self, sub: str) -> None:
        self._change("AdminEnableUser", sub)

    def delete(self, sub: str) -> None:
        """Raises Missing."""
        self._change("AdminDeleteUser", sub)

    def _change(self, operation: str, sub: str, **parameters: str) -> None:
        self._allow(operation)
        client = self._client()
        calls: dict[str, Callable[..., Any]] = {
            "AdminAddUserToGroup": client.admin_add_user_to_group,
            "AdminRemoveUserFromGroup": client.admin_remove_user_from_group,
            "AdminUserGlobalSignOut": client.admin_user_global_sign_out,
            "AdminDisableUser": client.admin_disable_user,
            "AdminEnableUser": client.admin_enable_user,
            "AdminDeleteUser": client.admin_delete_user,
        }
        try:
            sent(calls[operation], UserPoolId=self._pool_id, Username=sub, **parameters)
        except client.exceptions.UserNotFoundException as error:
            raise Missing from error

    def make(self, attributes: Mapping[str, str], *, is_mailed: bool = False) -> Account:
        """Make an account; one that is there already stays as it is, and is mailed nothing. Raises NoAddress.

        is_mailed: a password for once, to its address. Who is not may be by `invite`, later.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
        """
        self._allow("AdminCreateUser")
        client, email = self._client(), attributes["email"]
        given = {name: value for name, value in attributes.items() if not name.startswith(_COGNITOS)}
        mail: dict[str, Any] = {"DesiredDeliveryMediums": ["EMAIL"]} if is_mailed else {"MessageAction": "SUPPRESS"}
        asked = {"UserAttributes": [{"Name": name, "Value": value} for name, value in given.items()], **mail}
        try:
            with suppress(client.exceptions.UsernameExistsException):  # by a call before, whose reply was lost
                sent(client.admin_create_user, UserPoolId=self._pool_id, Username=email, **asked)
        except client.exceptions.InvalidParameterException as error:
            raise NoAddress from error
        made = self.find(email)
        if made is None:
            raise Busy("the account that was made is not there yet")
        return made

    def invite(self, email: str) -> bool:
        """Mail a password for once to somebody whose account was made; False for who has chosen their own since.

        By the address: of a pool whose people sign in by it, AdminCreateUser takes no other name.
        Without Amazon SES Cognito mails 50 a day, after which it answers LimitExceededException: Busy.
        https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html ("RESEND")
        """
        self._allow("AdminCreateUser")
        client = self._client()
        again: dict[str, Any] = {"MessageAction": "RESEND", "DesiredDeliveryMediums": ["EMAIL"]}
        try:
            sent(client.admin_create_user, UserPoolId=self._pool_id, Username=email, **again)
        except client.exceptions.UnsupportedUserStateException:
            return False
        return True

    def make_group(self, name: str, description: str, precedence: int | None) -> None:
        """Make a group; one that is there stays as it is.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
        """
        self._allow("CreateGroup")
        client = self._client()
        given: dict[str, Any] = {"Description": description} if description else {}
        given |= {} if precedence is None else {"Precedence": precedence}
        with suppress(client.exceptions.GroupExistsException):
            sent(client.create_group, UserPoolId=self._pool_id, GroupName=name, **given)


def account(user: Mapping[str, Any]) -> Account:
    """user: as Cognito lists it. Until the first sign-in it has a password that somebody else has made."""
    found = {each["Name"]: each.get("Value", "") for each in user["Attributes"]}
    invited = user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    status: Status = "disabled" if not user["Enabled"] else "invited" if invited else "active"
    return Account(found["sub"], found.get("email", ""), status, user["UserCreateDate"].timestamp())
