"""The version of what is stored: every row that is written carries it, and a backup says it of all of them.

It is raised by one with a change after which rows of before have to be rewritten.
"""

from __future__ import annotations

SCHEMA_VERSION = 1
# The attribute of a row.
ATTRIBUTE = "schema_version"
