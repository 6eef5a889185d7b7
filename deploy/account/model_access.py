"""How a stage reaches Claude's own API: its address, and the key in its SSM parameter (Bedrock: `bedrock.py`)."""

from __future__ import annotations

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Stage, exported


def base_url(demo_model_url: str | None, is_local: bool) -> str | None:
    """The Messages-API server to ask in place of Anthropic's.

    A plain-HTTP address that somebody exported for their laptop is not one that Lambda should call.
    """
    named = exported("ANTHROPIC_BASE_URL")
    if is_local:
        return demo_model_url or named
    return named if named and named.startswith("https://") else None


def ensure_key(stage: Stage) -> bool:
    """Have the model's key in its parameter; True when it was written. Raises DeploymentError without any key."""
    key = exported("ANTHROPIC_API_KEY") or ("demo" if stage.is_local else None)
    current = _current_key(stage)
    if key is None and current is None:
        raise DeploymentError(
            f"no key for Claude: export ANTHROPIC_API_KEY and deploy again (it is kept in {stage.key_parameter}), or "
            'set model_provider = "bedrock" in deploy/settings.toml'
        )
    if key is None or key == current:
        return False
    stage.client("ssm").put_parameter(Name=stage.key_parameter, Value=key, Type="SecureString", Overwrite=True)
    return True


def _current_key(stage: Stage) -> str | None:
    try:
        reply = stage.client("ssm").get_parameter(Name=stage.key_parameter, WithDecryption=True)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return str(reply["Parameter"]["Value"])


def delete_keys(stage: Stage) -> None:
    """The model's, and those that the stage has made for itself."""
    client = stage.client("ssm")
    names = [stage.key_parameter, stage.address_key_parameter, stage.visit_key_parameter, stage.live_parameter]
    client.delete_parameters(Names=names)
