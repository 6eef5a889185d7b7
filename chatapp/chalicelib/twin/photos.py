"""The photo of a twin: judged by its bytes, whatever it is called, and kept under their hash.

It may be read by everybody one day, so only what can carry no script is one. A photo that is replaced stays with the
versions that show it, and goes with the twin.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from chalicelib.errors import InvalidRequest, NotFound, PayloadTooLarge
from chalicelib.extraction.kinds import signatures

from . import drafts, removal, rows
from .rows import Photo

if TYPE_CHECKING:
    from chalicelib.services import Services

MAX_BYTES = 512 * 1024
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_SHOWN_S = 3_600
_INSTEAD = "send a JPEG, PNG or WebP"


def put(services: Services, handle: str, data: str) -> tuple[Photo, int]:
    """Store a photo and name it in the draft; returns it with the draft's revision. data: in Base64.

    Raises InvalidRequest, PayloadTooLarge and NotFound.
    """
    rows.get(services, handle)
    body = _decoded(data)
    photo = Photo(hashlib.sha256(body).hexdigest(), _type(body))
    services.snapshots.put(rows.photo_key(handle, photo.sha), body, photo.type)
    named = services.twins.put({**rows.key(handle, rows.PHOTO), "sha": photo.sha, "type": photo.type})
    try:
        return photo, drafts.change(services, handle, [named])
    except NotFound:  # deleted meanwhile, with what was there then
        removal.remove_objects(services.snapshots, rows.photo_key(handle, photo.sha))
        raise


def remove(services: Services, handle: str) -> int:
    """Returns the draft's revision. Raises NotFound."""
    return drafts.change(services, handle, [services.twins.delete(rows.key(handle, rows.PHOTO))])


def link(services: Services, handle: str, photo: Photo | None) -> str | None:
    """Where an owner's browser reads it, for an hour."""
    if photo is None:
        return None
    name = f"photo.{SUFFIXES[photo.type]}"
    return services.snapshots.presigned_get(rows.photo_key(handle, photo.sha), None, name, _SHOWN_S)


def _decoded(data: str) -> bytes:
    try:
        body = base64.b64decode(data, validate=True)
    except ValueError as error:  # also what is no ASCII
        raise InvalidRequest("data", "must be Base64", reason="wrong_form") from error
    if len(body) > MAX_BYTES:
        problem = f"a photo takes at most {MAX_BYTES // 1024} KB: make it smaller"
        raise PayloadTooLarge("data", problem, MAX_BYTES, "bytes", actual=len(body))
    return body


def _type(body: bytes) -> str:
    found = signatures.image(body)
    if found in SUFFIXES:
        return found
    raise InvalidRequest("data", f"{_what(body, found)}; {_INSTEAD}", reason="wrong_form")


def _what(body: bytes, image: str | None) -> str:
    """What it is instead, as far as its first bytes tell."""
    if image is not None:
        return f"this is a {image.removeprefix('image/').upper()} image"
    if b"<svg" in body[:4_096].lower():
        return "this is an SVG image, which can carry scripts"
    known = signatures.refused(body[:4_096])
    if known is not None:
        return f"this is {known[0][0].lower()}{known[0][1:]}"
    return "this is a PDF" if body.startswith(b"%PDF-") else "this is no image that is known here"
