"""What a long document costs when it is talked about: 20 turns over 100 pages, against resending all of it uncached.

In process: the real app sends its prompts to the demo model, which charges them by Anthropic's cache rules (writing
1.25 times, reading 0.1 times the price of input, 5 minutes of life); prices are the stage's. The naive prompt is the
very same one without its cache breakpoints, counted by the demo model.
"""

from __future__ import annotations

import json
import random
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench import in_process
from bench.report import Figure, show
from deploy.local.demo_model.cache import PromptCache
from tests import stage as stages
from tests.papers import paper, unmarked
from tests.people import Person

PAGES = 100
WORDS_A_PAGE = 500
TURNS = 20
QUESTION_WORDS = 30
ANSWER_WORDS = 200
# Before these turns somebody thinks for longer than the cache lives.
PAUSES = (7, 14)
PACE_S, PAUSE_S = 60.0, 600.0
MAX_COST_RATIO = 0.2
_TEXT = """
    the of and to in a that it is was for on with as by at from this which were have been their more some other when
    chapter measure garden contract payment harvest village machine winter letter market river teacher engine window
    season history result method figure witness harbour council express surface balance journey patient orchard
"""
_WORDS = _TEXT.split()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one prompt took. tokens: all of it. cost_usd, naive_usd: of the input, with the cache and without."""

    tokens: int
    read_tokens: int
    cost_usd: float
    naive_usd: float


def text(words: int, source: random.Random) -> str:
    """Sentences of ten words."""
    chosen = [source.choice(_WORDS) for _ in range(words)]
    return " ".join(" ".join(chosen[start : start + 10]).capitalize() + "." for start in range(0, words, 10))


class Clock:
    """Seconds as the model's cache sees them; they pass when the bench says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def measure() -> tuple[list[Turn], list[Turn]]:
    """The 20 turns, a minute apart; and again, with pauses in which the cache expires."""
    source = random.Random(1)  # noqa: S311 (no secret)
    with in_process.stage() as stage:
        stage.script(None, text=text(ANSWER_WORDS, source), chunk_chars=500, delay_chunk_s=0)
        person = Person(stage, "ada")
        file_id = paper(stage, person, [text(WORDS_A_PAGE, source) for _ in range(PAGES)], "report.pdf")
        return _talk(stage, person, file_id, source, ()), _talk(stage, person, file_id, source, PAUSES)


def _talk(
    stage: stages.Stage, person: Person, file_id: str, source: random.Random, pauses: Sequence[int]
) -> list[Turn]:
    """A conversation of its own, with an empty cache; the document is attached to its first message."""
    clock = Clock()
    stage.model.cache = PromptCache(clock)
    conversation_id = person.new_conversation(title="T")
    turns = []
    for number in range(1, TURNS + 1):
        clock.now += PAUSE_S if number in pauses else PACE_S
        stage.model.recorder.clear()
        attached = {"file_ids": [file_id]} if number == 1 else {}
        answer = person.ask(conversation_id, text(QUESTION_WORDS, source), **attached)
        turns.append(_turn(stage, answer))
    return turns


def _turn(stage: stages.Stage, answer: dict[str, Any]) -> Turn:
    from chalicelib.settings import Settings  # noqa: PLC0415 (of the app, once its environment is set)

    prompt = stage.prompts()[-1]
    documents = [block for block in prompt["messages"][0]["content"] if block["type"] == "document"]
    if answer["status"] != "complete" or len(documents) != 1 or len(documents[0]["source"]["content"]) != PAGES:
        raise RuntimeError(f"{answer['status']}: the document is not there whole, which would make every figure wrong")
    usage, prices = answer["usage"], Settings().offer(answer["model"]).prices
    read, written = usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]
    cost = usage["input_tokens"] * prices.input + written * prices.cache_write + read * prices.cache_read
    tokens = counted(stage, prompt)
    if tokens != usage["input_tokens"] + written + read:
        raise RuntimeError("the demo model charged another number of tokens than it counts")
    return Turn(tokens, read, cost / 1e6, tokens * prices.input / 1e6)


def counted(stage: stages.Stage, prompt: dict[str, Any]) -> int:
    """The tokens of a prompt without breakpoints, as the API's count_tokens gives them."""
    kept = {name: value for name, value in unmarked(prompt).items() if name not in ("max_tokens", "stream")}
    headers = {"x-api-key": "demo", "anthropic-version": "2023-06-01", "content-type": "application/json"}
    url = f"{stage.model.url}/v1/messages/count_tokens"
    request = urllib.request.Request(url, json.dumps(kept).encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request) as reply:  # noqa: S310
        tokens: int = json.load(reply)["input_tokens"]
    return tokens


def figures(turns: list[Turn], paused: list[Turn]) -> list[Figure]:
    first, last = turns[0], turns[-1]
    return [
        Figure("cost_ratio", _ratio(turns), MAX_COST_RATIO, "input cost of all turns, against the naive prompts"),
        Figure("cost_usd", _rounded(sum(turn.cost_usd for turn in turns)), note="input of all turns"),
        Figure("naive_cost_usd", _rounded(sum(turn.naive_usd for turn in turns)), note="the same, nothing cached"),
        Figure("prompt_tokens_turn_1", first.tokens, note="by the demo model: four characters a token"),
        Figure(f"prompt_tokens_turn_{TURNS}", last.tokens),
        Figure("cost_usd_turn_1", _rounded(first.cost_usd), note="the document is written to the cache"),
        Figure(f"cost_usd_turn_{TURNS}", _rounded(last.cost_usd)),
        Figure(
            f"read_share_turn_{TURNS}", round(last.read_tokens / last.tokens, 4), note="of its tokens, from the cache"
        ),
        Figure("cost_ratio_with_pauses", _ratio(paused), note=f"the cache expires before turns {_and(PAUSES)}"),
    ]


def _ratio(turns: list[Turn]) -> float:
    return round(sum(turn.cost_usd for turn in turns) / sum(turn.naive_usd for turn in turns), 4)


def _rounded(usd: float) -> float:
    return round(usd, 4)


def _and(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers))


if __name__ == "__main__":
    show(f"{TURNS} turns over {PAGES} pages of {WORDS_A_PAGE} words", figures(*measure()))
