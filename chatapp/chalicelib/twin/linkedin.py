"""LinkedIn's "download your data": which files and columns of it are taken, and what their rows tell.

`linkedin.json` is the one list. The browser reads the archive by it and sends those files and columns alone, under
their names there; here all that came is checked against the same list, so that nothing else is stored whoever sends
it. A name of the archive is one of the list's where both are the same once folded (`texts.fold`), without folders,
`.csv` and the member's number (`Shares_252701747.csv`); `names` and `columns` hold the others that LinkedIn has used,
by year and language. In a CSV the header is, of its first `header_lines` rows, the one with the most columns of the
list: above it may stand notes, whose own title is a column's name, too. An article (`html`) is a page: its title, its
link and its text. Of more rows than `rows` the first are taken.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from chalicelib.errors import InvalidRequest, PayloadTooLarge
from chalicelib.extraction.cleaning import tidy

from .dates import parsed
from .found import Found, short
from .texts import fold, masked, words

Row = dict[str, str]
Files = Mapping[str, list[Row]]

_SHOWN_CHARACTERS = 40
_WEB = re.compile(r"^https?://[^\s/?#@\\]+(?:[/?#]\S*)?$", re.IGNORECASE)
# `[PORTFOLIO:https://…,OTHER:https://…]`, or addresses alone.
_WEBSITE = re.compile(r"(?:([A-Z][A-Z_ ]*):)?((?:https?://|www\.)[^\s,\]]+)")
# Of posts that anybody may read; what only some may is hidden until the owner shows it.
_OPEN = {"", "public", "membernetwork", "toutlemonde", "anyone"}
_SHOWN = {"", "visible", "shown", "accepted", "affichee", "affiche"}


@dataclass(frozen=True, slots=True)
class _File:
    section: str
    columns: frozenset[str]
    rows: int
    characters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _List:
    characters: int
    total_characters: int
    files: Mapping[str, _File]


@lru_cache(maxsize=1)
def _list() -> _List:
    read = json.loads(Path(__file__).with_name("linkedin.json").read_text("utf-8"))
    files = {
        name: _File(each["section"], frozenset(each["columns"]), each["rows"], each.get("characters", {}))
        for name, each in read["files"].items()
    }
    return _List(read["limits"]["characters"], read["limits"]["total_characters"], files)


def checked(files: Files) -> dict[str, list[Row]]:
    """What was sent, if all of it is on the list and within its limits: cleaned, and masked.

    Raises InvalidRequest, which names the file and the column, and PayloadTooLarge.
    """
    allowed = _list()
    rows: dict[str, list[Row]] = {}
    total = 0
    for name, sent in files.items():
        if name not in allowed.files:
            raise InvalidRequest(
                "files",
                f"“{name[:_SHOWN_CHARACTERS]}” is not taken; send only {', '.join(allowed.files)}",
                reason="not_taken",
            )
        total += sum(len(value) for row in sent for value in row.values())
        if total > allowed.total_characters:
            problem = f"take at most {allowed.total_characters:,} characters together; send fewer rows"
            raise PayloadTooLarge("files", problem, allowed.total_characters, "characters")
        rows[name] = [each for each in _rows(name, sent, allowed) if each]
    return rows


def _rows(name: str, sent: list[Row], allowed: _List) -> list[Row]:
    file = allowed.files[name]
    if len(sent) > file.rows:
        problem = f"takes at most {file.rows} rows, not {len(sent):,}"
        raise InvalidRequest(f"files.{name}", problem, reason="too_many", limit=file.rows, actual=len(sent))
    for row in sent:
        for column, value in row.items():
            if column not in file.columns:
                known = ", ".join(sorted(file.columns))
                problem = f"the column “{column[:_SHOWN_CHARACTERS]}” is not taken; send only {known}"
                raise InvalidRequest(f"files.{name}", problem, reason="not_taken")
            most = file.characters.get(column, allowed.characters)
            if len(value) > most:
                problem, length = f"takes at most {most:,} characters, not {len(value):,}", len(value)
                raise InvalidRequest(
                    f"files.{name}.{column}", problem, reason="too_long", limit=most, actual=length, unit="characters"
                )
    return [{column: text for column, value in row.items() if (text := _clean(value))} for row in sent]


def _clean(value: str) -> str:
    # Posts come with each of their lines in quotes of its own.
    return masked(tidy(html.unescape(value).replace('"\n"', "\n")))


def owner_of(files: Files, owner_name: str) -> str:
    """Whose archive it is: by its profile, or as the browser says where that was not sent."""
    profile = next(iter(files.get("Profile", [])), {})
    return " ".join(filter(None, (profile.get("First Name"), profile.get("Last Name")))) or owner_name.strip()


def headline_of(files: Files) -> str:
    return short(next(iter(files.get("Profile", [])), {}).get("Headline", ""))


def is_same_person(name: str, other: str) -> bool:
    """Whether two names may be of one person: all words of one are among the other's, in whatever order."""
    one, two = words(name), words(other)
    return bool(one and two) and (one <= two or two <= one)


