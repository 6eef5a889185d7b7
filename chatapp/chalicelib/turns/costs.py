"""What an answer may cost at most, told before its prompt is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.conversations.rows import Conversation
from chalicelib.extraction.estimates import estimate_tokens
from chalicelib.files.row import File
from chalicelib.spending import usage

from .accounts import Account

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings

# Tools, framing, and what surrounds the texts that are counted.
_ENVELOPE_TOKENS = 2_000


def worst_case_micro_usd(  # noqa: PLR0917 (all that an answer's price depends on)
    services: Services,
    conversation: Conversation,
    model: str | None,
    text: str = "",
    attached: Iterable[File] = (),
    account: Account | None = None,
) -> int:
    """Of the first call for an answer: the last prompt with its answer, what is new, and an answer of full length.

    model: that is asked for, by default the conversation's. text, attached: of a new message. account: of a visit.
    """
    settings = services.settings
    new = estimate_tokens(text) + sum(file.tokens or 0 for file in attached)
    earlier, max_tokens = _earlier(settings, conversation), settings.max_tokens
    if account is not None:
        earlier, max_tokens = max(account.prefix_tokens, conversation.prompt_tokens or 0), account.max_tokens
    prompt_tokens = earlier + new + _ENVELOPE_TOKENS
    most = settings.context_tokens - max_tokens
    offer = settings.offer(model or conversation.model)
    return usage.worst_case_micro_usd(offer, min(prompt_tokens, most), max_tokens)


def _earlier(settings: Settings, conversation: Conversation) -> int:
    """Of a conversation that does not say it yet, as much as its history and files may take."""
    if conversation.prompt_tokens is not None:
        return conversation.prompt_tokens
    system = estimate_tokens(conversation.system or "")
    if conversation.head is None:
        return system
    return system + settings.history_tokens + (settings.document_tokens if conversation.file_ids else 0)
