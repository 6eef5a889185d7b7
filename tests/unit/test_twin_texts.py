"""What is masked in texts, what stands in others, and the dates that they tell."""

from __future__ import annotations

import pytest
from chalicelib.twin import dates
from chalicelib.twin.texts import MASK, Source, fold, masked, words


@pytest.mark.parametrize(
    "private",
    [
        "ada@lovelace.example",
        "ada.l+cv@mail.lovelace.example",
        "mailto:ada@lovelace.example",
        "ada＠lovelace.example",
        "ada (at) lovelace (dot) example",
        "ada [at] lovelace.example",
        "ada AT lovelace DOT example",
        "ada [arobase] lovelace [point] fr",
        "+33 6 55 50 10 77",
        "+33655501077",
        "+33 (0)6.55.50.10.77",
        "0033 6 55 50 10 77",
        "06 55 50 10 77",
        "06.55.50.10.77",
        "06-55-50-10-77",
        "0655501077",
        "06\u00a055\u202f50 10 77",
        "020 7946 0958",
        "(555) 010-4477",
        "555-010-4477",
        "+1 555 010 4477",
        "+81 90-1234-5678",
        "Tel: 555 0104",
        "tél. : 655 50 10",
        "WhatsApp 655501077",
    ],
)
def test_addresses_and_numbers_are_masked(private: str) -> None:
    assert masked(f"Write, or call {private}, any day") == f"Write, or call {MASK}, any day"


@pytest.mark.parametrize(
    "text",
    [
        "From 2019 - 2022, then 2023–2025.",
        "01/2019 - 02/2020, 2019-05-12 and 12.05.2019",
        "03.2019 - 05.2021",
        "09-2015 - 01-2017",
        "10 000 000 users, 1,250,000.50 €, 2 400 stations",
        "Worked at example.com, at night",
        "ISBN 978-2-07-036822-8, RFC 9562, version 10.15.7",
        "https://posts.example/activity-7458194261025673216 and https://a.example/0655501077",
        "@ada on the fediverse, C++ and 24/7",
        "0 to 100 in 5.2 s",
        "mobile 5G, phone 12",
    ],
)
def test_what_is_neither_stays(text: str) -> None:
    assert masked(text) == text


def test_masking_takes_no_time_by_the_square_of_a_text() -> None:
    """Each of these made a naive expression try again from each character to the end."""
    for text in ("a" * 200_000, "0 " * 100_000, "a.a." * 50_000, "+" * 200_000, "(at) " * 40_000):
        assert masked(text) is not None


def test_texts_are_compared_without_what_a_reader_overlooks() -> None:
    assert fold("L’Éco-le  ÉTÉ") == fold("leco le ete") == "lecoleete"
    assert words("Jean-Pierre d’Été") == {"jean", "pierre", "d", "ete"}


def test_what_does_not_stand_in_a_source_is_left_out_by_lines_and_sentences() -> None:
    source = Source("Led a team of five\npeo-\nple. Built the model.\n• Saved water.")
    assert source.has("a team of five people")
    assert not source.has("a team of six")
    assert not source.has("•")
    told = "Led a team of five people. Won a Nobel prize. Built the model.\nInvented water.\nSaved water."
    assert source.what_stands(told) == "Led a team of five people. Built the model.\nSaved water."


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Jan 2020", "2020-01"),
        ("September 2016", "2016-09"),
        ("févr. 2021", "2021-02"),
        ("août 2019", "2019-08"),
        ("juil. 2018", "2018-07"),
        ("juin 2018", "2018-06"),
        ("Nov 3, 2021", "2021-11"),
        ("3 nov. 2021", "2021-11"),
        ("2019-05", "2019-05"),
        ("2021-05-07 16:41:18", "2021-05"),
        ("05/2019", "2019-05"),
        ("12/05/2019", "2019-05"),
        ("11/20/19, 10:30 AM", "2019-11"),
        ("2015", "2015"),
        ("since 2015", "2015"),
        ("Present", ""),
        ("", ""),
        ("12", ""),
        ("Foo 2020", "2020"),
    ],
)
def test_dates_as_they_are_written(text: str, date: str) -> None:
    assert dates.parsed(text) == date


def test_a_date_is_told_as_far_as_the_text_tells_it() -> None:
    told = dates.told("Mars 2019 à 2021, puis 06/2022")
    assert [dates.what_is_told(each, told) for each in ("2019-03", "2021-04", "2022-06", "2018", "")] == [
        *("2019-03", "2021", "2022-06"),
        *("", ""),
    ]
