"""The functions and their APIs: renders `.build/STAGE/.chalice`, then has Chalice deploy from there.

Chalice's record of what it deployed lives in the artifacts bucket; the copy beside the package is only what Chalice
reads and writes during one deployment.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy import deployer, executor, models, planner, sweeper
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.swagger import TemplatedSwaggerGenerator
from chalice.policy import AppPolicyGenerator
from chalice.utils import UI, OSUtils

from deploy.environment import ApiIds, DeploymentError, Settings, Stage
from deploy.functions import app_modules, layers, package, policies
from deploy.functions.chalice_client import Client, GatewayResponses

if TYPE_CHECKING:
    from chalicelib.functions import Function

RECORD_KEY = "chalice/deployed.json"
_LONGEST_RUN_S = 900.0  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
Say = Callable[[str], None]


@dataclass(frozen=True)
class Deployed:
    ids: ApiIds
    changes: tuple[str, ...]


def render(
    stage: Stage,
    place: policies.Place,
    functions: Mapping[str, Function],
    variables: Mapping[str, str],
    settings: Settings,
    *,
    layer: str = "",
) -> None:
    """Write `.build/STAGE/.chalice`: config.json with all functions and the stage's variables, and their policies.

    layer: the ARN of the version that holds the dependencies.
    """
    config = json.loads((package.APP_FOLDER / ".chalice" / "config.json").read_text())
    folder = stage.build / ".chalice"
    folder.mkdir(parents=True, exist_ok=True)
    policies.write({name: function.allowed for name, function in functions.items()}, place, folder)
    config["lambda_functions"] = {name: _configured(name, each, settings) for name, each in functions.items()}
    config["stages"] = {stage.name: {"environment_variables": dict(variables), "layers": [layer] if layer else []}}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def _configured(name: str, function: Function, settings: Settings) -> dict[str, Any]:
    configured: dict[str, Any] = {
        "lambda_memory_size": function.memory_mb,
        "lambda_timeout": function.timeout_s,
        "iam_policy_file": f"policy-{name}.json",
    }
    if function.concurrency and (reserved := getattr(settings, function.concurrency)):
        configured["reserved_concurrency"] = reserved
    return configured


def deploy(stage: Stage, built: package.Package, gateway_responses: GatewayResponses, say: Say) -> Deployed:
    """Deploy from `.build/STAGE/`, and store the record. Safe to repeat wherever an earlier run ended."""
    record = load_record(stage)
    in_use = set_aside_other_roles(stage, record, time.time())
    _write_record(stage, record)
    factory = CLIFactory(str(stage.build), environ=os.environ)
    config = factory.create_config_obj(chalice_stage_name=stage.name)
    client = Client(factory.create_botocore_session(), gateway_responses)
    ui = _Progress(say)
    try:
        done = _deployer(stage, config, client, ui, built).deploy(config, stage.name)
    except deployer.ChaliceDeploymentError as error:
        raise DeploymentError(" ".join(str(error).split())) from error
    ids = _ids(done)
    if ids.socket:
        client.finish_sockets(ids.socket)
    _store_record(stage, in_use)
    return Deployed(ids, tuple(client.changes))


def delete(stage: Stage, say: Say) -> list[str]:
    """Delete functions, roles and APIs, by the record and by name; returns what was deleted."""
    record = load_record(stage)
    record["resources"] += set_aside_other_roles(stage, record, time.time())
    add_by_name(stage, record)
    _write_record(stage, record)
    config = Config(chalice_stage=stage.name, user_provided_params={"project_dir": str(stage.build)})
    factory = CLIFactory(str(stage.build), environ=os.environ)
    client = Client(factory.create_botocore_session(), {})
    plan = models.Plan(instructions=[], messages={})
    sweeper.ResourceSweeper().execute(plan, config)
    executor.Executor(client, _Progress(say)).execute(plan)
    client.changes += [layers.name(stage)] * bool(layers.remove_all(stage))
    _record_file(stage).unlink(missing_ok=True)
    with suppress(stage.client("s3").exceptions.NoSuchBucket):
        stage.client("s3").delete_object(Bucket=stage.artifacts_bucket, Key=RECORD_KEY)
    return client.changes


def ids(stage: Stage) -> ApiIds:
    """The APIs of the last deployment, as far as there was one."""
    return _ids(load_record(stage))


def load_record(stage: Stage) -> dict[str, Any]:
    """Chalice's record from the artifacts bucket, completed with APIs that a broken-off deployment left."""
    client = stage.client("s3")
    try:
        reply = client.get_object(Bucket=stage.artifacts_bucket, Key=RECORD_KEY)
        record: dict[str, Any] = json.loads(reply["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NoSuchKey", "NoSuchBucket"}:
            raise
        record = {"resources": [], "schema_version": "2.0", "backend": "api"}
    _add_apis(stage, record)
    return record


def _ids(record: Mapping[str, Any]) -> ApiIds:
    by_name = {resource["name"]: resource for resource in record["resources"]}
    return ApiIds(
        rest=by_name.get("rest_api", {}).get("rest_api_id"),
        socket=by_name.get("websocket_api", {}).get("websocket_api_id"),
    )


def _add_apis(stage: Stage, record: dict[str, Any]) -> None:
    """Without its record Chalice would make a second API: it knows functions and roles by name, APIs by id only."""
    known = _ids(record)
    if known.rest is None:
        pages = stage.client("apigateway").get_paginator("get_rest_apis").paginate()
        for api in (item for page in pages for item in page["items"]):
            if api["name"] == stage.prefix:
                _add(record, "rest_api", "rest_api", rest_api_id=api["id"])
    if known.socket is None:
        pages = stage.client("apigatewayv2").get_paginator("get_apis").paginate()
        for api in (item for page in pages for item in page["Items"]):
            if api["Name"] == f"{stage.prefix}-websocket-api":
                _add(record, "websocket_api", "websocket_api", websocket_api_id=api["ApiId"])


def add_by_name(stage: Stage, record: dict[str, Any]) -> None:
    """Name functions, roles and events that the record lacks, so that a deletion finds all of them."""
    place = policies.Place(stage.name, stage.region, stage.account_id)
    for name in app_modules.functions():
        _add(record, name, "lambda_function", lambda_arn=place.arn("lambda", f"function:{place.function_name(name)}"))
        _add(record, f"{name}_role", "iam_role", role_name=stage.role_name(name))
    extract = place.arn("lambda", f"function:{place.function_name('extract')}")
    _add(record, "extract-s3event", "s3_event", bucket=stage.files_bucket, lambda_arn=extract)


def set_aside_other_roles(stage: Stage, record: dict[str, Any], now: float) -> list[dict[str, Any]]:
    """Have roles that are called otherwise than now replaced: Chalice deletes what its record names and the app lacks.

    Under the function's own entry it would take the recorded role for the one of the new name. Returned, and taken out
    of the record, are those that a function may still run as, which began before: a later deployment deletes them.
    """
    for resource in record["resources"]:
        function = resource["name"].removesuffix("_role")
        if resource["resource_type"] == "iam_role" and resource["role_name"] != stage.role_name(function):
            resource["name"] = f"replaced_{resource['name'].removeprefix('replaced_')}"
            resource.setdefault("replaced_at", now)
    in_use = [each for each in record["resources"] if each.get("replaced_at", 0) > now - _LONGEST_RUN_S]
    record["resources"] = [each for each in record["resources"] if each not in in_use]
    return in_use


def _add(record: dict[str, Any], name: str, resource_type: str, **values: str) -> None:
    if all(resource["name"] != name for resource in record["resources"]):
        record["resources"].append({"name": name, "resource_type": resource_type, **values})


def _record_file(stage: Stage) -> Path:
    return stage.build / ".chalice" / "deployed" / f"{stage.name}.json"


def _write_record(stage: Stage, record: Mapping[str, Any]) -> None:
    file = _record_file(stage)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(record, indent=2))


