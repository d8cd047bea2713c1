"""What the rules look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from generator.model import Card, Tokens, Variant
from generator.problems import Place, Problem, Severity


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a numeric card."""

    golden: bool
    """Whether it has a row that its author worked out,"""
    via: bool
    """a way of its own to every answer,"""
    oracle: bool
    """and an oracle that was asked on one of its variants at least."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a numeric card chooses from, and what it ships."""

    words: Mapping[str, tuple[str, ...]]
    """Parameter -> the words that it is chosen from, of those that are chosen from words."""
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A card as the rules see it."""

    card: Card
    first: Tokens
    """The first screen of its answer."""
    parent: "View | None" = None
    """The card that it follows up."""
    proof: Proof | None = None
    """For a numeric card that could be drawn,"""
    drawing: Drawing | None = None
    """this as well."""
    names: frozenset[str] = frozenset()
    """Of a numeric card: its parameters, intermediates and answers."""

    @property
    def every(self) -> Tokens:
        """All tokens of the card."""
        card = self.card
        return (*card.question, *card.answer, *card.hint, *(token for choice in card.choices for token in choice.tokens))


CardRule = Callable[[View], Iterable[Problem]]
Pair = tuple[tuple[Card, ...], Problem]
"""A problem, and the cards each of which may allow it."""
DeckRule = Callable[[tuple[View, ...]], Iterator[Pair]]


def warning(place: Place, rule: str, message: str, hint: str) -> Problem:
    """What a rule found."""
    return Problem(place, message, hint, Severity.WARNING, rule)
