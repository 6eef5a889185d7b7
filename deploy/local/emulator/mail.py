"""What Cognito mails goes into a file on this machine, where a developer reads the one-time password of an invitation.

MiniStack makes passwords and codes that work, and keeps its mails to itself: nothing is sent. The file is for whoever
started the local AWS alone; on AWS there is none.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ministack.services import cognito


def install() -> None:
    deliver = cognito._deliver_cognito_email

    def delivered(pool: dict[str, Any], to_email: str, subject: str, body: str, *more: Any, **named: Any) -> Any:
        if to_email:
            _write(to_email, subject, body)
        return deliver(pool, to_email, subject, body, *more, **named)

    cognito._deliver_cognito_email = delivered


def _write(to_email: str, subject: str, body: str) -> None:
    """A line of JSON for each, so that no address or text begins another."""
    line = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "to": to_email, "subject": subject, "text": body}
    file = Path(os.environ["STATE_DIR"]).parent / "logs" / "mail.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
