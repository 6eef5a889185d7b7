"""Titles as models write them, and the first words of questions that none was written for."""

from __future__ import annotations

import pytest
from chalicelib.conversations.titling import MAX_CHARACTERS, cleaned, first_words, shortened

FAMILY = "👩\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("“Roses in a small garden”", "Roses in a small garden"),
        ("« Des roses au jardin »", "Des roses au jardin"),
        ("„Rosen im Garten“", "Rosen im Garten"),
        ("「庭のバラ」。", "庭のバラ"),
        ("‘L’été des roses’", "L’été des roses"),
        ("'Rock 'n' Roll'", "Rock 'n' Roll"),
        ('""Roses""', "Roses"),
        ('"Roses', "Roses"),
        ("__Roses__ and *lilies*", "Roses and lilies"),
        ('### **"Roses"**.', "Roses"),
        ("**Titre :** « Les roses »", "Les roses"),
        ("TITLE:Roses", "Roses"),
        ("标题：玫瑰", "玫瑰"),
        ("Here's a title: Roses", "Roses"),
        ("Title\n\nRoses", "Roses"),
        ("Roses\n\nThis title names what was asked.", "Roses"),
        ("- Roses\n- Lilies", "Roses"),
        ("Roses and\n lilies", "Roses and lilies"),
        ("```\nRoses\n```", "Roses"),
        ('{"title": "Roses"}', "Roses"),
        ("[Roses](https://roses.example)", "Roses"),
        ("Roses…", "Roses"),
        ("Roses. . .", "Roses"),
        ("", ""),
        (' "" ', ""),
        ("**", ""),
    ],
)
def test_a_title_is_without_what_a_model_puts_around_it(written: str, title: str) -> None:
    assert cleaned(written) == title


@pytest.mark.parametrize(
    "title",
    [
        *("Made in the U.S.A.", "C# and F#", "#hashtags", "snake_case_names", "What is 2*3*4?", "'90s music"),
        *("“Roses” and “Lilies”", "Titles of nobility", "Title of a car: who signs", "$5 to $10", "l'été", "🎉"),
    ],
)
def test_what_belongs_to_a_title_stays(title: str) -> None:
    assert cleaned(title) == title


@pytest.mark.parametrize(
    ("sign", "characters"), [(FAMILY, 7), ("🇫🇷", 2), ("👍🏽", 2), ("e\u0301", 2), ("❤\ufe0f", 2), ("漢", 1)]
)
def test_a_long_title_is_never_cut_within_a_sign(sign: str, characters: int) -> None:
    for before in range(characters + 1):
        title = shortened("x" * before + sign * MAX_CHARACTERS)
        assert len(title) <= MAX_CHARACTERS
        kept = title.removesuffix("…").removeprefix("x" * before)
        assert kept == sign * (len(kept) // characters)
        assert len(kept) > MAX_CHARACTERS - 2 - before - characters


def test_a_long_title_is_cut_between_two_words() -> None:
    title = shortened("roses and lilies, " * 10)
    assert title == "roses and lilies, " * 4 + "roses…"
    assert shortened("x" * 300) == "x" * 79 + "…"
    assert shortened("roses " * 13 + "x") == "roses " * 13 + "x"


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Which roses?\nI have a small garden.", "Which roses?"),
        ("\n\n## My roses\n", "My roses"),
        ("```py\nprint('roses')\n```", "print('roses')"),
        ("- **red** ones", "red ones"),
        ("???", "???"),
    ],
)
def test_a_question_that_no_title_was_written_for_gives_its_first_words(question: str, title: str) -> None:
    assert first_words(question) == title
