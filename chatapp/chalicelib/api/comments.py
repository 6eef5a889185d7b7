"""Comments and sections from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import comments as s
from chalicelib.api.schemas.texts import PATTERNS, SECTION_ID
from chalicelib.aws.table import Item
from chalicelib.comments import changes, reading, rows, sections, writing
from chalicelib.comments.reading import Thread
from chalicelib.comments.rows import Comment
from chalicelib.comments.sections import Section
from chalicelib.comments.writing import New, Writer
from chalicelib.errors import InvalidRequest
from chalicelib.groups import rules
from chalicelib.ids import iso

if TYPE_CHECKING:
    from chalicelib.services import Services

    from .rest import User


def page(services: Services, query: s.CommentsQuery) -> s.Comments:
    found = reading.page(services, query.sectionId, limit=query.limit, cursor=query.cursor)
    return s.Comments(
        section=_section(found.section),
        comments=[_thread(thread) for thread in found.threads],
        next_cursor=found.next_cursor,
    )


def _thread(thread: Thread) -> s.Comment:
    shown = _place(thread) if thread.root is None else _public(thread.root)
    shown.replies = [_public(reply) for reply in thread.replies]
    return shown


def _public(item: Item) -> s.Comment:
    return s.Comment(
        id=item["id"],
        sectionId=item["sectionId"],
        text=item["text"],
        author=s.Author(name=item["name"], is_owner=item.get("is_owner", False)),
        timestamp=item["created_at"],
        edited_at=item.get("edited_at"),
        reply_to=item.get("reply_to"),
        status="visible",
    )


def _place(thread: Thread) -> s.Comment:
    """What is left of a comment that is gone, and has replies."""
    comment_id, timestamp = rows.of_place(thread.place)
    return s.Comment(
        id=comment_id,
        sectionId=thread.replies[0]["sectionId"],
        text="",
        author=None,
        timestamp=timestamp,
        edited_at=None,
        reply_to=None,
        status="deleted",
    )


def create(services: Services, user: User, body: s.NewComment) -> s.MyComment:
    new = New(
        section_id=body.sectionId,
        text=body.text,
        request_id=body.request_id,
        reply_to=body.reply_to,
        website=body.website,
        elapsed_ms=body.elapsed_ms,
    )
    return own(writing.write(services, Writer(user.subject.owner, is_owner=_is_owner(user)), new))


def _is_owner(user: User) -> bool:
    return rules.OWNERS in user.groups


def counts(services: Services, query: s.CountsQuery) -> s.Counts:
    return s.Counts(counts=sections.counts(services, query.sectionIds))


def mine(services: Services, user: User, query: s.OwnCommentsQuery) -> s.MyComments:
    found, next_cursor = reading.mine(
        services, user.subject.owner, query.sectionId, limit=query.limit, cursor=query.cursor
    )
    return s.MyComments(comments=[own(each) for each in found], next_cursor=next_cursor)


def change(services: Services, user: User, comment_id: str, body: s.CommentChange) -> s.MyComment:
    return own(changes.edit(services, user.subject.owner, comment_id, body.text, is_owner=_is_owner(user)))


def delete(services: Services, user: User, comment_id: str) -> s.CommentDeleted:
    return s.CommentDeleted(id=comment_id, undo_until=iso(changes.delete(services, user.subject.owner, comment_id)))


def restore(services: Services, user: User, comment_id: str) -> s.MyComment:
    return own(changes.restore(services, user.subject.owner, comment_id))


def report(services: Services, user: User, comment_id: str) -> s.Reported:
    changes.report(services, user.subject.owner, comment_id)
    return s.Reported(id=comment_id)


def own(comment: Comment) -> s.MyComment:
    return s.MyComment(
        id=comment.id,
        sectionId=comment.section,
        text=comment.text,
        author=s.Author(name=comment.name, is_owner=comment.is_owner),
        timestamp=iso(comment.created_at),
        edited_at=comment.edited_at,
        reply_to=comment.reply_to,
        status=status(comment),
        editable_until=iso(comment.editable_until) if comment.state in ("held", "visible", "reported") else None,
        why_held=comment.why_held if comment.state == "held" else None,
    )


def status(comment: Comment) -> s.Status:
    """That it was reported is for owners to know."""
    if comment.state is None:
        return "deleted"
    return "visible" if comment.state == "reported" else comment.state


def section(services: Services, section_id: str) -> s.Section:
    return _section(sections.get(services, section_id, "section_id"))


def _section(section: Section) -> s.Section:
    return s.Section(section_id=section.section_id, title=section.title, url=section.url, open=section.open)


def put_section(services: Services, section_id: str, body: s.SectionChange) -> s.Section:
    if not s.is_section_id(section_id):
        raise InvalidRequest("section_id", PATTERNS[SECTION_ID], reason="wrong_form")
    return _section(sections.put(services, section_id, title=body.title, url=body.url, is_open=body.open))


def list_sections(services: Services) -> s.Sections:
    found = sections.everything(services)
    return s.Sections(
        sections=[s.CountedSection(**_section(each).model_dump(), visible=each.visible) for each in found]
    )
