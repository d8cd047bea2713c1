"""What a variant costs by hand: the operations on the way that the solution goes, with the numbers that the card prints.

A card should be done in about a minute. What counts is the path from what is given to the answer: ``via``, with every intermediate
that is not printed under *Given*. Adding 0, multiplying by 1 or by a power of ten, and comparing cost nothing.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.numeric import arithmetic
from generator.numeric.drawing import Draw
from generator.numeric.evaluate import Budget, Evaluator
from generator.numeric.functions import FUNCTIONS
from generator.numeric.rounding import exponent_of
from generator.numeric.spec import Let, NumericSpec
from generator.numeric.tolerance import Printed, printed
from generator.numeric.values import Value, as_fraction, decimal_text, is_exact, is_number, leaves

OPERATIONS = 6
DIVISIONS = 1
DIGITS = 2
"""Significant digits of the numbers that are multiplied or divided."""
FIGURES = 2
"""Significant figures of a rounded answer;"""
EXACT_FIGURES = 3
"""and of an exact one, where the last digit needs no judgement."""


@dataclass(frozen=True)
class HandCost:
    """What one variant costs."""

    operations: int = 0
    divisions: int = 0
    digits: int = 0
    """The most significant digits of a number that is multiplied or divided."""
    functions: tuple[str, ...] = ()
    """Exponentials, logarithms, roots and kernels whose value is neither exact nor given."""
    answers: int = 1
    """How many numbers are asked for."""
    figures: int = 0
    """The most significant figures of an answer."""
    exact: bool = True
    """Whether the answers are shown exactly."""


def hand_cost(draw: Draw, budget: Budget) -> HandCost | None:
    """The cost of a draw; None where no answer has a ``via`` that could be read."""
    spec = draw.point.spec
    ways = [answer.via for answer in spec.answers if answer.via is not None]
    if not ways:
        return None
    card = printed(spec, draw.point, draw.shown, draw.given)
    budget.refill()
    counter = _Counter(dict(draw.point.params), budget, card)
    for let in _steps(spec, [name for way in ways for name in way.names], card):
        given = card.names.get(let.name)
        value = given if let.name in card.free else counter.value(let.expression)
        counter.values[let.name] = value if given is None else given
    for way in ways:
        counter.value(way)
    renderings = [outcome.rendering for outcome in draw.outcomes]
    numbers = [leaf for rendering in renderings for leaf in leaves(rendering.value) if is_number(leaf)]
    return replace(
        counter.cost,
        answers=sum(1 for rendering in renderings for _ in leaves(rendering.value)),
        figures=max((significant(number) for number in numbers), default=0),
        exact=all(unit == 0 for rendering in renderings for unit in leaves(rendering.unit)),
    )


def over_budget(cost: HandCost, form: str) -> tuple[str, ...]:
    """In what a cost passes the budget of a form; a paper card and one that only sets up have none."""
    if form in ("paper", "setup"):
        return ()
    found = []
    if cost.operations > OPERATIONS:
        found.append(f"more than {OPERATIONS} operations")
    if cost.divisions > DIVISIONS:
        found.append("more than one division")
    if cost.digits > DIGITS:
        found.append(f"operands of more than {DIGITS} significant digits")
    found.extend(f"{name} neither exact nor given" for name in cost.functions)
    if form != "choose":
        if cost.answers > 1:
            found.append("more than one number is asked for")
        if cost.figures > (EXACT_FIGURES if cost.exact else FIGURES):
            found.append("an answer of too many figures")
    return tuple(found)


def significant(value: Value) -> int:
    """How many significant digits write an exact decimal; 0 for what is none, which a learner rounds as he likes.

    >>> significant(Fraction("0.0450")), significant(Fraction(1200)), significant(Fraction(1, 3))
    (2, 2, 0)
    """
    digits = decimal_text(value) if isinstance(value, Fraction) else ""
    return len(digits.lstrip("-").replace(".", "").strip("0"))


def _steps(spec: NumericSpec, names: Sequence[str], card: Printed) -> tuple[Let, ...]:
    """The intermediates that ``names`` rest on, in order; behind a given one there is nothing to do."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(() if name in card.free else spec.reads.get(name, ()))
    return tuple(let for let in spec.lets if let.name in needed)


