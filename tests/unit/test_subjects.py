"""Who something belongs to: what stands in keys is what stood there, and comes back as it went in."""

from __future__ import annotations

import pytest
from chalicelib.subjects import Subject, person

SUB = "4f1c2d3e-0000-4000-8000-000000000001"


def test_a_person_stands_in_keys_by_their_bare_id_or_as_a_user() -> None:
    assert (str(person(SUB)), person(SUB).owner) == (f"user:{SUB}", SUB)


@pytest.mark.parametrize("subject", [person(SUB), Subject("visit", "v-1")])
def test_a_subject_is_read_back_from_either_form(subject: Subject) -> None:
    assert Subject.parse(str(subject)) == subject
    assert Subject.of_owner(subject.owner) == subject


def test_a_visit_is_nobody_s_person() -> None:
    assert Subject("visit", SUB).owner != person(SUB).owner
    assert Subject.of_owner(Subject("visit", SUB).owner) != person(SUB)


@pytest.mark.parametrize("text", ["", SUB, "user:", "visit:", "stage", "ticket:abc"])
def test_what_is_no_subject_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Subject.parse(text)
