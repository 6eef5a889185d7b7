"""What an answer may do besides speaking, as its rounds use it: over a conversation's files, or a twin's entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chalicelib.shapes import ToolDetail

from .file_blocks import Source
from .file_tools import Found, Result


class Toolbox(Protocol):
    """found: what the tools gave so far, by the source that it is cited by. seen: the documents that they gave."""

    @property
    def found(self) -> Mapping[str, Sequence[Found]]: ...

    @property
    def seen(self) -> Sequence[Source]: ...

    @property
    def definitions(self) -> tuple[dict[str, Any], ...]:
        """Constant, byte for byte: the prompt's cache begins with them."""

    def detail(self, name: str, given: dict[str, Any]) -> ToolDetail:
        """What is shown of a call, whether it is a good one or not."""

    def use(self, name: str, given: dict[str, Any], max_tokens: int = ...) -> Result:
        """Make a call. Only what is our fault is raised."""
