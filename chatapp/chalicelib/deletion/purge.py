"""The order in which something is removed, as a schedule or a queue carries it."""

from __future__ import annotations

from .conversations import purge
from .files import purge_extract, purge_file

# By the name of what is to be removed in the function's event.
KINDS = {"conversation_id": purge, "file_id": purge_file, "extract_of": purge_extract}
