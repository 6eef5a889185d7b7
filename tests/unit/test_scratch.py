"""Temporary folders: each process its own, and none that outlives it for long."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from chalicelib import services
from chalicelib.workers import scratch

from tests.stage import Stage

_KILLED = """
import os, sys, tempfile
tempfile.tempdir = sys.argv[1]
from chalicelib.workers import scratch
folder = scratch.Folder()
(folder.path / "upload").write_text("x")
os._exit(1)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _killed(temporary: Path) -> None:
    """A process that is killed while it has a folder."""
    environment = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", _KILLED, str(temporary)], env=environment, check=False)
    assert len(list(temporary.glob("*/upload"))) == 1


def test_a_folder_is_there_while_it_is_used(temporary: Path) -> None:
    with scratch.Folder() as folder:
        (folder / "upload").write_text("x")
        scratch.remove_stale()
        assert list(temporary.glob("*/upload")) == [folder / "upload"]
    assert list(temporary.iterdir()) == []
    kept = scratch.Folder()
    scratch.remove_stale()
    assert list(temporary.iterdir()) == [kept.path]
    del kept
    assert list(temporary.iterdir()) == []


def test_a_cold_start_removes_what_a_killed_process_left(stage: Stage, temporary: Path) -> None:
    _killed(temporary)
    (temporary / "another").write_text("not ours")
    with scratch.Folder() as folder:
        services.warm("")
        assert len(list(temporary.glob("*/upload"))) == 1
        services.warm("chatapp-test-purge")
        assert set(temporary.iterdir()) == {folder, temporary / "another"}
