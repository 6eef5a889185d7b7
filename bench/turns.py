"""What a message costs in AWS's own units, however long its conversation is: 200 turns through the real app.

In process, on moto's DynamoDB, with a socket connected; the real anthropic SDK asks the demo model over HTTP.
"""

from __future__ import annotations

import gc
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import mean

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench import in_process
from bench.dynamodb_meter import Meter, Request
from bench.report import Figure, load_average, show
from tests import stage as stages
from tests.people import Person

TURNS = 200
PACED_TURNS = 2
PROMPT_CHARACTERS = 300
ANSWER_CHARACTERS = 1_500
# 1,500 characters are some 400 tokens: 5 s at 80 tokens a second.
CHARACTERS_PER_S = 300
PACED_S = 5
LONG_S = 10
CHUNK_CHARACTERS = 12
MAX_REQUESTS = 13
MAX_INVOCATIONS = 2
MAX_BYTES = 8_192
MAX_PACED_UNITS = 30


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message cost. invocations: of our Lambda functions."""

    requests: Sequence[Request]
    invocations: int

    def count(self, chosen: Callable[[Request], bool]) -> int:
        return sum(1 for request in self.requests if chosen(request))

    def units(self) -> int:
        return sum(write.units for request in self.requests for write in request.writes)

    def bytes_written(self) -> int:
        """Every written item at its full size, as DynamoDB meters it, with its index entries."""
        return sum(write.bytes for request in self.requests for write in request.writes)

    def payload_bytes(self) -> int:
        """The bodies of all writing requests as they went over the wire: names, expressions and JSON included."""
        return sum(request.payload_bytes for request in self.requests if request.writes)


def is_tick(request: Request) -> bool:
    """Of the timer: an entry in the stream log, or the look at the answer's row, which at times renews its lease."""
    if request.operation == "PutItem":
        return request.table.endswith("-frames")
    if request.operation == "GetItem":
        return request.table.endswith("-messages")
    # After the version that every row is given.
    renewal = "), #lease_until = :new_lease_until"
    return request.operation == "UpdateItem" and request.body["UpdateExpression"].endswith(renewal)


def is_lookup(request: Request) -> bool:
    """Asks for the subject's open sockets: once per answer, and again every 2 s while it streams."""
    return request.operation == "Query" and request.table.endswith("-sockets")


class Conversation:
    """One person's conversation, metered turn by turn."""

    def __init__(self, stage: stages.Stage) -> None:
        from chalicelib.aws import clients  # noqa: PLC0415 (of the app, once its environment is set)

        self._stage = stage
        self._person = Person(stage, "ada")
        assert self._person.connect("socket-1") == 200  # noqa: S101
        self._meter = Meter(clients.client("dynamodb"), stage.dynamodb, stages.table_definitions())
        self._id: str | None = None

    def turn(self, number: int, characters: int = ANSWER_CHARACTERS) -> Turn:
        message = {"text": text(PROMPT_CHARACTERS, f"Question {number}."), "request_id": uuid.uuid4().hex}
        self._meter.take()
        path = f"/conversations/{self._id}/messages" if self._id else "/conversations"
        reply = self._person.post(path, message if self._id else {"message": message})
        if reply.status not in (201, 202):
            raise RuntimeError(f"turn {number}: {reply}")
        self._id = reply.body["answer"]["conversation_id"]
        started = self._stage.lambdas.take()
        for payload in started:
            self._stage.answer(payload)
        requests = self._meter.take()
        self._check(reply.body["answer"]["message_id"], characters)
        return Turn(requests, 1 + len(started))

    def _check(self, answer_id: str, characters: int) -> None:
        """An answer that was not streamed whole and stored would make every figure meaningless."""
        stored = self._person.frames(str(self._id), answer_id)
        shown = "".join(
            frame["text"]
            for frame in self._stage.gateway.sent["socket-1"]
            if frame.get("message_id") == answer_id and frame["type"] == "answer.delta"
        )
        if stored["status"] != "complete" or len(shown) != characters:
            raise RuntimeError(f"{stored['status']}, {len(shown)} characters pushed: {stored['items'][-1]}")


def text(characters: int, beginning: str) -> str:
    words = cycle(["a", "chat", "keeps", "every", "turn", "as", "an", "item", "of", "its", "own"])
    return f"{beginning} {' '.join(islice(words, characters))}"[:characters]


