"""The published page: what it holds for people, for search engines and for those who would have it hold more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from chalicelib.twin.page import keys, rendering, texts
from chalicelib.twin.page.labels import LABELS, day, period

from tests.profiles import profile

SITE = "https://site.example"
# Elements without an end, of those that the template has.
_VOID = {"meta", "link", "img", "br"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def all(self, kind: str = "", /, **attributes: str) -> Iterator[Element]:
        """kind: the element's name, by default any."""
        for each in self.inside:
            if kind in ("", each.name) and attributes.items() <= each.attributes.items():
                yield each
            yield from each.all(kind, **attributes)

    def one(self, kind: str, /, **attributes: str) -> Element:
        (found,) = self.all(kind, **attributes)
        return found

    @property
    def whole(self) -> str:
        return self.text + "".join(each.whole for each in self.inside)


class _Reader(HTMLParser):
    """Reads what was written; what is not closed as it was opened fails."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), f"an attribute of {tag} is there twice"
        self.open[-1].inside.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].text += data


def read(html: bytes) -> Element:
    reader = _Reader()
    reader.feed(html.decode())
    (document,) = reader.open
    return document


def page(
    language: str = "fr", *, photo: str | None = None, is_noindex: bool = False, days: int = 90, **of: Any
) -> Element:
    return read(rendering.render(rendering.Page(profile(**of), SITE, photo, is_noindex, days), language))


def meta(document: Element, name: str) -> str | None:
    named = [*document.all("meta", name=name), *document.all("meta", property=name)]
    return named[0].attributes["content"] if named else None


@pytest.mark.parametrize(
    ("language", "experience", "today"), [("fr", "Expérience", "aujourd’hui"), ("en", "Experience", "today")]
)
def test_a_page_reads_in_its_language(language: str, experience: str, today: str) -> None:
    document = page(language)
    assert document.one("html").attributes["lang"] == language
    assert document.one("h1").whole == "Élise Vasseur"
    assert experience in [each.whole for each in document.all("h2")]
    assert today in document.one("section", id="experience").whole
    assert profile()["texts"][language]["greeting"] in document.one("aside").whole
    questions = [each.whole for each in document.one("ul", **{"class": "questions"}).all("a")]
    assert questions == profile()["texts"][language]["suggested_questions"]


def test_every_entry_is_an_article_that_a_citation_can_open() -> None:
    entries = [entry for section in profile()["sections"] for entry in section["entries"]]
    articles = {each.attributes["id"]: each.whole for each in page().all("article")}
    assert sorted(articles) == sorted(f"entry-{entry['entry_id']}" for entry in entries)
    for entry in entries:
        for said in (entry["title"], entry["subtitle"], entry["place"]):
            assert said in articles[f"entry-{entry['entry_id']}"]


def test_sections_come_in_the_order_of_a_cv_with_their_comments_and_those_without_entries_do_not() -> None:
    found = [each.attributes["id"] for each in page().all("section")]
    assert found[:4] == ["about", "experience", "education", "skills"]
    assert "posts" not in found
    commented = [each.attributes["section"] for each in page().all("chatapp-comments")]
    assert commented == [f"me.{name}" for name in found], "no section of a page elsewhere is taken over"
    others = [each.attributes["section"] for each in page(handle="ada").all("chatapp-comments")]
    assert others == [f"ada.{name}" for name in found], "comments of two twins are not each other's"
    assert page(handle="ada").one("chatapp-twin").attributes["handle"] == "ada"


def test_it_says_what_it_is_to_search_engines_and_where_it_is_shared() -> None:
    document = page("en", photo="twin/me/photo-1.jpg")
    title, description = document.one("title").whole, meta(document, "description")
    assert title.startswith("Élise Vasseur – Hydrologue")
    assert description
    assert len(description) <= 156
    assert document.one("link", rel="canonical").attributes["href"] == f"{SITE}/en/"
    alternates = {
        each.attributes["hreflang"]: each.attributes["href"] for each in document.all("link", rel="alternate")
    }
    assert alternates == {"fr": f"{SITE}/", "en": f"{SITE}/en/", "x-default": f"{SITE}/"}
    shared = [meta(document, f"og:{name}") for name in ("type", "title", "url", "image", "locale")]
    assert shared == ["profile", "Élise Vasseur", f"{SITE}/en/", f"{SITE}/twin/me/photo-1.jpg", "en_GB"]
    assert meta(document, "twitter:card") == "summary"
    data = json.loads(document.one("script", type="application/ld+json").whole)
    assert (data["@type"], data["mainEntity"]["@type"]) == ("ProfilePage", "Person")
    assert data["mainEntity"]["name"] == "Élise Vasseur"
    assert data["mainEntity"]["image"] == f"{SITE}/twin/me/photo-1.jpg"
    assert data["mainEntity"]["sameAs"] == [link["url"] for link in profile()["links"]], "no mail address among them"


def test_a_language_in_which_the_twin_says_nothing_yet_has_its_page() -> None:
    aside = page(texts={}).one("aside")
    assert list(aside.all("li")) == []
    assert aside.one("button").whole == "Poser une question"


def test_without_a_photo_there_are_initials_and_no_image() -> None:
    document = page()
    assert document.one("span").whole == "ÉV"
    assert list(document.all("img")) == []
    assert meta(document, "og:image") == f"{SITE}/{rendering.card().key}", "a card for where it is shared"
    assert "image" not in json.loads(document.one("script", type="application/ld+json").whole)["mainEntity"]


@pytest.mark.parametrize(("is_noindex", "said"), [(True, "noindex"), (False, None)])
def test_search_engines_are_kept_out_where_the_owner_says_so(is_noindex: bool, said: str | None) -> None:
    assert meta(page(is_noindex=is_noindex), "robots") == said


def test_visitors_are_told_whether_what_they_say_is_kept() -> None:
    assert "90 days" in page("en").one("aside").whole
    assert "not kept" in page("en", days=0).one("aside").whole
    assert "gardés 90\u00a0jours" in page("fr").one("aside").whole


HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'</title></script><!-- {{ 7*7 }}"


def test_what_people_wrote_is_text_wherever_it_stands() -> None:
    entry = dict.fromkeys(("title", "subtitle", "start", "end", "place", "text"), HOSTILE)
    hostile: dict[str, Any] = {
        "name": f"A {HOSTILE}",
        "headline": HOSTILE,
        "texts": {"fr": {"greeting": HOSTILE, "suggested_questions": [HOSTILE], "topics": HOSTILE}},
        "contact": {"label": HOSTILE, "url": f"https://a.example/{HOSTILE}"},
        "links": [{"label": HOSTILE, "url": f"https://a.example/{HOSTILE}"}],
        "sections": [
            {"section": "about", "entries": [{"entry_id": "e1", "url": f"https://a.example/{HOSTILE}", **entry}]}
        ],
    }
    document = page("fr", **hostile)
    assert list(document.all("img")) == []
    scripts = list(document.all("script"))
    assert [each.attributes.get("type") for each in scripts] == ["application/ld+json", None]
    assert scripts[1].attributes["src"] == f"/{rendering.script().key}"
    assert HOSTILE in json.loads(scripts[0].whole)["mainEntity"]["name"]
    assert document.one("h1").whole == f"A {HOSTILE}"
    names = {name for each in document.all() for name in each.attributes}
    assert not [name for name in names if name.startswith("on")]
    assert "style" not in names, "the site's policy allows no inline style"


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)"),
        *("data:text/html,<b>", "//evil.example", "/own", "https:", "mailto:", "http://[", "ftp://a.example", ""),
    ],
)
def test_links_lead_to_the_web_or_to_a_mailbox_and_nowhere_else(url: str) -> None:
    assert texts.address(url) == ""
    links = [{"label": "L", "url": url}]
    entry = {
        "entry_id": "e1",
        "title": "T",
        "subtitle": "",
        "start": "",
        "end": "",
        "place": "",
        "text": "",
        "url": url,
    }
    document = page(contact=links[0], links=links, sections=[{"section": "links", "entries": [entry]}])
    leads = [each.attributes["href"] for each in document.all("a")]
    assert set(leads) == {"#content", "#twin", "/", "/en/", "/chat"}


def test_addresses_that_lead_somewhere_stay_as_they_are() -> None:
    for url in ("https://a.example/x?y=1&z=2#w", "http://a.example", "mailto:a@b.example"):
        assert texts.address(f" {url} ") == url


def test_texts_become_paragraphs_and_lists() -> None:
    text = "One\nline\r\n\r\n- first\n• second\nafter\n\n\n* third"
    assert [(each.is_list, each.lines) for each in texts.blocks(text)] == [
        (False, ("One", "line")),
        (True, ("first", "second")),
        (False, ("after",)),
        (True, ("third",)),
    ]
    entry = {
        "entry_id": "e1",
        "title": "",
        "subtitle": "",
        "start": "",
        "end": "",
        "place": "",
        "text": text,
        "url": "",
    }
    article = page(sections=[{"section": "notes", "entries": [entry]}]).one("article")
    assert [each.name for each in article.inside] == ["p", "ul", "p", "ul"]


@pytest.mark.parametrize(
    ("name", "start", "end", "said"),
    [
        ("fr", "2021-03", "", "mars\u00a02021 – aujourd’hui"),
        ("en", "2016-09", "2021-02", "Sep\u00a02016 – Feb\u00a02021"),
        ("en", "2019", "2019", "2019"),
        ("en", "", "2011", "2011"),
        ("en", "", "", ""),
        ("en", "2019-13", "", "2019-13 – today"),
    ],
)
def test_periods(name: str, start: str, end: str, said: str) -> None:
    assert period(LABELS[name], start, end, is_going_on=True) == said


def test_what_was_once_needs_no_end() -> None:
    assert period(LABELS["en"], "2019", "", is_going_on=False) == "2019"


def test_days() -> None:
    assert day(LABELS["fr"], "2026-11-01T20:00:00.000Z") == "1er\u00a0nov.\u00a02026"
    assert day(LABELS["en"], "2026-11-28T20:00:00Z") == "28\u00a0Nov\u00a02026"


@pytest.mark.parametrize(
    ("name", "said"), [("Élise Vasseur", "ÉV"), ("Ada", "A"), ("Ana de la Cruz", "AC"), ("3 🌹", "")]
)
def test_initials(name: str, said: str) -> None:
    assert texts.initials(name) == said


def test_me_stands_at_the_root_and_others_in_a_folder_of_their_own() -> None:
    assert sorted(rendering.rendered(rendering.Page(profile(), SITE))) == ["en/", "fr/", "index.html"]
    ada = rendering.rendered(rendering.Page(profile(handle="ada", languages=["en", "fr"]), SITE))
    assert sorted(ada) == ["twin/ada/", "twin/ada/en/", "twin/ada/fr/"]
    assert ada["twin/ada/"] == ada["twin/ada/en/"], "the first language is the default"
    assert read(ada["twin/ada/fr/"]).one("link", rel="canonical").attributes["href"] == f"{SITE}/twin/ada/fr/"
    assert all(key.startswith(tuple(keys.owned("ada"))) for key in ada)
    assert keys.owned("ada") == ["twin/ada/"], "nothing of another twin"


def test_a_language_that_the_site_does_not_speak_is_left_out() -> None:
    assert sorted(rendering.rendered(rendering.Page(profile(languages=["de", "en"]), SITE))) == ["en/", "index.html"]


def test_the_page_of_nothing_leads_the_owner_to_set_it_up() -> None:
    document = read(rendering.unpublished())
    assert [each.whole for each in document.all("h1")] == ["Cette page n’est pas encore publiée"]
    assert document.one("section", lang="en").one("h2").whole == "This page is not published yet"
    assert {each.attributes["href"] for each in document.all("a")} == {"/twin", "/chat"}
    assert meta(document, "robots") == "noindex"


def test_an_entry_in_another_language_says_so_to_whoever_reads_aloud() -> None:
    for language, other in (("fr", "en"), ("en", "fr")):
        assert {each.attributes.get("lang") for each in page(language).all("article")} == {None, other}
    assert texts.other_language("Python, R, SQL", "fr") == ""
    assert texts.other_language("Une crue à la fin de l’hiver, sur les rives", "en") == "fr"


def test_paper_shows_where_links_lead() -> None:
    contact = {"label": "Write to me", "url": "mailto:ada@example.org"}
    assert texts.printed(contact) == "ada@example.org"
    assert texts.printed({"label": "ada@example.org", "url": "mailto:ada@example.org"}) == ""
    assert texts.printed({"label": "Code", "url": "https://code.example.org/"}) == "code.example.org"
    assert "data-shown" in rendering.rendered(rendering.Page(profile(contact=contact), SITE))["index.html"].decode()


def test_assets_are_named_by_their_content() -> None:
    for asset in (rendering.style(), rendering.script(), rendering.card()):
        assert re.fullmatch(r"twin/(page|card)-[0-9a-f]{12}\.(css|js|png)", asset.key)
        assert asset.body
    assert page().one("link", rel="stylesheet").attributes["href"] == f"/{rendering.style().key}"


def test_french_marks_stand_off_by_a_narrow_space() -> None:
    labels = LABELS["fr"]
    said = [value for value in (getattr(labels, name) for name in labels.__slots__) if isinstance(value, str)]
    person = [text for of in profile()["texts"]["fr"].values() for text in (of if isinstance(of, list) else [of])]
    for text in [*said, *labels.sections.values(), *person]:
        assert not re.search(r"[^\u202f][;:?!»]|«[^\u202f]|'", text), text
