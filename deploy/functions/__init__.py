"""The functions' package, policies and configuration, and their deployment by Chalice.
Owns no grant: those are read from the app itself.
"""

import sys
from types import ModuleType

# Chalice's command line imports what `chalice new-project` asks its questions with. Merely imported, that queries the
# terminal, and waits ten seconds where none answers: under script(1), or where a build is given a terminal.
sys.modules.setdefault("inquirer", ModuleType("inquirer"))
