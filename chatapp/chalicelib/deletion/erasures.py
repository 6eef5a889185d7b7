"""What was removed for good: remembered by its name alone, so that no restore of an older backup brings it back.

Written before anything is removed: whatever ends a purge, it is known what must not come back. In a table, and in the
backups bucket, which outlives the stage; both for longer than any backup.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

_FOLDER = "erasures/"
# A monthly backup of the day before lives for 400 days, and a restore takes its time. As the bucket's lifecycle has it
# (deploy/stacks/foundation.yaml).
KEPT_DAYS = 460


def conversation(services: Services, subject: Subject, conversation_id: str) -> None:
    _note(services, f"conversation:{subject.owner}#{conversation_id}", subject)


def visit(services: Services, subject: Subject, handle: str) -> None:
    """Of a twin. Only where somebody had it erased: what is over by its time is so in a backup, too."""
    _note(services, f"visit:{handle}#{subject.id}", subject)


def file(services: Services, subject: Subject, file_id: str) -> None:
    _note(services, f"file:{file_id}", subject)


def comment(services: Services, subject: Subject, comment_id: str) -> None:
    _note(services, f"comment:{comment_id}", subject)


def twin(services: Services, subject: Subject, handle: str) -> None:
    """Of backups that were made before: another twin may have the handle since."""
    _note(services, f"twin:{handle}", subject)


def part(services: Services, subject: Subject, handle: str, item: str) -> None:
    """One row of a twin: an entry, a source or a question."""
    _note(services, f"part:{handle}#{item}", subject)


def account(services: Services, subject: Subject) -> None:
    _note(services, f"account:{subject.owner}", subject)


def _note(services: Services, erased: str, subject: Subject) -> None:
    """Safe to repeat."""
    now = int(time.time())
    row = {"erased": erased, "at": now, "user_id": subject.owner, "ttl": now + KEPT_DAYS * 86_400}
    services.erasures.write(services.erasures.put(row))
    services.erased.put(_FOLDER + quote(erased, safe=""), json.dumps(row).encode(), "application/json")
