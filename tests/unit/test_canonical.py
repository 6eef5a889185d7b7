"""One digest for equal items, however they come; another for everything that differs."""

from __future__ import annotations

import random
from base64 import b64encode
from typing import Any

import pytest
from chalicelib.backups.canonical import Digest, canonical, digest_of


def _text(rng: random.Random) -> str:
    return "".join(rng.choice('aé漢🌹\u0000"\\ \u2028e\u0301') for _ in range(rng.randrange(9)))


def _number(rng: random.Random) -> str:
    return rng.choice(["0", "-1.5", "1E+125", "-9.9E-125", "12345678901234567890123456789012345678", "100"])


def _value(rng: random.Random, depth: int = 3) -> dict[str, Any]:
    simple: list[dict[str, Any]] = [
        {"S": _text(rng)},
        {"N": _number(rng)},
        {"B": rng.randbytes(rng.randrange(9))},
        {"BOOL": rng.random() < 0.5},
        {"NULL": True},
        {"SS": list({_text(rng) for _ in range(4)})},
        {"NS": ["1", "20", "3.5"]},
        {"BS": [bytes([n]) * n for n in range(1, 4)]},
    ]
    if depth and rng.random() < 0.5:
        return rng.choice(
            [
                {"L": [_value(rng, depth - 1) for _ in range(rng.randrange(4))]},
                {"M": {f"{n}{_text(rng)}": _value(rng, depth - 1) for n in range(rng.randrange(4))}},
            ]
        )
    return rng.choice(simple)


def _item(seed: int) -> dict[str, Any]:
    rng = random.Random(seed)  # noqa: S311  no secret
    return {f"{n}{_text(rng)}": _value(rng) for n in range(8)}


def _shuffled(value: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The same value as another writer would give it: other orders, other spellings of numbers, base64 for bytes."""
    [(kind, held)] = value.items()
    if kind == "M":
        names = rng.sample(list(held), len(held))
        return {kind: {name: _shuffled(held[name], rng) for name in names}}
    if kind == "L":
        return {kind: [_shuffled(each, rng) for each in held]}
    if kind == "B":
        return {kind: b64encode(held).decode()}
    if kind == "N":
        return {kind: _respelled(held)}
    if kind in ("SS", "NS", "BS"):
        return {kind: rng.sample(held, len(held))}
    return value


def _respelled(number: str) -> str:
    if "E" in number:
        return number.lower()
    return f"{number}0E0" if "." in number else f"{number}E0"


@pytest.mark.parametrize("seed", range(50))
def test_an_item_that_is_written_otherwise_is_the_same(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    item = _item(seed)
    other = _shuffled({"M": item}, rng)["M"]
    assert canonical(other) == canonical(item)
    assert digest_of(other) == digest_of(item)


def test_numbers_are_as_dynamodb_gives_them_back() -> None:
    same = ["1", "1.0", "1E0", "01", "0.10E1", "1e+0"]
    assert {canonical({"n": {"N": each}}) for each in same} == {b'{"n":{"N":"1"}}'}
    assert canonical({"n": {"N": "-0.0"}}) == b'{"n":{"N":"0"}}'
    assert canonical({"n": {"N": "1.2E+3"}}) == b'{"n":{"N":"1200"}}'
    exact = "1.2345678901234567890123456789012345678"
    assert canonical({"n": {"N": exact}}) == f'{{"n":{{"N":"{exact}"}}}}'.encode()
    assert canonical({"n": {"NS": ["10", "9.0"]}}) == canonical({"n": {"NS": ["9", "1E1"]}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"S": "1"}, {"N": "1"}),
        ({"S": "YQ=="}, {"B": b"a"}),
        ({"S": ""}, {"B": b""}),
        ({"S": ""}, {"NULL": True}),
        ({"L": []}, {"M": {}}),
        ({"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"S": "b"}, {"S": "a"}]}),
        ({"L": [{"S": "a"}]}, {"SS": ["a"]}),
        ({"S": "é"}, {"S": "e\u0301"}),
        ({"N": "1"}, {"N": "1.0000000000000000000000000000000000001"}),
        ({"BOOL": True}, {"BOOL": False}),
        ({"S": "x" * 400_000}, {"S": "x" * 399_999 + "y"}),
    ],
)
def test_what_differs_has_another_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest_of({"a": one}) != digest_of({"a": other})


def test_a_digest_adds_up_in_any_order_and_by_parts() -> None:
    items = [_item(seed) for seed in range(30)]
    whole = sum((Digest(digest_of(each)) for each in items), Digest())
    parts = [sum((Digest(digest_of(each)) for each in items[start::4]), Digest()) for start in range(4)]
    assert sum(reversed(parts), Digest()) == whole
    assert sum((Digest(digest_of(each)) for each in items[1:]), Digest()) != whole, "one is missing"
    assert whole + Digest(digest_of(items[0])) != whole, "one is there twice"
    twice = Digest(digest_of(items[0])) + Digest(digest_of(items[0]))
    assert twice != Digest(), "two of one do not cancel out, as they would under XOR"
    assert len(whole.hex) == 64
    assert Digest(1).hex == "0" * 63 + "1"
