"""The child process: what it may take, how it ends, and what its caller sees of that."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace

import pytest
from chalicelib.extraction import ExtractionError, Kind, Limits, Page, Total, read
from chalicelib.extraction.sandbox import parent

from tests.unit import extraction_files as files

# Takes a reader's place: the child finds it on the path that it was given by its caller.
PACKAGE = "chalicelib.extraction"
Reader = Callable[[str], Path]
READER = """
from {package}.pages import Page, Total
def read(path, limits, start_page):
    for number in range(start_page, 4):
        yield Page(number, {{"kind": "page", "label": "page"}}, "text " * 10)
{body}
"""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Make the child read by a body of our own, in a copy of the package that it finds first."""

    def use(body: str) -> Path:
        package = tmp_path / "shadow" / "chalicelib" / "extraction"
        shutil.copytree(Path(parent.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
        (package.parent / "__init__.py").write_text("")
        (package / "readers" / "plain_text.py").write_text(READER.format(package=PACKAGE, body=indent(body, "    ")))
        monkeypatch.setattr(sys, "path", [str(package.parents[1]), *sys.path])
        path = tmp_path / "a.txt"
        path.write_text("text")
        return path

    return use


KIND = Kind("text/plain", "text", "text", "plain_text")


def _ended(path: Path, limits: Limits = files.FAST) -> tuple[list[Page], ExtractionError]:
    pages: list[Page] = []
    with pytest.raises(ExtractionError) as raised:
        pages.extend(item for item in read(path, KIND, limits) if isinstance(item, Page))
    return pages, raised.value


def _collected(path: Path, limits: Limits) -> tuple[int, str]:
    count = 0
    try:
        for item in read(path, KIND, limits):
            count += isinstance(item, Page)
    except ExtractionError as error:
        return count, error.code
    return count, ""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("bytearray(600 * 1024 * 1024)", "too_much_memory"),
        ("held = []\nwhile True: held.append(bytes(1_000_000))", "too_much_memory"),
        ("while True: pass", "too_slow"),
        ("import time; time.sleep(60)", "too_slow"),
        ("raise ValueError('SECRET')", "broken_file"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "too_much_memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "broken_file"),
        ("import os; os._exit(0)", "broken_file"),
        ("import sys; sys.stdout.buffer.write(b'not json\\n')", "broken_file"),
        ("import sys; sys.stdout.buffer.write(b'x' * 3_000_000)", "broken_file"),
        ("def deeper(): deeper()\ndeeper()", "broken_file"),
    ],
)
def test_each_way_to_fail_has_its_name_and_keeps_the_pages_before(reader: Reader, body: str, code: str) -> None:
    path = reader(body)
    silence_s = 6 if "sleep" in body else 28
    assert _collected(path, Limits(cpu_s=1, silence_s=silence_s)) == (3, code)


@pytest.mark.parametrize(
    "body",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "open('/tmp/chatapp-written-by-a-parser', 'w').write('x' * 10_000)",
    ],
)
def test_a_parser_cannot_connect_start_programs_or_write(reader: Reader, body: str) -> None:
    _, error = _ended(reader(body))
    assert error.code == "broken_file"
    assert "child.py" in error.detail or "OSError" in error.detail


def test_a_library_that_asks_the_system_in_vain_goes_on(reader: Reader) -> None:
    """pycryptodome does when it is imported without cffi, as in the functions' package."""
    body = 'import platform; yield Page(4, {"kind": "page", "label": ""}, platform.architecture()[0])'
    pages = [item for item in read(reader(body), KIND, files.FAST) if isinstance(item, Page)]
    assert pages[-1].text == "64bit"


