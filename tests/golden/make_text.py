"""Writes the golden texts, pages and messages beside what a person sees in them: `python -m tests.golden.make_text`.

The words of each file and what is expected of it stand here side by side; nothing is read with the app's own code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.golden import html_pages, messages
from tests.languages import LANGUAGES

FOLDER = Path(__file__).parent
_ENCODINGS = (
    ("french", "cp1252", "Windows-1252"),
    ("german", "mac_roman", "Mac Roman"),
    ("spanish", "cp1252", "Windows-1252"),
    ("hungarian", "cp1250", "Windows-1250"),
    ("czech", "iso8859-2", "ISO-8859-2"),
    ("croatian", "cp1250", "Windows-1250"),
    ("lithuanian", "cp1257", "Windows-1257"),
    ("turkish", "cp1254", "Windows-1254"),
    ("russian", "koi8-r", "KOI8-R"),
    ("russian", "cp1251", "Windows-1251"),
    ("ukrainian", "koi8-u", "KOI8-U"),
    ("greek", "cp1253", "Windows-1253"),
    ("hebrew", "cp1255", "Windows-1255"),
    ("arabic", "cp1256", "Windows-1256"),
    ("thai", "cp874", "Windows-874"),
    ("simplified chinese", "gb18030", "GB 18030"),
    ("traditional chinese", "big5", "Big5"),
    ("japanese", "cp932", "Shift JIS"),
    ("japanese", "euc_jp", "EUC-JP"),
    ("korean", "cp949", "EUC-KR"),
    ("korean", "utf-16-le", "UTF-16LE"),
    ("traditional chinese", "utf-16-be", "UTF-16BE"),
)


def written(folder: str, name: str, content: bytes, pages: list[str], **others: Any) -> None:
    path = FOLDER / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    expected = {"pages": pages, **{key: value for key, value in others.items() if value}}
    path.with_name(f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")


def main() -> None:
    for language, encoding, name in _ENCODINGS:
        _, first, second = LANGUAGES[language]
        text = f"{first}\r\n{second}\r\n".replace("–", "-" if encoding.startswith("koi8") else "–")
        file_name = f"{language.replace(' ', '-')}-{encoding}.txt"
        notes = [{"code": "encoding", "names": [name]}]
        written("text", file_name, text.encode(encoding), [text], notes=notes)
    for file_name, content, pages in html_pages.PAGES:
        written("html", file_name, content, pages)
    for file_name, content, pages, notes in messages.MESSAGES:
        written("mail", file_name, content, pages, notes=notes)


if __name__ == "__main__":
    main()
