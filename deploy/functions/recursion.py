"""Functions that may invoke themselves, as their grants say, are let go on by Lambda.

It takes a request that has come to one function about 16 times for an endless loop, and drops the next event. A long
file is read in runs that follow each other, and each file that has ended wakes the next that waits: such a chain is as
long as a person's files are many, and ends by itself.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deploy.environment import Stage
from deploy.functions import policies

_ALLOW = "Allow"


def allow(stage: Stage, grants: Mapping[str, Iterable[policies.Grant]]) -> list[str]:
    """Safe to repeat; the functions for which it was changed."""
    client, changed = stage.client("lambda"), []
    for name, of_function in grants.items():
        if not any((each.kind, each.resource) == ("function", name) for each in of_function):
            continue
        deployed = f"{stage.prefix}-{name}"
        if client.get_function_recursion_config(FunctionName=deployed).get("RecursiveLoop") != _ALLOW:
            client.put_function_recursion_config(FunctionName=deployed, RecursiveLoop=_ALLOW)
            changed.append(name)
    return changed
