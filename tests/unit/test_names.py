"""Names by which writers are shown, and which of them look alike."""

from __future__ import annotations

import pytest
from chalicelib.comments import names
from chalicelib.errors import InvalidRequest

ADA = "Ada Lovelace"


@pytest.mark.parametrize(
    "other",
    [
        "ada lovelace",
        "АДА LOVELACE".replace("Д", "D"),  # Cyrillic А
        "\u0410d\u0430 L\u043ev\u0435l\u0430c\u0435",
        "Αda Lονelace",
        "Ada\u200bLovelace",
        "A d a  L o v e l a c e",
        "Ada.Lovelace",
        "Ada-Lovelace!"[:-1],
        "\uff21\uff44\uff41 Lovelace",
        "Adá Lövelace",
        "Ada L0velace",
        "Ada Love1ace",
        "Ada LoveIace",
        "\U0001d400da Lovelace",
        "Ⓐda Lovelace",
    ],
)
def test_what_a_reader_takes_for_a_name_is_that_name(other: str) -> None:
    assert names.skeleton(other) == names.skeleton(ADA)


@pytest.mark.parametrize("other", ["Ada", "Ada Byron", "Grace Hopper", "Адам Смит", "李小龍", "🌹", "Ada Lovelaced"])
def test_other_names_are_others(other: str) -> None:
    assert names.skeleton(other) != names.skeleton(ADA)
    assert names.skeleton(other)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  Ada \n Lovelace ", "Ada Lovelace"),
        ("Ada\u202eecalevoL", "AdaecalevoL"),
        ("Ada\x07\x00", "Ada"),
        ("A\u0301\u0302\u0303\u0304\u0305\u0306\u0307da", "\u00c1\u0302\u0303\u0304\u0305\u0306da"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
        ("x" * 40, "x" * 40),
        ("e\u0301" * 40, "\u00e9" * 40),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_a_name_is_one_line_of_what_is_seen(given: str, shown: str) -> None:
    assert names.cleaned(given) == shown


@pytest.mark.parametrize(
    "given", ["\u200b\u2060", "\u3164", "...", "x" * 41, "🌹" * 41, "a" + "\u0301" * 300 + "b" * 40]
)
def test_a_name_that_shows_nothing_or_too_much_is_refused(given: str) -> None:
    with pytest.raises(InvalidRequest, match="display_name: "):
        names.cleaned(given)
