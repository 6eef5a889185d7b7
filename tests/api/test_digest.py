"""The daily mail to the owner: counts and links, when there is something."""

from __future__ import annotations

import time
import uuid
from typing import Any

import boto3
import pytest
from chalicelib.ids import iso
from moto.sns.models import sns_backends

from tests.api.commenting import TEXT, UNMETERED, act, comment, owner, section
from tests.fakes.aws import Context, client_error
from tests.people import Person
from tests.stage import HOUR, ORIGIN, Stage


@pytest.fixture(autouse=True)
def _topic(stage: Stage) -> None:
    stage.configure(rates=UNMETERED)
    section(stage)
    boto3.client("sns").create_topic(Name="chatapp-test-owner")


def _sent(stage: Stage) -> list[tuple[str, str]]:
    """What the daily run publishes: subject and text of each message."""
    topic = sns_backends["123456789012"]["eu-west-1"].topics["arn:aws:sns:eu-west-1:123456789012:chatapp-test-owner"]
    before = len(topic.sent_notifications)
    stage.app.digest(HOUR, Context(60))
    return [(each[2] or "", each[1]) for each in topic.sent_notifications[before:]]


def test_nothing_is_sent_where_there_is_nothing(stage: Stage, ada: Person) -> None:
    assert _sent(stage) == []
    old = comment(ada)
    act(stage, old, "delete")
    assert _sent(stage) == []


def test_it_counts_and_links_and_says_nothing_else(stage: Stage, ada: Person, grace: Person) -> None:
    ada.patch("/me", {"display_name": "Ada"})
    waits, seen, reported = (comment(ada, f"{TEXT} {number}") for number in range(3))
    act(stage, seen, "approve")
    act(stage, reported, "approve")
    grace.post(f"/commentaires/{reported}/report")
    _write_long_ago(stage, ada)
    ((subject, text),) = _sent(stage)
    assert subject == "Comments: 1 held, 1 reported, 2 new"
    for said in ("1 comment waiting", "1 comment reported", "2 comments new", f"{ORIGIN}/moderation?state=held"):
        assert said in text
    for unsaid in (TEXT, "Ada", ada.user_id, waits):
        assert unsaid not in subject + text


def test_an_owner_who_answers_is_not_told_of_it(stage: Stage) -> None:
    comment(owner(stage), "An answer")
    assert _sent(stage) == []


def _write_long_ago(stage: Stage, ada: Person) -> None:
    """A visible comment of the day before yesterday."""
    row = next(each for each in stage.rows("commentaires") if each.get("state") == "visible")
    then = time.time() - 2 * 86_400
    comment_id = str(uuid.UUID(int=round(then * 1000) << 80 | 7 << 76 | 2 << 62))
    stage.put("commentaires", {**row, "id": comment_id, "created_at": iso(then)})


@pytest.mark.parametrize(
    ("digest", "subject"),
    [('["held"]', "Comments: 1 held"), ('["new", "reported"]', "Comments: 1 new"), ("[]", None)],
)
def test_each_kind_can_be_switched_off(stage: Stage, ada: Person, digest: str, subject: str | None) -> None:
    seen = comment(ada, "seen")
    held = comment(ada, "held")
    act(stage, seen, "approve")
    assert held
    stage.configure(digest=digest)
    assert [each[0] for each in _sent(stage)] == ([subject] if subject else [])


def test_a_topic_that_is_busy_is_told_again_by_lambda(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.aws import clients
    from chalicelib.logs import Failed

    comment(ada)

    def busy(**_: Any) -> None:
        raise client_error("ThrottledException", "Publish", 503)

    monkeypatch.setattr(clients.client("sns"), "publish", busy)
    with pytest.raises(Failed):
        stage.app.digest(HOUR, Context(60))
