from __future__ import annotations

import gc
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff
from chalicelib.aws.grants import Use
from xdist.scheduler import LoadScopeScheduling

from deploy.local.demo_model.server import DemoServer
from tests import calls, grants
from tests import stage as stages
from tests.fakes import quick
from tests.people import Person

# Before the app is imported: its decorators read the environment.
os.environ.update(stages.ENVIRONMENT)
# Before any session of botocore's is made.
calls.record()
quick.make()

# Tests that share what takes long to make.
TOGETHER = {
    "MiniStack": ("tests/aws/test_emulator_", "tests/aws/test_local_"),
    "package": ("tests/aws/test_lambda_shape",),
}
WORKERS = pytest.StashKey[grants.Workers]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--check-grants",
        action="store_true",
        help="fail when a function is granted an operation that no test of this run used, or when a call of AWS in the "
        "sources was made by none through a botocore client (run all of them)",
    )
    parser.addoption("--note-uses", type=Path, metavar="FILE", help="write what this run's tests used and called")
    parser.addoption("--uses-of", type=Path, metavar="FILE", help="for --check-grants: of a run before, of other tests")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[WORKERS] = grants.Workers()
    # Ended from outside, as by test.sh after a failure elsewhere, tests still stop what they have started.
    # As by Ctrl-C, which no `except Exception` takes for a failure of its own.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput |= {"used": grants.told(), "called": calls.told()}  # type: ignore[attr-defined]
        return
    workers = session.config.stash[WORKERS]
    if not session.config.pluginmanager.has_plugin("dsession"):
        workers.ended("", grants.told())
    if file := session.config.getoption("--note-uses"):
        file.write_text(json.dumps({"used": workers.to_tell(), "called": calls.told()}))
        _report(session, "grants", grants.missing(workers))
    if session.config.getoption("--check-grants"):
        if before := session.config.getoption("--uses-of"):
            _take(workers, json.loads(before.read_text()))
        _report(session, "grants", grants.problems_of(workers))
        _report(session, "calls of AWS", calls.problems(calls.made))


def _take(workers: grants.Workers, uses: dict[str, list[list[str]]]) -> None:
    workers.used.update(Use(*use) for use in uses["used"])
    calls.made.update(calls.Call(*call) for call in uses["called"])


def pytest_collection_finish() -> None:
    # What was imported stays: without this, the garbage collector looks through all of it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _report(session: pytest.Session, what: str, problems: list[str]) -> None:
    if not problems:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert reporter is not None
    reporter.write_line("")
    for problem in problems:
        reporter.write_line(f"{what}: {problem}", red=True)
    session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


class _Scheduling(LoadScopeScheduling):
    """Gives each test to the next free worker; those that share something to one, and first: they take longest."""

    def _split_scope(self, nodeid: str) -> str:
        return next((what for what, tests in TOGETHER.items() if nodeid.startswith(tests)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Scheduling:
    return _Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodeready(node: Any) -> None:
    node.config.stash[WORKERS].started(node.gateway.id)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", {})
    node.config.stash[WORKERS].ended(node.gateway.id, output.get("used"))
    calls.made.update(calls.Call(*call) for call in output.get("called", []))


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    with stages.demo_model() as server:
        yield server


@pytest.fixture
def stage(demo_server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[stages.Stage]:
    # botocore retries as it does on AWS, but does not pause; what one test's faults used up is no other test's loss.
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda self, context: 0.0)
    monkeypatch.setattr(RetryQuota, "acquire", lambda self, capacity_amount: True)
    demo_server.scripts.clear()
    demo_server.recorder.clear()
    with stages.stage(demo_server) as stage:
        yield stage


@pytest.fixture
def quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers look for a stop, log and renew their lease every 20 ms instead of every second."""
    from chalicelib.answering import worker

    monkeypatch.setattr(worker, "TICK_EVERY_S", 0.02)
    monkeypatch.setattr(worker, "PUSH_EVERY_S", 0.01)


@pytest.fixture
def ada(stage: stages.Stage) -> Person:
    return Person(stage, "ada")


@pytest.fixture
def owner(stage: stages.Stage) -> Person:
    return Person(stage, "owner", groups="owners")


@pytest.fixture
def grace(stage: stages.Stage) -> Person:
    return Person(stage, "grace")
