"""What the end-to-end tests run against: one deployed stage, as `run.py` describes it in a file.

The file holds addresses and, for the browser's tests, throw-away users. It is private and deleted at the end.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from deploy.functions import app_modules

ROOT = Path(__file__).resolve().parents[2]
CONTEXT_VARIABLE = "CHATAPP_E2E_CONTEXT"
FUNCTIONS = tuple(app_modules.functions())


@dataclass(frozen=True)
class Deployment:
    """One deployed stage.

    model_url: the demo model's, None where the stage asks a real model.
    state_dir, build_dir: of the local AWS that was started for this run; None where the stage is somebody's.
    development_url, development_api_url: the site on Vite's server and `chalice local` behind it; None: not running.
    """

    stage: str
    region: str
    site_url: str
    api_url: str
    socket_url: str
    user_pool_id: str
    client_id: str
    model_url: str | None = None
    state_dir: str | None = None
    build_dir: str | None = None
    development_url: str | None = None
    development_api_url: str | None = None

    @property
    def prefix(self) -> str:
        return f"chatapp-{self.stage}"

    @property
    def is_own(self) -> bool:
        """Whether the tests may break it: it was made for this run alone."""
        return self.state_dir is not None

    def table(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def function(self, name: str) -> str:
        """The deployed name; Chalice names the function of all routes after the app and the stage alone."""
        return self.prefix if name == "api_handler" else f"{self.prefix}-{name}"

    @property
    def files_bucket(self) -> str:
        account = self.client("sts").get_caller_identity()["Account"]
        return f"{self.prefix}-files-{account}-{self.region}"

    def client(self, service: str) -> Any:
        return _client(service, self.region)


@cache
def _client(service: str, region: str) -> Any:
    return boto3.client(service, region_name=region)


def write(deployment: Deployment, file: Path, **more: Any) -> None:
    """Write the description for pytest and Playwright. more: what only the latter needs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps({**asdict(deployment), **more}, indent=1))


def read() -> Deployment | None:
    """The description that the environment names, None where the tests were not started by `run.py`."""
    named = os.environ.get(CONTEXT_VARIABLE)
    if not named:
        return None
    known = set(Deployment.__dataclass_fields__)
    return Deployment(**{name: value for name, value in json.loads(Path(named).read_text()).items() if name in known})
