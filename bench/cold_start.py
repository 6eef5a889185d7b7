"""How long the functions take to start: app.py imported as shipped, from the unpacked package, in a fresh process.

Of the API all that can be told; of the others, which nobody waits for as long, how long the import takes.

The package is the one that `./deploy.sh local` deploys; it is brought up to date first.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench.report import ROOT, Figure, load_average, show
from deploy.environment import LOCAL, Stage
from deploy.functions import app_modules, package, policies, runtime

RUNS = 7
API = "api_handler"
MAX_IMPORT_MS = 340
MAX_PACKAGE_MB = 2.5
MAX_LAYER_MB = 30
SHOWN_PACKAGES = 7
# What Lambda gives a function, as far as an import reads it; nothing of this shell's.
ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "CHATAPP_STAGE": LOCAL,
    "CHATAPP_SITE_ORIGIN": "https://site.example",
    "CHATAPP_USER_POOL_ARN": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_bench",
}


@dataclass(frozen=True, slots=True)
class Start:
    """What one fresh process measured."""

    import_ms: float
    first_request_ms: float
    anthropic_imported: bool
    modules: int


def unpack(built: package.Package, folder: Path, *, bytecode: bool) -> Path:
    """In one folder, what Lambda lays out in /var/task and, of the layer, in /opt/python."""
    assert built.layer is not None  # noqa: S101 (for mypy: it was built with one)
    with zipfile.ZipFile(built.layer) as packed:
        packed.extractall(folder)
    (folder / "python").rename(folder.with_suffix(".layer"))
    folder.rmdir()
    folder.with_suffix(".layer").rename(folder)
    with zipfile.ZipFile(built.path) as packed:
        packed.extractall(folder)
    if not bytecode:
        for cache in [*folder.rglob("__pycache__")]:
            shutil.rmtree(cache)
    return folder


def start(folder: Path, function: str = API) -> Start:
    last_line = _run(folder, function=function).stdout.splitlines()[-1]
    measured: dict[str, Any] = json.loads(last_line)
    if measured.pop("first_request_status") != 200:
        raise RuntimeError(last_line)
    return Start(**measured)


def _run(folder: Path, *options: str, function: str = API) -> subprocess.CompletedProcess[str]:
    """-I -S: nothing but the package and the standard library. -B: Lambda's /var/task cannot be written to."""
    script = ROOT / "bench" / "first_import.py"
    command = [sys.executable, *options, "-I", "-S", "-B", str(script), str(folder)]
    name = f"chatapp-{LOCAL}" if function == API else f"chatapp-{LOCAL}-{function}"
    environment = {**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": name}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done


def own_ms_by_package(folder: Path) -> Counter[str]:
    """Where one import spends its time, by `-X importtime`, which slows it down: shares are what counts."""
    shipped = {path.stem for path in folder.iterdir()}
    spent: Counter[str] = Counter()
    for line in _run(folder, "-X", "importtime").stderr.splitlines():
        own_us, _, name = line.removeprefix("import time:").split("|") if line.count("|") == 2 else ("", "", "")
        if own_us.strip().isdigit():
            top = name.strip().partition(".")[0]
            spent[top if top in shipped else "standard_library"] += int(own_us)
        if name.strip() == "app":
            break
    return spent


def figures(built: package.Package, scratch: Path) -> list[Figure]:
    shipped = unpack(built, scratch / "shipped", bytecode=True)
    bare = unpack(built, scratch / "bare", bytecode=False)
    others = [name for name in app_modules.functions() if name != API]
    # One run of each as a warm-up, which fills the page cache; then by turns, so that a busy moment hits both.
    pairs = [(start(shipped), start(bare)) for _ in range(RUNS + 1)][1:]
    starts, bare_starts = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert built.layer is not None  # noqa: S101 (see `unpack`)
    app_mb, layer_mb = (round(each.stat().st_size / 1e6, 1) for each in (built.path, built.layer))
    return [
        Figure("import_ms", _median(starts), MAX_IMPORT_MS, f"median of {RUNS}"),
        Figure("import_ms_without_bytecode", _median(bare_starts), note="the same package, every __pycache__ removed"),
        Figure("anthropic_imported", any(each.anthropic_imported for each in starts), False),
        Figure("package_zip_mb", app_mb, MAX_PACKAGE_MB, "what a changed line uploads, for each function"),
        Figure("layer_zip_mb", layer_mb, MAX_LAYER_MB, "uploaded when a dependency changes"),
        Figure("import_ms_fastest", round(min(each.import_ms for each in starts), 1)),
        Figure("import_ms_slowest", round(max(each.import_ms for each in starts), 1)),
        Figure("first_request_ms", round(median(each.first_request_ms for each in starts), 1), note="GET /health"),
        Figure("modules", starts[0].modules, note="imported, the standard library's included"),
        *(_other(shipped, name) for name in others),
        *_breakdown(own_ms_by_package(shipped)),
        load_average(),
    ]


def _other(folder: Path, function: str) -> Figure:
    starts = [start(folder, function) for _ in range(RUNS)]
    fastest, slowest = (f"{each(one.import_ms for one in starts):.0f}" for each in (min, max))
    return Figure(f"import_ms_{function}", _median(starts), note=f"{fastest} to {slowest}")


def _breakdown(spent: Counter[str]) -> list[Figure]:
    notes = {"app": "with the functions' routes and AWS clients, built while it starts"}
    return [
        Figure(f"own_ms_{name}", round(own_us / 1000, 1), note=notes.get(name, ""))
        for name, own_us in spent.most_common(SHOWN_PACKAGES)
    ]


def _median(starts: Sequence[Start]) -> float:
    return round(median(each.import_ms for each in starts), 1)


def main() -> None:
    stage = Stage(LOCAL, ENVIRONMENT["AWS_REGION"])
    grants = {name: function.allowed for name, function in app_modules.functions().items()}
    built = package.build(stage, runtime.running(), policies.clients(grants), lambda text: print(text, file=sys.stderr))
    with tempfile.TemporaryDirectory(prefix="chatapp-bench-") as scratch:
        show(f"import of app.py by the api function, package {built.version}", figures(built, Path(scratch)))


if __name__ == "__main__":
    main()