def test_the_child_sees_no_credentials(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    body = 'import os; yield Page(4, {"kind": "page", "label": ""}, " ".join(sorted(os.environ)))'
    path = reader(body)
    last = [item for item in read(path, KIND, files.FAST) if isinstance(item, Page)][-1]
    assert "LC_ALL" in last.text
    assert "AWS" not in last.text


def test_the_limits_of_the_child_are_set(reader: Reader) -> None:
    body = (
        "import resource as r\n"
        "values = [r.getrlimit(each)[0] for each in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE, r.RLIMIT_FSIZE)]\n"
        'yield Page(4, {"kind": "page", "label": ""}, repr(values))'
    )
    path = reader(body)
    limits = Limits(memory_bytes=200_000_000, cpu_s=7)
    pages = [item for item in read(path, KIND, limits) if isinstance(item, Page)]
    assert pages[-1].text == "[200000000, 7, 0, 0]"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 200_000_000


def test_one_page_may_not_take_all_of_the_time(reader: Reader) -> None:
    body = (
        "import resource, time\n"
        "while time.process_time() < 1: pass\n"
        'yield Page(4, {"kind": "page", "label": ""}, "")\n'
        'yield Page(5, {"kind": "page", "label": ""}, str(resource.getrlimit(resource.RLIMIT_CPU)[0]))'
    )
    pages = [item for item in read(reader(body), KIND, Limits(page_cpu_s=9)) if isinstance(item, Page)]
    assert 10 <= int(pages[-1].text) < 30


def test_pages_without_end_add_nothing_to_the_time(reader: Reader) -> None:
    body = 'number = 3\nwhile True:\n    number += 1\n    yield Page(number, {"kind": "page", "label": ""}, "")'
    pages, code = _collected(reader(body), Limits(cpu_s=1, max_pages=200_000))
    assert code == "too_slow"
    assert pages > 3


def test_pages_arrive_before_the_next_is_parsed(reader: Reader) -> None:
    path = reader("import time; time.sleep(60)")
    items = read(path, KIND, files.FAST)
    assert [next(items).__class__ for _ in range(3)] == [Page] * 3
    items.close()


def test_closing_the_iterator_ends_the_child(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = parent.start

    def remember(*arguments: object) -> subprocess.Popen[bytes]:
        started.append(start(*arguments))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(parent, "start", remember)
    items = read(reader("while True: pass"), KIND, files.FAST)
    next(items)
    assert started[0].poll() is None
    items.close()
    assert started[0].returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)


def test_a_slow_caller_is_not_taken_for_a_slow_parser(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    passed_s = 0
    monkeypatch.setattr(parent, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + passed_s))
    path = reader('import time; time.sleep(1); yield Page(4, {"kind": "page", "label": ""}, "late")')
    numbers = []
    for item in read(path, KIND, files.FAST):
        if isinstance(item, Page):
            numbers.append(item.number)
            passed_s += 1_000
    assert numbers == [1, 2, 3, 4]


def test_importing_the_package_imports_no_parser() -> None:
    script = "import sys; sys.path.insert(0, sys.argv[1]); import chalicelib.extraction; print(*sys.modules)"
    folder = Path(parent.__file__).parents[3]
    done = subprocess.run([sys.executable, "-I", "-c", script, str(folder)], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in done.stdout.split()}
    assert not imported & {"pypdf", "Crypto", "chardet", "zipfile", "xml", "html", "csv", "sqlite3", "apsw"}


def test_the_caller_holds_no_file(tmp_path: Path) -> None:
    """The caller's memory does not grow with a text of 20 MB; measured in a process of its own."""
    path = tmp_path / "a.txt"
    path.write_text("some words on a line\n" * 1_000_000)
    script = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from chalicelib.extraction import kind_of, read\n"
        "path = Path(sys.argv[2]); peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
        "small = Path(sys.argv[3]); list(read(small, kind_of(small, 'a.txt', ''))); before = peak()\n"
        "count = sum(1 for _ in read(path, kind_of(path, 'a.txt', '')))\n"
        "print(count, peak() - before)"
    )
    small = tmp_path / "small.txt"
    small.write_text("x")
    folder = Path(parent.__file__).parents[3]
    command = [sys.executable, "-I", "-c", script, str(folder), str(path), str(small)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    count, grown_kb = map(int, done.stdout.split())
    assert count > 5_000
    assert grown_kb < 4_000


def test_a_total_can_be_sent() -> None:
    from chalicelib.extraction.pages import as_json, from_json

    total = Total(3, final=True, image={"width": 1, "height": 2, "frames": 3})
    assert from_json(as_json(total)) == total
