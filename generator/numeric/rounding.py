"""Rounding as cards show it: on the exact value, half-way cases away from zero.

A number that is not exact and lies within 1e-9 (relatively) of a half-way case is *at a border*: another machine's last bit could
round it the other way, so such a drawing is not used.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Literal

from generator.numeric.values import Number, Refusal, decimal_places, text

NEAR_BORDER = Fraction(1, 10**9)
MOST = 8
"""The most figures or places of a format: float64 and its borders leave no more."""
PLAIN = 6
"""Figures of rounded numbers where a script or a figure takes them."""
EXACT = 15
"""The longest exact decimal that is printed without a format."""
SMALL = -4
"""Numbers below 10**-4 are written with a power of ten,"""
LARGE = 6
"""and so are rounded ones from 10**6."""


@dataclass(frozen=True)
class Rounded:
    """A number as it is shown."""

    value: Fraction
    places: int
    """Digits after the point; below 0, the last figure stands left of it."""
    unit: Fraction
    """One unit of the last figure; 0 where the number is shown exactly."""
    border: bool = False

    @property
    def exponent(self) -> int:
        """The power of ten of the first figure."""
        return exponent_of(self.value)


@dataclass(frozen=True)
class Digits:
    """How many digits a format shows."""

    kind: Literal["exact", "sf", "dp"] = "exact"
    count: int = 0

    def apply(self, value: Number) -> Rounded:
        """``value`` rounded.

        Raises:
            Refusal: it is no exact decimal, and no digits were asked for.
        """
        exact = isinstance(value, Fraction)
        fraction = Fraction(value)
        if self.kind == "exact":
            return _exactly(value)
        if self.kind == "dp":
            return round_to(fraction, self.count, exact)
        if fraction == 0:
            return Rounded(fraction, 0, Fraction(0))
        rounded = round_to(fraction, self.count - 1 - exponent_of(fraction), exact)
        if rounded.exponent > exponent_of(fraction):  # 9.96 to two figures is 10, not 10.0
            places = rounded.places - 1
            rounded = Rounded(rounded.value, places, _unit(places), rounded.border)
        return rounded


def _exactly(value: Number) -> Rounded:
    places = decimal_places(value) if isinstance(value, Fraction) else None
    if places is None:
        raise Refusal(f"{text(value)} is no exact decimal", "give it a format, such as 3sf or 2dp")
    fraction = Fraction(value)
    if len(str(abs(fraction.numerator) * 10**places // fraction.denominator)) > EXACT:
        raise Refusal(f"{text(value)} has more than {EXACT} digits", "give it a format, such as 3sf or 2dp")
    return Rounded(fraction, places, Fraction(0))


def exponent_of(value: Fraction) -> int:
    """The power of ten of the first figure of ``value``: 2 for 345, -3 for 0.006; 0 for 0."""
    size = abs(value)
    if size == 0:
        return 0
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    return exponent if size >= _unit(-exponent) else exponent - 1


@cache
def _unit(places: int) -> Fraction:
    return Fraction(10) ** -places


def round_to(value: Fraction, places: int, exact: bool = True) -> Rounded:
    """``value`` rounded to so many places, half-way cases away from zero."""
    steps = abs(value) / _unit(places)
    whole = (2 * steps + 1).__floor__() // 2
    distance = abs(steps - steps.__floor__() - Fraction(1, 2))
    border = not exact and distance <= NEAR_BORDER * steps
    return Rounded((-whole if value < 0 else whole) * _unit(places), places, _unit(places), border)


def round_inwards(value: Fraction, places: int, *, up: bool) -> Fraction:
    """The nearest number of so many places above or below ``value``."""
    steps = value / _unit(places)
    return (steps.__ceil__() if up else steps.__floor__()) * _unit(places)


def steadied(value: Number, direction: int = 0) -> Fraction:
    """A number for a script or a figure: exact, or to six figures, so that another machine's last bits change no byte.

    Args:
        direction: -1 rounds down, 1 rounds up, 0 to the nearest; what is as good as on a border counts as on it.
    """
    exact = Fraction(value)
    if isinstance(value, Fraction) and direction == 0:
        return value
    places = PLAIN - 1 - exponent_of(exact)
    steps = exact / _unit(places) + (Fraction(1, 2) if direction == 0 else 0)
    nearest = Fraction(round(steps))
    if abs(steps - nearest) > NEAR_BORDER * abs(steps):
        nearest = Fraction(steps.__ceil__() if direction > 0 else steps.__floor__())
    return nearest * _unit(places)


def digits_of(rounded: Rounded) -> str:
    """The digits of the size of a rounded number, with its point and its trailing zeros."""
    places = max(rounded.places, 0)
    steps = abs(rounded.value) / _unit(places)
    figures = str(steps.__floor__()).rjust(places + 1, "0")
    return f"{figures[:-places]}.{figures[-places:]}" if places else figures


def is_finite(value: Number) -> bool:
    return not isinstance(value, Decimal) or value.is_finite()
