"""The money of one answer: what it has used so far, and what is reserved for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.conversations.messages import Message
from chalicelib.settings import ModelOffer
from chalicelib.spending import reservations, usage
from chalicelib.turns import settling

from .transcript import Transcript

if TYPE_CHECKING:
    from chalicelib.services import Services


class Purse:
    """answer: as it was claimed, with what its first round may cost reserved."""

    max_tokens: int | None = None  # of a round; the setting's, unless the answer is a shorter one

    def __init__(self, services: Services, answer: Message, offer: ModelOffer, transcript: Transcript) -> None:
        self._services = services
        self._answer = answer
        self._offer = offer
        self._transcript = transcript
        self.reservation = answer.reservation
        self._settled = False

    def spent(self) -> dict[str, int]:
        """Tokens and cost so far (`usage.priced`)."""
        return usage.priced(self._transcript.estimated_counts(), self._offer)

    def afford(self, prompt_tokens: int) -> None:
        """Reserve what a call needs beyond what is reserved. Raises BudgetSpent; what was reserved stays."""
        if self.reservation is None:
            return
        max_tokens = self.max_tokens or self._services.settings.max_tokens
        worst = usage.worst_case_micro_usd(self._offer, prompt_tokens, max_tokens)
        needed = self.spent()["cost_micro_usd"] + worst
        if needed > self.reservation.micro_usd:
            more = needed - self.reservation.micro_usd
            self.reservation = reservations.extend(self._services, self.reservation, more)

    def settle(self, spent: dict[str, int] | None) -> bool:
        """Count what the answer took. Safe to repeat. False where somebody else has settled it. Raises Busy."""
        if not self._settled:
            answer = self._answer.with_changes(reservation=self.reservation)
            self._settled = settling.settle_costs(self._services, answer, spent)
        return self._settled

    def settle_rest(self, counted: dict[str, int]) -> None:
        """Count what was used since `counted`, which somebody else has settled."""
        rest = {name: count - counted.get(name, 0) for name, count in self.spent().items()}
        if rest["cost_micro_usd"] > 0:
            reservations.charge(self._services, self._answer.subject, rest, self.reservation)
