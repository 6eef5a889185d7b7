"""The tree of errors is drawn where one looks for it, and whole."""

from __future__ import annotations

import ast
from pathlib import Path

from chalicelib import errors

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
