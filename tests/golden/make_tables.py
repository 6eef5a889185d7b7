"""Write the golden workbooks, slides, text tables and OpenDocument files: python -m tests.golden.make_tables

What each page shows is written by hand beside what stands in the file; nothing here reads it back.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

from tests.golden import old_workbooks, open_documents, slides, text_tables, workbooks
from tests.golden.office_xml import package

GOLDEN = Path(__file__).parent


def main() -> None:
    makers = (workbooks, slides, text_tables, open_documents, old_workbooks)
    for name, content, pages, notes in chain.from_iterable(maker.goldens() for maker in makers):
        path = GOLDEN / name
        if isinstance(content, bytes):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        else:
            package(path, content)
        expected = {"pages": pages, **({"notes": notes} if notes else {})}
        path.with_name(f"{path.name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
