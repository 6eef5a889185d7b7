"""What the demo model says when no script tells it: passages, a tool call, a title, or a short reply.

Everything follows from the request alone, so the same request always gets the same answer.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from typing import Any

from deploy.local.demo_model import studies, twin
from deploy.local.demo_model.passages import (
    MAX_QUOTE_CHARS,
    STOPWORDS,
    Passage,
    closest,
    coverage,
    document_passages,
    openings,
    result_passages,
    terms,
)
from deploy.local.demo_model.request import Block, MessagesRequest, sign_thinking, texts_of

TITLE_WORDS = 6
MAX_TITLE_CHARS = 60
AT_HAND_SHARE = 0.5  # of the question's words in one passage
PAGE_FIELDS = ("file", "first", "last")  # how the names of what a tool that reads pages takes begin
QUERY_PROPERTIES = ("query", "q", "question", "search")

_ENGLISH_TEXT = """
    the an of and is are what how why who you in for with my this that hello please give explain
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
_FRENCH_TEXT = """
    le la les un une des de du et est que quoi qui comment pourquoi je tu vous dans pour sur avec mon ma
    ce cette quel quelle bonjour merci moi donne explique salut écris fais
"""
_FRENCH = frozenset(_FRENCH_TEXT.split())
_CODE = re.compile(r"\b(code|script|function|program|snippet|python|javascript|sql|bash|fonction|programme)\b", re.I)
_TABLE = re.compile(r"\b(tables?|tableaux?)\b", re.I)
_PAGES = re.compile(r"\bpages? (\d+)(?:(?: to | à |-|–)(\d+))?", re.I)
_OUTLINED = re.compile(r'<file name="[^"]*" file_id="([^"]+)">')
_DELETED = re.compile(r'<file name="([^"]*)" file_id="[^"]+">\nThis file was deleted')
_TITLE_ONLY = re.compile(r"\b(only|just|nothing else|nothing but)\b", re.I)

_SNIPPETS = {
    "python": 'def reply(name: str) -> str:\n    """{subject}."""\n    return f"Hello, {{name}}"',
    "javascript": "// {subject}\nexport function reply(name) {{\n  return `Hello, ${{name}}`;\n}}",
    "sql": "-- {subject}\nSELECT name, count(*) AS times\nFROM words\nGROUP BY name\nORDER BY times DESC;",
    "bash": '# {subject}\nname="${{1:-you}}"\nprintf "Hello, %s\\n" "$name"',
}

_TEXTS = {
    "en": {
        "demo": "I am the demo model: no Claude key is set here, so I answer by simple rules from the "
        "text that I am given. "
        "To ask Claude itself, start the chat with a key: `ANTHROPIC_API_KEY=… ./deploy.sh local`.\n\n",
        "asked": "You asked about **{subject}**. ",
        "earlier": "This conversation began with “{first}”. ",
        "rest": "Claude would answer in full here; I can show how an answer arrives: it streams in "
        "small pieces, is stored "
        "while it comes, and can be stopped, tried again or read on another device. Attach a document, "
        "and I quote "
        "the passages closest to your question, with citations.",
        "code": "\n\nHere is a small piece of code in that direction:\n\n```{language}\n{code}\n```",
        "table": "\n\n| Word | Letters | Times |\n| --- | ---: | ---: |\n{rows}",
        "images": "I cannot see images ({count} attached). ",
        "closest": "These passages are the closest to your question:",
        "openings": "Nothing in what you gave me shares a word with your question. This is how it begins:",
        "unreadable": "I find no text that I can read in the document. ",
        "deleted": "The source *{name}* was deleted: I can no longer quote it. ",
        "from": "\n- From *{title}*: ",
        "document": "the document",
        "tool": "The tool answered: “{text}”",
        "nothing": "Your message holds no word that I can work with. ",
        "think": "The question is about {subject}. I look for the passages given to me that share its words.",
        "something": "your message",
    },
    "fr": {
        "demo": "Je suis le modèle de démonstration : aucune clé Claude n'est définie ici, je réponds "
        "donc par des règles "
        "simples à partir du texte qui m'est donné. Pour interroger Claude, démarrez avec une clé : "
        "`ANTHROPIC_API_KEY=… ./deploy.sh local`.\n\n",
        "asked": "Votre question porte sur **{subject}**. ",
        "earlier": "Cette conversation a commencé par « {first} ». ",
        "rest": "Claude répondrait ici en détail ; je montre comment une réponse arrive : elle "
        "s'affiche par petits "
        "morceaux, est enregistrée au fur et à mesure, et peut être arrêtée, relancée ou lue sur un "
        "autre appareil. "
        "Joignez un document, et je cite les passages les plus proches de votre question.",
        "code": "\n\nVoici un petit morceau de code dans ce sens :\n\n```{language}\n{code}\n```",
        "table": "\n\n| Mot | Lettres | Fois |\n| --- | ---: | ---: |\n{rows}",
        "images": "Je ne vois pas les images ({count} jointes). ",
        "closest": "Voici les passages les plus proches de votre question :",
        "openings": "Rien de ce que vous m'avez donné ne partage un mot avec votre question. En voici le début :",
        "unreadable": "Je ne trouve pas de texte lisible dans le document. ",
        "deleted": "La source *{name}* a été supprimée : je ne peux plus la citer. ",
        "from": "\n- Dans *{title}* : ",
        "document": "le document",
        "tool": "L'outil a répondu : « {text} »",
        "nothing": "Votre message ne contient aucun mot que je puisse utiliser. ",
        "think": "La question porte sur {subject}. Je cherche, dans ce qui m'est donné, les passages "
        "qui en partagent les mots.",
        "something": "votre message",
    },
}


