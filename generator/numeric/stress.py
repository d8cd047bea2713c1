"""Stress draws: many points of one card, each proven, and what they have in common."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from time import perf_counter
from typing import Any

from generator.model import Interpolation, Variant
from generator.numeric import draws
from generator.numeric.drawing import Draw
from generator.numeric.evaluate import SECONDS, Budget
from generator.numeric.golden import check_golden
from generator.numeric.hand import HandCost, hand_cost, over_budget
from generator.numeric.proof import prove
from generator.numeric.spec import NumericSpec
from generator.numeric.values import Refusal, Value, as_decimal, equal, is_number, leaves, text
from generator.numeric.variants import sequence_of, variant
from generator.problems import Failure, Problems

SEED = "check"
"""What the variants of a check are called, which no card shows."""
SECONDS_A_DRAW = 1.0
"""How long one draw may take on average, on top of what any card may take."""


@dataclass(frozen=True)
class AnswerRange:
    """One answer over all draws."""

    least: Value
    """None for words and vectors."""
    greatest: Value
    distinct: int
    """How many different answers were shown."""
    commonest: str
    recurrence: float
    """The share of the draws that show the commonest one."""
    trivial: int
    """How many are 0, or a parameter of the card."""


@dataclass(frozen=True)
class Stress:
    """What many draws of one card showed."""

    draws: int
    space: int
    acceptance: float
    complete: bool
    """Whether every variant of the card was drawn."""
    rejected: Mapping[str, int]
    answers: Mapping[str, AnswerRange]
    proofs: Mapping[str, int]
    """``via`` and oracles -> on how many draws they agreed."""
    golden: int
    """Golden rows, all of which hold."""
    least_cost: HandCost | None
    """The cost by hand of the draw with the fewest operations,"""
    greatest_cost: HandCost | None
    """and of the one with the most."""
    over_budget: Mapping[str, int]
    """What passes the hand budget -> on how many draws."""
    seconds: float
    """How long the draws took: for finding slow cards, never in a result."""

    def as_json(self) -> dict[str, Any]:
        """The statistics as plain data, without the time."""
        return {
            "draws": self.draws,
            "space": self.space,
            "acceptance": round(self.acceptance, 4),
            "complete": self.complete,
            "rejected": dict(self.rejected),
            "answers": {
                name: {
                    "least": None if found.least is None else text(found.least, 6),
                    "greatest": None if found.greatest is None else text(found.greatest, 6),
                    "distinct": found.distinct,
                    "commonest": found.commonest,
                    "recurrence": round(found.recurrence, 4),
                    "trivial": found.trivial,
                }
                for name, found in self.answers.items()
            },
            "proofs": dict(self.proofs),
            "golden": self.golden,
            "operations": [cost.operations if cost else None for cost in (self.least_cost, self.greatest_cost)],
            "over_budget": dict(self.over_budget),
        }


def stress(
    spec: NumericSpec,
    *,
    identity: str,
    namespace: str,
    shown: Iterable[Interpolation],
    count: int,
    problems: Problems,
    judge: Callable[[Variant], None] | None = None,
) -> Stress | None:
    """Draw ``count`` variants of a card, or all there are; prove each.

    Args:
        judge: is shown every variant, numbered from 0 under the seed ``check``.

    Returns:
        None where there were errors; they are reported.
    """
    found = Problems()
    begin = perf_counter()
    result: Stress | None = None
    try:
        budget = Budget(SECONDS + count * SECONDS_A_DRAW)
        sequence = sequence_of(spec, identity, namespace, shown, budget, found)
        golden = check_golden(spec, budget, found)
        if not found.failed:
            draws.report(sequence, found)
            sequence.at_least(count)
            drawn = sequence.draws[:count]
            proofs = Counter(way for one in drawn for way in prove(one, budget))
            if judge:
                for index, one in enumerate(drawn):
                    budget.refill()
                    judge(variant(SEED, index, one))
            costs = [cost for one in drawn if (cost := hand_cost(one, budget))]
            result = Stress(
                draws=len(drawn),
                space=spec.space,
                acceptance=sequence.acceptance,
                complete=sequence.ended and len(drawn) == len(sequence.draws),
                rejected=sequence.reasons,
                answers={answer.name: _range(answer.name, drawn) for answer in spec.answers},
                proofs=dict(proofs),
                golden=golden,
                least_cost=min(costs, key=lambda cost: cost.operations, default=None),
                greatest_cost=max(costs, key=lambda cost: cost.operations, default=None),
                over_budget=dict(Counter(reason for cost in costs for reason in over_budget(cost, spec.form))),
                seconds=perf_counter() - begin,
            )
    except (Failure, Refusal) as error:
        found.extend(error.problems if isinstance(error, Failure) else Failure.at(spec.place, error.message, error.hint).problems)
    problems.extend(found)
    return None if found.failed else result


def _range(name: str, drawn: list[Draw]) -> AnswerRange:
    outcomes = [(one, outcome) for one in drawn for outcome in one.outcomes if outcome.answer.name == name]
    values = [outcome.value for _, outcome in outcomes]
    numbers = [value for value in values if is_number(value)]
    counted = Counter(outcome.rendering.shown.plain for _, outcome in outcomes)
    commonest, times = counted.most_common(1)[0] if counted else ("", 0)
    return AnswerRange(
        least=min(numbers, key=as_decimal, default=None),
        greatest=max(numbers, key=as_decimal, default=None),
        distinct=len(counted),
        commonest=commonest,
        recurrence=times / len(outcomes) if outcomes else 0.0,
        trivial=sum(_trivial(outcome.value, one) for one, outcome in outcomes),
    )


def _trivial(value: Value, one: Draw) -> bool:
    """Whether an answer needs no computing: 0, or what stands in the question."""
    numbers = [leaf for leaf in leaves(value) if is_number(leaf)]
    if not numbers:
        return False
    nothing = all(isinstance(leaf, Fraction | Decimal) and leaf == 0 for leaf in numbers)
    return nothing or any(equal(value, param) for param in one.point.params.values())
