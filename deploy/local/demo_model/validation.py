"""The rules by which the Messages API refuses a request.

The texts of the errors follow the API's own, so that a log of the local stage reads like one of production.
Fields that the API does not know are refused as it refuses them: a field too many is found here and not
after the deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.local.demo_model.request import ApiError, Block, MessagesRequest, bad_request, blocks_of, signature_fits
from deploy.local.demo_model.sources import check_document, check_image, check_search_result, check_sources, check_text

MAX_CACHE_BREAKPOINTS = 4
# https://platform.claude.com/docs/en/api/migration-2026-10-21
STRICTER_VERSION = "2026-10-21"

_TOP_LEVEL_FIELDS_TEXT = """
    model max_tokens messages system stream tools tool_choice thinking stop_sequences metadata
    cache_control container context_management diagnostics inference_geo mcp_servers output_config
    service_tier speed temperature top_k top_p
"""
TOP_LEVEL_FIELDS = frozenset(_TOP_LEVEL_FIELDS_TEXT.split())

# Block type → (required fields, optional fields, roles that may send it). Server tools' blocks are
# let through as they are.
BLOCK_FIELDS: dict[str, tuple[frozenset[str], frozenset[str], str]] = {
    "text": (frozenset({"text"}), frozenset({"citations", "cache_control"}), "user assistant system"),
    "image": (frozenset({"source"}), frozenset({"cache_control"}), "user"),
    "document": (
        frozenset({"source"}),
        frozenset({"title", "context", "citations", "cache_control"}),
        "user",
    ),
    "search_result": (
        frozenset({"source", "title", "content"}),
        frozenset({"citations", "cache_control"}),
        "user",
    ),
    "tool_result": (
        frozenset({"tool_use_id"}),
        frozenset({"content", "is_error", "cache_control", "toolset_name"}),
        "user",
    ),
    "tool_use": (
        frozenset({"id", "name", "input"}),
        frozenset({"caller", "cache_control", "toolset_name"}),
        "assistant",
    ),
    "thinking": (frozenset({"thinking", "signature"}), frozenset(), "assistant"),
    "redacted_thinking": (frozenset({"data"}), frozenset(), "assistant"),
}


def parse_request(body: object, version: str, *, counting: bool = False) -> MessagesRequest:
    """Check `body` as the API of that `anthropic-version` does.

    `counting`: the request is for count_tokens, which takes no max_tokens.

    Raises ApiError (400, or 404 for a model that is not there).
    """
    if not isinstance(body, dict):
        raise bad_request("The request body is not valid JSON: an object is expected")
    for unknown in body.keys() - TOP_LEVEL_FIELDS:
        raise bad_request(f"{unknown}: Extra inputs are not permitted")
    for name in ("model", "messages") if counting else ("model", "max_tokens", "messages"):
        if body.get(name) is None:
            raise bad_request(f"{name}: Field required")
    _check_options(body)
    messages = _parse_messages(body["messages"])
    request = MessagesRequest(body, messages)
    _check_system(body.get("system"))
    if version >= STRICTER_VERSION:
        _check_removed(request)
    _check_tools(request)
    _check_tool_results(messages)
    check_sources(request)
    _check_breakpoints(body)
    if not request.model.startswith("claude-"):
        raise ApiError(404, f"model: {request.model}")
    return request


def _check_options(body: dict[str, Any]) -> None:
    max_tokens = body.get("max_tokens", 0)
    if not isinstance(max_tokens, int) or isinstance(max_tokens, bool):
        raise bad_request("max_tokens: Input should be a valid integer")
    if max_tokens < 0:
        raise bad_request("max_tokens: Input should be greater than or equal to 0")
    if not isinstance(body["model"], str):
        raise bad_request("model: Input should be a valid string")
    for sequence in body.get("stop_sequences") or []:
        if not isinstance(sequence, str) or not sequence.strip():
            raise bad_request("stop_sequences: each stop sequence must contain non-whitespace")
    _check_thinking(body, max_tokens)


def _check_thinking(body: dict[str, Any], max_tokens: int) -> None:
    thinking = body.get("thinking") or {"type": "disabled"}
    if thinking.get("type") not in ("enabled", "disabled", "adaptive", "between_tools"):
        raise bad_request("thinking: Input tag found using 'type' does not match any of the expected tags")
    if thinking["type"] == "enabled":
        budget = thinking.get("budget_tokens")
        if not isinstance(budget, int) or budget < 1024:
            raise bad_request("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if "max_tokens" in body and max_tokens <= budget:
            raise bad_request("`max_tokens` must be greater than `thinking.budget_tokens`")
    choice = (body.get("tool_choice") or {}).get("type")
    if thinking["type"] == "enabled" and choice in ("any", "tool"):
        raise bad_request("Thinking may not be enabled when tool_choice forces tool use.")


def _parse_messages(messages: object) -> list[tuple[str, list[Block]]]:
    if not isinstance(messages, list) or not messages:
        raise bad_request("messages: at least one message is required")
    parsed = [_parse_message(message, f"messages.{index}") for index, message in enumerate(messages)]
    if parsed[0][0] != "user":
        raise bad_request('messages: first message must use the "user" role')
    last_role, last_blocks = parsed[-1]
    # A paused turn is sent back as it is: that is the one way to end with the assistant.
    if last_role == "assistant" and not any(block["type"] == "server_tool_use" for block in last_blocks):
        raise bad_request(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    return parsed


def _parse_message(message: object, where: str) -> tuple[str, list[Block]]:
    if not isinstance(message, dict):
        raise bad_request(f"{where}: Input should be an object")
    for name in ("role", "content"):
        if name not in message:
            raise bad_request(f"{where}.{name}: Field required")
    for unknown in message.keys() - {"role", "content"}:
        raise bad_request(f"{where}.{unknown}: Extra inputs are not permitted")
    role, content = message["role"], message["content"]
    if role not in ("user", "assistant", "system"):
        raise bad_request(f"{where}.role: Input should be 'user', 'assistant' or 'system'")
    if not isinstance(content, str | list):
        raise bad_request(f"{where}.content: Input should be a valid string or list")
    if not content:
        raise bad_request(f"{where}: all messages must have non-empty content")
    blocks = blocks_of(content)
    for index, block in enumerate(blocks):
        _check_block(block, role, f"{where}.content.{index}")
    return role, blocks


def _check_block(block: object, role: str, where: str) -> None:
    if not isinstance(block, dict) or "type" not in block:
        raise bad_request(f"{where}: Unable to extract tag using discriminator 'type'")
    kind = str(block["type"])
    if kind == "server_tool_use" or (kind.endswith("_tool_result") and role == "assistant"):
        return
    if kind not in BLOCK_FIELDS or role not in BLOCK_FIELDS[kind][2].split():
        raise bad_request(f"{where}: Input tag '{kind}' is not expected in a message of role '{role}'")
    required, optional, _ = BLOCK_FIELDS[kind]
    for name in sorted(required):
        if block.get(name) in (None, "") and name not in ("text", "thinking"):
            raise bad_request(f"{where}.{kind}.{name}: Field required")
    for unknown in block.keys() - required - optional - {"type"}:
        raise bad_request(f"{where}.{kind}.{unknown}: Extra inputs are not permitted")
    _check_block_content(block, kind, where)


def _check_block_content(block: Block, kind: str, where: str) -> None:
    if kind == "text":
        check_text(block, where.split(".", maxsplit=1)[0])
    elif kind == "thinking" and (not isinstance(block.get("thinking"), str) or not signature_fits(block)):
        raise bad_request(f"{where}: Invalid `signature` in `thinking` block")
    elif kind == "tool_result":
        for index, inner in enumerate(blocks_of(block.get("content") or [])):
            _check_block(inner, "user", f"{where}.tool_result.content.{index}")
    elif kind == "search_result":
        check_search_result(block, where)
    elif kind == "document":
        check_document(block, where)
    elif kind == "image":
        check_image(block, where)


def _check_system(system: object) -> None:
    if system is not None and not isinstance(system, str | list):
        raise bad_request("system: Input should be a valid string or list")
    for block in system if isinstance(system, list) else []:
        if not isinstance(block, dict) or block.get("type") != "text":
            raise bad_request("system: Input should be text blocks")
        check_text(block, "system")


def _check_removed(request: MessagesRequest) -> None:
    for name in ("temperature", "top_p", "top_k"):
        if name in request.body:
            raise bad_request(f"{name}: Extra inputs are not permitted")
    asked = [block for role, blocks in request.messages if role == "user" for block in blocks]
    found = [text for result in request.source_blocks("search_result") for text in result["content"]]
    if any(block["type"] == "text" and block.get("citations") for block in asked + found):
        raise bad_request("messages: text blocks of a user message may not carry citations")


def _check_tools(request: MessagesRequest) -> None:
    for index, tool in enumerate(request.tools):
        if not tool.get("name"):
            raise bad_request(f"tools.{index}.name: Field required")
        # A server tool has a versioned type and no schema of its own.
        if tool.get("type", "custom") == "custom" and not isinstance(tool.get("input_schema"), dict):
            raise bad_request(f"tools.{index}.custom.input_schema: Field required")
    choice = request.body.get("tool_choice") or {}
    if choice.get("type") == "tool" and choice.get("name") not in [tool["name"] for tool in request.tools]:
        raise bad_request(f"Tool '{choice.get('name')}' not found in provided tools")


def _check_tool_results(messages: list[tuple[str, list[Block]]]) -> None:
    asked: set[str] = set()
    for index, (role, blocks) in enumerate(messages):
        kinds = [block["type"] == "tool_result" for block in blocks]
        if asked and kinds != sorted(kinds, reverse=True):
            raise bad_request(f"messages.{index}: `tool_result` blocks must stand before all others of their message")
        answered = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
        if stray := answered - asked:
            names = ", ".join(sorted(stray))
            raise bad_request(f"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {names}")
        if role == "user" and (missing := asked - answered):
            names = ", ".join(sorted(missing))
            raise bad_request(
                f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {names}"
            )
        asked = {block["id"] for block in blocks if block["type"] == "tool_use"}


def _check_breakpoints(body: dict[str, Any]) -> None:
    found = list(_breakpoints([body.get("tools"), body.get("system"), body["messages"]]))
    count = len(found) + (1 if body.get("cache_control") else 0)
    if count > MAX_CACHE_BREAKPOINTS:
        raise bad_request(f"A maximum of 4 blocks with cache_control may be provided. Found {count}.")
    ttls = [control.get("ttl", "5m") for control in found]
    if any(ttl not in ("5m", "1h") for ttl in ttls):
        raise bad_request("cache_control.ephemeral.ttl: Input should be '5m' or '1h'")
    if ttls != sorted(ttls):
        raise bad_request("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block")


def _breakpoints(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _breakpoints(item)
    elif isinstance(value, dict):
        if value.get("cache_control"):
            yield value["cache_control"]
        for name in ("content", "source"):
            yield from _breakpoints(value.get(name))
