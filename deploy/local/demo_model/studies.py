"""What the demo model says of a CV and of a page: entries by headings and dates, questions by a pattern, and topics.

Good enough to set a twin up without a key. What it records are the document's own words, in English or French.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from deploy.local.demo_model.request import MessagesRequest

RECORD, SUGGEST, SORT = "record_entries", "suggest_questions", "sort_questions"

_HEADINGS = {
    "about": "about, about me, profile, summary, profil, resume, a propos, presentation, objectif, objective",
    "experience": "experience, experiences, work experience, professional experience, employment, work history"
    ", experience professionnelle, experiences professionnelles, parcours professionnel, emplois",
    "education": "education, studies, formation, formations, etudes, diplomes, academic background"
    ", parcours academique",
    "skills": "skills, top skills, technical skills, competences, competences techniques, principales competences,"
    " savoir-faire",
    "languages": "languages, langues",
    "certifications": "certifications, certificates, licenses, licences et certifications, certificats",
    "projects": "projects, projets, personal projects, projets personnels",
    "publications": "publications, articles",
    "volunteering": "volunteering, volunteer experience, benevolat, engagements, vie associative",
    "honors": "honors, awards, honors & awards, honors-awards, prix, distinctions, prix et distinctions",
    "courses": "courses, cours",
    "organizations": "organizations, organisations, memberships, associations",
}
_SECTIONS = {heading.strip(): section for section, names in _HEADINGS.items() for heading in names.split(",")}
# What is no entry: how to reach the person, what they like.
_OTHERS = frozenset(("contact", "coordonnees", "interests", "centres d'interet", "loisirs", "hobbies", "references"))
_DATED = frozenset(("experience", "education", "volunteering", "projects", "organizations"))

_MONTH = r"(?:[^\W\d_]{3,9}\.?\s+|\d{1,2}[/.]|)"
_DATE = rf"{_MONTH}(?:19|20)\d\d"
_NOW = r"(?:present|now|today|current|présent|aujourd['’]hui|maintenant|en cours|ce jour|actuel(?:lement)?)"
_SPAN = re.compile(
    rf"[(\[]?\b(?:de |from |depuis |since )?(?P<start>{_DATE})"
    rf"(?:\s*(?:-|–|—|to|à|au|until|jusqu['’]à)\s*(?P<end>{_DATE}|{_NOW}))?[)\]]?",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\(\s*\d+\s+(?:years?|months?|ans?|mois)\b[^)]*\)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[•·▪‣◦*–-]\s+")
_PAGE = re.compile(r"^Page \d+ (?:of|sur) \d+$", re.IGNORECASE)
_EDGES = " \t,;:|·•–—-"
_MONTHS = (
    *("jan", "fev|feb", "mar", "avr|apr", "mai|may", "juin|jun", "juil|jul", "aou|aug", "sep", "oct", "nov"),
    "dec",
)

Entry = dict[str, str]


def given(request: MessagesRequest, tool: str) -> dict[str, Any] | None:
    """What the tool is called with; None for a tool that is none of these."""
    document = "\n".join(
        block["source"].get("data", "")
        for block in request.source_blocks("document")
        if block["source"]["type"] == "text"
    )
    if tool == RECORD:
        return {"entries": [each for section, lines in _sections(document) for each in _entries(section, lines)]}
    if tool == SUGGEST:
        return {"questions": _questions(document, "fr" if "French" in request.last_user_text else "en")}
    if tool == SORT:
        return {"topics": _topics(document)}
    return None


def _topics(document: str) -> list[dict[str, Any]]:
    """Questions that have a longer word in common, under that word; the others together."""
    words = {
        int(line.partition(".")[0]): set(re.findall(r"[^\W\d_]{5,}", line.casefold())) for line in document.splitlines()
    }
    common = Counter(word for of in words.values() for word in of)
    found: dict[str, list[int]] = {}
    for number, of in words.items():
        most = max(sorted(of), key=lambda word: common[word], default="")
        found.setdefault(most.capitalize() if common[most] > 1 else "Others", []).append(number)
    return [{"title": title, "numbers": numbers} for title, numbers in found.items()]


def _sections(document: str) -> Iterator[tuple[str, list[str]]]:
    """The lines under each heading; those above the first are the person's."""
    section, lines = "", list[str]()
    for line in document.splitlines():
        heading = _plain(line)
        if _PAGE.match(line.strip()):
            continue
        if heading in _SECTIONS or heading in _OTHERS:
            yield section, lines
            section, lines = _SECTIONS.get(heading, "other"), []
        else:
            lines.append(line.rstrip())
    yield section, lines


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(each for each in text if not unicodedata.combining(each)).strip(_EDGES + "#")


def _entries(section: str, lines: list[str]) -> Iterator[Entry]:
    if section in _DATED:
        yield from _dated(section, lines)
    elif section == "about":
        text = "\n".join(line for line in lines if line.strip())
        if text:
            yield {"section": section, "title": "", "text": text}
    elif section == "":
        # A name, then what the person does.
        told = [line.strip() for line in lines if line.strip() and "@" not in line and not re.search(r"\d{2}", line)]
        if len(told) > 1:
            yield {"section": "about", "title": told[1]}
    elif section != "other":
        yield from _named(section, lines)


