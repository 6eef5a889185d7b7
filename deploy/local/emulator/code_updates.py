"""A function's new code or configuration: what runs meanwhile ends as it began, as on Lambda.

MiniStack kills a function's workers with each update, whatever they are in the midst of. Here idle ones end at once,
and busy ones with their invocation: nothing hands them another.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# A worker that was leased this very moment has not begun yet.
_BEGUN_WITHIN_S = 0.5

_retired: set[Any] = set()


def install() -> None:
    invalidate, reset = lambda_runtime.invalidate_worker, lambda_runtime.reset

    def invalidate_worker(
        func_name: str, qualifier: str | None = None, account: str | None = None, region: str | None = None
    ) -> None:
        for worker in _taken_out(func_name, qualifier, account, region):
            _retired.add(worker)
            threading.Thread(target=_end_with_its_invocation, args=(worker,), daemon=True).start()
        invalidate(func_name, qualifier, account, region)

    def reset_all() -> None:
        lambda_runtime.kill_workers(list(_retired))
        reset()

    lambda_svc.invalidate_worker = invalidate_worker
    lambda_runtime.reset = reset_all


def _taken_out(name: str, qualifier: str | None, account: str | None, region: str | None) -> list[Any]:
    """The function's busy workers, which are in no pool any more. Those of a version that is deleted stay in theirs."""
    if qualifier != "$LATEST":
        return []
    taken: list[Any] = []
    with lambda_runtime._lock:
        for key, workers in lambda_runtime._workers.items():
            of_account, of_region, *of_function = key.split(":")
            if of_function == [name, qualifier] and account in {None, of_account} and region in {None, of_region}:
                taken += [worker for worker in workers if worker.in_use]
                workers[:] = [worker for worker in workers if not worker.in_use]
    return taken


def _end_with_its_invocation(worker: Any) -> None:
    time.sleep(_BEGUN_WITHIN_S)
    with worker._lock:  # which its invocation holds
        lambda_runtime.kill_workers([worker])
    _retired.discard(worker)
