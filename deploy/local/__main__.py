"""`python -m deploy.local start|stop|status`, for developers: the local AWS without a deployment."""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.local.aws import LocalAwsError, start, status, stop

USAGE = "usage: python -m deploy.local start|stop|status"


def main(arguments: list[str]) -> int:
    root = Path(__file__).resolve().parents[2]
    try:
        match arguments:
            case ["start"]:
                aws = start(root, report=say)
                say(f"running at {aws.endpoint_url}, model at {aws.model_url or 'the address in your environment'}")
            case ["stop"]:
                say("stopped" if stop(root) else "not running")
            case ["status"]:
                say(status(root).line)
            case _:
                say(USAGE)
                return 2
    except LocalAwsError as error:
        say(f"error: {error}")
        return 1
    return 0


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
