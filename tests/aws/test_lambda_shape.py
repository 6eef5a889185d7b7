"""The functions as they are packed, in the shape of a Lambda, where much is missing that a developer's machine has."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalicelib import functions

from deploy.environment import Stage
from deploy.functions import app_modules, package, policies, runtime
from tests.packaged import shape
from tests.packaged.stage import PackagedStage, packaged
from tests.people import Person, text_of
from tests.stage import demo_model
from tests.unit import extraction_files as files

_AIM_BYTES = 30_000_000
_AIM_OF_APP_BYTES = 2_500_000
_STAGE = Stage("test", "eu-west-1")
_GARDENS = [f"The irises of garden {number} cost {100 + number} euros." for number in range(1, 41)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> package.Package:
    """With Lambda's wheels, for the Python that runs this."""
    folder = tmp_path_factory.mktemp("build")
    if found := shape.problem(folder):
        assert os.environ.get("CI") != "true", found
        pytest.skip(found)
    grants = {name: function.allowed for name, function in app_modules.functions().items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "build", property(lambda self: folder))
        return package.build(_STAGE, runtime.running(), policies.clients(grants), lambda _: None)


@pytest.fixture(scope="module")
def stage(built: package.Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackagedStage]:
    task = shape.unpack(built, tmp_path_factory.mktemp("task"))
    with demo_model() as model, packaged(task, model, tmp_path_factory.mktemp("logs"), document_tokens=100) as made:
        yield made


@pytest.fixture
def ada(stage: PackagedStage) -> Person:
    return Person(stage, "ada")


def test_the_package_has_room_to_grow(built: package.Package) -> None:
    assert built.layer is not None
    assert built.path.stat().st_size + built.layer.stat().st_size <= _AIM_BYTES


def test_the_app_knows_its_version_by_the_package_alone(built: package.Package) -> None:
    with zipfile.ZipFile(built.path) as packed:
        assert packed.read("chalicelib/version.txt").decode() == built.version


def test_a_changed_line_uploads_the_app_alone(built: package.Package) -> None:
    assert built.path.stat().st_size <= _AIM_OF_APP_BYTES


@pytest.fixture(scope="module")
def dry_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """By version, what pip would install; all at once, since it waits for the index most of the time."""
    started = {version: _dry_run(version, tmp_path_factory.mktemp("target")) for version in runtime.ON_AWS}
    yield started
    for process in started.values():
        if process.poll() is None:
            process.kill()
            process.communicate()


def _dry_run(version: str, target: Path) -> subprocess.Popen[str]:
    arguments = package.platform_arguments(_STAGE, runtime.Runtime(version, Path()))
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--dry-run"]
    command += ["--require-hashes", "--only-binary=:all:", "--no-deps", "--target", str(target), *arguments]
    command += ["-r", str(package.APP_FOLDER / "requirements.txt")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.parametrize("version", runtime.ON_AWS)
def test_every_dependency_has_a_wheel_for_each_python_of_lambdas(
    dry_runs: dict[str, subprocess.Popen[str]], version: str
) -> None:
    said, _ = dry_runs[version].communicate()
    assert dry_runs[version].returncode == 0, said


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        ("__import__('pathlib').Path('/var/task/new').touch()", "Read-only file system"),
        ("__import__('pathlib').Path('/var/task/chalicelib/__init__.py').write_text('')", "Read-only file system"),
        ("__import__('os').listdir('/dev/shm')", "No such file or directory"),
        ("__import__('multiprocessing').Lock()", "No such file or directory"),
        ("__import__('sqlite3')", "_sqlite3"),
        ("__import__('pytest')", "No module named 'pytest'"),
    ],
)
def test_the_shape_refuses_what_lambda_does(stage: PackagedStage, attempt: str, outcome: str) -> None:
    with pytest.raises(AssertionError, match=outcome):
        stage.processes.of(functions.API).probe(attempt)


def test_the_shape_has_the_room_of_lambda(stage: PackagedStage) -> None:
    assert stage.processes.of(functions.API).probe("__import__('shutil').disk_usage('/tmp').total") == 2**29


@pytest.mark.parametrize("name", app_modules.functions())
def test_every_function_starts(stage: PackagedStage, name: str) -> None:
    assert stage.processes.of(name).probe("__import__('app').__file__") == "/var/task/app.py"


def test_the_api_answers(ada: Person) -> None:
    assert ada.get("/health").body == {"status": "ok", "stage": "test"}


def test_a_pdf_is_read_indexed_and_searched(stage: PackagedStage, ada: Person, tmp_path: Path) -> None:
    file_id = ada.stage.ready(ada, files.pdf(tmp_path / "gardens.pdf", _GARDENS), "gardens.pdf", "application/pdf")
    assert stage.row("files", file_id)["pages"] == len(_GARDENS)
    stage.script("Which garden?", times=1, tool_use={"name": "search_files", "input": {"query": "irises garden 35"}})
    stage.script(None, times=1, text="It cost 135 euros.")
    answer = ada.ask(ada.new_conversation(title="T"), "Which garden?", file_ids=[file_id])
    assert (answer["status"], text_of(answer)) == ("complete", "It cost 135 euros.")
    (result,) = stage.prompts()[-1]["messages"][-1]["content"]
    assert result["content"][0]["source"] == f"{file_id}#page=35"
    assert "cost 135 euros" in str(result["content"][0])
