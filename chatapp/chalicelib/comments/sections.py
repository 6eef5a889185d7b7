"""Sections of a page, under which there are comments: their rows, which count what is visible.

The counter stands on the section's row and changes in one transaction with the comment that it counts, so it is exact,
whatever ends a request. A row in transactions conflicts where it is busy: what conflicts is repeated for a while, and
then told to be repeated (503), nothing being stored. Comments come as fast as people write, and the stage's rate of
them keeps a section far from where that would be felt.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import TTLCache

from chalicelib.aws.table import ConditionFailed, Item, Key, Write, batch_get
from chalicelib.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.services import Services

# As long as an answer that shows it may be kept anywhere (`shared_s`, app.py).
CACHED_S = 10
_MOST = 1_000
_A_REQUEST = 100
# By which a list finds them: in an index of keys alone, which a counter that changes does not write.
LISTED = {"listed": "yes"}
IS_KNOWN = "attribute_exists(#title)"
IS_OPEN = f"{IS_KNOWN} AND #open = :yes"


@dataclass(frozen=True, slots=True)
class Section:
    """visible: how many comments everybody sees, replies included."""

    section_id: str
    title: str
    url: str
    open: bool
    visible: int

    @classmethod
    def from_item(cls, item: Item) -> Section:
        return cls(item["section_id"], item["title"], item["url"], item["open"], item.get("visible", 0))


known: TTLCache[str, Section] = TTLCache(maxsize=1_024, ttl=CACHED_S, timer=time.time)


def key(section_id: str) -> Key:
    return {"section_id": section_id}


def existing(item: Item | None, field: str = "sectionId") -> Section:
    """Raises NotFound where there is none, or only what was counted of one."""
    if item is None or "title" not in item:
        raise NotFound("section", field)
    return Section.from_item(item)


def get(services: Services, section_id: str, field: str = "sectionId") -> Section:
    """As it was within the last ten seconds."""
    section = known.get(section_id)
    if section is None:
        section = known[section_id] = existing(services.sections.find(key(section_id)), field)
    return section


def put(services: Services, section_id: str, *, title: str, url: str, is_open: bool) -> Section:
    """Make a section, or change what is said of it; what it counts stays."""
    said = {"title": title, "url": url, "open": is_open, **LISTED}
    item = services.sections.write(services.sections.change(key(section_id), said), returns="ALL_NEW")
    section = known[section_id] = Section.from_item(item)
    return section


def make_known(services: Services, section_id: str, *, title: str, url: str) -> None:
    """As `put`, of a section that is open unless an owner has closed it."""
    known.pop(section_id, None)
    change = "SET #title = :title, #url = :url, #listed = :listed, #open = if_not_exists(#open, :yes)"
    values = {":title": title, ":url": url, ":listed": LISTED["listed"], ":yes": True}
    services.sections.write(services.sections.update(key(section_id), change, values))


def close(services: Services, section_id: str) -> None:
    """Of a page that there is no more: nobody comments there, and no list has it. What was written stays as it is."""
    known.pop(section_id, None)
    change = services.sections.change(
        key(section_id), {"open": False, **dict.fromkeys(LISTED)}, condition="attribute_exists(#title)"
    )
    with suppress(ConditionFailed):
        services.sections.write(change)


def everything(services: Services) -> list[Section]:
    """The first thousand sections by title, which are all there are: a page has a few."""
    found: list[Section] = []
    start: Item | None = None
    while len(found) < _MOST:
        page = services.sections_listed.query(
            "#listed = :yes", {":yes": LISTED["listed"]}, limit=_A_REQUEST, start=start
        )
        asked = [(services.sections, key(item["section_id"])) for item in page.items]
        found += [Section.from_item(row) for row in (batch_get(*asked) if asked else ()) if row and "title" in row]
        start = page.last_key
        if start is None:
            break
    return sorted(found, key=lambda section: (section.title.casefold(), section.section_id))


def counts(services: Services, section_ids: list[str]) -> dict[str, int]:
    """What is visible in up to 100 sections, in one request; of those that there are."""
    rows = batch_get(*((services.sections, key(each)) for each in section_ids))
    return {row["section_id"]: row.get("visible", 0) for row in rows if row and "title" in row}


def count(services: Services, section_id: str, by: int, *, only_open: bool = False) -> Write:
    """The write that counts a comment (by 0: none), of a transaction. It is refused where the section is not known."""
    condition, values = (IS_OPEN, {":yes": True}) if only_open else (IS_KNOWN, {})
    return services.sections.update(key(section_id), "ADD #visible :by", {":by": by, **values}, condition=condition)
