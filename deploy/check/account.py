"""Who deploys, in which account and region, against what the stage's last deployment from here has recorded."""

from __future__ import annotations

from urllib.parse import urlsplit

from deploy.check.findings import Findings, note, problem
from deploy.check.target import Target


def place(target: Target) -> Findings:
    """Asks nothing of AWS but who it takes this for. A credential that is not taken ends the whole check."""
    stage = target.stage
    recorded = (target.recorded or {}).get("region")
    if recorded and recorded != stage.region:
        yield problem(
            f"{stage.name} was deployed from here to {recorded} last, and this looks at {stage.region}",
            f"--region {recorded}, or leave the option out",
        )
    pool = target.deployment.foundation and target.deployment.foundation["UserPoolArn"]
    if pool and pool.split(":")[3:5] != [stage.region, stage.account_id]:
        yield problem(
            f"the stage's people are in {pool}, and these credentials are of account {stage.account_id}",
            "export AWS_PROFILE as the one of the stage's account",
        )
    yield note(f"account {stage.account_id}, {stage.region}" + ("" if target.is_deployed else ", not deployed yet"))


def outputs(target: Target) -> Findings:
    """The addresses that were recorded against those that the APIs have."""
    if not target.recorded or not target.is_deployed:
        return
    addresses = target.deployment.addresses
    for name, current in (("api_url", addresses.api_url), ("site_url", addresses.site_url)):
        if target.recorded.get(name) != current:
            yield problem(
                f"{name} was recorded as {_host(target.recorded.get(name))}, and is {_host(current)}",
                target.redeploy,
            )


def _host(url: object) -> str:
    return urlsplit(str(url)).netloc or "nothing"
