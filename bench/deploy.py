"""How long a deployment takes: the first, one that changes nothing, one line of app.py, one line of the site.

    .venv/bin/python -m bench.deploy [--first]

On the local AWS, with the whole of `./deploy.sh local`: its smoke test as well. Steps are as it prints them. Lines are
comments at the end of a file, and are taken back. `--first` begins with the stage `local-bench`, made and destroyed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench.report import ROOT, Figure, load_average, show

STAGE = "local"
OF_ITS_OWN = "local-bench"
MAX_LINE_OF_APP_S = 8
APP, SITE = ROOT / "chatapp" / "app.py", ROOT / "site" / "src" / "main.tsx"
_STEP = re.compile(r"^(\S.*?) \.{3,} .*\((\d+\.\d) s\)$")


def deploy(stage: str) -> tuple[float, Mapping[str, float]]:
    """Seconds in all, and of each step."""
    begun = time.monotonic()
    done = subprocess.run(["./deploy.sh", stage], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    steps = [match for line in done.stdout.splitlines() if (match := _STEP.match(line))]
    return time.monotonic() - begun, {match[1]: float(match[2]) for match in steps}


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
        yield _figure("first_s", *deploy(OF_ITS_OWN))
        subprocess.run(["./deploy.sh", "destroy", OF_ITS_OWN, "--yes"], cwd=ROOT, check=True, capture_output=True)
    deploy(STAGE)
    yield _figure("unchanged_s", *deploy(STAGE))
    with changed(APP, "#"):
        yield _figure("line_of_app_s", *deploy(STAGE), limit=MAX_LINE_OF_APP_S)
    with changed(SITE, "//"):
        yield _figure("line_of_site_s", *deploy(STAGE))
    yield load_average()


def _figure(name: str, seconds: float, steps: Mapping[str, float], limit: float | None = None) -> Figure:
    longest = sorted(steps.items(), key=lambda step: -step[1])[:4]
    return Figure(name, round(seconds, 1), limit, ", ".join(f"{step} {taken:.1f}" for step, taken in longest))


def main() -> None:
    if os.environ.get("AWS_PROFILE"):
        print("the local AWS alone is deployed to, whatever AWS_PROFILE says", file=sys.stderr)
    show("a deployment to the local AWS", list(figures(first="--first" in sys.argv)))


if __name__ == "__main__":
    main()
