"""Files that are ready to be used, put straight where extraction leaves them, and prompts as the model got them."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.people import Person
from tests.stage import Stage

_PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
FLOWERS = ("roses", "lilies", "tulips", "asters", "dahlias", "irises", "violets", "daisies", "poppies", "peonies")
_numbers = itertools.count()


def flower_pages(count: int, filler: int = 0) -> list[str]:
    """Pages that each have one sentence of their own; filler: words of no meaning after it."""
    return [
        f"The {FLOWERS[number % 10]} of garden {number} cost {100 + number} euros.\nThey are watered on Sundays."
        + " lorem ipsum" * (filler // 2)
        for number in range(1, count + 1)
    ]


def paper(
    stage: Stage, person: Person, texts: Sequence[str] = ("Red roses.",), name: str = "paper.pdf", **row: Any
) -> str:
    """A ready file with pages of these texts; returns its id. row: attributes that differ, None for none."""
    from chalicelib import functions, services
    from chalicelib.extraction.estimates import estimate_tokens
    from chalicelib.extraction.pages import Page
    from chalicelib.files import extracts
    from chalicelib.files.page_writer import PageWriter
    from chalicelib.ids import iso, new_id

    file_id = new_id()
    key = f"uploads/{person.user_id}/{file_id}/{name}"
    body = row.pop("body", b"%PDF-1.7")
    text = "".join(texts)
    item = {
        "file_id": file_id,
        "user_id": person.user_id,
        "upload_timestamp": iso(1_790_000_000 + next(_numbers)),
        "name": name,
        "media_type": "application/pdf",
        "size": len(body),
        "status": "ready",
        "object_key": key,
        "version_id": stage.store(key, body),
        "group": "document",
        "format": "PDF",
        "pages": len(texts),
        "pages_read": len(texts),
        "characters": len(text),
        "tokens": estimate_tokens(text),
        "scanned": False,
    }
    if texts:
        item["index_key"] = extracts.index_key(file_id, "run")
    stage.put("files", item | row)
    if texts:
        with tempfile.TemporaryDirectory() as folder:
            extracted = services.of(functions.EXTRACT).extracted
            writer = PageWriter(extracted, file_id, "run", Path(folder) / "index")
            for number, each in enumerate(texts, 1):
                writer.add(Page(number, {"kind": "page", "label": f"page {number}", "page": number}, each))
            writer.close()
    return file_id


def image(stage: Stage, person: Person, name: str = "rose.png", **row: Any) -> str:
    given = {"body": _PIXEL, "media_type": "image/png", "group": "image", "format": "PNG", "tokens": 1_600}
    return paper(stage, person, (), name, **given | row)


def unmarked(value: Any) -> Any:
    """A prompt, or a part of one, without its cache breakpoints."""
    if isinstance(value, list):
        return [unmarked(each) for each in value]
    if isinstance(value, dict):
        return {name: unmarked(each) for name, each in value.items() if name != "cache_control"}
    return value


def beginning(prompt: dict[str, Any]) -> list[str]:
    """All that stands before the newest turn, in the order in which it is cached: tools, system, messages."""
    messages = prompt["messages"]
    newest = max(
        index
        for index, message in enumerate(messages)
        if message["role"] == "user" and message["content"][-1]["type"] == "text"
    )
    return rendered(prompt)[: newest - len(messages)]


def rendered(prompt: dict[str, Any]) -> list[str]:
    parts = [prompt.get("tools", []), prompt.get("system", []), *prompt["messages"]]
    return [json.dumps(unmarked(part), ensure_ascii=False) for part in parts]


def breakpoints(prompt: dict[str, Any]) -> list[tuple[int | str, str]]:
    """Where the prompt has breakpoints: "system" or the message's number, and the block's type."""
    found: list[tuple[int | str, str]] = [
        ("system", each["type"]) for each in prompt.get("system", []) if _marked(each)
    ]
    for index, message in enumerate(prompt["messages"]):
        found += [(index, block["type"]) for block in message["content"] if _marked(block)]
    return found


def _marked(block: dict[str, Any]) -> bool:
    return "cache_control" in json.dumps(block)


def blocks(prompt: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for message in prompt["messages"] for block in message["content"] if block["type"] == kind]


def titles(prompt: dict[str, Any]) -> list[str]:
    """Of the documents."""
    return [block["title"] for block in blocks(prompt, "document")]


def where(prompt: dict[str, Any]) -> list[list[str]]:
    """The types of each message's blocks."""
    return [[block["type"] for block in message["content"]] for message in prompt["messages"]]


def is_continued(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the later prompt begins with all that the earlier one held, byte by byte."""
    first, then = rendered(before), rendered(after)
    return then[: len(first)] == first


def notes(prompt: dict[str, Any]) -> list[str]:
    """What is said of files that are not shown whole."""
    return [block["text"] for block in blocks(prompt, "text") if block["text"].startswith("<file ")]
