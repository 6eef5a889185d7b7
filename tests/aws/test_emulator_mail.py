"""What Cognito would mail, on a real MiniStack: a developer finds it in a file, and the one-time password works."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from deploy import commands
from deploy.environment import ROOT
from deploy.environment import Stage as Deployed
from deploy.local import aws as local_aws
from deploy.local.aws import LocalAws
from deploy.people import access
from tests.aws.emulator_probe import PASSWORD, Probe

EMAIL = "grace@example.com"


def _mails(local: LocalAws) -> list[dict[str, Any]]:
    file = local.state_dir / "logs" / "mail.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return [json.loads(line) for line in file.read_text().splitlines()]


def _invitation(mail: dict[str, Any]) -> str:
    assert mail["to"] == EMAIL
    found = re.search(r"password is (\S+)\.$", mail["text"])
    assert found
    return found[1]


def test_an_invitation_is_taken_up_by_what_the_file_says(probe: Probe, local: LocalAws) -> None:
    cognito, pool = probe.aws("cognito-idp"), probe.pool["Id"]
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=EMAIL,
            UserAttributes=[{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
        once = _invitation(_mails(local)[-1])
        cognito.admin_create_user(
            UserPoolId=pool, Username=EMAIL, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )
        assert len([mail for mail in _mails(local) if mail["to"] == EMAIL]) == 2
        once = _invitation(_mails(local)[-1])
        asked = cognito.initiate_auth(
            ClientId=probe.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": EMAIL, "PASSWORD": once},
        )
        assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        done = cognito.respond_to_auth_challenge(
            ClientId=probe.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": EMAIL, "NEW_PASSWORD": PASSWORD},
        )
        assert done["AuthenticationResult"]["IdToken"]
    finally:
        cognito.admin_delete_user(UserPoolId=pool, Username=EMAIL)


@pytest.mark.parametrize("is_local", [True, False])
def test_the_command_names_the_file_where_nothing_is_mailed(
    is_local: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = "local" if is_local else "prod"
    stage = Deployed(name, "eu-west-1", "http://127.0.0.1:1" if is_local else None)
    monkeypatch.setenv("CHATAPP_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr(commands, "_local", lambda asked, progress: stage)
    monkeypatch.setattr(commands, "_on_aws", lambda asked: (stage, None))
    monkeypatch.setattr(access, "pool_id", lambda stage: "pool")
    monkeypatch.setattr(access, "make_owner", lambda stage, pool, email: True)
    assert commands.main(["owner", name, EMAIL]) == 0
    said = "".join(capsys.readouterr())
    assert (str(local_aws.mail_log(ROOT)) in said) is is_local
    assert ("invited by mail" in said) is not is_local
