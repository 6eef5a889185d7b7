"""Comments and sections that come back from a backup: each comment is counted with its row, in one transaction.

What a section counted when the backup was made says nothing of what is there now. Rows come in any order: a section
whose comments are there first is a count without a title, and not known until its own row comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import TransactionRefused, Wire, Write, transact
from chalicelib.optimistic import Changed, repeated

from . import sections

if TYPE_CHECKING:
    from chalicelib.services import Services

_PATIENCE_S = 20


def put_comment(services: Services, row: Wire, *, overwrite: bool) -> None:
    """Put a row back, and count it where it is seen; one that is there stays, or is overwritten. Safe to repeat."""
    repeated(lambda: _put(services, row, overwrite), "This comment is")


def _put(services: Services, row: Wire, overwrite: bool) -> None:
    there = next(iter(services.commentaires.wires([{"id": row["id"]}])), None)
    if there is not None and not overwrite:
        return
    was_seen = there is not None and "sectionId" in there
    condition = "attribute_not_exists(#id)" if there is None else f"attribute_exists(#id) AND {_seen(was_seen)}"
    put = services.commentaires.put_wire(row, condition=condition)
    by = ("sectionId" in row) - was_seen
    try:
        transact([put, *([_count(services, row["section"]["S"], by)] if by else [])], patience_s=_PATIENCE_S)
    except TransactionRefused as refused:
        raise Changed from refused


def _seen(is_seen: bool) -> str:
    return "attribute_exists(#sectionId)" if is_seen else "attribute_not_exists(#sectionId)"


def _count(services: Services, section_id: str, by: int) -> Write:
    return services.sections.update(sections.key(section_id), "ADD #visible :by", {":by": by})


def put_section(services: Services, row: Wire, *, overwrite: bool) -> None:
    """Put back what is said of a section; what it counts stays."""
    if "title" not in row:
        return
    said = {"title": row["title"]["S"], "url": row["url"]["S"], "open": row["open"]["BOOL"], **sections.LISTED}
    names = ", ".join(
        f"#{name} = " + (f":{name}" if overwrite else f"if_not_exists(#{name}, :{name})") for name in said
    )
    values = {f":{name}": value for name, value in said.items()}
    put = services.sections.update(sections.key(row["section_id"]["S"]), f"SET {names}", values)
    services.sections.write(put, patience_s=_PATIENCE_S)
