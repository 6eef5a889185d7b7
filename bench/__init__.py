"""What chatapp costs and how fast it is, measured. `README.md` says what and how."""

import sys
from pathlib import Path

# As on Lambda, where `app` and `chalicelib` stand at the top.
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "chatapp"))
