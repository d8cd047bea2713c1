"""From the claim blocks of a deck to formulas on its cards, and to verdicts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.model import CLAIM, Card, Interpolation, Stated
from generator.problems import Problems
from generator.verify import claims
from generator.verify.claims import Claim, Unknown, Verdict


@dataclass(slots=True)
class Claims:
    """The claims of a deck."""

    of: dict[str, Mapping[str, Claim]] = field(default_factory=dict)
    """The id of a card -> its claims by their names."""

    def read(self, cards: Iterable[Card], problems: Problems) -> None:
        """Read the claims of all cards, and look up what their texts show of them; nothing is proven yet."""
        for card in cards:
            before = len(problems)
            self.of[card.id] = claims.read_claims(card, problems)
            broken = len(problems) > before  # a claim with errors of its own is not reported as missing
            for item in card.shown:
                if item.format == CLAIM and not broken:
                    self._look_up(card, item, problems)

    def _look_up(self, card: Card, item: Interpolation, problems: Problems) -> None:
        try:
            claims.formula(self.of[card.id], item.name)
        except Unknown as unknown:
            problems.error(item.place, str(unknown), unknown.hint or "a claim block on this card with that name")

    def formula(self, card: Card, reference: str) -> Stated | None:
        """What ``@{reference:claim}`` stands for on a card; None where that was reported."""
        try:
            return claims.formula(self.of.get(card.id, {}), reference)
        except Unknown:
            return None

    def prove(self, cards: Iterable[Card], folder: Path, problems: Problems, watch: Any = None) -> tuple[Verdict, ...]:
        """A verdict on every statement; what is not proven is reported. The verdicts are kept in ``folder``."""
        verdicts = claims.prove(self.of, folder, problems, watch)
        claims.report(verdicts, {card.id: card.allow for card in cards}, problems)
        claims.prune(self.of, folder)
        return verdicts


def numbers(card: Card) -> tuple[Interpolation, ...]:
    """The interpolations in a card's texts that show numbers of a variant: all but those of claims."""
    return tuple(item for item in card.shown if item.format != CLAIM)