class _Counter(Evaluator):
    """Evaluates, and counts what a learner has to do for it."""

    def __init__(self, values: dict[str, Value], budget: Budget, card: Printed) -> None:
        super().__init__(values, budget, replaced=card.parts)
        self.values = values
        self.cost = HandCost()

    def operate(self, operator: ast.operator, left: Value, right: Value) -> Value:
        value = super().operate(operator, left, right)
        if isinstance(operator, ast.MatMult):
            self._product(left, right)
        else:
            self._each(operator, left, right)
        return value

    def apply(self, name: str, args: list[Value], named: Mapping[str, Value]) -> Value:
        value = super().apply(name, args, named)
        if name not in FUNCTIONS or (FUNCTIONS[name].irrational and not is_exact(value)):
            self._leave(name)
        elif name == "dot":
            self._product(args[0], args[1])
        elif name == "prod":
            first, *others = leaves(args[0])
            for other in others:
                self._one(ast.Mult(), first, other)
        elif name in ("sum", "mean"):
            self._sum(args[0])
            if name == "mean":
                self._one(ast.Div(), arithmetic.total(args[0]), Fraction(sum(1 for _ in leaves(args[0]))))
        return value

    def _each(self, operator: ast.operator, left: Value, right: Value) -> None:
        if isinstance(left, tuple) or isinstance(right, tuple):
            for index in range(len(left if isinstance(left, tuple) else right)):
                a, b = (side[index] if isinstance(side, tuple) else side for side in (left, right))
                self._each(operator, a, b)
        else:
            self._one(operator, left, right)

    def _one(self, operator: ast.operator, left: Value, right: Value) -> None:
        """Count one operation on two numbers."""
        if isinstance(operator, ast.Add | ast.Sub):
            self._add(int(left != 0 and right != 0))
        elif isinstance(operator, ast.Mult):
            if not (_free(left) or _free(right)):
                self._add(1, left, right)
        elif isinstance(operator, ast.Pow):
            self._power(left, right)
        elif not (_free(right) or left == 0):
            self._add(1, left, right)
            self.cost = replace(self.cost, divisions=self.cost.divisions + 1)

    def _power(self, base: Value, exponent: Value) -> None:
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            self._add(0 if _free(base) else max(abs(int(exponent)) - 1, 0), base)
        elif not is_exact(arithmetic.power(base, exponent)):
            self._leave("power")

    def _product(self, left: Value, right: Value) -> None:
        """Count a product of vectors or matrices: entry by entry a sum of products."""
        rows = left if isinstance(left[0], tuple) else (left,)
        columns = tuple(zip(*right, strict=True)) if isinstance(right[0], tuple) else (right,)
        for row in rows:
            for column in columns:
                self._each(ast.Mult(), row, column)
                self._sum(arithmetic.multiply(row, column))

    def _sum(self, value: Value) -> None:
        self._add(max(sum(1 for leaf in leaves(value) if is_number(leaf) and leaf != 0) - 1, 0))

    def _add(self, operations: int, *operands: Value) -> None:
        digits = max((significant(operand) for operand in operands), default=0)
        self.cost = replace(self.cost, operations=self.cost.operations + operations, digits=max(self.cost.digits, digits))

    def _leave(self, name: str) -> None:
        self.cost = replace(self.cost, functions=tuple(dict.fromkeys((*self.cost.functions, name))))


def _free(value: Value) -> bool:
    """Whether multiplying or dividing by a number is no work: 0, 1, -1 and the powers of ten."""
    size = abs(as_fraction(value))
    return size == 0 or size == Fraction(10) ** exponent_of(size)
