"""The AWS services that cannot run inside a test's process: Lambda, Scheduler, the push channel and the user pool.

Each is served behind a real client: see `tests/fakes/clients.py`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from botocore.exceptions import ClientError
from chalicelib import logs
from pydantic import ConfigDict, Field, TypeAdapter


def client_error(code: str, operation: str, status: int = 400, said: str = "", **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": said}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(response, operation)


class Context:
    """Lambda's context object, as far as the app reads it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


@dataclass
class FakeEdges:
    """CloudFront's: which paths they were told to forget. failures: raised by the next calls, in order."""

    forgotten: list[list[str]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    references: set[str] = field(default_factory=set)

    def create_invalidation(self, DistributionId: str, InvalidationBatch: dict[str, Any]) -> dict[str, Any]:
        assert DistributionId == "E1TEST"
        if self.failures:
            raise self.failures.pop(0)
        paths = InvalidationBatch["Paths"]
        assert paths["Quantity"] == len(paths["Items"])
        assert all(path.startswith("/") and "*" not in path[:-1] for path in paths["Items"])
        assert InvalidationBatch["CallerReference"] not in self.references, "CloudFront takes it for the one of before"
        self.references.add(InvalidationBatch["CallerReference"])
        self.forgotten.append(paths["Items"])
        about = {"Id": "I1", "Status": "InProgress", "CreateTime": datetime.now(UTC)}
        return {
            "Location": "https://cloudfront.example",
            "Invalidation": {**about, "InvalidationBatch": InvalidationBatch},
        }


class Order(dict[str, Any]):
    """A payload, which is the same whatever request it goes back to."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and _without_request(self) == _without_request(other)

    __hash__ = None


def _without_request(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != logs.TRACE}


@dataclass
class FakeLambda:
    """Keeps asynchronous invocations until a test delivers them: once, twice, late, out of order or never.

    failures: raised by the next invocations, in order. deliver: given each payload at once, instead of keeping it.
    wakes: how often a worker was only to be made ready, which is no work that waits.
    """

    wakes: int = 0
    pending: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    deliver: Callable[[dict[str, Any]], None] | None = None

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> dict[str, Any]:
        assert InvocationType == "Event"
        if self.failures:
            raise self.failures.pop(0)
        order = Order(json.loads(Payload))
        if "wake" in order:
            self.wakes += 1
        elif self.deliver is not None:
            self.deliver(order)
        else:
            self.pending.append((FunctionName, order))
        return {"StatusCode": 202}

    def take(self, function: str = "answer") -> list[dict[str, Any]]:
        """Payloads that wait for one function, which no longer wait."""
        taken = [payload for name, payload in self.pending if name.endswith(f"-{function}")]
        self.pending = [(name, payload) for name, payload in self.pending if not name.endswith(f"-{function}")]
        return taken


@dataclass
class FakeScheduler:
    """Keeps one-time schedules by name, as EventBridge Scheduler does."""

    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)

    def create_schedule(self, **schedule: Any) -> dict[str, Any]:
        if self.failures:
            raise self.failures.pop(0)
        if schedule["Name"] in self.schedules:
            raise client_error("ConflictException", "CreateSchedule", 409)
        self.schedules[schedule["Name"]] = schedule
        return {"ScheduleArn": f"arn:aws:scheduler:::schedule/{schedule['GroupName']}/{schedule['Name']}"}

    def payloads(self) -> list[dict[str, Any]]:
        """The orders, without the requests that they are part of."""
        return [_without_request(json.loads(each["Target"]["Input"])) for each in self.schedules.values()]


@dataclass
class FakePool:
    """A user pool of people who sign in by their address.

    subs: of its accounts. behind: of those that lists lack. made_at: Unix seconds. emails: where they are not
    SUB@example.com. groups: subs by the group's name; about: what else is said of them. mailed: invitations;
    mails_left: today. disabled: addresses. invited: subs of those who have not signed in yet. signed_out: subs, as
    often as it was asked. before: called with each operation's name.
    """

    subs: set[str] = field(default_factory=set)
    behind: set[str] = field(default_factory=set)
    failures: list[Exception] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=lambda: {"owners": [], "members": []})
    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    made_at: float = 0.0
    invited: set[str] = field(default_factory=set)
    signed_out: list[str] = field(default_factory=list)
    before: Callable[[str], None] = field(default=lambda operation: None)
    emails: dict[str, str] = field(default_factory=dict)
    mailed: list[str] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    mails_left: int = 50

    def describe_user_pool(self, UserPoolId: str) -> dict[str, Any]:
        return {"UserPool": {"Id": UserPoolId, "CreationDate": datetime.fromtimestamp(self.made_at, UTC)}}

    def list_users(
        self,
        UserPoolId: str,
        AttributesToGet: list[str] | None = None,
        PaginationToken: str | None = None,
        Limit: int = 1,
        Filter: str = "",
    ) -> dict[str, Any]:
        """Pages of one where none else are asked for: Cognito's are of 60 at most, and may be shorter."""
        self._begin("ListUsers")
        if PaginationToken is not None and not PaginationToken.isdigit():
            raise client_error("InvalidParameterException", "ListUsers")
        start = int(PaginationToken or 0)
        prefix = Filter.removeprefix('email ^= "').removesuffix('"')
        listed = [sub for sub in sorted(self.subs - self.behind) if self.email(sub).startswith(prefix)]
        users = [self._user(sub, AttributesToGet) for sub in listed[start : start + Limit]]
        return {"Users": users} | ({"PaginationToken": str(start + Limit)} if start + Limit < len(listed) else {})

    def _begin(self, operation: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.before(operation)

    def _found(self, name: str, operation: str) -> str:
        """By `sub` or by address, as where people sign in by their address."""
        self._begin(operation)
        sub = next((sub for sub in self.subs if name in (sub, self.email(sub))), None)
        if sub is None:
            raise client_error("UserNotFoundException", operation)
        return sub

    def _user(self, sub: str, names: list[str] | None) -> dict[str, Any]:
        attributes = {"sub": sub, "email": self.email(sub), "email_verified": "true"}
        shown = [{"Name": name, "Value": value} for name, value in attributes.items() if not names or name in names]
        return {
            "Username": sub,
            "Attributes": shown,
            "Enabled": self.email(sub) not in self.disabled,
            "UserStatus": "FORCE_CHANGE_PASSWORD" if sub in self.invited else "CONFIRMED",
            "UserCreateDate": datetime.fromtimestamp(self.made_at, UTC),
        }

    def list_groups(self, UserPoolId: str, NextToken: str | None = None) -> dict[str, Any]:
        return {"Groups": [{"GroupName": name, **self.about.get(name, {})} for name in self.groups]}

    def list_users_in_group(self, UserPoolId: str, GroupName: str, NextToken: str | None = None) -> dict[str, Any]:
        self._begin("ListUsersInGroup")
        return {"Users": [self._user(sub, None) for sub in self.groups[GroupName]]}

    def admin_get_user(self, UserPoolId: str, Username: str) -> dict[str, Any]:
        found = self._user(self._found(Username, "AdminGetUser"), None)
        return {"UserAttributes": found.pop("Attributes"), **found}

    def admin_list_groups_for_user(self, UserPoolId: str, Username: str, Limit: int = 60) -> dict[str, Any]:
        sub = self._found(Username, "AdminListGroupsForUser")
        return {"Groups": [{"GroupName": name} for name, subs in self.groups.items() if sub in subs]}

    def admin_add_user_to_group(self, UserPoolId: str, Username: str, GroupName: str) -> None:
        sub = self._found(Username, "AdminAddUserToGroup")
        if GroupName not in self.groups:
            raise client_error("ResourceNotFoundException", "AdminAddUserToGroup")
        if sub not in self.groups[GroupName]:
            self.groups[GroupName].append(sub)

    def admin_remove_user_from_group(self, UserPoolId: str, Username: str, GroupName: str) -> None:
        sub = self._found(Username, "AdminRemoveUserFromGroup")
        self.groups[GroupName] = [each for each in self.groups[GroupName] if each != sub]

    def admin_user_global_sign_out(self, UserPoolId: str, Username: str) -> None:
        self.signed_out.append(self._found(Username, "AdminUserGlobalSignOut"))

    def admin_enable_user(self, UserPoolId: str, Username: str) -> None:
        self.disabled.discard(self.email(self._found(Username, "AdminEnableUser")))

    def admin_delete_user(self, UserPoolId: str, Username: str) -> None:
        sub = self._found(Username, "AdminDeleteUser")
        self.subs.discard(sub)
        self.groups = {name: [each for each in subs if each != sub] for name, subs in self.groups.items()}

    def email(self, sub: str) -> str:
        return self.emails.get(sub, f"{sub}@example.com")

    def admin_create_user(
        self,
        UserPoolId: str,
        Username: str,
        UserAttributes: tuple[dict[str, str], ...] = (),
        DesiredDeliveryMediums: tuple[str, ...] = (),
        MessageAction: str = "",
    ) -> dict[str, Any]:
        """An invitation is sent again to whoever has not signed in since, by address."""
        self._begin("AdminCreateUser")
        if MessageAction != "SUPPRESS" and not self.mails_left:
            raise client_error("LimitExceededException", "AdminCreateUser")
        if MessageAction == "RESEND":
            assert "@" in Username
            if self._found(Username, "AdminCreateUser") not in self.invited:
                raise client_error("UnsupportedUserStateException", "AdminCreateUser")
            self.mailed.append(Username)
            return {"User": {"Username": Username}}
        if Username in map(self.email, self.subs):
            raise client_error("UsernameExistsException", "AdminCreateUser")
        assert all(each["Name"] != "sub" for each in UserAttributes), "Cognito refuses it"
        sub = str(uuid.uuid4())
        self.subs.add(sub)
        self.invited.add(sub)
        self.emails[sub] = Username
        if MessageAction != "SUPPRESS":
            self.mailed.append(Username)
        return {"User": {"Username": sub}}

    def create_group(self, UserPoolId: str, GroupName: str, **about: Any) -> None:
        if GroupName in self.groups:
            raise client_error("GroupExistsException", "CreateGroup")
        self.groups[GroupName], self.about[GroupName] = [], about

    def admin_disable_user(self, UserPoolId: str, Username: str) -> None:
        self.disabled.add(self.email(self._found(Username, "AdminDisableUser")))


def gone() -> ClientError:
    """What API Gateway says of a connection that is closed."""
    return client_error("GoneException", "PostToConnection", 410)


@dataclass
class FakeGateway:
    """The push side of a WebSocket API: open connections and what each was sent."""

    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    before_post: Callable[[str], None] = field(default=lambda connection_id: None)

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:
        self.before_post(ConnectionId)
        if ConnectionId in self.gone:
            raise gone()
        if len(Data) > 128 * 1024:
            raise client_error("PayloadTooLargeException", "PostToConnection", 413)
        self.sent.setdefault(ConnectionId, []).extend(_documented(json.loads(Data)["frames"]))


def _documented(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The frames, which are what the document of the API says, to the field."""
    for frame in frames:
        _adapter().validate_python(frame)
    return frames


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Any]:
    from chalicelib.shapes import Frame

    return TypeAdapter(Annotated[Frame, Field(discriminator="type")], config=ConfigDict(extra="forbid", strict=True))
