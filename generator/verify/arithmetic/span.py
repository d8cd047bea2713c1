"""Printed numbers, and what they may stand for: a value between two ends, and the arithmetic of such.

What is computed from whole numbers and quotients stays exact; roots, exponentials and logarithms are floats.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Number = Fraction | float
LARGEST = 512
"""Bits of an exact number: far above what a card prints, and a bound on the time."""
POWER = 200
"""The largest whole exponent that is taken of an exact number."""
COUNTED = 60
"""The largest number whose factorial is taken."""
SLACK = 1e-9
"""Relatively: what floats may lose on the way."""


class Unreadable(Exception):
    """What stands there is no arithmetic that is understood; nothing is guessed."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number as it is printed, and the ends between which the one may lie that it stands for."""

    low: Number
    value: Number
    high: Number

    @classmethod
    def exact(cls, value: Number) -> "Span":
        """A number that stands for itself."""
        return cls(value, value, value)

    @property
    def rounded(self) -> bool:
        """Whether it may stand for another number than the printed one."""
        return self.low != self.high

    def __add__(self, other: "Span") -> "Span":
        return _span(self.low + other.low, self.value + other.value, self.high + other.high)

    def __neg__(self) -> "Span":
        return Span(-self.high, -self.value, -self.low)

    def __sub__(self, other: "Span") -> "Span":
        return self + -other

    def __mul__(self, other: "Span") -> "Span":
        ends = [_times(one, two) for one in (self.low, self.high) for two in (other.low, other.high)]
        return _span(min(ends), _times(self.value, other.value), max(ends))

    def __truediv__(self, other: "Span") -> "Span":
        if other.low <= 0 <= other.high:
            raise Unreadable
        inverse = [_divided(1, end) for end in (other.high, other.value, other.low)]
        return self * Span(*inverse)

    def power(self, exponent: "Span") -> "Span":
        """This number to a power; of a negative one, whole powers alone."""
        whole = exponent.value
        if not exponent.rounded and whole == int(whole):
            return self._whole_power(int(whole))
        if self.low <= 0:
            raise Unreadable
        ends = [_float_power(base, up) for base in (self.low, self.high) for up in (exponent.low, exponent.high)]
        return _span(min(ends), _float_power(self.value, whole), max(ends))

    def _whole_power(self, exponent: int) -> "Span":
        if abs(exponent) > POWER:
            raise Unreadable
        if exponent < 0:
            return Span.exact(Fraction(1)) / self._whole_power(-exponent)
        ends = [_bounded(end**exponent) for end in (self.low, self.high)]
        if exponent % 2 == 0 and self.low < 0 < self.high:
            ends.append(Fraction(0))
        return _span(min(ends), _bounded(self.value**exponent), max(ends))

    def through(self, function: Callable[[float], float]) -> "Span":
        """A function that grows, of this number."""
        try:
            return _span(*(function(float(end)) for end in (self.low, self.value, self.high)))
        except (ValueError, OverflowError):
            raise Unreadable from None

    def root(self) -> "Span":
        """The square root; exact where it comes out even."""
        return Span(*(_root(end) for end in (self.low, self.value, self.high)))

    def whole(self) -> int:
        """The number itself, where it is a whole one that can be counted to."""
        if self.rounded or self.value != int(self.value) or not 0 <= self.value <= COUNTED:
            raise Unreadable
        return int(self.value)

    def holds(self, value: Number) -> bool:
        """Whether the number may stand for ``value``."""
        slack = _slack(self.value, value)
        return self.low - slack <= value <= self.high + slack

    def meets(self, other: "Span") -> bool:
        """Whether both may stand for one number."""
        slack = _slack(self.value, other.value)
        return self.low - slack <= other.high and other.low - slack <= self.high


def printed(digits: str, rounded: bool) -> Span:
    """A number as it stands there: a decimal is rounded to its places, a whole number is exact.

    Args:
        rounded: a whole number is rounded too, to its last figure that is not 0.

    >>> printed("0.15", False).high
    Fraction(31, 200)
    """
    value = Fraction(digits)
    _bounded(value)
    _, point, places = digits.partition(".")
    zeros = len(digits) - len(digits.rstrip("0") or digits)
    unit = Fraction(1, 10 ** len(places)) if point else Fraction(10**zeros) if rounded else Fraction(0)
    return Span(value - unit / 2, value, value + unit / 2)


def extreme(spans: Sequence[Span], chosen: Callable[[list[Number]], Number]) -> Span:
    """The largest or the smallest of several."""
    return Span(chosen([s.low for s in spans]), chosen([s.value for s in spans]), chosen([s.high for s in spans]))


def _slack(one: Number, other: Number) -> Number:
    """What two numbers may differ by because floats led to one of them."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return Fraction(0)
    return SLACK * max(abs(float(one)), abs(float(other)))


def _span(low: Number, value: Number, high: Number) -> Span:
    return Span(_bounded(low), _bounded(value), _bounded(high))


def _bounded(number: Number) -> Number:
    """The number, if it is no larger than what a card may compute with."""
    if isinstance(number, float):
        if not math.isfinite(number):
            raise Unreadable
    elif number.numerator.bit_length() > LARGEST or number.denominator.bit_length() > LARGEST:
        raise Unreadable
    return number


def _times(one: Number, two: Number) -> Number:
    return one * two if isinstance(one, Fraction) and isinstance(two, Fraction) else float(one) * float(two)


def _divided(one: int, two: Number) -> Number:
    return one / two


def _float_power(base: Number, exponent: Number) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        raise Unreadable from None


def _root(number: Number) -> Number:
    if number < 0:
        raise Unreadable
    if isinstance(number, Fraction):
        top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
        if top * top == number.numerator and bottom * bottom == number.denominator:
            return Fraction(top, bottom)
    return math.sqrt(number)
