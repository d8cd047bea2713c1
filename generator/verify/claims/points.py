"""Trying a statement at points: the first thing that is done with it, and enough to refute it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.verify.claims.comparison import Order, Pair, Scale, holds
from generator.verify.claims.domains import EDGES, Chooser, Point
from generator.verify.claims.values import Expr
from generator.verify.claims.world import World

GENERAL = 24
"""Points in general position for each statement, spread over its cases."""
FEWEST = 3
FEW_CASES = 12
"""Up to so many cases, each is tried at all edges."""
AROUND = 24
"""Points around one without a value that are asked whether the statement has none there either."""
SHARE = 3
"""One in so many of them makes it a matter of the domain; fewer, of that point alone."""


@dataclass(frozen=True)
class Counterexample:
    """A point at which a statement does not hold, or has no meaning."""

    pair: Pair
    point: Point
    left: Expr | None
    """None where the side has no real value."""
    right: Expr | None
    order: Order = Order.UNKNOWN


@dataclass(frozen=True)
class Trial:
    """What came of the points of a case."""

    against: Counterexample | None
    agreed: int
    """Points at which the statement holds."""
    open: int
    """Points at which it has a meaning, and nothing that can be computed tells whether it holds."""


def points(world: World, cases: int, chooser: Chooser) -> Iterator[tuple[Point, bool]]:
    """Points of the case, each with whether it lies in general position. Edges come first: simple numbers."""
    general = max(FEWEST, GENERAL // cases)
    for edge in EDGES if cases <= FEW_CASES else EDGES[:2]:
        if (point := world.space.point(chooser, edge)) is not None:
            yield point, False
    for _ in range(general):
        if (point := world.space.point(chooser)) is not None:
            yield point, True


def refute(world: World, pairs: Sequence[Pair], cases: int, scale: Scale) -> Trial:
    """Look for a point where a pair does not hold.

    Args:
        cases: among how many the points of the statement are divided.
    """
    agreed, unclear, seen = 0, 0, set()
    chooser = Chooser(f"{world.claim.name} {sorted(world.case.items())}")
    for point, general in points(world, cases, chooser):
        mattering = frozenset((symbol, number) for pair in pairs for symbol, number in point.items() if symbol in pair.symbols)
        if mattering in seen:
            continue
        seen.add(mattering)
        defined, told = True, True
        for pair in pairs:
            there = pair.at(point)
            left, right = scale.values(there)
            if left is None or right is None:
                if general and not _alone(world, pair, point, scale):
                    return Trial(Counterexample(pair, point, left, right), agreed, unclear)
                defined = False  # formulas may break at an edge, and where two entries happen to be the same: 0/0
                continue
            order = scale.order(pair, there, left, right)
            if (held := holds(pair.op, order)) is None:
                told = False
            elif not held:
                return Trial(Counterexample(pair, point, left, right, order), agreed, unclear)
        agreed += defined and told
        unclear += defined and not told
    return Trial(None, agreed, unclear)


def _alone(world: World, pair: Pair, point: Point, scale: Scale) -> bool:
    """Whether the statement has a meaning almost everywhere around a point where it has none."""
    chooser = Chooser(f"{world.claim.name} around {sorted((str(symbol), str(number)) for symbol, number in point.items())}")
    without = 0
    for count in range(1, AROUND + 1):
        near = world.space.near(point, chooser)
        without += near is None or None in scale.values(pair.at(near))
        if without * SHARE >= AROUND:
            return False
        if (count - without) * SHARE > AROUND * (SHARE - 1):
            break
    return True
