"""The steps of a deployment that are the edge's, each one or two lines of a run's report.

Owns their order: the firewall before the site and the names before the foundation, whose distribution names them; the
firewall before the API after it. Switched off again, each goes once nothing names it any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from deploy.account import cloudformation
from deploy.edge import certificates, firewall, names
from deploy.edge.names import Names
from deploy.environment import ApiIds, DeploymentError, Settings, Stage
from deploy.progress import Progress

Templates = Mapping[str, str]


def check(stage: Stage, settings: Settings) -> None:
    """Raises DeploymentError where the settings ask for what the local AWS has not."""
    asked = [name for name in ("firewall", "domain") if getattr(settings, name)]
    if asked and stage.is_local:
        raise DeploymentError(f"{asked[0]} in deploy/settings.toml is for stages on AWS: switch it off under [local]")


@dataclass
class Edge:
    """names: with their certificates, where the settings have a domain. domain: in use, or "". firewall_arn: or ""."""

    stage: Stage
    settings: Settings
    progress: Progress
    names: Names | None = None
    domain: str = ""
    firewall_arn: str = ""

    def take_names(self, ids: ApiIds, templates: Templates) -> None:
        """Ask for certificates; once they are issued and the APIs are there, give the names, and go by them."""
        if not self.settings.domain:
            return
        with self.progress.step(f"names of {self.settings.domain}") as step:
            self.names, changed = names.prepare(self.stage, self.settings, step.say)
            distribution = (cloudformation.outputs(self.stage, f"{self.stage.prefix}-foundation") or {}).get(
                "DistributionDomain"
            )
            if self.names and self.names.are_certified and distribution and ids.rest and ids.socket:
                body = templates["names.yaml"]
                changed = names.give(self.stage, self.names, ids, distribution, body, say=step.say) or changed
            self.domain = self.settings.domain if names.are_in_use(self.stage, self.names) else ""
            step.changed(changed, self.domain or "AWS's names for now")

    def guard_site(self, templates: Templates) -> None:
        if self.settings.firewall:
            with self.progress.step("firewall before the site") as step:
                stack = firewall.raise_before_site(self.stage, self.settings, templates, step.say)
                self.firewall_arn = stack.outputs["FirewallArn"]
                step.changed(stack.changed)

    @property
    def of_distribution(self) -> dict[str, str]:
        """Parameters of the foundation."""
        certified = self.names if self.names and self.names.are_certified else None
        return {
            "WebAclArn": self.firewall_arn,
            "Domain": certified.domain if certified else "",
            "CertificateArn": certified.site.arn if certified else "",
            "CanonicalHost": self.domain,
        }

    def guard_api(self, ids: ApiIds, templates: Templates) -> None:
        """And remove what is switched off, which the distribution has just ceased to name."""
        if self.settings.firewall:
            with self.progress.step("firewall before the API") as step:
                step.changed(firewall.raise_before_api(self.stage, ids, self.settings, templates, step.say))
        else:
            self.open_api(ids)
            self.open_site()
        if not self.settings.domain:
            self.drop_names()

    def open_api(self, ids: ApiIds) -> None:
        """Remove the firewall before the API; says nothing where there is none."""
        if cloudformation.exists(self.stage, firewall.api_stack(self.stage)):
            with self.progress.step("firewall before the API") as step:
                step.changed(firewall.lower_before_api(self.stage, ids, step.say), "removed")

    def open_site(self) -> None:
        if cloudformation.exists(firewall.of_cloudfront(self.stage), firewall.site_stack(self.stage)):
            with self.progress.step("firewall before the site") as step:
                step.changed(firewall.lower_before_site(self.stage, step.say), "removed")

    def drop_names(self) -> None:
        if cloudformation.exists(self.stage, names.stack_name(self.stage)):
            with self.progress.step("names of the APIs") as step:
                step.changed(names.take_away(self.stage, step.say), "removed")

    def forget_certificates(self) -> None:
        """Delete what a destroyed stage asked for; nothing uses it any more."""
        if self.stage.is_local:
            return
        with self.progress.step("certificates") as step:
            regions = {self.stage.region: self.stage, firewall.CLOUDFRONT_REGION: firewall.of_cloudfront(self.stage)}
            try:
                deleted = sum(certificates.delete_all(each, self.stage.region) for each in regions.values())
            except ClientError as error:
                if error.response["Error"]["Code"] != "AccessDeniedException":
                    raise
                # Most stages never had one, and nobody needs the right for those.
                step.say("they could not be looked for (acm:ListCertificates); an unused one costs nothing")
                return
            step.changed(bool(deleted), f"{deleted} deleted")
