"""The end-to-end tests: `python -m tests.e2e.run [--stage STAGE] [--only api|browser] [-k WORDS]`.

Without --stage they run against a local AWS of their own, deployed by `./deploy.sh local` and taken down at the end.
Beside other tests: `--after FILE` deploys at once and tests when that file is there; `--quieter FILE` makes that file
when from then on the tests wait more than they work.
With --stage they run against that deployed stage; what needs a local AWS or the demo model is skipped, and named.
The last line is `N passed, N failed`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from deploy.environment import is_local
from deploy.local import aws as local_aws
from tests.e2e import deployment as deployments
from tests.e2e import files, local_stage, moving, people
from tests.e2e.channel import opened, ticket
from tests.e2e.deployment import CONTEXT_VARIABLE, ROOT, Deployment
from tests.e2e.people import Person

HERE = Path(__file__).resolve().parent
RESULTS = ROOT / ".build" / "e2e" / "results"
CONTEXT = ROOT / ".build" / "e2e" / "context.json"
BROWSERS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# One for each browser test, so that none sees another's conversations; a few need the first sign-in.
PEOPLE, NEW_PEOPLE = 80, 4
# And some owners, and guests: people whom nobody has let in.
OWNERS, GUESTS = 20, 8


MARKERS = {
    "api": "not exclusive and not kills_answers and not kills_extractions",
    "kills_answers": "kills_answers",
    "kills_extractions": "kills_extractions",
    "exclusive": "exclusive",
}
# The folders of what is tried in a browser.
SPECS = {"browser": "specs", "moved": "moved"}
# What runs side by side, one after the other. Most of the time all of it only waits: for answers that stream, for a
# page to show them, for leases to end.
PHASES = (("browser", "api"), ("kills_answers", "kills_extractions"), ("exclusive",))


class CannotRunError(Exception):
    """Something that the tests need is missing; the message says what and where to get it."""


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


@dataclass(frozen=True)
class Options:
    stage: str | None
    only: str | None
    keywords: str | None
    after: Path | None
    quieter: Path | None


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    # Whoever ends this run, as `test.sh` does after a failure elsewhere, finds nothing of it left running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    counts = Counts()
    started = time.monotonic()
    try:
        environ = _ready(options)
        with local_stage.alone(), _stage(options) as (deployment, of_stage):
            _run(options, deployment, {**environ, **of_stage}, counts)
            if deployment.is_own and options.only is None and moving.FILE.exists():
                _move(options, deployment, counts)
    except (CannotRunError, local_stage.StartError, local_aws.LocalAwsError) as error:
        print(f"error: {error}", file=sys.stderr)
        counts.failed += 1
    for name in counts.skipped:
        print(f"skipped: {name}")
    print(f"end-to-end: {time.monotonic() - started:.0f} s, {len(counts.skipped)} skipped")
    print(f"{counts.passed} passed, {counts.failed} failed")
    return 1 if counts.failed or not counts.passed else 0


def _options(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.run", description=__doc__.split("\n\n")[1])
    parser.add_argument("--stage", help="a deployed stage instead of a local AWS of its own")
    parser.add_argument("--only", choices=["api", "browser"], help="one half of the tests")
    parser.add_argument("--after", type=Path, metavar="FILE", help="deploy at once, but test when this file exists")
    parser.add_argument("--quieter", type=Path, metavar="FILE", help="made when from then on one test runs at a time")
    parser.add_argument("-k", dest="keywords", help="only tests whose names match")
    given = parser.parse_args(arguments)
    return Options(given.stage, given.only, given.keywords, given.after, given.quieter)


# --- What the tests need ---------------------------------------------------------------------------------------------


def _ready(options: Options) -> dict[str, str]:
    """The environment of the tests; raises CannotRunError before anything is deployed."""
    environ = {CONTEXT_VARIABLE: str(CONTEXT)}
    if options.only != "api":
        environ["CHROMIUM"] = _chromium()
        _install_browser_tests()
    moving.FILE.unlink(missing_ok=True)
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    files.write_all()
    return environ


def _chromium() -> str:
    named = os.environ.get("CHROMIUM")
    for candidate in (named,) if named else BROWSERS:
        if found := shutil.which(candidate):
            return found
    where = f"CHROMIUM names {named}, which is no program" if named else "looked for " + ", ".join(BROWSERS)
    raise CannotRunError(
        f"Chromium is missing, so the browser's tests cannot run ({where}); "
        "install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/it"
    )


def _install_browser_tests() -> None:
    """Playwright as the lock file names it, without a browser of its own."""
    npm = shutil.which("npm")
    if npm is None:
        raise CannotRunError("npm is missing; the browser's tests need Node 20.19 or newer")
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_text() != lock:
        environ = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        if subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=HERE, env=environ, check=False).returncode:
            raise CannotRunError("npm ci failed in tests/e2e; see above")
        stamp.write_text(lock)
    if subprocess.run([npm, "run", "--silent", "typecheck"], cwd=HERE, check=False).returncode:
        raise CannotRunError("the browser's tests have type errors; see above")


@contextlib.contextmanager
def _stage(options: Options) -> Iterator[tuple[Deployment, dict[str, str]]]:
    """The stage under test, and the environment in which AWS's SDKs reach it."""
    if options.stage is not None:
        yield _deployed_stage(options.stage)
        return
    with local_stage.deployed() as (deployment, aws), local_stage.development(deployment, aws) as complete:
        yield complete, aws.process_environment(local_stage.environment())


