"""The stage's people, as Cognito knows them: asked, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .accounts import Account, account
from .faults import passing
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class NoPage(Exception):
    """A list of accounts has no page that starts there."""


class Pool(Adapter):
    """One user pool."""

    def __init__(
        self, function: str, grant: Grant, client: Callable[[], CognitoIdentityProviderClient], pool_id: str
    ) -> None:
        super().__init__(function, grant)
        self._client = client
        self._pool_id = pool_id

    def since(self) -> float:
        """When the pool was made (Unix seconds). Raises Busy."""
        self._allow("DescribeUserPool")
        with passing():
            found = self._client().describe_user_pool(UserPoolId=self._pool_id)
        return found["UserPool"]["CreationDate"].timestamp()

    def page(self, *, limit: int, start: str | None, prefix: str) -> tuple[list[Account], str | None]:
        """Some of the accounts whose address begins so, and where the next page starts. May lag behind by seconds.

        limit: 60 at most. Raises NoPage for a start that the same list has not given out, and Busy.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
        """
        self._allow("ListUsers")
        client = self._client()
        asked: dict[str, Any] = {"Limit": limit}
        if prefix:
            escaped = prefix.replace("\\", "\\\\").replace('"', '\\"')
            asked["Filter"] = f'email ^= "{escaped}"'
        if start == "":
            raise NoPage
        if start is not None:
            asked["PaginationToken"] = start
        with passing():
            try:
                found = client.list_users(UserPoolId=self._pool_id, **asked)
            except client.exceptions.InvalidParameterException as error:
                raise NoPage from error
        return [account(user) for user in found["Users"]], found.get("PaginationToken")

    def members(self, group: str) -> Iterator[Account]:
        """Who is in a group. May lag behind by seconds. Raises Busy."""
        self._allow("ListUsersInGroup")
        return (account(user) for user in self._each("list_users_in_group", "Users", GroupName=group))

    def ids(self) -> set[str]:
        """The `sub` of everybody, those included who may not sign in. May lag behind by seconds. Raises Busy."""
        self._allow("ListUsers")
        users = self._each("list_users", "Users", AttributesToGet=["sub"])
        return {each["Value"] for user in users for each in user["Attributes"] if each["Name"] == "sub"}

    def accounts(self) -> Iterator[dict[str, Any]]:
        """Everybody, a page at a time: `username`, `sub`, `attributes`, `groups`, `status` and `enabled`. Raises Busy.

        No password and no secret of a second factor: Cognito gives none.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
        """
        groups = self._members()
        self._allow("ListUsers")
        for user in self._each("list_users", "Users"):
            attributes = {each["Name"]: each.get("Value", "") for each in user["Attributes"]}
            yield {
                "sub": attributes["sub"],
                "username": user["Username"],
                "attributes": attributes,
                "groups": sorted(name for name, members in groups.items() if user["Username"] in members),
                "status": user["UserStatus"],
                "enabled": user["Enabled"],
            }

    def groups(self) -> Iterator[dict[str, Any]]:
        """`name`, `description` and `precedence` (None where it has none) of each group. Raises Busy.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GroupType.html
        """
        self._allow("ListGroups")
        for group in self._each("list_groups", "Groups"):
            name, precedence = group["GroupName"], group.get("Precedence")
            yield {"name": name, "description": group.get("Description", ""), "precedence": precedence}

    def _members(self) -> dict[str, set[str]]:
        """The usernames of each group."""
        names = [group["name"] for group in self.groups()]
        if names:
            self._allow("ListUsersInGroup")
        members = {name: self._each("list_users_in_group", "Users", GroupName=name) for name in names}
        return {name: {user["Username"] for user in users} for name, users in members.items()}

    def _each(self, operation: Any, of_page: str, **parameters: Any) -> Iterator[Any]:
        with passing():
            for page in self._client().get_paginator(operation).paginate(UserPoolId=self._pool_id, **parameters):
                yield from page[of_page]

    def has(self, sub: str) -> bool:
        """Whether there is an account, at this moment. Raises Busy.

        A person who signs in by their address is found by their `sub`, too.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
        """
        self._allow("AdminGetUser")
        client = self._client()
        with passing(), suppress(client.exceptions.UserNotFoundException):
            client.admin_get_user(UserPoolId=self._pool_id, Username=sub)
            return True
        return False
