"""A twin as visitors reach it over HTTP: whom it answers, from what, and what it may cost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.e2e import rows, twins, uploads, web
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person, text_of
from tests.e2e.twins import Twin, Visit
from tests.e2e.waiting import until

PARALLEL = 32
ATTEMPTS = 5
READING: list[tuple[str, str, Any]] = [("GET", "", None), ("POST", "/visits", {})]
# Of everything that a token is shown for: method, path, body.
VISITING: list[tuple[str, str, Any]] = [
    ("GET", "/messages", None),
    ("POST", "/messages", {"text": "hello", "request_id": "stranger-request-0001"}),
    ("GET", "/messages/{m}/frames", None),
    ("POST", "/messages/{m}/stop", None),
    ("POST", "/messages/{m}/retry", None),
    ("PUT", "/messages/{m}/rating", {"rating": "up"}),
    ("POST", "/sockets", None),
    ("GET", "/visit", None),
    ("DELETE", "/visit", None),
]


@pytest.fixture
def twin(owner: Person) -> Iterator[Twin]:
    with twins.made(owner) as found:
        found.add("experience", "Hydrologist", "Built the low water model of the Loire.")
        found.publish()
        yield found


def _prefix(request: dict[str, Any]) -> str:
    """All of a request that stands before the thread, as it is cached: the first question's documents."""
    sources = [block for block in request["messages"][0]["content"] if block["type"] == "document"]
    assert sources, "a prompt without a source"
    return json.dumps([request.get("tools"), request["system"], sources], ensure_ascii=False)


# --- Budget ---------------------------------------------------------------------------------------------------------


def _reserved(deployment: Deployment, twin: Twin, word: str) -> int:
    """What one answer takes of the budget while it is awaited (micro-USD)."""
    visit = Visit.begin(deployment, twin.handle)
    answer = visit.begun(f"{word} one")
    taken = _spent(deployment, twin)
    assert visit.call("POST", f"/messages/{answer['message_id']}/stop").status == 202
    visit.settled(answer)
    until(lambda: _spent(deployment, twin) < taken, 60, "a reservation that is given back")
    return taken


def _spent(deployment: Deployment, twin: Twin) -> int:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    found = rows.query(deployment, "usage", "subject", f"twin:{twin.handle}")
    return sum(int(row.get("cost_micro_usd", 0)) for row in found if row["period"] == today)


def _sent_at_once(visits: list[Visit], text: str) -> list[web.Reply]:
    barrier = Barrier(len(visits))

    def send(visit: Visit) -> web.Reply:
        body = {"text": text, "request_id": str(uuid.uuid4())}
        barrier.wait()
        for _ in range(ATTEMPTS):
            reply = visit.call("POST", "/messages", body)
            if reply.status != 503:
                break
            # So many at once on one machine: DynamoDB did not answer in time. The same request is safe to repeat.
            time.sleep(1.0)
        return reply

    with ThreadPoolExecutor(len(visits)) as pool:
        return list(pool.map(send, visits))


@pytest.mark.local_only
@pytest.mark.scripted
def test_with_a_budget_of_three_answers_of_many_at_once_three_reach_the_model(
    deployment: Deployment, twin: Twin, model: Model, word: str
) -> None:
    # An answer that ended before the last question came would give back what it had reserved.
    model.script(f"{word} one", text="Red.", delay_first_s=30.0)
    model.script(f"{word} all", text="Red.", delay_first_s=30.0)
    one = _reserved(deployment, twin, word)
    # What is left after three of them is less than any answer takes.
    twin.change(daily_budget_usd=(_spent(deployment, twin) + 3.1 * one) / 1e6)
    visits = [Visit.begin(deployment, twin.handle) for _ in range(PARALLEL)]
    replies = _sent_at_once(visits, f"{word} all")
    accepted = [(visit, reply) for visit, reply in zip(visits, replies, strict=True) if reply.status == 202]
    refused = [reply for reply in replies if reply.status != 202]
    assert len(accepted) == 3
    assert {(reply.status, reply.error["code"]) for reply in refused} == {(429, "twin_resting")}
    assert all(reply.headers["retry-after"] == str(reply.error["retry_after_s"]) for reply in refused)
    profile = Visit(deployment, twin.handle).call("GET")
    assert profile.status == 200, "the profile stays readable"
    assert profile.body["resting_until"] == refused[0].error["resting_until"]
    until(lambda: len(model.requests(f"{word} all")) >= 3, 60, "the three questions at the model")
    for visit, reply in accepted:
        visit.call("POST", f"/messages/{reply.body['answer']['message_id']}/stop")
        visit.settled(reply.body["answer"])
    assert len(model.requests(f"{word} all")) == 3, "and no fourth"


