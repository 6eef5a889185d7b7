"""What a worker does every half second beside its answer: hold it, log what has come, look for new sockets.

The claim on a file that is read is with `files.claims`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import ConditionFailed
from chalicelib.conversations.messages import Message
from chalicelib.push.channel import Channel
from chalicelib.turns import frame_log
from chalicelib.turns.settling import LEASE_S

from .course import Course
from .purse import Purse
from .transcript import Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services


class Lease:
    """The claim on one answer. reported: the usage that its row holds; whoever settles a dead answer counts that."""

    def __init__(  # noqa: PLR0917 (its parts, each named once, where it is made)
        self,
        services: Services,
        answer: Message,
        course: Course,
        transcript: Transcript,
        purse: Purse,
        channel: Channel,
    ) -> None:
        self._services = services
        self._answer = answer
        self._course = course
        self._transcript = transcript
        self._purse = purse
        self._channel = channel
        self.reported: dict[str, int] = {}

    def tick(self) -> bool:
        """Renew the lease, log what has come and look for new sockets; False once the answer is no longer ours."""
        if not self._renew():
            return False
        self.log()
        self._channel.look()
        return True

    def log(self) -> None:
        if unlogged := self._transcript.unlogged():
            self._services.frames.write(frame_log.log(self._services, self._answer, unlogged))
            self._transcript.logged(len(unlogged))

    def _renew(self) -> bool:
        try:
            row = self._services.messages.write(self._renewal(), returns="ALL_NEW")
        except ConditionFailed:
            self._course.lost = True
            self._course.wake()
            return False
        self.reported = row.get("usage", {})
        if row.get("stop_requested"):
            self._course.stop_requested = True
            self._course.wake()
        return True

    def _renewal(self) -> Any:
        held: dict[str, Any] = {"lease_until": int(time.time() + LEASE_S)}
        if self._transcript.counts:
            held["usage"] = self._purse.spent()
        token = {":token": self._answer.token}
        return self._services.messages.change(self._answer.key(), held, condition="#token = :token", values=token)
