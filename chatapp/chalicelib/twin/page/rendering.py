"""A published profile as HTML that reads without JavaScript.

Owns what a page holds and how it is written. Everything that a person wrote is escaped by the template; what follows
from it for machines (JSON-LD, Open Graph, alternates) is made here. Does not own where pages lie (`keys`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from . import keys, texts
from .labels import LABELS, NAMES, Labels, day, period

_HERE = Path(__file__).parent / "templates"
_DESCRIPTION_CHARACTERS = 155  # about what search engines show
# Of these a start without an end means that it lasts.
_GOING_ON = {"experience", "education", "projects", "volunteering", "organizations"}
# Shown as a list of words, without a timeline.
_COMPACT = {"skills", "languages"}

Profile = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file beside the pages, whose name changes with its content: it may be kept for ever."""

    key: str
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Page:
    """What is rendered. profile: as `GET /twins/{handle}` answers. photo: its key, or None for initials.

    site_url: without a slash at its end. transcript_days: for which visits are kept, 0 for not at all.
    """

    profile: Profile
    site_url: str
    photo: str | None = None
    is_noindex: bool = False
    transcript_days: int = 0

    @property
    def handle(self) -> str:
        return str(self.profile["handle"])

    @property
    def languages(self) -> list[str]:
        """The default first; those that the site does not speak are left out."""
        known = [language for language in self.profile["languages"] if language in LABELS]
        return known or [keys.LANGUAGES[0]]

    def path(self, language: str) -> str:
        """Where a language is read: the default at the twin's own address."""
        return keys.path(self.handle, None if language == self.languages[0] else language)

    def addresses(self) -> dict[str, str]:
        """The alternates of a page by language, `x-default` last."""
        found = {language: self.site_url + self.path(language) for language in self.languages}
        return {**found, "x-default": found[self.languages[0]]}


def rendered(page: Page) -> dict[str, bytes]:
    """The pages of all languages by their keys; the default's twice, under its language as well."""
    found = {keys.page(page.handle, language): render(page, language) for language in page.languages}
    return {**found, keys.page(page.handle, None): found[keys.page(page.handle, page.languages[0])]}


def render(page: Page, language: str) -> bytes:
    labels, profile = LABELS[language], page.profile
    addresses, links = page.addresses(), _links(profile)
    spoken = {"greeting": "", "suggested_questions": [], **profile["texts"].get(language, {})}
    photo_url = f"{page.site_url}/{page.photo}" if page.photo else None
    card_url = photo_url or f"{page.site_url}/{card().key}"
    html = (
        _templates()
        .get_template("page.html")
        .render(
            page=page,
            profile=profile,
            labels=labels,
            names=NAMES,
            addresses=addresses,
            paths={each: page.path(each) for each in page.languages},
            canonical=addresses[language],
            description=_description(profile),
            card_url=card_url,
            initials=texts.initials(profile["name"]),
            spoken=spoken,
            contact=_link(profile.get("contact")),
            links=links,
            sections=_sections(profile, labels),
            published=day(labels, profile["published_at"]),
            data=_linked_data(profile, labels, addresses[language], photo_url, links),
            style=style().key,
            script=script().key,
        )
    )
    return html.encode()


def unpublished() -> bytes:
    """The page of a stage whose owner has not published anything yet."""
    return _templates().get_template("unpublished.html").render(style=style().key).encode()


@lru_cache(maxsize=1)
def style() -> Asset:
    return _asset("page.css", "text/css; charset=utf-8")


@lru_cache(maxsize=1)
def script() -> Asset:
    return _asset("page.js", "text/javascript; charset=utf-8")


@lru_cache(maxsize=1)
def card() -> Asset:
    """What stands for a page that is shared, where it has no photo."""
    return _asset("card.png", "image/png")


def _asset(name: str, content_type: str) -> Asset:
    body = (_HERE / name).read_bytes()
    stem, _, suffix = name.partition(".")
    return Asset(f"twin/{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{suffix}", body, content_type)


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"blocks": texts.blocks, "address": texts.address, "shown": texts.printed}
    return made


def _sections(profile: Profile, labels: Labels) -> list[dict[str, Any]]:
    """In the order of the labels, those that have entries. id: by which its comments are known."""
    by_name = {section["section"]: section["entries"] for section in profile["sections"]}
    return [
        {
            "name": name,
            "title": title,
            "comments": keys.comments(profile["handle"], name),
            "is_compact": name in _COMPACT,
            "entries": [
                {
                    **entry,
                    "period": period(labels, entry["start"], entry["end"], name in _GOING_ON),
                    "language": texts.other_language(f"{entry['title']} {entry['text']}", labels.language),
                }
                for entry in by_name[name]
            ],
        }
        for name, title in labels.sections.items()
        if by_name.get(name)
    ]


def _link(found: Mapping[str, str] | None) -> dict[str, str] | None:
    url = texts.address((found or {}).get("url"))
    return {"url": url, "label": (found or {}).get("label") or url} if url else None


def _links(profile: Profile) -> list[dict[str, str]]:
    return [link for link in map(_link, profile["links"]) if link]


def _description(profile: Profile) -> str:
    about = [entry["text"] for each in profile["sections"] if each["section"] == "about" for entry in each["entries"]]
    said = [profile["headline"], *about]
    return texts.shortened(" – ".join(each for each in said if each), _DESCRIPTION_CHARACTERS) or str(profile["name"])


def _linked_data(
    profile: Profile, labels: Labels, url: str, photo_url: str | None, links: list[dict[str, str]]
) -> dict[str, Any]:
    """https://developers.google.com/search/docs/appearance/structured-data/profile-page"""
    person = {
        "@type": "Person",
        "name": profile["name"],
        "description": profile["headline"],
        "image": photo_url,
        "sameAs": [link["url"] for link in links if not link["url"].startswith("mailto:")],
    }
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "url": url,
        "inLanguage": labels.language,
        "dateModified": profile["published_at"],
        "mainEntity": {name: value for name, value in person.items() if value},
    }
