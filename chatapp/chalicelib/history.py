"""The prompt of an answer: the visible thread, oldest first, within its budget and with its cache breakpoints.

Turns are only appended, so that the prompt's prefix is the same from turn to turn and the model's cache serves it.
When the thread outgrows its budget, its oldest half is left out at once and the cut is kept, so that the new prefix
lasts as long.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .aws.table import Item
from .messages import Message, partition

if TYPE_CHECKING:
    from .services import Services

# Claude's tokenizer takes 3 to 4 bytes of English or French a token; the lower figure overestimates.
_BYTES_PER_TOKEN = 3
_FIRST_ID = "0"
_EPHEMERAL = {"type": "ephemeral"}


@dataclass(frozen=True, slots=True)
class History:
    """messages: for the Messages API. cut: the id at which they start, None for the conversation's start."""

    messages: list[dict[str, Any]]
    cut: str | None


def read(services: Services, answer: Message, cut: str | None) -> History:
    """The thread that `answer` continues: one query, whatever the conversation's length."""
    budget = services.settings.history_tokens
    older = cut is not None and cut > (answer.parent_id or _FIRST_ID)
    thread = [] if older else _thread(_rows(services, answer, cut), answer)
    branched = cut is not None and (not thread or thread[0].message_id != cut)
    if branched:  # a turn from before the cut was taken up again
        thread = _thread(_rows(services, answer, None), answer)
    kept = within(thread, budget)
    shortened = kept[0].message_id if kept and (branched or len(kept) < len(thread)) else cut
    return History(_prompt(kept), shortened)


def _rows(services: Services, answer: Message, cut: str | None) -> dict[str, Message]:
    """Every message from the cut to the answer's prompt, branches included."""
    home = partition(answer.user_id, answer.conversation_id)
    values = {":home": home, ":cut": cut or _FIRST_ID, ":prompt": answer.parent_id or _FIRST_ID}
    rows: dict[str, Message] = {}
    start: Item | None = None
    now = time.time()
    # Bounded: the cut moves before the thread is twice its budget, but abandoned branches count here too.
    budget_bytes = 4 * services.settings.history_tokens * _BYTES_PER_TOKEN
    while budget_bytes > 0:
        page = services.messages.query(
            "#conversation = :home AND #message_id BETWEEN :cut AND :prompt",
            values,
            newest_first=True,
            start=start,
        )
        for item in page.items:
            message = Message.from_item(item)
            if message.expires_at and message.expires_at < now:
                continue
            rows[message.message_id] = message
            budget_bytes -= len(message.text())
        start = page.last_key
        if start is None:
            break
    return rows


def _thread(rows: dict[str, Message], answer: Message) -> list[Message]:
    """The path from the answer's prompt back to the first row, oldest first; never starts with an answer."""
    path: list[Message] = []
    current = rows.get(answer.parent_id or "")
    while current is not None:
        path.append(current)
        current = rows.get(current.parent_id or "")
    path.reverse()
    while path and path[0].role == "assistant":
        path.pop(0)
    return path


def within(thread: list[Message], budget_tokens: int) -> list[Message]:
    """The thread, or its newest part of at most half the budget; the last prompt always stays."""
    sizes = [estimated_tokens(message) for message in thread]
    if sum(sizes) <= budget_tokens:
        return thread
    first, total = len(thread) - 1, sizes[-1]
    for index in range(len(thread) - 2, -1, -1):
        total += sizes[index]
        if total > budget_tokens // 2:
            break
        if thread[index].role == "user":
            first = index
    return thread[first:]


def estimated_tokens(message: Message) -> int:
    return len(message.text().encode()) // _BYTES_PER_TOKEN + 8


def _prompt(thread: list[Message]) -> list[dict[str, Any]]:
    """Text only: thinking belongs to its own turn, and an empty text is refused by the API."""
    prompt: list[dict[str, Any]] = [
        {"role": message.role, "content": [{"type": "text", "text": message.text()}]}
        for message in thread
        if message.text().strip()
    ]
    # The newest prompt is stored in the cache; the one before it is where the last turn stored its own.
    for message in [message for message in prompt if message["role"] == "user"][-2:]:
        message["content"][-1]["cache_control"] = _EPHEMERAL
    return prompt
