"""What a stage's owner can set, read once from the environment. Holds no secrets: those are SSM parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chalicelib.extraction.limits import MAX_SCANNED_PAGES, MB, SCANNED_PAGE_TOKENS


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens, which is also micro-USD per token."""

    input: float
    output: float
    cache_write: float
    cache_read: float


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """bedrock_id: of the inference profile that answers on Bedrock, as set or as the deployment found it."""

    id: str
    name: str
    prices: Prices
    bedrock_id: str = ""


# https://platform.claude.com/docs/en/about-claude/pricing, read in November 2026. Haiku 5.5 costs five times
# as much for prompts above 100,000 tokens; the higher band is kept, so that a budget is never overrun.
DEFAULT_MODELS = (
    ModelOffer("claude-sonnet-5-5", "Claude Sonnet 5.5", Prices(2.0, 10.0, 2.5, 0.2)),
    ModelOffer("claude-opus-5-5", "Claude Opus 5.5", Prices(4.0, 20.0, 5.0, 0.2)),
    ModelOffer("claude-haiku-5-5", "Claude Haiku 5.5", Prices(0.5, 2.5, 0.625, 0.05)),
)


# Beside this module in a package, written by whoever builds it. In the environment it would have every function's
# configuration sent anew at each changed line.
_VERSION = Path(__file__).with_name("version.txt")

