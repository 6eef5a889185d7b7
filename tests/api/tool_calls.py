"""Calls of the tools, and what came of them."""

from __future__ import annotations

import json
from typing import Any

QUESTION = "Which irises?"


def call(name: str, **given: Any) -> dict[str, Any]:
    return {"name": name, "input": given}


def search(query: str = "irises garden 35", **given: Any) -> dict[str, Any]:
    return call("search_files", query=query, **given)


def kinds(answer: dict[str, Any]) -> list[str]:
    return [block["type"] for block in answer["content"]]


def results(prompt: dict[str, Any]) -> list[dict[str, Any]]:
    """What the tools gave in the newest round."""
    return [block for block in prompt["messages"][-1]["content"] if block["type"] == "tool_result"]


def texts(result: dict[str, Any]) -> str:
    return json.dumps(result["content"], ensure_ascii=False)
