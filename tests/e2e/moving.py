"""A stage is lost and comes back as another: destroyed, its newest backup restored into a new stage, and looked at.

The last phase of a run, since nothing is left of the stage after it. Whom to look for is written down by whoever had
the backup made (`test_backups.py`).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tests.e2e import local_stage
from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.people import random_password

FILE = ROOT / ".build" / "e2e" / "moved.json"
STAGE = "local-b"


def note(email: str, stays: Mapping[str, str], gone: Mapping[str, str]) -> None:
    """What has to be found in the new stage, and what must not: whose it is, a conversation's title, a file's name."""
    FILE.write_text(json.dumps({"email": email, "stays": stays, "gone": gone}))


def move(old: Deployment) -> tuple[Deployment, dict[str, Any]]:
    """Returns the new stage, and what was noted, with the owner's new password. Raises StartError."""
    noted: dict[str, Any] = json.loads(FILE.read_text())
    _command("destroy", old.stage, "--yes")
    _command(STAGE)
    _command("restore", old.stage, "--into", STAGE, "--yes")
    outputs = json.loads((local_stage.BUILD / STAGE / "outputs.json").read_text())
    known = {field.name for field in fields(Deployment)}
    new = Deployment(
        stage=STAGE,
        model_url=old.model_url,
        state_dir=old.state_dir,
        build_dir=str(local_stage.BUILD / STAGE),
        **{name: value for name, value in outputs.items() if name in known},
    )
    noted["password"] = random_password()
    # The mail that Cognito sent has another, for once.
    new.client("cognito-idp").admin_set_user_password(
        UserPoolId=new.user_pool_id, Username=noted["email"], Password=noted["password"], Permanent=True
    )
    return new, noted


def _command(*words: str) -> None:
    command = [str(ROOT / "deploy.sh"), *words]
    if subprocess.run(command, env=local_stage.environment(), cwd=ROOT, check=False).returncode:
        raise local_stage.StartError(f"./deploy.sh {' '.join(words)} failed; see above")
