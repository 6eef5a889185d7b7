"""The elements as foreign pages load them: from CloudFront, with the stage's addresses; nothing else of the site."""

from __future__ import annotations

import pytest

from tests.e2e import web
from tests.e2e.deployment import Deployment

ORIGIN = {"Origin": "https://portfolio.example"}


@pytest.mark.parametrize("name", ["embed.js", "twin.js"])
def test_a_foreign_page_may_load_the_element(deployment: Deployment, name: str) -> None:
    found = web.call("GET", f"{deployment.site_url}/{name}", headers=ORIGIN)
    assert found.status == 200
    assert found.headers["content-type"] == "text/javascript; charset=utf-8"
    assert found.headers["cache-control"] == "public, max-age=300"
    assert found.headers["cross-origin-resource-policy"] == "cross-origin"
    assert found.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in found.headers
    assert found.headers["x-content-type-options"] == "nosniff"
    assert deployment.api_url in found.body
    assert deployment.site_url in found.body
    assert (deployment.socket_url in found.body) == (name == "twin.js")
    assert "%CHATAPP" not in found.body


def test_it_may_load_nothing_else(deployment: Deployment) -> None:
    for path in ("/", "/config.json", "/sections/any", "/embed.js/", "/twin.js/"):
        found = web.call("GET", f"{deployment.site_url}{path}", headers=ORIGIN)
        assert "access-control-allow-origin" not in found.headers, path
        assert "cross-origin-resource-policy" not in found.headers, path
        assert "frame-ancestors 'none'" in found.headers["content-security-policy"], path
