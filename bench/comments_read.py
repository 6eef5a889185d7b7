"""What comments cost on the local AWS: a page of a section that has one or ten thousand, counts, and writing one.

The app's own code on the deployed tables, in process, as `bench/comments.py` runs it. What it makes it removes, but for
the rows by which requests are known again: they go by themselves, a day later.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from statistics import median, quantiles
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from chalicelib import services
from chalicelib.api import comments as views
from chalicelib.api.schemas.comments import CommentsQuery, CountsQuery
from chalicelib.comments import rows, writing
from chalicelib.comments.rows import Comment
from chalicelib.comments.writing import New, Writer
from chalicelib.ids import new_id
from chalicelib.live import Live

from bench import comments_page
from bench.report import Figure

COMMENTS = 10_000
SECTIONS = 100
WARM_UPS = 5
SAMPLES = 200
MAX_POST_REQUESTS = 3
_BATCH = 25
_TEXT = "A comment of the usual length says what it has to say within some two lines of a page, and no more than that."
_wire = TypeSerializer().serialize


def figures(api: services.Services, dynamodb: Any, sent: list[str], outputs: dict[str, Any]) -> Iterator[Figure]:
    """sent: DynamoDB's operations since it was last emptied. outputs: the stage's addresses."""
    api = replace(api, live=Live(replace(api.settings, comments_mode="open"), None))
    names = [f"bench-{uuid.uuid4()}" for _ in range(SECTIONS)]
    with _made(dynamodb, api.sections.name, "section_id", [_section(name) for name in names]):
        for count, name in ((1, names[0]), (COMMENTS, names[1])):
            with _made(dynamodb, api.commentaires.name, "id", [_comment(name, n) for n in range(count)]):
                read = _sampled(sent, partial(views.page, api, CommentsQuery(sectionId=name)))
                yield from read.figures(f"page_of_{count}", 1, "and one of the section, once in 10 s")
                yield from comments_page.element(outputs, name, count)
        counted = _sampled(sent, lambda: views.counts(api, CountsQuery(sectionIds=",".join(names))))  # type: ignore[arg-type]
        yield from counted.figures(f"counts_of_{SECTIONS}", 1, "")
        yield from _posted(api, dynamodb, sent, names[2])


def _posted(api: services.Services, dynamodb: Any, sent: list[str], section: str) -> Iterator[Figure]:
    writer = Writer(str(uuid.uuid4()), is_owner=False)

    def post() -> Any:
        new = New(section, f"{_TEXT} {uuid.uuid4()}", request_id=uuid.uuid4().hex)
        return views.own(writing.write(api, writer, new))

    try:
        yield from _sampled(sent, post).figures("post", MAX_POST_REQUESTS, "beside the limiter's")
    finally:
        mine = {":user_id": writer.user_id}
        found = api.comments_by_author.rows("#user_id = :user_id", mine)
        _batches(
            dynamodb, api.commentaires.name, [{"DeleteRequest": {"Key": {"id": _wire(each["id"])}}} for each in found]
        )


class _Samples:
    def __init__(self) -> None:
        self.requests: list[int] = []
        self.took_ms: list[float] = []
        self.bytes: list[int] = []

    def figures(self, name: str, most: int, note: str) -> Iterator[Figure]:
        yield Figure(f"{name}_requests", median(self.requests), most, note)
        yield Figure(f"{name}_bytes", round(median(self.bytes)), note="of the reply's body")
        yield Figure(f"{name}_p50_ms", round(median(self.took_ms), 1))
        yield Figure(f"{name}_p95_ms", round(quantiles(self.took_ms, n=20)[-1], 1))


def _sampled(sent: list[str], call: Callable[[], Any]) -> _Samples:
    samples = _Samples()
    for number in range(WARM_UPS + SAMPLES):
        sent.clear()
        started = time.perf_counter()
        body = call().model_dump_json().encode()
        took_ms = (time.perf_counter() - started) * 1000
        if number >= WARM_UPS:
            samples.requests.append(len(sent))
            samples.took_ms.append(took_ms)
            samples.bytes.append(len(body))
    return samples


def _section(name: str) -> dict[str, Any]:
    return {"section_id": name, "title": "Bench", "url": "https://bench.example", "open": True, "visible": COMMENTS}


def _comment(section: str, number: int) -> dict[str, Any]:
    """Each second later than the one before, the newest now."""
    comment_id, written_at = new_id(), time.time() - COMMENTS + number
    place = rows.place(comment_id, written_at)
    author = f"{number % 7}-{section}"
    return Comment(comment_id, section, author, "Ada Lovelace", False, _TEXT, place, written_at, "visible").to_item()


@contextmanager
def _made(dynamodb: Any, table: str, key: str, items: list[dict[str, Any]]) -> Iterator[None]:
    """Rows that are there for a while."""
    wires = [{name: _wire(value) for name, value in item.items()} for item in items]
    try:
        _batches(dynamodb, table, [{"PutRequest": {"Item": wire}} for wire in wires])
        yield
    finally:
        _batches(dynamodb, table, [{"DeleteRequest": {"Key": {key: wire[key]}}} for wire in wires])


def _batches(dynamodb: Any, table: str, requests: Iterable[dict[str, Any]]) -> None:
    waiting = iter(requests)
    while batch := list(islice(waiting, _BATCH)):
        dynamodb.batch_write_item(RequestItems={table: batch})
