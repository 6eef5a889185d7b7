"""What a deployment makes known: its outputs, the site's config.json, and what a developer's shell needs."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.account import cloudformation
from deploy.edge import names
from deploy.environment import BUILD, Addresses, ApiIds, Stage
from deploy.functions import chalice_app


def site_config(
    stage: Stage, addresses: Addresses, foundation: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The site's config.json. known: what the settings and the functions say."""
    return {
        **known,
        "region": stage.region,
        "user_pool_id": foundation["UserPoolId"],
        "client_id": foundation["ClientId"],
        "site_url": addresses.site_url,
        "api_url": addresses.api_url,
        "socket_url": addresses.socket_url,
        "cognito_endpoint": addresses.cognito_endpoint,
        "stage": stage.name,
    }


def describe(stage: Stage, addresses: Addresses, foundation: Mapping[str, str]) -> dict[str, Any]:
    """What `outputs` prints."""
    return {
        "site_url": addresses.site_url,
        "api_url": addresses.api_url,
        "socket_url": addresses.socket_url,
        "region": stage.region,
        "user_pool_id": foundation["UserPoolId"],
        "client_id": foundation["ClientId"],
    }


def find(stage: Stage) -> dict[str, Any] | None:
    """The outputs as AWS knows them; None where nothing is deployed."""
    foundation = cloudformation.outputs(stage, f"{stage.prefix}-foundation")
    ids = chalice_app.ids(stage) if foundation else ApiIds()
    if foundation is None or ids.rest is None:
        return None
    domain = names.current(stage)
    return describe(stage, Addresses.of(stage, ids, foundation["DistributionDomain"], domain), foundation)


def file_of(name: str) -> Path:
    return BUILD / name / "outputs.json"


def write(stage: Stage, outputs: Mapping[str, Any]) -> None:
    file = file_of(stage.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)  # the demo user's password is in it
    file.write_text(json.dumps(outputs, indent=2) + "\n")


def write_development(stage: Stage, variables: Mapping[str, str], config: Mapping[str, Any]) -> None:
    """`development.env`, for a shell: with it `chalice local` runs chatapp/ itself against the local AWS.

    And the site's config.json, which its development server serves with the REST API of that.
    """
    exported = {
        name: value for name, value in os.environ.items() if name.startswith("AWS_") and name != "AWS_EXECUTION_ENV"
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted({**exported, **variables}.items())]
    (BUILD / stage.name / "development.env").write_text("\n".join(lines) + "\n")
    (BUILD / stage.name / "site.json").write_text(json.dumps(config, indent=2) + "\n")


def read(name: str) -> dict[str, Any] | None:
    file = file_of(name)
    return dict(json.loads(file.read_text())) if file.exists() else None