@dataclass(frozen=True, slots=True)
class Measured:
    """quick: the turns at full speed. paced, long: some more at a model's real pace, of 5 s and of 10 s."""

    quick: list[Turn]
    paced: list[Turn]
    long: list[Turn]


def measure() -> Measured:
    gc.set_threshold(200_000, 50, 50)  # moto copies its tables for each transaction; nothing here is timed
    with in_process.stage() as stage:
        stage.script(None, title=True, text="Items that are never rewritten")
        answer = text(ANSWER_CHARACTERS, "Answer.")
        stage.script(None, times=TURNS, text=answer, chunk_chars=300, delay_chunk_s=0)
        conversation = Conversation(stage)
        quick = [conversation.turn(number) for number in range(1, TURNS + 1)]
        stage.pace(1)
        return Measured(quick, _paced(stage, conversation, PACED_S), _paced(stage, conversation, LONG_S))


def _paced(stage: stages.Stage, conversation: Conversation, seconds: int) -> list[Turn]:
    characters = seconds * CHARACTERS_PER_S
    said, chunk_s = text(characters, "Answer."), CHUNK_CHARACTERS / CHARACTERS_PER_S
    stage.script(None, times=PACED_TURNS, text=said, chunk_chars=CHUNK_CHARACTERS, delay_chunk_s=chunk_s)
    turns = [conversation.turn(TURNS + number, characters) for number in range(PACED_TURNS)]
    if not all(turn.count(is_tick) for turn in turns):
        raise RuntimeError("the demo model did not keep its pace: an answer of some seconds has ticks")
    return turns


def figures(measured: Measured) -> list[Figure]:
    quick, paced, long = measured.quick, measured.paced, measured.long
    first, last = quick[0], quick[-1]

    def besides_ticks(turn: Turn) -> int:
        return turn.count(lambda request: not is_tick(request))

    def lookups_again(turn: Turn) -> int:
        return turn.count(is_lookup) - 1

    whole, too = "full size of every item written", "ticks included"
    return [
        Figure("dynamodb_requests_per_message", average(besides_ticks, quick), MAX_REQUESTS, "besides the ticks"),
        Figure("lambda_invocations_per_message", average(lambda turn: turn.invocations, quick), MAX_INVOCATIONS),
        Figure("write_units_per_message", average(Turn.units, quick), note="transactions twice, index too"),
        Figure("bytes_written_turn_1", first.bytes_written(), MAX_BYTES, f"{whole}; the title too"),
        Figure("bytes_written_turn_200", last.bytes_written(), MAX_BYTES, whole),
        Figure("payload_bytes_turn_1", first.payload_bytes(), note="bodies of the same write requests"),
        Figure("payload_bytes_turn_200", last.payload_bytes(), note="bodies of the same write requests"),
        Figure("dynamodb_requests_turn_1", besides_ticks(first), note="five of them for the title and its cost"),
        Figure("dynamodb_requests_turn_200", besides_ticks(last)),
        Figure("ticks_in_200_turns", sum(turn.count(is_tick) for turn in quick), note="in bytes and units above"),
        Figure("paced_answer_s", PACED_S, note=f"{len(paced)} more turns, at a model's pace"),
        Figure("tick_requests_per_message", average(lambda turn: turn.count(is_tick), paced), note="log and look"),
        Figure("socket_lookups_per_message", average(lookups_again, paced), note="after the first, every 2 s"),
        Figure(
            "paced_dynamodb_requests_per_message",
            average(lambda turn: besides_ticks(turn) - lookups_again(turn), paced),
            MAX_REQUESTS,
            "besides those two",
        ),
        Figure("paced_write_units_per_message", average(Turn.units, paced), MAX_PACED_UNITS, too),
        Figure("paced_bytes_written_per_message", average(Turn.bytes_written, paced), note=too),
        Figure("paced_payload_bytes_per_message", average(Turn.payload_bytes, paced), note=too),
        Figure("long_answer_s", LONG_S, note=f"{len(long)} more turns, twice as long"),
        Figure("long_tick_requests_per_message", average(lambda turn: turn.count(is_tick), long), note="log and look"),
        Figure("long_write_units_per_message", average(Turn.units, long), note=too),
        load_average(),
    ]


def average(measured: Callable[[Turn], int], turns: list[Turn]) -> float:
    return round(mean(measured(turn) for turn in turns), 2)


if __name__ == "__main__":
    show(f"{TURNS} turns of {PROMPT_CHARACTERS} + {ANSWER_CHARACTERS} characters", figures(measure()))