def answer(request: MessagesRequest) -> list[Block]:
    """Return the content blocks of the answer, thinking first when the request asks for it."""
    if is_title_request(request):
        return [_text(title_of(request))]
    question = question_of(request)
    said = _thinking(request, question)
    if twin.is_twin(request):
        return said + _of_twin(request, question)
    call = _tool_call(request, question)
    return said + ([call] if call else _spoken(request, question))


def _of_twin(request: MessagesRequest, question: str) -> list[Block]:
    answered = twin.answer(request, question, language_of(question))
    if not isinstance(answered, str):
        return answered
    tool = next(tool for tool in request.tools if tool["name"] == answered)
    given = {"question": question} if answered == twin.NOT_IN_SOURCES else None
    return [_tool_use(request, tool, question, given)]


def is_title_request(request: MessagesRequest) -> bool:
    """Whether the system prompt asks for a title alone: it says "title" and "only" (or "just", …)."""
    system = request.system_text
    return bool(re.search(r"\btitle\b", system, re.I) and _TITLE_ONLY.search(system)) and not request.tools


def title_of(request: MessagesRequest) -> str:
    """A title of the conversation's first words, without labels, tags or Markdown."""
    # What stands below a ruler is the answer, which a short question must not borrow its title from.
    question = re.split(r"^\s*---+\s*$", request.user_text, maxsplit=1, flags=re.M)[0]
    text = re.sub(r"<[^>]*>", " ", question)
    text = re.sub(r"^\W*(user|human|utilisateur)\s*:\s*", "", text.strip(), flags=re.I)
    words = re.sub(r"[`*_#>|\"“”«»]+", " ", text).split()
    words = words[:TITLE_WORDS]
    while len(words) > 2 and words[-1].casefold() in STOPWORDS:
        words.pop()  # "How do I bake bread at" ends in the air
    title = " ".join(words)[:MAX_TITLE_CHARS].rstrip(" .,;:!?")
    return title[:1].upper() + title[1:] or "Conversation"


def question_of(request: MessagesRequest) -> str:
    """The newest text of the user's own: tool results are no question, nor are texts that stand before one."""
    for role, blocks in reversed(request.messages):
        own = [block["text"] for block in blocks if block["type"] == "text"]
        if role == "user" and own:
            return str(own[-1])
    return ""