def _store_record(stage: Stage, in_use: list[dict[str, Any]]) -> None:
    """in_use: what Chalice does not know of, and a later deployment has to."""
    client = stage.client("s3")
    record = json.loads(_record_file(stage).read_text())
    record["resources"] += in_use
    body = json.dumps(record, indent=2).encode()
    try:
        if client.get_object(Bucket=stage.artifacts_bucket, Key=RECORD_KEY)["Body"].read() == body:
            return
    except client.exceptions.NoSuchKey:
        pass
    client.put_object(Bucket=stage.artifacts_bucket, Key=RECORD_KEY, Body=body, ContentType="application/json")


class _Packager(deployer.BaseDeployStep):
    """Chalice's own packager would pip-install, keep the clock in the zip, and ship no bytecode of itself.

    And Chalice would have the functions run on whichever Python runs it.
    """

    def __init__(self, built: package.Package) -> None:
        self._built = built

    def handle_deploymentpackage(self, config: Config, resource: models.DeploymentPackage) -> None:
        resource.filename = str(self._built.path)

    def handle_lambdafunction(self, config: Config, resource: models.LambdaFunction) -> None:
        resource.runtime = self._built.runtime.name


class _RoleNames(deployer.BaseDeployStep):
    """Names the functions' roles, which Chalice calls the same in every region."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def handle_managediamrole(self, config: Config, resource: models.ManagedIAMRole) -> None:
        resource.role_name = self._stage.role_name(resource.resource_name.removesuffix("_role"))


class _Swagger(TemplatedSwaggerGenerator):
    """Names the API after the stage: Chalice calls every stage's API by the app's name."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def generate_swagger(self, app: Any, rest_api: Any = None) -> dict[str, Any]:
        document: dict[str, Any] = super().generate_swagger(app, rest_api)
        document["info"]["title"] = self._title
        return document


class _Progress(UI):
    """Passes on what is made; Chalice says `Updating` of everything, changed or not."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def write(self, msg: str) -> None:
        if msg.startswith(("Creating", "Deleting")) and "package" not in msg:
            self._say(msg.strip().lower())


class _Executor(executor.Executor):
    """Ends when the functions do that are updated beside it (`Client.update_function`)."""

    def __init__(self, client: Client, ui: UI) -> None:
        super().__init__(client, ui)
        self._functions = client

    def execute(self, plan: models.Plan) -> None:
        try:
            super().execute(plan)
        finally:
            self._functions.finish_functions()


def _deployer(stage: Stage, config: Config, client: Client, ui: UI, built: package.Package) -> deployer.Deployer:
    """Chalice's default deployer with our client, package and API name."""
    osutils = OSUtils()
    build = deployer.BuildStage(
        steps=[
            deployer.InjectDefaults(),
            _Packager(built),
            _RoleNames(stage),
            deployer.PolicyGenerator(policy_gen=AppPolicyGenerator(osutils=osutils), osutils=osutils),
            deployer.SwaggerBuilder(swagger_generator=_Swagger(stage.prefix)),
        ]
    )
    remote = planner.RemoteState(client, config.deployed_resources(stage.name))
    return deployer.Deployer(
        application_builder=ApplicationGraphBuilder(),
        deps_builder=DependencyBuilder(),
        build_stage=build,
        plan_stage=planner.PlanStage(osutils=osutils, remote_state=remote),
        sweeper=sweeper.ResourceSweeper(),
        executor=_Executor(client, ui),
        recorder=deployer.ResultsRecorder(osutils=osutils),
    )