def _named(section: str, lines: list[str]) -> Iterator[Entry]:
    """Lists of names: skills by commas, languages with their level, the rest a line each."""
    for raw in lines:
        line = _BULLET.sub("", raw).strip()
        parts = re.split(r"\s*[,;•|]\s*", line) if section in ("skills", "languages") else [line]
        for part in filter(None, (each.strip(_EDGES) for each in parts)):
            if section == "languages":
                name, _, level = re.sub(r"\s*[(:–—-]\s*", "\n", part, count=1).partition("\n")
                yield {"section": section, "title": name, "subtitle": level.rstrip(") ")}
            elif section == "skills":
                yield {"section": section, "title": part}
            else:
                start, _, rest = _span(part)
                title, subtitle, _ = _split(rest or part)
                yield {"section": section, "title": title, "subtitle": subtitle, "start": start}


def _dated(section: str, lines: list[str]) -> Iterator[Entry]:
    """A line with a date is of an entry's head, together with the lines right above it that are no points."""
    heads = [index for index, line in enumerate(lines) if _is_head(line)]
    begins = [_begin(lines, index, heads[at - 1] + 1 if at else 0) for at, index in enumerate(heads)]
    for at, index in enumerate(heads):
        start, end, rest = _span(lines[index])
        above = [line.strip() for line in lines[begins[at] : index] if line.strip()]
        below = [line for line in lines[index + 1 : begins[at + 1] if at + 1 < len(heads) else None] if line.strip()]
        place = ""
        if _LENGTH.search(lines[index]):  # LinkedIn's own: the company above the post, the place below the dates
            above.reverse()
            if below and not _BULLET.match(below[0]) and len(below[0]) < 60 and not below[0].rstrip().endswith("."):
                place = below.pop(0).strip()
        elif not above and below and not rest:
            above = [below.pop(0).strip()]
        named = [*above, *([rest] if rest else [])]
        title, subtitle, found = _split(named[0]) if named else ("", "", "")
        if len(named) > 1:
            title, (subtitle, _, found) = named[0] if not subtitle else title, _place(named[1])
        entry = {"section": section, "title": title, "subtitle": subtitle, "start": start, "end": end}
        text = "\n".join(_BULLET.sub("", line).strip() for line in below)
        yield entry | {"place": place or found, "text": text}


def _is_head(line: str) -> bool:
    """A date in a point or in the middle of a sentence is told of something."""
    found = _SPAN.search(line)
    return bool(found) and not _BULLET.match(line) and len(line) < 140 and not line.rstrip().endswith(".")


def _begin(lines: list[str], index: int, least: int) -> int:
    """Where the entry begins whose date stands in line `index`: at most two lines above, after a blank one."""
    begin = index
    while begin > least and index - begin < 2:
        above = lines[begin - 1]
        if not above.strip() or _BULLET.match(above) or above.rstrip().endswith((".", ";")) or len(above) > 100:
            break
        begin -= 1
    return begin


def _span(line: str) -> tuple[str, str, str]:
    """Start and end as the tool takes them, and what else stands in the line."""
    found = _SPAN.search(line)
    if not found:
        return "", "", line
    rest = _LENGTH.sub("", line[: found.start()] + " " + line[found.end() :]).strip(_EDGES + "()")
    return _iso(found["start"]), _iso(found["end"] or ""), rest


def _iso(date: str) -> str:
    year = re.search(r"(?:19|20)\d\d", date)
    if not year:
        return ""
    month = _plain(date[: year.start()]).strip("./ ")
    if month.isdigit():
        return f"{year[0]}-{int(month):02}" if 1 <= int(month) <= 12 else year[0]
    number = next((at for at, names in enumerate(_MONTHS, 1) if month and re.match(names, month)), 0)
    return f"{year[0]}-{number:02}" if number else year[0]


def _split(head: str) -> tuple[str, str, str]:
    """A post, where it was, and the place, as one line tells them."""
    parts = [part.strip() for part in re.split(r"\s+(?:at|chez|@)\s+|\s+[|·–—-]\s+|,\s+", head, maxsplit=2)]
    return (parts[0], parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else "")


def _place(line: str) -> tuple[str, str, str]:
    name, sign, place = (part.strip() for part in re.sub(r"\s+[|·–—-]\s+|,\s+", "\n", line, count=1).partition("\n"))
    return name, sign, place


_PATTERNS = {
    "en": {
        "experience": "What do you do as {title}?",
        "education": "What did you learn during your {title}?",
        "projects": "What is {title} about?",
        "publications": "What does “{title}” say?",
        "skills": "Where have you used {title}?",
        "volunteering": "Why do you volunteer as {title}?",
        "languages": "How well do you speak {title}?",
        "certifications": "What is {title} for?",
    },
    "fr": {
        "experience": "En quoi consiste votre poste\u00a0: {title}\u00a0?",
        "education": "Qu’avez-vous appris pendant cette formation\u00a0: {title}\u00a0?",
        "projects": "De quoi parle {title}\u00a0?",
        "publications": "Que dit «\u00a0{title}\u00a0»\u00a0?",
        "skills": "Où avez-vous utilisé {title}\u00a0?",
        "volunteering": "Pourquoi cet engagement\u00a0: {title}\u00a0?",
        "languages": "Quel est votre niveau en {title}\u00a0?",
        "certifications": "À quoi sert {title}\u00a0?",
    },
}


def _questions(document: str, language: str) -> list[str]:
    """One of each section, in the order in which they are given."""
    first: dict[str, str] = {}
    for section, title in re.findall(r"^(\w+): ([^\n,]+)", document, re.MULTILINE):
        first.setdefault(section, title)
    patterns = _PATTERNS[language]
    return [patterns[section].format(title=title) for section, title in first.items() if section in patterns][:6]
