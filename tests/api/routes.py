"""Every private route with a body that is right, and how each of them refuses."""

from __future__ import annotations

from typing import Any

from tests.people import Reply
from tests.stage import ORIGIN

REQUEST_ID = "a" * 32
MISSING = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"
GOOD = {"text": "Which roses?", "request_id": REQUEST_ID}
C = "{conversation}"
A = "{answer}"
F = "{file}"
P = "{person}"
K = "{comment}"
S = "{section}"
H = "{twin}"
E = "{entry}"
Q = "{question}"
V = "{visit}"

# Every private route, with a body that is right: of members, whatever they ask for; of everybody who has signed in.
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/models", None),
    ("POST", "/conversations", {}),
    ("GET", "/conversations", None),
    ("GET", f"/conversations/{C}", None),
    ("PATCH", f"/conversations/{C}", {"title": "T"}),
    ("DELETE", f"/conversations/{C}", None),
    ("GET", f"/conversations/{C}/messages", None),
    ("POST", f"/conversations/{C}/messages", GOOD),
    ("POST", f"/conversations/{C}/messages/{A}/stop", None),
    ("POST", f"/conversations/{C}/messages/{A}/retry", None),
    ("GET", f"/conversations/{C}/messages/{A}/frames", None),
    ("GET", f"/conversations/{C}/files", None),
    ("PUT", f"/conversations/{C}/files/{F}", None),
    ("DELETE", f"/conversations/{C}/files/{F}", None),
    ("POST", "/chat", {"message": "Which roses?"}),
    ("POST", "/wake", None),
    ("POST", "/sockets", None),
    ("POST", "/sessions/end", None),
    ("POST", "/files", {"name": "Roses.txt", "type": "text/plain", "size": 5}),
    ("GET", "/files", None),
    ("GET", f"/files/{F}", None),
    ("PATCH", f"/files/{F}", {"name": "Lilies.txt"}),
    ("DELETE", f"/files/{F}", None),
    ("POST", f"/files/{F}/reading", None),
    ("GET", f"/files/{F}/pages/1", None),
    ("GET", f"/files/{F}/content", None),
    ("GET", "/me", None),
    ("PATCH", "/me", {"display_name": "Ada"}),
    ("POST", "/commentaires", {"sectionId": "projects", "text": "Which roses?"}),
    ("GET", "/commentaires/mine", None),
    ("PATCH", f"/commentaires/{K}", {"text": "These roses."}),
    ("DELETE", f"/commentaires/{K}", None),
    ("POST", f"/commentaires/{K}/restoration", None),
    ("POST", f"/commentaires/{K}/report", None),
]
# Of owners.
OWNERS_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/people", None),
    ("POST", "/people", {"email": "new@example.com", "groups": ["members"]}),
    ("GET", f"/people/{P}", None),
    ("PATCH", f"/people/{P}", {"budget_usd": 5}),
    ("DELETE", f"/people/{P}", {"email": "new@example.com"}),
    ("POST", f"/people/{P}/invitation", None),
    ("GET", "/sections", None),
    ("PUT", f"/sections/{S}", {"title": "Projects", "url": "https://site.example/#projects"}),
    ("GET", "/moderation/commentaires", None),
    ("POST", f"/moderation/commentaires/{K}", {"action": "hide", "revision": 0}),
    ("PUT", f"/moderation/bans/{P}", None),
    ("DELETE", f"/moderation/bans/{P}", None),
    ("GET", "/drafts", None),
    ("PUT", f"/drafts/{H}", {}),
    ("GET", f"/drafts/{H}", None),
    ("PATCH", f"/drafts/{H}", {"revision": 1}),
    ("DELETE", f"/drafts/{H}", {"handle": "me"}),
    ("PUT", f"/drafts/{H}/photo", {"data": "aGVsbG8="}),
    ("DELETE", f"/drafts/{H}/photo", None),
    ("POST", f"/drafts/{H}/entries", {"section": "about", "text": "Gardener."}),
    ("PATCH", f"/drafts/{H}/entries/{E}", {"title": "Gardener"}),
    ("DELETE", f"/drafts/{H}/entries/{E}", None),
    ("POST", f"/drafts/{H}/entries/{E}/restoration", None),
    ("POST", f"/drafts/{H}/preview", None),
    ("POST", f"/drafts/{H}/sources", {"kind": "note", "title": "Roses", "text": "They are red."}),
    ("DELETE", f"/drafts/{H}/sources/1", None),
    ("POST", f"/drafts/{H}/conflicts/1", {"entry_id": None}),
    ("POST", f"/drafts/{H}/questions", {"language": "fr"}),
    ("POST", f"/drafts/{H}/publications", {"revision": 1}),
    ("POST", f"/drafts/{H}/versions/1/publication", None),
    ("GET", f"/insights/{H}", None),
    ("GET", f"/insights/{H}/questions", None),
    ("POST", f"/insights/{H}/questions/{Q}", {"action": "dismiss"}),
    ("GET", f"/insights/{H}/visits/{V}", None),
    ("DELETE", f"/insights/{H}/visits/{V}", None),
    ("GET", "/status", None),
]
# Of visitors, with the token of a visit.
VISITING_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", f"/twins/{H}/messages", None),
    ("POST", f"/twins/{H}/messages", GOOD),
    ("POST", f"/twins/{H}/messages/{A}/stop", None),
    ("POST", f"/twins/{H}/messages/{A}/retry", None),
    ("GET", f"/twins/{H}/messages/{A}/frames", None),
    ("PUT", f"/twins/{H}/messages/{A}/rating", {"rating": "up"}),
    ("POST", f"/twins/{H}/sockets", None),
    ("GET", f"/twins/{H}/visit", None),
    ("DELETE", f"/twins/{H}/visit", None),
]
# Of everybody, and of pages of every origin.
ON_ANY_PAGE = {
    ("GET", "/commentaires"),
    ("GET", "/commentaires/counts"),
    ("GET", "/sections/{section_id}"),
    ("GET", "/twins/{handle}"),
    ("POST", "/twins/{handle}/visits"),
}
NAMES = {
    C: "{conversation_id}",
    A: "{message_id}",
    F: "{file_id}",
    P: "{user_id}",
    K: "{comment_id}",
    S: "{section_id}",
    H: "{handle}",
    E: "{entry_id}",
    Q: "{question_id}",
    V: "{visit_id}",
    "versions/1": "versions/{version}",
    "sources/1": "sources/{source_id}",
    "conflicts/1": "conflicts/{conflict_id}",
    "pages/1": "pages/{number}",
}


