"""AWS WAF as far as it can be evaluated here: a web ACL's rules over a request, with managed rules written after their
descriptions.

The managed rules' own patterns are not published, only what each inspects and an example or two
(https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html). The patterns here are ours
and wider than theirs have to be: what they let through says little, but what they find in our own requests has to be
counted by the template instead of blocked. Addresses' lists, rates and bots are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

_BODY_LIMIT = 16 * 1024  # what WAF looks at of API Gateway's requests, unless asked for more


@dataclass(frozen=True)
class Request:
    """path: as on the wire, with the stage. query: what follows `?`."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> str:
        return "\n".join(value for _, value in parse_qsl(self.query, keep_blank_values=True))

    @property
    def text(self) -> str:
        """What WAF sees of the body, with JSON's escapes undone, as its own parsing and its transformations do."""
        seen = self.body[:_BODY_LIMIT].decode("utf-8", "replace")
        return seen.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\").replace("\\/", "/")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers.items() if key.lower() == name), "")


def _pattern(text: str) -> Callable[[str], bool]:
    compiled = re.compile(text, re.IGNORECASE | re.DOTALL)
    return lambda value: bool(compiled.search(value) or compiled.search(unquote(value)))


_lfi = _pattern(r"\.\.[/\\]|/etc/(passwd|shadow|hosts|group)|/proc/self/|c:\\windows|boot\.ini")
_rfi = _pattern(r"(https?|ftps?|file)://\d{1,3}(\.\d{1,3}){3}")
_xss = _pattern(
    r"<\s*(script|img|svg|iframe|body|object|embed|a|style|link)\b|javascript:|\bon\w{3,}\s*=|<!--|&#x?\d+;"
)
_ssrf = _pattern(r"169\.254\.169\.254|latest/meta-data|instance-data")
_extension = _pattern(r"\.(log|ini|bak|conf|cfg|sql|env|htaccess|key|pem|swp|old|dll|dat|config|rdb|cmd|bat)\b")
_java = _pattern(r"\(java\.lang\.Runtime\)|getRuntime\(\)\.exec|java\.lang\.Runtime|ysoserial|rO0AB|aced0005")
_log4j = _pattern(r"\$\{.{0,40}?(jndi|lower|upper|env|sys|::-)")
_react = _pattern(r"__proto__|constructor:constructor|\$1:|_response")
_sql = _pattern(
    r"\bunion\b.{0,40}\bselect\b|\bselect\b.{1,200}\bfrom\b|\binsert\s+into\b|\bdelete\s+from\b|\bdrop\s+(table|database)\b"
    r"|\bupdate\b.{1,80}\bset\b|'\s*(or|and)\b.{0,20}=|\bor\s+1\s*=\s*1|--\s|/\*.*\*/|\bsleep\(|\bexec\b|\bxp_cmdshell"
)
_exploited = _pattern(r"web-inf|\.git/|\.svn|phpunit|cgi-bin|wp-config|server-status")
_bad_agent = _pattern(r"nessus|nmap|sqlmap|nikto|masscan")
_exploit = _pattern(r"\(\)\s*\{.*\};|<%|<\?php")


@dataclass(frozen=True)
class Rule:
    """One of a managed group, after its description. label: what it adds to a request in which it finds something."""

    group: str
    name: str
    label: str
    finds: Callable[[Request], bool]