# --- Tokens and origins ---------------------------------------------------------------------------------------------


def _encoded(content: dict[str, Any]) -> str:
    raw = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(deployment: Deployment, content: dict[str, Any]) -> str:
    """A token as the stage signs it, by its own secret."""
    name = f"/chatapp/{deployment.stage}/visit-key"
    key = deployment.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    said = _encoded(content)
    signature = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return f"{said}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.local_only
@pytest.mark.scripted
def test_a_token_that_is_forged_over_or_another_twin_s_opens_nothing(
    deployment: Deployment, owner: Person, twin: Twin, model: Model, word: str
) -> None:
    model.script(word, text="Here.")
    visit = Visit.begin(deployment, twin.handle)
    answer = visit.ask(f"{word} where?")
    content = {"t": twin.handle, "v": visit.visit_id, "e": int(time.time()) + 60}
    good = Visit(deployment, twin.handle, visit.visit_id, _signed(deployment, content))
    assert good.call("GET", "/messages").status == 200, "or this test would prove nothing"
    said, _, signature = visit.token.partition(".")
    with twins.made(owner) as other:
        other.add("notes", "A note", "About nothing.")
        other.publish()
        tokens = {
            "none": "",
            "nonsense": "a.b",
            "unsigned": said,
            "signed otherwise": f"{said}.{signature[::-1]}",
            "of another visit": f"{_encoded(content | {'v': str(uuid.uuid4())})}.{signature}",
            "over": _signed(deployment, content | {"e": int(time.time()) - 1}),
            "of another twin": Visit.begin(deployment, other.handle).token,
            "a person's": owner.id_token,
        }
        for method, path, body in VISITING:
            seen = {}
            # What was kept of a visit is its visitor's to take away and to erase, for as long as it is kept.
            for name, token in ((name, token) for name, token in tokens.items() if (name, path) != ("over", "/visit")):
                reply = Visit(deployment, twin.handle, token=token).call(
                    method, path.format(m=answer["message_id"]), body
                )
                seen[name] = (reply.status, json.dumps(reply.body))
            assert len(set(seen.values())) == 1, (method, path, seen)
            assert next(iter(seen.values()))[0] == 401, (method, path, seen)
    assert text_of(visit.call("GET", "/messages").body["items"][0]) == "Here.", "and nothing was changed or erased"


@pytest.mark.local_only
def test_what_no_visitor_may_know_of_is_missing_alike(deployment: Deployment, owner: Person, twin: Twin) -> None:
    with twins.made(owner) as unpublished, twins.made(owner) as deleted:
        deleted.add("notes", "A note", "About nothing.")
        deleted.publish()
        assert deleted.call("DELETE", "", {"handle": deleted.handle}).status == 200
        handles = ["e2e-none", "No_Handle", unpublished.handle, deleted.handle]
        for method, path, body in READING:
            seen = [Visit(deployment, handle).call(method, path, body) for handle in handles]
            assert {(reply.status, json.dumps(reply.body)) for reply in seen} == {(404, json.dumps(seen[0].body))}
    assert Visit(deployment, twin.handle).call("GET").status == 200


@pytest.mark.local_only
def test_pages_of_other_origins_are_refused(deployment: Deployment, twin: Twin) -> None:
    visitor = Visit(deployment, twin.handle)
    for origin in (deployment.site_url, "http://127.0.0.1:8090"):
        assert visitor.call("POST", "/visits", {}, Origin=origin).status == 201, origin
    for origin in ("https://evil.example", "null", "http://127.0.0.1:8090.evil.example"):
        for method, path, body in READING:
            refused = visitor.call(method, path, body, Origin=origin)
            assert (refused.status, refused.error["code"]) == (403, "origin_not_allowed"), origin
            assert refused.headers["access-control-allow-origin"] == "*", "so that the page can be told"
            assert "access-control-allow-credentials" not in refused.headers


# --- What an answer rests on ----------------------------------------------------------------------------------------


@pytest.mark.local_only
@pytest.mark.scripted
def test_an_answer_goes_on_by_what_was_published_when_it_was_asked_for(
    deployment: Deployment, twin: Twin, model: Model, word: str
) -> None:
    model.script(f"{word} first", text="Slowly, slowly, slowly.", delay_chunk_s=0.5, chunk_chars=2)
    model.script(f"{word} second", text="Now.")
    visit = Visit.begin(deployment, twin.handle)
    answer = visit.begun(f"{word} first")
    until(lambda: model.requests(f"{word} first"), 60, "the question at the model")
    twin.add("notes", "Moonflower", f"A note of {word} that was written later.")
    twin.publish()
    assert visit.settled(answer)["status"] == "complete"
    visit.ask(f"{word} second")
    (first,), (second,) = model.requests(f"{word} first"), model.requests(f"{word} second")
    assert "Moonflower" not in _prefix(first["body"])
    assert "Moonflower" in _prefix(second["body"])


