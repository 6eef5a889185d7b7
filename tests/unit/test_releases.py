"""What follows a deployment: proven, it is noted so; not proven, it says how to go back, or goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy import releases, steps, versions
from deploy.environment import DeploymentError, Settings, Stage
from deploy.progress import Progress
from deploy.versions import Version


def version(id: str, *, proven: bool) -> Version:  # noqa: A002
    return Version(id, "3.13", 1, "2026-11-29T10:00:00Z", "ada", None, "rest1", "sock1", proven)


class Deployment(steps.Deployment):
    """One whose proofs end as it is told."""

    def told(self, *proofs: Exception | None) -> Deployment:
        self.proofs = list(proofs)
        return self

    def prove(self) -> str | None:
        if error := self.proofs.pop(0):
            raise error
        return None


class Put:
    """The kept versions, and which were put back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *kept: Version) -> None:
        self.back: list[str] = []
        self.noted: list[bool] = []
        monkeypatch.setattr(versions, "listed", lambda stage: list(kept))
        monkeypatch.setattr(versions, "note", self._note)
        monkeypatch.setattr(releases, "_put_back", self._put_back)

    def _note(self, stage: Stage, *, proven: bool) -> None:
        self.noted.append(proven)

    def _put_back(self, deployment: Any, version: Version) -> Mapping[str, object]:
        self.back.append(version.id)
        return {"site_url": version.id}


BAD, GOOD = version("bbbb-1", proven=False), version("aaaa-1", proven=True)
FAILURE = DeploymentError("the answer never came")


def deployment(*proofs: Exception | None) -> Deployment:
    return Deployment(Stage("prod", "eu-west-1"), Settings({}), Progress(), {}, Path()).told(*proofs)


def test_what_a_budget_kept_from_being_proven_is_not_noted_as_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    put, refused = Put(monkeypatch, BAD), deployment(None)
    monkeypatch.setattr(refused, "prove", lambda: "the month's budget is spent")
    said = releases._proven(refused, {}, lambda outputs: None, goes_back=False)
    assert (said, put.noted) == ("the month's budget is spent", [])


def test_what_was_proven_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    put, shown = Put(monkeypatch, BAD, GOOD), list[object]()
    assert releases._proven(deployment(None), {}, shown.append, goes_back=True) is None
    assert (put.back, put.noted, len(shown)) == ([], [True], 1)


def test_a_proof_that_fails_says_how_to_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    put = Put(monkeypatch, BAD, GOOD)
    with pytest.raises(DeploymentError, match=r"never came\nbefore it ran aaaa-1: ./deploy.sh prod --version aaaa-1"):
        releases._proven(deployment(FAILURE), {}, lambda outputs: None, goes_back=False)
    assert (put.back, put.noted) == ([], [False])


def test_told_to_it_goes_back_by_itself_and_fails_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    put = Put(monkeypatch, BAD, GOOD)
    with pytest.raises(DeploymentError, match=r"never came\nprod is back at aaaa-1, which was proven"):
        releases._proven(deployment(FAILURE, None), {}, lambda outputs: None, goes_back=True)
    assert (put.back, put.noted) == (["aaaa-1"], [False, True])


def test_where_the_version_of_before_fails_too_it_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    put = Put(monkeypatch, BAD, GOOD)
    with pytest.raises(DeploymentError, match="never came"):
        releases._proven(deployment(FAILURE, FAILURE), {}, lambda outputs: None, goes_back=True)
    assert (put.back, put.noted) == (["aaaa-1"], [False, False])


def test_without_an_earlier_version_there_is_nothing_to_go_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    put = Put(monkeypatch, BAD)
    with pytest.raises(DeploymentError, match="no earlier version is kept that was proven"):
        releases._proven(deployment(FAILURE), {}, lambda outputs: None, goes_back=True)
    assert put.back == []
