"""The demo twin: an invented person (`demo_person.json`), published once by the demo user through the stage's own API.

Whoever tries the local stage sees a page and its twin at once. It is made where there is no twin at the root yet, and
once in a stage: an owner who has deleted or changed it is not given it back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.environment import Addresses, DeploymentError, Stage
from deploy.people import srp
from deploy.people.accounts import Account
from deploy.people.api import Api

_PERSON = Path(__file__).with_name("demo_person.json")
_DRAFT = "/drafts/me"
_READY_S = 5.0
_WRITTEN_S = 20.0
_PAUSE_S = 0.2


def ensure(
    stage: Stage, addresses: Addresses, foundation: Mapping[str, str], account: Account, state_dir: Path
) -> bool:
    """Publish it, where that was not done before in this stage; tell whether it was now. Raises DeploymentError."""
    pool, marker = foundation["UserPoolId"], state_dir / f"demo-twin-{stage.name}"
    if marker.exists() and marker.read_text() == pool:
        return False
    cognito = stage.client("cognito-idp")
    token = srp.sign_in(cognito, pool, foundation["ClientId"], account.email, account.password)
    api = Api(addresses.script_api_url, token, time.monotonic() + _READY_S, _PAUSE_S)
    is_made = publish(api, json.loads(_PERSON.read_text()))
    marker.write_text(pool)
    return is_made


def publish(api: Api, person: Mapping[str, Any]) -> bool:
    """False, changing nothing, where somebody has a draft there already. A run that was broken off is gone on with."""
    draft = api.call("GET", _DRAFT).body
    name = draft.get("persona", {}).get("name", "")
    if draft.get("published_version") or name not in ("", person["persona"]["name"]):
        return False
    if "revision" not in draft:
        draft = api.expect(201, "PUT", _DRAFT, {})
    has = {(entry["section"], entry["title"]) for entry in draft["entries"]}
    api.expect(200, "PATCH", _DRAFT, {"revision": draft["revision"], "persona": person["persona"]})
    for entry in person["entries"]:
        if (entry["section"], entry["title"]) not in has:
            api.expect(201, "POST", f"{_DRAFT}/entries", entry)
    revision = api.expect(200, "GET", _DRAFT)["revision"]
    version = api.expect(201, "POST", f"{_DRAFT}/publications", {"revision": revision})["version"]
    _await_page(api, version)
    return True


def _await_page(api: Api, version: int) -> None:
    until = time.monotonic() + _WRITTEN_S
    while api.expect(200, "GET", _DRAFT)["page"]["rendered_version"] != version:
        if time.monotonic() > until:
            raise DeploymentError("the demo twin is published, but its page was not written: see the log of publish")
        time.sleep(_PAUSE_S)
