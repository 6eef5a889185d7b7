"""The end of a twin: nobody reads it from the moment on at which it is deleted, and then all of it goes.

Its head goes last: by it what was interrupted is found again, and no other twin can have the handle before that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, get_args

from chalicelib import due
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import Key, TransactionRefused, transact
from chalicelib.comments import sections

from . import rows
from .page import keys
from .rows import Head

if TYPE_CHECKING:
    from chalicelib.aws.bucket import Bucket
    from chalicelib.services import Services

# By then a purge that was begun has ended, or was lost.
_LATER_S = 600


def order(handle: str) -> dict[str, str]:
    """The payload by which the function `purge` is asked."""
    return {"twin": handle}


def delete(services: Services, handle: str) -> None:
    """Take a twin from everybody, and have all of it removed; of one that was deleted, once more."""
    hide(services, handle)
    with suppress(NotStarted):  # the sweep finds it
        services.purgings.invoke(order(handle))


def hide(services: Services, handle: str) -> None:
    """Take it from everybody for good. Safe to repeat, and for a handle that no twin has."""
    now = int(time.time())
    gone = services.twins.change(
        rows.key(handle),
        {"deleted_at": now, **due.at(now + _LATER_S, handle)},
        condition="attribute_exists(#handle) AND attribute_not_exists(#deleted_at)",
    )
    with suppress(TransactionRefused):
        transact([gone, services.twins.delete(rows.key(handle, rows.PUBLISHED))])


def remove(services: Services, head: Head) -> None:
    """Remove a twin that is deleted: page, objects, transcripts, rows. Safe to repeat. Raises NotStarted."""
    handle = head.handle
    services.publishing.invoke({"handle": handle})
    for section in get_args(rows.Section):
        sections.close(services, keys.comments(handle, section))
    for bucket, prefix in (
        (services.snapshots, "twins"),
        (services.previews, "previews"),
        (services.transcripts, "transcripts"),
    ):
        remove_objects(bucket, f"{prefix}/{handle}/")
    services.twins.delete_all(_beneath(services, handle))
    services.twins.write(services.twins.delete(rows.listed(handle)))
    services.twins.write(services.twins.delete(rows.key(handle)))


def remove_objects(bucket: Bucket, prefix: str) -> None:
    """All versions of what begins so."""
    for page in bucket.pages(prefix):
        bucket.delete(page)


def _beneath(services: Services, handle: str) -> Iterator[Key]:
    """All but the head."""
    for item in services.twins.rows("#handle = :handle", {":handle": handle}):
        if item["item"] != rows.HEAD:
            yield rows.key(handle, item["item"])
