from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from deploy.local.demo_model import DemoServer
from tests import stage as stages
from tests.people import Person

# Before the app is imported: its decorators read the environment.
os.environ.update(stages.ENVIRONMENT)


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    with stages.demo_model() as server:
        yield server


@pytest.fixture
def stage(demo_server: DemoServer) -> Iterator[stages.Stage]:
    demo_server.scripts.clear()
    demo_server.recorder.clear()
    with stages.stage(demo_server) as stage:
        yield stage


@pytest.fixture
def ada(stage: stages.Stage) -> Person:
    return Person(stage, "ada")


@pytest.fixture
def grace(stage: stages.Stage) -> Person:
    return Person(stage, "grace")
