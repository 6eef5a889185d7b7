"""Whose things come back, and as whose: one person, one conversation, accounts made anew, and what was erased."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from chalicelib import ids, sessions
from chalicelib.deletion import people

from tests.fakes import dynamodb, wire
from tests.people import Person
from tests.restores import ID, TEXT, Restores, lived, storage
from tests.stage import Stage
from tests.storage import BUCKET


@pytest.fixture
def restores(stage: Stage) -> Restores:
    return Restores(stage)


@pytest.mark.parametrize("only", ["person", "conversation"])
def test_what_is_one_persons_comes_back_and_everything_else_is_left_byte_for_byte(
    stage: Stage, ada: Person, grace: Person, restores: Restores, only: str
) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    conversation_id, file_id = lived(stage, ada)
    lived(stage, grace)
    other, _ = lived(stage, ada, "Other")
    restores.back_up()
    person_and_file = (conversation_id, file_id)
    for table, key in (("conversations", conversation_id), ("files", file_id)):
        stage.delete(table, stage.row(table, key))
    for row in stage.rows("messages"):
        if row["conversation"].endswith(conversation_id):
            stage.delete("messages", row)
    for key in stage.objects():
        if file_id in key:
            for version in stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]:
                stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])
    stage.edit("conversations", _of(stage, grace), title="Changed since")
    stage.edit("conversations", other, title="Changed since", timestamp="2999")
    before = restores.everything()
    value = "ADA@example.com" if only == "person" else conversation_id
    state = restores.restore(only=f"{only}={value}")
    assert state["problem"] == ""
    rows, objects = restores.everything()
    gone = set(objects) - set(before[1])
    assert gone
    assert all(file_id in key for key in gone)
    assert {key: objects[key] for key in before[1]} == before[1]
    for table in rows:
        new = [row for row in rows[table] if row not in before[0][table]]
        assert [row for row in before[0][table] if row not in rows[table]] == [
            row for row in before[0][table] if table == "usage" and row not in rows[table]
        ]
        assert all(ada.user_id in str(row) for row in new), table
        assert table != "erasures" or not new
    assert ada.get(f"/conversations/{person_and_file[0]}/messages").body["items"]
    assert ada.get(f"/files/{file_id}").body["status"] == "ready"


def _of(stage: Stage, person: Person) -> str:
    return next(str(row["conversation_id"]) for row in stage.rows("conversations") if row["user_id"] == person.user_id)


def test_only_a_table_comes_back(stage: Stage, ada: Person, restores: Restores) -> None:
    lived(stage, ada)
    backup = restores.back_up()
    restores.empty()
    assert restores.restore(only="table=messages")["step"] == "done"
    assert len(stage.rows("messages")) == backup.tables["messages"].items
    assert [*stage.rows("conversations"), *stage.rows("files"), *stage.objects()] == []
    assert "no table nonsense" in restores.restore("other", only="table=nonsense")["problem"]


@pytest.mark.parametrize(
    ("only", "said"), [("person=eve@example.com", "nobody"), ("conversation=x", "no conversation")]
)
def test_who_or_what_is_not_in_the_backup_is_said(
    stage: Stage, ada: Person, restores: Restores, only: str, said: str
) -> None:
    lived(stage, ada)
    restores.back_up()
    before = restores.everything()
    state = restores.restore(only=only)
    assert (state["step"], said in state["problem"]) == ("failed", True)
    assert restores.everything() == before


def test_an_account_that_is_missing_is_invited_and_all_that_named_it_names_the_new_one(
    stage: Stage, ada: Person, grace: Person, restores: Restores
) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    conversation_id, file_id = lived(stage, ada)
    stage.pool.disabled.add(stage.pool.email(grace.user_id))
    restores.back_up()
    restores.empty()
    restores.nobody()
    stage.pool.mailed.clear()
    stage.pool.disabled.clear()
    kept_out = f"{grace.user_id}@example.com"
    state = restores.restore()
    assert (state["step"], state["invited"]) == ("done", 1)
    assert stage.pool.mailed == ["ada@example.com"], "who was kept out is kept out, and mailed nothing"
    assert stage.pool.disabled == {kept_out}
    new = state["subs"][ada.user_id]
    assert new in stage.pool.subs
    assert new in stage.pool.groups["members"]
    assert stage.row("people", new)["last_used_at"] > 0
    rows, objects = restores.everything()
    assert ada.user_id not in json.dumps([rows, list(objects)], default=str)
    _signs_in_anew(ada, new)
    assert ada.conversation(conversation_id)["title"] == "Roses"
    assert ada.get(f"/conversations/{conversation_id}/messages").body["items"]
    assert stage.body(stage.row("files", file_id)["object_key"]) == TEXT
    assert ada.get(f"/files/{file_id}/content").status == 200
    assert storage(stage, ada)["files"] == 1


def _signs_in_anew(person: Person, sub: str) -> None:
    person.user_id = person.claims["sub"] = sub
    person.subject = type(person.subject)("user", sub)
    sessions.known[str(person.subject)] = sessions.Ended()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "operation", ["admin_get_user", "admin_create_user", "admin_user_global_sign_out", "admin_disable_user"]
)
def test_a_restore_that_was_killed_at_any_call_of_the_pool_is_finished(
    restores: Restores, ada: Person, grace: Person, operation: str, after: bool
) -> None:
    stage, pool = restores.stage, restores.stage.pool
    lived(stage, ada)
    kept_out = pool.email(grace.user_id)
    pool.disabled.add(kept_out)
    restores.back_up()
    call = getattr(pool, operation)
    for nth in range(20):
        run = f"r{nth}"
        restores.empty()
        restores.nobody()
        pool.mailed.clear()
        pool.disabled.clear()
        dies = _Dies(call, nth, after)
        setattr(pool, operation, dies)
        with suppress(wire.Killed):
            restores.restore(run)
        assert restores.finish(run)["step"] == "done", nth
        assert pool.disabled == {kept_out}, nth
        assert set(pool.mailed) == {f"{ada.user_id}@example.com"}, nth
        assert len(pool.mailed) <= 1 + after, nth
        assert len(pool.subs) == 2, nth
        if not dies.died:
            break
    assert 0 < nth < 19


@dataclass
class _Dies:
    """A call at whose nth time the process ends, before it or after it."""

    call: Callable[..., Any]
    nth: int
    after: bool
    calls: int = 0
    died: bool = False

    def __call__(self, **given: Any) -> Any:
        self.calls += 1
        self.died = self.died or self.calls == self.nth + 1
        if self.calls == self.nth + 1 and not self.after:
            raise wire.Killed
        reply = self.call(**given)
        if self.calls == self.nth + 1:
            raise wire.Killed
        return reply


def test_a_days_last_mail_keeps_nothing_back_but_the_mails(stage: Stage, ada: Person, restores: Restores) -> None:
    conversation_id, _ = lived(stage, ada)
    restores.back_up()
    restores.empty()
    restores.nobody()
    stage.pool.mails_left = 0
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    state = restores.state()
    assert (state["step"], state["waiting"], stage.pool.mailed) == ("inviting", 1, [])
    assert stage.row("conversations", conversation_id)
    stage.pool.mails_left = 50
    assert restores.finish()["step"] == "done"
    assert stage.pool.mailed == [f"{ada.user_id}@example.com"]


def test_of_a_person_who_was_removed_for_good_it_is_said(stage: Stage, ada: Person, restores: Restores) -> None:
    lived(stage, ada)
    restores.back_up()
    stage.put("erasures", {"erased": f"account:{ada.user_id}", "at": 1, "user_id": ada.user_id})
    state = restores.restore(only=f"person={ada.user_id}@example.com")
    assert (state["step"], "removed for good" in state["problem"]) == ("failed", True)


def test_an_account_that_has_the_address_already_is_that_persons(stage: Stage, ada: Person, restores: Restores) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    lived(stage, ada)
    restores.back_up()
    restores.empty()
    restores.nobody()
    stage.pool.subs.add("new-sub")
    stage.pool.emails["new-sub"] = "ada@example.com"
    state = restores.restore()
    assert (state["subs"], state["invited"]) == ({ada.user_id: "new-sub"}, 0)
    assert {row["user_id"] for row in stage.rows("conversations")} == {"new-sub"}


def test_a_sub_that_has_another_address_now_is_refused_by_name(stage: Stage, ada: Person, restores: Restores) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    lived(stage, ada)
    stage.pool.subs.add("0-earlier-in-the-list")
    restores.back_up()
    restores.empty()
    stage.pool.subs.remove("0-earlier-in-the-list")
    stage.pool.emails[ada.user_id] = "eve@example.com"
    state = restores.restore()
    assert state["step"] == "failed"
    assert all(each in state["problem"] for each in (ada.user_id, "ada@example.com", "eve@example.com"))
    assert stage.rows("conversations") == []
    assert stage.pool.subs == {ada.user_id}, "nobody's account was made before that"


@pytest.mark.parametrize("what", ["conversation", "file", "account"])
def test_what_is_erased_while_the_rest_comes_back_is_gone_in_the_end(
    ada: Person, grace: Person, restores: Restores, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = restores.stage
    monkeypatch.setattr(people, "UNDER_WAY_S", -1)
    conversation_id, file_id = lived(stage, ada)
    lived(stage, grace)
    restores.back_up()
    restores.empty()
    name = {"conversation": f"{ada.user_id}#{conversation_id}", "file": file_id, "account": ada.user_id}[what]

    def erased(call: dynamodb.Call, send: Any) -> Any:
        """A purge ends before the row comes, of which it knew nothing."""
        row = {"erased": f"{what}:{name}", "at": int(time.time()), "user_id": ada.user_id}
        stage.put("erasures", row)
        return send()

    table = "files" if what == "file" else "messages"
    stage.wire.fail(erased, lambda call: call.operation in ("PutItem", "TransactWriteItems") and table in call.tables)
    assert restores.restore()["step"] == "done"
    assert stage.wire.struck
    for order in stage.lambdas.take("purge"):
        stage.purge(order)
    left = [row for row in stage.rows("conversations") if row["user_id"] == ada.user_id]
    assert len(left) == (1 if what == "file" else 0)
    assert len([row for row in stage.rows("messages") if ada.user_id in row["conversation"]]) == (3 if left else 0)
    assert bool([key for key in stage.objects() if file_id in key]) == (what == "conversation")
    assert [row["user_id"] for row in stage.rows("conversations") if row not in left] == [grace.user_id]


@pytest.mark.parametrize("where", ["row", "bucket"])
def test_what_was_erased_since_is_not_brought_back(
    stage: Stage, ada: Person, grace: Person, restores: Restores, where: str
) -> None:
    conversation_id, _ = lived(stage, ada)
    other, file_id = lived(stage, ada, "Other")
    lived(stage, grace)
    restores.back_up()
    restores.empty()
    for erased in (f"conversation:{ada.user_id}#{conversation_id}", f"file:{file_id}", f"account:{grace.user_id}"):
        if where == "row":
            stage.put("erasures", {"erased": erased, "at": 1, "user_id": ada.user_id})
        else:
            restores.put(f"erasures/{erased}", b"{}")
    assert restores.restore()["step"] == "done"
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [other]
    assert not any(conversation_id in row["conversation"] for row in stage.rows("messages"))
    assert not any(file_id in key for key in stage.objects())
    rows, objects = restores.everything()
    assert grace.user_id not in str([rows["files"], rows["messages"], rows["usage"], list(objects)])
    assert storage(stage, ada)["files"] == 1


def test_an_erasure_at_the_edge_is_seen_and_its_purge_may_be_lost(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    """Noted by another machine's clock, and stored just after what was known had been read."""
    conversation_id, _ = lived(stage, ada)
    restores.back_up()
    restores.empty()

    def late(call: dynamodb.Call, send: Any) -> Any:
        read = send()
        erased = f"conversation:{ada.user_id}#{conversation_id}"
        stage.put("erasures", {"erased": erased, "at": int(time.time()) - 100, "user_id": ada.user_id})
        return read

    stage.wire.fail(late, lambda call: call.operation == "Scan")
    assert restores.restore()["step"] == "done"
    scans = [call for call in stage.wire.calls if call.operation == "Scan"]
    assert scans
    assert all(call.body.get("ConsistentRead") for call in scans)
    row = stage.row("conversations", conversation_id)
    assert (row["deleted_at"], row["due_at"] <= time.time(), "due_shard" in row) == (1, True, True)
    stage.lambdas.pending.clear()
    stage.sweep()
    for order in stage.lambdas.take("purge"):
        stage.purge(order)
    assert stage.rows("conversations") == []


def test_what_was_spent_this_month_stays_spent_and_what_is_over_stays_away(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    subject, month = f"user:{ada.user_id}", ids.month(time.time())
    stage.put("usage", {"subject": subject, "period": "2001-01", "requests": 1})
    stage.put("usage", {"subject": subject, "period": "2001-02", "ttl": int(time.time()) - 1})
    restores.back_up()
    (spent,) = [row for row in stage.rows("usage") if (row["subject"], row["period"]) == (subject, month)]
    stage.put("usage", {**spent, "used": 999})
    stage.put("usage", {"subject": subject, "period": "2001-01", "requests": 999})
    stage.delete("usage", {"subject": subject, "period": "2001-02"})
    assert restores.restore(overwrite=True)["step"] == "done"
    rows = {row["period"]: row for row in stage.rows("usage") if row["subject"] == subject}
    assert rows[month]["used"] == 999
    assert rows["2001-01"]["requests"] == 1
    assert "2001-02" not in rows
