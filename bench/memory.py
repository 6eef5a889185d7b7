"""How much memory and processor time each function takes: the workers of a local AWS, watched while it is used.

    .venv/bin/python -m bench.memory 600        # seconds; meanwhile use the stage, or run the end-to-end tests

What Lambda counts is a function's whole sandbox: its worker, and the child process that it starts for a file. Memory is
proportional (PSS): what two processes share counts once. Linux alone, as it reads /proc.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.report import Figure, load_average, show
from deploy.functions import app_modules

EVERY_S = 0.1
DEFAULT_S = 600.0
# By /proc/PID/stat after the command's name, from 0: parent; user and system time, of waited-for children too.
_PARENT, _TIMES = 1, slice(11, 15)
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Watched:
    """One function's workers. memory_mb: what it is given; cpu_s: by worker, as last seen."""

    memory_mb: int = 0
    peak_mb: float = 0.0
    cpu_s: dict[int, float] = field(default_factory=dict)


def watch(seconds: float) -> dict[str, Watched]:
    """By function, until the time is over or Ctrl-C."""
    found: dict[str, Watched] = defaultdict(Watched)
    functions = sorted(app_modules.functions(), key=len, reverse=True)
    until = time.monotonic() + seconds
    with suppress(KeyboardInterrupt):
        while time.monotonic() < until:
            _look(found, functions)
            time.sleep(EVERY_S)
    return found


def _look(found: dict[str, Watched], functions: list[str]) -> None:
    stats = _stats()
    children: dict[int, list[int]] = defaultdict(list)
    for pid, fields in stats.items():
        children[int(fields[_PARENT])].append(pid)
    for pid in stats:
        with suppress(OSError, KeyError, ValueError):  # it ended meanwhile, or is no worker
            environment = _environment(pid)
            name = environment["AWS_LAMBDA_FUNCTION_NAME"]
            if "AWS_LAMBDA_FUNCTION_NAME" in _environment(int(stats[pid][_PARENT])):
                continue  # a worker's child
            watched = found[_function(name, functions)]
            watched.memory_mb = int(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
            watched.peak_mb = max(watched.peak_mb, sum(map(_pss_mb, _family(pid, children))))
            watched.cpu_s[pid] = sum(map(int, stats[pid][_TIMES])) / _TICKS_PER_S


def _stats() -> dict[int, list[str]]:
    stats = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            stats[int(folder.name)] = (folder / "stat").read_text().rpartition(")")[2].split()
    return stats


def _environment(pid: int) -> dict[str, str]:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
        return dict(line.split("=", 1) for line in lines if "=" in line)
    return {}


def _family(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [pid, *(each for child in children[pid] for each in _family(child, children))]


def _pss_mb(pid: int) -> float:
    with suppress(OSError):  # a child that has ended
        match = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(match[1]) / 1024 if match else 0.0
    return 0.0


def _function(name: str, functions: list[str]) -> str:
    """Of `chatapp-STAGE-FUNCTION`; the API has its stage's name alone."""
    return next((each for each in functions if name.endswith(f"-{each}")), "api")


def figures(found: dict[str, Watched]) -> list[Figure]:
    rows = []
    for name, each in sorted(found.items()):
        given = f"of {each.memory_mb} MB that it is given"
        rows.append(Figure(f"peak_mb_{name}", round(each.peak_mb), each.memory_mb, given))
        workers = f"of {len(each.cpu_s)} workers, start included"
        rows.append(Figure(f"cpu_s_{name}", round(sum(each.cpu_s.values()), 1), note=workers))
    return [*rows, load_average()]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_S
    show(f"memory and processor time of the functions' workers, watched for {seconds:.0f} s", figures(watch(seconds)))


if __name__ == "__main__":
    main()
