"""What the tests of a deployed stage share. They are started by `python -m tests.e2e.run`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import deployment as deployments
from tests.e2e import people
from tests.e2e.demo import Model, unique_word
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person

MARKERS = {
    "local_only": "breaks something of the local AWS that was started for this run",
    "scripted": "tells the demo model what to answer",
    "exclusive": "disturbs other tests, so it runs alone, after them",
    "kills_answers": "kills workers of answers, so it runs beside no test that has one made",
    "kills_extractions": "kills workers of extraction, so it runs beside no test that has a file read",
    "early": "begins something that another test looks at later",
    "late": "looks at what an earlier test began",
    "last": "looks at what takes the longest",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = deployments.read()
    for item in items:
        if here and not here.is_own and item.get_closest_marker("local_only"):
            item.add_marker(pytest.mark.skip(reason="local_only: needs a local AWS of its own"))
        elif here and here.model_url is None and item.get_closest_marker("scripted"):
            item.add_marker(pytest.mark.skip(reason="scripted: needs the demo model"))
    items.sort(key=_order)


def _order(item: pytest.Item) -> int:
    order = {"early": -1, "late": 1, "last": 2}
    return next((place for name, place in order.items() if item.get_closest_marker(name)), 0)


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    found = deployments.read()
    if found is None:
        pytest.exit("these tests need a deployed stage: python -m tests.e2e.run [--stage STAGE]", returncode=2)
    return found


@pytest.fixture(scope="session")
def ada(deployment: Deployment) -> Iterator[Person]:
    with people.signed_in(deployment, "ada") as person:
        yield person


@pytest.fixture(scope="session")
def grace(deployment: Deployment) -> Iterator[Person]:
    with people.signed_in(deployment, "grace") as person:
        yield person


@pytest.fixture(scope="session")
def owner(deployment: Deployment) -> Iterator[Person]:
    with people.signed_in(deployment, "owner", groups=("owners",)) as person:
        yield person


@pytest.fixture
def word() -> str:
    return unique_word()


@pytest.fixture(scope="session")
def model(deployment: Deployment) -> Model:
    assert deployment.model_url, "mark the test `scripted`"
    return Model(deployment.model_url)
