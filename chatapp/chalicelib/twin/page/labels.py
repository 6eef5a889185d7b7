"""What a page says by itself, in French and English, and how it writes dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """locale: as Open Graph names it. sections: their titles, in the order of a page."""

    language: str
    locale: str
    sections: Mapping[str, str]
    months: tuple[str, ...]
    today: str
    to_content: str
    languages: str
    contact: str
    photo_of: str
    ask: str
    ask_title: str
    questions: str
    answered_by: str
    kept: str
    not_kept: str
    no_script: str
    comments: str
    comments_no_script: str
    failed: str
    published: str
    sign_in: str


NAMES = {"fr": "Français", "en": "English"}

_FRENCH = Labels(
    language="fr",
    locale="fr_FR",
    sections={
        "about": "À propos",
        "experience": "Expérience",
        "education": "Formation",
        "skills": "Compétences",
        "certifications": "Certifications",
        "projects": "Projets",
        "publications": "Publications",
        "languages": "Langues",
        "volunteering": "Bénévolat",
        "honors": "Distinctions",
        "courses": "Cours",
        "organizations": "Associations",
        "test_scores": "Résultats d’examens",
        "recommendations": "Recommandations",
        "posts": "Écrits",
        "notes": "Notes",
        "links": "Liens",
    },
    months=(
        *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
        *("juill.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
    today="aujourd’hui",
    to_content="Aller au contenu",
    languages="Langues de la page",
    contact="Contact et liens",
    photo_of="Photo\u202f: {}",
    ask="Poser une question",
    ask_title="Interroger le jumeau numérique",
    questions="Par exemple\u202f:",
    answered_by="Un modèle d’IA répond, d’après cette page et ses sources seules.",
    kept="Les échanges sont gardés {}\u00a0jours, puis effacés\u202f; la discussion permet d’effacer les vôtres.",
    not_kept="Seules les questions sans réponse sont gardées, 30\u00a0jours, sans dire qui les a posées.",
    no_script="La discussion a besoin de JavaScript\u202f; tout le reste se lit sans.",
    comments="Commentaires",
    comments_no_script="Les commentaires ont besoin de JavaScript.",
    failed="Cela n’a pas pu être chargé. Vérifiez votre connexion, puis réessayez.",
    published="Publié le {}",
    sign_in="Se connecter",
)

_ENGLISH = Labels(
    language="en",
    locale="en_GB",
    sections={
        "about": "About",
        "experience": "Experience",
        "education": "Education",
        "skills": "Skills",
        "certifications": "Certifications",
        "projects": "Projects",
        "publications": "Publications",
        "languages": "Languages",
        "volunteering": "Volunteering",
        "honors": "Honours",
        "courses": "Courses",
        "organizations": "Organisations",
        "test_scores": "Test scores",
        "recommendations": "Recommendations",
        "posts": "Writing",
        "notes": "Notes",
        "links": "Links",
    },
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    today="today",
    to_content="Skip to the content",
    languages="Languages of this page",
    contact="Contact and links",
    photo_of="Photo of {}",
    ask="Ask a question",
    ask_title="Ask the digital twin",
    questions="For example:",
    answered_by="An AI model answers, from this page and its sources alone.",
    kept="What is said is kept for {} days, then erased; you can erase yours in the chat.",
    not_kept="What is said is not kept, but for questions without an answer: 30 days, without who asked.",
    no_script="The chat needs JavaScript; everything else reads without.",
    comments="Comments",
    comments_no_script="Comments need JavaScript.",
    failed="That could not be loaded. Check your connection, then try again.",
    published="Published on {}",
    sign_in="Sign in",
)

LABELS = {labels.language: labels for labels in (_FRENCH, _ENGLISH)}


def month(labels: Labels, date: str) -> str:
    """A `YYYY` or `YYYY-MM`, in words; what is neither stays as it is."""
    year, _, number = date.partition("-")
    if not (number.isdecimal() and 1 <= int(number) <= len(labels.months)):
        return date
    return f"{labels.months[int(number) - 1]}\u00a0{year}"


def day(labels: Labels, time: str) -> str:
    """Of an ISO time, its day (UTC)."""
    year, number, day_of_month = (int(part) for part in time[:10].split("-"))
    ordinal = "1er" if (labels.language, day_of_month) == ("fr", 1) else str(day_of_month)
    return f"{ordinal}\u00a0{labels.months[number - 1]}\u00a0{year}"


def period(labels: Labels, start: str, end: str, is_going_on: bool) -> str:
    """From and to. is_going_on: whether what has no end lasts, such as a position."""
    first, last = month(labels, start), month(labels, end)
    if first and not last and is_going_on:
        last = labels.today
    return " – ".join(dict.fromkeys(each for each in (first, last) if each))
