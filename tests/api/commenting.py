"""People around the sections of a page: who owns it, who writes, and who only reads."""

from __future__ import annotations

import uuid
from typing import Any

from tests.people import Person, Reply
from tests.stage import Stage

SECTION = "projects"
# For tests that write more than a person would.
UNMETERED = (
    '{"none": {"comments": []}, "members": {"comments": []}, "owners": {"comments": []}, "stage": {"comments": []}}'
)
TEXT = "I would like to know more about the second project."


def owner(stage: Stage, name: str = "olga") -> Person:
    person = Person(stage, name, groups="owners")
    stage.pool.groups["owners"] = sorted(set(stage.pool.groups["owners"]))
    return person


def visitor(stage: Stage) -> Person:
    """Somebody who has not signed in: API Gateway gives no claims."""
    person = Person(stage, "visitor")
    person.claims.clear()
    return person


def section(stage: Stage, section_id: str = SECTION, **said: Any) -> str:
    """Make a section known, as an owner does."""
    body = {"title": "Projects", "url": "https://site.example/#projects", "open": True, **said}
    reply = owner(stage).call("PUT", f"/sections/{section_id}", body)
    assert reply.status == 200, reply
    return section_id


def post(person: Person, text: str = TEXT, section_id: str = SECTION, **fields: Any) -> Reply:
    fields.setdefault("request_id", uuid.uuid4().hex)
    return person.post("/commentaires", {"sectionId": section_id, "text": text, **fields})


def comment(person: Person, text: str = TEXT, section_id: str = SECTION, **fields: Any) -> str:
    """Write a comment; returns its id."""
    reply = post(person, text, section_id, **fields)
    assert reply.status == 201, reply
    comment_id: str = reply.body["id"]
    return comment_id


def page(stage: Stage, section_id: str = SECTION, query: str = "") -> Any:
    """What anybody reads."""
    reply = visitor(stage).get(f"/commentaires?sectionId={section_id}{query}")
    assert reply.status == 200, reply
    return reply.body


def shown(stage: Stage, section_id: str = SECTION) -> list[Any]:
    """The texts of all threads in their order, each with those of its replies where it has some."""
    found: list[Any] = []
    cursor = ""
    while True:
        read = page(stage, section_id, f"&limit=50{cursor}")
        for each in read["comments"]:
            replies = [reply["text"] for reply in each["replies"]]
            found.append([each["text"], replies] if replies else each["text"])
        if read["next_cursor"] is None:
            return found
        cursor = f"&cursor={read['next_cursor']}"


def count(stage: Stage, section_id: str = SECTION) -> int:
    """The counter, which must be as many as are seen."""
    counts = visitor(stage).get(f"/commentaires/counts?sectionIds={section_id}").body["counts"]
    visible = [row for row in stage.rows("commentaires") if row.get("sectionId") == section_id]
    assert counts == {section_id: len(visible)}
    return len(visible)


def act(stage: Stage, comment_id: str, action: str, by: str = "olga", revision: int | None = None) -> Reply:
    """revision: of the text that an owner has seen, by default the one that is there."""
    if revision is None:
        revision = next((row.get("revision", 0) for row in stage.rows("commentaires") if row["id"] == comment_id), 0)
    body = {"action": action, "revision": revision}
    return owner(stage, by).post(f"/moderation/commentaires/{comment_id}", body)


def held(stage: Stage) -> list[str]:
    """The ids of what waits for an owner, newest first."""
    reply = owner(stage).get("/moderation/commentaires?state=held")
    assert reply.status == 200, reply
    return [each["id"] for each in reply.body["comments"]]


def purge(stage: Stage, comment_id: str) -> None:
    """Let the undo time of a deleted comment pass, and its purge come."""
    row = stage.row("commentaires", comment_id)
    stage.edit("commentaires", comment_id, deleted_at=row["deleted_at"] - 60)
    stage.purge({"user_id": row["user_id"], "comment_id": comment_id})
