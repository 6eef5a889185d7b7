"""Lambda's side of one function: imports its handler, then answers a JSON event a line until there are no more.

    python -I -S runtime.py HANDLER

The interpreter's own SQLite is not there, which is the least that Lambda's can do. A line may also be {"probe": CODE},
an expression. What the function prints goes to stderr; a line of the answer is {"reply": …} or {"error": …}.
"""

import json
import os
import sys
import time
import traceback
from typing import Any

sys.modules["_sqlite3"] = None  # type: ignore[assignment] # importing it fails from here on
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


class Context:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


def answered(line: dict[str, Any], handler: Any) -> str:
    try:
        if "probe" in line:
            return json.dumps({"reply": eval(line["probe"])})  # noqa: S307 (a test's own words)
        return json.dumps({"reply": handler(line["event"], Context(line["seconds"]))})
    except Exception:
        return json.dumps({"error": traceback.format_exc()})


def main() -> None:
    # Lambda looks in the code first, then in layers.
    # https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-searchpath
    sys.path[:0] = [os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_LAYER"]]
    module, _, name = sys.argv[1].partition(".")
    handler = getattr(__import__(module), name)
    for line in sys.stdin:
        print(answered(json.loads(line), handler), file=replies, flush=True)


main()