# What a daily mail tells: how many comments are held, were reported, and are new.
DIGEST_KINDS = ("held", "reported", "new")
COMMENT_MODES = ("open", "first", "approve")


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be done: `quota` times at once, and all of them again after `window_s`, unit by unit.

    So 10 in 20 s are 30 a minute, of which 10 may come together.
    """

    quota: int
    window_s: int


# By who is counted, and by what is done; what has no limit is not metered. None is within reach of a person at a
# keyboard: uploads come by the dozen, and each open page opens a socket anew when its network changes.
Rates = Mapping[str, Mapping[str, Limit]]
DEFAULT_RATES: Rates = MappingProxyType(
    {
        "owners": {
            "sends": Limit(60, 60),
            "uploads": Limit(200, 600),
            "sockets": Limit(60, 300),
            "comments": Limit(30, 60),
        },
        "members": {
            "sends": Limit(30, 60),
            "uploads": Limit(200, 600),
            "sockets": Limit(60, 300),
            "comments": Limit(10, 60),
        },
        "none": {
            "sends": Limit(10, 60),
            "uploads": Limit(20, 600),
            "sockets": Limit(30, 300),
            "comments": Limit(5, 60),
        },
        # A visit is of one tab; whoever opens many of them meets the limit of their address.
        "visits": {"sends": Limit(10, 60), "sockets": Limit(30, 300)},
        # All visitors of one twin together: of a day, beside what its budget allows.
        "twins": {"sends": Limit(1_000, 86_400), "visits": Limit(5_000, 86_400)},
        "keys": {"comments": Limit(60, 60)},
        "ips": {
            "sends": Limit(30, 60),
            "sockets": Limit(60, 300),
            # Opened by whomever, with a ticket or without: WAF knows no sockets. A house full of people is one address.
            "connects": Limit(600, 300),
            "visits": Limit(30, 3_600),
            "signups": Limit(5, 86_400),
        },
        "stage": {
            "sends": Limit(600, 60),
            "uploads": Limit(2_000, 600),
            "sockets": Limit(1_200, 60),
            "comments": Limit(300, 60),
            "visits": Limit(600, 60),
            # 40 in a day, with those that come back: Cognito mails 50 times, also invitations and forgotten passwords.
            "signups": Limit(20, 86_400),
        },
        # Of mails to one address: one that was lost can be asked for again.
        "recipients": {"signups": Limit(2, 86_400)},
    }
)


# DynamoDB's 400 KB an item, less the row's other attributes and the names that it stores with every block.
_ITEM_BYTES = 350_000
# What a prompt holds beside files: the newest message, a system prompt, what a tool finds.
_LEAST_TURN_TOKENS = 10_000


def _packaged_version() -> str:
    """ "" where no package was built."""
    try:
        return _VERSION.read_text()
    except FileNotFoundError:
        return ""


def _rates(text: str) -> Rates:
    """The limits, of which a text such as `{"members": {"sends": [30, 60], "uploads": []}}` changes some.

    `[quota, window_s]`; `[]` is no limit. Raises ValueError for names there are not, and for a limit that is none.
    """
    given: dict[str, dict[str, Any]] = json.loads(text)
    names = {what for limits in DEFAULT_RATES.values() for what in limits}
    unknown = {*given} - {*DEFAULT_RATES} | {what for limits in given.values() for what in limits} - names
    if unknown:
        raise ValueError(f"rates: there is no {', '.join(sorted(unknown))}")
    changes = {who: {what: _limit(f"{who}.{what}", limit) for what, limit in of.items()} for who, of in given.items()}
    merged = {who: {**limits, **changes.get(who, {})} for who, limits in DEFAULT_RATES.items()}
    return {who: {what: limit for what, limit in of.items() if limit is not None} for who, of in merged.items()}


def _limit(name: str, given: Any) -> Limit | None:
    if given == []:
        return None
    if not (isinstance(given, list) and len(given) == 2 and all(isinstance(each, int) and each > 0 for each in given)):
        raise ValueError(f"rates.{name} must be [how many, in how many seconds], both 1 or more, or [] for no limit")
    return Limit(*given)


def _models(text: str) -> tuple[ModelOffer, ...]:
    return tuple(
        ModelOffer(
            offer["id"],
            offer.get("name", offer["id"]),
            Prices(offer["input"], offer["output"], offer["cache_write"], offer["cache_read"]),
            offer.get("bedrock_id", ""),
        )
        for offer in json.loads(text)
    )


_BUDGETS = (
    *("user_budget_usd", "stage_budget_usd"),
    *("twin_daily_budget_usd", "twin_monthly_budget_usd", "twin_topics_budget_usd"),
)


def _kinds(text: str) -> tuple[str, ...]:
    return tuple(map(str, json.loads(text)))


# What changes without a deployment, and how its text is read: what is asked anew wherever it is used. All else is also
# rendered into stacks, schedules or the site.
LIVE: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        # Not the stage's: alarms and the dashboard are made with it.
        **{name: float for name in _BUDGETS if name != "stage_budget_usd"},
        "max_tokens": int,
        "history_tokens": int,
        "comments_mode": str,
        "digest": _kinds,
        "rates": _rates,
        "twin_topics": json.loads,
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one stage.

    models: on offer, the default first.
    user_budget_usd, stage_budget_usd: model spend in one calendar month (UTC).
    max_tokens: an answer's length; with `max_answer_bytes` it keeps an answer within a DynamoDB item (400 KB).
    retention_days: for which conversations and files are kept after their last use; 0: until they are deleted.
    history_tokens: what a prompt may hold of earlier turns, by estimate; past it the oldest half is left out.
    document_tokens: what it may hold of files, by estimate; what exceeds it is searched.
    context_tokens: what the models take in one request, answer included.
    max_file_mb, storage_quota_mb: of one file, and of all files of one person.
    signup: "open" lets people make accounts by themselves; they comment only, until an owner lets them in.
    rates: how often what may be done, by whom: a person of a group (`owners`, `members`, `none`), a visit of the page,
        all visits of one twin, an API key, an address (of whoever is not signed in), everybody together (`stage`), and
        who is mailed by it.
    twin_origins: of pages elsewhere that may ask the twins. twin_daily_budget_usd, twin_monthly_budget_usd: what the
        answers of a twin may cost, where its owner has set nothing else; in days and months of UTC.
    twin_topics: whether visitors' questions are sorted into topics. twin_topics_budget_usd: what that may cost for one
        twin in a calendar month (UTC).
    transcript_days: for which transcripts of visits are kept; 0 stores none.
    distribution_id: of the site's. api_url: of the REST API; "" until the first deployment has made it.
    answer_qualifier: of the alias that `answer` is invoked by; "" for none.
    app_version: of the package that runs. backup_hour_utc: of the nightly backup. backup_lock_days: for which nobody
        can delete a backup.
    comments_mode: which comments are held until the owner has looked: none of them (`open`), the `first` of each
        person, or every one (`approve`). digest: of what a daily mail tells the owner. digest_hour_utc: of that mail.
    """

    stage: str = "local"
    region: str = "eu-west-1"
    account_id: str = ""
    site_origin: str = ""
    api_url: str = ""
    user_pool_arn: str = ""
    model_provider: str = "anthropic"
    models: tuple[ModelOffer, ...] = DEFAULT_MODELS
    user_budget_usd: float = 20.0
    stage_budget_usd: float = 50.0
    retention_days: int = 90
    max_tokens: int = 16_000
    max_answer_bytes: int = 300_000
    history_tokens: int = 170_000
    document_tokens: int = 120_000
    context_tokens: int = 200_000
    files_bucket: str = ""
    distribution_id: str = ""
    max_file_mb: int = 50
    storage_quota_mb: int = 2_048
    signup: str = "closed"
    rates: Rates = field(default_factory=lambda: DEFAULT_RATES)
    app_version: str = "development"
    answer_qualifier: str = ""
    backup_hour_utc: int = 2
    backup_lock_days: int = 30
    comments_mode: str = "first"
    digest: tuple[str, ...] = DIGEST_KINDS
    digest_hour_utc: int = 6
    twin_origins: tuple[str, ...] = ()
    twin_daily_budget_usd: float = 2.0
    twin_topics: bool = True
    twin_topics_budget_usd: float = 0.5
    twin_monthly_budget_usd: float = 20.0
    transcript_days: int = 90
    endpoint_url: str | None = None
    anthropic_base_url: str | None = None

    @property
    def prefix(self) -> str:
        return f"chatapp-{self.stage}"

    def bucket(self, name: str) -> str:
        return f"{self.prefix}-{name}-{self.account_id}-{self.region}"

    @property
    def retention_s(self) -> int:
        return self.retention_days * 86_400

    @property
    def max_file_bytes(self) -> int:
        return self.max_file_mb * MB

    @property
    def max_scan_pages(self) -> int:
        """Of a PDF without text: a longer one could never stand in a prompt, where all of it is seen or nothing."""
        return min(MAX_SCANNED_PAGES, self.document_tokens // SCANNED_PAGE_TOKENS)

    def offer(self, model: str | None) -> ModelOffer:
        """The offer of that id, or the default where it is no longer on offer."""
        return next((offer for offer in self.models if offer.id == model), self.models[0])

    def cheapest(self) -> ModelOffer:
        return min(self.models, key=lambda offer: offer.prices.output)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from `CHATAPP_*` variables; one that is absent or empty keeps its default.

        Raises ValueError for what is no number, and for numbers that leave a message no room.
        """

        def number(name: str, default: float) -> float:
            return float(environment.get(f"CHATAPP_{name}") or default)

        models = environment.get("CHATAPP_MODELS")
        bedrock_ids = json.loads(environment.get("CHATAPP_BEDROCK_IDS") or "{}")
        default = cls()
        settings = cls(
            stage=environment.get("CHATAPP_STAGE", default.stage),
            region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or default.region,
            account_id=environment.get("CHATAPP_ACCOUNT_ID", ""),
            site_origin=environment.get("CHATAPP_SITE_ORIGIN", ""),
            api_url=environment.get("CHATAPP_API_URL", ""),
            user_pool_arn=environment.get("CHATAPP_USER_POOL_ARN", ""),
            model_provider=environment.get("CHATAPP_MODEL_PROVIDER", default.model_provider),
            models=tuple(
                replace(offer, bedrock_id=bedrock_ids.get(offer.id, offer.bedrock_id))
                for offer in (_models(models) if models else DEFAULT_MODELS)
            ),
            user_budget_usd=number("USER_BUDGET_USD", default.user_budget_usd),
            stage_budget_usd=number("STAGE_BUDGET_USD", default.stage_budget_usd),
            retention_days=int(number("RETENTION_DAYS", default.retention_days)),
            max_tokens=int(number("MAX_TOKENS", default.max_tokens)),
            max_answer_bytes=min(int(number("MAX_ANSWER_BYTES", default.max_answer_bytes)), _ITEM_BYTES),
            history_tokens=int(number("HISTORY_TOKENS", default.history_tokens)),
            document_tokens=int(number("DOCUMENT_TOKENS", default.document_tokens)),
            context_tokens=int(number("CONTEXT_TOKENS", default.context_tokens)),
            files_bucket=environment.get("CHATAPP_FILES_BUCKET", ""),
            distribution_id=environment.get("CHATAPP_DISTRIBUTION_ID", ""),
            max_file_mb=int(number("MAX_FILE_MB", default.max_file_mb)),
            storage_quota_mb=int(number("STORAGE_QUOTA_MB", default.storage_quota_mb)),
            signup=environment.get("CHATAPP_SIGNUP") or default.signup,
            rates=_rates(environment.get("CHATAPP_RATES") or "{}"),
            answer_qualifier=environment.get("CHATAPP_ANSWER_QUALIFIER", ""),
            app_version=_packaged_version() or default.app_version,
            backup_hour_utc=int(number("BACKUP_HOUR_UTC", default.backup_hour_utc)),
            backup_lock_days=int(number("BACKUP_LOCK_DAYS", default.backup_lock_days)),
            comments_mode=environment.get("CHATAPP_COMMENTS_MODE") or default.comments_mode,
            digest=_kinds(environment.get("CHATAPP_DIGEST") or json.dumps(default.digest)),
            digest_hour_utc=int(number("DIGEST_HOUR_UTC", default.digest_hour_utc)),
            twin_origins=tuple(json.loads(environment.get("CHATAPP_TWIN_ORIGINS") or "[]")),
            twin_daily_budget_usd=number("TWIN_DAILY_BUDGET_USD", default.twin_daily_budget_usd),
            twin_monthly_budget_usd=number("TWIN_MONTHLY_BUDGET_USD", default.twin_monthly_budget_usd),
            twin_topics=json.loads(environment.get("CHATAPP_TWIN_TOPICS") or "true"),
            twin_topics_budget_usd=number("TWIN_TOPICS_BUDGET_USD", default.twin_topics_budget_usd),
            transcript_days=int(number("TRANSCRIPT_DAYS", default.transcript_days)),
            endpoint_url=environment.get("AWS_ENDPOINT_URL") or None,
            anthropic_base_url=environment.get("ANTHROPIC_BASE_URL") or None,
        )
        settings._check()
        return settings

    def over(self, values: Mapping[str, str]) -> Settings:
        """These settings with others over them, of those that change at once (`LIVE`), as their variables are written.

        Raises ValueError that names the field, for a name that is none of them and for a value that it cannot have.
        """
        changed: dict[str, Any] = {}
        for name, text in values.items():
            if name not in LIVE:
                raise ValueError(f"{name} cannot change at once: {', '.join(LIVE)} can")
            try:
                changed[name] = LIVE[name](text)
            except (ValueError, TypeError, AttributeError, KeyError) as error:
                reason = str(error) if str(error).startswith(name) else f"{name}: {text[:80]} is no such value"
                raise ValueError(reason) from error
        settings = replace(self, **changed)
        settings._check()
        return settings

    def _check(self) -> None:
        for name in _BUDGETS:
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} ({getattr(self, name)}) must be 0, which spends nothing, or more")
        if self.max_tokens < 1 or self.history_tokens < 1:
            raise ValueError(
                f"max_tokens ({self.max_tokens}) and history_tokens ({self.history_tokens}) must be 1 or more"
            )
        if self.signup not in ("open", "closed"):
            raise ValueError(f"signup ({self.signup}) must be open or closed")
        if self.transcript_days < 0:
            raise ValueError(f"transcript_days ({self.transcript_days}) must be 0, which stores none, or more")
        if not isinstance(self.twin_topics, bool):
            raise ValueError(f"twin_topics ({self.twin_topics}) must be true or false")  # noqa: TRY004
        if self.retention_days < 0:
            raise ValueError(f"retention_days ({self.retention_days}) must be 0, which keeps until deleted, or more")
        if self.backup_hour_utc not in range(24) or self.backup_lock_days < 0:
            raise ValueError("backup_hour_utc must be of 0 to 23, and backup_lock_days 0, which locks nothing, or more")
        if self.comments_mode not in COMMENT_MODES or self.digest_hour_utc not in range(24):
            raise ValueError(f"comments_mode is one of {', '.join(COMMENT_MODES)}, and digest_hour_utc of 0 to 23")
        if unknown := set(self.digest) - set(DIGEST_KINDS):
            raise ValueError(f"digest holds some of {', '.join(DIGEST_KINDS)}, not {', '.join(sorted(unknown))}")
        left = self.context_tokens - self.max_tokens - self.document_tokens
        if left < _LEAST_TURN_TOKENS:
            raise ValueError(
                f"context_tokens ({self.context_tokens:,}) less max_tokens ({self.max_tokens:,}) and document_tokens"
                f" ({self.document_tokens:,}) must leave {_LEAST_TURN_TOKENS:,} for the rest of a prompt"
            )
