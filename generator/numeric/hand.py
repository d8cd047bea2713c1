"""What a variant costs by hand: the operations on the way that the solution goes, with the numbers that the card prints.

A card should be done in about a minute. What counts is the path from what is given to the answer: ``via``, with every intermediate
that is printed neither in the question nor under *Given*. What is free, and what counts as less than a division or as fewer digits
than are written, stands where it is counted: ``_Counter``.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.numeric import arithmetic
from generator.numeric.drawing import Draw
from generator.numeric.evaluate import Budget, Evaluator
from generator.numeric.functions import FUNCTIONS
from generator.numeric.rounding import exponent_of, is_finite
from generator.numeric.spec import Let, NumericSpec
from generator.numeric.tolerance import Printed, printed
from generator.numeric.values import Value, as_fraction, decimal_text, is_exact, is_number, leaves

OPERATIONS = 6
DIVISIONS = 1
DIGITS = 2
"""Significant digits of factors and divisors."""
KNOWN = 16
"""The powers of two up to this one are known by heart."""
FIGURES = 2
"""Significant figures of a rounded answer;"""
EXACT_FIGURES = 3
"""and of an exact one, where the last digit needs no judgement."""


@dataclass(frozen=True)
class HandCost:
    """What one variant costs."""

    operations: int = 0
    divisions: int = 0
    """Those that are no multiplication in disguise."""
    digits: int = 0
    """The most significant digits of a factor or a divisor; one less than a factor has, where the other has a single one."""
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
    card = replace(card, free=card.free | draw.asked)
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
    """The intermediates that ``names`` rest on, in order; behind a printed one there is nothing to do."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(() if name in card.free else spec.reads.get(name, ()))
    return tuple(let for let in spec.lets if let.name in needed)


class _Counter(Evaluator):
    """Evaluates, and counts what a learner has to do for it.

    Free: adding 0; the next whole number and the one before; multiplying by 1 or by a power of ten, or dividing by it; comparing;
    looking up an entry; the last digit (remainders by 2, 5 and 10); and what was done before with the same numbers.
    """

    def __init__(self, values: dict[str, Value], budget: Budget, card: Printed) -> None:
        super().__init__(values, budget, replaced=card.parts)
        self.values = values
        self.cost = HandCost()
        self._done: set[tuple[object, ...]] = set()

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
        elif name == "outer":
            for row in args[0]:
                self._each(ast.Mult(), row, args[1])
        elif name == "prod":
            first, *others = leaves(args[0])
            for other in others:
                self._one(ast.Mult(), first, other)
        elif name in ("sum", "mean"):
            self._sum(args[0])
            if name == "mean":
                self._one(ast.Div(), arithmetic.total(args[0]), Fraction(sum(1 for _ in leaves(args[0]))))
        return value

    def _number_of(self, node: ast.expr, what: str) -> int:
        """An index: whoever looks at a table computes none."""
        before = self.cost
        index = super()._number_of(node, what)
        self.cost = before
        return index

    def _binop(self, node: ast.BinOp) -> Value:
        """Counting positions from 1, or from the end, costs nothing."""
        if not any(_is_position(side) for side in (node.left, node.right)):
            return super()._binop(node)
        return super().operate(node.op, self._visit(node.left), self._visit(node.right))

    def _each(self, operator: ast.operator, left: Value, right: Value) -> None:
        if isinstance(left, tuple) or isinstance(right, tuple):
            for index in range(len(left if isinstance(left, tuple) else right)):
                a, b = (side[index] if isinstance(side, tuple) else side for side in (left, right))
                self._each(operator, a, b)
        else:
            self._one(operator, left, right)

    def _one(self, operator: ast.operator, left: Value, right: Value) -> None:
        """Count one operation on two numbers, unless it was done before."""
        operands = frozenset((left, right)) if isinstance(operator, ast.Add | ast.Mult) else (left, right)
        key = (type(operator), operands)
        if key in self._done or not (is_finite(left) and is_finite(right)):
            return
        self._done.add(key)
        if isinstance(operator, ast.Add | ast.Sub):
            self._add(int(not (left == 0 or right == 0 or _is_step(left, right))))
        elif isinstance(operator, ast.Mult):
            if not (_free(left) or _free(right)):
                self._add(1, _factor_digits(left, right))
        elif isinstance(operator, ast.Pow):
            self._power(left, right)
        elif not (_free(right) or left == 0 or (isinstance(operator, ast.Mod) and right in (2, 5))):
            self._divide(left, right)

    def _divide(self, left: Value, right: Value) -> None:
        """Count a division. What is divided may be long, since long division takes its figures one by one; the divisor may not.

        Halving, quartering, dividing by 5 and the like multiply by a short decimal, and a divisor of one digit that goes evenly is
        the multiplication backwards: these count as operations, not as divisions.
        """
        backward = _reciprocal_digits(right)
        digits = 1 if _is_doubling(left, right) else min(significant(right), backward or significant(right))
        goes = digits <= 1 and 0 < significant(arithmetic.divide(left, right)) <= DIGITS
        self._add(1, digits, divisions=int(not (goes or 0 < backward <= DIGITS)))

    def _power(self, base: Value, exponent: Value) -> None:
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            times = max(abs(int(exponent)) - 1, 0)
            if base == 2 and times < KNOWN:
                self._add(min(times, 1), 1)
            else:
                self._add(0 if _free(base) else times, significant(base))
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

    def _add(self, operations: int, digits: int = 0, *, divisions: int = 0) -> None:
        self.cost = replace(
            self.cost,
            operations=self.cost.operations + operations,
            divisions=self.cost.divisions + divisions,
            digits=max(self.cost.digits, digits),
        )

    def _leave(self, name: str) -> None:
        self.cost = replace(self.cost, functions=tuple(dict.fromkeys((*self.cost.functions, name))))


def _free(value: Value) -> bool:
    """Whether multiplying or dividing by a number is no work: 0, 1, -1 and the powers of ten."""
    size = abs(as_fraction(value))
    return size == 0 or size == Fraction(10) ** exponent_of(size)


def _is_step(left: Value, right: Value) -> bool:
    """Whether a sum or difference is the next whole number, or the one before."""
    return 1 in (abs(left), abs(right)) and all(as_fraction(side).denominator == 1 for side in (left, right))


def _is_position(node: ast.expr) -> bool:
    """Whether an operand says where something stands."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("argmin", "argmax")


def _factor_digits(left: Value, right: Value) -> int:
    """The digits that a product counts: three by one are no more work than two by two."""
    if _is_doubling(left, right) or _is_doubling(right, left):
        return 1
    least, most = sorted((significant(left), significant(right)))
    return most - 1 if least <= 1 and most > DIGITS else most


def _reciprocal_digits(value: Value) -> int:
    """How many digits multiply by 1/``value``: 2 for 4, since 1/4 is 0.25; 0 where they do not end."""
    return significant(1 / value) if isinstance(value, Fraction) else 0


def _is_doubling(left: Value, right: Value) -> bool:
    """Whether ``right`` is a power of two, and ``left`` an odd digit times one: then exponents add or cancel."""
    return _odd_part(right) == 1 and 1 <= _odd_part(left) <= 9


def _odd_part(value: Value) -> int:
    """What is left of a number without its factors of two; 0 where other primes divide, or it is too far from 1 to know."""
    if not isinstance(value, Fraction) or value == 0 or value.denominator & (value.denominator - 1) or value.denominator > 2**KNOWN:
        return 0
    odd = abs(value.numerator)
    twos = (odd & -odd).bit_length() - 1
    return odd >> twos if twos <= KNOWN else 0
