"""What ``redraw check`` does beyond a build: many draws of every numeric card, and the card's own script on every variant."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generator.anki import checker
from generator.deck import Deck, Watch, make, unwatched
from generator.model import Card, Variant
from generator.numeric import Stress, stress
from generator.pooling import pool_variant
from generator.problems import Problems

HAND_BUDGET = "hand-budget"
EMPTY = {"question": "", "hint": "", "answer": "", "details": ""}


@dataclass(frozen=True, slots=True)
class Checked:
    """A deck, and what many draws of its numeric cards showed."""

    deck: Deck
    stress: Mapping[str, Stress]

    @property
    def problems(self) -> Problems:
        return self.deck.problems


def check(source: Path, *, now: int, draws: int = 0, watch: Watch = unwatched) -> Checked:
    """Check the sources as a build does, and every numeric card through the script of the card.

    Args:
        draws: how many points of each numeric card are drawn and proven, or all where there are fewer; 0: the shipped ones alone.

    Raises:
        Failure: nothing can be read at all. Other errors are in the problems.
        NotInstalled: what runs the card's script is not there.
    """
    deck = make(source, now, watch)
    cards = [card for card in deck.sources.cards if deck.numeric.get(card.id)]
    found: dict[str, Stress] = {}
    for card in watch(cards, "checking"):
        numeric = deck.numeric[card.id]
        for variant in numeric.variants:
            _check_script(card, variant, deck.problems)
        if draws and numeric.drawn:
            result = stress(
                numeric.spec,
                identity=card.identity,
                namespace=deck.sources.settings.namespace,
                shown=(*card.shown, *deck.shown_in_figures(card)),
                count=draws,
                problems=deck.problems,
                judge=partial(_check_script, card, problems=deck.problems),
            )
            if result:
                found[card.id] = result
                _report_budget(card, result, deck.problems)
    return Checked(deck, found)


def _check_script(card: Card, variant: Variant, problems: Problems) -> None:
    """The right answer is accepted and each mistake refused and named, by the very script that the card uses."""
    for fault in checker.prove(pool_variant(variant, EMPTY)):
        where = card.numeric.place if card.numeric else card.place
        what = f"variant {variant.index + 1} of {variant.seed}: {fault}"
        problems.error(where, what, "this is a fault of redraw's own: please report it with the card")


def _report_budget(card: Card, result: Stress, problems: Problems) -> None:
    if HAND_BUDGET in card.allow:
        return
    for reason, times in sorted(result.over_budget.items()):
        message = f"{reason}, on {times} of {result.draws} draws"
        problems.warning(card.place, message, "print results under given, choose rounder numbers, or another form", HAND_BUDGET)
