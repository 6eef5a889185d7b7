"""Composition root: what each function is built of. What it may do is in its row (`functions.py`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from chalicelib.aws.accounts import Accounts
from chalicelib.aws.bucket import Bucket
from chalicelib.aws.clients import client
from chalicelib.aws.cloudwatch import CloudWatch
from chalicelib.aws.distribution import Distribution
from chalicelib.aws.exports import Export
from chalicelib.aws.functions import Function, Schedule
from chalicelib.aws.grants import Grant
from chalicelib.aws.parameters import Parameter, Parameters
from chalicelib.aws.pool import Pool
from chalicelib.aws.profiles import Profiles
from chalicelib.aws.push import Push
from chalicelib.aws.scratch_tables import ScratchTables
from chalicelib.aws.table import Index, Table
from chalicelib.aws.topic import Topic
from chalicelib.claude.client import build as build_model
from chalicelib.claude.interface import Model
from chalicelib.workers import scratch

from .functions import ANSWER, API, BACKUP, EXPORTED, EXTRACT, FUNCTIONS, PAGES, PUBLISH, PURGE, RESTORE, STUDY
from .live import NAME as LIVE_PARAMETER
from .live import Live
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What one function works with. An adapter without a grant refuses every operation.

    backups: all of the backups bucket; states, index, erased: `state/`, `index.json` and `erasures/` there.
    exports: by the table's logical name. topic: what the owner is mailed.
    site: all of its bucket; pages: what is published, by the first part of its keys.
    snapshots, previews, transcripts: `twins/`, `previews/` and `transcripts/` of the files bucket.
    address_key: the secret by which addresses are counted (`spending.addresses`).
    visit_key: the one by which visits' tokens are signed (`twin.tokens`).
    archives: the backups bucket of any stage, to be read. drilled, scratch_tables: where a drill restores to.
    """

    live: Live
    conversations: Table
    conversations_by_time: Index
    conversations_due: Index
    messages: Table
    frames: Table
    files: Table
    files_by_time: Index
    files_due: Index
    uploads: Bucket
    extracted: Bucket
    usage: Table
    usage_due: Index
    sockets: Table
    commentaires: Table
    comments_by_section: Index
    comments_by_author: Index
    comments_by_state: Index
    comments_due: Index
    sections: Table
    sections_listed: Index
    twins: Table
    twins_due: Index
    snapshots: Bucket
    previews: Bucket
    transcripts: Bucket
    topic: Topic
    people: Table
    erasures: Table
    backups: Bucket
    states: Bucket
    index: Bucket
    erased: Bucket
    exports: Mapping[str, Export]
    site: Bucket
    watch: CloudWatch
    pages: Mapping[str, Bucket]
    distribution: Distribution
    archives: Callable[[str], Bucket]
    drilled: Bucket
    scratch_tables: ScratchTables
    backups_later: Schedule
    restores_later: Schedule
    restores: Function
    answers: Function
    extractions: Function
    publishing: Function
    studies: Function
    purges: Schedule
    purgings: Function
    pool: Pool
    parameters: Parameters
    address_key: Parameter
    visit_key: Parameter
    accounts: Accounts
    pushes: Push
    profiles: Profiles
    model: Callable[[], Model]

    @property
    def settings(self) -> Settings:
        """What holds now: some of them change while the process lives (`live.py`)."""
        return self.live.settings()


