"""What a twin says, as visitors are shown it: plain text, with no link but those that stand in its sources.

A model that was talked into it could write an address that a reader follows or a page loads. So while an answer
streams, the text of a link stays and where it leads is taken out, unless the sources have it; an image is its
description, and what may still become a link is held back until it is told.
"""

from __future__ import annotations

import re

# What stands for an address that was taken out.
REMOVED = "[…]"
# More is not held back: what was begun by then is let go, addresses still taken out of it.
_LONGEST = 4_000
# Within so much of a text's end, a link that has begun is looked for; and longer is no address's beginning.
_NEAR, _SCHEME = 640, 24
_IN_ADDRESS = r"[^\s<>\"'`\])]"
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*<?([^()\s<>]*(?:\([^()\s<>]*\)[^()\s<>]*)*)>?(?:\s+[^()\n]*)?\)")
_ADDRESS = re.compile(
    rf"(?:[a-z][a-z0-9+.-]{{1,15}}://|\bwww\.){_IN_ADDRESS}+|\b(?:mailto|javascript|data|tel):{_IN_ADDRESS}+", re.I
)
# A link that has begun: an image's mark, the brackets of its text, and as much of its address as there is.
_BEGUN = re.compile(r"!$|!?\[[^\[\]\n]{0,200}(?:\](?:\([^)\n]{0,400})?)?$")
_REST = re.compile(f"^{_IN_ADDRESS}+")
_TRAILING = ".,;:!?"


class Links:
    """An answer as it comes, block by block (`end`). allowed: the addresses that the sources have."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = frozenset(map(_same, allowed))
        self._held = ""
        self._is_dropping = False

    def feed(self, text: str) -> str:
        """What can be shown now."""
        held = self._held + self._after_dropped(text)
        cut = _safe(held)
        if len(held) - cut > _LONGEST:
            return self._let_go(held)
        self._held = held[cut:]
        return self._screened(held[:cut])

    def _let_go(self, held: str) -> str:
        """Of what never ends, all but what may be the beginning of an address; one that never ends goes on unseen."""
        cut = len(held) - _SCHEME
        for found in _ADDRESS.finditer(held):
            if found.end() == len(held):
                self._held, self._is_dropping = "", True
                return self._screened(held[: found.start()]) + REMOVED
            if found.start() < cut < found.end():
                cut = found.end()
        self._held = held[cut:]
        return self._screened(held[:cut])

    def _after_dropped(self, text: str) -> str:
        if not self._is_dropping:
            return text
        rest = _REST.sub("", text, count=1)
        self._is_dropping = not rest
        return rest

    def end(self) -> str:
        """What was held back, now that nothing follows."""
        held, self._held, self._is_dropping = self._held, "", False
        return self._screened(held)

    def _screened(self, text: str) -> str:
        return _ADDRESS.sub(self._address, _LINK.sub(self._link, text))

    def _link(self, found: re.Match[str]) -> str:
        said, address = found[1], found[2]
        if not self._is_allowed(address):
            return said
        return said if said == address else f"{said} ({address})" if said else address

    def _address(self, found: re.Match[str]) -> str:
        address = found[0].rstrip(_TRAILING)
        return found[0] if self._is_allowed(address) else REMOVED + found[0][len(address) :]

    def _is_allowed(self, address: str) -> bool:
        return _same(address) in self._allowed


def _same(address: str) -> str:
    """As addresses are compared."""
    return address.strip().removesuffix("/")


def _safe(text: str) -> int:
    """How far a text can be told to hold no link that has only begun: to its last whole word, or to an open bracket."""
    end = max(text.rfind(" "), text.rfind("\n"), text.rfind("\t")) + 1
    near = max(0, len(text) - _NEAR)
    begun = _BEGUN.search(text, near)
    if begun:
        end = min(end, begun.start())
    for found in _LINK.finditer(text, near):
        if found.start() < end < found.end():
            return found.start()
    return end
