"""How near to the answer is near enough, and what is too near to it to be a mistake.

A learner computes with the numbers that the solution prints. So the tolerance is the difference that these rounded numbers make to
the solution's way, plus one unit of the last figure of the answer; entry by entry for vectors.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from generator.numeric import arithmetic
from generator.numeric.evaluate import Budget
from generator.numeric.formats import Rendering
from generator.numeric.point import Point
from generator.numeric.rounding import is_finite, steadied
from generator.numeric.spec import Answer, Given, NumericSpec
from generator.numeric.values import Members, Value, compare, equal, is_number, leaves, magnitude

ZERO = Fraction(0)


@dataclass(frozen=True)
class Printed:
    """What the card prints of a draw, as the numbers that a reader takes from it."""

    names: Mapping[str, Value]
    """Intermediates that are shown somewhere on the card."""
    parts: Mapping[str, Value]
    """Expressions under *Given*, by their ``ast.dump``."""
    free: frozenset[str]
    """Those of the names that stand under *Given*: nobody has to compute them."""


def printed(
    spec: NumericSpec,
    point: Point,
    shown: Mapping[tuple[str, str], Rendering],
    given: Sequence[tuple[Given, Rendering]],
) -> Printed:
    """What the card prints. Where a name is shown in several ways, the coarsest counts."""
    lets = {let.name for let in spec.lets}
    values: dict[str, list[Value]] = {}
    parts: dict[str, Value] = {}
    for (name, _), rendering in shown.items():
        values.setdefault(name, []).append(rendering.value)
    free = set()
    for item, rendering in given:
        tree = item.expression.tree
        if isinstance(tree, ast.Name):
            values.setdefault(tree.id, []).append(rendering.value)
            free.add(tree.id)
        else:
            parts[ast.dump(tree)] = rendering.value
    names = {name: _coarsest(point.name(name), found) for name, found in values.items() if name in lets}
    return Printed(names, parts, frozenset(free))


def as_shown(point: Point, card: Printed, budget: Budget) -> Point | None:
    """The point as a learner sees it: what is printed has its printed value, and what rests on it follows.

    Returns:
        None where every printed value is exact, so that nothing changes.
    """
    if not card.parts and all(equal(value, point.name(name)) for name, value in card.names.items()):
        return None
    return Point(point.spec, point.params, budget, fixed=card.names, replaced=card.parts)


def _coarsest(value: Value, rounded: Sequence[Value]) -> Value:
    """Of several roundings of one value, the one that is farthest from it."""
    return max(rounded, key=lambda other: sum((_distance(a, b) for a, b in zip(leaves(value), leaves(other), strict=True)), ZERO))


def _distance(a: Value, b: Value) -> Fraction:
    if not is_number(a) or not is_number(b) or not (is_finite(a) and is_finite(b)):
        return ZERO
    return abs(Fraction(a) - Fraction(b))


def combine(operation: Callable[..., Value], *values: Value) -> Value:
    """``operation`` on the leaves of values of one structure; a set counts as its sorted members."""
    plain = [value.members if isinstance(value, Members) else value for value in values]
    if isinstance(plain[0], tuple):
        return tuple(combine(operation, *parts) for parts in zip(*plain, strict=True))
    return operation(*plain)


def tolerance(answer: Answer, value: Value, way: Value, way_shown: Value, unit: Value) -> Value:
    """How far from ``value`` is near enough, in its structure; 0 for words.

    Args:
        way: ``via``, unrounded (the value itself without a ``via``).
        way_shown: ``via`` from the numbers as shown.
        unit: one unit of the last figure of the answer.
    """

    def one(number: Value, exact: Value, rounded: Value, last: Value) -> Value:
        if not is_number(number) or not is_finite(number):
            return ZERO
        if answer.tolerance is not None:
            share = magnitude(number) if answer.tolerance.relative else Fraction(1)
            return arithmetic.multiply(answer.tolerance.value, share)
        return arithmetic.add(magnitude(arithmetic.subtract(exact, rounded)), last)

    return combine(one, value, way, way_shown, unit)


def same_structure(a: Value, b: Value) -> bool:
    """Whether two values can be compared leaf by leaf: words must be equal, numbers need not."""
    if isinstance(a, Members) and isinstance(b, Members):
        a, b = a.members, b.members
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same_structure(x, y) for x, y in zip(a, b, strict=True))
    if is_number(a) and is_number(b):
        return is_finite(a) == is_finite(b) and (is_finite(a) or a == b)
    return equal(a, b)


def within(a: Value, b: Value, allowed: Value) -> bool:
    """Whether ``a`` would be taken for ``b``: no number farther off than ``allowed``, all else equal."""
    if not same_structure(a, b):
        return False

    def near(x: Value, y: Value, most: Value) -> bool:
        if not is_number(x) or not is_finite(x):
            return True  # the same, or the structures would differ
        return compare(magnitude(arithmetic.subtract(x, y)), most) <= 0

    return all(leaves(combine(near, a, b, allowed)))


def ends(value: Value, allowed: Value) -> tuple[Value, Value]:
    """The lowest and the highest values that are right."""

    def end(sign: int) -> Callable[[Value, Value], Value]:
        def move(x: Value, by: Value) -> Value:
            return arithmetic.add(x, arithmetic.multiply(Fraction(sign), by)) if is_number(x) and is_finite(x) else x

        return move

    return combine(end(-1), value, allowed), combine(end(1), value, allowed)


def as_plain(value: Value) -> object:
    """A value in floats, for scripts and figures, rounded ones to six figures; a result with fields becomes a dictionary."""
    if isinstance(value, Members):
        value = value.members
    if isinstance(value, tuple):
        return tuple(as_plain(item) for item in value)
    if isinstance(value, Mapping):
        return {name: as_plain(item) for name, item in value.items()}
    if not is_number(value):
        return value
    try:
        return float(steadied(value)) if is_finite(value) else float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
