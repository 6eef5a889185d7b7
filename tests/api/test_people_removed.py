"""A person who is cut off, and one of whom nothing is left."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.response import StreamingBody
from chalicelib import sessions
from chalicelib.deletion import people
from chalicelib.logs import Failed

from deploy import arguments, commands
from deploy.account import regions
from deploy.environment import DeploymentError
from deploy.environment import Stage as Deployed
from deploy.people import access
from deploy.progress import Progress
from tests.fakes import clients, dynamodb, s3, wire
from tests.fakes.aws import Context, client_error
from tests.people import Person
from tests.stage import Stage

TEXT = b"Roses are red.\nViolets are blue.\n"
TABLES = ("conversations", "messages", "frames", "files", "usage", "sockets")


def _order(stage: Stage, person: Person, what: str, seconds: float = 300) -> bool:
    payload = {"user_id": person.user_id, "person": what}
    done: bool = stage.app.purge(payload, Context(seconds))["done"]
    return done


def _life(stage: Stage, person: Person) -> str:
    """A conversation, one that was deleted, one with an answer that nobody makes; files that were read, not read, and
    deleted; a socket, and an object that no row knows. Returns the title of the first conversation.
    """
    stage.ready(person, TEXT)
    first, deleted, waiting = (person.new_conversation(title=title) for title in ("Roses", "Lilies", "Tulips"))
    person.ask(first, "Which?")
    person.queue(waiting, "And these?")
    person.delete(f"/conversations/{deleted}")
    stage.upload(person, TEXT, "unread.txt")
    person.delete(f"/files/{stage.upload(person, TEXT, 'deleted.txt').file_id}")
    stage.store(f"uploads/{person.user_id}/{'0' * 36}/lost.txt", b"lost")
    person.connect(f"socket-of-{person.user_id}")
    stage.lambdas.take("answer")
    return "Roses"


def _lives(stage: Stage, person: Person) -> Callable[[], None]:
    """What puts back all that a person had when they were cut off, a while ago."""
    _life(stage, person)
    assert _order(stage, person, "cut_off")
    _later(stage, person)
    rows = {table: stage.rows(table) for table in TABLES}
    keys = stage.objects()

    def again() -> None:
        for table, of_table in rows.items():
            for row in of_table:
                stage.put(table, row)
        for key in set(keys) - set(stage.objects()):
            stage.store(key, TEXT)

    return again


def _later(stage: Stage, person: Person) -> None:
    """So long after the person was cut off that nothing is under way any more."""
    row = next(
        row for row in stage.rows("sockets") if row["item"] == "ended:" and row["subject"] == str(person.subject)
    )
    stage.put("sockets", row | {"revoked_at": row["revoked_at"] - people.UNDER_WAY_S - 1})


def _rows(stage: Stage, table: str) -> list[dict[str, Any]]:
    """Without the notes by which the sweep looks once more for what comes of removed files; it removes them, too."""
    return [row for row in stage.rows(table) if not str(row.get("file_id", "")).startswith("removed#")]


def _left(stage: Stage, person: Person) -> list[Any]:
    """What names a person still: rows, but for the one that refuses their tokens, and objects."""
    rows = [row for table in TABLES for row in _rows(stage, table) if person.user_id in str(row)]
    return [*(row for row in rows if row.get("item") != "ended:"), *stage.objects(f"uploads/{person.user_id}/")]


def _of_all(row: dict[str, Any]) -> bool:
    """Counts of the stage, and of the address that everybody here comes from."""
    return row.get("subject") == "stage" or str(row.get("subject")).startswith("ip:")


def _everything(stage: Stage) -> Any:
    return {table: _rows(stage, table) for table in TABLES}, stage.objects()


def _titles(stage: Stage) -> dict[str, str]:
    return {row["conversation_id"]: row["title"] for row in stage.rows("conversations")}


def test_a_person_who_was_cut_off_is_refused_and_pushed_nothing_and_keeps_everything(
    stage: Stage, ada: Person, grace: Person
) -> None:
    title = _life(stage, ada)
    grace.connect("other")
    before = _titles(stage), stage.objects()
    assert _order(stage, ada, "cut_off")
    assert ada.get("/conversations").error == "session_ended"
    assert ada.post("/sockets").error == "session_ended"
    assert grace.get("/conversations").status == 200
    assert {row["item"] for row in stage.rows("sockets") if "connection:" in row["item"]} == {"connection:other"}
    assert (_titles(stage), stage.objects()) == before
    ada.claims["auth_time"] = str(int(time.time()) + 5)  # let in again, and signed in anew
    assert title in [item["title"] for item in ada.get("/conversations").body["items"]]


def test_nothing_is_left_of_a_person_who_is_removed_and_all_of_everybody_else(
    stage: Stage, ada: Person, grace: Person
) -> None:
    _life(stage, grace)
    of_grace = _everything(stage)
    _life(stage, ada)
    totals = stage.row("usage", "stage")
    extracted = len(stage.objects("extracted/"))
    _order(stage, ada, "cut_off")
    _later(stage, ada)
    assert _order(stage, ada, "remove")
    assert _left(stage, ada) == []
    assert 0 < len(stage.objects("extracted/")) < extracted
    after = stage.row("usage", "stage")
    assert after["output_tokens"] == totals["output_tokens"], "what was spent stays counted, without a name"
    assert not any(name.startswith("open_") and name not in str(of_grace) for name in after), "and nothing is held"
    rows, objects = _everything(stage)
    assert objects == of_grace[1]
    for table in TABLES:
        theirs = [row for row in rows[table] if not _of_all(row) and row.get("item") != "ended:"]
        assert theirs == [row for row in of_grace[0][table] if not _of_all(row)], table
    assert ada.get("/conversations").error == "session_ended"


def test_what_was_under_way_is_waited_for(stage: Stage, ada: Person) -> None:
    _life(stage, ada)
    assert not _order(stage, ada, "remove"), "who is not cut off goes on storing"
    assert sessions.Ended() != sessions.read(_services(), ada.subject)
    assert not _order(stage, ada, "remove")
    assert _left(stage, ada) == []
    assert people.UNDER_WAY_S >= sessions.CACHED_S + 29
    stage.put("files", {"file_id": "f" * 36, "user_id": ada.user_id, "upload_timestamp": "2026", "size": 1})
    _later(stage, ada)
    assert not _order(stage, ada, "remove", seconds=0), "there is no time"
    with pytest.raises(Failed):
        _order(stage, ada, "remove")


def _services() -> Any:
    from chalicelib import functions, services

    return services.of(functions.PURGE)


@pytest.mark.parametrize("table", ["conversations", "files"])
def test_what_a_removal_had_marked_when_it_was_killed_is_swept_if_nobody_repeats_it(
    stage: Stage, ada: Person, table: str
) -> None:
    stage.ready(ada, TEXT)
    ada.new_conversation(title="Roses")
    assert _order(stage, ada, "cut_off")
    _later(stage, ada)
    stage.wire.fail(wire.killed_after, lambda call: call.writes and call.tables == [table])
    with pytest.raises(wire.Killed):
        _order(stage, ada, "remove")
    stage.sweep()
    assert stage.rows(table) == []


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
def test_a_removal_that_was_killed_at_any_write_is_finished_by_the_next(
    stage: Stage, ada: Person, grace: Person, fault: dynamodb.Fault
) -> None:
    grace.new_conversation(title="Hers")
    of_grace = stage.rows("conversations"), _rows(stage, "files"), stage.objects()
    again = _lives(stage, ada)
    for killed in range(100):
        again()
        stage.wire.clear()
        stage.wire.fail(fault, lambda call: call.writes, nth=killed + 1)
        try:
            assert _order(stage, ada, "remove")
        except wire.Killed:
            assert _order(stage, ada, "remove")
        assert _left(stage, ada) == [], killed
        assert (stage.rows("conversations"), _rows(stage, "files"), stage.objects()) == of_grace, killed
        if not stage.wire.struck:
            break
    assert 15 < killed < 99


def test_a_removal_goes_on_after_its_objects_could_not_be_deleted(stage: Stage, ada: Person) -> None:
    again = _lives(stage, ada)
    for nth in range(1, 6):
        again()
        stage.s3_wire.clear()
        stage.s3_wire.fail(s3.slow_down if nth % 2 else wire.killed_after, lambda call: call.writes, nth=nth, times=20)
        try:
            assert _order(stage, ada, "remove")
        except (Failed, wire.Killed):
            assert _left(stage, ada) != []
        stage.s3_wire.clear()
        assert _order(stage, ada, "remove")
        assert _left(stage, ada) == []


# The command


class _Purge:
    """Lambda, with the app's own function; another version of it says that it does not know the order."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.asked: list[str] = []
        self.fails = False

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> dict[str, Any]:
        assert (FunctionName, InvocationType) == ("chatapp-test-purge", "RequestResponse")
        payload = json.loads(Payload)
        self.asked.append(payload["person"])
        failed = {"FunctionError": "Unhandled"} if self.fails else {}
        said: Any = {"errorMessage": "StopIteration"} if self.fails else self.stage.app.purge(payload, Context(300))
        body = json.dumps(said).encode()
        return {"StatusCode": 200, **failed, "Payload": StreamingBody(io.BytesIO(body), len(body))}


