"""What a foreign page loads for the comments of one section: the element, and what it then asks of the API.

Over HTTP, as the stage serves it. The element asks for a page of comments, and for their number where that page does
not hold all of them (`site/src/embed/element.ts`).
"""

from __future__ import annotations

import gzip
import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bench.report import Figure

MAX_EMBED_GZIP_BYTES = 15_000
_TIMEOUT_S = 30


def element(outputs: dict[str, Any], section: str, count: int) -> Iterator[Figure]:
    """Of a section that has so many comments."""
    script = _loaded(f"{outputs['site_url']}/embed.js")
    page = _loaded(f"{outputs['api_url']}/commentaires?sectionId={section}&limit=20")
    replies = [gzip.compress(script, 9), page]
    if json.loads(page)["next_cursor"] is not None:
        replies.append(_loaded(f"{outputs['api_url']}/commentaires/counts?sectionIds={section}"))
    if count == 1:
        yield Figure("embed_gzip_bytes", len(replies[0]), MAX_EMBED_GZIP_BYTES, "embed.js with the stage's addresses")
    yield Figure(f"element_with_{count}_requests", len(replies), 2 if count == 1 else 3, "beside the page's own")
    yield Figure(f"element_with_{count}_bytes", sum(map(len, replies)), note="the script compressed, the replies not")


def _loaded(url: str) -> bytes:
    # Python does not resolve names under .localhost; a browser does, to this machine.
    address = urlsplit(url)
    there = address._replace(netloc=f"127.0.0.1:{address.port}").geturl()
    request = urllib.request.Request(there, headers={"Host": address.netloc})  # noqa: S310 -- of the stage's outputs
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as reply:  # noqa: S310
        body: bytes = reply.read()
    return body
