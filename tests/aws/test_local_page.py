"""The published page on a real MiniStack: written by the function's own policy and no more, read through CloudFront."""

from __future__ import annotations

import gzip
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.twin import rows
from chalicelib.twin.page import publishing, rendering

from tests.aws.local_stage import Laid
from tests.profiles import profile

PHOTO = "photo-0123456789abcdef"
CSP = "Content-Security-Policy"


@dataclass(frozen=True)
class Read:
    status: int
    text: str
    headers: Any


def read(laid: Laid, path: str) -> Read:
    """What a browser gets, which finds this machine under the distribution's name."""
    host = laid.foundation["DistributionDomain"].partition(".")[0] + ".cloudfront.localhost"
    request = urllib.request.Request(laid.local.endpoint_url + path, headers={"Host": f"{host}:{laid.local.port}"})  # noqa: S310
    with urllib.request.urlopen(request) as reply:  # noqa: S310
        return Read(reply.status, reply.read().decode(errors="replace"), reply.headers)


def make_public(laid: Laid, handle: str) -> None:
    """A version as publishing one leaves it, and its photo."""
    table = laid.services("api_handler").twins
    shown = profile(handle=handle, photo_url=f"/twin/{handle}/{PHOTO}.png")
    body = gzip.compress(json.dumps(shown).encode())
    head = {"user_id": "u", "created_at": "2026-11-28T20:00:00Z", "revision": 1, "published_version": 1}
    table.write(table.put({**rows.key(handle), **head}))
    published = {"version": 1, "published_at": "2026-11-28T20:00:00Z", "profile": body}
    table.write(table.put({**rows.key(handle, rows.PUBLISHED), **published}))
    key = f"twins/{handle}/{PHOTO}"
    laid.client("s3").put_object(Bucket=laid.stage.files_bucket, Key=key, Body=b"a picture", ContentType="image/png")


def test_pages_are_read_where_they_say_they_are(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-page")
    laid.client("s3").put_object(Bucket=laid.stage.site_bucket, Key="app.html", Body=b"the application")
    function = laid.services("publish")
    publishing.publish(function, "me")
    assert "This page is not published yet" in read(laid, "/").text
    for handle in ("me", "ada"):
        make_public(laid, handle)
        assert publishing.publish(function, handle) == 1
        assert rows.get(function, handle).page_version == 1
    for path, said in {
        "/": "Expérience",
        "/fr/": "Expérience",
        "/en/": "Experience",
        "/twin/ada/en/": "Experience",
    }.items():
        found = read(laid, path)
        assert (found.status, found.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), path
        assert said in found.text, path
        assert "script-src 'self'" in found.headers[CSP], path
    for key in (rendering.style().key, rendering.script().key):
        assert "immutable" in read(laid, f"/{key}").headers["Cache-Control"]
    assert read(laid, f"/twin/me/{PHOTO}.png").headers["Content-Type"] == "image/png"
    for path in ("/c/1", "/chat", "/twin", "/twin/nobody/", "/de/"):
        assert read(laid, path).text == "the application", path
    function.twins.write(function.twins.change(rows.key("me"), {"deleted_at": 1}))
    publishing.publish(function, "me")
    assert "This page is not published yet" in read(laid, "/").text
    assert read(laid, "/en/").text == "the application"
    assert "Experience" in read(laid, "/twin/ada/en/").text, "another one's is left alone"
