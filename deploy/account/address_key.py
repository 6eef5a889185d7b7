"""The secret by which addresses are counted (`chalicelib/spending/addresses.py`): made once, and known to nobody."""

from __future__ import annotations

import secrets

from botocore.exceptions import ClientError

from deploy.environment import Stage

_BYTES = 32


def ensure(stage: Stage) -> bool:
    """Have the secret in its parameter; True when it was made. It is never read here, nor made anew."""
    try:
        stage.client("ssm").put_parameter(
            Name=stage.address_key_parameter, Value=secrets.token_urlsafe(_BYTES), Type="SecureString", Overwrite=False
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterAlreadyExists":
            raise
        return False
    return True
