"""Every error of the app, and what becomes of it.

What a caller can provoke, and how HTTP names it; only these become 4xx:

    AppError                    500 internal
    ├── FieldError                                       (carries `field`)
    │   ├── InvalidRequest      400 invalid_request      (carries `reason`, and mostly `limit` and `actual`)
    │   ├── InvalidCursor       400 invalid_cursor
    │   ├── NotFound            404 not_found            (of several files, carries `file_id`)
    │   └── PayloadTooLarge     413 payload_too_large    (carries `limit` and `unit`)
    ├── Unauthorized            401 unauthorized
    │   ├── SessionEnded        401 session_ended        (its token is good; no fresh one will be)
    │   └── VisitOver           401 visit_over           (a visit's token is none of this twin's, or no more)
    ├── CommentsBanned          403 comments_banned
    ├── OriginNotAllowed        403 origin_not_allowed
    ├── Forbidden               403 forbidden            (says who may)
    ├── SignupClosed            404 signup_closed
    ├── Conflict                409 conflict
    │   ├── TooManyFiles        409 too_many_files       (carries `limit`)
    │   ├── NotArrived          409 file_not_arrived     (carries `file_id`)
    │   ├── KeptOut             409 kept_out
    │   ├── HasPassword         409 has_password
    │   ├── PublishedMeanwhile  409 published_meanwhile
    │   ├── AlreadyThere        409 already_there        (carries `field`, `user_id`)
    │   ├── LastOwner           409 last_owner
    │   ├── AnswerInProgress    409 answer_in_progress   (carries `message_id`)
    │   ├── FileNotReady        409 file_not_ready       (carries `field`, `file_id`)
    │   ├── RequestIdReused     409 request_id_reused    (carries `field`)
    │   ├── NameTaken           409 display_name_taken   (carries `field`)
    │   ├── SectionClosed       409 section_closed       (carries `field`)
    │   ├── CommentGone         409 comment_gone         (carries `field`)
    │   ├── DuplicateComment    409 duplicate_comment    (carries `field`)
    │   ├── TooFast             409 too_fast             (carries `field`)
    │   ├── TooLate             409 too_late
    │   ├── Moderated           409 moderated
    │   ├── AnotherPerson       409 another_person       (carries `field`)
    │   ├── CommentChanged      409 changed              (carries `field`)
    │   ├── DraftChanged        409 changed              (carries `field`, `revision`)
    │   └── QuestionSettled     409 question_answered
    ├── StorageFull             413 storage_full         (carries `used_bytes`, `limit_bytes`)
    ├── BudgetSpent             429 budget_spent         (in the middle of an answer: that answer's error)
    │   └── TwinResting         429 twin_resting         (carries `retry_after_s` and `resting_until`)
    ├── RateLimited             429 rate_limited         (carries `retry_after_s`, which is a header, too)
    ├── Unhealthy               503 unhealthy            (carries `part`)
    └── Unavailable             503 unavailable          (safe to repeat with the same request_id)

What ends an answer or a file's reading, and is told on its row:

    ModelError                  claude.interface         the model's failures, by their code
    ExtractionError             extraction.failures      why a file cannot be read, by its code

What the engine of PDFs tells its reader, which makes an ExtractionError or an unreadable page of it:

    EncryptedError              readers.pdfium           a password is asked for
    UnreadableError             readers.pdfium           the file, or this page of it, is none to the engine

What AWS answers, converted by exact code in `aws/`; whoever calls handles it:

    Busy                        aws.faults               not now; where nobody handles it, 503 unavailable
    ConditionFailed             aws.table                a write's condition did not hold
    TransactionRefused          aws.table                some conditions of a transaction did not hold
    Missing, TooLarge           aws.bucket               an object that is not there, or larger than it may be
    Changed                     aws.bucket               an object that was replaced since it was read
    Archived                    aws.bucket               an object in a cold storage class, to be asked for first
    NoRecovery                  aws.exports              a table that cannot be told as it was at that time
    NotStarted                  aws.functions            a function could not be invoked
    Missing, NoAddress          aws.accounts             there is no such account; none can be made of that address
    NoPage                      aws.pool               a list of accounts has no page that starts there
    Gone                        aws.push                 a connection that is closed

What one part of the code tells another:

    Changed                     optimistic               what was read has changed: read again
    TooManyBytes                api.schemas.texts        a text that is too long in UTF-8, for pydantic to refuse
    Superseded                  turns.settling           somebody else has settled the answer
    Lost                        files.claims             the file is another worker's by now, or gone
    Unfinished                  deletion.sweep           some rows that are due could not be finished
    Refused                     push.tickets             a ticket that opens no socket
    Unpublished                 health                   the site has no first page
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

from collections.abc import Mapping

_LONGEST_ID = 40


class AppError(Exception):
    """said: the message of those that say the same each time. headers: that go with it over HTTP."""

    status = 500
    code = "internal"
    said = ""

    def __init__(self, message: str = "", **details: str | int) -> None:
        super().__init__(message or self.said)
        self.message = message or self.said
        self.details = details
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, dict[str, str | int]]:
        return {"error": {"code": self.code, "message": self.message, **self.details}}


class FieldError(AppError):
    """field: of the request, or a path parameter."""

    def __init__(self, field: str, problem: str, **details: str | int) -> None:
        super().__init__(f"{field}: {problem}", field=field, **details)


# What is wrong with a field, for whoever says it in other words than ours. What a file is refused for by its name or
# its size has a code of `extraction.failures` in this place.
REASONS = (
    *("missing", "blank", "too_long", "too_short", "too_many", "too_few", "too_large", "too_small"),
    *("unknown_field", "wrong_type", "wrong_form", "not_taken", "not_offered", "not_confirmed", "twice"),
    *("file_failed", "not_an_answer", "nothing_found", "nothing_shown"),
)


class InvalidRequest(FieldError):
    """reason: one of REASONS. details: `limit` and `actual` where it has them, and their `unit` (bytes, characters)."""

    status = 400
    code = "invalid_request"

    def __init__(self, field: str, problem: str, reason: str, **details: str | int) -> None:
        super().__init__(field, problem, reason=reason, **details)


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
    """limit: in `unit`s (bytes, characters); details: `actual`, where it is known."""

    status = 413
    code = "payload_too_large"

    def __init__(self, field: str, problem: str, limit: int, unit: str, **details: int) -> None:
        super().__init__(field, problem, reason="too_large", limit=limit, unit=unit, **details)


class Unauthorized(AppError):
    status = 401
    code = "unauthorized"


class SessionEnded(Unauthorized):
    code = "session_ended"
    said = "This session was ended. Sign in again."


class Forbidden(AppError):
    status = 403
    code = "forbidden"


class VisitOver(Unauthorized):
    """Of a token that has expired, was forged or is another twin's: deliberately without saying which."""

    code = "visit_over"
    said = "This visit is over. Begin another one."


