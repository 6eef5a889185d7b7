"""What runs inside MiniStack's environment: MiniStack, with what this project needs and it lacks.

    python -m deploy.local.emulator.server     (settings come from the environment; `deploy/local/aws.py` sets them)

Every addition replaces one function of MiniStack 1.5.33, the version that requirements.txt pins. A release in which
one of them is gone or different makes the start fail, rather than go on without the addition.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import shutil
import signal
import tempfile
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypercorn.asyncio
import ministack.app
from ministack.core import lambda_runtime
from ministack.services import apigateway_v1, dynamodb, lambda_svc, scheduler
from ministack.services.cloudformation import provisioners

from deploy.local.emulator import (
    code_updates,
    event_queue,
    mail,
    object_access,
    object_lock,
    point_in_time,
    resource_names,
    rest_api_import,
    role_checks,
    source_address,
    table_exports,
    usage_plans,
)

# What a worker writes on stderr behind the last log line of an invocation (the ASCII record separator).
_END_OF_LOG = "\x1e"
_END_OF_LOG_WAIT_S = 0.25

# What requests in flight get to finish at the end.
_LAST_REQUESTS_S = 1.0

_WORKER_ANSWERS = "        _real_stdout.flush()\n\nrun()"
_WORKER_ENDS_LOG = r"""        sys.__stderr__.write("\x1e\n")
        sys.__stderr__.flush()
