"""The HTTP edge: a Chalice whose routes take and return pydantic models, and answer every error in one shape.

A view's signature is its contract: `body` and `query` are parsed into the models that it names, what it returns is
written as JSON. `operations` keeps what was declared, for the OpenAPI document. What a route is metered as is declared
beside its method; every reply of it says what is left.
"""

from __future__ import annotations

import calendar
import functools
import inspect
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from chalice.app import Chalice, CORSConfig, Request, Response
from pydantic import BaseModel

from chalicelib import logs, metrics
from chalicelib.api import parsing
from chalicelib.aws.faults import Busy
from chalicelib.errors import AppError, InvalidRequest, OriginNotAllowed, Unauthorized, Unavailable, VisitOver
from chalicelib.functions import API
from chalicelib.groups import rules
from chalicelib.groups.rules import Rule
from chalicelib.sessions import Session
from chalicelib.settings import Limit
from chalicelib.spending import rates
from chalicelib.spending.rates import Caller, Remaining, What
from chalicelib.subjects import Subject, person
from chalicelib.twin.tokens import Visit

# A reply is a model, or a shape of `chalicelib.shapes` as it is.
Reply = BaseModel | Mapping[str, Any]
View = Callable[..., Reply | tuple[BaseModel, int]]

# A browser heeds the first where it came over TLS (RFC 6797, 8.1): the local AWS's plain HTTP stays as it is.
SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


# What a script of the site's may read of a reply besides its body.
EXPOSED_HEADERS = ["RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"]
# What it may send.
ALLOWED_HEADERS = ["Authorization", "Content-Type", "X-Request-Id"]
REQUEST_ID = "X-Request-Id"

# Anew: not by what was read within the last seconds.
Admit = Callable[[Session, bool], None]
Meter = Callable[[What, Caller, Limit | None], Sequence[Remaining]]
# The visit of a handle and a token, which may have expired where that is said; raises VisitOver.
VisitOf = Callable[[str, str, bool], Visit]
Visitors = Literal["", "anyone", "with a visit", "with any visit"]
_BEARER = "bearer "
_TOO_MANY = 429
_LONGEST_HANDLE = 32


class Cors(CORSConfig):
    """Who may read answers, and the headers that go with each of them.

    Chalice gives these to every reply of a route, its errors included, and writes them into what API Gateway answers to
    a browser's OPTIONS by itself.
    """

    def get_access_control_headers(self) -> dict[str, str]:
        return {**super().get_access_control_headers(), **SECURITY_HEADERS}


@dataclass(frozen=True, slots=True)
class User:
    """The caller, as Cognito's ID token names it. expires_at: of that token, Unix seconds."""

    session: Session
    expires_at: int
    email: str
    groups: frozenset[str]

    @property
    def group(self) -> str:
        """By which the person is metered: the first that they are in, or `none`."""
        return next((group for group in rules.GROUPS if group in self.groups), "none")

    @property
    def subject(self) -> Subject:
        return self.session.subject


@dataclass(frozen=True, slots=True)
class Operation:
    """One route. statuses: those of success, the first being the usual one.

    public: the gateway asks for no token. keyed: it asks for an API key.
    """

    method: str
    path: str
    view: View
    statuses: tuple[int, ...]
    public: bool
    keyed: bool


