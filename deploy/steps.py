"""The steps of a deployment, in order; the same ones for AWS and for the local AWS.

Every step compares before it changes anything, so a run that broke off is simply repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy import going_back, live_settings, lock, migrating, pages, results, site, versions
from deploy.account import (
    access_logs,
    adoption,
    bedrock,
    cloudformation,
    gateway,
    model_access,
    replica,
    roles,
    secret_keys,
    usage_plan,
)
from deploy.edge import names
from deploy.edge import step as edge
from deploy.edge.step import Edge
from deploy.environment import Addresses, ApiIds, DeploymentError, Settings, Stage, load_settings
from deploy.functions import (
    alias,
    app_modules,
    chalice_app,
    layers,
    package,
    policies,
    recursion,
    resources,
    runtime,
    tracing,
)
from deploy.local import demo_twin
from deploy.operations import first_look
from deploy.operations import stack as watching
from deploy.people import accounts, groups, smoke
from deploy.progress import Progress

if TYPE_CHECKING:
    from chalicelib.functions import Function

FOUNDATION = "foundation"
OPERATIONS = "operations"
ALARMS = "alarms"


@dataclass
class Deployment:
    """One run. `ids`, `foundation` and `access` are what is known so far; see `functions`.

    python: the version of the functions' that was asked for; see `runtime`.
    """

    stage: Stage
    settings: Settings
    progress: Progress
    functions: Mapping[str, Function]
    state_dir: Path
    python: str | None = None
    ids: ApiIds = field(default_factory=ApiIds)
    foundation: Mapping[str, str] | None = None
    access: bedrock.Access = field(default_factory=bedrock.Access)
    lease: lock.Lock | None = None
    layer: str = ""
    edge: Edge = field(init=False)

    def __post_init__(self) -> None:
        self.edge = Edge(self.stage, self.settings, self.progress)

    def run(self) -> dict[str, Any]:
        """Deploy everything and return the outputs. Raises DeploymentError."""
        replica.refuse_beside_copy(self.stage)
        migrating.refuse_older(self.stage, app_modules.schema().SCHEMA_VERSION)
        chosen = self.choose_python()
        self.ids = chalice_app.ids(self.stage)
        self.reach_model()  # first: it may have to wait for a person, which the rest need not have been made for
        self.copy_backups()
        self.edge.take_names(self.ids, templates(self.stage))
        self.edge.guard_site(templates(self.stage))
        pages.keep_shell(self.stage)
        self.lay_foundation()
        if self.lease:
            self.lease.take(self.progress.say)  # before the first foundation there was nowhere to hold it
        self.make_secret_keys()
        built = self.build_package(chosen)
        migrating.announce(self.stage)
        self.deploy_functions(built)
        self.migrate()
        self.configure()
        self.publish_site()
        self.watch()
        self.keep_version(built)
        outputs = results.describe(self.stage, self.addresses, self.foundation or {})
        if self.stage.is_local:
            outputs["demo"] = self.ensure_demo()
            results.write_development(self.stage, self.variables(), self.site_config)
        results.write(self.stage, outputs)
        return outputs

    @property
    def addresses(self) -> Addresses:
        distribution = (self.foundation or {}).get("DistributionDomain", "")
        return Addresses.of(self.stage, self.ids, distribution, self.edge.domain)

    def choose_python(self) -> runtime.Runtime:
        """Before anything is changed: it may not be on this machine."""
        with self.progress.step("Python of the functions") as step:
            before = runtime.deployed(self.stage)
            chosen = runtime.choose(self.stage, self.python, before)
            alias.check(self.settings, chosen.version)
            step.changed(before != chosen.version, chosen.version)
            if before not in {None, chosen.version}:
                step.say(f"moved from {before}: while each function is, its requests can fail for some seconds")
        return chosen

    def copy_backups(self) -> None:
        """Have a bucket in the second region, if there is to be one: the foundation's bucket names it."""
        if region := self.settings.backup_replica_region:
            with self.progress.step(f"copy of the backups in {region}") as step:
                body, parameters = templates(self.stage)["backup-replica.yaml"], self._of_backups
                step.changed(replica.make(self.stage, region, body, parameters, step.say))

    @property
    def _of_backups(self) -> dict[str, str]:
        """Parameters of both buckets."""
        archives_deep = str(self.settings.backup_deep_archive).lower()
        return {"Stage": self.stage.name, "BackupsDeepArchive": archives_deep}

    def lay_foundation(self) -> None:
        stage = self.stage
        with self.progress.step("foundation stack") as step:
            name, body = f"{stage.prefix}-{FOUNDATION}", templates(stage)["foundation.yaml"]
            parameters = {
                **self._of_backups,
                "BackupsReplicaRegion": self.settings.backup_replica_region,
                "ConnectSources": ",".join(self.addresses.connect_sources),
                "ViewerProtocolPolicy": "allow-all" if stage.is_local else "redirect-to-https",
                "LogRetentionDays": str(self.settings.log_retention_days),
                "OwnerEmail": self.settings.owner_email,
                "EdgeMetrics": str(self.settings.cloudfront_metrics and not stage.is_local).lower(),
                # Where none are to be kept, what there is goes tomorrow.
                "TranscriptDays": str(max(1, app_modules.settings(self.settings.variables()).transcript_days)),
                **self.edge.of_distribution,
                "FilesInfrequentDays": str(self.settings.files_infrequent_days),
                "FilesArchiveDays": str(self.settings.files_archive_days),
                "Protected": "false" if stage.is_local else "true",
                "Local": "true" if stage.is_local else "false",
            }
            stood = cloudformation.stands(stage, name, step.say)
            groups.note_people(stage)
            if not stood:
                self._begin_foundation(name, body, {**parameters, "Protected": "false"}, step.say)
            stack = cloudformation.deploy(stage, name, body, parameters, step.say)
            self.foundation = stack.outputs
            expiry = stage.is_local and cloudformation.switch_expiry(stage)
            let_in = groups.let_in(stage, stack.outputs["UserPoolId"], step.say)
            step.changed(not stood or stack.changed or expiry or let_in)

    def _begin_foundation(self, name: str, body: str, parameters: dict[str, str], say: Callable[[str], None]) -> None:
        """Make the stack for the first time, of what is kept or of nothing; the update that follows protects it.

        What a create that fails has made must be deletable. And what is taken up is believed to be as the template
        says: said to be protected, it would stay as it is.
        """
        if not self.stage.is_local:
            say("the first time takes about five minutes: CloudFront sets up the site's distribution")
        if not adoption.adopt(self.stage, name, body, parameters, say):
            cloudformation.deploy(self.stage, name, body, parameters, say)

    def reach_model(self) -> None:
        if self.settings.provider == "bedrock":
            with self.progress.step("access to the models") as step:
                self.access = bedrock.access(self.stage, self.settings.variables(), step.say)
            return
        with self.progress.step("key of the model") as step:
            step.changed(model_access.ensure_key(self.stage), "stored")

    def make_secret_keys(self) -> None:
        with self.progress.step("keys of addresses and visits") as step:
            step.changed(secret_keys.ensure(self.stage), "made")

    def build_package(self, chosen: runtime.Runtime) -> package.Package:
        with self.progress.step("package of the functions") as step:
            built = package.build(self.stage, chosen, policies.clients(self._grants), step.say)
            size_mb = built.path.stat().st_size / 1e6
            step.changed(built.changed, f"{size_mb:.1f} MB, version {built.version}")
        with self.progress.step("layer of their dependencies") as step:
            self.layer, published = layers.ensure(self.stage, built)
            step.changed(published, "published")
        return built

    def deploy_functions(self, built: package.Package) -> None:
        """Deploy, and once more when that made APIs: the site's policy and the functions' roles name them."""
        before = self.ids
        self._deploy_functions(built, "functions and APIs")
        if self.ids != before:
            self.edge.take_names(self.ids, templates(self.stage))
            self.lay_foundation()
            self._deploy_functions(built, "roles with the APIs' names")

    def _deploy_functions(self, built: package.Package, title: str) -> None:
        with self.progress.step(title) as step:
            alias.prepare(self.stage, self.settings)
            chalice_app.render(
                self.stage, self.place, self.functions, self.variables(), self.settings, layer=self.layer
            )
            responses = gateway.responses(self.addresses.site_url, app_modules.security_headers())
            deployed = chalice_app.deploy(self.stage, built, responses, step.say)
            self.ids = deployed.ids
            # Only now does no function hand the former role out any more.
            removed = int(roles.remove_former_scheduler_role(self.stage, step.say))
            kept = {each.layer for each in versions.listed(self.stage)}
            removed += layers.remove_old(self.stage, {self.layer, *kept})
            settled = tracing.configure_functions(self.stage, is_on=self.settings.xray)
            settled += alias.settle(self.stage, self.settings)
            changes = len(deployed.changes) + len(settled) + removed + len(recursion.allow(self.stage, self._grants))
            step.changed(bool(changes), f"{changes} changes")
            if set_at_once := live_settings.differing(self.stage):
                step.say(f"not as in deploy/settings.toml, by `./deploy.sh set`: {', '.join(set_at_once)}")

    def migrate(self) -> None:
        """Only now does everything that runs read the new form of rows."""
        with self.progress.step("rows") as step:
            ended = migrating.Run(self.stage, step.say, self.progress.must_go_on).carry_out()
            step.changed(bool(ended), f"of schema {ended[-1] if ended else ''}")

    def variables(self) -> dict[str, str]:
        """The functions' environment."""
        own = {
            "CHATAPP_STAGE": self.stage.name,
            "CHATAPP_SITE_ORIGIN": self.addresses.site_url,
            "CHATAPP_USER_POOL_ARN": (self.foundation or {})["UserPoolArn"],
            "CHATAPP_ACCOUNT_ID": self.stage.account_id,
            "CHATAPP_FILES_BUCKET": self.stage.files_bucket,
            "CHATAPP_DISTRIBUTION_ID": (self.foundation or {})["DistributionId"],
        }
        if named := alias.qualifier(self.settings):
            own["CHATAPP_ANSWER_QUALIFIER"] = named
        api = {"CHATAPP_API_URL": self.addresses.script_api_url} if self.ids.rest else {}
        base_url, ids = self.stage.model_base_url, self.access.ids
        model = {"ANTHROPIC_BASE_URL": base_url} if base_url else {}
        model |= {"CHATAPP_BEDROCK_IDS": json.dumps(ids)} if ids else {}
        return {**self.settings.variables(), **own, **api, **model}

    @property
    def _grants(self) -> dict[str, tuple[policies.Grant, ...]]:
        return {name: function.allowed for name, function in self.functions.items()}

    @property
    def place(self) -> policies.Place:
        stage = self.stage
        foundation = self.foundation or {}
        return policies.Place(
            stage.name,
            stage.region,
            stage.account_id,
            self.ids.socket,
            self.access.profiles,
            foundation.get("UserPoolArn"),
            foundation.get("DistributionId"),
            answer_qualifier=alias.qualifier(self.settings),
            is_traced=self.settings.xray,
        )

    def configure(self) -> None:
        with self.progress.step("limits of the APIs") as step:
            changed = gateway.configure_stages(self.stage, self.ids, self.settings)
            step.changed(usage_plan.configure(self.stage, self.ids, self.settings) or bool(changed))
        self.edge.guard_api(self.ids, templates(self.stage))
        with self.progress.step("traces and access logs") as step:
            traced = tracing.configure_api(self.stage, self.ids, is_on=self.settings.xray)
            logged = access_logs.configure(self.stage, self.ids, is_on=self.settings.access_logs)
            step.changed(bool(traced or logged), ", ".join(traced + logged))

    def watch(self) -> None:
        """Once all of it stands, the site included: a check-up of less would find a stage that is ill."""
        if cloudformation.outputs(self.stage, f"{self.stage.prefix}-{ALARMS}") is None:
            with self.progress.step("first check-up"):
                first_look.take(self.stage)
        with self.progress.step("operations stack") as step:
            step.changed(self._lay(OPERATIONS, self._operations[1], step.say))
        with self.progress.step("alarms") as step:
            step.changed(self._lay(ALARMS, {}, step.say), self.settings.alarms)

    def _lay(self, name: str, parameters: Mapping[str, str], say: Callable[[str], None]) -> bool:
        """One stack of those that follow the functions; whether it changed."""
        body = templates(self.stage, self.settings)[f"{name}.yaml"]
        return cloudformation.deploy(self.stage, f"{self.stage.prefix}-{name}", body, parameters, say).changed

    @property
    def _operations(self) -> tuple[str, dict[str, str]]:
        """The operations stack's template and parameters."""
        parameters = {"Stage": self.stage.name, "DistributionId": (self.foundation or {})["DistributionId"]}
        return templates(self.stage, self.settings)["operations.yaml"], parameters

    def keep_version(self, built: package.Package) -> None:
        with self.progress.step("version kept") as step:
            files = going_back.gathered(self.stage, site.DIST, self.site_config, self._operations)
            schema = app_modules.schema().SCHEMA_VERSION
            version, changed = versions.keep(self.stage, built, files, schema, self.ids, layer=self.layer)
            step.changed(changed, version.id)

    def find_deployed(self) -> None:
        """Know what stands, without changing it. Raises DeploymentError where nothing does."""
        self.foundation = cloudformation.outputs(self.stage, f"{self.stage.prefix}-{FOUNDATION}")
        self.ids = chalice_app.ids(self.stage)
        self.edge.domain = names.current(self.stage)
        if self.foundation is None or self.ids.rest is None:
            raise DeploymentError(f"{self.stage.name} is not deployed, or in the midst of it: ./deploy.sh STAGE")

    def publish_site(self) -> None:
        foundation = self.foundation or {}
        with self.progress.step("site's build") as step:
            step.changed(site.build(step.say))
        with self.progress.step("site's files") as step:
            changed = site.sync(
                self.stage,
                foundation["SiteBucket"],
                foundation["DistributionId"],
                self.site_config,
                step.say,
            )
            step.changed(bool(changed), f"{len(changed)} changed")
        with self.progress.step("published pages") as step:
            written = pages.render(self.stage)
            step.changed(True, ", ".join(written))

    @property
    def site_config(self) -> dict[str, Any]:
        variables = self.settings.variables()
        known = {
            "limits": app_modules.limits(variables),
            "signup": app_modules.settings(variables).signup,
            "comment_origins": list(self.settings.comment_origins),
        }
        return results.site_config(self.stage, self.addresses, self.foundation or {}, known)

    def ensure_demo(self) -> dict[str, str]:
        with self.progress.step("demo user") as step:
            pool_id = (self.foundation or {})["UserPoolId"]
            account, changed = accounts.ensure_demo(self.stage, pool_id, self.state_dir)
            step.changed(changed, "created")
        with self.progress.step("demo twin") as step:
            made = demo_twin.ensure(self.stage, self.addresses, self.foundation or {}, account, self.state_dir)
            step.changed(made, "published")
        return {"email": account.email, "password": account.password}

    def prove(self) -> str | None:
        """Use what was deployed. Returns what a budget kept from being proven; raises DeploymentError."""
        foundation = self.foundation or {}
        return smoke.prove(self.stage, self.addresses, foundation["UserPoolId"], foundation["ClientId"], self.progress)


def templates(stage: Stage, settings: Settings | None = None) -> dict[str, str]:
    """The stacks' templates by their files' names, with what stands around the functions.

    settings: by default the stage's own.
    """
    functions, chosen = app_modules.functions(), settings or load_settings(stage.name)
    added = {
        "foundation.yaml": resources.around(functions),
        "operations.yaml": resources.invocations(functions) | watching.of_dashboard(stage, chosen, functions),
        "backup-replica.yaml": {},
        "edge.yaml": {},
        "edge-api.yaml": {},
        "names.yaml": {},
        "alarms.yaml": watching.alarming(stage, chosen, functions),
    }
    return {name: cloudformation.template(stage, name, more) for name, more in added.items()}


def begin(stage: Stage, progress: Progress, state_dir: Path, python: str | None = None) -> Deployment:
    settings = load_settings(stage.name)
    replica.check(stage, settings.backup_replica_region)
    edge.check(stage, settings)
    return Deployment(stage, settings, progress, app_modules.functions(), state_dir, python)
