"""A request of the Messages API, its errors, and the estimate of its tokens.

Owns what is in a request and in which order the API counts it. Does not own the rules that refuse one
(`validation.py`), HTTP, or what is answered.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any

from deploy.local.demo_model.pdf import read_pdf_pages

Block = dict[str, Any]

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}

CONTEXT_WINDOW_TOKENS = 200_000
CHARS_PER_TOKEN = 4
IMAGE_TOKENS = 1_600  # what an image of the largest useful size costs
_FREE_FIELDS = frozenset({"cache_control", "citations", "signature"})
PDF_PAGE_TOKENS = 2_000  # the page as an image and its text


@dataclass(eq=False)
class ApiError(Exception):
    """An error as the API returns it: `{"type": "error", "error": {"type", "message"}}` with an HTTP
    status.
    """

    status: int
    message: str
    type: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def error_type(self) -> str:
        return self.type or ERROR_TYPES.get(self.status, "api_error")

    def body(self, request_id: str) -> dict[str, Any]:
        error = {"type": self.error_type, "message": self.message}
        return {"type": "error", "error": error, "request_id": request_id}


def bad_request(message: str) -> ApiError:
    return ApiError(400, message)


@dataclass(frozen=True)
class MessagesRequest:
    """A request that passed `validation.parse_request`.

    `messages`: (role, content blocks), oldest first; a plain string is one text block.
    """

    body: dict[str, Any]
    messages: list[tuple[str, list[Block]]]

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def tools(self) -> list[dict[str, Any]]:
        return self.body.get("tools") or []

    @property
    def system(self) -> list[Block]:
        return blocks_of(self.body.get("system") or [])

    @property
    def system_text(self) -> str:
        return "\n".join(block["text"] for block in self.system)

    @property
    def last_user_text(self) -> str:
        """The text of the last message, of its tool results and search results; documents are not part of it."""
        return "\n".join(texts_of(self.messages[-1][1]))

    @property
    def user_text(self) -> str:
        """The text of all of the user's messages."""
        return "\n".join(text for role, blocks in self.messages if role == "user" for text in texts_of(blocks))

    @property
    def typed_text(self) -> str:
        """The text of all of the user's messages, without what the app says of files (`<file …>`)."""
        own = (text for role, blocks in self.messages if role == "user" for text in texts_of(blocks))
        return "\n".join(text for text in own if not text.startswith("<file "))

    @property
    def is_first_turn(self) -> bool:
        return all(role != "assistant" for role, _ in self.messages)

    def source_blocks(self, kind: str) -> list[Block]:
        """The blocks of type `kind` in the order the API numbers them: through messages and tool results."""
        found = []
        for _, blocks in self.messages:
            for block in blocks:
                inner = blocks_of(block.get("content") or []) if block["type"] == "tool_result" else []
                found += [each for each in (block, *inner) if each["type"] == kind]
        return found


def blocks_of(content: str | list[Block]) -> list[Block]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def texts_of(blocks: list[Block]) -> list[str]:
    texts = []
    for block in blocks:
        if block["type"] == "text":
            texts.append(block["text"])
        elif block["type"] in ("tool_result", "search_result"):
            texts += texts_of(blocks_of(block.get("content") or []))
    return texts


def sign_thinking(thinking: str) -> str:
    """The signature that the API puts on a thinking block and asks back with it."""
    digest = hashlib.sha256(thinking.encode()).hexdigest()
    return base64.b64encode(f"demo-thinking:{digest}".encode()).decode()


def signature_fits(block: Block) -> bool:
    """Whether a thinking block comes back with the signature that it was given."""
    # With `display: omitted` the text is withheld and only the signature comes back.
    signature = str(block["signature"])
    if block["thinking"]:
        return signature == sign_thinking(block["thinking"])
    try:
        return base64.b64decode(signature, validate=True).startswith(b"demo-thinking:")
    except ValueError:
        return False


def text_tokens(text: str) -> int:
    return math.ceil(len(text) / CHARS_PER_TOKEN)


def block_tokens(block: Block) -> int:
    """Estimate the tokens of a content block or of a tool's definition; citations sent back are free."""
    kind = block.get("type")
    if kind == "image":
        return IMAGE_TOKENS
    if kind == "document" and block["source"]["type"] == "base64":
        return len(read_pdf_pages(block["source"]["data"])) * PDF_PAGE_TOKENS
    if kind == "text":
        return text_tokens(block["text"])
    plain = {name: value for name, value in block.items() if name not in _FREE_FIELDS}
    return text_tokens(json.dumps(plain, ensure_ascii=False))
