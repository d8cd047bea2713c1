"""Whether what a card shows is the value itself: ``=`` or ``≈``."""

from decimal import Decimal
from fractions import Fraction

from generator.numeric.rounding import NEAR_BORDER, is_finite
from generator.numeric.values import CONTEXT, Value, is_number, leaves

FLOAT_ERROR = Fraction(1, 2**46)
"""A kernel's float this near to a shown number (relatively) is that number, but for rounding: twice what 64 operations lose."""
DIGITS_ERROR = Fraction(1, 10**30)
"""The same for a number of forty digits, of which thirty are trusted."""
NOTHING = Fraction(1, 1000)
"""What distances from a shown 0 are relative to: cancellation leaves an error of the size of what cancelled."""


def relation(value: Value, shown: Value) -> bool | None:
    """Whether ``shown``, in the structure of ``value``, is the value itself; None where that cannot be told for certain.

    An exact number is what it is shown as, or it is not. A kernel's float is off by its last bits, and a number of forty digits may
    have been computed from one: what lies nearer than chance would have it, but not as near as it must, stays open.
    """
    found = {_is_shown(one, other) for one, other in zip(leaves(value), leaves(shown), strict=True)}
    return False if False in found else None if None in found else True


def _is_shown(value: Value, shown: Value) -> bool | None:
    if not is_number(value):
        return True
    if isinstance(value, Fraction) or not is_finite(value):
        return bool(value == shown)
    size = abs(Fraction(shown)) or NOTHING
    distance = abs(Fraction(value) - Fraction(shown)) / size
    if distance <= (FLOAT_ERROR if _is_float(value) else DIGITS_ERROR):
        return True
    return None if distance <= NEAR_BORDER else False


def _is_float(value: Decimal) -> bool:
    """Whether a number has no more digits than a float."""
    return value == CONTEXT.create_decimal(float(value))
