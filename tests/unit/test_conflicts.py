"""What several sources tell of one thing: found, told apart from other things, and where they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from chalicelib.twin import conflicts


@dataclass(frozen=True)
class Entry:
    entry_id: str
    source_ids: tuple[str, ...]
    section: str = "experience"
    title: str = "Head of Data"
    subtitle: str = "Rivière & Sons"
    start: str = "2021-03"
    end: str = ""
    place: str = "Nantes"
    text: str = ""
    url: str = ""


def _both(**changed: Any) -> tuple[Entry, Entry]:
    return Entry("1", ("cv",)), Entry("2", ("linkedin",), **changed)


def _found(*entries: Entry, decided: frozenset[str] = frozenset()) -> list[tuple[str, list[str]]]:
    return [(each.field, [value.value for value in each.entries]) for each in conflicts.found(entries, decided)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": "Chief of Data"}, [("title", ["Head of Data", "Chief of Data"])]),
        ({"start": "2021-05"}, [("start", ["2021-03", "2021-05"])]),
        ({"start": "2020"}, [("start", ["2021-03", "2020"])]),
        ({"end": "2024-01"}, [("end", ["", "2024-01"])]),
        ({"place": "Lyon"}, [("place", ["Nantes", "Lyon"])]),
        ({"subtitle": "RIVIERE & sons", "start": "2021-05"}, [("start", ["2021-03", "2021-05"])]),
        ({"title": "HEAD of data", "place": "Nantes, France", "start": "2021"}, []),
        ({"start": "", "end": "2024"}, []),
        ({"subtitle": "Basin Agency", "start": "2020"}, []),
        ({"section": "volunteering", "start": "2020"}, []),
        ({"title": "Diver", "start": "2012", "end": "2014"}, []),
    ],
)
def test_what_contradicts_and_what_does_not(changed: dict[str, Any], told: list[Any]) -> None:
    assert _found(*_both(**changed)) == told


def test_one_source_does_not_contradict_itself() -> None:
    first, second = Entry("1", ("cv",)), Entry("2", ("cv",), start="2022")
    assert _found(first, second) == []


def test_of_two_posts_at_one_place_each_is_held_against_its_own() -> None:
    posts = [
        Entry("1", ("cv",)),
        Entry("2", ("cv",), title="Hydrologist", start="2016-09", end="2021-02"),
        Entry("3", ("linkedin",), title="Hydrologist", start="2016-09", end="2021-03"),
        Entry("4", ("linkedin",)),
    ]
    assert _found(*posts) == [("end", ["2021-02", "2021-03"])]


def test_three_sources_are_one_conflict() -> None:
    posts = [Entry("1", ("cv",)), Entry("2", ("linkedin",), start="2021-04"), Entry("3", ("pdf",), start="2021-05")]
    assert _found(*posts) == [("start", ["2021-03", "2021-04", "2021-05"])]


def test_a_decision_holds_until_a_value_changes() -> None:
    one, other = _both(start="2021-05")
    (conflict,) = conflicts.found([other, one])
    assert conflict == conflicts.found([one, other])[0]
    decided = frozenset({conflict.conflict_id})
    assert _found(one, other, decided=decided) == []
    later = Entry("2", ("linkedin",), start="2021-06")
    assert _found(one, later, decided=decided) == [("start", ["2021-03", "2021-06"])]


def test_skills_and_degrees_of_several_sources_are_the_same_by_name() -> None:
    skill = Entry("1", ("cv",), section="skills", title="Python", subtitle="", start="", place="")
    assert conflicts.is_same(skill, Entry("2", ("linkedin",), section="skills", title="python"))
    assert not conflicts.is_same(skill, Entry("2", ("linkedin",), section="skills", title="R"))
    degree = Entry("1", ("cv",), section="education", title="Delta University", subtitle="", start="", place="")
    same = Entry("2", ("linkedin",), section="education", title="MSc", subtitle="Delta University", start="2012")
    assert not conflicts.is_same(degree, same)
    assert conflicts.agree(*_both(place="Nantes, France"))
    assert not conflicts.agree(*_both(place="Lyon"))


def test_what_agrees_gains_what_it_lacked() -> None:
    entry = Entry("1", ("cv",), start="2021", place="", text="Lead five people.")
    other = Entry("2", ("linkedin",), title="HEAD OF DATA", start="2021-03", url="https://a.example", text="Built it.")
    assert conflicts.join(entry, other) == {
        "start": "2021-03",
        "place": "Nantes",
        "url": "https://a.example",
        "text": "Lead five people.\n\nBuilt it.",
    }
    assert conflicts.join(other, Entry("3", ("pdf",), start="2021", text="built  IT")) == {}
    assert conflicts.join(Entry("3", ("pdf",), text="Built"), other)["text"] == "Built it."


def test_the_owners_own_entries_contradict_sources_and_not_each_other() -> None:
    own, second = Entry("1", (), start="2020-01"), Entry("2", (), start="2021-03")
    assert _found(own, second) == []
    assert _found(own, Entry("3", ("cv",))) == [("start", ["2020-01", "2021-03"])]


def test_what_has_no_organisation_is_compared_by_its_title() -> None:
    atlas = Entry("1", ("cv",), section="projects", title="Atlas", subtitle="", place="")
    other = Entry("2", ("linkedin",), section="projects", title="ATLAS", subtitle="", place="", start="2019")
    assert _found(atlas, other) == [("start", ["2021-03", "2019"])]