def language_of(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    french = sum(word in _FRENCH for word in words)
    english = sum(word in _ENGLISH for word in words)
    accented = english == 0 and bool(re.search("[éèêàùçœî]", text.casefold()))
    return "fr" if french > english or (french == english and accented) else "en"


def _text(text: str, citations: list[dict[str, Any]] | None = None) -> Block:
    return {"type": "text", "text": text} | ({"citations": citations} if citations else {})


def _subject(question: str, language: str) -> str:
    return ", ".join(list(dict.fromkeys(_words(question)))[:3]) or _TEXTS[language]["something"]


def _words(question: str) -> list[str]:
    """The words that carry meaning, as they were written and not as they are compared."""
    return [word for word in re.findall(r"[^\W_]+", question) if terms(word)]


def _thinking(request: MessagesRequest, question: str) -> list[Block]:
    config = request.body.get("thinking") or {}
    if config.get("type") not in ("enabled", "adaptive"):
        return []
    language = language_of(question)
    thought = _TEXTS[language]["think"].format(subject=_subject(question, language))
    shown = "" if config.get("display") == "omitted" else thought
    return [{"type": "thinking", "thinking": shown, "signature": sign_thinking(thought)}]


def _spoken(request: MessagesRequest, question: str) -> list[Block]:
    texts = _TEXTS[language_of(question)]
    opening = texts["demo"] if request.is_first_turn else ""
    opening += "".join(
        texts["deleted"].format(name=html.unescape(name)) for name in _DELETED.findall(request.user_text)
    )
    newest = request.messages[-1][1]
    from_tools = [text for block in newest if block["type"] == "tool_result" for text in texts_of([block])]
    passages = result_passages(request) or ([] if from_tools else document_passages(request))
    if passages:
        return _quoted(opening, question, passages, texts)
    if from_tools:
        return [_text(opening + texts["tool"].format(text=" ".join(from_tools)[:MAX_QUOTE_CHARS]))]
    if request.source_blocks("document"):
        opening += texts["unreadable"]
    return [_text(opening + _plain(request, question, texts))]


def _quoted(opening: str, question: str, passages: list[Passage], texts: dict[str, str]) -> list[Block]:
    found = closest(question, passages)
    lead = opening + texts["closest" if found else "openings"]
    blocks = []
    for passage in found or openings(passages):
        # Whitespace alone is no text block that the API takes back, so what separates two quotes
        # also names the source.
        blocks.append(_text(lead + texts["from"].format(title=passage.title or texts["document"])))
        quote = f"“{' '.join(passage.quote.split())}”"
        blocks.append(_text(quote, [passage.citation] if passage.citation else None))
        lead = ""
    return blocks


def _plain(request: MessagesRequest, question: str, texts: dict[str, str]) -> str:
    language = language_of(question)
    said = ""
    if images := request.source_blocks("image"):
        said += texts["images"].format(count=len(images))
    said += texts["asked"].format(subject=_subject(question, language)) if terms(question) else texts["nothing"]
    if not request.is_first_turn:
        first = " ".join(request.typed_text.split())[:80]
        said += texts["earlier"].format(first=first)
    said += texts["rest"]
    if _TABLE.search(question):
        said += texts["table"].format(rows=_rows(question))
    elif _CODE.search(question):
        said += _code(question, texts)
    return said


def _rows(question: str) -> str:
    counted = Counter(_words(question)).most_common(6)
    return "\n".join(f"| {word} | {len(word)} | {count} |" for word, count in counted)


def _code(question: str, texts: dict[str, str]) -> str:
    named = [language for language in _SNIPPETS if language in question.casefold()]
    language = named[0] if named else "python"
    subject = re.sub(r"[\"\\\n`]+", " ", question).strip()[:60]
    return texts["code"].format(language=language, code=_SNIPPETS[language].format(subject=subject))


def _tool_call(request: MessagesRequest, question: str) -> Block | None:
    """A call of the tool that is forced, or of one that finds more than is given; none right after a result."""
    choice = request.body.get("tool_choice") or {"type": "auto"}
    answered = any(block["type"] == "tool_result" for block in request.messages[-1][1])
    if choice["type"] == "none" or (answered and choice["type"] == "auto"):
        return None
    if choice["type"] == "auto":
        return _read_call(request, question) or _search_call(request, question)
    tools = [tool for tool in request.tools if choice["type"] == "any" or choice.get("name") == tool["name"]]
    return _tool_use(request, tools[0], question, studies.given(request, tools[0]["name"])) if tools else None


def _read_call(request: MessagesRequest, question: str) -> Block | None:
    """A call of the tool that reads pages, when the question names pages of a file that is not shown."""
    named, outlined = _PAGES.search(question), _OUTLINED.findall(request.user_text)
    if not named or not outlined:
        return None
    for tool in request.tools:
        required: list[str] = _schema(tool).get("required") or []
        takes = [name for field in PAGE_FIELDS for name in required if name.startswith(field)]
        if len(takes) == len(PAGE_FIELDS) == len(required):
            values = (outlined[-1], int(named[1]), int(named[2] or named[1]))
            return _tool_use(request, tool, question, dict(zip(takes, values, strict=True)))
    return None


def _search_call(request: MessagesRequest, question: str) -> Block | None:
    """A call of a tool that takes a query, unless nothing is asked or a document at hand answers."""
    if not terms(question) or coverage(question, document_passages(request)) >= AT_HAND_SHARE:
        return None
    return next((_tool_use(request, tool, question) for tool in request.tools if _takes_a_query(tool)), None)


def _takes_a_query(tool: dict[str, Any]) -> bool:
    properties = _schema(tool).get("properties") or {}
    return any((properties.get(name) or {}).get("type") == "string" for name in QUERY_PROPERTIES)


def _schema(tool: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = tool.get("input_schema") or {}
    return schema


def _tool_use(
    request: MessagesRequest, tool: dict[str, Any], question: str, given: dict[str, Any] | None = None
) -> Block:
    schema = _schema(tool)
    properties: dict[str, Any] = schema.get("properties") or {}
    filled = {*(schema.get("required") or []), *QUERY_PROPERTIES}
    values = {name: _value(properties[name], question) for name in properties if name in filled}
    # The same question asked twice in a conversation is two calls, so its length is part of the id.
    seed = f"{len(request.messages)} {tool['name']} {question}"
    return {
        "type": "tool_use",
        "id": "toolu_" + hashlib.sha256(seed.encode()).hexdigest()[:24],
        "name": tool["name"],
        "input": given or values,
    }


def _value(schema: dict[str, Any], question: str) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    of_type = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    return of_type.get(str(schema.get("type")), " ".join(terms(question)) or question)
