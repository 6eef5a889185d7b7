"""A release with a bug that only the smoke test sees: the workflow's own steps put the version of before back.

Meanwhile people go on: a socket stays open, an answer streams to its end, and no request fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import versions
from deploy.environment import Stage
from deploy.people import smoke
from tests.e2e import local_stage
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model, long_text
from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.people import Person, text_of, text_of_frames

pytestmark = [pytest.mark.local_only, pytest.mark.scripted, pytest.mark.exclusive]

_BROKEN = Path("chatapp/chalicelib/api/files.py")
_SOUND_LINE = "    if body.size is not None and body.content is not None:\n"
_BUG = f'    if body.name == "{smoke.FILE_NAME}":\n        raise RuntimeError\n'
# It outlasts a release and the way back: what is said last is asked for afterwards.
_WORDS, _WORDS_PAUSE_S = 200, 0.3


def _steps() -> tuple[dict[str, Any], dict[str, Any]]:
    """The deployment, and what follows where it fails, as `.github/workflows/deploy.yml` has them."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())
    deploy, back = (step for step in workflow["jobs"]["deploy"]["steps"] if "run" in step)
    return deploy, back


def _checkout(folder: Path) -> None:
    """The sources, as a runner has them; with this one's packages, and what it has built of the same sources."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(ROOT / "site" / "dist", folder / "site" / "dist")
    shutil.copytree(local_stage.BUILD / "local", folder / ".build" / "local")
    shutil.copy2(ROOT / ".build" / "site.sha256", folder / ".build")


def _run(step: dict[str, Any], checkout: Path, deployment: Deployment) -> subprocess.CompletedProcess[str]:
    """As the runner's shell does."""
    given = {
        **{name: value for name, value in local_stage.environment().items() if not name.startswith("AWS_")},
        "CHATAPP_LOCAL_DIR": str(deployment.state_dir),
        "CHATAPP_LOCAL_PORT": "",
        "CHATAPP_BUILD_DIR": str(checkout / ".build"),
        "STAGE": deployment.stage,
    }
    command = ["bash", "-e", "-c", step["run"]]
    return subprocess.run(command, cwd=checkout, env=given, capture_output=True, text=True, check=False)


@contextmanager
def _using(person: Person) -> Iterator[list[str]]:
    """Somebody who looks at the site all the time; what did not answer as it should is in the list."""
    wrong: list[str] = []
    is_over = threading.Event()

    def use() -> None:
        while not is_over.wait(0.2):
            for path in ("/health", "/conversations", "/files"):
                reply = person.get(path)
                if reply.status != 200:
                    wrong.append(f"{path}: {reply.status} {reply.body}")

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield wrong
    finally:
        is_over.set()
        thread.join()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A release: this checkout with a bug. Its files cannot be uploaded where they have the smoke test's name."""
    _checkout(tmp_path)
    sound = (tmp_path / _BROKEN).read_text()
    assert _SOUND_LINE in sound
    (tmp_path / _BROKEN).write_text(sound.replace(_SOUND_LINE, _BUG + _SOUND_LINE, 1))
    return tmp_path


@pytest.fixture
def people(ada: Person, owner: Person) -> tuple[Person, Person]:
    for person in (ada, owner):
        person.sign_in()
    return ada, owner


def test_a_release_that_the_smoke_test_refuses_is_put_back_and_nobody_notices(
    deployment: Deployment, people: tuple[Person, Person], model: Model, word: str, checkout: Path
) -> None:
    ada, owner = people
    stage = Stage(deployment.stage, deployment.region, os.environ["AWS_ENDPOINT_URL"])
    (before, *_) = versions.listed(stage)
    assert before.proven
    deploy, back = _steps()
    said = long_text(_WORDS)
    model.script(word, text=said, chunk_chars=len(said) // _WORDS, delay_chunk_s=_WORDS_PAUSE_S)

    with opened(deployment, ticket(ada)) as socket, _using(ada) as wrong:
        answer = ada.begin(ada.new_conversation(), f"{word} a question")
        released = _run(deploy, checkout, deployment)
        assert released.returncode != 0
        assert "file, uploaded" in released.stderr + released.stdout
        (refused, *_) = versions.listed(stage)
        assert refused.id != before.id
        assert not refused.proven

        returned = _run(back, checkout, deployment)
        assert returned.returncode == 0, returned.stdout + returned.stderr
        (now, *others) = versions.listed(stage)
        assert (now.id, now.proven) == (before.id, True)
        assert refused in others
        assert owner.get("/status").body["version"] == before.package

        frames = socket.frames_until_end(answer["message_id"], timeout_s=120)
    assert text_of_frames(frames) == said
    assert text_of(ada.settled(answer)) == said
    assert [frame["sequence"] for frame in frames] == list(range(1, len(frames) + 1))
    assert wrong == []
