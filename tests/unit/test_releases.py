"""What follows a deployment: proven, it is noted so; not proven, it is noted so, too, and says how to go back."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import releases, steps, versions
from deploy.environment import DeploymentError, Settings, Stage
from deploy.progress import Progress
from deploy.versions import Version

FAILURE = DeploymentError("the answer never came")


def version(id: str, *, proven: bool) -> Version:  # noqa: A002
    return Version(id, "3.13", 1, "2026-11-29T10:00:00Z", "ada", None, "rest1", "sock1", proven)


BAD, GOOD = version("bbbb-1", proven=False), version("aaaa-1", proven=True)


class Deployment(steps.Deployment):
    """One whose proof ends as it is told."""

    def told(self, proof: str | DeploymentError | None) -> Deployment:
        self.proof = proof
        return self

    def prove(self) -> str | None:
        if isinstance(self.proof, DeploymentError):
            raise self.proof
        return self.proof


def deployment(proof: str | DeploymentError | None) -> Deployment:
    return Deployment(Stage("prod", "eu-west-1"), Settings({}), Progress(), {}, Path()).told(proof)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether what was deployed was noted as proven, each time."""
    found: list[bool] = []
    monkeypatch.setattr(versions, "note", lambda stage, *, proven: found.append(proven))
    monkeypatch.setattr(versions, "listed", lambda stage: [BAD, GOOD])
    return found


def test_what_a_budget_kept_from_being_proven_is_not_noted_as_proven(noted: list[bool]) -> None:
    refused = "the month's budget is spent"
    assert releases._proven(deployment(refused), {}, lambda outputs: None) == refused
    assert noted == []


def test_what_was_proven_is_noted(noted: list[bool]) -> None:
    shown = list[object]()
    assert releases._proven(deployment(None), {}, shown.append) is None
    assert (noted, len(shown)) == ([True], 1)


def test_a_proof_that_fails_is_noted_and_says_how_to_go_back(noted: list[bool]) -> None:
    shown = list[object]()
    with pytest.raises(DeploymentError, match=r"never came\nbefore it ran aaaa-1: ./deploy.sh prod --version aaaa-1"):
        releases._proven(deployment(FAILURE), {}, shown.append)
    assert (noted, len(shown)) == ([False], 1)


def test_without_an_earlier_version_there_is_nothing_to_go_back_to(
    noted: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "listed", lambda stage: [BAD])
    with pytest.raises(DeploymentError, match="no earlier version is kept that was proven"):
        releases._proven(deployment(FAILURE), {}, lambda outputs: None)
