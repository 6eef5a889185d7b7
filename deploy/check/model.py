"""Whether Claude may be asked: the key is there and taken, or Bedrock's model, agreement and region are right."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence

from botocore.exceptions import ClientError

from deploy.account import bedrock
from deploy.check.findings import Findings, note, problem, warning
from deploy.check.target import Target
from deploy.environment import DeploymentError, exported
from deploy.functions import app_modules

_ANTHROPIC = "https://api.anthropic.com"
_TIMEOUT_S = 10.0


def access(target: Target) -> Findings:
    """Costs nothing: the models are listed, and none is asked. https://platform.claude.com/docs/en/api/models/list"""
    variables = target.settings.variables()
    if target.settings.provider == "bedrock":
        yield from _bedrock(target)
        return
    key = _key(target)
    if key is None:
        yield problem(
            f"there is no key for Claude in {target.stage.key_parameter}",
            f'export ANTHROPIC_API_KEY, then ./deploy.sh {target.stage.name}; or set model_provider = "bedrock"',
        )
        return
    offered = [offer.id for offer in app_modules.settings(variables).models]
    yield from asked(target.stage.model_base_url or _ANTHROPIC, key, offered)


def _bedrock(target: Target) -> Findings:
    said: list[str] = []
    try:
        bedrock.access(target.stage, target.settings.variables(), said.append)
    except DeploymentError as error:
        yield problem("Bedrock would not answer for the models on offer", str(error))
    else:
        yield note("; ".join(said))


def _key(target: Target) -> str | None:
    try:
        reply = target.stage.client("ssm").get_parameter(Name=target.stage.key_parameter, WithDecryption=True)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        # What the first deployment would store.
        return exported("ANTHROPIC_API_KEY") or ("demo" if target.stage.is_local and not target.is_deployed else None)
    return str(reply["Parameter"]["Value"])


def asked(base_url: str, key: str, offered: Sequence[str]) -> Findings:
    """List the models with a key."""
    if not base_url.startswith(("https://", "http://")):
        yield problem(f"the model's address is none: {base_url}", "correct ANTHROPIC_BASE_URL")
        return
    headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
    request = urllib.request.Request(f"{base_url}/v1/models?limit=1000", headers=headers)  # noqa: S310 (looked at above)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as reply:  # noqa: S310
            listed = [str(each["id"]) for each in json.load(reply)["data"]]
    except urllib.error.HTTPError as error:
        yield from _answer(error.code)
    except (OSError, ValueError, KeyError) as error:
        yield warning(f"{base_url} cannot be asked from here ({type(error).__name__})", "look again, or from elsewhere")
    else:
        # An alias stands for the dated version of a model.
        missing = [model for model in offered if not any(each.startswith(model) for each in listed)]
        if missing:
            yield problem(
                f"this key may not ask {', '.join(missing)}", "offer other models in deploy/settings.toml, or have them"
            )


def _answer(status: int) -> Findings:
    if status in {401, 403}:
        yield problem(
            f"Claude's API does not take the stage's key ({status})",
            "make one at platform.claude.com, export it as ANTHROPIC_API_KEY, and deploy: docs/operations.md, Keys",
        )
    else:
        yield warning(f"Claude's API answers {status} at the moment", "look at status.claude.com, then repeat")
