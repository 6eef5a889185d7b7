"""The stacks' templates as they are deployed, for the linter: `python -m tests.templates FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from deploy import steps
from deploy.account import cloudformation
from deploy.environment import Stage


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage("prod", "eu-west-1")
    alone = {"pipeline.yaml": cloudformation.template(stage, "pipeline.yaml")}
    for name, body in {**steps.templates(stage), **alone}.items():
        (folder / name).write_text(body)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