def declared(path: str) -> str:
    """A path of these lists as the app declares it."""
    for short, name in NAMES.items():
        path = path.replace(short, name)
    return path


VISITING = {(method, declared(path)) for method, path, _ in VISITING_ROUTES}
ON_ANY_PAGE |= VISITING
WITH_CONVERSATION = [route for route in ROUTES if C in route[1]]
WITH_MESSAGE = [route for route in ROUTES if A in route[1]]
WITH_FILE = [route for route in ROUTES if F in route[1] and C not in route[1]]
WITH_BOTH = [route for route in ROUTES if F in route[1] and C in route[1]]
WITH_BODY = [(method, path) for method, path, _ in (*ROUTES, *OWNERS_ROUTES) if method in ("POST", "PATCH")]


def refused(reply: Reply, field: str, says: str = "") -> None:
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    assert reply.body["error"]["field"] == field
    assert reply.body["error"]["message"].startswith(f"{field}: ")
    assert says in reply.body["error"]["message"]
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


def headers_of(reply: Reply) -> dict[str, str]:
    """All but the id that each request has of its own."""
    return {name: value for name, value in reply.headers.items() if name != "X-Request-Id"}


def same_404(foreign: Reply, missing: Reply) -> None:
    assert foreign.status == 404, foreign
    assert (foreign.status, headers_of(foreign), foreign.raw) == (missing.status, headers_of(missing), missing.raw)
