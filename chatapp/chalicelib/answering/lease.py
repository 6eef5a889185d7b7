"""What a worker does every second beside its answer: hold it, log what has come, look for new sockets.

A tick is one look at the answer's row, for the stop flag and for whether the answer is still ours, and one entry in the
log if something has come. Every third look renews the lease, by an update whose reply is the row; the others read it,
at a fifth of the price. A lease (LEASE_S) outlasts a renewal whose first reply is lost, and one that a tick repeats.

The claim on a file that is read is with `files.claims`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.conversations.messages import Message
from chalicelib.push.channel import Channel
from chalicelib.turns import frame_log
from chalicelib.turns.settling import LEASE_S

from .course import Course
from .purse import Purse
from .transcript import Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services

TICKS_A_RENEWAL = 3


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
        self._ticks = 0

    def tick(self) -> bool:
        """Hold the answer, log what has come and look for new sockets; False once the answer is no longer ours."""
        if not self._hold():
            return False
        self.log()
        self._channel.look()
        return True

    def log(self) -> None:
        if unlogged := self._transcript.unlogged():
            self._services.frames.write(frame_log.log(self._services, self._answer, unlogged))
            self._transcript.logged(len(unlogged))

    def _hold(self) -> bool:
        """Look at the answer's row, by the lease's renewal where that is due: whether it is ours, and is to go on."""
        self._ticks += 1
        is_due = self._ticks >= TICKS_A_RENEWAL
        row = self._renewed() if is_due else self._services.messages.find(self._answer.key())
        if row is None or row.get("token") != self._answer.token:
            self._course.lost = True
            self._course.wake()
            return False
        if is_due:  # a renewal that failed is due again
            self._ticks = 0
        self.reported = row.get("usage", {})
        if row.get("stop_requested"):
            self._course.stop_requested = True
            self._course.wake()
        return True

    def _renewed(self) -> Item | None:
        """The row with its lease renewed; None where the answer is no longer ours."""
        held: dict[str, Any] = {"lease_until": int(time.time() + LEASE_S)}
        if self._transcript.counts:
            held["usage"] = self._purse.spent()
        table, token = self._services.messages, {":token": self._answer.token}
        try:
            return table.write(
                table.change(self._answer.key(), held, condition="#token = :token", values=token), returns="ALL_NEW"
            )
        except ConditionFailed:
            return None
