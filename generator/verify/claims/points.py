"""Trying a statement at points: the first thing that is done with it, and enough to refute it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sympy

from generator.verify.claims.domains import EDGES, Chooser, Point
from generator.verify.claims.values import Expr
from generator.verify.claims.world import World

DIGITS = 50
"""Digits that are computed; sympy raises its own precision until they are right."""
AGREE = sympy.Float("1e-35", DIGITS)
"""How far, relatively, two equal numbers of that many digits may lie apart: rounding takes far less."""
ROUGH_DIGITS, ROUGH = 15, sympy.Float("1e-6", DIGITS)
"""The same where a side holds a sum or an integral that has no closed form and is computed by quadrature."""
GENERAL = 24
"""Points in general position for each statement, spread over its cases."""
FEWEST = 3
FEW_CASES = 12
"""Up to so many cases, each is tried at all edges."""
UNRESOLVED = (sympy.Limit, sympy.Integral, sympy.Sum, sympy.Product, sympy.Derivative)


@dataclass(frozen=True)
class Pair:
    """Two numbers of which a statement says how they compare."""

    left: Expr
    op: str
    right: Expr
    where: tuple[int, ...] = ()
    """The entry of a vector or a matrix, from 1."""

    @property
    def symbols(self) -> set[Expr]:
        return set(self.left.free_symbols | self.right.free_symbols)

    @property
    def rough(self) -> bool:
        return bool(self.left.has(*UNRESOLVED) or self.right.has(*UNRESOLVED))


@dataclass(frozen=True)
class Counterexample:
    """A point at which a statement does not hold, or has no meaning."""

    pair: Pair
    point: Point
    left: Expr | None
    """None where the side has no real value."""
    right: Expr | None


def value(expression: Expr, point: Point, digits: int = DIGITS) -> Expr | None:
    """The real number that the expression is at a point, exact if it is rational; None where it is none."""
    found = expression.xreplace(dict(point))
    if found.is_Rational or found in (sympy.oo, -sympy.oo):
        return found
    if found.has(sympy.nan, sympy.zoo):
        return None
    found = found.evalf(digits, maxn=4 * digits)
    real, imaginary = found.as_real_imag()
    if not (real.is_Float or real.is_Rational or real.is_infinite) or abs(imaginary) > AGREE * (1 + abs(real)):
        return None
    return real


def holds(op: str, left: Expr, right: Expr, allowed: Expr = AGREE) -> bool:
    """Whether two numbers compare as ``op`` says, as far as their digits tell."""
    if left.is_infinite or right.is_infinite:
        return bool({"==": left == right, "<": left < right, "<=": left <= right}[op])
    if left.is_Rational and right.is_Rational:
        return bool({"==": left == right, "<": left < right, "<=": left <= right}[op])
    near = abs(left - right) <= allowed * (1 + max(abs(left), abs(right)))
    return bool(near if op == "==" else not near and left < right if op == "<" else near or left < right)


def points(world: World, cases: int) -> Iterator[tuple[Point, bool]]:
    """Points of the case, each with whether it lies in general position. Edges come first: simple numbers."""
    general = max(FEWEST, GENERAL // cases)
    chooser = Chooser(f"{world.claim.name} {sorted(world.case.items())}")
    for edge in EDGES if cases <= FEW_CASES else EDGES[:2]:
        if (point := world.space.point(chooser, edge)) is not None:
            yield point, False
    for _ in range(general):
        if (point := world.space.point(chooser)) is not None:
            yield point, True


def refute(world: World, pairs: Sequence[Pair], cases: int) -> tuple[Counterexample | None, int]:
    """A point where a pair does not hold, if one is found, and at how many points all of them do."""
    agreed, seen = 0, set()
    for point, general in points(world, cases):
        mattering = frozenset((symbol, number) for pair in pairs for symbol, number in point.items() if symbol in pair.symbols)
        if mattering in seen:
            continue
        seen.add(mattering)
        defined = True
        for pair in pairs:
            digits, allowed = (ROUGH_DIGITS, ROUGH) if pair.rough else (DIGITS, AGREE)
            left, right = value(pair.left, point, digits), value(pair.right, point, digits)
            if left is None or right is None:
                if general:
                    return Counterexample(pair, point, left, right), agreed
                defined = False  # formulas may break at an edge, such as 0/0 at 0
            elif not holds(pair.op, left, right, allowed):
                return Counterexample(pair, point, left, right), agreed
        agreed += defined
    return None, agreed
