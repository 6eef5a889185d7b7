"""The stage of the tests, for benches: the real app in this process, on moto, asking the demo model over HTTP."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from tests import stage as stages


@contextmanager
def stage() -> Iterator[stages.Stage]:
    """A stage whose budgets are never spent, and whose limits are metered and never reached.

    The app's own log lines go to standard error.
    """
    os.environ |= {"CHATAPP_USER_BUDGET_USD": "1000", "CHATAPP_STAGE_BUDGET_USD": "1000"}
    # A unit comes back within a microsecond: each row is idle whenever it is asked, as between a person's messages.
    stages.ENVIRONMENT["CHATAPP_RATES"] = stages.rates([60_000_000, 60])
    os.environ.update(stages.ENVIRONMENT)
    with redirect_stdout(sys.stderr), stages.demo_model() as model, stages.stage(model) as made:
        yield made
