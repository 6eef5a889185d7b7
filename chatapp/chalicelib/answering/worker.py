"""The worker of one turn: claims the queued answer, asks Claude, streams, stores.

Three things go on at once: a reader thread asks the model and runs its tools, the main thread pushes what has come
every 150 ms, and a ticker thread, which no slow push can hold up, appends frames to the log and renews the lease every
500 ms.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.claude.interface import ModelError, ModelStream, Prompt
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message, key
from chalicelib.ids import iso
from chalicelib.logs import line, report
from chalicelib.prompts import file_blocks, history
from chalicelib.prompts.citations import Citer
from chalicelib.prompts.file_blocks import Attached
from chalicelib.prompts.file_tools import Tools
from chalicelib.prompts.history import History, Scope
from chalicelib.push.channel import Channel
from chalicelib.spending import usage
from chalicelib.subjects import Subject
from chalicelib.turns import frame_log, settling
from chalicelib.turns.settling import LEASE_S, QUEUED_S, Superseded
from chalicelib.workers.ticker import Ticker

from . import titles
from .rounds import Asking, Hooks
from .transcript import Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services

PUSH_EVERY_S = 0.15
TICK_EVERY_S = 0.5
# What is kept back of the function's time-out to store the answer, and how much of that may be spent on waiting.
_RESERVE_S = 15.0
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Order:
    """What the api function asks of the worker: ids, and what spares it a read.

    files: ids of the conversation's files. system, cut_files: whether its row has any. document_tokens: see `Scope`.
    """

    subject: Subject
    conversation_id: str
    message_id: str
    cut: str | None
    system: bool
    untitled: bool
    files: tuple[str, ...] = ()
    cut_files: bool = False
    document_tokens: int | None = None

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Order:
        """An order of the version before this one knows of no files."""
        given = {name: payload[name] for name in cls.__slots__ if name in payload}
        return cls(subject=Subject.of_owner(payload["user_id"]), **given)


def answer(services: Services, order: Order, remaining_s: float) -> str:
    """Make one answer; returns its final status, or why nothing was done.

    Duplicate and late invocations do nothing: only one of them can claim a queued answer. remaining_s: until the
    function is killed.
    """
    deadline = time.monotonic() + remaining_s - _RESERVE_S
    claimed = _claim(services, order)
    if claimed is None:
        return "not queued"
    work = _Work(services, order, claimed, deadline)
    try:
        return work.run()
    except Exception as error:
        report(error)
        return work.give_up(error)
    finally:
        work.close()


def _claim(services: Services, order: Order) -> Message | None:
    """Take a queued answer: of several invocations one succeeds. A repeat after a lost reply succeeds too."""
    token = secrets.token_hex(8)
    now = time.time()
    table = services.messages
    update = table.update(
        key(order.subject, order.conversation_id, order.message_id),
        "SET #status = :streaming, #token = :token, #lease_until = :lease_until",
        {
            ":streaming": "streaming",
            ":queued": "queued",
            ":token": token,
            ":lease_until": int(now + LEASE_S),
            ":oldest": iso(now - QUEUED_S),
        },
        condition="(#status = :queued AND #created_at >= :oldest) OR #token = :token",
    )
    try:
        return Message.from_item(table.write(update, returns="ALL_NEW"))
    except ConditionFailed:
        return None


class _Work:
    """One claimed answer in the making."""

    def __init__(self, services: Services, order: Order, claimed: Message, deadline: float) -> None:
        self._services = services
        self._order = order
        self._answer = claimed
        self._deadline = deadline
        self._offer = services.settings.offer(claimed.model)
        self._transcript = Transcript(claimed, services.settings.max_answer_bytes)
        self.channel = Channel(services, claimed.subject)
        self._past: History | None = None
        self._document_tokens = order.document_tokens
        self._changed = threading.Condition()
        self._reader: threading.Thread | None = None
        self._stream: ModelStream | None = None
        self._error: ModelError | Exception | None = None
        self._finished = False
        # The usage that the row holds: whoever settles a dead answer counts that.
        self._reported: dict[str, int] = {}
        self._stop_requested = claimed.stop_requested
        self._lost = False
        self._stored = False
        self._gone = False

    def run(self) -> str:
        self._transcript.start(self._offer.id)
        ticker = Ticker(self._tick, TICK_EVERY_S)
        ticker.start()
        try:
            scope = self._scope()
            self._past = history.read(self._services, self._answer, scope)
            self._reader = threading.Thread(target=self._read, args=(self._past, scope), daemon=True)
            self._reader.start()
            self._push_until_the_end()
        finally:
            ticker.stop()
            self._close_stream()
        if self._lost:
            return self._abandon(gone=self._gone)
        return self._end(self._past)

    def _scope(self) -> Scope:
        order = self._order
        row: Item = {}
        if order.system or order.cut_files:
            row = self._services.conversations.find(conversations.key(order.subject, order.conversation_id)) or {}
        framing = [file_blocks.FRAMING] if order.files else []
        own = [row["system"]] if row.get("system") else []
        cut_files = tuple(Attached(**each) for each in row.get("cut_files", ()))
        return Scope(order.cut, frozenset(order.files), cut_files, (*framing, *own), order.document_tokens)

    # The reader thread

    def _read(self, past: History, scope: Scope) -> None:
        try:
            self._ask(past, scope)
        except Exception as error:
            # Whatever went wrong ends the answer; the main thread says how. Where it ends anyway, this is only the
            # stream that was closed.
            if not self._ending():
                self._error = error
        finally:
            self._finished = True
            self._wake()
            if self._stream is not None:
                self._stream.close()  # an answer that was stopped leaves no connection behind

    def _ask(self, past: History, scope: Scope) -> None:
        """Ask the model; once more with half of the files, where it finds the prompt longer than was estimated."""
        try:
            self._ask_with(past)
        except ModelError as error:
            document_tokens = past.document_tokens // 2
            if error.code != "context_too_long" or not document_tokens or self._transcript.has_begun:
                raise
            line("prompt too long", message_id=self._answer.message_id, document_tokens=document_tokens)
            self._document_tokens = document_tokens
            self._past = history.read(self._services, self._answer, replace(scope, document_tokens=document_tokens))
            self._ask_with(self._past)

    def _ask_with(self, past: History) -> None:
        settings, model = self._services.settings, self._services.model()
        tools = Tools(self._services, past.searched)
        citer = Citer(past.sources, tools.found)
        hooks = Hooks(self._deadline, self._ending, self._pause, self._opened, self._wake)
        prompt = Prompt(self._offer, past.messages, settings.max_tokens, past.system, tools.definitions)
        Asking(settings, model, tools, citer, self._transcript, hooks).run(prompt)

    def _opened(self, stream: ModelStream) -> None:
        self._stream = stream

    def _pause(self, pause_s: float) -> None:
        with self._changed:
            self._changed.wait_for(self._ending, timeout=pause_s)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _ending(self) -> bool:
        return self._stop_requested or self._lost or time.monotonic() > self._deadline

    def _close_stream(self) -> None:
        """Ends the reader even where it waits for the model's next word."""
        if self._stream is not None and not self._finished:
            self._stream.close()

    # The ticker thread

    def _tick(self) -> bool:
        """Renew the lease, log what has come and look for new sockets; False once the answer is no longer ours."""
        if not self._renew():
            return False
        self._log()
        self.channel.look()
        return True

    def _log(self) -> None:
        if unlogged := self._transcript.unlogged():
            self._services.frames.write(frame_log.log(self._services, self._answer, unlogged))
            self._transcript.logged(len(unlogged))

    def _renew(self) -> bool:
        table = self._services.messages
        values: dict[str, Any] = {":token": self._answer.token, ":lease_until": int(time.time() + LEASE_S)}
        change = "SET #lease_until = :lease_until"
        if self._transcript.counts:
            change += ", #usage = :usage"
            values[":usage"] = self._spent()
        update = table.update(self._answer.key(), change, values, condition="#token = :token")
        try:
            row = table.write(update, returns="ALL_NEW")
        except ConditionFailed as refused:
            self._gone = refused.item is None
            self._lost = True
            self._wake()
            return False
        self._reported = row.get("usage", {})
        if row.get("stop_requested"):
            self._stop_requested = True
            self._wake()
        return True

    # The main thread

    def _push_until_the_end(self) -> None:
        # `answer.started`, while the model reads its prompt; the first word is not to wait for the next turn.
        self.channel.push(self._transcript.take())
        while not self._over():
            with self._changed:
                self._changed.wait_for(lambda: self._transcript.waiting or self._over(), timeout=1.0)
            if self._over():
                return
            self.channel.push(self._transcript.take())
            with self._changed:
                self._changed.wait_for(self._over, timeout=PUSH_EVERY_S)

    def _over(self) -> bool:
        return self._finished or self._ending()

    def _end(self, past: History | None) -> str:
        last = self._transcript.close()
        ended = self._outcome()
        self._remember_room()
        try:
            settling.finish(
                self._services,
                ended,
                # No lease: it was renewed until a moment ago, and only the token decides.
                before=self._answer.with_changes(lease_until=None),
                conversation=self._learned(past),
                patience_s=self._deadline + _PATIENCE_S - time.monotonic(),
            )
        except Superseded as superseded:
            return self._abandon(gone=superseded.gone)
        self._stored = True
        self.channel.push([*last, self._transcript.end(ended, frame_log.shown_usage(ended.usage))])
        if ended.usage:
            usage.count_now(self._services, usage.STAGE, ended.usage)
        if past and self._order.untitled and ended.text():
            titles.write(self._services, ended, past.question, self.channel)
        return ended.status

    def _learned(self, past: History | None) -> dict[str, Any]:
        """What the conversation's row is to say of its prompts from now on.

        Fewer tokens for files hold until the cut moves: after it there are half as many turns beside them.
        """
        order = self._order
        changes: dict[str, Any] = {}
        if past and past.cut and past.cut != order.cut:
            changes["cut"] = past.cut
            if past.cut_files or order.cut_files:
                changes["cut_files"] = [{"file_id": each.file_id, "name": each.name} for each in past.cut_files]
            if self._document_tokens == order.document_tokens:
                changes["document_tokens"] = None
        return changes

    def _remember_room(self) -> None:
        """Let later prompts have what this one has learned of the room for files.

        Only while the conversation has the files that it was learned with: one that was taken out meanwhile gave the
        others their whole room. It is written apart from the end, which has to come about in any case.
        """
        order = self._order
        if self._document_tokens == order.document_tokens:
            return
        table = self._services.conversations
        update = table.update(
            conversations.key(order.subject, order.conversation_id),
            "SET #document_tokens = :document_tokens",
            {":document_tokens": self._document_tokens, ":files": set(order.files)},
            condition="#file_ids = :files",
        )
        with suppress(ConditionFailed, Busy):  # without it, the next prompt learns it anew
            table.write(update)

    def give_up(self, error: Exception) -> str:
        """End an answer whose making has failed on our side; one that cannot be stored is left to its lease's end."""
        if self._stored:
            return "stored"
        self._error = self._error or error
        try:
            self._log()
            return self._end(None)
        except Exception as second:
            report(second)
            return "left"

    def close(self) -> None:
        self.channel.close()
        if self._reader:
            # A request that is still being opened would go on unseen, and be paid for, in a sandbox that sleeps.
            self._reader.join(timeout=1.0)

    def _abandon(self, *, gone: bool) -> str:
        """Somebody else settled the answer, or it was purged (gone). What they did not count is counted here."""
        frame_log.delete_log(self._services, self._answer)
        counted = {} if gone else self._reported
        uncounted = {name: count - counted.get(name, 0) for name, count in self._spent().items()}
        if uncounted["cost_micro_usd"] > 0:
            usage.count_now(self._services, self._answer.subject, uncounted)
            usage.count_now(self._services, usage.STAGE, uncounted)
        return "lost"

    def _outcome(self) -> Message:
        """The answer as it is to be stored. What was shown of it is kept, however it ended."""
        transcript = self._transcript
        ended = self._answer.with_changes(
            content=transcript.content(),
            usage=self._spent() if transcript.counts else None,
            stop_reason=transcript.stop_reason,
        )
        if transcript.stop_reason:
            return ended.with_changes(status="complete")
        if transcript.full:
            return ended.with_changes(status="complete", stop_reason="max_tokens")
        if self._stop_requested:
            return ended.with_changes(status="stopped")
        if self._error is not None and not isinstance(self._error, ModelError):
            report(self._error)
        is_interrupted = bool(ended.content) or self._error is None
        return ended.with_changes(status="interrupted" if is_interrupted else "failed", error=self._shown_error())

    def _shown_error(self) -> dict[str, str]:
        """What the person is told. Without an error the answer has run out of time."""
        match self._error:
            case None:
                message = "The answer took too long. Retry continues from your message."
                return {"code": "out_of_time", "message": message}
            case ModelError(code=code, message=message):
                return {"code": code, "message": message}
            case _:
                return {"code": "internal", "message": "Something went wrong on our side. Retry."}

    def _spent(self) -> dict[str, int]:
        return usage.priced(self._transcript.estimated_counts(), self._offer)
