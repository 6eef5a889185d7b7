"""moto's DynamoDB without needless copies: of an expression that it parses anew, of a table for each transaction.

The rules by which it checks and carries out an expression are its own, untouched.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

_PARSED = 2048


def make() -> None:
    """For the whole process; before the first request."""
    # What was parsed is only read: whoever checks it works on a copy.
    UpdateExpressionParser.make = lru_cache(maxsize=_PARSED)(UpdateExpressionParser.make)
    validators.deepcopy = _copied
    DepthFirstTraverser.traverse = _traverse
    models.copy = SimpleNamespace(deepcopy=lambda each: _kept(each) if isinstance(each, Table) else copy.deepcopy(each))
    models.DynamoDBBackend.update_item = _updating_a_copy(models.DynamoDBBackend.update_item)


def _copied(value: Any) -> Any:
    return _tree(value, None) if isinstance(value, Node) else copy.deepcopy(value)


def _tree(node: Node, parent: Node | None) -> Node:
    made: Node = object.__new__(type(node))
    made.__dict__.update(node.__dict__)
    made.parent = parent
    if made.children is not None:
        made.children = [
            _tree(child, made) if _is(type(child), (Node,)) else copy.deepcopy(child) for child in made.children
        ]
    return made


def _traverse(self: DepthFirstTraverser, root: Node) -> Node:
    """As `DepthFirstTraverser.traverse`, which asks of each node for its types anew."""
    types = self.nodes_to_be_processed()

    def visit(node: Node, child_id: int) -> Node:
        parent = node.parent
        for index, child in enumerate(node.children or ()):
            self.pre_processing_of_child(node, index)
            if _is(type(child), (Node,)):
                visit(child, index)
        if not _is(type(node), types):
            return node
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
        return node

    return visit(root, -1)


@cache
def _is(kind: type, types: tuple[type, ...]) -> bool:
    return issubclass(kind, types)


def _kept(table: Table) -> Table:
    """A table as it is before a transaction, which changes no item in place: see `_updating_a_copy`."""
    made: Table = object.__new__(Table)
    made.__dict__.update(table.__dict__)
    made.items = copy.copy(table.items)
    if table.has_range_key:
        for key, ranges in made.items.items():
            made.items[key] = copy.copy(ranges)
    return made


def _updating_a_copy(update_item: Callable[..., Any]) -> Callable[..., Any]:
    def update(self: models.DynamoDBBackend, table_name: str, key: dict[str, Any], *more: Any, **named: Any) -> Any:
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
