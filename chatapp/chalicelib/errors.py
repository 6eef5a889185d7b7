"""Every error of the app, and what becomes of it.

What a caller can provoke, and how HTTP names it; only these become 4xx:

    AppError                    500 internal
    ├── FieldError                                       (carries `field`)
    │   ├── InvalidRequest      400 invalid_request
    │   ├── InvalidCursor       400 invalid_cursor
    │   ├── NotFound            404 not_found            (of several files, carries `file_id`)
    │   └── PayloadTooLarge     413 payload_too_large
    ├── Unauthorized            401 unauthorized
    │   └── SessionEnded        401 session_ended        (its token is good; no fresh one will be)
    ├── Conflict                409 conflict
    │   ├── AnswerInProgress    409 answer_in_progress   (carries `message_id`)
    │   ├── FileNotReady        409 file_not_ready       (carries `field`, `file_id`)
    │   └── RequestIdReused     409 request_id_reused    (carries `field`)
    ├── StorageFull             413 storage_full         (carries `used_bytes`, `limit_bytes`)
    ├── BudgetSpent             429 budget_spent         (in the middle of an answer: that answer's error)
    └── Unavailable             503 unavailable          (safe to repeat with the same request_id)

What ends an answer or a file's reading, and is told on its row:

    ModelError                  claude.interface         the model's failures, by their code
    ExtractionError             extraction.failures      why a file cannot be read, by its code

What AWS answers, converted by exact code in `aws/`; whoever calls handles it:

    Busy                        aws.faults               not now; where nobody handles it, 503 unavailable
    ConditionFailed             aws.table                a write's condition did not hold
    TransactionRefused          aws.table                some conditions of a transaction did not hold
    Missing, TooLarge           aws.bucket               an object that is not there, or larger than it may be
    Changed                     aws.bucket               an object that was replaced since it was read
    Archived                    aws.bucket               an object in a cold storage class, to be asked for first
    NoRecovery                  aws.exports              a table that cannot be told as it was at that time
    NotStarted                  aws.functions            a function could not be invoked
    Gone                        aws.push                 a connection that is closed

What one part of the code tells another:

    Changed                     optimistic               what was read has changed: read again
    Superseded                  turns.settling           somebody else has settled the answer
    Lost                        files.claims             the file is another worker's by now, or gone
    Unfinished                  deletion.sweep           some rows that are due could not be finished
    Refused                     push.tickets             a ticket that opens no socket
    Lost                        backups.turns            another run has taken the backup or restore over
    CannotBackUp                backups.runs             a backup cannot be made; the log and the index say why
    Failed                      backups.nightly          the same, for Lambda, which tries again
    NotReadable                 backups.manifest         a manifest that is none, or a newer app's
    Unusable                    backups.archive          a backup cannot be brought back; the message says why

Our own bugs, a 500 each, like any exception that is not named here:

    NotGranted                  aws.grants               an operation that `functions.py` does not grant
    Failed                      logs                     a function's error, reported without its text
"""

from __future__ import annotations

_LONGEST_ID = 40


class AppError(Exception):
    status = 500
    code = "internal"

    def __init__(self, message: str, **details: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def body(self) -> dict[str, dict[str, str | int]]:
        return {"error": {"code": self.code, "message": self.message, **self.details}}


class FieldError(AppError):
    """field: of the request, or a path parameter."""

    def __init__(self, field: str, problem: str, **details: str) -> None:
        super().__init__(f"{field}: {problem}", field=field, **details)


class InvalidRequest(FieldError):
    status = 400
    code = "invalid_request"


class InvalidCursor(FieldError):
    status = 400
    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("cursor", "not one that this list gave out; start again without it")


class NotFound(FieldError):
    status = 404
    code = "not_found"

    def __init__(self, kind: str, field: str = "", which: str = "") -> None:
        """which: the id that names nothing, where the caller gave several; a long one is none, and is cut."""
        field, which = field or f"{kind}_id", which[:_LONGEST_ID]
        if which:
            super().__init__(field, f"there is no such {kind} as {which}", **{f"{kind}_id": which})
        else:
            super().__init__(field, f"there is no such {kind}")


class PayloadTooLarge(FieldError):
    status = 413
    code = "payload_too_large"


class Unauthorized(AppError):
    status = 401
    code = "unauthorized"


class SessionEnded(Unauthorized):
    code = "session_ended"

    def __init__(self) -> None:
        super().__init__("This session was ended. Sign in again.")


class Conflict(AppError):
    status = 409
    code = "conflict"


class AnswerInProgress(Conflict):
    code = "answer_in_progress"

    def __init__(self, message_id: str) -> None:
        super().__init__(
            "An answer is in progress in this conversation; wait for its end or stop it.",
            message_id=message_id,
        )


class FileNotReady(Conflict):
    code = "file_not_ready"

    def __init__(self, file_id: str, name: str) -> None:
        super().__init__(
            f"file_ids: “{name}” is still being read; send the message again when it is ready.",
            field="file_ids",
            file_id=file_id,
        )


class RequestIdReused(Conflict):
    code = "request_id_reused"

    def __init__(self) -> None:
        super().__init__("request_id: already used for another text; choose a new one", field="request_id")


class StorageFull(AppError):
    status = 413
    code = "storage_full"

    def __init__(self, size_bytes: int, used_bytes: int, limit_bytes: int) -> None:
        super().__init__(
            f"size: {_mb(size_bytes)} more would exceed your storage of {_mb(limit_bytes)}, of which"
            f" {_mb(used_bytes)} are used. Delete files that you no longer need.",
            used_bytes=used_bytes,
            limit_bytes=limit_bytes,
        )


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1024 / 1024:,.1f} MB"


class BudgetSpent(AppError):
    status = 429
    code = "budget_spent"


class Unavailable(AppError):
    status = 503
    code = "unavailable"