@dataclass(frozen=True, slots=True)
class _Adapters:
    """The adapters of one function, each with what it may do. clients: see `build`."""

    function: str
    settings: Settings
    clients: Callable[..., Any]

    def table(self, name: str) -> Table:
        return Table(self.function, self._grant("table", name), self.clients("dynamodb"), self._named(name))

    def index(self, table: str, name: str) -> Index:
        grant = self._grant("index", f"{table}/{name}")
        return Index(self.function, grant, self.clients("dynamodb"), self._named(table), name)

    def bucket(self, prefix: str) -> Bucket:
        grant = self._grant("bucket", f"files/{prefix}")
        return Bucket(self.function, grant, partial(self.clients, "s3"), self.settings.files_bucket, f"{prefix}/")

    def whole_bucket(self, name: str) -> Bucket:
        grant = self._grant("bucket", f"{name}/*")
        return Bucket(self.function, grant, partial(self.clients, "s3"), self.settings.bucket(name), "")

    def of_backups(self, name: str) -> Bucket:
        """What is under a prefix of the backups bucket, or one object of it."""
        grant = self._grant("bucket", f"backups/{name}")
        prefix = name if "." in name else f"{name}/"
        return Bucket(self.function, grant, partial(self.clients, "s3"), self.settings.bucket("backups"), prefix)

    def of_site(self, name: str) -> Bucket:
        """As `of_backups`, of the site bucket."""
        grant = self._grant("bucket", f"site/{name}")
        prefix = name if "." in name else f"{name}/"
        return Bucket(self.function, grant, partial(self.clients, "s3"), self.settings.bucket("site"), prefix)

    def distribution(self) -> Distribution:
        grant = self._grant("distribution", "site")
        return Distribution(self.function, grant, partial(self.clients, "cloudfront"), self.settings.distribution_id)

    def archive(self, stage: str) -> Bucket:
        name = f"chatapp-{stage}-backups-{self.settings.account_id}-{self.settings.region}"
        return Bucket(self.function, self._grant("archive", "*"), partial(self.clients, "s3"), name, "")

    def scratch_tables(self) -> ScratchTables:
        return ScratchTables(
            self.function,
            self._grant("table", ".drill.*"),
            self.clients("dynamodb"),
            f"chatapp-{self.settings.stage}.drill",
        )

    def export(self, table: str) -> Export:
        name = self._named(table)
        arn = f"arn:aws:dynamodb:{self.settings.region}:{self.settings.account_id}:table/{name}"
        return Export(self.function, self._grant("export", table), self.clients("dynamodb"), name, arn)

    def started(self, name: str) -> Function:
        qualifier = self.settings.answer_qualifier if name == ANSWER else ""
        full = f"{self._named(name)}:{qualifier}" if qualifier else self._named(name)
        return Function(self.function, self._grant("function", name), partial(self.clients, "lambda"), full)

    def later(self, name: str) -> Schedule:
        account, region = self.settings.account_id, self.settings.region
        arn = f"arn:aws:lambda:{region}:{account}:function:{self._named(name)}"
        role = f"arn:aws:iam::{account}:role/{self._named('scheduler')}-{region}"
        return Schedule(
            self.function,
            self._grant("schedule", name),
            partial(self.clients, "scheduler"),
            self.settings.prefix,
            {"Arn": arn, "RoleArn": role},
        )

    def topic(self) -> Topic:
        arn = f"arn:aws:sns:{self.settings.region}:{self.settings.account_id}:{self._named('owner')}"
        return Topic(self.function, self._grant("topic", "owner"), partial(self.clients, "sns"), arn)

    def pushes(self) -> Push:
        grant = self._grant("sockets", "connections")
        return Push(self.function, grant, partial(self.clients, "apigatewaymanagementapi"))

    def pool(self) -> Pool:
        return Pool(self.function, self._grant("pool", "people"), partial(self.clients, "cognito-idp"), self._pool_id)

    def accounts(self) -> Accounts:
        grant = self._grant("pool", "people")
        return Accounts(self.function, grant, partial(self.clients, "cognito-idp"), self._pool_id)

    def watch(self) -> CloudWatch:
        return CloudWatch(self.function, self._grant("metrics", "stage"), partial(self.clients, "cloudwatch"))

    def profiles(self) -> Profiles:
        return Profiles(self.function, self._grant("profiles", "models"), partial(self.clients, "bedrock"))

    @property
    def _pool_id(self) -> str:
        return self.settings.user_pool_arn.rpartition("/")[2]

    def parameter(self, name: str) -> Parameter:
        path = f"/chatapp/{self.settings.stage}/{name}"
        return Parameter(self.function, self._grant("parameter", name), partial(self.clients, "ssm"), path)

    def parameters(self) -> Parameters:
        grant = self._grant("parameters", "stage")
        return Parameters(self.function, grant, partial(self.clients, "ssm"), f"/chatapp/{self.settings.stage}")

    def live(self) -> Live:
        """Of a function that may not read them, the settings that it was deployed with."""
        may_read = self._grant("parameter", LIVE_PARAMETER).operations
        return Live(self.settings, self.parameter(LIVE_PARAMETER).plain if may_read else None)

    def _grant(self, kind: str, resource: str) -> Grant:
        given = (each for each in FUNCTIONS[self.function].grants if (each.kind, each.resource) == (kind, resource))
        return next(given, Grant(kind, resource, ()))

    def _named(self, name: str) -> str:
        return f"{self.settings.prefix}-{name}"


