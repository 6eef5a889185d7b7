"""Chalice's app.py, which the linter of imports does not take: it declares, and leaves all else to `chalicelib`."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "chatapp" / "app.py"
# What stands behind a subject: whatever app.py needs of it, a subject offers.
BEHIND_SUBJECTS = {"aws", "claude", "extraction", "workers"}
# Of what is no part of Python, Chalice alone: SDKs and parsers are for the modules that own them.
OUTSIDE = {"chalice", "chalicelib"}


def _imported() -> set[str]:
    """Of `chalicelib`, the top of each import, functions' own ones included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(APP.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "chalicelib":
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("chalicelib."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("chalicelib.")}
    return found


def _outside() -> set[str]:
    """The top of every import that is no part of Python."""
    tops: set[str] = set()
    for node in ast.walk(ast.parse(APP.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            tops.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            tops |= {name.name.split(".")[0] for name in node.names}
    return tops - sys.stdlib_module_names


def test_the_app_imports_no_sdk_and_no_parser() -> None:
    assert _outside() == OUTSIDE


def test_the_app_imports_subjects_and_nothing_that_stands_behind_them() -> None:
    imported = _imported()
    assert {"api", "functions", "services"} <= imported
    assert not imported & BEHIND_SUBJECTS
