"""LinkedIn's archives: what is taken of them, and that all else is refused."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

import pytest
from chalicelib.errors import InvalidRequest, PayloadTooLarge
from chalicelib.twin import linkedin
from chalicelib.twin.found import Found

from tests import linkedin_archives as archives
from tests.linkedin_rows import CANARIES, E_MAIL, OTHER_NUMBER


def _told(year: int, kind: str, language: str) -> list[Found]:
    return linkedin.found(linkedin.checked(archives.sent(year, kind, language)))


@pytest.mark.parametrize(("year", "kind", "language"), archives.ALL)
def test_an_archive_comes_in_whole_without_its_private_parts(year: int, kind: str, language: str) -> None:
    told = _told(year, kind, language)
    assert Counter(each.section for each in told) == archives.ENTRIES[kind]
    kept = json.dumps([asdict(each) for each in told], ensure_ascii=False)
    assert [canary for canary in CANARIES if canary in kept] == []
    assert "•••" in kept
    first = next(each for each in told if each.section == "experience")
    assert (first.start, first.end, first.place) == ("2021-03", "", "Nantes, France")
    assert {each.start for each in told if each.section == "education"} == {"2012", ""}


def test_the_archives_hold_what_is_looked_for() -> None:
    """Or else a scan would find nothing whatever was stored."""
    import io
    import zipfile

    for year, kind, language in archives.ALL:
        with zipfile.ZipFile(io.BytesIO(archives.archive(year, kind, language))) as zipped:
            whole = "".join(zipped.read(name).decode() for name in zipped.namelist())
        assert whole.count("canary") > 20
        assert E_MAIL in whole
        assert OTHER_NUMBER in whole


def test_what_a_row_tells_stands_where_it_belongs() -> None:
    told = {(each.section, each.title): each for each in _told(2022, "complete", "en")}
    about = told["about", "Hydrologist, and head of data at Rivière & Sons"]
    assert about.text == "I measure rivers.\nWrite to ••• or call •••.\n“Water”, she said, “keeps no secrets.”"
    assert told["links", "Portfolio"].url == "https://noor.example/rivers"
    assert told["experience", "Head of Data"].subtitle == "Rivière & Sons"
    assert told["experience", "Head of Data"].text == "Lead five people.\n\n• Gauges, 2,400 of them\n• Tel. •••"
    assert told["education", "Lycée des Quais"].subtitle == ""
    assert told["education", "Master of Science, Hydrology"].text == "Thesis on floods.\n\nRowing club"
    assert told["publications", "On drought"].start == "2021-11"
    assert told["recommendations", "Ilse Marek"].subtitle == "Director, Basin Agency"
    assert told["recommendations", "Ilse Marek"].start == "2019-11"
    assert told["posts", "Low water again."].text == "Low water again.\n\nWhat to do?"
    assert told["posts", "For friends."].is_hidden
    assert told["posts", "Reading levels"].start == "2018-06"
    assert told["posts", "Reading levels"].url == "https://www.linkedin.example/pulse/levels"
    assert told["organizations", "Treasurer"].subtitle == "Society of Gauges"
    assert told["test_scores", "TOEIC"].subtitle == "985"


@pytest.mark.parametrize("name", ["messages", "Connections", "Email Addresses", "PhoneNumbers", "Inferences_about_you"])
def test_a_file_that_is_not_on_the_list_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidRequest, match=name):
        linkedin.checked({"Skills": [{"Name": "R"}], name: [{"Name": "R"}]})


@pytest.mark.parametrize(
    ("file", "column"),
    [("Profile", "Birth Date"), ("Profile", "Address"), ("Profile", "Zip Code"), ("Certifications", "License Number")],
)
def test_a_column_that_is_not_on_the_list_is_refused_by_its_name(file: str, column: str) -> None:
    with pytest.raises(InvalidRequest, match=column) as refused:
        linkedin.checked({file: [{column: "secret value"}]})
    assert "secret" not in refused.value.message


def test_sizes_are_limited() -> None:
    with pytest.raises(InvalidRequest, match="at most 300 rows, not 301"):
        linkedin.checked({"Skills": [{"Name": "R"}] * 301})
    with pytest.raises(InvalidRequest, match=r"Skills\.Name: takes at most 5,000 characters"):
        linkedin.checked({"Skills": [{"Name": "R" * 5_001}]})
    assert linkedin.checked({"Articles": [{"Text": "R" * 8_000}]})
    with pytest.raises(PayloadTooLarge, match="1,000,000"):
        linkedin.checked({"Articles": [{"Text": "R" * 8_000}] * 100, "Shares": [{"ShareCommentary": "R" * 5_000}] * 41})


def test_addresses_that_are_none_of_the_web_are_left_out() -> None:
    rows = [{"Title": "A", "Url": "javascript:alert(1)"}, {"Title": "B", "Url": "https://b.example/x"}]
    assert [each.url for each in linkedin.found(linkedin.checked({"Projects": rows}))] == ["", "https://b.example/x"]


def test_what_hides_behind_html_is_masked_too() -> None:
    (told,) = linkedin.found(linkedin.checked({"Honors": [{"Title": "A", "Description": "a&#64;b.example"}]}))
    assert told.text == "•••"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Noor Delacroix-Ito", "noor delacroix ito", True),
        ("Noor Delacroix", "Noor Delacroix-Ito", True),
        ("Delacroix Noor", "Noor Delacroix", True),
        ("Zoé Müller", "ZOE MULLER", True),
        ("Noor Delacroix", "Ilse Marek", False),
        ("Noor Delacroix", "Noor Marek", False),
        ("", "Noor", False),
    ],
)
def test_whose_archive_it_is(one: str, other: str, same: bool) -> None:
    assert linkedin.is_same_person(one, other) is same


def test_a_profile_says_whose_it_is_whatever_the_sender_says() -> None:
    files = {"Profile": [{"First Name": "Ilse", "Last Name": "Marek"}]}
    assert linkedin.owner_of(files, "Noor Delacroix") == "Ilse Marek"
    assert linkedin.owner_of({}, " Noor ") == "Noor"


def test_no_name_of_the_list_stands_for_two_things() -> None:
    files = archives.the_list()["files"]
    names = [(archives.fold(each), name) for name, file in files.items() for each in (name, *file["names"])]
    assert len(dict(names)) == len(set(names))
    for file in files.values():
        columns = [(archives.fold(each), name) for name, others in file["columns"].items() for each in (name, *others)]
        assert len(dict(columns)) == len(set(columns))
