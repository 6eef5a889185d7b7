"""The functions' deployment package: the app as one zip, its dependencies and Chalice's runtime as another, compiled.

Laid out under `.build/STAGE/` (app.py, chalicelib/, vendor/, runtime/). The same inputs give the same bytes, so
Lambda's CodeSha256 tells whether there is anything to deploy. The dependencies are a layer (`layers.py`): they are
most of the bytes and seldom change, so that a changed line of the app uploads the app alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import chalice

from deploy.environment import ROOT, DeploymentError, Stage
from deploy.functions.runtime import Runtime

APP_FOLDER = ROOT / "chatapp"
RUNTIME_FILES = ("__init__.py", "app.py")  # what Chalice itself ships of itself
VERSION_FILE = "version.txt"  # in chalicelib/: what the app says it is
_FORMAT = "9"  # of the layout below: a new number makes every stamp stale
_ZIPPED_LIMIT_BYTES = 50_000_000
_TASK, _LAYER = "/var/task", "/opt/python"  # where Lambda lays out the code and, of a layer, what is under `python/`
_IN_LAYER = ("vendor", "runtime")
# Of pypdfium2 the bare bindings are used, with the library beside them; of pycryptodome what pypdf decrypts by.
_NEVER_IMPORTED = (
    *("boto3/data", "boto3/examples", "apsw/sqlite_extra_binaries", "bin", "pypdfium2", "pypdfium2_cli"),
    *("Crypto/IO", "Crypto/Math", "Crypto/Protocol", "Crypto/PublicKey", "Crypto/Signature"),
    # Of Python 2, which no interpreter of today compiles.
    *("olefile/olefile2.py", "OleFileIO_PL.py", "olefile/doc"),
)
_EPOCH = (1980, 1, 1, 0, 0, 0)

# glibc of Lambda's own images: that of Amazon Linux 2023.
# https://docs.aws.amazon.com/linux/al2023/ug/glibc-gcc-and-binutils.html
_NEWEST_GLIBC_MINOR = 34
_OLDEST_GLIBC_MINOR = 17

Say = Callable[[str], None]


@dataclass(frozen=True)
class Package:
    """version: short, of the code and its dependencies; the same for equal content. runtime: what it runs on.

    layer: the zip of the dependencies. layer_digest: of what it is made of, the same for equal content.
    """

    path: Path
    runtime: Runtime
    version: str
    changed: bool
    layer: Path | None = None
    layer_digest: str = ""


def build(stage: Stage, runtime: Runtime, services: Iterable[str], say: Say) -> Package:
    """Bring `.build/STAGE/` and its zip up to date.

    services: botocore services that the app calls; other descriptions are left out (botocore is mostly those).
    Raises DeploymentError when a dependency cannot be installed or compiled, or the zip is too large for Lambda.
    """
    wanted = tuple(sorted(services))
    vendor_stamp = _vendor_stamp(stage, runtime, wanted)
    _vendor(stage, runtime, wanted, vendor_stamp, say)
    layer_stamp = _digest([vendor_stamp, _chalice_stamp()])
    layer = _layer(stage, runtime, layer_stamp, say)
    stamp = _digest([vendor_stamp, _chalice_stamp(), *_contents(APP_FOLDER, _app_files())])
    target = stage.build / "package.zip"
    built = partial(Package, target, runtime, stamp[:12], layer=layer, layer_digest=layer_stamp)
    stamp_file = stage.build / "package.sha256"
    if target.exists() and _read(stamp_file) == stamp:
        return built(changed=False)
    stamp_file.unlink(missing_ok=True)
    copy_app(stage.build)
    (stage.build / "chalicelib" / VERSION_FILE).write_text(stamp[:12])
    say("compiling and packing")
    compile_all(runtime, stage.build / "chalicelib", stage.build / "app.py")
    zip_up(of_app(stage.build), target)
    stamp_file.write_text(stamp)
    return built(changed=True)


def _layer(stage: Stage, runtime: Runtime, stamp: str, say: Say) -> Path:
    target, stamp_file = stage.build / "layer.zip", stage.build / "layer.sha256"
    if target.exists() and _read(stamp_file) == stamp:
        return target
    stamp_file.unlink(missing_ok=True)
    _copy_chalice(stage.build)
    say("compiling and packing the dependencies")
    compile_all(runtime, stage.build / "vendor", stage.build / "runtime")
    zip_up(of_layer(stage.build), target)
    stamp_file.write_text(stamp)
    return target


def copy_app(build: Path) -> None:
    """Copy app.py and chalicelib/ beside the rendered configuration, anew."""
    shutil.rmtree(build / "chalicelib", ignore_errors=True)
    shutil.rmtree(build / "__pycache__", ignore_errors=True)
    for path in _app_files():
        copy = build / path.relative_to(APP_FOLDER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    # Whoever runs Chalice here by hand gets the same package: vendor/, and nothing that pip would add.
    (build / "requirements.txt").write_text("")


def _app_files() -> list[Path]:
    return [
        APP_FOLDER / "app.py",
        *(path for path in sorted((APP_FOLDER / "chalicelib").rglob("*")) if _is_source(path)),
    ]


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")


def _contents(base: Path, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        yield f"{path.relative_to(base)} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


# --- Dependencies ---------------------------------------------------------------------------------------------------


def _vendor_stamp(stage: Stage, runtime: Runtime, services: tuple[str, ...]) -> str:
    lock = (APP_FOLDER / "requirements.txt").read_text()
    return _digest([_FORMAT, lock, runtime.version, *platform_arguments(stage, runtime), *services])


def _vendor(stage: Stage, runtime: Runtime, services: tuple[str, ...], stamp: str, say: Say) -> None:
    vendor = stage.build / "vendor"
    stamp_file = stage.build / "vendor.sha256"
    if vendor.exists() and _read(stamp_file) == stamp:
        return
    say("installing the functions' dependencies")
    stamp_file.unlink(missing_ok=True)
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    _install(stage, runtime, vendor)
    trim(vendor, services)
    stamp_file.write_text(stamp)


def platform_arguments(stage: Stage, runtime: Runtime) -> list[str]:
    """Wheels for Lambda, whichever Python runs pip; those of this machine for the local AWS, which runs them here."""
    if stage.is_local:
        return []
    minors = range(_NEWEST_GLIBC_MINOR, _OLDEST_GLIBC_MINOR - 1, -1)
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in minors] + ["manylinux2014_x86_64"]
    return [
        *(argument for platform in platforms for argument in ("--platform", platform)),
        *("--implementation", "cp", "--python-version", runtime.version),
    ]


def _install(stage: Stage, runtime: Runtime, vendor: Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    command += ["--require-hashes", "--only-binary=:all:", "--no-compile", "--no-deps", "--target", str(vendor)]
    command += [*platform_arguments(stage, runtime), "-r", str(APP_FOLDER / "requirements.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DeploymentError(f"the functions' dependencies could not be installed:\n{done.stderr.strip()}")


def trim(vendor: Path, services: tuple[str, ...]) -> None:
    """Remove what no function reads. Metadata stays: packages read their own version, and entry points."""
    for folder in (vendor / "botocore" / "data").iterdir():
        if folder.is_dir() and folder.name not in services:
            shutil.rmtree(folder)
    for name in _NEVER_IMPORTED:
        shutil.rmtree(vendor / name, ignore_errors=True)
        if (vendor / name).is_file():
            (vendor / name).unlink()
    for name in ("pip", "setuptools", "wheel"):
        for path in (vendor / name, *vendor.glob(f"{name}-*.dist-info")):
            shutil.rmtree(path, ignore_errors=True)
    for name in ("tests", "SelfTest"):
        for path in sorted(vendor.rglob(name)):
            shutil.rmtree(path, ignore_errors=True)
    for path in vendor.rglob("*"):
        if path.is_file() and _is_ballast(path):
            path.unlink()


def _is_ballast(path: Path) -> bool:
    if path.suffix in {".pyi", ".typed"}:
        return True
    return path.parent.name.endswith(".dist-info") and path.name not in {"METADATA", "entry_points.txt"}


# --- Chalice's runtime, bytecode, zip -------------------------------------------------------------------------------


def _chalice_stamp() -> str:
    return f"chalice {version('chalice')}"


def _copy_chalice(build: Path) -> None:
    runtime = build / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    (runtime / "chalice").mkdir(parents=True)
    for name in RUNTIME_FILES:
        shutil.copyfile(Path(chalice.__file__).parent / name, runtime / "chalice" / name)


def compile_all(runtime: Runtime, *paths: Path) -> None:
    """Compile to bytecode that Lambda accepts, by an interpreter of the runtime's version.

    Unchecked: the zip changes the times that bytecode is otherwise checked against. A fixed hash seed keeps
    the order of sets in it, and so its bytes, the same.
    """
    command = [str(runtime.python), "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    for path in paths:
        is_layer = path.name in _IN_LAYER
        base, place = (path, _LAYER) if is_layer else (path.parent, _TASK)
        stripped = ["-s", str(base), "-p", place, str(path)]
        done = subprocess.run([*command, *stripped], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DeploymentError(f"{path.name} could not be compiled by {runtime.python}:\n{done.stdout.strip()}")


def zip_up(files: Iterable[tuple[str, Path]], target: Path) -> None:
    """files: names in the zip, and what they hold. Raises DeploymentError for a zip that Lambda does not take."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    if part.stat().st_size > _ZIPPED_LIMIT_BYTES:
        raise DeploymentError(f"{target.name} is {part.stat().st_size / 1e6:.0f} MB; Lambda takes 50 MB at most")
    part.replace(target)


def of_app(build: Path) -> Iterator[tuple[str, Path]]:
    yield "app.py", build / "app.py"
    for path in (build / "__pycache__").glob("app.*.pyc"):
        yield f"__pycache__/{path.name}", path
    yield from _under(build / "chalicelib", build, "")


def of_layer(build: Path) -> Iterator[tuple[str, Path]]:
    for name in _IN_LAYER:
        yield from _under(build / name, build / name, "python/")


def _under(folder: Path, base: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{prefix}{path.relative_to(base).as_posix()}", path
