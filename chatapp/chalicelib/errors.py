"""Every error that a caller can provoke, and how HTTP names it.

    AppError                    500 internal
    ├── FieldError                                       (carries `field`)
    │   ├── InvalidRequest      400 invalid_request
    │   ├── InvalidCursor       400 invalid_cursor
    │   ├── NotFound            404 not_found            (of several files, carries `file_id`)
    │   └── PayloadTooLarge     413 payload_too_large
    ├── Unauthorized            401 unauthorized
    ├── Conflict                409 conflict
    │   ├── AnswerInProgress    409 answer_in_progress   (carries `message_id`)
    │   ├── FileNotReady        409 file_not_ready       (carries `field`, `file_id`)
    │   └── RequestIdReused     409 request_id_reused    (carries `field`)
    ├── StorageFull             413 storage_full         (carries `used_bytes`, `limit_bytes`)
    ├── BudgetSpent             429 budget_spent
    └── Unavailable             503 unavailable          (safe to repeat with the same request_id)

Only these become 4xx. Any other exception is our own fault and a 500.
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
