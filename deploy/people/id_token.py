"""An ID token for scripts, as `Authorization` of the REST API; it is good for an hour.

.venv/bin/python -m deploy.people.id_token STAGE EMAIL        (asks for the password, or reads it from a pipe)
"""

from __future__ import annotations

import getpass
import sys
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from deploy import results
from deploy.environment import is_local
from deploy.people import srp


def id_token(name: str, email: str, password: str) -> str:
    """Sign in to a stage that was deployed from here. Raises SystemExit: one line says why."""
    outputs = results.read(name)
    if outputs is None:
        raise SystemExit(f"{name} was not deployed from here: no {results.file_of(name)}")
    endpoint = f"http://127.0.0.1:{urlsplit(outputs['api_url']).port}" if is_local(name) else None
    cognito = boto3.client(
        "cognito-idp",
        region_name=outputs["region"],
        endpoint_url=endpoint,
        config=Config(signature_version=UNSIGNED),
    )
    try:
        return srp.sign_in(cognito, outputs["user_pool_id"], outputs["client_id"], email, password)
    except ClientError as error:
        raise SystemExit(f"error: Cognito refuses the sign-in: {error.response['Error']['Message']}") from error


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(f"usage: {__doc__}")
    given = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    print(id_token(sys.argv[1], sys.argv[2], given))
