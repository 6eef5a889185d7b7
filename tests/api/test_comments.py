"""Comments as their writers and readers see them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalicelib import functions, services
from chalicelib.comments import writing
from chalicelib.comments.writing import New, Writer

from tests.api.commenting import (
    SECTION,
    TEXT,
    UNMETERED,
    act,
    comment,
    count,
    held,
    owner,
    page,
    post,
    purge,
    section,
    shown,
    visitor,
)
from tests.fakes.dynamodb import Call, conflict
from tests.fakes.wire import Send, lost_reply
from tests.people import Person
from tests.stage import ORIGIN, Stage


@pytest.fixture(autouse=True)
def _open(stage: Stage) -> None:
    stage.configure(comments_mode="open", rates=UNMETERED)
    section(stage)


SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def _stores(call: Call) -> bool:
    return call.operation == "TransactWriteItems"


def test_a_comment_is_read_by_anybody_and_says_nothing_of_its_writer_but_a_name(stage: Stage, ada: Person) -> None:
    ada.patch("/me", {"display_name": "Ada"})
    written = post(ada)
    assert (written.status, written.body["status"]) == (201, "visible")
    assert written.headers["Access-Control-Allow-Origin"] == ORIGIN
    read = page(stage)
    assert read["section"] == {
        "section_id": SECTION,
        "title": "Projects",
        "url": "https://site.example/#projects",
        "open": True,
    }
    (only,) = read["comments"]
    assert only == {
        "id": written.body["id"],
        "sectionId": SECTION,
        "text": TEXT,
        "author": {"name": "Ada", "is_owner": False},
        "timestamp": written.body["timestamp"],
        "edited_at": None,
        "reply_to": None,
        "replies": [],
        "status": "visible",
    }
    assert count(stage) == 1


def test_reading_is_open_to_every_page_and_kept_for_ten_seconds(stage: Stage, ada: Person) -> None:
    ada.headers["Origin"] = "https://elsewhere.example"
    for path in (
        f"/commentaires?sectionId={SECTION}",
        f"/commentaires/counts?sectionIds={SECTION}",
        f"/sections/{SECTION}",
    ):
        reply = visitor(stage).get(path)
        assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (200, "*")
        assert reply.headers["Cache-Control"] == "public, max-age=10"
        assert "Access-Control-Allow-Credentials" not in reply.headers
    for path in ("/commentaires?sectionId=nothing", "/commentaires", "/commentaires/counts", "/sections/nothing"):
        reply = visitor(stage).get(path)
        assert reply.status in (400, 404)
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert "public" not in reply.headers.get("Cache-Control", "")
    assert ada.get(f"/commentaires/mine?sectionId={SECTION}").headers["Access-Control-Allow-Origin"] == ORIGIN


def test_newest_first_and_replies_beneath_in_the_order_in_which_they_were_written(stage: Stage, ada: Person) -> None:
    first, second = comment(ada, "first"), comment(ada, "second")
    comment(ada, "to the first", reply_to=first)
    comment(ada, "to the second", reply_to=second)
    answer = comment(ada, "to the first again", reply_to=first)
    # One level: a reply to a reply stands beside it.
    assert post(ada, "to the answer", reply_to=answer).body["reply_to"] == first
    comment(ada, "third")
    replies = ["to the first", "to the first again", "to the answer"]
    assert shown(stage) == ["third", ["second", ["to the second"]], ["first", replies]]
    assert count(stage) == 7


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 50])
def test_no_page_loses_or_doubles_a_comment_wherever_it_ends(stage: Stage, ada: Person, limit: int) -> None:
    written: list[Any] = []
    for number, replies in enumerate((0, 3, 0, 6, 1)):
        root = comment(ada, f"root {number}")
        of = [comment(ada, f"reply {number}.{each}", reply_to=root) for each in range(replies)]
        written.insert(0, (root, of))
    read: dict[str, list[str]] = {}
    cursor = ""
    while True:
        body = page(stage, query=f"&limit={limit}{cursor}")
        rows = sum(1 + len(each["replies"]) for each in body["comments"])
        assert 1 <= rows <= limit
        for each in body["comments"]:
            # What goes on from the page before names its root.
            of = read.setdefault(each["reply_to"] or each["id"], [])
            of += [each["id"]] if each["reply_to"] else []
            of += [reply["id"] for reply in each["replies"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert list(read.items()) == written


def test_a_thread_that_fits_a_page_is_never_begun_on_another(stage: Stage, ada: Person) -> None:
    root = comment(ada, "older")
    for number in range(3):
        comment(ada, f"reply {number}", reply_to=root)
    comment(ada, "newer")
    first = page(stage, query="&limit=4")
    assert [each["text"] for each in first["comments"]] == ["newer"]
    second = page(stage, query=f"&limit=4&cursor={first['next_cursor']}")
    assert [len(each["replies"]) for each in second["comments"]] == [3]


def test_a_page_is_one_query_however_much_there_is(stage: Stage, ada: Person) -> None:
    comment(ada)
    page(stage)
    stage.wire.calls.clear()
    page(stage)
    assert [call.operation for call in stage.wire.calls] == ["Query"]


def test_a_comment_that_is_gone_keeps_its_place_while_it_has_replies(stage: Stage, ada: Person, grace: Person) -> None:
    root = comment(ada, "root")
    reply = comment(grace, "reply", reply_to=root)
    ada.delete(f"/commentaires/{root}")
    (place,) = page(stage)["comments"]
    assert (place["id"], place["status"], place["text"], place["author"]) == (root, "deleted", "", None)
    assert [each["text"] for each in place["replies"]] == ["reply"]
    assert count(stage) == 1
    grace.delete(f"/commentaires/{reply}")
    assert page(stage)["comments"] == []
    assert count(stage) == 0


@pytest.mark.parametrize("gone", ["deleted", "hidden"])
def test_what_is_gone_takes_no_reply(stage: Stage, ada: Person, grace: Person, gone: str) -> None:
    root = comment(ada)
    if gone == "deleted":
        ada.delete(f"/commentaires/{root}")
    else:
        act(stage, root, "hide")
    refused = post(grace, "reply", reply_to=root)
    assert (refused.status, refused.error, refused.body["error"]["field"]) == (409, "comment_gone", "reply_to")
    assert count(stage) == 0


def test_a_reply_to_what_is_not_there_or_stands_elsewhere_is_a_404(stage: Stage, ada: Person) -> None:
    section(stage, "skills")
    elsewhere = comment(ada, section_id="skills")
    for reply_to in (elsewhere, "01a1fe08-e5c5-7000-80c7-b4ac7a401b54", "nothing"):
        refused = post(ada, "reply", reply_to=reply_to)
        assert (refused.status, refused.body["error"]["field"]) == (404, "reply_to")


def test_an_unknown_section_is_a_404_and_a_closed_one_says_so(stage: Stage, ada: Person) -> None:
    refused = post(ada, section_id="nothing")
    assert (refused.status, refused.body["error"]["field"]) == (404, "sectionId")
    comment(ada, "in time")
    section(stage, open=False)
    refused = post(ada, "too late")
    assert (refused.status, refused.error) == (409, "section_closed")
    assert shown(stage) == ["in time"]
    assert page(stage)["section"]["open"] is False


@pytest.mark.parametrize(("change", "status"), [({"title": None}, 404), ({"open": False}, 409)])
def test_a_section_that_goes_or_closes_while_a_comment_is_written_takes_none(
    stage: Stage, ada: Person, change: dict[str, Any], status: int
) -> None:
    def changes(call: Call, send: Send) -> Any:
        stage.edit("sections", SECTION, **change)
        return send()

    stage.wire.fail(changes, _stores)
    assert post(ada).status == status
    assert stage.rows("commentaires") == []


def test_a_comment_of_a_section_that_is_gone_is_moderated_and_counted_nowhere(stage: Stage, ada: Person) -> None:
    hidden, deleted = comment(ada, "hidden"), comment(ada, "deleted")
    stage.delete("sections", stage.row("sections", SECTION))
    assert visitor(stage).get(f"/commentaires/counts?sectionIds={SECTION}").body == {"counts": {}}
    assert act(stage, hidden, "hide").body["status"] == "hidden"
    ada.delete(f"/commentaires/{deleted}")
    purge(stage, deleted)
    assert stage.rows("sections") == []


def test_the_same_request_is_one_comment(stage: Stage, ada: Person, grace: Person) -> None:
    first, again = post(ada, request_id="a" * 32), post(ada, request_id="a" * 32)
    assert (again.status, again.body) == (first.status, first.body)
    other = post(ada, "Another text", request_id="a" * 32)
    assert (other.status, other.error) == (409, "request_id_reused")
    assert post(grace, request_id="a" * 32).body["id"] != first.body["id"]
    assert count(stage) == 2


def test_the_same_request_many_times_at_once_is_one_comment(stage: Stage, ada: Person) -> None:
    api, new = services.of(functions.API), New(SECTION, "Roses", request_id="a" * 32)
    barrier = threading.Barrier(8)

    def write(_: int) -> str:
        barrier.wait()
        return writing.write(api, Writer(ada.user_id, is_owner=False), new).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(write, range(8)))) == 1
    assert count(stage) == 1


def test_a_request_whose_reply_was_lost_is_found_again(stage: Stage, ada: Person) -> None:
    stage.wire.fail(lost_reply, _stores)
    assert post(ada, request_id="a" * 32).status == 201
    assert count(stage) == 1


def test_a_busy_counter_is_waited_for(stage: Stage, ada: Person) -> None:
    stage.wire.fail(conflict, _stores, times=8)
    assert post(ada).status == 201
    assert count(stage) == 1


def test_the_same_text_twice_is_refused_unless_the_first_is_gone(stage: Stage, ada: Person, grace: Person) -> None:
    first = comment(ada)
    refused = post(ada)
    assert (refused.status, refused.error) == (409, "duplicate_comment")
    assert post(grace).status == 201
    assert post(grace, reply_to=first).status == 201
    ada.delete(f"/commentaires/{first}")
    assert post(ada).status == 201
    assert count(stage) == 3


def test_what_robots_do_is_refused_and_said(stage: Stage, ada: Person) -> None:
    filled = post(ada, website="https://spam.example")
    assert (filled.status, filled.body["error"]["field"]) == (400, "website")
    fast = post(ada, elapsed_ms=900)
    assert (fast.status, fast.error) == (409, "too_fast")
    assert post(ada, elapsed_ms=3_000, website="").status == 201


def test_comments_are_limited_by_person(stage: Stage, ada: Person) -> None:
    stage.configure(comments_mode="open", rates='{"members": {"comments": [2, 60]}}')
    assert [post(ada, f"comment {number}").status for number in range(3)] == [201, 201, 429]
    assert count(stage) == 2


def test_one_s_own_are_listed_with_those_that_wait(stage: Stage, ada: Person, grace: Person) -> None:
    visible = comment(ada, "visible")
    comment(grace, "hers")
    deleted = comment(ada, "deleted")
    ada.delete(f"/commentaires/{deleted}")
    hidden = comment(ada, "hidden")
    act(stage, hidden, "hide")
    stage.configure(comments_mode="approve")
    waits = comment(ada, "waits")
    section(stage, "skills")
    comment(ada, section_id="skills")
    mine = ada.get(f"/commentaires/mine?sectionId={SECTION}").body
    assert [(each["id"], each["status"]) for each in mine["comments"]] == [
        (waits, "held"),
        (hidden, "hidden"),
        (visible, "visible"),
    ]
    assert mine["comments"][0]["why_held"] == "every"
    assert mine["next_cursor"] is None
    one = ada.get(f"/commentaires/mine?sectionId={SECTION}&limit=2").body
    assert len(one["comments"]) == 2
    two = ada.get(f"/commentaires/mine?sectionId={SECTION}&limit=2&cursor={one['next_cursor']}").body
    assert [each["id"] for each in two["comments"]] == [visible]


def test_a_cursor_is_of_its_section_alone(stage: Stage, ada: Person) -> None:
    section(stage, "skills")
    for number in range(2):
        comment(ada, f"comment {number}")
        comment(ada, f"comment {number}", section_id="skills")
    cursor = page(stage, query="&limit=1")["next_cursor"]
    for section_id, given in (("skills", cursor), (SECTION, "nonsense"), (SECTION, cursor[:-8])):
        refused = visitor(stage).get(f"/commentaires?sectionId={section_id}&limit=1&cursor={given}")
        assert (refused.status, refused.error) == (400, "invalid_cursor")


def test_counts_are_one_request_for_a_hundred_sections_of_which_unknown_ones_have_none(
    stage: Stage, ada: Person
) -> None:
    comment(ada)
    names = [SECTION, *(f"section-{number}" for number in range(99))]
    for name in names[1:50]:
        stage.put("sections", {"section_id": name, "title": name, "url": "https://site.example", "open": True})
    stage.wire.calls.clear()
    reply = visitor(stage).get(f"/commentaires/counts?sectionIds={','.join(names)}")
    assert reply.body["counts"] == {SECTION: 1, **dict.fromkeys(names[1:50], 0)}
    assert [call.operation for call in stage.wire.calls] == ["BatchGetItem"]
    for ids in (",".join([*names, "more"]), "", "a,<b>"):
        refused = visitor(stage).get(f"/commentaires/counts?sectionIds={ids}")
        assert (refused.status, refused.body["error"]["field"]) == (400, "sectionIds")


def test_a_post_is_two_requests(stage: Stage, ada: Person) -> None:
    root = comment(ada)
    stage.wire.calls.clear()
    comment(ada, "reply", reply_to=root)
    made = [call.operation for call in stage.wire.calls if call.tables != ["usage"]]
    assert made == ["BatchGetItem", "TransactWriteItems"]


def test_sections_are_made_and_changed_by_owners_and_keep_their_count(stage: Stage, ada: Person) -> None:
    comment(ada)
    said = {"title": "My  projects", "url": "https://site.example/work", "open": True}
    assert ada.call("PUT", f"/sections/{SECTION}", said).status == 403
    changed = owner(stage).call("PUT", f"/sections/{SECTION}", said)
    assert changed.body == {"section_id": SECTION, **said, "title": "My projects"}
    assert owner(stage).get("/sections").body == {"sections": [{**changed.body, "visible": 1}]}
    for name, said_ in (
        ("a b", said),
        ("x" * 65, said),
        (SECTION, {**said, "url": "javascript:alert(1)"}),
        (SECTION, {**said, "title": "\u200b"}),
        (SECTION, {**said, "open": 1}),
    ):
        assert owner(stage).call("PUT", f"/sections/{name}", said_).status == 400, (name, said_)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("<b>bold</b> & <script>alert(1)</script>", "<b>bold</b> & <script>alert(1)</script>"),
        ("[link](javascript:alert(1)) https://a.example", "[link](javascript:alert(1)) https://a.example"),
        ("one\r\n\r\n\r\n\r\ntwo  \n three", "one\n\ntwo\n three"),
        ("safe\u202egnp.exe\u2066", "safegnp.exe"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("a" + "\u0301" * 100, "\u00e1" + "\u0301" * 5),
        *(("a" + ("\u0301" * 5 + hidden) * 100, "\u00e1" + "\u0301" * 5) for hidden in "\u200b\x00\u3164\u2800"),
        ("a" + ("\u0301" * 5 + "\u200d") * 100, "\u00e1" + "\u0301" * 4 + "\u200d\u0301"),
        ("e\u200b\u0301", "\u00e9"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
        ),
        ("ca\u0308fe\u0301", "c\u00e4f\u00e9"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("bell\x07 and\x00 null", "bell and null"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        (SCOTLAND, SCOTLAND),
        (SCOTLAND + "\U000e0041" * 3, SCOTLAND),
        ("x" * 2_000, "x" * 2_000),
    ],
)
def test_texts_are_kept_as_text_without_what_nobody_sees(stage: Stage, ada: Person, raw: str, stored: str) -> None:
    written = post(ada, raw)
    assert (written.status, written.body["text"]) == (201, stored)
    assert shown(stage) == [stored]


@pytest.mark.parametrize("raw", ["", "   \n ", "\u200b\u200d\ufeff", "\u202e\u2800\u3164", "x" * 2_001, "x" * 20_001])
def test_a_text_that_is_blank_or_too_long_is_refused(stage: Stage, ada: Person, raw: str) -> None:
    refused = post(ada, raw)
    assert (refused.status, refused.error, refused.body["error"]["field"]) == (400, "invalid_request", "text")
    assert held(stage) == []
    assert stage.rows("commentaires") == []


def test_a_script_s_comment_bears_its_key_s_name_and_is_never_held(stage: Stage, ada: Person) -> None:
    from chalicelib import functions, services
    from chalicelib.comments import writing
    from chalicelib.errors import RequestIdReused

    stage.configure(comments_mode="approve", rates=UNMETERED)
    api, key = services.of(functions.API), writing.Key("abc123", "Import of the old blog")
    new = writing.New(SECTION, TEXT, request_id="a" * 32)
    written, again = (writing.by_key(api, key, new) for _ in range(2))
    assert written.id == again.id
    with pytest.raises(RequestIdReused):
        writing.by_key(api, key, writing.New(SECTION, "Other", request_id="a" * 32))
    (only,) = page(stage)["comments"]
    assert only["author"] == {"name": "Import of the old blog", "is_owner": False}
    (moderated,) = owner(stage).get("/moderation/commentaires?state=all&user_id=key:abc123").body["comments"]
    assert (moderated["user_id"], moderated["status"]) == ("key:abc123", "visible")
    assert act(stage, written.id, "hide").status == 200
    assert act(stage, written.id, "restore").status == 200
    assert count(stage) == 1
    assert stage.rows("people") == []