def _deployed_stage(name: str) -> tuple[Deployment, dict[str, str]]:
    done = subprocess.run(
        [str(ROOT / "deploy.sh"), "outputs", name], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise CannotRunError(f"stage {name} has no outputs; see above")
    outputs = json.loads(done.stdout)
    running = local_aws.status(ROOT).aws if is_local(name) else None
    if is_local(name) and running is None:
        raise CannotRunError(f"the local stage does not run: ./deploy.sh {name}")
    known = {key: value for key, value in outputs.items() if key in Deployment.__dataclass_fields__}
    environ = running.process_environment(os.environ) if running else dict(os.environ)
    return Deployment(stage=name, model_url=running.model_url if running else None, **known), environ


# --- The tests -------------------------------------------------------------------------------------------------------


def _run(options: Options, deployment: Deployment, environ: Mapping[str, str], counts: Counts) -> None:
    os.environ.update(environ)
    with _people_for_the_browser(deployment, options) as accounts:
        _forget_context()
        deployments.write(deployment, CONTEXT, people=accounts)
        try:
            while options.after and not options.after.exists():
                time.sleep(0.2)
            # Not earlier: whatever idles for five minutes is ended.
            if deployment.is_own:
                _warm_up(deployment)
            for number, side_by_side in enumerate(PHASES):
                if number == 1 and options.quieter:
                    options.quieter.touch()
                _run_phase(options, side_by_side, counts)
        finally:
            _forget_context()


def _move(options: Options, deployment: Deployment, counts: Counts) -> None:
    new, noted = moving.move(deployment)
    deployments.write(new, CONTEXT, people=[{**noted, "is_new": False}])
    try:
        counts.add(_finished("moved", subprocess.Popen(_playwright(options), cwd=ROOT, env=_specs_of("moved"))))
    finally:
        _forget_context()


def _run_phase(options: Options, names: Iterable[str], counts: Counts) -> None:
    """Run some of the tests side by side; whatever ends this ends all of them."""
    running = {name: process for name in names if (process := _start(options, name))}
    try:
        for name, process in running.items():
            counts.add(_finished(name, process))
    finally:
        for process in running.values():
            if process.poll() is None:
                process.terminate()
                process.wait()


def _warm_up(deployment: Deployment) -> None:
    """Have the functions started as often as both halves of the tests call them at once.

    Otherwise the first tests would measure a dozen cold starts that share the machine with two browsers.
    """
    with people.signed_in(deployment, "warm-up") as person, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: person.get("/models"), range(16)))
        list(pool.map(lambda _: person.post("/chat", {"message": "Good morning."}), range(4)))
        for _ in range(2):
            with opened(deployment, ticket(person)):
                pass