def found(files: Files) -> list[Found]:
    """What the rows tell, in the archive's order; what stands twice is told once. files: as `checked` gave them."""
    told = [each for name, rows in files.items() for row in rows for each in _READERS[name](row)]
    return list(dict.fromkeys(each for each in told if each.title or each.text))


def _profile(row: Row) -> Iterable[Found]:
    about = Found(
        "about",
        short(row.get("Headline", "")),
        subtitle=short(row.get("Industry", "")),
        place=short(row.get("Geo Location", "")),
        text=row.get("Summary", ""),
    )
    if about.title or about.text:
        yield about
    for label, address in _WEBSITE.findall(row.get("Websites", "")):
        url = _web(address if address.lower().startswith("http") else f"https://{address}")
        if url:
            named = label.replace("_", " ").strip().capitalize()
            yield Found("links", short(named or re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")), url=url)


def _education(row: Row) -> Iterable[Found]:
    school = row.get("School Name", "")
    degree = ", ".join(filter(None, (row.get("Degree Name"), row.get("Field Of Study"))))
    yield Found(
        "education",
        short(degree or school),
        subtitle=short(school if degree else ""),
        start=parsed(row.get("Start Date", "")),
        end=parsed(row.get("End Date", "")),
        text="\n\n".join(filter(None, (row.get("Notes"), row.get("Activities")))),
    )


def _volunteering(row: Row) -> Iterable[Found]:
    for each in _columns("volunteering", "Role", "Company Name")(row):
        yield each if each.text else each.with_changes(text=row.get("Cause", ""))


def _organization(row: Row) -> Iterable[Found]:
    position = row.get("Position", "")
    titles = ("Position", "Name") if position else ("Name", "")
    yield from _columns("organizations", *titles)(row)


def _recommendation(row: Row) -> Iterable[Found]:
    if fold(row.get("Status", "")) not in _SHOWN:
        return
    yield Found(
        "recommendations",
        short(" ".join(filter(None, (row.get("First Name"), row.get("Last Name"))))),
        subtitle=short(", ".join(filter(None, (row.get("Job Title"), row.get("Company"))))),
        start=parsed(row.get("Creation Date", "")),
        text=row.get("Text", ""),
    )


def _share(row: Row) -> Iterable[Found]:
    text = row.get("ShareCommentary", "")
    if not text:  # somebody else's post, passed on
        return
    first = text.splitlines()[0]
    yield Found(
        "posts",
        first if len(first) <= 80 else first[:79].rstrip() + "…",
        start=parsed(row.get("Date", "")),
        text=text,
        url=_web(row.get("ShareLink", "")),
        is_hidden=fold(row.get("Visibility", "")) not in _OPEN,
    )


def _columns(section: str, title: str, subtitle: str = "", **columns: str) -> Callable[[Row], Iterable[Found]]:
    """A reader of rows whose columns are an entry's fields. columns: of those that are named otherwise."""
    start, end = columns.get("start", "Started On"), columns.get("end", "Finished On")

    def read(row: Row) -> Iterable[Found]:
        yield Found(
            section,
            short(row.get(title, "")),
            subtitle=short(row.get(subtitle, "")),
            start=parsed(row.get(start, "")),
            end=parsed(row.get(end, "")),
            place=short(row.get("Location", "")),
            text=row.get(columns.get("text", "Description"), ""),
            url=_web(row.get("Url", "")),
        )

    return read


def _web(address: str) -> str:
    return address if _WEB.match(address) and len(address) <= 2_000 else ""


_READERS: Mapping[str, Callable[[Row], Iterable[Found]]] = {
    "Profile": _profile,
    "Profile Summary": _columns("about", "", text="Profile Summary"),
    "Positions": _columns("experience", "Title", "Company Name"),
    "Education": _education,
    "Skills": _columns("skills", "Name"),
    "Certifications": _columns("certifications", "Name", "Authority"),
    "Projects": _columns("projects", "Title"),
    "Publications": _columns("publications", "Name", "Publisher", start="Published On"),
    "Languages": _columns("languages", "Name", "Proficiency"),
    "Volunteering": _volunteering,
    "Honors": _columns("honors", "Title", "Issuer", start="Issued On"),
    "Courses": _columns("courses", "Name", "Number"),
    "Organizations": _organization,
    "Test Scores": _columns("test_scores", "Name", "Score", start="Tested On"),
    "Recommendations Received": _recommendation,
    "Shares": _share,
    "Articles": _columns("posts", "Title", start="Published On", text="Text"),
}
