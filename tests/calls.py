"""Every call of AWS in the sources against those that the tests of a run made through a botocore client.

botocore checks what it is given by the service's own model before it sends it, to moto, to MiniStack or to a fake
(`tests/fakes/clients.py`); so a call that was made and did not fail has the names, types and required parameters that
AWS asks for. What no test makes, nothing has checked: it is named here, by its place and operation.

A place is a function of `deploy/` or of `chalicelib/aws/` whose text names an operation (`client.put_item`,
`get_paginator("list_apis")`). It counts as made when botocore took the operation with that function on the stack.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

from botocore import handlers, xform_name
from botocore.loaders import Loader

from deploy.functions import policies
from deploy.functions.app_modules import functions

ROOT = Path(__file__).resolve().parent.parent
# What runs on the developer's machine alone has no AWS before it.
_SOURCES = ("chatapp/chalicelib/aws", "deploy")
_LEFT_OUT = ("deploy/local/",)
_CLIENT = re.compile(r"""\b_?clients?\(\s*"([a-z0-9-]+)"|\bclient\.create_client\("([a-z0-9-]+)\"""")
# Calls that take an operation's name as text.
_BY_NAME = {"get_paginator", "generate_presigned_url"}


@dataclass(frozen=True, order=True)
class Call:
    """file: from the root. function: the innermost that names the operation. operation: as a client's method."""

    file: str
    function: str
    operation: str

    def __str__(self) -> str:
        return f"{self.file}: {self.function} calls {self.operation}, but no test made it do so by a botocore client"


# Called as some service's operations are, and none of AWS's.
_OF_OTHERS = {
    Call("deploy/functions/chalice_client.py", "_update", "update_function"),  # of Chalice's client
    Call("deploy/people/api.py", "opened", "create_connection"),  # of a socket
}
made: set[Call] = set()
Told = list[list[str]]


def record() -> None:
    """Have every botocore session that is made from now on tell of its clients' calls."""
    # Once the parameters were checked and written, and before a Stubber answers; a URL is signed without a call.
    calls = ("before-call.*.*", _record, handlers.REGISTER_FIRST)
    handlers.BUILTIN_HANDLERS += [calls, ("before-sign", _record)]


def told() -> Told:
    """The calls that the tests of this process made, as a worker sends them."""
    return [[call.file, call.function, call.operation] for call in sorted(made)]


def problems(calls: Iterable[Call]) -> list[str]:
    """A line for each call in the sources that is not among those made."""
    return [str(call) for call in sorted(set(inventory()) - set(calls))]


def inventory() -> Iterator[Call]:
    """Every call in the sources."""
    texts = {file: (ROOT / file).read_text() for file in _files()}
    operations = _operations(frozenset(_services(texts.values())))
    for file, text in texts.items():
        yield from (call for call in calls_in(file, text, operations) if call not in _OF_OTHERS)


def calls_in(file: str, text: str, operations: Iterable[str]) -> Iterator[Call]:
    """What a file's functions name of some operations."""
    known = frozenset(operations)

    def visit(node: ast.AST, function: str) -> Iterator[Call]:
        if isinstance(node, ast.FunctionDef):
            function = node.name
        if isinstance(node, ast.Attribute) and node.attr in known:
            yield Call(file, function, node.attr)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _BY_NAME:
            named = (each.value for each in node.args if isinstance(each, ast.Constant))
            yield from (Call(file, function, name) for name in named if name in known)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, function)

    yield from visit(ast.parse(text), "")


def _files() -> Iterator[str]:
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            if not file.startswith(_LEFT_OUT):
                yield file


def _services(texts: Iterable[str]) -> Iterator[str]:
    """Of which clients are made: by the deployment where it says so, by the functions where they are granted it."""
    yield from policies.clients({name: function.allowed for name, function in functions().items()})
    for text in texts:
        yield from (first or second for first, second in _CLIENT.findall(text))


@lru_cache(maxsize=1)
def _operations(services: frozenset[str]) -> frozenset[str]:
    loader = Loader()
    models = (loader.load_service_model(service, "service-2") for service in services)
    return frozenset(xform_name(name) for model in models for name in model["operations"])


def _record(event_name: str, **_: Any) -> None:
    operation = xform_name(event_name.rpartition(".")[2])
    frame: FrameType | None = sys._getframe(1)
    while frame:
        file = _source(frame.f_code.co_filename)
        if file:
            made.add(Call(file, frame.f_code.co_name, operation))
        frame = frame.f_back


@cache
def _source(file_name: str) -> str | None:
    path = Path(file_name)
    if not path.is_relative_to(ROOT):
        return None
    file = path.relative_to(ROOT).as_posix()
    return file if file.startswith(_SOURCES) and not file.startswith(_LEFT_OUT) else None