_NAMESPACES = {
    "AWSManagedRulesCommonRuleSet": "core-rule-set",
    "AWSManagedRulesKnownBadInputsRuleSet": "known-bad-inputs",
    "AWSManagedRulesSQLiRuleSet": "sql-database",
}
_PARTS: dict[str, tuple[str, Callable[[Request], str]]] = {
    "QUERYARGUMENTS": ("QueryArguments", lambda request: request.arguments),
    "QUERYSTRING": ("QueryString", lambda request: request.query),
    "BODY": ("Body", lambda request: request.text),
    "URIPATH": ("URIPath", lambda request: request.path),
    "COOKIE": ("Cookie", lambda request: request.header("cookie")),
    "HEADER": ("Header", lambda request: "\n".join(request.headers.values())),
}
_FINDING: dict[str, dict[str, tuple[Callable[[str], bool], str]]] = {
    "AWSManagedRulesCommonRuleSet": {
        "GenericLFI": (_lfi, "QUERYARGUMENTS URIPATH BODY"),
        "GenericRFI": (_rfi, "QUERYARGUMENTS URIPATH BODY"),
        "CrossSiteScripting": (_xss, "QUERYARGUMENTS URIPATH BODY COOKIE"),
        "EC2MetaDataSSRF": (_ssrf, "QUERYARGUMENTS URIPATH BODY COOKIE"),
        "RestrictedExtensions": (_extension, "QUERYARGUMENTS URIPATH"),
    },
    "AWSManagedRulesKnownBadInputsRuleSet": {
        "JavaDeserializationRCE": (_java, "HEADER QUERYSTRING BODY URIPATH"),
        "Log4JRCE": (_log4j, "HEADER QUERYSTRING BODY URIPATH"),
        "ReactJSRCE": (lambda text: _react(text) or _exploit(text), "BODY"),
        "ExploitablePaths": (_exploited, "URIPATH"),
    },
    "AWSManagedRulesSQLiRuleSet": {
        "SQLi": (_sql, "QUERYARGUMENTS BODY COOKIE URIPATH"),
        "SQLiExtendedPatterns": (_sql, "QUERYARGUMENTS BODY HEADER URIPATH"),
    },
}
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
_SIZES: dict[str, Callable[[Request], bool]] = {
    "SizeRestrictions_QUERYSTRING": lambda request: len(request.query) > 2_048,
    "SizeRestrictions_Cookie_HEADER": lambda request: len(request.header("cookie")) > 10_240,
    "SizeRestrictions_BODY": lambda request: len(request.body) > 8_192,
    "SizeRestrictions_URIPATH": lambda request: len(request.path) > 1_024,
}
_OTHERS: dict[tuple[str, str], Callable[[Request], bool]] = {
    ("AWSManagedRulesCommonRuleSet", "NoUserAgent_HEADER"): lambda request: not request.header("user-agent"),
    ("AWSManagedRulesCommonRuleSet", "UserAgent_BadBots_HEADER"): (
        lambda request: _bad_agent(request.header("user-agent"))
    ),
    ("AWSManagedRulesKnownBadInputsRuleSet", "Host_localhost_HEADER"): (
        lambda request: request.header("host").startswith("localhost")
    ),
    ("AWSManagedRulesKnownBadInputsRuleSet", "PROPFIND_METHOD"): lambda request: request.method == "PROPFIND",
    **{("AWSManagedRulesCommonRuleSet", name): finds for name, finds in _SIZES.items()},
}


def _in(part: Callable[[Request], str], finds: Callable[[str], bool]) -> Callable[[Request], bool]:
    return lambda request: finds(part(request))


def _made() -> Iterator[Rule]:
    for group, kinds in _FINDING.items():
        for kind, (finds, parts) in kinds.items():
            for part in parts.split():
                written, of = _PARTS[part]
                label = f"awswaf:managed:aws:{_NAMESPACES[group]}:{kind}_{written}"
                yield Rule(group, f"{kind}_{part}", label, _in(of, finds))
    for (group, name), finds_in in _OTHERS.items():
        kind, _, part = name.rpartition("_")
        written = _PARTS[part][0] if part in _PARTS else part.title()
        yield Rule(group, name, f"awswaf:managed:aws:{_NAMESPACES[group]}:{kind}_{written}", finds_in)


RULES = tuple(_made())


def blocked_by(rules: list[dict[str, Any]], request: Request) -> str | None:
    """The first rule of a web ACL that blocks a request, as `common CrossSiteScripting_URIPATH`; None for none.

    rules: as CloudFormation's, filled in.
    """
    labels: set[str] = set()
    for rule in sorted(rules, key=lambda each: int(each["Priority"])):
        statement = rule["Statement"]
        if group := statement.get("ManagedRuleGroupStatement"):
            for found in _found_by(group, request):
                labels.add(found.label)
                if "None" in rule["OverrideAction"] and _blocks(group, found):
                    return f"{rule['Name']} {found.name}"
        elif "RateBasedStatement" not in statement and _matches(statement, request, labels):
            return str(rule["Name"])
    return None


def _found_by(group: Mapping[str, Any], request: Request) -> list[Rule]:
    return [rule for rule in RULES if rule.group == group["Name"] and rule.finds(request)]


def _blocks(group: Mapping[str, Any], rule: Rule) -> bool:
    overrides = {each["Name"]: each["ActionToUse"] for each in group.get("RuleActionOverrides", [])}
    return "Count" not in overrides.get(rule.name, {})


def _matches(statement: Mapping[str, Any], request: Request, labels: set[str]) -> bool:
    ((kind, given),) = statement.items()
    match kind:
        case "AndStatement":
            return all(_matches(each, request, labels) for each in given["Statements"])
        case "OrStatement":
            return any(_matches(each, request, labels) for each in given["Statements"])
        case "NotStatement":
            return not _matches(given["Statement"], request, labels)
        case "LabelMatchStatement":
            return given["Key"] in labels
        case "RegexMatchStatement":
            return bool(re.search(given["RegexString"], request.path))
        case _:
            raise KeyError(kind)
