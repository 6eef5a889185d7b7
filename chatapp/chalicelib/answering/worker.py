"""The worker of one answer: claims the queued answer, asks Claude, streams, stores.

Three things go on at once: a reader thread asks the model and runs its tools (`reader`), the main thread pushes what
has come every 150 ms (here), and a ticker thread, which no slow push can hold up, looks for a stop, appends frames to
the log and holds the lease, every second (`lease`).
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed
from chalicelib.claude.interface import ModelError
from chalicelib.conversations import rows as conversations
from chalicelib.conversations import titling
from chalicelib.conversations.messages import Message, key
from chalicelib.conversations.rows import Conversation
from chalicelib.extraction.estimates import estimate_tokens
from chalicelib.ids import iso, seconds
from chalicelib.logs import line, report
from chalicelib.prompts.history import Scope
from chalicelib.push.channel import Channel
from chalicelib.subjects import Subject
from chalicelib.turns import frame_log, settling, told
from chalicelib.turns.settling import LEASE_S, QUEUED_S, Superseded
from chalicelib.twin import endings
from chalicelib.workers.ticker import Ticker

from . import prompting, titles
from .course import Course
from .lease import Lease
from .outcome import outcome
from .purse import Purse
from .reader import Reader
from .transcript import Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services

PUSH_EVERY_S = 0.15
TICK_EVERY_S = 1.0
# Between claims that DynamoDB was too busy for.
CLAIM_PAUSE_S = 0.5
# What is kept back of the function's time-out to store the answer, and how much of that may be spent on waiting.
_RESERVE_S = 15.0
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Order:
    """What the api function asks of the worker: which answer. All else is read."""

    subject: Subject
    conversation_id: str
    message_id: str

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Order:
        return cls(Subject.of_owner(payload["user_id"]), payload["conversation_id"], payload["message_id"])


def answer(services: Services, order: Order, remaining_s: float) -> str:
    """Make one answer; returns its final status, or why nothing was done.

    Duplicate and late invocations do nothing: only one of them can claim a queued answer. remaining_s: until the
    function is killed.
    """
    deadline = time.monotonic() + remaining_s - _RESERVE_S
    claimed = _claim(services, order, until=min(deadline, time.monotonic() + QUEUED_S))
    if claimed is None:
        return "not queued"
    work = _Work(services, claimed, deadline)
    try:
        return work.run()
    except Exception as error:
        report(error)
        return work.give_up(error)
    finally:
        work.close()


def _claim(services: Services, order: Order, until: float) -> Message | None:
    """Take a queued answer: of several invocations one succeeds. None where it is not, or no longer, to be had.

    Tried again while DynamoDB is busy; once the answer is too old, the claim's condition ends that. until:
    time.monotonic() at which it ends in any case. Raises Busy: Lambda keeps the order in the queue of failures.
    """
    token = secrets.token_hex(8)
    while True:
        try:
            return _claim_once(services, order, token)
        except Busy:
            if time.monotonic() + CLAIM_PAUSE_S > until:
                raise
            line("claim repeated", message_id=order.message_id)
            time.sleep(CLAIM_PAUSE_S)


def _claim_once(services: Services, order: Order, token: str) -> Message | None:
    """One claim. Where an earlier one of the same token was made, and only its reply was lost, it succeeds too."""
    now = time.time()
    table = services.messages
    claim = table.change(
        key(order.subject, order.conversation_id, order.message_id),
        {"status": "streaming", "token": token, "lease_until": int(now + LEASE_S)},
        condition="(#status = :queued AND #created_at >= :oldest) OR #token = :token",
        values={":queued": "queued", ":token": token, ":oldest": iso(now - QUEUED_S)},
    )
    try:
        return Message.from_item(table.write(claim, returns="ALL_NEW"))
    except ConditionFailed:
        return None


class _Work:
    """One claimed answer in the making: its parts, and its end."""

    def __init__(self, services: Services, claimed: Message, deadline: float) -> None:
        self._services = services
        self._answer = claimed
        self._offer = services.settings.offer(claimed.model)
        self._course = Course(deadline, stop_requested=claimed.stop_requested)
        self._transcript = Transcript(claimed, services.settings.max_answer_bytes)
        self._purse = Purse(services, claimed, self._offer, self._transcript)
        self._channel = Channel(services, claimed.subject)
        self._lease = Lease(services, claimed, self._course, self._transcript, self._purse, self._channel)
        self._conversation: Conversation | None = None
        self._prompting: prompting.FilePrompts | prompting.VisitPrompts | None = None
        self._reader: Reader | None = None
        self._stored = False

    def run(self) -> str:
        self._transcript.start(self._offer.id)
        ticker = Ticker(self._lease.tick, TICK_EVERY_S)
        ticker.start()
        try:
            self._conversation = self._read_conversation()
            if self._conversation is None:
                self._course.lost = True
            else:
                self._reader = self._begin(self._conversation)
                self._push_until_the_end()
        finally:
            ticker.stop()
            if self._reader:
                self._reader.close()
        if self._course.lost:
            return self._abandon()
        return self._end()

    def _read_conversation(self) -> Conversation | None:
        table, answer = self._services.conversations, self._answer
        row = table.find(conversations.key(answer.subject, answer.conversation_id))
        # A purge that met the answer while it was queued has settled it.
        return Conversation.from_item(row) if row and "purging" not in row else None

    def _begin(self, conversation: Conversation) -> Reader:
        self._prompting = prompting.of(self._services, self._answer, conversation)
        self._purse.max_tokens = self._prompting.max_tokens
        reader = Reader(
            self._services,
            self._answer,
            self._offer,
            self._prompting,
            Scope.of(conversation),
            self._course,
            self._transcript,
            self._purse,
        )
        reader.start()
        return reader

    def _push_until_the_end(self) -> None:
        course, transcript = self._course, self._transcript
        # `answer.started`, while the model reads its prompt; the first word is not to wait for the next turn.
        self._channel.push(transcript.take())
        while not course.over():
            course.wait(lambda: transcript.waiting or course.over(), 1.0)
            if course.over():
                return
            self._channel.push(transcript.take())
            course.wait(course.over, PUSH_EVERY_S)

    def _end(self) -> str:
        last = self._transcript.close()
        ended = outcome(self._answer, self._course, self._transcript, self._purse.spent())
        ended = ended.with_changes(context=self._reader.past.context if self._reader else None)
        self._remember_room()
        # While the row still names what is reserved: should we die here, whoever meets the answer settles it again.
        with suppress(Busy):
            self._purse.settle(ended.usage)
        try:
            settling.finish(
                self._services,
                ended,
                # No lease: it was renewed until a moment ago, and only the token decides.
                before=self._answer.with_changes(lease_until=None),
                conversation=self._learned(ended),
                patience_s=self._course.deadline + _PATIENCE_S - time.monotonic(),
            )
        except Superseded:
            return self._abandon()
        self._stored = True
        told.ended(self._services, ended, self._told())
        self._channel.push([*last, self._transcript.end(ended, frame_log.shown_usage(ended))])
        self._purse.settle(ended.usage)
        self._follow(ended)
        return ended.status

    def _told(self) -> told.Course:
        error, request_id = self._course.error, self._reader.model_request_id if self._reader else ""
        failure = error.code if isinstance(error, ModelError) and not self._transcript.stop_reason else ""
        return told.Course(self._transcript.first_word_at, time.time(), failure, request_id)

    def _follow(self, ended: Message) -> None:
        """What an answer has to follow: a conversation's title, or what is kept of a visit."""
        reader, conversation = self._reader, self._conversation
        if reader is None or conversation is None:
            return
        if isinstance(self._prompting, prompting.VisitPrompts):
            screen = self._prompting.screen
            began = screen.first_word_at if screen else None
            first_word_s = None if began is None else began - seconds(ended.created_at)
            endings.ended(self._services, conversation, ended, first_word_s)
        elif titling.is_untitled(conversation):
            titles.write(self._services, ended, reader.past.question, self._channel)

    def _learned(self, ended: Message) -> dict[str, Any]:
        """What the conversation's row is to say of its prompts from now on.

        Fewer tokens for files hold until the cut moves: after it there are half as many turns beside them.
        """
        reader, before = self._reader, self._conversation
        if reader is None or before is None:
            return {}
        past, prompt_tokens = reader.past, self._transcript.prompt_tokens
        said = estimate_tokens(ended.text())
        changes: dict[str, Any] = {
            "prompt_tokens": (past.tokens if prompt_tokens is None else prompt_tokens) + said,
            "prompt_estimate": past.tokens + said,
        }
        if past.cut and past.cut != before.cut:
            changes["cut"] = past.cut
            changes["cut_messages"] = past.context["left_out"] if past.context else None
            if past.cut_files or before.cut_files:
                changes["cut_files"] = [{"file_id": each.file_id, "name": each.name} for each in past.cut_files]
            if reader.scope.document_tokens == before.document_tokens:
                changes["document_tokens"] = None
        return changes

    def _remember_room(self) -> None:
        """Let later prompts have what this one has learned of the room for files.

        Only while the conversation has the files that it was learned with: one that was taken out meanwhile gave the
        others their whole room. It is written apart from the end, which has to come about in any case.
        """
        reader, before = self._reader, self._conversation
        if reader is None or before is None or reader.scope.document_tokens == before.document_tokens:
            return
        if not before.file_ids:
            return  # of a twin, whose version says what there is
        table = self._services.conversations
        write = table.change(
            conversations.key(before.subject, before.conversation_id),
            {"document_tokens": reader.scope.document_tokens},
            condition="#file_ids = :files",
            values={":files": set(before.file_ids)},
        )
        with suppress(ConditionFailed, Busy):  # without it, the next prompt learns it anew
            table.write(write)

    def give_up(self, error: Exception) -> str:
        """End an answer whose making has failed on our side; one that cannot be stored is left to its lease's end."""
        if self._stored:
            return "stored"
        self._course.error = self._course.error or error
        try:
            self._lease.log()
            return self._end()
        except Exception as second:
            report(second)
            return "left"

    def close(self) -> None:
        self._channel.close()
        if self._reader:
            # A request that is still being opened would go on unseen, and be paid for, in a sandbox that sleeps.
            self._reader.join(timeout=1.0)

    def _abandon(self) -> str:
        """Somebody else settled the answer, or it was purged. What they did not count is counted here."""
        frame_log.delete_log(self._services, self._answer)
        if not self._purse.settle(self._purse.spent()):
            self._purse.settle_rest(self._lease.reported)
        return "lost"
