"""Making an account by oneself, where the stage's owner allows it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from chalicelib.settings import DEFAULT_RATES

from tests.api.routes import refused
from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import ROOT, Stage

RATES = {"ips": {"signups": [2, 86_400]}, "stage": {"signups": [100, 86_400]}}
# Of everybody, as it is where nothing is set.
BY_DEFAULT = {"recipients": {"signups": [2, 86_400]}}


@dataclass
class Clock:
    """By which a sign-up lasts so long; it goes on where somebody sleeps, or Cognito works."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("chalicelib.groups.people.time", clock)
    return clock


@pytest.fixture
def visitor(stage: Stage, clock: Clock) -> Person:
    stage.configure(signup="open", rates=json.dumps(RATES))
    visitor = Person(stage, "visitor", groups="")
    stage.pool.subs.discard(visitor.user_id)
    visitor.claims = {}
    return visitor


def test_nobody_signs_up_where_it_is_closed_which_it_is_by_default(stage: Stage) -> None:
    visitor = Person(stage, "visitor")
    visitor.claims = {}
    reply = visitor.post("/signups", {"email": "new@example.com"})
    assert (reply.status, reply.error) == (404, "signup_closed")
    assert stage.pool.mailed == []
    assert "AllowAdminCreateUserOnly: true" in (ROOT / "deploy/stacks/foundation.yaml").read_text(), "Cognito's own"


def test_who_signs_up_is_mailed_and_in_no_group(stage: Stage, visitor: Person) -> None:
    reply = visitor.post("/signups", {"email": "New@example.com", "language": "fr"})
    assert (reply.status, reply.body) == (202, {})
    assert stage.pool.mailed == ["new@example.com"]
    assert stage.pool.groups == {"owners": [], "members": []}


def test_an_address_that_is_known_is_answered_alike_and_left_alone(
    stage: Stage, visitor: Person, owner: Person
) -> None:
    known = owner.claims["email"]
    new, of_known = (visitor.post("/signups", {"email": email}) for email in ("new@example.com", known))
    assert (of_known.status, of_known.raw) == (new.status, new.raw)
    assert of_known.headers.keys() == new.headers.keys()
    assert stage.pool.mailed == ["new@example.com"]
    assert stage.pool.groups == {"owners": [owner.user_id], "members": []}


def test_how_long_it_takes_tells_nothing_of_who_is_known(
    stage: Stage, visitor: Person, ada: Person, clock: Clock
) -> None:
    """Cognito takes its time to make an account, and to mail it."""
    rates = {"ips": {"signups": []}, "recipients": {"signups": [1, 86_400]}}
    stage.configure(signup="open", rates=json.dumps(rates))

    def work(operation: str) -> None:
        clock.now += 0.7 if operation == "AdminCreateUser" else 0.1

    stage.pool.before = work
    lasted = []
    for email in ("new@example.com", "new@example.com", ada.claims["email"]):
        began = clock.now
        assert visitor.post("/signups", {"email": email}).status == 202
        lasted.append(round(clock.now - began, 6))
    assert stage.pool.mailed == ["new@example.com"]
    assert lasted == [2.0] * 3


@pytest.mark.parametrize(
    "code",
    [
        *("LimitExceededException", "TooManyRequestsException", "InternalErrorException"),
        *("CodeDeliveryFailureException", "UserLambdaValidationException", "InvalidLambdaResponseException"),
    ],
)
def test_a_mail_that_cannot_be_sent_today_tells_nothing_of_who_is_known(
    stage: Stage, visitor: Person, code: str
) -> None:
    def before(operation: str) -> None:
        if operation == "AdminCreateUser":
            raise client_error(code, operation, 500 if "Internal" in code else 400)

    stage.pool.before = before
    reply = visitor.post("/signups", {"email": "new@example.com"})
    assert (reply.status, reply.body) == (202, {})


