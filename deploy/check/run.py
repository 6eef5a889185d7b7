"""Every check in its order, and the command that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from deploy import results, steps
from deploy.account import bedrock, cloudformation
from deploy.check import (
    account,
    apis,
    functions,
    kept,
    machine,
    model,
    money,
    permissions,
    quotas,
    reach,
    stacks,
    storage,
    watch,
)
from deploy.check.findings import Finding, Findings, problem, refused
from deploy.check.target import Target, foundation
from deploy.edge import names
from deploy.environment import DeploymentError, Stage
from deploy.functions import chalice_app

Look = Callable[[Target], Findings]


@dataclass(frozen=True)
class Check:
    """before: whether it says anything of a stage that is not deployed yet."""

    title: str
    look: Look
    before: bool = False


CHECKS = (
    Check("shell's endpoints", machine.endpoints, before=True),
    Check("build tools", machine.tools, before=True),
    Check("account and region", account.place, before=True),
    Check("rights of whoever deploys", permissions.simulated, before=True),
    Check("Python of the functions", machine.python, before=True),
    Check("functions at once", quotas.concurrency, before=True),
    Check("CloudFront", quotas.distribution, before=True),
    Check("access to the models", model.access, before=True),
    Check("recorded addresses", account.outputs),
    Check("API", reach.api),
    Check("site", reach.pages),
    Check("stacks", stacks.state),
    Check("drift of the stacks", stacks.drift),
    Check("functions", functions.configuration),
    Check("functions' build", functions.builds),
    Check("settings that were set", functions.live),
    Check("functions' rights", functions.rights),
    Check("schedules", functions.schedules),
    Check("uploads", functions.uploads),
    Check("failure queues", functions.failures),
    Check("logs", functions.logs),
    Check("APIs' limits", apis.stages),
    Check("tables", storage.tables),
    Check("buckets", storage.buckets),
    Check("stage's own keys", storage.secrets),
    Check("mail", quotas.mail),
    Check("backups", kept.newest),
    Check("backups' lock", kept.lock),
    Check("spend on the models", money.spent),
    Check("AWS budget", money.of_account),
    Check("alarms", watch.alarms),
    Check("who is told", watch.told),
    Check("certificates", watch.certificates),
)


def looked(target: Target) -> Iterator[tuple[str, list[Finding]]]:
    """Each check's title and what it found; what nothing is found of is well."""
    for check in CHECKS:
        if check.before or target.is_deployed:
            yield check.title, _found(check, target)


def _found(check: Check, target: Target) -> list[Finding]:
    """What a check may not look at is a finding; what it cannot is not the others' end."""
    found: list[Finding] = []
    try:
        found.extend(check.look(target))
    except ClientError as error:
        found.append(
            refused(error) or problem(f"could not be looked at: {error}", "repeat, then see AWS's status page")
        )
    except DeploymentError as error:
        found.append(problem(str(error), target.redeploy))
    return found


def target_of(stage: Stage, deployment: steps.Deployment, environ: Mapping[str, str]) -> Target:
    """What there is of a stage. deployment: with its settings, nothing of it begun."""
    deployment.foundation = cloudformation.outputs(stage, foundation(stage))
    if deployment.foundation is not None:
        deployment.ids = chalice_app.ids(stage)
        deployment.edge.domain = names.current(stage)
        if deployment.settings.provider == "bedrock":
            deployment.access = _access(stage, deployment)
    return Target(stage, deployment, environ, results.read(stage.name))


def _access(stage: Stage, deployment: steps.Deployment) -> bedrock.Access:
    try:
        return bedrock.access(stage, deployment.settings.variables(), lambda _: None)
    except DeploymentError:  # the check of the models says it
        return deployment.access


def check(target: Target, say: Callable[[str], None] = print) -> int:
    """Print a line for each check, and what to do below it; 1 where there is a problem."""
    levels: list[str] = []
    for title, found in looked(target):
        levels += [each.level for each in found]
        say(f"{title + ' ':.<34} {_line(found)}")
    problems, warnings = levels.count("problem"), levels.count("warning")
    say(f"\n{problems or 'no'} problem{'s' * (problems != 1)}, {warnings or 'no'} warning{'s' * (warnings != 1)}")
    return 1 if problems else 0


def _line(found: list[Finding]) -> str:
    wrong = [each for each in found if each.level != "ok"]
    if not wrong:
        said = "; ".join(each.says for each in found)
        return f"ok ({said})" if said else "ok"
    return "\n  ".join(map(str, wrong))
