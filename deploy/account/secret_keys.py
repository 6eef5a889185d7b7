"""The stage's own secrets: made once, and known to nobody.

By one addresses are counted (`chalicelib/spending/addresses.py`), by the other visitors' tokens are signed
(`chalicelib/twin/tokens.py`).
"""

from __future__ import annotations

import secrets

from botocore.exceptions import ClientError

from deploy.environment import Stage

_BYTES = 32


def ensure(stage: Stage) -> bool:
    """Have each secret in its parameter; True when one was made. They are never read here, nor made anew."""
    made = [_ensure(stage, name) for name in (stage.address_key_parameter, stage.visit_key_parameter)]
    return any(made)


def _ensure(stage: Stage, name: str) -> bool:
    try:
        stage.client("ssm").put_parameter(
            Name=name, Value=secrets.token_urlsafe(_BYTES), Type="SecureString", Overwrite=False
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterAlreadyExists":
            raise
        return False
    return True
