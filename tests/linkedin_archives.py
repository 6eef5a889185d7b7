"""Archives of an invented member, after the shapes that LinkedIn's "download your data" had in 2019, 2022 and 2025.

Whole or basic, in English or French; with what such archives have of quirks (byte order marks, newlines in quotes,
notes above the header, folders, the member's number in names) and of private parts: messages, connections, addresses,
numbers, advertising, receipts, searches, inferences. Each private value is one of `linkedin_rows.CANARIES`, so
that a scan of what was stored tells whether any of it came through.

`sent` is what a browser makes of an archive that goes by `linkedin.json`. To write them all into a folder:
`python -m tests.linkedin_archives FOLDER`.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
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


def sent(packed: bytes, allowed: dict[str, Any] | None = None) -> dict[str, list[dict[str, str]]]:
    """The files and columns of the list, under their names there."""
    allowed = allowed or the_list()
    by_name = {fold(each): name for name, file in allowed["files"].items() for each in (name, *file["names"])}
    files: dict[str, list[dict[str, str]]] = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as zipped:
        for path in zipped.namelist():
            folders, base = path.split("/")[:-1], path.split("/")[-1]
            if base.endswith(".html") and "Articles" in folders:
                files.setdefault("Articles", []).append(_article(zipped.read(path).decode()))
            name = by_name.get(fold(re.sub(r"(_\d+)?\.csv$", "", base)))
            if base.endswith(".csv") and name:
                text = zipped.read(path).decode("utf-8-sig")
                rows = _table(text, allowed["files"][name]["columns"], allowed["limits"]["header_lines"])
                files[name] = rows[: allowed["files"][name]["rows"]]
    return files


def the_list() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "chatapp/chalicelib/twin/linkedin.json"
    listed: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return listed


def fold(text: str) -> str:
    from chalicelib.twin.texts import fold as folded

    return folded(text)


def _table(text: str, columns: dict[str, list[str]], header_lines: int) -> list[dict[str, str]]:
    known = {fold(each): column for column, others in columns.items() for each in (column, *others)}
    rows = list(csv.reader(io.StringIO(text)))
    counts = [sum(fold(each) in known for each in row) for row in rows[:header_lines]]
    if not any(counts):
        return []
    header = counts.index(max(counts))
    names = [known.get(fold(each)) for each in rows[header]]
    return [_row(names, each) for each in rows[header + 1 :] if any(each)]


def _row(names: list[str | None], values: Iterable[str]) -> dict[str, str]:
    return {name: value for name, value in zip(names, values, strict=False) if name}


def _article(page: str) -> dict[str, str]:
    title, link = re.search(r"<title>(.*?)</title>", page), re.search(r'<h1><a href="(.*?)"', page)
    paragraphs = re.findall(r"<p>(.*?)</p>", page)
    created = re.search(r"(?:Created|Published) on ([\d-]+)", page)
    return {
        "Title": title[1] if title else "",
        "Url": link[1] if link else "",
        "Published On": created[1] if created else "",
        "Text": "\n\n".join(paragraphs),
    }


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for year, kind, language in ALL:
        (folder / f"linkedin-{year}-{kind}-{language}.zip").write_bytes(archive(year, kind, language))


if __name__ == "__main__":
    sys.path.insert(0, "chatapp")
    main(Path(sys.argv[1]))
