"""Tokens of visits: who asks a twin without a sign-in shows one, and it is good for that twin and that visit alone.

A token says what it is of, signed with the stage's secret (HMAC with SHA-256, RFC 2104); nothing of it is stored. That
it was forged, has expired or is another twin's is told apart by nobody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass

from chalicelib.errors import VisitOver
from chalicelib.ids import is_id
from chalicelib.subjects import Subject

TOKEN_S = 7_200
# Longer ones were not made here, and are not read.
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Visit:
    """expires_at: of its token, Unix seconds. preview: the draft's revision that its owner tries; None of a visitor."""

    handle: str
    visit_id: str
    expires_at: int
    preview: int | None = None

    @property
    def subject(self) -> Subject:
        return Subject("visit", self.visit_id)


def issue(key: str, handle: str, visit_id: str, preview: int | None = None) -> str:
    """key: the stage's secret."""
    content = {"t": handle, "v": visit_id, "e": int(time.time()) + TOKEN_S}
    if preview is not None:
        content["p"] = preview
    signed = _encoded(json.dumps(content, separators=(",", ":")).encode())
    return f"{signed}.{_encoded(_signature(key, signed))}"


def read(key: str, handle: str, token: str) -> Visit:
    """The visit of a token. Raises VisitOver."""
    visit = signed(key, handle, token)
    if visit.expires_at < time.time():
        raise VisitOver
    return visit


def signed(key: str, handle: str, token: str) -> Visit:
    """The visit of a token that may have expired: by which a returning visitor is known. Raises VisitOver."""
    content, separator, signature = token[:_LONGEST].partition(".")
    try:
        # First of all, so that nobody learns how what they made up is read.
        if not separator or not hmac.compare_digest(_decoded(signature), _signature(key, content)):
            raise VisitOver
        said = json.loads(_decoded(content))
        visit = Visit(said["t"], said["v"], said["e"], said.get("p"))
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise VisitOver from error
    if visit.handle != handle or not is_id(visit.visit_id):
        raise VisitOver
    return visit


def _signature(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
