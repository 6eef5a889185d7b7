"""One change of a stage at a time: whoever deploys, destroys or restores holds a lease, which one alone can have.

It is an object in the artifacts bucket, written on a condition: that there is none, or that it is still the one that
was read. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
Its age is told by S3's clock alone, so that machines need not agree on the time. A holder that died renews nothing, and
its lease ends. Before a stage's first deployment there is no bucket: CloudFormation itself makes a stack only once.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy.environment import DeploymentError, Stage

KEY = "lock.json"
LEASE_S = 120
_RENEW_S = 20.0
_ASK_AGAIN_S = 5.0
WAIT_S = 900.0
# 409: another conditional write of the same object was under way.
_TAKEN = {"PreconditionFailed"}
# Beside another write of the same object: whoever meets it tries again.
_LOST_RACE = {*_TAKEN, "ConditionalRequestConflict"}
_NONE = {"NoSuchKey", "NoSuchBucket"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Holder:
    """who: a person and machine, or a run of a workflow. what: the command. lease_s: 0 once it is given back."""

    who: str
    what: str
    since: str
    lease_s: int = LEASE_S


@dataclass(frozen=True)
class _Found:
    holder: Holder
    etag: str
    age_s: float

    @property
    def is_over(self) -> bool:
        return self.age_s >= self.holder.lease_s


class Lock:
    """A lease that is renewed until it is given back; see `held`."""

    def __init__(self, stage: Stage, holder: Holder, renew_s: float = _RENEW_S) -> None:
        self._stage = stage
        self._holder = holder
        self._renew_s = renew_s
        self._client = stage.client("s3")
        self._etag: str | None = None
        self._lost = False
        self._over = threading.Event()
        self._renewing: threading.Thread | None = None

    def take(self, say: Say, wait_s: float = WAIT_S, sleep: Callable[[float], None] = time.sleep) -> bool:
        """Have the lease, once nobody else does. False where no bucket is there to hold it; True again if it is held.

        Raises DeploymentError, which says who has it, after `wait_s`.
        """
        waited, told = 0.0, ""
        while self._etag is None:
            try:
                found = self._find()
                if found is None or found.is_over:
                    self._write(self._holder, found.etag if found else None)
                    break
            except ClientError as error:
                if _code(error) == "NoSuchBucket":
                    return False
                if _code(error) not in _LOST_RACE:
                    raise
                continue
            if waited >= wait_s:
                raise DeploymentError(_busy(self._stage, found.holder))
            if told != found.holder.since:
                told = found.holder.since
                say(f"waiting for {_described(found.holder)}")
            sleep(_ASK_AGAIN_S)
            waited += _ASK_AGAIN_S
        self._renew()
        return True

    def check(self) -> None:
        """Raise DeploymentError when another has taken the lease, as after this machine slept."""
        if self._lost:
            raise DeploymentError(
                f"stopped: this run was silent for longer than {LEASE_S} s, and another one has begun to change"
                f" {self._stage.name}; repeat the command when that one has ended"
            )

    def give_back(self) -> None:
        self._over.set()
        if self._renewing:
            self._renewing.join()
        if self._etag and not self._lost:
            with suppress(ClientError, BotoCoreError):  # then it ends by itself; a destroyed stage has no bucket
                self._write(Holder(**{**asdict(self._holder), "lease_s": 0}), self._etag)
        self._etag = None

    def _find(self) -> _Found | None:
        try:
            reply = self._client.get_object(Bucket=self._stage.artifacts_bucket, Key=KEY)
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return None
            raise
        age_s = (_answered_at(reply) - reply["LastModified"]).total_seconds()
        written = json.loads(reply["Body"].read())
        holder = Holder(written["who"], written["what"], written["since"], written["lease_s"])
        return _Found(holder, reply["ETag"], age_s)

    def _write(self, holder: Holder, over: str | None) -> None:
        """Write the lease on condition that what is there is what was read: `over`, its ETag, or nothing."""
        condition: Mapping[str, Any] = {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        body = json.dumps({**asdict(holder), "turn": os.urandom(8).hex()}).encode()  # each has an ETag of its own
        reply = self._client.put_object(
            Bucket=self._stage.artifacts_bucket, Key=KEY, Body=body, ContentType="application/json", **condition
        )
        self._etag = reply["ETag"]

    def _renew(self) -> None:
        if self._renewing is None:
            self._renewing = threading.Thread(target=self._keep, daemon=True)
            self._renewing.start()

    def _keep(self) -> None:
        while not self._over.wait(self._renew_s):
            try:
                self._write(self._holder, self._etag)
            except ClientError as error:
                if _code(error) in _TAKEN | _NONE:  # another's, or nobody's: either way it is ours no more
                    self._lost = True
                    return
            except BotoCoreError:
                continue  # no network just now: the lease is longer than a few renewals


@contextmanager
def held(stage: Stage, what: str, say: Say, wait_s: float = WAIT_S) -> Iterator[Lock]:
    """Hold the stage's lease meanwhile, if there is a bucket for it yet: `take` again once there is."""
    lock = Lock(stage, Holder(who(os.environ), what, _now()))
    try:
        lock.take(say, wait_s)
        yield lock
    finally:
        lock.give_back()


def who(environment: Mapping[str, str]) -> str:
    """The run of a workflow by its address, else a person by name and machine.

    https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """
    if run := environment.get("GITHUB_RUN_ID"):
        server, repository = environment["GITHUB_SERVER_URL"], environment["GITHUB_REPOSITORY"]
        return f"{server}/{repository}/actions/runs/{run}"
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        name = "somebody"
    return f"{name} on {platform.node() or 'some machine'}"


def _busy(stage: Stage, holder: Holder) -> str:
    return (
        f"{stage.name} is being changed by {_described(holder)}. Repeat the command when that has ended; if it died,"
        f" its lease ends {holder.lease_s} s after its last sign of life"
    )


def _described(holder: Holder) -> str:
    return f"{holder.who} ({holder.what}, since {holder.since})"


def _answered_at(reply: Mapping[str, Any]) -> datetime:
    """By S3's clock, which stamped the object too; by ours where an emulator does not say."""
    date = reply["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date) if date else datetime.now(UTC)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
