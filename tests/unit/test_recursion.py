"""What may invoke itself is not taken for an endless loop."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.environment import Stage
from deploy.functions import recursion
from tests.fakes import clients
from tests.grants import GRANTS


class _Lambda:
    """allowed: functions that are let go on already."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = set(allowed)
        self.changed: list[str] = []

    def get_function_recursion_config(self, FunctionName: str) -> dict[str, Any]:
        return {"RecursiveLoop": "Allow" if FunctionName in self.allowed else "Terminate"}

    def put_function_recursion_config(self, FunctionName: str, RecursiveLoop: str) -> dict[str, Any]:
        assert RecursiveLoop == "Allow"
        self.allowed.add(FunctionName)
        self.changed.append(FunctionName)
        return {"RecursiveLoop": RecursiveLoop}


def test_functions_that_may_invoke_themselves_are_let_go_on_once_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, stage = _Lambda(), Stage("prod", "eu-west-1")
    client = clients.client("lambda", fake)
    monkeypatch.setattr(Stage, "client", lambda self, service: client)
    assert recursion.allow(stage, GRANTS) == ["extract"]
    assert fake.changed == ["chatapp-prod-extract"]
    assert recursion.allow(stage, GRANTS) == []
    assert fake.changed == ["chatapp-prod-extract"]
