"""Who may do what: one table beside the routes of `app.py`. A route that is not in it is refused to everybody.

Groups are Cognito's, and come with a token. What they say may be as old as the token: whoever takes a group away ends
the person's sessions, too (`groups.people`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from chalicelib.errors import Forbidden

OWNERS = "owners"
MEMBERS = "members"
# What a person can be given. Whoever has none of them comments only.
GROUPS = (OWNERS, MEMBERS)


class Rule(Enum):
    """PUBLIC: also without a sign-in. ANYONE_SIGNED_IN: in whatever group, or in none. API_KEY: scripts with a key."""

    PUBLIC = "everybody"
    ANYONE_SIGNED_IN = "everybody who has signed in"
    MEMBERS = "members and owners"
    OWNERS = "owners"
    API_KEY = "scripts with an API key"


RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/health"): Rule.PUBLIC,
    # Of the person who asks.
    ("GET", "/me"): Rule.ANYONE_SIGNED_IN,
    ("PATCH", "/me"): Rule.ANYONE_SIGNED_IN,
    ("POST", "/sessions/end"): Rule.ANYONE_SIGNED_IN,
    ("POST", "/signups"): Rule.PUBLIC,
    # Chat and files.
    ("GET", "/models"): Rule.MEMBERS,
    ("POST", "/conversations"): Rule.MEMBERS,
    ("GET", "/conversations"): Rule.MEMBERS,
    ("GET", "/conversations/{conversation_id}"): Rule.MEMBERS,
    ("PATCH", "/conversations/{conversation_id}"): Rule.MEMBERS,
    ("DELETE", "/conversations/{conversation_id}"): Rule.MEMBERS,
    ("GET", "/conversations/{conversation_id}/messages"): Rule.MEMBERS,
    ("POST", "/conversations/{conversation_id}/messages"): Rule.MEMBERS,
    ("POST", "/conversations/{conversation_id}/messages/{message_id}/stop"): Rule.MEMBERS,
    ("POST", "/conversations/{conversation_id}/messages/{message_id}/retry"): Rule.MEMBERS,
    ("GET", "/conversations/{conversation_id}/messages/{message_id}/frames"): Rule.MEMBERS,
    ("GET", "/conversations/{conversation_id}/files"): Rule.MEMBERS,
    ("PUT", "/conversations/{conversation_id}/files/{file_id}"): Rule.MEMBERS,
    ("DELETE", "/conversations/{conversation_id}/files/{file_id}"): Rule.MEMBERS,
    ("POST", "/files"): Rule.MEMBERS,
    ("GET", "/files"): Rule.MEMBERS,
    ("GET", "/files/{file_id}"): Rule.MEMBERS,
    ("PATCH", "/files/{file_id}"): Rule.MEMBERS,
    ("DELETE", "/files/{file_id}"): Rule.MEMBERS,
    ("POST", "/files/{file_id}/reading"): Rule.MEMBERS,
    ("GET", "/files/{file_id}/pages/{number}"): Rule.MEMBERS,
    ("GET", "/files/{file_id}/content"): Rule.MEMBERS,
    ("POST", "/chat"): Rule.MEMBERS,
    ("POST", "/wake"): Rule.MEMBERS,
    ("POST", "/sockets"): Rule.MEMBERS,
    # Comments. Whoever has signed in writes, and what is not theirs is not there.
    ("GET", "/commentaires"): Rule.PUBLIC,
    ("POST", "/commentaires"): Rule.ANYONE_SIGNED_IN,
    ("GET", "/commentaires/counts"): Rule.PUBLIC,
    ("GET", "/commentaires/mine"): Rule.ANYONE_SIGNED_IN,
    ("PATCH", "/commentaires/{comment_id}"): Rule.ANYONE_SIGNED_IN,
    ("DELETE", "/commentaires/{comment_id}"): Rule.ANYONE_SIGNED_IN,
    ("POST", "/commentaires/{comment_id}/restoration"): Rule.ANYONE_SIGNED_IN,
    ("POST", "/commentaires/{comment_id}/report"): Rule.ANYONE_SIGNED_IN,
    ("POST", "/integrations/commentaires"): Rule.API_KEY,
    ("GET", "/sections"): Rule.OWNERS,
    ("GET", "/sections/{section_id}"): Rule.PUBLIC,
    ("PUT", "/sections/{section_id}"): Rule.OWNERS,
    ("GET", "/moderation/commentaires"): Rule.OWNERS,
    ("POST", "/moderation/commentaires/{comment_id}"): Rule.OWNERS,
    ("PUT", "/moderation/bans/{user_id}"): Rule.OWNERS,
    ("DELETE", "/moderation/bans/{user_id}"): Rule.OWNERS,
    # Visitors of a twin: who has no sign-in, but a visit's token for all but the first two.
    ("GET", "/twins/{handle}"): Rule.PUBLIC,
    ("POST", "/twins/{handle}/visits"): Rule.PUBLIC,
    ("GET", "/twins/{handle}/messages"): Rule.PUBLIC,
    ("POST", "/twins/{handle}/messages"): Rule.PUBLIC,
    ("POST", "/twins/{handle}/messages/{message_id}/stop"): Rule.PUBLIC,
    ("POST", "/twins/{handle}/messages/{message_id}/retry"): Rule.PUBLIC,
    ("GET", "/twins/{handle}/messages/{message_id}/frames"): Rule.PUBLIC,
    ("PUT", "/twins/{handle}/messages/{message_id}/rating"): Rule.PUBLIC,
    ("POST", "/twins/{handle}/sockets"): Rule.PUBLIC,
    ("GET", "/twins/{handle}/visit"): Rule.PUBLIC,
    ("DELETE", "/twins/{handle}/visit"): Rule.PUBLIC,
    # Twins, as their owners work on them.
    ("GET", "/drafts"): Rule.OWNERS,
    ("PUT", "/drafts/{handle}"): Rule.OWNERS,
    ("GET", "/drafts/{handle}"): Rule.OWNERS,
    ("PATCH", "/drafts/{handle}"): Rule.OWNERS,
    ("DELETE", "/drafts/{handle}"): Rule.OWNERS,
    ("PUT", "/drafts/{handle}/photo"): Rule.OWNERS,
    ("DELETE", "/drafts/{handle}/photo"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/entries"): Rule.OWNERS,
    ("PATCH", "/drafts/{handle}/entries/{entry_id}"): Rule.OWNERS,
    ("DELETE", "/drafts/{handle}/entries/{entry_id}"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/entries/{entry_id}/restoration"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/sources"): Rule.OWNERS,
    ("DELETE", "/drafts/{handle}/sources/{source_id}"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/conflicts/{conflict_id}"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/questions"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/preview"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/publications"): Rule.OWNERS,
    ("POST", "/drafts/{handle}/versions/{version}/publication"): Rule.OWNERS,
    # People.
    ("GET", "/people"): Rule.OWNERS,
    ("POST", "/people"): Rule.OWNERS,
    ("GET", "/people/{user_id}"): Rule.OWNERS,
    ("PATCH", "/people/{user_id}"): Rule.OWNERS,
    ("DELETE", "/people/{user_id}"): Rule.OWNERS,
    ("POST", "/people/{user_id}/invitation"): Rule.OWNERS,
    # What happens at a twin.
    ("GET", "/insights/{handle}"): Rule.OWNERS,
    ("GET", "/insights/{handle}/questions"): Rule.OWNERS,
    ("POST", "/insights/{handle}/questions/{question_id}"): Rule.OWNERS,
    ("GET", "/insights/{handle}/visits/{visit_id}"): Rule.OWNERS,
    ("DELETE", "/insights/{handle}/visits/{visit_id}"): Rule.OWNERS,
    # How the stage does.
    ("GET", "/status"): Rule.OWNERS,
}

_OF_SIGNED_IN = {
    Rule.ANYONE_SIGNED_IN: frozenset[str](),
    Rule.MEMBERS: frozenset({MEMBERS, OWNERS}),
    Rule.OWNERS: frozenset({OWNERS}),
}


def of(method: str, path: str) -> Rule:
    """The rule of a route. Raises Forbidden where it has none."""
    rule = RULES.get((method, path))
    if rule is None:
        raise Forbidden("Nobody may do this: the route has no rule.")
    return rule


def check(rule: Rule, groups: Iterable[str]) -> None:
    """Let a person in these groups do what a rule is of. Raises Forbidden, which says who may."""
    wanted = _OF_SIGNED_IN.get(rule)
    if wanted is None or (wanted and wanted.isdisjoint(groups)):
        raise Forbidden(f"Only {rule.value} may do this. {_HOW.get(rule, '')}".strip())


_HOW = {
    Rule.MEMBERS: "Ask the owner to let you in, then sign in again.",
    Rule.OWNERS: "Ask an owner.",
    Rule.API_KEY: "Send the key as x-api-key.",
}


def parse(claim: Any) -> frozenset[str]:
    """The groups of a token's claim `cognito:groups`, in each form in which they come; none where they are unreadable.

    In the token it is a list, which `chalice local` hands on. API Gateway's authorizer of a REST API makes all claims
    text and joins the names by commas; that of an HTTP API writes `[owners members]`.
    https://repost.aws/questions/QUFJRBaEJRSmmqarNrvCWoQA/aws-cognito-group
    """
    if isinstance(claim, str):
        claim = claim.strip().removeprefix("[").removesuffix("]").replace(",", " ").split()
    if not isinstance(claim, list):
        return frozenset()
    return frozenset(str(each).strip("\"'") for each in claim) & frozenset(GROUPS)
