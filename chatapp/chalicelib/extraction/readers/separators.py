"""What separates the fields of a text table, and how many there are: told by its first lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_SEPARATORS = ",;\t|"
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_AMOUNT = re.compile(r"[-+]?\d{1,3}(?:[ .\u00a0\u202f]?\d{3})*,(\d{2})")
_FEWEST_AMOUNTS = 3


@dataclass(frozen=True)
class _Candidate:
    separator: str
    count: int  # the commonest number of it in a line
    share: float  # of lines that have so many


def dialect(lines: Sequence[str], said: str | None) -> tuple[str, int]:
    """The separator and the usual number of fields. said: by the file itself."""
    bare = [text for line in lines if (text := _QUOTED.sub('""', line).strip(" ")).strip(_SEPARATORS + " ")]
    if said:
        return said, _candidate(bare, said).count + 1
    found = [each for each in (_candidate(bare, separator) for separator in _SEPARATORS) if each.count]
    if not found:
        return ",", 1
    comma = next((each for each in found if each.separator == ","), None)
    others = [each for each in found if each.separator != ","]
    best = max(others, key=_merit, default=None)
    if best is None:
        return ("\t", 1) if _is_column_of_amounts(bare) else (",", found[0].count + 1)
    if comma and _merit(comma) > _merit(best) and not _is_decimal(bare, best):
        return ",", comma.count + 1
    return best.separator, best.count + 1


def _candidate(bare: Sequence[str], separator: str) -> _Candidate:
    counts = Counter(line.count(separator) for line in bare)
    del counts[0]
    # Of two as common the larger: rows may leave out what is empty at their end.
    count = max(counts, key=lambda each: (counts[each], each), default=0)
    near = sum(times for each, times in counts.items() if each)
    return _Candidate(separator, count, (counts[count] + near) / (2 * len(bare)) if count else 0.0)


def _merit(candidate: _Candidate) -> tuple[float, int]:
    return (round(candidate.share, 1), candidate.count)


def _is_decimal(bare: Sequence[str], other: _Candidate) -> bool:
    """Whether commas stand inside numbers, so that the other separator is meant: `10,50;20,75`, `1,234|5,678`."""
    commas = sum(line.count(",") for line in bare)
    inside = sum(len(_DECIMAL.findall(line)) for line in bare)
    in_fields = sum(field.count(",") <= 1 for line in bare for field in line.split(other.separator))
    fields = sum(line.count(other.separator) + 1 for line in bare)
    return inside >= commas * 0.8 and other.share >= 0.5 and in_fields >= fields * 0.8


def _is_column_of_amounts(bare: Sequence[str]) -> bool:
    """One column of numbers with decimal commas, not two of whole ones: a header without a comma, or `,05`."""
    has_header = "," not in bare[0]
    found = [_AMOUNT.fullmatch(line.strip()) for line in bare[has_header:]]
    if len(found) < _FEWEST_AMOUNTS - has_header or not all(found):
        return False
    return has_header or any(each[1].startswith("0") for each in found if each)
