"""Archives of an invented member, after the shapes that LinkedIn's "download your data" had in 2019, 2022 and 2025.

Whole or basic, in English or French; with what such archives have of quirks (byte order marks, newlines in quotes,
notes above the header, folders, the member's number in names) and of private parts: messages, connections, addresses,
numbers, advertising, receipts, searches, inferences. Each private value is one of `linkedin_rows.CANARIES`, so
that a scan of what was stored tells whether any of it came through.

`sent` is what the site's own reader makes of one, and a browser sends. To write them all into a folder:
`python -m tests.linkedin_archives FOLDER`.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.linkedin_rows import COLUMNS, E_MAIL, NUMBER, PRIVATE, PRIVATE_OF_COMPLETE, PROFILE, ROWS

YEARS = (2019, 2022, 2025)
KINDS = ("basic", "complete")
LANGUAGES = ("en", "fr")
ALL = list(itertools.product(YEARS, KINDS, LANGUAGES))

_BASIC = ("Profile", "Positions", "Education", "Skills", "Languages")
# What it was called before, and what it is called in French.
_NAMES_OF_2019 = {"Volunteering": "Volunteer Experiences", "Test Scores": "Test Scores"}
_NAMES_OF_2022 = {"Recommendations Received": "Recommendations_Received", "Test Scores": "TestScores"}
_NAMES_OF_2025 = {**_NAMES_OF_2022, "Shares": "Shares_252000747"}
_NAMES = {2019: _NAMES_OF_2019, 2022: _NAMES_OF_2022, 2025: _NAMES_OF_2025}
_FRENCH_NAMES = {
    "Profile": "Profil",
    "Positions": "Postes",
    "Education": "Formation",
    "Skills": "Compétences",
    "Languages": "Langues",
    "Certifications": "Licences et certifications",
    "Projects": "Projets",
    "Volunteering": "Bénévolat",
    "Honors": "Prix et distinctions",
    "Courses": "Cours",
    "Organizations": "Organisations",
    "Test Scores": "Résultats d’examens",
    "Recommendations Received": "Recommandations reçues",
    "Shares": "Partages",
}

# How many entries an archive has by section; `about` is the profile's, `posts` count the article.
ENTRIES: dict[str, dict[str, int]] = {
    "basic": {"about": 1, "links": 2, "experience": 3, "education": 2, "skills": 3, "languages": 2}
}
ENTRIES["complete"] = {
    **ENTRIES["basic"],
    **dict.fromkeys(("certifications", "projects", "publications", "volunteering", "honors", "courses"), 1),
    **dict.fromkeys(("organizations", "test_scores", "recommendations"), 1),
    "posts": 3,
}

_NOTES = (
    'Notes:\r\n"When exporting your data, you may notice that some\nof it is missing. Learn more: canary-help"\r\n\r\n'
)
_ARTICLE = """<html>
<head><title>{title}</title><style>p {{ color: red }}</style></head>
<body><h1><a href="https://www.linkedin.example/pulse/levels">{title}</a></h1>
<p class="created">Created on 2018-06-01 08:00</p><div><p>{text}</p><p>{more}</p></div></body></html>
"""
_ARTICLES = {
    "en": ("Reading levels", "A level is a number.", f"Two are a trend. Mine is {E_MAIL}."),
    "fr": ("Lire les niveaux", "Un niveau est un nombre.", f"Deux font une tendance. La mienne : {E_MAIL}."),
}


def archive(year: int, kind: str, language: str) -> bytes:
    """One archive, as a zip."""
    files = dict(_files(year, kind, language))
    folder = f"{kind.capitalize()}_LinkedInDataExport_11-20-2025/" if year == 2025 else ""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(folder + name, text.encode())
    return packed.getvalue()


def _files(year: int, kind: str, language: str) -> Iterator[tuple[str, str]]:
    for name, (english, french) in COLUMNS.items():
        if kind == "basic" and name not in _BASIC:
            continue
        called = _FRENCH_NAMES.get(name, name) if language == "fr" else _NAMES[year].get(name, name)
        columns = french if language == "fr" else [each.removeprefix("*") for each in english]
        rows = [PROFILE[language]] if name == "Profile" else ROWS[language][name]
        mark = "\ufeff" if name in ("Positions", "Skills") and year >= 2022 else ""
        notes = _NOTES if name in ("Education", "Recommendations Received") and year != 2022 else ""
        yield f"{called}.csv", mark + notes + _csv(columns, rows)
    yield from _private(year, kind)
    if kind == "complete":
        title, text, more = _ARTICLES[language]
        folder = "Articles/Articles" if year == 2025 else "Articles"
        yield f"{folder}/levels-éé-7n5pe.html", _ARTICLE.format(title=title, text=text, more=more)
        yield "LearningCoachMessages.csv", "No conversations found"
        yield "Rich_Media.csv", ""
        yield "Media Files/canary.jpg", "canary"


def _private(year: int, kind: str) -> Iterator[tuple[str, str]]:
    tables = PRIVATE | (PRIVATE_OF_COMPLETE[year] if kind == "complete" else {})
    for name, columns in tables.items():
        notes = _NOTES if name == "Connections" else ""
        row = [_private_value(column) for column in columns]
        yield f"{name}.csv", notes + _csv(columns, [row, row], csv.QUOTE_ALL if name == "messages" else 0)


def _private_value(column: str) -> str:
    if "email" in column.casefold():
        return E_MAIL
    return NUMBER if "number" in column.casefold() else f"canary of {column}, and\nmore"


def _csv(columns: list[str], rows: list[list[str]], quoting: Any = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator="\n")
    writer.writerows([columns, *rows])
    return text.getvalue()


# What a browser sends of it


def sent(year: int, kind: str, language: str) -> dict[str, list[dict[str, str]]]:
    """The files and columns of the list, under their names there."""
    return {each["file"]: each["rows"] for each in _read()[_name(year, kind, language)]["files"]}


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    """All archives by their names, as the site reads them."""
    site = Path(__file__).parent.parent / "site"
    with TemporaryDirectory() as folder:
        main(Path(folder))
        command = ["node", "scripts/readArchives.mjs", folder]
        done = subprocess.run(command, cwd=site, check=True, stdout=subprocess.PIPE, text=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def the_list() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "chatapp/chalicelib/twin/linkedin.json"
    listed: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return listed


def fold(text: str) -> str:
    from chalicelib.twin.texts import fold as folded

    return folded(text)


def _name(year: int, kind: str, language: str) -> str:
    return f"linkedin-{year}-{kind}-{language}.zip"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for year, kind, language in ALL:
        (folder / _name(year, kind, language)).write_bytes(archive(year, kind, language))


if __name__ == "__main__":
    sys.path.insert(0, "chatapp")
    main(Path(sys.argv[1]))