class ChatApp(Chalice):
    """admit: refuses a session that has ended by raising an AppError; asked before every view that is not public.

    meter: takes one unit of each limit of a caller's, or raises RateLimited (`spending.rates`).
    visit_of: whose token it is that a visitor shows. origins: of the pages that visitors may come from.
    stage: whose metrics it tells.
    """

    def __init__(  # noqa: PLR0917 (what it is made of, each named once)
        self,
        app_name: str,
        admit: Admit,
        meter: Meter,
        visit_of: VisitOf | None = None,
        origins: Sequence[str] = (),
        stage: str = "",
    ) -> None:
        super().__init__(app_name)
        self._stage = stage
        self.operations: list[Operation] = []
        self._admit = admit
        self._meter = meter
        self._visit_of = visit_of
        self._origins = frozenset(origins)
        self._visit: Visit | None = None
        self._remaining: list[Remaining] = []

    def route(
        self,
        path: str,
        *,
        statuses: tuple[int, ...] = (200,),
        metered: What | None = None,
        shared_s: int = 0,
        visitors: Visitors = "",
        **options: Any,
    ) -> Callable[[View], View]:
        """Chalice's decorator for one method, with models in and models or shapes out.

        statuses: of success. A view that has several returns `(model, status)`. metered: what a request of it counts
        as; one that makes no sense is not counted, one that the view refuses is. shared_s: of what any page may read,
        without credentials: for how long whoever keeps copies may do so. visitors: a twin's, from the pages that it may
        stand on: with a visit's token, also with one that has expired, or without one.
        """
        register = super().route(path, content_types=["*/*"], **options)
        (method,) = options["methods"]

        def decorate(view: View) -> View:
            keyed = bool(options.get("api_key_required"))
            public = "authorizer" not in options
            self.operations.append(Operation(method, path, view, statuses, public, keyed))
            register(self._endpoint(view, statuses[0], metered, shared_s, visitors, (method, path)))
            return view

        return decorate

    def meter(self, what: What, own: Limit | None = None) -> None:
        """Take one unit of each limit that holds for the caller. Raises RateLimited, and Busy.

        For views that know only by themselves what is to be metered. own: the limit of an API key, as its row has it.
        """
        self._remaining += self._meter(what, self.caller, own)

    def _endpoint(  # noqa: PLR0917 (what a route is declared with, named once)
        self, view: View, status: int, metered: What | None, shared_s: int, visitors: Visitors, route: tuple[str, str]
    ) -> Callable[..., Response]:
        # Its shapes are imported when it is first asked for.
        hints = functools.cache(lambda: get_type_hints(view))

        @functools.wraps(view)
        def endpoint(**arguments: Any) -> Response:
            with logs.invocation(API, logs.accepted(self._request.headers.get(REQUEST_ID))):
                reply = answered(arguments)
                reply.headers = {REQUEST_ID: logs.trace_id(), **rates.headers(self._remaining), **reply.headers}
            return _shared(reply, shared_s) if shared_s else reply

        def answered(arguments: dict[str, Any]) -> Response:
            started, code = time.perf_counter(), ""
            self._remaining, self._visit = [], None
            try:
                rule = rules.of(*route)
                self._let_in(rule)
                if visitors:
                    self._let_visitor_in(arguments["handle"], visitors)
                if "body" in hints():
                    if rule is Rule.PUBLIC and self._visit is None:
                        self._must_be_json()
                    arguments["body"] = self._body(hints()["body"], inspect.signature(view).parameters["body"])
                if "query" in hints():
                    arguments["query"] = self._query(hints()["query"])
                if metered:
                    self.meter(metered)
                reply = _reply(view(**arguments), status)
            except Exception as error:
                # Here and not in Chalice, which would answer without CORS headers and log the error's text.
                told = _told(error)
                code = told.code
                reply = Response(told.body(), status_code=told.status, headers=dict(told.headers))
            self._log(view.__name__, reply.status_code, started, code)
            return reply

        return endpoint

    def _let_in(self, rule: Rule) -> None:
        """Raises Unauthorized and Forbidden, also where the view does not ask who it is: API Gateway's authorizer may
        let access tokens in, lets in whose session is over, and asks for no group.

        Within the seconds for which a session that has ended may still be let in, an owner who was kept out could let
        themselves in again, for good: what is of owners is asked anew.
        """
        if rule is Rule.PUBLIC:
            return
        if rule is Rule.API_KEY:
            if not self.caller.key_id:
                rules.check(rule, ())
            return
        user = self.user
        self._admit(user.session, rule is Rule.OWNERS)
        rules.check(rule, user.groups)

    def _let_visitor_in(self, handle: str, visitors: Visitors) -> None:
        """Raises OriginNotAllowed and VisitOver.

        A browser says of each request to another origin which page it is of, in a header that no script can change;
        what is no browser sends none. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin
        """
        origin = self._request.headers.get("origin")
        if origin is not None and origin not in self._origins:
            raise OriginNotAllowed
        if visitors == "anyone":
            return
        given = str(self._request.headers.get("authorization", ""))
        if self._visit_of is None or not given.lower().startswith(_BEARER):
            raise VisitOver
        self._visit = self._visit_of(handle, given[len(_BEARER) :].strip(), visitors == "with any visit")

    @property
    def visit(self) -> Visit:
        """The visit of the request, of a route that asks for one. Raises VisitOver."""
        if self._visit is None:
            raise VisitOver
        return self._visit

    @property
    def user(self) -> User:
        """The caller. Raises Unauthorized for a token that is not a Cognito ID token."""
        claims = (self._request.context.get("authorizer") or {}).get("claims") or {}
        if claims.get("token_use") != "id" or not claims.get("sub"):
            raise Unauthorized("Sign in first: this needs a Cognito ID token that is still good.")
        groups = rules.parse(claims.get("cognito:groups"))
        return User(_session(claims), expiry(claims.get("exp")), str(claims.get("email") or ""), groups)

    @property
    def caller(self) -> Caller:
        """Who makes the request, for whom it is metered: also where nobody has signed in."""
        identity = self._request.context.get("identity") or {}
        user = self.user if self._request.context.get("authorizer") else None
        visit = self._visit
        subject = visit.subject if visit else None
        is_tried = visit is not None and visit.preview is not None
        return Caller(
            subject=user.subject if user else subject,
            ip=str(identity.get("sourceIp") or ""),
            key_id=str(identity.get("apiKeyId") or ""),
            group=user.group if user else "none",
            twin="" if is_tried else str((self._request.uri_params or {}).get("handle") or "")[:_LONGEST_HANDLE],
        )

    @property
    def _request(self) -> Request:
        assert self.current_request is not None  # noqa: S101 (Chalice sets it before it calls a view)
        return self.current_request

    def _must_be_json(self) -> None:
        """So that no page of another origin has its visitors' browsers send it: they ask first, and are refused.

        Where a token or a key is sent, which are headers, they ask anyway.
        https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests
        """
        kind = str(self._request.headers.get("content-type", "")).partition(";")[0].strip().lower()
        if kind != "application/json":
            raise InvalidRequest("Content-Type", "must be application/json", reason="wrong_form")

    def _body(self, model: Any, parameter: inspect.Parameter) -> BaseModel:
        raw = self._request.raw_body
        if not raw and parameter.default is not inspect.Parameter.empty:
            return parameter.default  # type: ignore[no-any-return]
        try:
            values = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise InvalidRequest("body", "must be a JSON object in UTF-8", reason="wrong_form") from error
        return parsing.parse(model, values)

    def _query(self, model: Any) -> BaseModel:
        return parsing.parse(model, dict(self._request.query_params or {}))

    def _log(self, view: str, status: int, started: float, code: str) -> None:
        """One line; where a limit or a budget refused, it is a metric, too. gateway_request_id: in its access logs."""
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        fields: dict[str, object] = {"view": view, "status": status, "ms": elapsed_ms}
        fields |= {"code": code} if code else {}
        fields["gateway_request_id"] = self._request.context.get("requestId")
        if status == _TOO_MANY:
            metrics.tell(self._stage, {metrics.REFUSED: 1}, "request", **fields)
        else:
            logs.line("request", **fields)


