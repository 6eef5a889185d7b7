"""What a conversation is called that nobody has named: what the model wrote, cleaned, or its question's first words.

First words are kept in `first_words`, too: as long as the title is the same, a written one may take its place.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import ConditionFailed
from chalicelib.subjects import Subject

from . import rows
from .rows import Conversation

if TYPE_CHECKING:
    from chalicelib.services import Services

MAX_CHARACTERS = 80
# The rest of a question says no more of what it is about.
_EXCERPT_CHARACTERS = 1_000
_MAY_BE_TITLED = f"{rows.NOT_DELETED} AND (attribute_not_exists(#title) OR #title = #first_words)"

# "Title: …", "Here is a title: …", in the languages that models answer in most, also in bold: "**Titre :** …".
_LABEL = re.compile(
    r"^[\s*_#>]*(?:(?:here(?:['’]s|\s+is)|voici)\s+(?:an?|the|your|un|le|votre)\s+)?(?:(?:conversation|suggested|possible)\s+)?"
    r"(?:title|titre|titel|título|titolo|tytuł|заголовок|название|标题|標題|タイトル|제목)"
    r"(?:\s+(?:for|pour)\s[^:：]*)?[\s*_]*(?:[:：]|$)[\s*_]*",
    re.IGNORECASE,
)
_JSON = re.compile(r'^\{\s*"title"\s*:\s*"(.+)"\s*\}$')
_TAG = re.compile(r"</?(?:title|b|strong|em|i|u|h[1-6]|p)>", re.IGNORECASE)
_FENCE = ("```", "~~~")
# Of a line in Markdown: a heading, a quote, an item of a list.
_LINE_SIGNS = re.compile(r"^\s*(?:#{1,6}(?=\s|$)|>|[-*+•](?=\s))+\s*")
_BOLD = re.compile(r"(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]+?)(?<=[^\s*_])\1(?![\w*])")
_LINK = re.compile(r"!?\[([^\]]+)\]\([^)\s]*\)")
_DOTS = re.compile(r"[\s.。．｡…։।]+$")
_QUOTES = {
    **{'"': '"', "'": "'", "`": "`", "´": "´", "＂": "＂"},
    **{"“": "”", "‘": "’", "„": "“”", "‚": "‘’", "”": "”", "’": "’", "‟": "”"},
    **{
        "«": "»",
        "‹": "›",
        "»": "«",
        "›": "‹",
        "「": "」",
        "『": "』",
        "《": "》",
        "〈": "〉",
        "【": "】",
        "〝": "〞〟",
    },
}
_APOSTROPHES = {"'", "’"}
_ZWJ = "\u200d"
_VARIATIONS = range(0xFE00, 0xFE10)
_SKINS = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAGS = range(0x1F1E6, 0x1F200)


def cleaned(written: str) -> str:
    """A title as a model wrote it, without what surrounds one: "" where nothing is left."""
    kept: list[str] = []
    for line in written.splitlines():
        says = _unsigned(line)
        if kept and (not says or _LINE_SIGNS.match(line)):
            break  # a blank line, or the next one of several titles
        kept += [says] if says else []
    return shortened(_unsigned(" ".join(kept)))


def first_words(question: str) -> str:
    """Of a question that has no title: its first line that has words, shortened."""
    excerpt = question[:_EXCERPT_CHARACTERS].splitlines()
    lines = (_plain(_LINE_SIGNS.sub("", each)) for each in excerpt if not each.lstrip().startswith(_FENCE))
    return shortened(next((each for each in lines if any(map(str.isalnum, each))), " ".join(question.split())))


def shortened(text: str) -> str:
    """At most MAX_CHARACTERS, cut between two words where there are some, and never within what is seen as one sign."""
    text = " ".join(text.split())
    if len(text) <= MAX_CHARACTERS:
        return text
    end = MAX_CHARACTERS - 1
    while end > 0 and not _parts(text, end):
        end -= 1
    at_word = text.rfind(" ", 0, end + 1)
    kept = text[:at_word] if at_word >= MAX_CHARACTERS // 2 else text[:end]
    return kept.rstrip(" ,;:-–—") + "…"


def write_title(services: Services, subject: Subject, conversation_id: str, title: str, *, is_written: bool) -> bool:
    """Give a conversation its title, unless its owner has named it meanwhile, or deleted it: whether it has this one.

    is_written: by a model; else it is a question's first words.
    """
    table = services.conversations
    attributes: dict[str, Any] = {"title": title, "first_words": None if is_written else title}
    try:
        table.write(table.change(rows.key(subject, conversation_id), attributes, condition=_MAY_BE_TITLED))
    except ConditionFailed as refused:
        # Unless it is this very write that stored it, and only its first reply was lost.
        return refused.item is not None and refused.item.get("title") == title
    return True


def is_untitled(conversation: Conversation) -> bool:
    """Whether a title may still be written."""
    return conversation.title is None or conversation.title == conversation.first_words


def _unsigned(line: str) -> str:
    """A line without its signs: again and again, as they stand within each other."""
    before, text = "", _TAG.sub("", _JSON.sub(r"\1", line.strip()))
    if text.startswith(_FENCE):
        return ""
    while text != before:
        before = text
        text = _LABEL.sub("", _LINE_SIGNS.sub("", text), count=1)
        text = _unquoted(_plain(text)).strip()
        text = _undotted(text)
    return text if any(map(_says, text)) else ""


def _says(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNS" and character not in "*_#`~^|<>+="


def _plain(text: str) -> str:
    """Without the signs of Markdown that stand within a line."""
    return _ITALIC.sub(r"\2", _BOLD.sub(r"\2", _LINK.sub(r"\1", text))).strip()


def _unquoted(text: str) -> str:
    """Without quotes around all of it, or one that was opened and never closed; «A» and «B» are two, and stay."""
    first, closing = text[:1], _QUOTES.get(text[:1], "")
    if not closing:
        return text
    if len(text) > 1 and text[-1] in closing:
        inner = text[1:-1]
        signs = set(first + text[-1]) - _APOSTROPHES
        return text if signs & set(inner.strip(first + text[-1])) else inner
    is_alone = first not in _APOSTROPHES and not any(sign in text[1:] for sign in first + closing)
    return text[1:] if is_alone else text


def _undotted(text: str) -> str:
    """Without dots at the end; that of "U.S.A." belongs to the word."""
    last = text.rpartition(" ")[2]
    if last.endswith(".") and not last.endswith("..") and "." in last[:-1].strip("."):
        return text
    return _DOTS.sub("", text)


def _parts(text: str, at: int) -> bool:
    """Whether a text can be cut there: not before what changes the sign before it, nor in the middle of a flag.

    https://www.unicode.org/reports/tr29/, as far as titles need it.
    """
    before, after = text[at - 1], text[at]
    if _ZWJ in {before, after} or unicodedata.category(after) in {"Mn", "Me", "Mc"}:
        return False
    if any(ord(after) in joined for joined in (_VARIATIONS, _SKINS, _TAGS)):
        return False
    flags = 0
    while flags < at and ord(text[at - 1 - flags]) in _FLAGS:
        flags += 1
    return not (ord(after) in _FLAGS and flags % 2)
