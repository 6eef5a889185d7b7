"""moto's DynamoDB without needless copies: of an expression that it parses anew, of a table for each transaction.

The rules by which it checks and carries out an expression are its own, untouched.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

from moto.dynamodb.models.table import Table

# What is replaced, and what has no types.
_models: Any = import_module("moto.dynamodb.models")
_expressions: Any = import_module("moto.dynamodb.parsing.expressions")
_nodes: Any = import_module("moto.dynamodb.parsing.ast_nodes")
_validators: Any = import_module("moto.dynamodb.parsing.validators")

_PARSED = 2048
# Classes of nodes are abstract, of which Python's own `isinstance` is slow.
_is = cast(Callable[[type, tuple[Any, ...]], bool], cache(issubclass))


def make() -> None:
    """For the whole process; before the first request."""
    # What was parsed is only read: whoever checks it works on a copy.
    parser = _expressions.UpdateExpressionParser
    parser.make = lru_cache(maxsize=_PARSED)(parser.make)
    _validators.deepcopy = _copied
    _nodes.DepthFirstTraverser.traverse = _traverse
    _models.copy = SimpleNamespace(
        deepcopy=lambda each: _kept(each) if isinstance(each, Table) else copy.deepcopy(each)
    )
    backend = _models.DynamoDBBackend
    backend.update_item = _updating_a_copy(backend.update_item)


def _copied(value: Any) -> Any:
    return _tree(value, None) if isinstance(value, _nodes.Node) else copy.deepcopy(value)


def _tree(node: Any, parent: Any) -> Any:
    made = object.__new__(type(node))
    made.__dict__.update(node.__dict__)
    made.parent = parent
    if made.children is not None:
        made.children = [
            _tree(child, made) if _is(type(child), (_nodes.Node,)) else copy.deepcopy(child) for child in made.children
        ]
    return made


def _traverse(self: Any, root: Any) -> Any:
    """As `DepthFirstTraverser.traverse`, which asks of each node for its types anew."""
    types = self.nodes_to_be_processed()

    def visit(node: Any, child_id: int) -> Any:
        parent = node.parent
        for index, child in enumerate(node.children or ()):
            self.pre_processing_of_child(node, index)
            if _is(type(child), (_nodes.Node,)):
                visit(child, index)
        if not _is(type(node), types):
            return node
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
        return node

    return visit(root, -1)


def _kept(table: Table) -> Any:
    """A table as it is before a transaction, which changes no item in place: see `_updating_a_copy`."""
    made: Any = object.__new__(type(table))
    made.__dict__.update(table.__dict__)
    made.items = copy.copy(table.items)
    if table.has_range_key:
        for key, ranges in made.items.items():
            made.items[key] = copy.copy(ranges)
    return made


def _updating_a_copy(update_item: Callable[..., Any]) -> Callable[..., Any]:
    def update(self: Any, table_name: str, key: dict[str, Any], *more: Any, **named: Any) -> Any:
        table = self.get_table(table_name)
        if table.hash_key_attr in key and (not table.has_range_key or table.range_key_attr in key):
            hash_value, range_value = self.get_keys_value(table, key)
            item = table.get_item(hash_value, range_value)
            if item is not None and table.has_range_key:
                table.items[hash_value][range_value] = copy.deepcopy(item)
            elif item is not None:
                table.items[hash_value] = copy.deepcopy(item)
        return update_item(self, table_name, key, *more, **named)

    return update
