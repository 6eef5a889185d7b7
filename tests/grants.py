"""The grants of `functions.py` against what the tests of this run used.

An operation that is used and not granted fails at run time (`NotGranted`); one that is granted and not used is found
here.
"""

from __future__ import annotations


def problems() -> list[str]:
    """A line for each granted operation that nothing used, in the order of `functions.GRANTS`."""
    from chalicelib import functions
    from chalicelib.aws.grants import Use, used

    return [
        f"{function} may {operation} on {grant.kind} {grant.resource}, but no test made it do so"
        for function, grants in functions.GRANTS.items()
        for grant in grants
        for operation in grant.operations
        if (grant.kind, grant.resource, operation) not in functions.USED_BY_AWS
        and Use(function, grant.kind, grant.resource, operation) not in used
    ]
