"""Credentials of whoever deploys: a profile of `aws login` works, and what does not work says what to do.

botocore looks for them as on a person's machine, in files of the test's own; AWS is a stand-in that answers one thing.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy import commands, results
from deploy.account import credentials
from deploy.environment import ROOT, Stage

SESSION = "arn:aws:iam::123456789012:user/ada"
CONFIG = f"""
[profile login]
login_session = {SESSION}
region = eu-west-1

[profile sso]
sso_session = company
sso_account_id = 123456789012
sso_role_name = Admin

[profile empty]
region = eu-west-1

[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = eu-west-1
"""


@dataclass
class Aws:
    """A server in place of AWS's: answers every request the same, and keeps them."""

    status: int = 200
    body: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def aws() -> Iterator[Aws]:
    answering = Aws()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answering.asked.append((self.path, dict(self.headers), body))
            self.send_response(answering.status)
            self.send_header("Content-Length", str(len(answering.body)))
            if answering.status >= 400:
                self.send_header("x-amzn-errortype", "AccessDeniedException")
            self.end_headers()
            self.wfile.write(answering.body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answering.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield answering
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's home with AWS's files, and nothing exported."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_LOGIN_CACHE_DIRECTORY", str(tmp_path / "login"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def _log_in(home: Path, ends_in_s: int) -> ECKey:
    """Leave what `aws login` leaves: a token with its key, in a file named by the session's hash. Returns the key."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    ends = datetime.now(UTC) + timedelta(seconds=ends_in_s)
    token = {
        "accessToken": {
            "accessKeyId": "ASIAFIRST",
            "secretAccessKey": "first",
            "sessionToken": "token",
            "accountId": "123456789012",
            "expiresAt": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "tokenType": "aws_sigv4",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "refresh",
        "dpopKey": pem,
    }
    (home / "login").mkdir()
    (home / "login" / f"{hashlib.sha256(SESSION.encode()).hexdigest()}.json").write_text(json.dumps(token))
    return ECKey.import_key(pem)


def _found() -> Any:
    """The credentials with which a deployment would sign."""
    found = Stage("prod", "eu-west-1").session.get_credentials()
    assert found is not None
    return found.get_frozen_credentials()


# --- aws login --------------------------------------------------------------------------------------------------------


def test_a_profile_of_aws_login_gives_credentials(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "login")
    _log_in(home, ends_in_s=900)
    assert _found() == ("ASIAFIRST", "first", "token", "123456789012")


def test_its_credentials_are_renewed_while_a_deployment_runs(
    home: Path, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They live for 15 minutes; a first deployment may take longer."""
    monkeypatch.setenv("AWS_PROFILE", "login")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", aws.url)
    key = _log_in(home, ends_in_s=-1)
    access = {"accessKeyId": "ASIASECOND", "secretAccessKey": "second", "sessionToken": "token2"}
    renewed = {"accessToken": access, "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "refresh2"}
    aws.body = json.dumps(renewed)
    assert _found() == ("ASIASECOND", "second", "token2", "123456789012")
    ((path, headers, body),) = aws.asked
    assert path == "/v1/token"
    assert json.loads(body)["refreshToken"] == "refresh"
    proof = jwt.decode(headers["DPoP"], key, algorithms=["ES256"])
    assert proof.header["typ"] == "dpop+jwt"
    assert (proof.claims["htm"], proof.claims["htu"]) == ("POST", f"{aws.url}/v1/token")
    assert _found().access_key == "ASIASECOND", "it was kept for the next command"
    assert len(aws.asked) == 1


def test_without_awscrt_such_a_profile_would_give_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "login")
    _log_in(home, ends_in_s=900)
    program = (
        "import sys; sys.modules['awscrt'] = None;"
        " from deploy import commands; sys.exit(commands.main(['outputs', 'prod']))"
    )
    environment = {**os.environ, "CHATAPP_BUILD_DIR": str(home)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("error: this profile needs awscrt")
    assert run.stderr.count("\n") == 1


def test_awscrt_is_the_deployments_and_not_the_functions() -> None:
    assert "\nawscrt==" in (ROOT / "tests" / "requirements.txt").read_text()
    assert "awscrt" not in (ROOT / "chatapp" / "requirements.txt").read_text()


# --- What does not work -----------------------------------------------------------------------------------------------


def _advice() -> str:
    with pytest.raises((ClientError, BotoCoreError)) as raised:
        Stage("prod", "eu-west-1").client("sts").get_caller_identity()
    line = credentials.advice(raised.value)
    assert line is not None
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("exported", "said"),
    [
        ({}, "no AWS credentials: `aws login`"),
        ({"AWS_PROFILE": "empty"}, "no AWS credentials in the profile empty: `aws login --profile empty`"),
        ({"AWS_PROFILE": "nobody"}, "(nobody) could not be found: export AWS_PROFILE"),
        ({"AWS_ACCESS_KEY_ID": "AKIA"}, "missing: AWS_SECRET_ACCESS_KEY: set it"),
        ({"AWS_PROFILE": "sso"}, "`aws sso login --profile sso`"),
        ({"AWS_PROFILE": "login"}, "`aws login --profile login`"),
    ],
)
def test_credentials_that_are_not_there_say_how_to_get_some(
    home: Path, monkeypatch: pytest.MonkeyPatch, exported: dict[str, str], said: str
) -> None:
    for name, value in exported.items():
        monkeypatch.setenv(name, value)
    assert said in _advice()


def test_a_configuration_that_cannot_be_read_is_named(home: Path) -> None:
    (home / "config").write_text("[profile\nx")
    assert f"{home / 'config'}: correct it" in _advice()


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ("TOKEN_EXPIRED", "has ended or is not there: `aws login --profile login`"),
        ("USER_CREDENTIALS_CHANGED", "has ended or is not there: `aws login --profile login`"),
        ("INSUFFICIENT_PERMISSIONS", "'signin:CreateOAuth2Token'"),
    ],
)
def test_a_login_that_is_not_renewed_says_why(
    home: Path, aws: Aws, monkeypatch: pytest.MonkeyPatch, refusal: str, said: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "login")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", aws.url)
    _log_in(home, ends_in_s=-1)
    aws.status, aws.body = 400, json.dumps({"error": refusal, "message": "no"})
    assert said in _advice()


def _refuse(aws: Aws, monkeypatch: pytest.MonkeyPatch, code: str, message: str = "") -> None:
    """Let STS answer with an error."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
    aws.status = 403
    aws.body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", "the AWS session has ended: "),
        ("InvalidClientTokenId", "AWS does not know these credentials (InvalidClientTokenId): "),
    ],
)
def test_credentials_that_aws_does_not_take_say_how_to_renew_them(
    home: Path, aws: Aws, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    _refuse(aws, monkeypatch, code)
    _log_in(home, ends_in_s=900)
    monkeypatch.setenv("AWS_PROFILE", "login")
    assert f"{said}`aws login --profile login`, then repeat" in _advice()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert f"{said}export new keys" in _advice()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SignatureDoesNotMatch", "Signature expired: 20261128T100000Z is now earlier"),
        ("RequestTimeTooSkewed", ""),
    ],
)
def test_a_clock_that_is_off_is_named(
    home: Path, aws: Aws, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    _refuse(aws, monkeypatch, code, message)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert "set its clock" in _advice()


def test_other_errors_are_not_about_credentials() -> None:
    assert credentials.advice(ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListStacks")) is None
    assert credentials.advice(ValueError()) is None


def test_a_command_ends_in_that_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "BUILD", home)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-west-1")  # which the command sets for Chalice
    assert commands.main(["outputs", "prod"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "`aws configure list-profiles`" in said
    assert said.count("\n") == 1