def test_sign_ups_are_limited_by_address_and_day_known_or_not(stage: Stage, visitor: Person) -> None:
    for email in ("a@example.com", "a@example.com"):
        assert visitor.post("/signups", {"email": email}).status == 202
    third = visitor.post("/signups", {"email": "c@example.com"})
    assert (third.status, third.error) == (429, "rate_limited")
    assert stage.pool.mailed == ["a@example.com"] * 2
    visitor.identity = {"sourceIp": "203.0.113.7"}
    assert visitor.post("/signups", {"email": "d@example.com"}).status == 202


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "text/plain; application/json", "application/x-www-form-urlencoded"]
)
def test_a_page_of_another_origin_signs_nobody_up(stage: Stage, visitor: Person, kind: str) -> None:
    """Its visitors' browsers send these without asking first, each from an address of its own."""
    visitor.headers = {"content-type": kind}
    refused(visitor.post("/signups", {"email": "new@example.com"}), "Content-Type")
    assert stage.pool.mailed == []
    visitor.headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert visitor.post("/signups", {"email": "new@example.com"}).status == 202


def test_no_mailbox_is_flooded_from_wherever_and_however_its_address_is_written(stage: Stage, visitor: Person) -> None:
    stage.configure(signup="open", rates=json.dumps(BY_DEFAULT))
    for number, email in enumerate(("a+1@example.com", "A+2@Example.com", "a@EXAMPLE.com", "a+3@example.com")):
        visitor.identity = {"sourceIp": f"203.0.113.{number}"}
        reply = visitor.post("/signups", {"email": email})
        assert (reply.status, reply.body) == (202, {}), "nobody is told"
    assert stage.pool.mailed == ["a+1@example.com", "a+2@example.com"]
    assert visitor.post("/signups", {"email": "b@example.com"}).status == 202
    assert stage.pool.mailed[2:] == ["b@example.com"]
    subjects = [str(row["subject"]) for row in stage.rows("usage") if row["period"] == "rate:signups"]
    assert len([subject for subject in subjects if re.fullmatch("mail:[0-9a-f]{32}", subject)]) == 2
    assert "example" not in str(subjects)


def test_who_lost_the_mail_or_came_too_late_is_mailed_another_password(
    stage: Stage, visitor: Person, ada: Person
) -> None:
    """Within the limits, and told to nobody: the first one is good for a week."""
    stage.configure(signup="open", rates=json.dumps(BY_DEFAULT))
    invited, kept_out = Person(stage, "invited"), Person(stage, "kept out")
    stage.pool.invited |= {invited.user_id, kept_out.user_id}
    stage.pool.disabled.add(stage.pool.email(kept_out.user_id))
    stage.pool.mails_left = 0
    replies = [visitor.post("/signups", {"email": "late@example.com"})]
    stage.pool.mails_left = 50
    for email in ("late@example.com", *(stage.pool.email(each.user_id) for each in (invited, kept_out, ada))):
        visitor.identity = {"sourceIp": f"203.0.113.{len(replies)}"}
        replies.append(visitor.post("/signups", {"email": email}))
    assert {(reply.status, reply.raw) for reply in replies} == {(202, "{}")}
    assert stage.pool.mailed == ["late@example.com", stage.pool.email(invited.user_id)]
    assert stage.pool.groups["members"].count(invited.user_id) == 1


def test_sign_ups_leave_mails_for_everything_else() -> None:
    """Cognito sends 50 in a day: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html"""
    limit = DEFAULT_RATES["stage"]["signups"]
    assert limit.window_s >= 86_400
    assert 2 * limit.quota <= 40, "all at once, and those that come back within the day"


@pytest.mark.parametrize("body", [{}, {"email": "ada"}, {"email": "a@example.com", "groups": ["owners"]}, {"email": 7}])
def test_what_is_no_sign_up_is_refused(stage: Stage, visitor: Person, body: Any) -> None:
    assert visitor.post("/signups", body).error == "invalid_request"
    refused(visitor.post("/signups", {"email": "a@example.com", "language": "de"}), "language")
    assert stage.pool.mailed == []
