"""What the demo model says as a digital twin: from the entries that it is given, with citations, in the question's
language; that the sources do not hold it; or a sentence that declines.

It stands for a model that keeps to its rules, by simple ones of its own: the closest passages, else the section that a
word of the question names, else the tool by which a question is kept for the owner.
"""

from __future__ import annotations

import re
from typing import Any

from deploy.local.demo_model.passages import (
    MAX_QUOTE_CHARS,
    Passage,
    closest,
    coverage,
    document_passages,
    result_passages,
)
from deploy.local.demo_model.request import Block, MessagesRequest, texts_of

NOT_IN_SOURCES = "not_in_sources"
_FITS_SHARE = 0.3  # of the question's words in one passage
_MAX_OF_SECTION = 3

_SECTIONS = {
    "experience": r"work|job|career|employ|compan|travail|emploi|poste|carri[eè]re|entreprise|parcours|exp[eé]rience",
    "education": r"stud(y|ied)|degree|school|universit|education|[eé]tud|dipl[oô]me|[eé]cole|formation",
    "skills": r"skill|good at|technolog|compétence|competence|sais[- ]tu|savez[- ]vous|ma[iî]tris",
    "languages": r"languages? (do|can)|speak|langues?|parle[sz]",
    "projects": r"project|projet|built|build",
    "certifications": r"certif",
    "publications": r"publi|article|paper",
    "volunteering": r"volunteer|b[eé]n[eé]vol",
    "recommendations": r"recommend",
    "about": r"who are you|about you|yourself|introduce|qui ([eê]tes|es)|pr[eé]sente|toi-m[eê]me|vous-m[eê]me",
    "links": r"link|website|lien|site",
}
_OTHER_ROLE = re.compile(
    r"\b(ignore|disregard|forget|override|bypass|oublie[sz]?|ignore[sz]?|contourne[sz]?)\b.{0,80}"
    r"\b(instruction|rule|prompt|guideline|polic|consigne|r[eè]gle|directive)"
    r"|\b(repeat|reveal|print|show|output|display|translate|summari[sz]e|r[eé]p[eè]te[sz]?|affiche[sz]?|montre[sz]?"
    r"|traduis|donne[sz]?|r[eé]v[eè]le[sz]?|recopie[sz]?)\b.{0,60}"
    r"\b(instruction|system|prompt|rules|consigne|r[eè]gles|directive|message syst)"
    r"|\b(you are now|act as|pretend|roleplay|role-play|developer mode|jailbreak|DAN\b|tu es maintenant|vous [eê]tes"
    r" maintenant|joue[sz]? le r[oô]le|fais comme si|faites comme si|fais semblant|mode d[eé]veloppeur|nouveau r[oô]le)"
    r"|\b(write|generate|[eé]cris|[eé]crivez|g[eé]n[eè]re[sz]?)\b.{0,40}"
    r"\b(code|script|poem|essay|malware|po[eè]me|dissertation|virus)",
    re.I | re.S,
)

_TEXTS = {
    "en": {
        "lead": "Here is what the sources say:",
        "missing": "This is not in my sources. I have kept your question for the owner of this page.",
        "declined": "I only speak of the path and the work that this page is about: ask me about those.",
    },
    "fr": {
        "lead": "Voici ce qu’en disent les sources\u00a0:",
        "missing": "Cela ne figure pas dans mes sources. J’ai gardé votre question pour la personne de cette page.",
        "declined": "Je ne parle que du parcours et du travail dont traite cette page\u00a0: interrogez-moi là-dessus.",
    },
}


def is_twin(request: MessagesRequest) -> bool:
    return any(tool.get("name") == NOT_IN_SOURCES for tool in request.tools)


def answer(request: MessagesRequest, question: str, language: str) -> list[Block] | str:
    """The blocks of an answer; or the name of the tool to call with the question."""
    texts = _TEXTS[language]
    newest = request.messages[-1][1]
    said = [text for block in newest if block["type"] == "tool_result" for text in texts_of([block])]
    if any("kept for the owner" in each for each in said):
        return [_text(texts["missing"])]
    if _OTHER_ROLE.search(question):
        return [_text(texts["declined"])]
    found = closest(question, result_passages(request)) if said else _at_hand(request, question)
    if found:
        return _quoted(found, texts)
    search = next((tool["name"] for tool in request.tools if tool["name"] != NOT_IN_SOURCES), None)
    may_call = (request.body.get("tool_choice") or {}).get("type") != "none"
    if not may_call:
        return [_text(texts["missing"])]
    return search if search and not said else NOT_IN_SOURCES


def _at_hand(request: MessagesRequest, question: str) -> list[Passage]:
    passages = document_passages(request)
    if coverage(question, passages) >= _FITS_SHARE:
        return closest(question, passages)
    for section, words in _SECTIONS.items():
        if re.search(words, question, re.I):
            first: dict[Any, Passage] = {}
            for passage in passages:
                if passage.title == section:
                    first.setdefault(passage.place, passage)
            if first:
                return list(first.values())[:_MAX_OF_SECTION]
    return []


def _quoted(found: list[Passage], texts: dict[str, str]) -> list[Block]:
    blocks: list[Block] = []
    lead = texts["lead"]
    for passage in found:
        blocks += [_text(f"{lead}\n– "), _text(_said_of(passage), passage.citation)]
        lead = ""
    return blocks


def _said_of(passage: Passage) -> str:
    """An entry as a whole where it is short: of a note, its title alone would tell nothing."""
    whole = (passage.citation or {}).get("cited_text", passage.quote)
    lines = (whole if len(whole) <= MAX_QUOTE_CHARS else passage.quote).splitlines()
    return " · ".join(line for line in map(str.strip, lines) if line)


def _text(text: str, citation: dict[str, Any] | None = None) -> Block:
    return {"type": "text", "text": text} | ({"citations": [citation]} if citation else {})
