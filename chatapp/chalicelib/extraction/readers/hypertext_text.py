"""Raised and struck text of a web page, in a line that keeps its meaning: 10^6 is not 106."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[-+−–]?\d[\d.,]*")
_WORD = re.compile(r"[^\W_]+")
# What is raised after a figure and is no power: 1st, 2e, 3º; a single letter otherwise is one (2^n).
_ORDINALS = "st nd rd th e er re ère ème eme o a os as º ª de ter bis"
_LONGEST_POWER = 40


def raised(before: str, text: str) -> str:
    """before: the end of what stands in front of it."""
    power = text.strip()
    base = before[-1:]
    if not power or len(power) > _LONGEST_POWER or not (base.isalnum() or base in {")", "]", "}"} or base == "%"):
        return text
    if _NUMBER.fullmatch(power):
        return f"^{power}"
    is_letter = len(power) == 1 and power.isalpha()
    if _WORD.fullmatch(power):
        word = (re.findall(r"[^\W_]+$", before) or [""])[0]
        is_power = (
            is_letter and power.lower() not in _ORDINALS.split() if base.isdigit() else is_letter and len(word) <= 1
        )
        return f"^{power}" if is_power else power
    if power[0] in "[(*†‡§®™©°'’′,.;:!?" or not any(character.isalnum() for character in power):
        return power
    return f"^({power})"


def struck(text: str) -> str:
    return f"~~{text.strip()}~~" if text.strip() else text
