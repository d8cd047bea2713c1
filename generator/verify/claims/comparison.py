"""How the two sides of a statement compare at a point, as far as that can be told.

Rational numbers are compared exactly. Of the others sympy computes digits and says how many of them are right, but not all of
its functions follow the error of their arguments: of a zero that was found as 1e-200, with no digit right, the square is 1e-400
with fifty. So nothing is refuted by digits that do not come out again when more of them are computed; and where none are left,
nothing is said of the sign.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

import sympy

from generator.verify.claims import equality
from generator.verify.claims.domains import Point
from generator.verify.claims.values import Expr

DIGITS, DEPTH = 50, 200
"""Digits of a value, and of the steps on the way to it: sympy raises its precision up to there until the digits are right."""
SURE = 35
"""Digits that must be right. The other fifteen pay for functions of sympy whose errors grow with a large argument."""
DEEPER = ((DIGITS, DEPTH), (75, 1_000), (100, 4_000))
"""Digits and depths that are tried one after the other where the first do not tell."""
SLOW = ((DIGITS, DEPTH), (75, 400))
"""The same for functions that take minutes at a thousand digits, such as gamma."""
QUICK = (sympy.exp, sympy.log, sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.floor, sympy.ceiling, sympy.erf, sympy.Piecewise)
ROUGH_DIGITS, ROUGH_DEPTH, ROUGH = 15, 60, sympy.Float("1e-6", DIGITS)
"""The same for a sum or an integral that has no closed form and is computed by quadrature, and how far that may be off."""
UNRESOLVED = (sympy.Limit, sympy.Integral, sympy.Sum, sympy.Product, sympy.Derivative)
LOOKS = 8
"""So often a statement is looked at more closely without a result; each may take a second."""
CHECKS = 4
"""So often sides of an equality that have the same digits are subtracted all the same: 1 and 1 + exp(-300) have."""
LARGEST_ZERO = 120
"""Operations of a number of which it is asked whether it is exactly zero."""
_NOTHING = sympy.Float(0, precision=1)
"""Zero without a digit that is right: sympy finds 0 for the logarithm of 1 + 1e-56."""
_TINY = sympy.Float("1e-20", DIGITS)
_SURE = sympy.Float(f"1e-{SURE}", DIGITS)
_REPEATED = sympy.Float("1e-10", DIGITS)
"""How far, relatively, a number may move when it is computed with more digits."""


class Order(Enum):
    """How the left side compares with the right."""

    BELOW = auto()
    SAME = auto()
    """Exactly."""
    ABOVE = auto()
    ALIKE = auto()
    """No digit that was computed tells them apart."""
    UNKNOWN = auto()


_HOLDS: Mapping[str, frozenset[Order]] = {
    "==": frozenset([Order.SAME, Order.ALIKE]),
    "<=": frozenset([Order.BELOW, Order.SAME, Order.ALIKE]),
    "<": frozenset([Order.BELOW]),
}


def holds(op: str, order: Order) -> bool | None:
    """Whether two numbers compare as ``op`` says; None where nothing tells."""
    if order in _HOLDS[op]:
        return True
    return None if order in (Order.UNKNOWN, Order.ALIKE) else False


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

    def at(self, point: Point) -> "Pair":
        """The pair with the values of a point in the place of its symbols."""
        return replace(self, left=self.left.xreplace(dict(point)), right=self.right.xreplace(dict(point)))


def value(number: Expr, digits: int = DIGITS, depth: int = DEPTH) -> Expr | None:
    """The real number that an expression without symbols is, exact if it is rational; None where it is none."""
    if number.is_Rational or number in (sympy.oo, -sympy.oo):
        return number
    if number.has(sympy.nan, sympy.zoo):
        return None
    real, imaginary = number.evalf(digits, maxn=depth).as_real_imag()
    if not (real.is_Float or real.is_Rational or real.is_infinite):
        return None
    if imaginary != 0 and not lost(imaginary) and abs(imaginary) > _SURE * (1 + abs(real)):
        return None
    return _NOTHING if real == 0 else real


def _right(number: Expr) -> bool:
    """Whether enough digits are right, as far as sympy knows: it keeps the number of their bits as the precision."""
    return bool(number.is_Rational or number.is_infinite or number._prec > SURE * 10 / 3)


def lost(number: Expr) -> bool:
    """Whether no digit of it is right: what rounding leaves where everything cancels."""
    return bool(number.is_Float and number._prec < 8)


class Scale:
    """Compares the sides of one statement at its points; it looks closely only so often."""

    def __init__(self) -> None:
        self.looks = LOOKS
        self.checks = CHECKS

    def values(self, pair: Pair) -> tuple[Expr | None, Expr | None]:
        """The two sides at a point, each None where it has no real value."""
        if pair.rough:
            return value(pair.left, ROUGH_DIGITS, ROUGH_DEPTH), value(pair.right, ROUGH_DIGITS, ROUGH_DEPTH)
        return _value(pair.left), _value(pair.right)

    def order(self, pair: Pair, there: Pair, left: Expr, right: Expr) -> Order:
        """How the sides compare at a point.

        Args:
            there: the pair with the values of the point in it.
            left: the value of the left side, as ``values`` has found it.
            right: the value of the right side.
        """
        if any(side.is_infinite for side in (left, right)) or (left.is_Rational and right.is_Rational):
            return Order.SAME if left == right else Order.BELOW if left < right else Order.ABOVE
        if pair.rough:
            return _roughly(there, left, right)
        found = self._order(there, left, right)
        strict = pair.op == "<" and found in (Order.ALIKE, Order.UNKNOWN)
        return Order.SAME if strict and is_zero(there.left - there.right) else found

    def _order(self, pair: Pair, left: Expr, right: Expr) -> Order:
        """By the digits at hand where they make for what is stated, else by more of them."""
        if not (_right(left) and _right(right)):
            return self._closely(pair)
        apart = abs(left - right)
        if apart <= _SURE * max(abs(left), abs(right)):
            self.checks -= pair.op == "=="
            return self._closely(pair) if pair.op != "==" or self.checks >= 0 else Order.ALIKE
        found = Order.BELOW if left < right else Order.ABOVE
        return found if found in _HOLDS[pair.op] and apart > _TINY else self._closely(pair)

    def _closely(self, pair: Pair) -> Order:
        """By the difference, with more digits until two attempts agree."""
        difference = pair.left - pair.right
        attempts: list[Expr] = []
        for attempt in _attempts(difference, len(DEEPER) if self.looks else 2):
            attempts.append(attempt)
            if attempt.is_Rational:
                return Order.SAME if attempt == 0 else Order.BELOW if attempt < 0 else Order.ABOVE
            if _repeated(attempts):
                return Order.BELOW if attempt < 0 else Order.ABOVE
            if pair.op == "==" and lost(attempt):
                return Order.ALIKE
        self.looks = max(self.looks - 1, 0)
        return Order.ALIKE if attempts and _vanishing(attempts) else Order.UNKNOWN


def _value(number: Expr) -> Expr | None:
    """A value; what looks complex may be a logarithm of what should be above 0 and was found below, for want of digits."""
    found = value(number)
    return value(number, *_depths(number)[1]) if found is None else found


def _depths(number: Expr) -> tuple[tuple[int, int], ...]:
    elementary = (*QUICK, sympy.functions.elementary.trigonometric.TrigonometricFunction, sympy.atan)
    hyperbolic = sympy.functions.elementary.hyperbolic.HyperbolicFunction
    return DEEPER if all(isinstance(one, (*elementary, hyperbolic)) for one in number.atoms(sympy.Function)) else SLOW


def _attempts(difference: Expr, most: int) -> Iterator[Expr]:
    for digits, depth in _depths(difference)[:most]:
        if (found := value(difference, digits, depth)) is not None and not found.is_infinite:
            yield found


def _repeated(attempts: list[Expr]) -> bool:
    """Whether the last two attempts have digits that are right, and the same."""
    if len(attempts) < 2:
        return False
    before, last = attempts[-2:]
    return _right(before) and _right(last) and bool(abs(before - last) <= _REPEATED * abs(last))


def _vanishing(attempts: list[Expr]) -> bool:
    """Whether the more digits are computed, the less is left: what rounding leaves of zero."""
    return lost(attempts[-1]) or bool(abs(attempts[-1]) < _SURE * abs(attempts[0]))


def is_zero(number: Expr) -> bool:
    """Whether a number without symbols is shown to be exactly zero, by expansion.

    sympy's simplification is not asked: of numbers it guesses by their digits what they are.
    """
    if number == 0 or number.count_ops() > LARGEST_ZERO:
        return bool(number == 0)
    forms: tuple[Callable[[], Expr], ...] = (
        lambda: number,
        lambda: sympy.expand_log(number, factor=True),
        lambda: number.rewrite(sympy.exp),
    )
    try:
        return any(equality.by_expansion(form()) for form in forms)
    except Exception:  # sympy raises what it likes where it cannot go on
        return False


def _roughly(pair: Pair, left: Expr, right: Expr) -> Order:
    """By quadrature, which is repeated with more digits before it refutes anything."""
    found = _rough(left, right)
    if found in _HOLDS[pair.op] or found is Order.ALIKE:
        return found
    again = [value(side, 2 * ROUGH_DIGITS, 2 * ROUGH_DEPTH) for side in (pair.left, pair.right)]
    if any(side is None for side in again) or any(
        _rough(one, other) is not Order.ALIKE for one, other in zip((left, right), again, strict=True)
    ):
        return Order.UNKNOWN
    return found if _rough(*again) is found else Order.UNKNOWN


def _rough(left: Expr, right: Expr) -> Order:
    if left.is_infinite or right.is_infinite:
        return Order.SAME if left == right else Order.UNKNOWN
    if abs(left - right) <= ROUGH * (1 + max(abs(left), abs(right))):
        return Order.ALIKE
    return Order.BELOW if left < right else Order.ABOVE
