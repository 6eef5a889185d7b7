"""Where a deployment goes: the stage, its account and region, its settings, and the addresses that people use."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parent.parent
# Where stages are rendered and packed; a second local stage beside the developer's has a folder of its own.
BUILD = Path(os.environ.get("CHATAPP_BUILD_DIR") or ROOT / ".build").absolute()
APP = "chatapp"
LOCAL = "local"
API_STAGE = "api"


class DeploymentError(Exception):
    """Stops the deployment; the message says what happened and what to do, in one line where it can."""


def is_local(name: str) -> bool:
    """Whether a stage is of this machine: `local`, `local-NAME`. They share a local AWS as stages share an account."""
    return name == LOCAL or name.startswith(f"{LOCAL}-")


@dataclass(frozen=True)
class Stage:
    """One deployment of the app.

    endpoint_url: the local AWS, or None on AWS.
    model_base_url: a Messages-API server in place of Anthropic's, or None.
    """

    name: str
    region: str
    endpoint_url: str | None = None
    model_base_url: str | None = None

    @property
    def is_local(self) -> bool:
        return is_local(self.name)

    @property
    def prefix(self) -> str:
        return f"{APP}-{self.name}"

    @property
    def build(self) -> Path:
        return BUILD / self.name

    def role_name(self, of: str) -> str:
        """IAM knows no regions: without one in its name, a role would be every region's stage of this name."""
        return f"{self.prefix}-{of}-{self.region}"

    @property
    def key_parameter(self) -> str:
        return f"/{APP}/{self.name}/anthropic-api-key"

    @property
    def address_key_parameter(self) -> str:
        return f"/{APP}/{self.name}/address-key"

    @property
    def visit_key_parameter(self) -> str:
        return f"/{APP}/{self.name}/visit-key"

    @property
    def live_parameter(self) -> str:
        """Of what changes without a deployment (`deploy/live_settings.py`)."""
        return f"/{APP}/{self.name}/settings"

    @property
    def artifacts_bucket(self) -> str:
        return f"{self.prefix}-artifacts-{self.account_id}-{self.region}"

    @property
    def files_bucket(self) -> str:
        return f"{self.prefix}-files-{self.account_id}-{self.region}"

    @property
    def site_bucket(self) -> str:
        return f"{self.prefix}-site-{self.account_id}-{self.region}"

    @property
    def backups_bucket(self) -> str:
        return f"{self.prefix}-backups-{self.account_id}-{self.region}"

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(region_name=self.region)

    @cached_property
    def account_id(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    def client(self, service: str) -> Any:
        config = Config(retries={"mode": "adaptive", "total_max_attempts": 8})
        return self.session.client(service, endpoint_url=self.endpoint_url, config=config)


@dataclass(frozen=True)
class ApiIds:
    """What only the first deployment of the functions makes known."""

    rest: str | None = None
    socket: str | None = None


@dataclass(frozen=True)
class Addresses:
    """URLs as a browser uses them; `script_api_url` is the same API for programs that cannot resolve *.localhost.

    files_source: the origin of the files bucket, whose signed URLs the site is given.
    connect_sources: all origins that the site may talk to.
    """

    site_url: str
    api_url: str
    socket_url: str | None
    script_api_url: str
    cognito_endpoint: str | None
    files_source: str
    connect_sources: tuple[str, ...]

    @classmethod
    def of(cls, stage: Stage, ids: ApiIds, distribution_domain: str, domain: str = "") -> Addresses:
        """domain: the owner's, once all its names lead here (`deploy/edge/names.py`); AWS's names without one."""
        if stage.endpoint_url is None:
            found = cls._on_aws(stage, ids, distribution_domain)
            return found._named(domain) if domain and ids.rest and ids.socket else found
        port = urlsplit(stage.endpoint_url).port
        api = f"http://{ids.rest}.execute-api.localhost:{port}"
        socket = f"ws://{ids.socket}.execute-api.localhost:{port}" if ids.socket else None
        cognito = f"http://localhost:{port}"
        return cls(
            site_url=f"http://{distribution_domain.split('.', maxsplit=1)[0]}.cloudfront.localhost:{port}",
            api_url=f"{api}/{API_STAGE}",
            socket_url=f"{socket}/{API_STAGE}" if socket else None,
            script_api_url=f"{stage.endpoint_url}/_aws/execute-api/{ids.rest}/{API_STAGE}",
            cognito_endpoint=f"{cognito}/",
            files_source=stage.endpoint_url,
            connect_sources=_present(cognito, ids.rest and api, socket, stage.endpoint_url),
        )

    def _named(self, domain: str) -> Addresses:
        """Scripts of the deployment keep AWS's name of the API, which leads there whatever DNS says."""
        api, socket = f"https://api.{domain}", f"wss://socket.{domain}"
        others = [each for each in self.connect_sources if "execute-api" not in each]
        sources = _present(others[0], api, socket, *others[1:])
        return replace(self, site_url=f"https://{domain}", api_url=api, socket_url=socket, connect_sources=sources)

    @classmethod
    def _on_aws(cls, stage: Stage, ids: ApiIds, distribution_domain: str) -> Addresses:
        host = f"execute-api.{stage.region}.amazonaws.com"
        files = f"https://{stage.files_bucket}.s3.{stage.region}.amazonaws.com"
        api = f"https://{ids.rest}.{host}"
        socket = f"wss://{ids.socket}.{host}" if ids.socket else None
        return cls(
            site_url=f"https://{distribution_domain}",
            api_url=f"{api}/{API_STAGE}",
            socket_url=f"{socket}/{API_STAGE}" if socket else None,
            script_api_url=f"{api}/{API_STAGE}",
            cognito_endpoint=None,
            files_source=files,
            connect_sources=_present(
                f"https://cognito-idp.{stage.region}.amazonaws.com", ids.rest and api, socket, files
            ),
        )


def _present(*sources: str | None) -> tuple[str, ...]:
    return tuple(source for source in sources if source)


@dataclass(frozen=True)
class Settings:
    """A stage's settings.toml: what the deployment itself uses, and `app`, what it hands to the functions.

    api_rate_per_s, api_burst: API Gateway answers 429 above them, over all callers.
    key_rate_per_s, key_burst, key_quota_per_day: the same of each API key (a usage plan, which is best effort).
    api_detailed_metrics: CloudWatch counts each method of the API by itself, at a price (`deploy/settings.toml`).
    xray: functions and REST API are traced. access_logs: API Gateway writes a line of each request.
    backup_deep_archive: monthly backups of tables go to Deep Archive after 30 days.
    backup_replica_region: where S3 copies all backups to, or "".
    owner_email: where the owner is told by mail what waits for them; "" for nowhere.
    alarms: essential, all or none (`operations.alarms`). monthly_budget_usd: of the account's whole bill; 0 for none.
    cloudfront_metrics: the hit ratio of the site's edges, which is paid for.
    comment_origins: of pages elsewhere with comments on them, to which the site leads back whoever comes to write.
    files_infrequent_days, files_archive_days: after which people's files go to Standard-Infrequent Access, and to
        Glacier Instant Retrieval; 0 for never.
    answer_snap_start, answer_provisioned: SnapStart of `answer`, or so many of it that stand ready all the time; both
        by an alias (`deploy/functions/alias.py`), and never together.
    answer_concurrency, extract_concurrency: Lambda's reserved concurrency of `answer` and `extract`, and their limit;
        0 reserves none (a new account has 10 in all).
        https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    firewall: AWS WAF before the API and the site. bot_control: its bot rules, which need it.
    domain: the site's own name, as example.com; "" for AWS's. hosted_zone_id: of Route 53, where its records are made.
    """

    app: Mapping[str, Any]
    api_rate_per_s: float = 50
    api_burst: int = 100
    api_detailed_metrics: bool = False
    key_rate_per_s: float = 5
    key_burst: int = 20
    key_quota_per_day: int = 10_000
    log_retention_days: int = 30
    xray: bool = False
    access_logs: bool = False
    backup_deep_archive: bool = False
    backup_replica_region: str = ""
    owner_email: str = ""
    alarms: str = "essential"
    monthly_budget_usd: float = 0
    cloudfront_metrics: bool = False
    comment_origins: Sequence[str] = ()
    files_infrequent_days: int = 60
    files_archive_days: int = 180
    answer_snap_start: bool = False
    answer_provisioned: int = 0
    answer_concurrency: int = 0
    extract_concurrency: int = 0
    firewall: bool = False
    bot_control: bool = False
    domain: str = ""
    hosted_zone_id: str = ""

    @property
    def provider(self) -> str:
        return str(self.app.get("model_provider", "anthropic"))

    def variables(self) -> dict[str, str]:
        """The `CHATAPP_*` variables; lists and tables as JSON."""
        return {
            f"CHATAPP_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in sorted(self.app.items())
        }


# As browsers write it, who are asked whether it is the same: https://url.spec.whatwg.org/#concept-url-origin
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:(?!80$|443$)[0-9]{1,5})?")

