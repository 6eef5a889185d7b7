"""Which reader has read a file, as a number on its row: raised with a change after which files read before are worth
reading again."""

from __future__ import annotations

# 1: rows without a version, of before there was one. 2: notes, and pages by sight. 3: only what is seen of a PDF.
READER_VERSION = 3
