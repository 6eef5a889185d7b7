"""For whoever develops or scripts: `chalice local` against the local AWS, and a token for the REST API."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e import web
from tests.e2e.demo import Model, long_text
from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.people import Person, text_of, text_of_frames

pytestmark = [pytest.mark.local_only, pytest.mark.scripted]


@pytest.fixture
def at_home(deployment: Deployment, ada: Person) -> Person:
    """The same person, calling `chalice local`."""
    assert deployment.development_api_url
    return replace(ada, deployment=replace(deployment, api_url=deployment.development_api_url))


def test_the_api_is_served_by_chalice_local(deployment: Deployment, at_home: Person) -> None:
    health = web.call("GET", f"{deployment.development_api_url}/health")
    assert (health.status, health.body["stage"]) == (200, "local")
    assert web.call("GET", f"{deployment.development_api_url}/models").status == 401
    assert at_home.get("/models").status == 200


def test_its_answers_are_made_by_the_deployed_function(ada: Person, at_home: Person, model: Model, word: str) -> None:
    model.script(word, text=long_text(60), delay_chunk_s=0.02)
    answer = at_home.begin(at_home.new_conversation(title="At home"), f"{word} a question")
    at_home.begun(answer)
    assert text_of(at_home.settled(answer)) == long_text(60)
    assert text_of_frames(at_home.frames(answer)) == long_text(60)
    assert ada.get(f"/conversations/{answer['conversation_id']}").body["title"] == "At home"


def test_a_script_signs_in(deployment: Deployment, ada: Person) -> None:
    assert deployment.build_dir
    done = subprocess.run(
        [sys.executable, "-m", "deploy.people.id_token", "local", ada.email],
        input=f"{ada.password}\n",
        env={**os.environ, "CHATAPP_BUILD_DIR": str(Path(deployment.build_dir).parent)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    token = done.stdout.strip()
    assert web.call("GET", f"{deployment.api_url}/models", headers={"Authorization": token}).status == 200
