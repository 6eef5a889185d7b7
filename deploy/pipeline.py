"""`pipeline STAGE --repository OWNER/NAME`: the role that a repository's workflow deploys a stage with."""

from __future__ import annotations

import re

from deploy.account import cloudformation
from deploy.environment import DeploymentError, Stage
from deploy.progress import Progress

_ISSUER = "token.actions.githubusercontent.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")


def lay(stage: Stage, repository: str | None, progress: Progress) -> str:
    """Have the role; returns what is to be set in the repository. Raises DeploymentError."""
    if repository is None or not _REPOSITORY.fullmatch(repository):
        raise DeploymentError(f"whose workflow is it? ./deploy.sh pipeline {stage.name} --repository OWNER/NAME")
    environment = environment_of(stage)
    name, body = f"{stage.prefix}-pipeline", cloudformation.template(stage, "pipeline.yaml")
    with progress.step("pipeline's role") as step:
        parameters = {
            "Stage": stage.name,
            "Repository": repository,
            "Environment": environment,
            "ProviderArn": provider(stage, name),
        }
        stack = cloudformation.deploy(stage, name, body, parameters, step.say)
        step.changed(stack.changed)
    return told(stage, repository, stack.outputs["RoleArn"])


def environment_of(stage: Stage) -> str:
    """The workflow's: a tag deploys from `prod`, main from `main`."""
    return "prod" if stage.name == "prod" else "main"


def provider(stage: Stage, stack: str) -> str:
    """GitHub's provider where the account has one that this stack did not make; "" where the stack has to."""
    if cloudformation.exists(stage, stack):
        found = stage.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        kept = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
        return str(kept.get("ProviderArn", ""))
    listed = stage.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return next((str(each["Arn"]) for each in listed if str(each["Arn"]).endswith(f"/{_ISSUER}")), "")


def told(stage: Stage, repository: str, role_arn: str) -> str:
    environment = environment_of(stage)
    return "\n".join(
        [
            f"Of the environment `{environment}` of {repository} (Settings, Environments), set these variables:",
            f"  STAGE={stage.name}",
            f"  AWS_REGION={stage.region}",
            f"  AWS_ROLE={role_arn}",
            "and who may deploy from where: `prod` tags v* with a reviewer, `main` the branch main alone.",
        ]
    )
