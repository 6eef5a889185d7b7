"""What a check finds, and how it is told. Owns no knowledge of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import ClientError

Level = Literal["ok", "warning", "problem"]
_REFUSALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationErrorException"}


@dataclass(frozen=True)
class Finding:
    """says: what is so, and what it means. advice: what to do about it; "" where nothing is to be done."""

    level: Level
    says: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.level}: {self.says}" + (f"\n    {self.advice}" if self.advice else "")


Findings = Iterator[Finding]


def problem(says: str, advice: str) -> Finding:
    """Something does not work, or will not be there when it is needed."""
    return Finding("problem", says, advice)


def warning(says: str, advice: str) -> Finding:
    """Something works, and is not as it should be."""
    return Finding("warning", says, advice)


def note(says: str) -> Finding:
    return Finding("ok", says)


def brought_back(stack: str) -> str:
    """Advice for what is not as a stack made it: a deployment sends nothing where the template is as it was.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
    """
    return (
        f"CloudFormation console, stack {stack}, Create change set, drift-aware, template and values as they are:"
        " executed, it brings back what it made"
    )


def refused(error: ClientError) -> Finding | None:
    """What a refusal keeps from being looked at; None for another error."""
    if error.response["Error"]["Code"] not in _REFUSALS:
        return None
    return warning(
        f"could not be looked at: {error.operation_name} is refused",
        "allow it to whoever checks: docs/operations.md, Check",
    )
