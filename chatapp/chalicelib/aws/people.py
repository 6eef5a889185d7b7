"""The stage's people, as Cognito knows them: asked, never changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from .faults import Busy, passes
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class People(Adapter):
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
        try:
            found = self._client().describe_user_pool(UserPoolId=self._pool_id)
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            raise Busy from error
        return found["UserPool"]["CreationDate"].timestamp()

    def ids(self) -> set[str]:
        """The `sub` of everybody, those included who may not sign in. May lag behind by seconds. Raises Busy."""
        self._allow("ListUsers")
        try:
            users = self._client().get_paginator("list_users")
            pages = users.paginate(UserPoolId=self._pool_id, AttributesToGet=["sub"])
            return {
                each["Value"]
                for page in pages
                for user in page["Users"]
                for each in user["Attributes"]
                if each["Name"] == "sub"
            }
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            raise Busy from error

    def has(self, sub: str) -> bool:
        """Whether there is an account, at this moment. Raises Busy.

        A person who signs in by their address is found by their `sub`, too.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
        """
        self._allow("AdminGetUser")
        client = self._client()
        try:
            client.admin_get_user(UserPoolId=self._pool_id, Username=sub)
        except client.exceptions.UserNotFoundException:
            return False
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            raise Busy from error
        return True
