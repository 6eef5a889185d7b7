"""`python -m deploy`, which `deploy.sh` runs."""

import sys

from .commands import main

sys.exit(main(sys.argv[1:]))
