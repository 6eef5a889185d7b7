"""Accounts of the stage's pool, by `sub` or by address: found, and made again for people whose data comes back.

Whoever only asks who is there has `people`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .faults import Busy, sent
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

# Attributes that Cognito sets by itself.
_COGNITOS = ("sub", "identities", "cognito:")


@dataclass(frozen=True, slots=True)
class Account:
    sub: str
    email: str


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
        return _account(found["UserAttributes"])

    def make(self, attributes: Mapping[str, str]) -> Account:
        """Make an account, and mail nobody; one that is there already stays as it is.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
        """
        self._allow("AdminCreateUser")
        client, email = self._client(), attributes["email"]
        given = {name: value for name, value in attributes.items() if not name.startswith(_COGNITOS)}
        with suppress(client.exceptions.UsernameExistsException):  # by a call before, whose reply was lost
            sent(
                client.admin_create_user,
                UserPoolId=self._pool_id,
                Username=email,
                UserAttributes=[{"Name": name, "Value": value} for name, value in given.items()],
                MessageAction="SUPPRESS",
            )
        made = self.find(email)
        if made is None:
            raise Busy("the account that was made is not there yet")
        return made

    def keep_out(self, sub: str) -> None:
        self._allow("AdminDisableUser")
        sent(self._client().admin_disable_user, UserPoolId=self._pool_id, Username=sub)

    def invite(self, email: str) -> None:
        """Mail a password for once to somebody whose account was made; not to who has chosen their own since.

        By the address: of a pool whose people sign in by it, AdminCreateUser takes no other name.
        Without Amazon SES Cognito mails 50 a day, after which it answers LimitExceededException: Busy.
        https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
        """
        self._allow("AdminCreateUser")
        client = self._client()
        with suppress(client.exceptions.UnsupportedUserStateException):
            sent(
                client.admin_create_user,
                UserPoolId=self._pool_id,
                Username=email,
                MessageAction="RESEND",
                DesiredDeliveryMediums=["EMAIL"],
            )

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

    def join(self, sub: str, group: str) -> None:
        """Put somebody into a group that is there. Safe to repeat.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminAddUserToGroup.html
        """
        self._allow("AdminAddUserToGroup")
        sent(self._client().admin_add_user_to_group, UserPoolId=self._pool_id, Username=sub, GroupName=group)


def _account(attributes: list[Any]) -> Account:
    found = {each["Name"]: each["Value"] for each in attributes}
    return Account(found["sub"], found.get("email", ""))
