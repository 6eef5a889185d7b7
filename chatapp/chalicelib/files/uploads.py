"""New files: what may be uploaded, the room it takes, and how it comes: by a browser's form, or inline.

Whatever comes is looked at again when it is read (`extraction`): here only what name, type and size tell.
"""

from __future__ import annotations

import base64
import binascii
import time
from typing import TYPE_CHECKING

from chalicelib import due, logs, retention
from chalicelib.aws.bucket import PresignedPost
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import TransactionRefused, transact
from chalicelib.errors import AppError, InvalidRequest, NotFound, PayloadTooLarge
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.kinds.detect import refuse_by_name
from chalicelib.extraction.limits import MB
from chalicelib.extraction.names import clean_name, with_ending
from chalicelib.ids import iso, new_id
from chalicelib.subjects import Subject

from . import lifecycle, quota
from . import row as files
from .row import File

if TYPE_CHECKING:
    from chalicelib.services import Services

FORM_EXPIRES_S = 300
# API Gateway takes 10 MB, but Lambda 6 MB, of which base64 leaves three quarters.
MAX_INLINE_BYTES = 4 * MB
# Files are dropped by the dozen, and all of one person's reservations meet at one row.
_PATIENCE_S = 5.0


def begin(
    services: Services, subject: Subject, name: str, media_type: str, size_bytes: int
) -> tuple[File, PresignedPost]:
    """Reserve room for a file, and make the form that uploads exactly it.

    Raises InvalidRequest, PayloadTooLarge, StorageFull, and Conflict for one file too many.
    """
    if size_bytes > services.settings.max_file_bytes:
        most_mb = services.settings.max_file_mb
        problem = f"at most {most_mb} MB; split the file, or upload the part that matters"
        raise PayloadTooLarge("size", problem, services.settings.max_file_bytes, "bytes", actual=size_bytes)
    file = _reserved(services, _new(subject, checked_name(name), _checked_type(name, media_type), size_bytes, "size"))
    return file, services.uploads.presigned_post(file.object_key, media_type, size_bytes, FORM_EXPIRES_S)


def store(services: Services, subject: Subject, name: str, media_type: str, content: str) -> File:
    """Store a small file that came whole. content: base64.

    Raises as `begin`, and Busy when nothing was stored.
    """
    body = _decoded(content, min(MAX_INLINE_BYTES, services.settings.max_file_mb * MB))
    new = _new(subject, checked_name(name), _checked_type(name, media_type), len(body), "content")
    file = _reserved(services, new)
    try:
        services.uploads.put(file.object_key, body, media_type)
    except Busy:
        # It may have arrived all the same, and be read by now; otherwise its event will find no row.
        if lifecycle.remove_unread(services, file):
            raise
        return lifecycle.get(services, subject, file.file_id)
    return file


def checked_name(name: str) -> str:
    """The name as it is stored. Raises InvalidRequest."""
    try:
        return clean_name(name)
    except ExtractionError as error:
        raise InvalidRequest("name", error.message, reason=error.code) from error


def new_name(services: Services, subject: Subject, file_id: str, name: str) -> str:
    """Another name for a file, as it is stored: with the ending that the file came with, which says what it is.

    Raises InvalidRequest and NotFound.
    """
    checked = checked_name(name)
    row = services.files.find(files.key(file_id))
    if row is None or row["user_id"] != subject.owner:
        raise NotFound("file")
    return checked_name(with_ending(checked, row["object_key"]))


def _checked_type(name: str, media_type: str) -> str:
    try:
        refuse_by_name(name, media_type)
    except ExtractionError as error:
        raise InvalidRequest("type", error.message, reason=error.code) from error
    return media_type


def _decoded(content: str, most_bytes: int) -> bytes:
    problem = f"at most {most_bytes // MB} MB; larger files are sent by a form"
    too_large = PayloadTooLarge("content", problem, most_bytes, "bytes")
    if len(content) > (most_bytes + 2) // 3 * 4:
        raise too_large
    try:
        body = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        problem = "must be base64 (RFC 4648, with padding, without line breaks)"
        raise InvalidRequest("content", problem, reason="wrong_form") from error
    if len(body) > most_bytes:
        raise too_large
    return body


def _new(subject: Subject, name: str, media_type: str, size_bytes: int, field: str) -> File:
    """Raises InvalidRequest for a file without a byte. field: that told the size."""
    if size_bytes == 0:
        raise InvalidRequest(field, ExtractionError("file_empty").message, reason="file_empty")
    file_id = new_id()
    return File(
        file_id=file_id,
        subject=subject,
        upload_timestamp=iso(time.time()),
        name=name,
        media_type=media_type,
        size=size_bytes,
        status="uploaded",
        object_key=f"{files.upload_prefix(subject, file_id)}{name}",
        trace_id=logs.trace_id() or None,
    )


def _reserved(services: Services, file: File) -> File:
    """Store the row of a file for which there is room, if uploads that never came must make it.

    Raises StorageFull, and Conflict for one file too many.
    """
    refusal = _reserve(services, file)
    if refusal and lifecycle.sweep_all(services, file.subject):
        refusal = _reserve(services, file)
    if refusal:
        raise refusal
    return file


def _reserve(services: Services, file: File) -> AppError | None:
    """Store the row with its reservation; where there is no room, say so and store nothing."""
    room = quota.reserve(services, file.subject, file.size)
    kept = file.with_changes(ttl=retention.until(services.settings))
    item = kept.to_item() | due.at(time.time() + files.ABANDONED_S, file.file_id)
    try:
        transact([services.files.put(item), room], patience_s=_PATIENCE_S)
    except TransactionRefused as refused:
        return quota.refusal(refused.row(room), file.size, services.settings)
    return None
