"""The endings that the server refuses by name: `python -m tests.contract.endings` writes them anew.

The site refuses the same ones before anything is sent; its tests read this very list.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURE = Path(__file__).with_name("endings.json")


def text() -> str:
    sys.path.insert(0, str(ROOT / "chatapp"))
    from chalicelib.extraction.kinds.detect import REFUSED_ENDINGS

    return json.dumps(sorted(REFUSED_ENDINGS)) + "\n"


if __name__ == "__main__":
    FIXTURE.write_text(text())