@pytest.mark.local_only
@pytest.mark.scripted
def test_what_stands_before_the_thread_is_the_same_for_all_visitors(
    deployment: Deployment, twin: Twin, model: Model, word: str
) -> None:
    twin.add("notes", "Nightshade", "Nobody is told.")  # in the draft alone
    model.script(word, text="Yes.")
    for name, wishes in (
        ("one", {"language": "fr", "remember": True}),
        ("two", {"language": "en", "transcript": False}),
    ):
        visit = Visit.begin(deployment, twin.handle, **wishes)
        visit.ask(f"{word} of {name}")
    requests = [each["body"] for each in model.requests(word)]
    assert len({_prefix(each) for each in requests}) == 1
    assert "low water model" in _prefix(requests[0])
    assert not any(secret in json.dumps(each) for each in requests for secret in ("Nightshade", "@example.com"))
    assert f"{word} of one" not in json.dumps(requests[1]), "of another visit"


@pytest.mark.local_only
def test_what_the_demo_model_answers_is_cited_by_entries(deployment: Deployment, twin: Twin) -> None:
    entry_id = twin.draft()["entries"][0]["entry_id"]
    visit = Visit.begin(deployment, twin.handle)
    answer = visit.ask("Which low water model of the Loire did you build?")
    assert {each["file_id"] for each in uploads.citations(answer)} == {entry_id}
    page = web.call("GET", twin.draft()["page"]["url"])
    assert f'id="entry-{entry_id}"' in page.body


# --- What is left ---------------------------------------------------------------------------------------------------


@pytest.mark.local_only
@pytest.mark.scripted
def test_a_visit_that_is_erased_leaves_nothing(deployment: Deployment, twin: Twin, model: Model, word: str) -> None:
    model.script(word, text=f"It is {word}.")
    visit, other = Visit.begin(deployment, twin.handle), Visit.begin(deployment, twin.handle)
    visit.ask(f"{word} mine")
    other.ask(f"{word} theirs")
    assert f"{word} mine" in json.dumps(visit.call("GET", "/visit").body)
    until(lambda: _objects(deployment, twin, visit), 30, "a transcript")
    assert visit.call("DELETE", "/visit").status == 200
    assert visit.call("GET", "/messages").status == 401
    until(lambda: not _objects(deployment, twin, visit), 60, "the end of a transcript")
    until(lambda: not rows.conversations(deployment, f"visit:{visit.visit_id}"), 60, "the end of a conversation")
    stored = rows.query(deployment, "messages", "conversation", f"visit:{visit.visit_id}#{visit.visit_id}")
    assert stored == []
    assert len(other.call("GET", "/messages").body["items"]) == 2


def _objects(deployment: Deployment, twin: Twin, visit: Visit | None = None) -> list[str]:
    """Of the twin, or of a visit alone, whatever version."""
    prefixes = [f"transcripts/{twin.handle}/", *([] if visit else [f"twins/{twin.handle}/"])]
    found = [each["Key"] for prefix in prefixes for each in uploads.versions(deployment, prefix)]
    return [key for key in found if visit is None or visit.visit_id in key]


@pytest.mark.local_only
@pytest.mark.scripted
def test_a_twin_that_is_deleted_leaves_nothing(deployment: Deployment, owner: Person, model: Model, word: str) -> None:
    model.script(word, text="Yes.")
    with twins.made(owner) as twin:
        twin.add("notes", "A note", f"About {word}.")
        twin.publish()
        url = twin.draft()["page"]["url"]
        assert word in web.call("GET", url).body
        visit = Visit.begin(deployment, twin.handle)
        visit.ask(f"{word} ?")
        until(lambda: _objects(deployment, twin, visit), 30, "a transcript")
        assert twin.call("DELETE", "", {"handle": twin.handle}).status == 200
        assert Visit(deployment, twin.handle).call("GET").status == 404
        until(lambda: not _objects(deployment, twin), 90, "the end of a twin's objects")
        until(lambda: not rows.query(deployment, "twins", "handle", twin.handle), 90, "the end of a twin's rows")
        until(lambda: word not in str(web.call("GET", url).body), 90, "the end of a page")
