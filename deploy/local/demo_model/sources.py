"""The rules by which the Messages API refuses texts, documents, search results and images.

Limits are those of a model with a context window of 200,000 tokens:
https://platform.claude.com/docs/en/build-with-claude/pdf-support and …/vision
"""

from __future__ import annotations

import base64
from typing import Any

from deploy.local.demo_model.pdf import read_pdf_pages
from deploy.local.demo_model.request import Block, MessagesRequest, bad_request, blocks_of

DOCUMENT_SOURCES = frozenset({"text", "content", "base64"})
MAX_PDF_PAGES = 100
MAX_IMAGES = 100
MAX_IMAGE_CHARS = 5 * 1024 * 1024  # of base64
IMAGE_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


def check_text(block: Block, where: str) -> None:
    text = block.get("text")
    if not isinstance(text, str):
        raise bad_request(f"{where}: text: Input should be a valid string")
    if not text:
        raise bad_request(f"{where}: text content blocks must be non-empty")
    if not text.strip():
        raise bad_request(f"{where}: text content blocks must contain non-whitespace text")


def check_search_result(block: Block, where: str) -> None:
    content = block["content"]
    if not isinstance(content, list) or not content:
        raise bad_request(f"{where}.search_result.content: List should have at least 1 item")
    for inner in content:
        if not isinstance(inner, dict) or inner.get("type") != "text":
            raise bad_request(f"{where}.search_result.content: Input should be text blocks")
        check_text(inner, where)


def check_document(block: Block, where: str) -> None:
    source, where = block["source"], f"{where}.document.source"
    if not isinstance(source, dict) or source.get("type") not in DOCUMENT_SOURCES:
        raise bad_request(f"{where}: the demo model reads sources of type {', '.join(sorted(DOCUMENT_SOURCES))}")
    if source["type"] == "content":
        _check_content_source(source.get("content") or [], f"{where}.content")
        return
    if not isinstance(source.get("data"), str) or not source["data"]:
        raise bad_request(f"{where}.data: Field required")
    if source["type"] == "base64" and not _decoded(source["data"], where).startswith(b"%PDF"):
        raise bad_request(f"{where}.base64.data: The PDF specified was not valid.")


def _check_content_source(content: str | list[Block], where: str) -> None:
    if not content:
        raise bad_request(f"{where}: at least one block is required")
    for index, inner in enumerate(blocks_of(content)):
        kind = inner.get("type")
        if kind == "text":
            check_text(inner, f"{where}.{index}")
        elif kind == "image":
            check_image(inner, f"{where}.{index}")
        else:
            raise bad_request(f"{where}.{index}: Input tag '{kind}' found using 'type' does not match 'text', 'image'")


def check_image(block: Block, where: str) -> None:
    source, where = block.get("source"), f"{where}.image.source"
    if not isinstance(source, dict) or source.get("type") != "base64":
        raise bad_request(f"{where}: the demo model takes images of type base64")
    if source.get("media_type") not in IMAGE_SIGNATURES:
        raise bad_request(f"{where}.base64.media_type: Input should be one of {', '.join(IMAGE_SIGNATURES)}")
    data = source.get("data")
    if not isinstance(data, str) or not data:
        raise bad_request(f"{where}.base64.data: Field required")
    if len(data) > MAX_IMAGE_CHARS:
        raise bad_request(f"{where}.base64: image exceeds 5 MB maximum: {len(data)} bytes > {MAX_IMAGE_CHARS} bytes")
    if not _decoded(data, where).startswith(IMAGE_SIGNATURES[source["media_type"]]):
        raise bad_request(f"{where}.base64.data: Image does not match the provided media type {source['media_type']}")


def _decoded(data: str, where: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise bad_request(f"{where}.base64.data: Invalid base64 data") from None


def check_sources(request: MessagesRequest) -> None:
    """What holds for all sources of a request together."""
    for kind, name in (("document", "documents"), ("search_result", "search results")):
        if len({is_cited(block) for block in request.source_blocks(kind)}) > 1:
            raise bad_request(f"citations must be enabled on all {name} of a request or on none")
    sources: list[dict[str, Any]] = [block["source"] for block in request.source_blocks("document")]
    pdf_pages = sum(len(read_pdf_pages(source["data"])) for source in sources if source["type"] == "base64")
    if pdf_pages > MAX_PDF_PAGES:
        raise bad_request(f"A maximum of {MAX_PDF_PAGES} PDF pages may be provided.")
    if len(request.source_blocks("image")) > MAX_IMAGES:
        raise bad_request(f"A maximum of {MAX_IMAGES} images may be provided.")


def is_cited(block: Block) -> bool:
    return bool((block.get("citations") or {}).get("enabled"))
