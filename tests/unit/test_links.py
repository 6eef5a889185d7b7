"""What visitors are shown of a twin's answer has no link but those that stand in its sources, however it arrives."""

from __future__ import annotations

import itertools
import random

import pytest
from chalicelib.twin.links import REMOVED, Links

ALLOWED = frozenset({"https://camille.example/contact", "https://nantes.example/thesis", "mailto:me@camille.example"})


def shown(text: str, pieces: list[int] | None = None) -> str:
    """pieces: after how many characters each delta ends; all at once without."""
    links = Links(ALLOWED)
    cuts = [0, *(pieces or []), len(text)]
    return "".join(links.feed(text[a:b]) for a, b in itertools.pairwise(cuts)) + links.end()


CASES = [
    ("See [my site](https://evil.example/a) now.", "See my site now."),
    ("See [my site](https://camille.example/contact) now.", "See my site (https://camille.example/contact) now."),
    ("https://camille.example/contact", "https://camille.example/contact"),
    ("At https://camille.example/contact/.", "At https://camille.example/contact/."),
    ("At https://camille.example.evil.example/contact.", f"At {REMOVED}."),
    ("At https://evil.example/?q=secret, they say", f"At {REMOVED}, they say"),
    ("<https://evil.example>", f"<{REMOVED}>"),
    ("![pixel](https://evil.example/p.png?q=secret)", "pixel"),
    ("![](https://evil.example/p.png)", ""),
    ("[x](javascript:alert(1))", "x"),
    ("[x](  //evil.example/a  'title')", "x"),
    ("[x]( <https://evil.example/a b> )", "x"),
    ("[1]: https://evil.example", f"[1]: {REMOVED}"),
    ("HTTPS://EVIL.EXAMPLE/A", REMOVED),
    ("www.evil.example/a", REMOVED),
    ("mailto:them@evil.example", REMOVED),
    ("[write](mailto:me@camille.example)", "write (mailto:me@camille.example)"),
    ("ftp://evil.example/a and data:text/html,hi", f"{REMOVED} and {REMOVED}"),
    ('<a href="https://evil.example">here</a>', f'<a href="{REMOVED}">here</a>'),
    ("An array [1, 2] of (numbers), a!b and 3 [sic] stay.", "An array [1, 2] of (numbers), a!b and 3 [sic] stay."),
    ("Ends with an open [bracket", "Ends with an open [bracket"),
    ("Wow!", "Wow!"),
    ("[a](https://evil.example)[b](https://evil.example/2)", "ab"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_links_that_no_source_has_are_taken_out_and_their_text_stays(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_and_so_in_whatever_pieces_they_arrive(text: str, expected: str) -> None:
    chance = random.Random(text)  # noqa: S311
    assert shown(text, list(range(1, len(text)))) == expected
    for _ in range(20):
        cuts = sorted(chance.sample(range(1, max(2, len(text))), min(len(text) // 3, max(0, len(text) - 1))))
        assert shown(text, cuts) == expected


def test_what_is_no_link_is_shown_as_soon_as_its_word_is_whole() -> None:
    links = Links(ALLOWED)
    assert links.feed("I worked at Vello") == "I worked at "
    assert links.feed("ria [since") == "Velloria "
    assert links.feed(" 2019] there") == "[since 2019] "


@pytest.mark.parametrize("opening", ["[" * 5_000, "[x](" * 2_000, "a" * 9_000, "!" * 5_000, "[" + "x " * 4_000])
def test_what_never_closes_holds_nothing_back_for_ever_and_hides_no_address(opening: str) -> None:
    links, text = Links(ALLOWED), opening + "](https://evil.example/x) and on"
    out = "".join(links.feed(text[at : at + 7]) for at in range(0, len(text), 7)) + links.end()
    assert "evil.example" not in out
    assert out.endswith("and on")


def test_what_is_left_of_a_long_address_ends_with_its_block() -> None:
    links = Links(ALLOWED)
    assert "evil" not in links.feed("See https://evil.example/" + "x" * 20_000) + links.end()
    assert links.feed("Important words follow.") + links.end() == "Important words follow."


def test_an_address_that_is_longer_than_what_is_held_back_is_taken_out_as_well() -> None:
    links, text = Links(ALLOWED), "See https://evil.example/" + "x" * 20_000 + " now"
    out = "".join(links.feed(text[at : at + 50]) for at in range(0, len(text), 50)) + links.end()
    assert "evil" not in out
    assert "xxxx" not in out
    assert out.startswith("See ")
    assert out.endswith(" now")
