"""The tree of errors is drawn where one looks for it, and whole."""

from __future__ import annotations

import ast
from pathlib import Path

from chalicelib import errors
from chalicelib.api import reasons
from chalicelib.extraction.failures import MESSAGES

PACKAGE = Path(errors.__file__).parent


def _raised() -> set[str]:
    """Every exception that one module raises for another: those of a module's own begin with an underscore."""
    classes = [
        node
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    bases = {node.name: {base.id for base in node.bases if isinstance(base, ast.Name)} for node in classes}
    found = {"Exception", "RuntimeError", "PermissionError", "ValueError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return {name for name in found & bases.keys() if not name.startswith("_")}


def test_the_docstring_draws_every_error() -> None:
    drawn = set((errors.__doc__ or "").replace(",", " ").split())
    raised = _raised()
    assert {"AppError", "Busy", "ModelError", "Changed"} <= raised
    assert not raised - drawn


def _reasons(file: Path) -> list[str]:
    """Of the InvalidRequest that a module raises by name."""
    return [
        keyword.value.value
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "InvalidRequest"
        for keyword in node.keywords
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    ]


def test_every_reason_is_one_that_has_words() -> None:
    found = [reason for file in PACKAGE.rglob("*.py") for reason in _reasons(file)]
    assert len(found) > 30
    assert set(found) <= {*errors.REASONS, *MESSAGES}
    assert set(reasons._REASONS.values()) <= set(errors.REASONS)