"""

_ACTIVE = {"State": "Active", "StateReason": "", "StateReasonCode": "", "LastUpdateStatus": "Successful"}
_ACTIVE |= {"LastUpdateStatusReason": "", "LastUpdateStatusReasonCode": ""}


class ChangedMiniStackError(Exception):
    """MiniStack is not the release that an addition was written for."""


def add_rest_api_import() -> None:
    """Answer ImportRestApi and PutRestApi, whose documents MiniStack ignores."""
    answer_others = apigateway_v1.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Mapping[str, Any]
    ) -> rest_api_import.Response:
        match method, path.strip("/").split("/"):
            case "POST", ["restapis"] if apigateway_v1._qp(query, "mode") == "import":
                return rest_api_import.import_rest_api(body, query)
            case "PUT", ["restapis", api_id]:
                return rest_api_import.put_rest_api(api_id, body, query)
        answer: rest_api_import.Response = await answer_others(method, path, headers, body, query)
        return answer

    apigateway_v1.handle_request = handle_request


def mend_minimum_compression_size() -> None:
    """Take `""`, with which Chalice switches compression off, as none: botocore fails on it in any answer."""
    patch = apigateway_v1._apply_patch

    def apply_patch(obj: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
        patched: dict[str, Any] = patch(obj, operations)
        if "minimumCompressionSize" in patched:
            size = patched["minimumCompressionSize"]
            patched["minimumCompressionSize"] = None if size in (None, "") else int(size)
        return patched

    apigateway_v1._apply_patch = apply_patch


def activate_functions_at_once() -> None:
    """Make created and updated functions active in the same call: Chalice waits 5 s on meeting a pending one."""
    if not hasattr(lambda_svc, "_schedule_state_transition"):
        raise ChangedMiniStackError("lambda_svc._schedule_state_transition")

    def activate(name: str, delay_s: float) -> None:
        function = lambda_svc._functions[name]
        for record in (function, *function.get("versions", {}).values()):
            record["config"].update(_ACTIVE)

    lambda_svc._schedule_state_transition = activate


def set_up_stack_tables() -> None:
    """Honour what a stack says of a table's TTL and point-in-time recovery."""
    table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create, update = table["create"], table["update"]

    def create_table(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        created = create(logical_id, properties, stack)
        _set_up_table(created[0], properties)
        return created

    def update_table(physical_id: str, old: Any, new: dict[str, Any], *rest: Any, **named: Any) -> Any:
        updated = update(physical_id, old, new, *rest, **named)
        _set_up_table(updated[0], new)
        return updated

    table.update(create=create_table, update=update_table)


def _set_up_table(name: str, properties: Mapping[str, Any]) -> None:
    recovery = properties.get("PointInTimeRecoverySpecification") or {}
    point_in_time.switch(name, _is_true(recovery.get("PointInTimeRecoveryEnabled")))
    ttl = properties.get("TimeToLiveSpecification") or {}
    if _is_true(ttl.get("Enabled")):
        dynamodb._ttl_settings[name] = {"TimeToLiveStatus": "ENABLED", "AttributeName": ttl["AttributeName"]}
    else:
        dynamodb._ttl_settings.pop(name, None)


def _is_true(value: object) -> bool:
    # A stack's parameters are strings.
    return str(value).lower() == "true"


def sweep_schedules_often() -> None:
    """Look for due schedules every second instead of every ten."""
    if not hasattr(scheduler, "_SCHEDULE_TICK_INTERVAL"):
        raise ChangedMiniStackError("scheduler._SCHEDULE_TICK_INTERVAL")
    scheduler._SCHEDULE_TICK_INTERVAL = 1


def end_logs_exactly() -> None:
    """Have Python workers mark the end of an invocation's log.

    MiniStack guesses it, by waiting 50 ms for a first line: every invocation that logs nothing was as slow.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_WORKER_ANSWERS) != 1:
        raise ChangedMiniStackError("lambda_runtime._PYTHON_WORKER_SCRIPT")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_WORKER_ANSWERS, _WORKER_ENDS_LOG + _WORKER_ANSWERS)
    guess_end = lambda_runtime.Worker._drain_stderr_bounded

    def drain(worker: Any, **waits_s: float) -> str:
        if worker.config.get("Runtime", "").startswith("python"):
            return "\n".join(_lines_to_end_of_log(worker._stderr_queue))
        lines: str = guess_end(worker, **waits_s)
        return lines

    lambda_runtime.Worker._drain_stderr_bounded = drain


def _lines_to_end_of_log(lines: queue.Queue[str]) -> list[str]:
    """Take the lines up to the mark. A worker that died wrote none: then what came in 250 ms."""
    taken: list[str] = []
    deadline = time.monotonic() + _END_OF_LOG_WAIT_S
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return taken
        text, mark, _ = line.partition(_END_OF_LOG)
        if text or not mark:
            taken.append(text)
        if mark:
            return taken


def end_functions_first() -> None:
    """On SIGTERM, end the functions that run while the port is still open.

    MiniStack closes it first and waits for them; they then try it again and again. An open socket, whose `$disconnect`
    runs at that moment, would hold the end up for half a minute.
    """
    serve = hypercorn.asyncio.serve

    async def serve_until_stopped(app: Any, config: Any) -> None:
        config.graceful_timeout = _LAST_REQUESTS_S
        await serve(app, config, shutdown_trigger=_stopped)

    hypercorn.asyncio.serve = serve_until_stopped


async def _stopped() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
    lambda_runtime.Worker._spawn = _refuse_to_spawn
    await asyncio.to_thread(lambda_runtime.reset)


def _refuse_to_spawn(worker: Any) -> None:
    raise RuntimeError("the local AWS is stopping")


class _SharedZip(zipfile.ZipFile):
    """A function's code or layer, unpacked once for all workers.

    MiniStack unpacks both, thousands of files, for every cold start. /var/task and /opt are read-only on Lambda, so
    workers may share them.
    """

    _one_at_a_time = threading.Lock()

    @property
    def _is_shared(self) -> bool:
        name = Path(self.filename or "").name
        return name == "code.zip" or name.startswith("layer_")

    def namelist(self) -> list[str]:
        """None where it is shared: MiniStack looks at each name of a layer, which unpacking does once."""
        return [] if self._is_shared else super().namelist()

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        archive = Path(self.filename or "")
        if not self._is_shared or path is None:
            return super().extractall(path, members, pwd)
        shared = _shared_folder() / hashlib.sha256(archive.read_bytes()).hexdigest()
        with self._one_at_a_time:
            if not shared.exists():
                part = shared.with_suffix(".part")
                shutil.rmtree(part, ignore_errors=True)
                super().extractall(part, super().namelist())
                part.rename(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared, target_is_directory=True)
        return None


def _shared_folder() -> Path:
    return Path(tempfile.gettempdir()) / "shared-code"


def share_unpacked_code() -> None:
    """Make cold starts cheap; see `_SharedZip`. Code of earlier deployments is removed at each start."""
    if lambda_runtime.zipfile is not zipfile:
        raise ChangedMiniStackError("lambda_runtime.zipfile")
    shutil.rmtree(_shared_folder(), ignore_errors=True)
    _shared_folder().mkdir(parents=True)
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": _SharedZip})


def main() -> None:
    add_rest_api_import()
    mend_minimum_compression_size()
    activate_functions_at_once()
    set_up_stack_tables()
    sweep_schedules_often()
    end_logs_exactly()
    share_unpacked_code()
    code_updates.install()
    resource_names.install()
    role_checks.install()
    source_address.install()
    object_access.install()
    event_queue.install()
    object_lock.install()
    point_in_time.install()
    table_exports.install()
    usage_plans.install()
    mail.install()
    end_functions_first()
    ministack.app.main()


if __name__ == "__main__":
    main()
