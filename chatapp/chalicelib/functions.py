"""The one table of functions: what each is given, how it is invoked, and what it may do.

Adding a function is its decorator in `app.py` and its row here: its configuration, log group, settings of asynchronous
invocation and IAM policy are rendered from the row (`deploy/functions/`), and at run time its adapters refuse every
operation that the row does not grant (`services.py`). Imports nothing of AWS: a deployment reads it, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.aws.grants import Grant

API = "api_handler"
ANSWER = "answer"
EXTRACT = "extract"
PURGE = "purge"
SWEEP = "sweep"
DIGEST = "digest"
PUBLISH = "publish"
STUDY = "study"
TOPICS = "twin_topics"
NIGHTLY_BACKUP = "nightly_backup"
BACKUP = "backup"
RESTORE = "restore"
RESTORE_DRILL = "restore_drill"
HEALTH_CHECK = "health_check"
CONNECT = "websocket_connect"
MESSAGE = "websocket_message"
DISCONNECT = "websocket_disconnect"


@dataclass(frozen=True, slots=True)
class Events:
    """How Lambda delivers what invokes a function asynchronously.

    retries: after a failure. max_age_s: what could not be delivered by then, throttled or retried, is given up
    (AWS: 60 to 21,600). failures: the queue that keeps what was given up.
    """

    retries: int
    max_age_s: int
    failures: str


@dataclass(frozen=True, slots=True)
class Function:
    """One row.

    concurrency: the setting (`deploy/settings.toml`) that reserves a number of invocations at a time; "" for none.
    module, clients: what its first invocation would otherwise wait for, imported and made while it starts.
    """

    memory_mb: int
    timeout_s: int
    grants: tuple[Grant, ...] = ()
    events: Events | None = None
    concurrency: str = ""
    module: str = ""
    clients: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[Grant, ...]:
        """Its grants, and what Lambda does by its role: sending what it gives up."""
        return (*self.grants, Grant("queue", self.events.failures, ("SendMessage",))) if self.events else self.grants


# To find a subject's connections, and to forget those that are gone.
_CONNECTIONS = ("Query", "BatchWriteItem")
_PUSH = Grant("sockets", "connections", ("PostToConnection",))
_PUSHING = (Grant("table", "sockets", _CONNECTIONS), _PUSH)

# What changes without a deployment (`live.py`).
_LIVE = Grant("parameter", "settings", ("GetParameter",))

# What lies under a conversation and a file, beside messages.
_REMOVED = ("Query", "BatchWriteItem")
_REMOVING = (
    Grant("table", "frames", _REMOVED),
    Grant("bucket", "files/uploads", ("ListObjectVersions", "DeleteObjectVersion")),
    Grant("bucket", "files/extracted", ("ListObjectVersions", "DeleteObjectVersion")),
    # Of a visit that was erased.
    Grant("bucket", "files/transcripts", ("ListObjectVersions", "DeleteObjectVersion")),
    # That it was removed, for whoever restores a backup.
    Grant("table", "erasures", ("PutItem",)),
    Grant("bucket", "backups/erasures", ("PutObject",)),
)

_API = Function(
    memory_mb=1024,
    timeout_s=29,  # API Gateway waits no longer
    clients=("lambda",),
    grants=(
        _LIVE,
        Grant("table", "conversations", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem")),
        Grant("index", "conversations/timestamp-index", ("Query",)),
        Grant("table", "messages", ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")),
        Grant("table", "frames", ("Query",)),
        Grant("table", "files", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem")),
        Grant("index", "files/user-files-index", ("Query",)),
        Grant("bucket", "files/uploads", ("PutObject", "GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/extracted", ("GetObject", "ListObjectVersions")),
        # For the deep check: that its first page is there.
        Grant("bucket", "site/*", ("ListObjectVersions",)),
        Grant("table", "usage", ("BatchGetItem", "GetItem", "UpdateItem")),
        Grant("table", "people", ("GetItem", "BatchGetItem", "UpdateItem")),
        Grant("table", "commentaires", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem")),
        Grant("index", "commentaires/section-index", ("Query",)),
        Grant("index", "commentaires/author-index", ("Query",)),
        Grant("index", "commentaires/state-index", ("Query",)),
        Grant("table", "sections", ("GetItem", "BatchGetItem", "UpdateItem")),
        Grant("index", "sections/listed-index", ("Query",)),
        Grant("table", "twins", ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")),
        # What is stored while a twin is deleted goes again.
        Grant("bucket", "files/twins", ("PutObject", "GetObject", "ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/previews", ("PutObject", "GetObject", "ListObjectVersions", "DeleteObjectVersion")),
        # Of a visit that is over, all that is left.
        Grant("bucket", "files/transcripts", ("GetObject", "ListObjectVersions")),
        Grant("table", "sockets", ("PutItem", *_CONNECTIONS)),
        Grant(
            "pool",
            "people",
            (
                *("ListUsers", "ListUsersInGroup", "AdminGetUser", "AdminListGroupsForUser", "AdminCreateUser"),
                *("AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminUserGlobalSignOut"),
                *("AdminDisableUser", "AdminEnableUser", "AdminDeleteUser"),
            ),
        ),
        Grant("parameter", "address-key", ("GetParameter",)),
        Grant("parameter", "visit-key", ("GetParameter",)),
        # For the owners' page of how the stage does.
        Grant("metrics", "stage", ("GetMetricData", "DescribeAlarms")),
        Grant("bucket", "backups/index.json", ("GetObject", "ListObjectVersions")),
        _PUSH,
        Grant("function", "answer", ("Invoke",)),
        Grant("function", "extract", ("Invoke",)),
        Grant("function", "publish", ("Invoke",)),
        Grant("function", "study", ("Invoke",)),
        Grant("function", "purge", ("Invoke",)),
        Grant("schedule", "purge", ("CreateSchedule",)),
    ),
)

_ANSWER = Function(
    memory_mb=512,  # docs/operations.md, "Memory"
    timeout_s=900,
    # An answer that starts late or twice helps nobody: the row says `queued`, and whoever reads it settles it.
    events=Events(retries=0, max_age_s=60, failures="answer-failures"),
    concurrency="answer_concurrency",
    module="answering.worker",
    grants=(
        _LIVE,
        Grant("table", "conversations", ("GetItem", "BatchGetItem", "UpdateItem")),
        Grant("table", "messages", ("GetItem", "Query", "UpdateItem")),
        Grant("table", "frames", ("PutItem", "Query", "BatchWriteItem")),
        Grant("table", "files", ("BatchGetItem",)),
        Grant("bucket", "files/uploads", ("GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/extracted", ("GetObject", "ListObjectVersions")),
        Grant("table", "usage", ("UpdateItem",)),
        # A twin's: the version that it answers from, what its sources lack, and the transcript of the visit.
        Grant("bucket", "files/previews", ("GetObject", "ListObjectVersions")),
        Grant("bucket", "files/twins", ("GetObject", "ListObjectVersions")),
        Grant("table", "twins", ("PutItem", "GetItem", "BatchGetItem", "UpdateItem", "DeleteItem")),
        Grant("bucket", "files/transcripts", ("PutObject", "ListObjectVersions", "DeleteObjectVersion")),
        *_PUSHING,
        Grant("parameter", "anthropic-api-key", ("GetParameter",)),
        Grant("bedrock", "models", ("InvokeModelWithResponseStream",)),
    ),
)

_EXTRACT = Function(
    memory_mb=1769,  # a whole CPU
    timeout_s=900,
    # A file whose reading crashed is read once more; after that it is `failed`, and its event is kept in the queue.
    events=Events(retries=1, max_age_s=21_600, failures="extract-failures"),
    concurrency="extract_concurrency",
    module="files.extraction_worker",
    clients=("s3",),
    grants=(
        Grant("table", "files", ("GetItem", "UpdateItem")),
        Grant("bucket", "files/uploads", ("GetObjectVersion", "ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/extracted", ("PutObject", "GetObject", "ListObjectVersions", "DeleteObjectVersion")),
        Grant("table", "usage", ("UpdateItem",)),
        *_PUSHING,
        Grant("function", "extract", ("Invoke",)),
    ),
)

_PURGE = Function(
    memory_mb=512,
    timeout_s=300,
    # Removing what a person deleted can be done again, and must be done in the end.
    events=Events(retries=2, max_age_s=21_600, failures="purge-failures"),
    module="deletion.purge",
    grants=(
        # Of a twin that is deleted, all visits are looked for.
        Grant("table", "conversations", ("Query", "Scan", "BatchGetItem", "UpdateItem", "DeleteItem")),
        # Answers in progress of who is kept out are stopped.
        Grant("index", "conversations/timestamp-index", ("Query",)),
        Grant("table", "messages", (*_REMOVED, "GetItem", "BatchGetItem", "UpdateItem")),
        Grant("table", "files", ("PutItem", "UpdateItem", "DeleteItem")),
        Grant("index", "files/user-files-index", ("Query",)),
        Grant("table", "usage", ("Query", "UpdateItem", "BatchWriteItem")),
        Grant("table", "sockets", ("PutItem", *_CONNECTIONS)),
        Grant("table", "people", ("GetItem", "DeleteItem")),
        # Of a person or a ban, all comments.
        Grant("index", "commentaires/author-index", ("Query",)),
        Grant("table", "commentaires", ("GetItem", "UpdateItem", "DeleteItem")),
        Grant("table", "sections", ("UpdateItem",)),
        Grant("table", "twins", ("GetItem", "Query", "UpdateItem", "DeleteItem", "BatchWriteItem")),
        Grant("bucket", "files/twins", ("ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/previews", ("ListObjectVersions", "DeleteObjectVersion")),
        Grant("function", "publish", ("Invoke",)),
        *_REMOVING,
    ),
)

_SWEEP = Function(
    memory_mb=512,
    timeout_s=900,
    # The next hour's run does what this one left.
    events=Events(retries=0, max_age_s=3_600, failures="purge-failures"),
    module="deletion.sweep",
    grants=(
        Grant("index", "conversations/due-index", ("Query",)),
        Grant("index", "files/due-index", ("Query",)),
        Grant("index", "usage/due-index", ("Query",)),
        Grant("index", "commentaires/due-index", ("Query",)),
        Grant("index", "twins/due-index", ("Query",)),
        Grant("table", "twins", ("GetItem", "UpdateItem", "DeleteItem")),
        Grant("index", "files/user-files-index", ("Query",)),
        Grant("table", "commentaires", ("GetItem", "UpdateItem", "DeleteItem")),
        Grant("table", "conversations", ("BatchGetItem", "UpdateItem", "DeleteItem", "Scan")),
        Grant("table", "files", ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Scan")),
        Grant("table", "messages", _REMOVED),
        Grant("table", "usage", ("GetItem", "UpdateItem", "Scan")),
        Grant("table", "people", ("Scan",)),
        Grant("pool", "people", ("DescribeUserPool", "ListUsers", "AdminGetUser")),
        *_REMOVING,
        Grant("function", "extract", ("Invoke",)),
        Grant("function", "publish", ("Invoke",)),
        Grant("function", "purge", ("Invoke",)),
        Grant("schedule", "purge", ("CreateSchedule",)),
    ),
)

# A mail that could not be sent today comes tomorrow.
_DIGEST = Function(
    memory_mb=512,
    timeout_s=60,
    events=Events(retries=2, max_age_s=3_600, failures="digest-failures"),
    module="comments.digest",
    grants=(
        _LIVE,
        Grant("index", "commentaires/state-index", ("Query",)),
        Grant("topic", "owner", ("Publish",)),
    ),
)

# The first parts of published pages' keys in the site bucket (`twin/page/keys.py`).
PAGES = ("index.html", "fr", "en", "twin")

# What a page is made of is read anew; one that could not be written is by the sweep, or the next deployment.
_PUBLISH = Function(
    memory_mb=512,
    timeout_s=60,
    events=Events(retries=2, max_age_s=3_600, failures="publish-failures"),
    module="twin.page.publishing",
    grants=(
        Grant("table", "twins", ("GetItem", "UpdateItem")),
        Grant("bucket", "files/twins", ("GetObject", "ListObjectVersions")),
        # Its own keys, and no file of the application's.
        *(
            Grant("bucket", f"site/{each}", ("PutObject", "ListObjectVersions", "DeleteObjectVersion"))
            for each in PAGES
        ),
        Grant("distribution", "site", ("CreateInvalidation",)),
    ),
)

# A source that could not be read says so, and can be added again.
_STUDY = Function(
    memory_mb=512,
    timeout_s=900,
    events=Events(retries=1, max_age_s=3_600, failures="study-failures"),
    module="twin.study",
    grants=(
        _LIVE,
        Grant("table", "twins", ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")),
        Grant("table", "files", ("GetItem",)),
        Grant("bucket", "files/extracted", ("GetObject", "ListObjectVersions")),
        Grant("bucket", "files/transcripts", ("GetObject", "ListObjectVersions")),
        Grant("table", "people", ("GetItem",)),
        Grant("table", "usage", ("UpdateItem",)),
        Grant("parameter", "anthropic-api-key", ("GetParameter",)),
        Grant("bedrock", "models", ("InvokeModelWithResponseStream",)),
    ),
)

# Topics that could not be begun today are tomorrow.
_TOPICS = Function(
    memory_mb=512,
    timeout_s=60,
    events=Events(retries=2, max_age_s=3_600, failures="study-failures"),
    module="twin.grouping",
    grants=(
        _LIVE,
        Grant("table", "twins", ("BatchGetItem", "Query")),
        Grant("function", "study", ("Invoke",)),
    ),
)

# The tables of a backup (`backups.tables` says which are left out, and why).
EXPORTED = ("conversations", "messages", "files", "usage", "erasures", "people", "commentaires", "sections", "twins")

# Where runs stand, and the list of what there is: of the bucket of backups, all that any but `backup` writes.
_NOTED = ("PutObject", "GetObject", "ListObjectVersions")
_STATES, _INDEX = Grant("bucket", "backups/state", _NOTED), Grant("bucket", "backups/index.json", _NOTED)

# What could not be begun tonight is begun tomorrow.
_NIGHTLY_BACKUP = Function(
    memory_mb=512,
    timeout_s=60,
    events=Events(retries=2, max_age_s=3_600, failures="backup-failures"),
    module="backups.nightly",
    grants=(
        _STATES,
        _INDEX,
        Grant("bucket", "backups/*", ("GetObject", "ListObjectVersions")),
        *(Grant("export", name, ("DescribeContinuousBackups",)) for name in EXPORTED),
        Grant("schedule", "backup", ("CreateSchedule",)),
    ),
)

_BACKUP = Function(
    memory_mb=1024,
    timeout_s=900,
    # A run arranges the next before it begins: one that was lost is gone on with.
    events=Events(retries=2, max_age_s=21_600, failures="backup-failures"),
    module="backups.nightly",
    grants=(
        _STATES,
        _INDEX,
        # To delete an object is nobody's right, nor is to shorten its lock (`s3:BypassGovernanceRetention`).
        Grant(
            "bucket",
            "backups/*",
            (
                *("PutObject", "PutObjectAcl", "AbortMultipartUpload", "PutObjectRetention"),
                *("GetObject", "GetObjectVersion", "ListObjectVersions"),
            ),
        ),
        *(Grant("export", name, ("ExportTableToPointInTime", "DescribeExport")) for name in EXPORTED),
        Grant("bucket", "files/uploads", ("GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/extracted", ("GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/twins", ("GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/transcripts", ("GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "site/*", ("GetObject", "ListObjectVersions")),
        Grant("pool", "people", ("ListUsers", "ListGroups", "ListUsersInGroup")),
        Grant("parameters", "stage", ("GetParametersByPath",)),
        Grant("schedule", "backup", ("CreateSchedule",)),
    ),
)

# Of any stage's backups, what comes back may be read: what one stage had may be brought into another.
_ARCHIVES = Grant("archive", "*", ("GetObject", "ListObjectVersions", "RestoreObject"))
_ROWS_BACK = ("PutItem", "BatchGetItem")
_OBJECTS_BACK = ("PutObject", "GetObject", "GetObjectVersion", "ListObjectVersions", "DeleteObjectVersion")
_RESTORE = Function(
    memory_mb=1769,  # a whole CPU
    timeout_s=900,
    events=Events(retries=2, max_age_s=21_600, failures="restore-failures"),
    module="backups.restoring",
    grants=(
        _ARCHIVES,
        _STATES,
        _INDEX,
        Grant("table", "conversations", (*_ROWS_BACK, "UpdateItem")),
        Grant("table", "messages", _ROWS_BACK),
        Grant("table", "files", (*_ROWS_BACK, "UpdateItem")),
        Grant("table", "usage", (*_ROWS_BACK, "UpdateItem")),
        Grant("table", "commentaires", (*_ROWS_BACK, "UpdateItem")),
        Grant("table", "sections", ("BatchGetItem", "UpdateItem")),
        Grant("table", "twins", (*_ROWS_BACK, "Query", "GetItem", "UpdateItem", "DeleteItem")),
        Grant("function", "publish", ("Invoke",)),
        Grant("function", "purge", ("Invoke",)),
        Grant("table", "erasures", (*_ROWS_BACK, "Scan")),
        Grant("table", "people", _ROWS_BACK),
        Grant("bucket", "files/uploads", _OBJECTS_BACK),
        Grant("bucket", "files/extracted", _OBJECTS_BACK),
        Grant("bucket", "files/twins", _OBJECTS_BACK),
        Grant("bucket", "files/transcripts", _OBJECTS_BACK),
        Grant(
            "pool",
            "people",
            (
                *("AdminGetUser", "AdminCreateUser", "AdminUserGlobalSignOut", "AdminDisableUser"),
                *("CreateGroup", "AdminAddUserToGroup"),
            ),
        ),
        # Of a drill.
        Grant("table", ".drill.*", ("CreateTable", "DescribeTable", "DeleteTable", *_ROWS_BACK)),
        Grant("bucket", "files/drill", _OBJECTS_BACK),
        Grant("schedule", "restore", ("CreateSchedule",)),
    ),
)
# It begins a drill, which is a restore.
_RESTORE_DRILL = Function(
    memory_mb=512,
    timeout_s=60,
    events=Events(retries=2, max_age_s=3_600, failures="restore-failures"),
    module="backups.drill",
    grants=(
        _INDEX,
        Grant("table", "usage", ("UpdateItem",)),
        Grant("function", "restore", ("Invoke",)),
    ),
)

# What could not be looked at now is in five minutes.
_HEALTH_CHECK = Function(
    memory_mb=512,
    timeout_s=60,
    events=Events(retries=0, max_age_s=60, failures="health-failures"),
    module="checkup",
    clients=("s3",),
    grants=(
        Grant("table", "usage", ("GetItem", "UpdateItem")),
        # What its metrics tell: uploads that are overdue, and the newest backup's age.
        Grant("index", "files/due-index", ("Query",)),
        Grant("bucket", "backups/index.json", ("GetObject", "ListObjectVersions")),
        Grant("parameter", "anthropic-api-key", ("GetParameter",)),
        Grant("profiles", "models", ("GetInferenceProfile",)),
    ),
)

FUNCTIONS: Mapping[str, Function] = {
    API: _API,
    ANSWER: _ANSWER,
    EXTRACT: _EXTRACT,
    PURGE: _PURGE,
    SWEEP: _SWEEP,
    DIGEST: _DIGEST,
    PUBLISH: _PUBLISH,
    STUDY: _STUDY,
    TOPICS: _TOPICS,
    NIGHTLY_BACKUP: _NIGHTLY_BACKUP,
    BACKUP: _BACKUP,
    RESTORE: _RESTORE,
    RESTORE_DRILL: _RESTORE_DRILL,
    HEALTH_CHECK: _HEALTH_CHECK,
    CONNECT: Function(
        1024,
        10,
        (
            Grant("table", "sockets", ("Query", "PutItem", "DeleteItem")),
            # How often an address tries.
            Grant("table", "usage", ("UpdateItem",)),
            Grant("parameter", "address-key", ("GetParameter",)),
        ),
    ),
    MESSAGE: Function(512, 10),
    DISCONNECT: Function(512, 10, (Grant("table", "sockets", ("DeleteItem",)),)),
}


def events_of(name: str) -> Events:
    """How a function is invoked that is invoked asynchronously. Raises KeyError for another one."""
    events = FUNCTIONS[name].events
    if events is None:
        raise KeyError(name)
    return events
