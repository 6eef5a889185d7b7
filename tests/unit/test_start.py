"""What a function imports while it starts, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from chalicelib import services

from tests import stage as stages

APP = Path(services.__file__).resolve().parents[1]
ONE_FUNCTIONS = {"chalicelib.answering.worker", "chalicelib.files.extraction_worker", "anthropic", "apsw"}


@pytest.mark.parametrize(
    ("function", "own"),
    [
        ("chatapp-test", set()),
        ("chatapp-test-answer", {"chalicelib.answering.worker", "anthropic", "apsw"}),
        ("chatapp-test-extract", {"chalicelib.files.extraction_worker", "apsw"}),
        ("chatapp-test-websocket_connect", set()),
    ],
)
def test_what_one_function_needs_is_imported_while_that_one_starts(
    tmp_path: Path, function: str, own: set[str]
) -> None:
    script = "import sys; sys.path.insert(0, sys.argv[1]); import app; print(*sys.modules)"
    environ = {**stages.ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": function, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-I", "-c", script, str(APP)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert ONE_FUNCTIONS & set(done.stdout.split()) == own
