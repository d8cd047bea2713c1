"""From a spec to variants: the one door for whoever builds a deck."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.model import Given, Interpolation, Shown, Variant, VariantAnswer, VariantMistake
from generator.numeric import draws, formats, typeset
from generator.numeric.drawing import Draw, Drawer, Outcome, requests
from generator.numeric.evaluate import Budget
from generator.numeric.golden import check_golden
from generator.numeric.hand import HandCost, hand_cost, over_budget
from generator.numeric.proof import prove
from generator.numeric.rounding import steadied
from generator.numeric.spec import NumericSpec
from generator.numeric.tex import given_label
from generator.numeric.tolerance import as_plain, combine, ends
from generator.numeric.values import Members, Refusal, Value, equal, is_number, leaves, text
from generator.problems import Failure, Problems

DIGITS = 6
"""Significant figures of rounded intermediates in a report."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn for one card."""

    space: int
    """Points of the grid."""
    tried: int
    accepted: int
    """Distinct variants among the points that were tried, held-out ones too."""
    complete: bool
    """Whether there are no more than those."""
    rejected: Mapping[str, int]
    """Reason -> how many of the points that were tried."""
    variants: tuple[Variant, ...]
    """Seed after seed, each with its pool."""
    proofs: tuple[str, ...] = ()
    """The ways that agreed with the answers on every variant: ``via`` and oracles."""
    agreements: Mapping[str, int] = field(default_factory=dict)
    """Each of the ways -> on how many variants it agreed; an oracle is not asked where its kernel is not called."""
    costs: tuple[HandCost | None, ...] = ()
    """What each variant costs by hand; None without a ``via``."""
    over_budget: Mapping[str, int] = field(default_factory=dict)
    """What passes the hand budget -> on how many variants."""

    @property
    def acceptance(self) -> float:
        """The share of the points tried that became variants."""
        return self.accepted / self.tried if self.tried else 0.0

    def as_json(self) -> dict[str, Any]:
        """What was drawn, as plain data."""
        return {
            "space": self.space,
            "acceptance": round(self.acceptance, 4),
            "rejected": dict(self.rejected),
            "proofs": list(self.proofs),
            "variants": [variant.as_json() for variant in self.variants],
        }


def draw(
    spec: NumericSpec,
    *,
    identity: str,
    namespace: str,
    seeds: Sequence[str],
    shown: Iterable[Interpolation],
    problems: Problems,
    wanted: Collection[str] | None = None,
) -> Drawn | None:
    """The variants of a card.

    Args:
        identity: the id that the card's guid is made from.
        seeds: all seeds of the lock, in its order: the k-th one takes the k-th stretch of the card's sequence.
        shown: every interpolation in the card's texts.
        wanted: the seeds whose variants are needed; all, if not said.

    Returns:
        None where there were errors; they are reported.
    """
    found = Problems()
    result: Drawn | None = None
    try:
        budget = Budget()
        sequence = sequence_of(spec, identity, namespace, shown, budget, found)
        check_golden(spec, budget, found)
        if not found.failed:
            draws.report(sequence, found)
        if not found.failed:
            chosen = [(seed, stretch(sequence, rank)) for rank, seed in enumerate(seeds) if wanted is None or seed in wanted]
            result = _drawn(sequence, chosen, budget)
    except (Failure, Refusal) as error:
        found.extend(error.problems if isinstance(error, Failure) else Failure.at(spec.place, error.message, error.hint).problems)
    problems.extend(found)
    return None if found.failed else result


def sequence_of(
    spec: NumericSpec, identity: str, namespace: str, shown: Iterable[Interpolation], budget: Budget, problems: Problems
) -> draws.Sequence:
    """The sequence of a card's draws."""
    return draws.Sequence(spec, Drawer(spec, requests(spec, shown, problems), budget), namespace, identity)


def stretch(sequence: draws.Sequence, rank: int) -> list[Draw]:
    """The draws of the seed of that rank: the positions from rank times pool on, around the end where the grid is small."""
    pool = sequence.spec.pool
    first = rank * pool
    kept = sequence.shipped(first + pool)
    if len(kept) == first + pool:
        return kept[first:]
    return [kept[(first + k) % len(kept)] for k in range(min(pool, len(kept)))]


def _drawn(sequence: draws.Sequence, chosen: Sequence[tuple[str, list[Draw]]], budget: Budget) -> Drawn:
    flat = [(seed, index, one) for seed, stretched in chosen for index, one in enumerate(stretched)]
    proofs = Counter(way for _, _, one in flat for way in prove(one, budget))
    costs = tuple(hand_cost(one, budget) for _, _, one in flat)
    return Drawn(
        space=sequence.spec.space,
        tried=sequence.tried,
        accepted=len(sequence.draws),
        complete=sequence.ended,
        rejected=sequence.reasons,
        variants=tuple(variant(seed, index, one) for seed, index, one in flat),
        proofs=tuple(way for way, count in proofs.items() if count == len(flat)),
        agreements=dict(proofs),
        costs=costs,
        over_budget=dict(Counter(reason for cost in costs if cost for reason in over_budget(cost, sequence.spec.form))),
    )


def variant(seed: str, index: int, one: Draw) -> Variant:
    """A draw as the model's variant."""
    spec, point = one.point.spec, one.point
    return Variant(
        seed=seed,
        index=index,
        params={param.name: text(point.params[param.name]) for param in spec.params},
        let={let.name: text(point.name(let.name), DIGITS) for let in spec.lets},
        answers=tuple(_answer(outcome) for outcome in one.outcomes),
        shown={key: rendering.shown for key, rendering in one.shown.items()},
        given=tuple(
            Given(given_label(item, point), equal(rendering.value, point.value(item.expression)), rendering.shown)
            for item, rendering in one.given
        ),
        mistakes=tuple(
            VariantMistake(
                found.mistake.sentence,
                {name: as_plain(value) for name, value in found.values.items()},
                {name: rendering.shown for name, rendering in found.renderings.items()},
            )
            for found in one.mistakes
        ),
        values={name: as_plain(point.name(name)) for name in spec.names},
    )


def _answer(outcome: Outcome) -> VariantAnswer:
    exact = all(leaf == 0 for leaf in leaves(outcome.tolerance))
    low, high = ends(outcome.value, outcome.tolerance)
    if not exact:
        low, high = combine(lambda end: _outwards(end, -1), low), combine(lambda end: _outwards(end, 1), high)
    return VariantAnswer(
        name=outcome.answer.name,
        shown=outcome.rendering.shown,
        value=as_plain(outcome.value),
        low=as_plain(low),
        high=as_plain(high),
        interval=None if exact else _interval(outcome, low, high),
        factor=float(outcome.rendering.factor),
        ordered=not isinstance(outcome.value, Members),
        unit=outcome.answer.unit,
    )


def _outwards(end: Value, direction: int) -> Value:
    return steadied(end, direction) if is_number(end) else end


def _interval(outcome: Outcome, low: Value, high: Value) -> Shown:
    """The printed interval; for vectors and sets, entry by entry."""

    def one(down: Value, up: Value, allowed: Value, value: Value) -> Shown:
        if not is_number(value) or allowed == 0:
            return formats.render(value, replace(outcome.answer.show, layout="")).shown
        return formats.bounds(down, up, steadied(allowed), value, outcome.answer.show)

    parts = combine(one, low, high, outcome.tolerance, outcome.value)
    shown = [parts] if isinstance(parts, Shown) else list(leaves(parts))
    return shown[0] if len(shown) == 1 else typeset.joined(shown)