class OriginNotAllowed(AppError):
    status = 403
    code = "origin_not_allowed"
    said = "The owner of this twin has not allowed it on this page."


class SignupClosed(AppError):
    status = 404
    code = "signup_closed"
    said = "Nobody can sign up here by themselves: ask the owner for an invitation."


class Conflict(AppError):
    status = 409
    code = "conflict"


class TooManyFiles(Conflict):
    code = "too_many_files"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You have {limit:,} files, and more are not kept. Delete files that you no longer need.", limit=limit
        )


class NotArrived(Conflict):
    code = "file_not_arrived"

    def __init__(self, file_id: str, name: str) -> None:
        super().__init__(f"“{name}” has not arrived yet; ask again when it has been uploaded.", file_id=file_id)


class KeptOut(Conflict):
    code = "kept_out"
    said = "This person is kept out. Let them in again first."


class HasPassword(Conflict):
    code = "has_password"
    said = "This person has a password already: “Forgot password” on the sign-in page makes a new one."


class PublishedMeanwhile(Conflict):
    code = "published_meanwhile"
    said = "Another version was published meanwhile. Look at it, then publish again."


class AlreadyThere(Conflict):
    code = "already_there"

    def __init__(self, user_id: str) -> None:
        super().__init__("email: somebody with this address is there already", field="email", user_id=user_id)


class LastOwner(Conflict):
    code = "last_owner"
    said = "This is the last owner, without whom nobody could let people in. Make somebody else one first."


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


class CommentsBanned(AppError):
    status = 403
    code = "comments_banned"
    said = "The owner of this page takes no more comments from you."


class NameTaken(Conflict):
    code = "display_name_taken"

    def __init__(self, why: str) -> None:
        super().__init__(f"display_name: {why}; choose another one", field="display_name")


class SectionClosed(Conflict):
    code = "section_closed"

    def __init__(self) -> None:
        super().__init__("sectionId: this section takes no more comments", field="sectionId")


class CommentGone(Conflict):
    code = "comment_gone"

    def __init__(self) -> None:
        super().__init__("reply_to: this comment was taken away and can have no more replies", field="reply_to")


class DuplicateComment(Conflict):
    code = "duplicate_comment"

    def __init__(self) -> None:
        super().__init__("text: you have written this here already, within a day", field="text")


class TooFast(Conflict):
    code = "too_fast"

    def __init__(self, least_s: int) -> None:
        super().__init__(
            f"elapsed_ms: written in less than {least_s} seconds, as robots do; send it again as it is",
            field="elapsed_ms",
        )


class TooLate(Conflict):
    code = "too_late"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"A comment can be changed for {minutes} minutes. You can still delete it.")


class Moderated(Conflict):
    code = "moderated"


class CommentChanged(Conflict):
    code = "changed"

    def __init__(self) -> None:
        super().__init__(
            "revision: its writer has changed this comment since you read it; read it again, then decide",
            field="revision",
        )


class AnotherPerson(Conflict):
    code = "another_person"

    def __init__(self) -> None:
        super().__init__(
            "confirmed_name: this archive names another person than the page does, or nobody; set confirmed_name where"
            " it is the right one",
            field="confirmed_name",
        )


class DraftChanged(Conflict):
    code = "changed"

    def __init__(self, revision: int) -> None:
        """revision: of the draft as it is now."""
        super().__init__(
            "revision: somebody has changed this draft since you read it; read it again, then repeat your change",
            field="revision",
            revision=revision,
        )


class QuestionSettled(Conflict):
    code = "question_answered"
    said = "This question is answered already, by a note in the draft. Open it again to change that."


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


class TwinResting(BudgetSpent):
    code = "twin_resting"

    def __init__(self, retry_after_s: int, resting_until: str) -> None:
        """resting_until: ISO 8601, in UTC."""
        super().__init__(
            "This twin has answered as much as its owner lets it for now; its page can still be read.",
            retry_after_s=retry_after_s,
            resting_until=resting_until,
        )
        self.headers = {"Retry-After": str(retry_after_s)}


class RateLimited(AppError):
    status = 429
    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int, headers: Mapping[str, str]) -> None:
        """headers: what is left of which limit."""
        super().__init__(message, retry_after_s=retry_after_s)
        self.headers = {"Retry-After": str(retry_after_s), **headers}


class Unavailable(AppError):
    status = 503
    code = "unavailable"


class Unhealthy(AppError):
    status = 503
    code = "unhealthy"

    def __init__(self, part: str) -> None:
        super().__init__(f"Not answering: {part}.", part=part)
        self.headers = {"Cache-Control": "no-store"}