# In lower case and ASCII, without `www`, which leads there, and short enough for `socket.` before it.
_DOMAIN = re.compile(r"(?!www\.)(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
_ZONE = re.compile(r"Z[A-Z0-9]{1,31}")
_LEAST_DAYS = 30  # before a file may go to Infrequent Access, and there

APP_SETTINGS = frozenset(
    {
        "model_provider",
        "models",
        "user_budget_usd",
        "stage_budget_usd",
        "retention_days",
        "max_tokens",
        "max_answer_bytes",
        "history_tokens",
        "document_tokens",
        "context_tokens",
        "max_file_mb",
        "storage_quota_mb",
        "rates",
        "signup",
        "backup_hour_utc",
        "backup_lock_days",
        "comments_mode",
        "digest",
        "digest_hour_utc",
        "twin_origins",
        "twin_daily_budget_usd",
        "twin_monthly_budget_usd",
        "transcript_days",
        "twin_topics",
        "twin_topics_budget_usd",
    }
)


def read_settings(text: str, stage: str) -> Settings:
    """`[default]` with the stage's own table over it, `[local]` between them for a stage of this machine.

    Raises DeploymentError for a name that nothing reads.
    """
    tables = tomllib.loads(text)
    over = ["default", *([LOCAL] if is_local(stage) else []), stage]
    merged = {name: value for table in over for name, value in tables.get(table, {}).items()}
    own = {field.name for field in fields(Settings)} - {"app"}
    unknown = sorted(merged.keys() - own - APP_SETTINGS)
    if unknown:
        raise DeploymentError(f"deploy/settings.toml: nothing reads {', '.join(unknown)}")
    if merged.get("model_provider", "anthropic") not in {"anthropic", "bedrock"}:
        raise DeploymentError("deploy/settings.toml: model_provider is `anthropic` or `bedrock`")
    if merged.get("alarms", "essential") not in {"essential", "all", "none"}:
        raise DeploymentError("deploy/settings.toml: alarms is `essential`, `all` or `none`")
    if merged.get("monthly_budget_usd", 0) < 0:
        raise DeploymentError("deploy/settings.toml: monthly_budget_usd is 0, for none, or more")
    for name in ("comment_origins", "twin_origins"):
        for origin in merged.get(name, ()):
            if not _ORIGIN.fullmatch(origin):
                raise DeploymentError(
                    f"deploy/settings.toml: {name}: {origin} is no origin, such as https://portfolio.example"
                )
    _check_edge(merged)
    app = {name: value for name, value in merged.items() if name in APP_SETTINGS}
    settings = Settings(app=app, **{name: value for name, value in merged.items() if name in own})
    _check_ages(settings)
    return settings


def _check_ages(settings: Settings) -> None:
    """S3's own rules. https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""
    infrequent, archive = settings.files_infrequent_days, settings.files_archive_days
    if infrequent != 0 and infrequent < _LEAST_DAYS:
        raise DeploymentError(f"deploy/settings.toml: files_infrequent_days is 0, for never, or {_LEAST_DAYS} or more")
    if archive != 0 and archive < (infrequent + _LEAST_DAYS if infrequent else 1):
        raise DeploymentError(
            f"deploy/settings.toml: files_archive_days is 0, for never, or {_LEAST_DAYS} above files_infrequent_days"
        )


def _check_edge(merged: Mapping[str, Any]) -> None:
    domain, zone = merged.get("domain", ""), merged.get("hosted_zone_id", "")
    if domain and not _DOMAIN.fullmatch(domain):
        raise DeploymentError(f"deploy/settings.toml: domain: {domain} is no name, such as chat.example.com")
    if zone and not (domain and _ZONE.fullmatch(zone)):
        raise DeploymentError("deploy/settings.toml: hosted_zone_id is a domain's zone of Route 53, as Z0123456789ABC")
    if merged.get("bot_control") and not merged.get("firewall"):
        raise DeploymentError("deploy/settings.toml: bot_control is a part of the firewall: set firewall = true")


def load_settings(stage: str) -> Settings:
    return read_settings((ROOT / "deploy" / "settings.toml").read_text(), stage)


def exported(name: str) -> str | None:
    """An environment variable of whoever deploys; an empty one counts as absent."""
    return os.environ.get(name) or None
