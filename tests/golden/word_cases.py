"""All files that `make_word.py` writes, by name."""

from __future__ import annotations

from tests.golden import word_docx, word_docx_more, word_others

CASES = {**word_docx.CASES, **word_docx_more.CASES, **word_others.CASES}