def build(function: str, settings: Settings, clients: Callable[..., Any] = client) -> Services:
    """Wire a function's adapters. clients: makes a boto3 client of a service (and of an endpoint, for pushing)."""
    adapters = _Adapters(function, settings, clients)
    key = adapters.parameter("anthropic-api-key")
    return Services(
        live=adapters.live(),
        conversations=adapters.table("conversations"),
        conversations_by_time=adapters.index("conversations", "timestamp-index"),
        conversations_due=adapters.index("conversations", "due-index"),
        messages=adapters.table("messages"),
        frames=adapters.table("frames"),
        files=adapters.table("files"),
        files_by_time=adapters.index("files", "user-files-index"),
        files_due=adapters.index("files", "due-index"),
        uploads=adapters.bucket("uploads"),
        extracted=adapters.bucket("extracted"),
        usage=adapters.table("usage"),
        usage_due=adapters.index("usage", "due-index"),
        sockets=adapters.table("sockets"),
        commentaires=adapters.table("commentaires"),
        comments_by_section=adapters.index("commentaires", "section-index"),
        comments_by_author=adapters.index("commentaires", "author-index"),
        comments_by_state=adapters.index("commentaires", "state-index"),
        comments_due=adapters.index("commentaires", "due-index"),
        sections=adapters.table("sections"),
        sections_listed=adapters.index("sections", "listed-index"),
        twins=adapters.table("twins"),
        twins_due=adapters.index("twins", "due-index"),
        snapshots=adapters.bucket("twins"),
        previews=adapters.bucket("previews"),
        transcripts=adapters.bucket("transcripts"),
        topic=adapters.topic(),
        answers=adapters.started(ANSWER),
        extractions=adapters.started(EXTRACT),
        publishing=adapters.started(PUBLISH),
        studies=adapters.started(STUDY),
        people=adapters.table("people"),
        erasures=adapters.table("erasures"),
        backups=adapters.whole_bucket("backups"),
        states=adapters.of_backups("state"),
        index=adapters.of_backups("index.json"),
        erased=adapters.of_backups("erasures"),
        site=adapters.whole_bucket("site"),
        watch=adapters.watch(),
        pages={name: adapters.of_site(name) for name in PAGES},
        distribution=adapters.distribution(),
        exports={name: adapters.export(name) for name in EXPORTED},
        archives=adapters.archive,
        drilled=adapters.bucket("drill"),
        scratch_tables=adapters.scratch_tables(),
        backups_later=adapters.later(BACKUP),
        restores_later=adapters.later(RESTORE),
        restores=adapters.started(RESTORE),
        purges=adapters.later(PURGE),
        purgings=adapters.started(PURGE),
        pool=adapters.pool(),
        parameters=adapters.parameters(),
        address_key=adapters.parameter("address-key"),
        visit_key=adapters.parameter("visit-key"),
        accounts=adapters.accounts(),
        pushes=adapters.pushes(),
        profiles=adapters.profiles(),
        model=lru_cache(maxsize=1)(lambda: build_model(settings, key.value)),
    )


@lru_cache(maxsize=16)
def of(function: str) -> Services:
    """The services of a function in this process, built when first asked for."""
    return build(function, Settings.read(os.environ))


def warm(function_name: str) -> None:
    """Build the services of the Lambda function of that name, on a clean /tmp; nothing outside Lambda.

    function_name: `chatapp-STAGE` for the API, `chatapp-STAGE-FUNCTION` for the others.
    """
    settings = Settings.read(os.environ)
    name = function_name.removeprefix(settings.prefix).removeprefix("-") or (API if function_name else "")
    if name not in FUNCTIONS:
        return
    scratch.remove_stale()
    services = of(name)
    services.live.begin()
    for service in FUNCTIONS[name].clients:
        client(service)
    if FUNCTIONS[name].module:
        import_module(f".{FUNCTIONS[name].module}", __package__)
    if name == ANSWER:
        services.model().prepare()