def _told(error: Exception) -> AppError:
    """What a caller is told of an error; one that no caller can provoke is reported."""
    if isinstance(error, AppError):
        return error
    logs.report(error)
    if isinstance(error, Busy):
        return Unavailable("The database is busy; nothing is lost. Repeat the request as it was.")
    return AppError("Something went wrong on our side. Try again.")


def _reply(returned: Any, status: int) -> Response:
    model, status = returned if isinstance(returned, tuple) else (returned, status)
    text = model.model_dump_json() if isinstance(model, BaseModel) else json.dumps(model, ensure_ascii=False)
    return Response(
        text,
        status_code=status,
        headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
    )


def _shared(reply: Response, for_s: int) -> Response:
    """A reply that any page may read, errors included; what succeeded may be kept.

    A path has one answer to a browser's OPTIONS for all its methods, that of the site alone: who only reads is not
    asked for one. https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests
    """
    reply.headers["Access-Control-Allow-Origin"] = "*"
    if reply.status_code < 400:
        reply.headers["Cache-Control"] = f"public, max-age={for_s}"
    return reply


def _session(claims: Mapping[str, Any]) -> Session:
    """Of a token that does not say when it began: the oldest there is.

    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
    """
    began_at = next(filter(None, (_seconds(claims.get(name)) for name in ("auth_time", "iat"))), 0)
    return Session(person(claims["sub"]), str(claims.get("origin_jti") or ""), began_at)


def expiry(claim: Any) -> int:
    """Of a token; soon, where it cannot be read."""
    seconds = _seconds(claim)
    return int(time.time()) + 300 if seconds is None else seconds


def _seconds(claim: Any) -> int | None:
    """API Gateway gives a time as text: Unix seconds, or a date such as `Sat Nov 21 12:00:00 UTC 2026`."""
    text = str(claim)
    if text.isdigit():
        return int(text)
    try:
        return calendar.timegm(time.strptime(text, "%a %b %d %H:%M:%S UTC %Y"))
    except ValueError:
        return None