def _forget_context() -> None:
    """Remove the description, and the marks of which users were taken."""
    for file in CONTEXT.parent.glob(f"{CONTEXT.name}*"):
        file.unlink()


@contextlib.contextmanager
def _people_for_the_browser(deployment: Deployment, options: Options) -> Iterator[list[dict[str, Any]]]:
    """A pool of users, of which each browser test takes one that nobody else uses."""
    made: list[tuple[Person, str]] = []

    def make(name: str, count: int, group: str, *, temporary: bool = False) -> None:
        groups = (group,) if group else ()
        for number in range(count):
            made.append((people.create(deployment, f"{name}-{number}", temporary=temporary, groups=groups), group))

    try:
        if options.only != "api":
            make("new", NEW_PEOPLE, "members", temporary=True)
            make("user", PEOPLE, "members")
            make("owner", OWNERS, "owners")
            make("guest", GUESTS, "")
        yield [
            {"email": one.email, "password": one.password, "is_new": not one.id_token, "group": group}
            for one, group in made
        ]
    finally:
        for person, _ in made:
            people.delete(person)


def _pytest(options: Options, name: str, markers: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", str(HERE), f"--confcutdir={HERE}", "-m", markers, "-o", "addopts="]
    command += ["-q", "--strict-markers", "-p", "no:cacheprovider", "--color=no", "-rf", "--tb=short"]
    command += [f"--junitxml={RESULTS / name}.xml"]
    return command + (["-k", options.keywords] if options.keywords else [])


def _playwright(options: Options) -> list[str]:
    playwright = str(HERE / "node_modules" / ".bin" / "playwright")
    command = [playwright, "test", "--config", str(HERE / "playwright.config.ts")]
    return command + (["--grep", options.keywords] if options.keywords else [])


def _start(options: Options, name: str) -> subprocess.Popen[bytes] | None:
    if options.only not in (None, "browser" if name == "browser" else "api"):
        return None
    command = _playwright(options) if name in SPECS else _pytest(options, name, MARKERS[name])
    return subprocess.Popen(command, cwd=ROOT, env=_specs_of(name))


def _specs_of(name: str) -> dict[str, str]:
    """The environment in which Playwright finds a part's specs, and names its results after them."""
    return {**os.environ, "CHATAPP_E2E_SPECS": SPECS.get(name, "")}


def _finished(name: str, process: subprocess.Popen[bytes]) -> Counts:
    """Wait for the end. A run that ended badly without a failed test, such as a syntax error, is one failure."""
    code = process.wait()
    counts = _counted_browser(SPECS[name]) if name in SPECS else _counted_api(RESULTS / f"{name}.xml")
    none_selected = 5
    if code not in (0, none_selected) and not counts.failed:
        print(f"error: the {name} tests ended with code {code}", file=sys.stderr)
        counts.failed += 1
    return counts


def _counted_api(file: Path) -> Counts:
    if not file.exists():
        return Counts()
    counts = Counts()
    for case in ElementTree.parse(file).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it a moment ago
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif skipped is not None:
            counts.skipped.append(f"{case.get('name')} ({skipped.get('message')})")
        else:
            counts.passed += 1
    return counts


def _counted_browser(specs: str) -> Counts:
    file = RESULTS / f"{specs}.json"
    if not file.exists():
        return Counts()
    counts = Counts()
    for spec in _found(json.loads(file.read_text())["suites"]):
        for test in spec["tests"]:
            if test["status"] == "skipped":
                why = next((note["description"] for note in test["annotations"] if note["type"] == "skip"), "")
                counts.skipped.append(f"{spec['title']} ({why})")
            elif test["status"] == "expected":
                counts.passed += 1
            else:
                counts.failed += 1
    return counts


def _found(suites: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for suite in suites:
        yield from suite.get("specs", [])
        yield from _found(suite.get("suites", []))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
