"""What people reach: the API, which asks all that it stands on, and the site's page with its configuration."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from deploy import site
from deploy.check.findings import Findings, problem
from deploy.check.target import Target
from deploy.people.api import Reply, send


def api(target: Target) -> Findings:
    reply = _get(f"{target.deployment.addresses.api_url}/health?deep=1")
    if part := reply.error.get("part"):
        yield problem(f"the API finds no answer from {part}", "docs/operations.md, The health check fails")
    elif reply.status != 200:
        yield problem(
            f"the API answered {reply.status}, {reply.said}", f"read the log of its function, or {target.redeploy}"
        )


def pages(target: Target) -> Findings:
    """The root is published, or is not; the application's page stands behind every other path."""
    for name in (site.SHELL, "config.json"):
        reply = _get(f"{target.deployment.addresses.site_url}/{name}")
        if reply.status != 200 or (name != site.SHELL and reply.body.get("stage") != target.stage.name):
            yield problem(f"the site's {name} is not what was deployed ({reply.status})", target.redeploy)


def _get(url: str) -> Reply:
    """What a browser would get; `*.localhost`, which Python may not find, is this machine."""
    there = urlsplit(url)
    if not (there.hostname or "").endswith(".localhost"):
        return send("GET", url, None, {})
    here = there._replace(netloc=f"127.0.0.1:{there.port or 80}")
    return send("GET", urlunsplit(here), None, {"Host": there.netloc})