@pytest.fixture
def purge(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> _Purge:
    made = _Purge(stage)
    client = Deployed.client

    def with_purge(self: Deployed, service: str) -> Any:
        return clients.client("lambda", made) if service == "lambda" else client(self, service)

    monkeypatch.setattr(Deployed, "client", with_purge)
    monkeypatch.setattr(access, "_PAUSE_S", 0)
    monkeypatch.setattr(people, "LATE_S", 0)
    return made


@pytest.fixture
def pool(stage: Stage) -> str:
    created = (
        Deployed("test", "eu-west-1")
        .client("cognito-idp")
        .create_user_pool(PoolName="chatapp-test", UsernameAttributes=["email"])
    )
    return str(created["UserPool"]["Id"])


EMAIL = "ada@example.com"


def _account(pool: str, person: Person) -> None:
    """Make a person's account; from then on they are who Cognito says."""
    cognito = Deployed("test", "eu-west-1").client("cognito-idp")
    cognito.admin_create_user(UserPoolId=pool, Username=EMAIL, UserAttributes=[{"Name": "email", "Value": EMAIL}])
    person.user_id = access.find(Deployed("test", "eu-west-1"), pool, EMAIL).user_id
    person.subject = type(person.subject)("user", person.user_id)
    person.claims["sub"] = person.user_id
    sessions.known[str(person.subject)] = sessions.Ended()


def _enabled(pool: str) -> bool:
    found = Deployed("test", "eu-west-1").client("cognito-idp").admin_get_user(UserPoolId=pool, Username=EMAIL)
    return bool(found["Enabled"])


def _command(pool: str, monkeypatch: pytest.MonkeyPatch, *words: str, typed: str = "") -> int:
    monkeypatch.setattr(access, "pool_id", lambda stage: pool)
    monkeypatch.setattr(regions, "refuse_other_endpoints", lambda name: None)
    asked = arguments.parse(["person", "test", EMAIL, "--region", "eu-west-1", *words])
    return commands.person(asked, Progress(), read=lambda question: typed)


def test_a_person_is_kept_out_and_let_in_again(
    stage: Stage, ada: Person, purge: _Purge, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _account(pool, ada)
    conversation_id = ada.new_conversation(title="Roses")
    assert _command(pool, monkeypatch, "--disable") == 0
    assert not _enabled(pool)
    assert ada.get("/conversations").error == "session_ended"
    assert _command(pool, monkeypatch, "--enable") == 0
    assert _enabled(pool)
    assert ada.get("/conversations").error == "session_ended", "the tokens of before"
    ada.claims["auth_time"] = str(int(time.time()) + 5)
    assert ada.conversation(conversation_id)["title"] == "Roses"


def test_a_person_is_deleted_once_the_address_was_typed(
    stage: Stage, ada: Person, purge: _Purge, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "UNDER_WAY_S", -1)
    _account(pool, ada)
    _life(stage, ada)
    with pytest.raises(DeploymentError, match="nobody was deleted"):
        _command(pool, monkeypatch, "--delete", typed="yes")
    assert (_enabled(pool), purge.asked) == (True, [])
    assert _command(pool, monkeypatch, "--delete", typed=EMAIL) == 0
    assert _left(stage, ada) == []
    with pytest.raises(DeploymentError, match=f"nobody of test has the address {EMAIL}"):
        _command(pool, monkeypatch, "--delete", "--yes")
    assert purge.asked == ["cut_off", "remove"]


@contextmanager
def _killed_after(monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[None]:
    """End the command after so many of its calls to AWS."""
    made = Deployed.client
    calls = 0

    def counted(self: Deployed, service: str) -> Any:
        nonlocal calls
        if calls == step:
            raise wire.Killed
        calls += 1
        return made(self, service)

    with monkeypatch.context() as patched:
        patched.setattr(Deployed, "client", counted)
        yield


def test_a_deletion_that_was_killed_after_any_of_its_calls_is_finished_by_repeating_the_command(
    stage: Stage, ada: Person, purge: _Purge, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "UNDER_WAY_S", -1)
    for step in range(20):
        _account(pool, ada)
        ada.new_conversation(title="Roses")
        with _killed_after(monkeypatch, step):
            try:
                finished = _command(pool, monkeypatch, "--delete", "--yes") == 0
            except wire.Killed:
                finished = False
        if not finished:
            assert _command(pool, monkeypatch, "--delete", "--yes") == 0
        assert _left(stage, ada) == [], step
        if finished:
            break
    assert step >= 6


def test_a_function_that_failed_says_what_to_do_and_leaves_the_account(
    stage: Stage, ada: Person, purge: _Purge, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _account(pool, ada)
    purge.fails = True
    for change in ("--disable", "--delete"):
        with pytest.raises(DeploymentError, match=r"chatapp-test-purge failed: repeat the command"):
            _command(pool, monkeypatch, change, "--yes")
    assert access.find(Deployed("test", "eu-west-1"), pool, EMAIL).user_id == ada.user_id


@pytest.mark.parametrize("code", ["TooManyRequestsException", "NotAuthorizedException"])
def test_an_error_of_cognitos_is_not_taken_for_nobody(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    class Cognito:
        def admin_get_user(self, **_: Any) -> None:
            raise client_error(code, "AdminGetUser")

    monkeypatch.setattr(Deployed, "client", lambda self, service: clients.client(service, Cognito()))
    with pytest.raises(Exception, match=code):
        access.find(Deployed("test", "eu-west-1"), "eu-west-1_pool", EMAIL)
