"""Every code by which the API says what went wrong: `python -m tests.contract.codes` writes the list anew.

The site has a sentence of its own for each, in all its languages; its tests read this very list.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURE = Path(__file__).with_name("codes.json")


def text() -> str:
    """refusals: of requests, also by API Gateway. reasons: why a field was. answers, files: why one failed.

    not_read: of a file's notes, those of what an answer may miss.
    """
    sys.path.insert(0, str(ROOT / "chatapp"))
    from chalicelib import errors
    from chalicelib.answering import outcome
    from chalicelib.claude.interface import MODEL_ERRORS
    from chalicelib.extraction.failures import MESSAGES
    from chalicelib.extraction.notes import NOT_READ
    from chalicelib.turns import frame_log, settling

    from deploy.account.gateway import _RESPONSES

    told = {code for module in (outcome, settling, frame_log) for code in _told(module)}
    codes = {
        "refusals": sorted(
            {*(kind.code for kind in _kinds(errors.AppError)), *(code for code, *_ in _RESPONSES.values())}
        ),
        "reasons": sorted(errors.REASONS),
        "answers": sorted({*MODEL_ERRORS, *told, errors.BudgetSpent.code}),
        "files": sorted(MESSAGES),
        "not_read": sorted(NOT_READ),
    }
    return json.dumps(codes, indent=2) + "\n"


def _kinds(base: Any) -> Iterator[Any]:
    yield base
    for kind in base.__subclasses__():
        yield from _kinds(kind)


def _told(module: ModuleType) -> list[str]:
    return re.findall(r'"code": "(\w+)"', Path(str(module.__file__)).read_text())


if __name__ == "__main__":
    FIXTURE.write_text(text())
