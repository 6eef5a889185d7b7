"""What a password must be: the pool's policy, and what the site and the deployment make of it."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.people import accounts
from tests.stage import password_policy

ROOT = Path(__file__).resolve().parents[2]


def test_a_password_is_long_and_of_any_characters() -> None:
    """Each rule is said to be off: a new pool has them on.

    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    rules = {"RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols"}
    policy = password_policy()
    assert {name: value for name, value in policy.items() if name.startswith("Require")} == dict.fromkeys(rules, False)
    assert policy["MinimumLength"] == 12


def test_the_site_and_the_deployment_know_the_length() -> None:
    text = (ROOT / "site/src/features/auth/api/newPassword.ts").read_text()
    (shortest,) = re.findall(r"SHORTEST_PASSWORD = (\d+);", text)
    assert int(shortest) == password_policy()["MinimumLength"] <= len(accounts.random_password())
