"""What is seen while a deployment works: something that moves, on a terminal and in a log."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from io import StringIO
from pathlib import Path

import pytest

from deploy.progress import Progress, Screen

ROOT = Path(__file__).resolve().parents[2]
SOON_S = 10.0


class Watched(StringIO):
    """A stream that tells when a text was written to it."""

    def __init__(self, awaited: str, *, is_terminal: bool) -> None:
        super().__init__()
        self._awaited, self._is_terminal = awaited, is_terminal
        self.seen = threading.Event()

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._awaited in text:
            self.seen.set()
        return written


def shown(text: str) -> list[str]:
    """The lines that a terminal shows in the end."""
    lines = []
    for line in text.split("\n"):
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        lines.append("".join(cells).rstrip())
    return lines


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setenv("TERM", "xterm")
    return Watched("stack: 0 s", is_terminal=True)


def test_a_silent_step_counts_its_seconds_in_place(terminal: Watched) -> None:
    with Progress(Screen(terminal), tick_s=0.01).step("stack") as step:
        assert terminal.seen.wait(SOON_S)
        step.say("creating")
    first, second, last = shown(terminal.getvalue())
    assert first == "    creating"
    assert re.fullmatch(r"stack \.+ done \(\d+\.\d s\)", second)
    assert last == ""


def test_a_step_that_fails_leaves_an_empty_line_for_its_error(terminal: Watched) -> None:
    progress = Progress(Screen(terminal), tick_s=0.01)
    with pytest.raises(ValueError, match="why"), progress.step("stack"):  # noqa: PT012
        assert terminal.seen.wait(SOON_S)
        raise ValueError("why")
    assert shown(terminal.getvalue()) == [""]
    assert progress.current
    assert progress.current.title == "stack"


@pytest.mark.parametrize(("is_terminal", "term"), [(False, "xterm"), (True, "dumb")])
def test_a_log_gets_whole_lines(monkeypatch: pytest.MonkeyPatch, is_terminal: bool, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    log = Watched("stack: 0 s", is_terminal=is_terminal)
    with Progress(Screen(log), tick_s=0.01).step("stack"):
        assert log.seen.wait(SOON_S)
    assert "\r" not in log.getvalue()
    assert log.getvalue().startswith("    stack: 0 s\n")


# --- Before there is a Python to say anything -------------------------------------------------------------------------


def counting(command: str) -> list[str]:
    return ["bash", "-c", f"set -euo pipefail; source deploy/prepare.sh; counting Installing bash -c '{command}'"]


def test_installing_counts_its_seconds_on_a_terminal(tmp_path: Path) -> None:
    """The command that is waited for ends when a second was seen: where none is, nothing more is read."""
    seen, (ours, theirs) = tmp_path / "seen", pty.openpty()
    command = counting(f"for _ in $(seq 100); do [[ -e {seen} ]] && exit; sleep 0.1; done; exit 1")
    environ = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        text = ""
        while "\r    1 s" not in text:
            try:
                text += os.read(ours, 1024).decode()
            except OSError:  # it has ended
                break
        seen.touch()
        assert process.wait(SOON_S) == 0, text
    assert text.startswith("Installing\r\n")
    os.close(ours)


def test_what_installs_is_quiet_in_a_log_and_holds_no_pipe_open() -> None:
    noise = "for n in $(seq 300); do echo WARNING $n is ignored; done"
    done = subprocess.run(counting(noise), cwd=ROOT, capture_output=True, text=True, timeout=SOON_S / 2, check=True)
    assert (done.stdout, done.stderr) == ("", "Installing\n")


def test_what_cannot_be_installed_shows_the_end_of_what_was_said() -> None:
    noise = "for n in $(seq 300); do echo WARNING $n; done; echo no such package >&2; exit 3"
    done = subprocess.run(counting(noise), cwd=ROOT, capture_output=True, text=True, timeout=SOON_S / 2, check=False)
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("Installing", "no such package", 21)


def test_nothing_asks_the_terminal_what_it_is() -> None:
    script = "import sys, deploy.commands; print([name for name in ('blessed', 'jinxed') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
