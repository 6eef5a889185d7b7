"""How long a deployment takes: the first, one that changes nothing, one line of app.py, one line of the site.

    .venv/bin/python -m bench.deploy [--first]

On the local AWS: until everything stands, and with the smoke test, which meets every function cold. Steps are as
`./deploy.sh local` prints them. Lines are comments at the end of a file, and are taken back, also where the bench is
ended. `--first` begins with the stage `local-bench`, made and destroyed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench.report import ROOT, Figure, load_average, show

STAGE = "local"
OF_ITS_OWN = "local-bench"
# What they took before, but for a line of the app.
MAX_FIRST_S, MAX_UNCHANGED_S, MAX_LINE_OF_APP_S, MAX_LINE_OF_SITE_S = 97, 5, 8, 11
_PROOF = "sign-in of a throw-away person"  # the smoke test's first step
APP, SITE = ROOT / "chatapp" / "app.py", ROOT / "site" / "src" / "main.tsx"
_STEP = re.compile(r"^(\S.*?) \.{3,} .*\((\d+\.\d) s\)$")


@dataclass(frozen=True)
class Taken:
    """Seconds until everything stands, and until it is proven; and of each step."""

    stands_s: float
    proven_s: float
    steps: Mapping[str, float]


def deploy(stage: str) -> Taken:
    begun = time.monotonic()
    stands_s, lines, steps = 0.0, [], {}
    with subprocess.Popen(
        ["./deploy.sh", stage], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in running.stdout or ():
            lines.append(line)
            if match := _STEP.match(line):
                steps[match[1]] = float(match[2])
                stands_s = stands_s if _PROOF in steps else time.monotonic() - begun
    if running.returncode:
        raise RuntimeError("".join(lines))
    return Taken(stands_s, time.monotonic() - begun, steps)


@contextmanager
def changed(file: Path, comment: str) -> Iterator[None]:
    """One line more, never the same one twice: what was deployed before would be unchanged."""
    before = file.read_bytes()
    try:
        file.write_bytes(before + f"{comment} {time.time()}\n".encode())
        yield
    finally:
        file.write_bytes(before)


def figures(*, first: bool) -> Iterator[Figure]:
    if first:
        yield from _figures("first", deploy(OF_ITS_OWN), MAX_FIRST_S)
        subprocess.run(["./deploy.sh", "destroy", OF_ITS_OWN, "--yes"], cwd=ROOT, check=True, capture_output=True)
    deploy(STAGE)
    yield from _figures("unchanged", deploy(STAGE), MAX_UNCHANGED_S)
    with changed(APP, "#"):
        yield from _figures("line_of_app", deploy(STAGE), MAX_LINE_OF_APP_S)
    deploy(STAGE)  # the line of the app is gone again: not to be counted with the site's
    with changed(SITE, "//"):
        yield from _figures("line_of_site", deploy(STAGE), MAX_LINE_OF_SITE_S)
    yield load_average()


def _figures(name: str, taken: Taken, bound_s: float) -> Iterator[Figure]:
    longest = sorted(taken.steps.items(), key=lambda step: -step[1])[:4]
    yield Figure(f"{name}_s", round(taken.stands_s, 1), bound_s)
    yield Figure(f"{name}_proven_s", round(taken.proven_s, 1), note=", ".join(f"{step} {s:.1f}" for step, s in longest))


def main() -> None:
    if os.environ.get("AWS_PROFILE"):
        print("the local AWS alone is deployed to, whatever AWS_PROFILE says", file=sys.stderr)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as by Ctrl-C: files are put back
    show("a deployment to the local AWS", list(figures(first="--first" in sys.argv)))


if __name__ == "__main__":
    main()
