"""The values of expressions: exact numbers while that lasts, forty digits after, and vectors of them.

A number is *exact* (a ``Fraction``: parameters, and what sums, products, quotients and whole powers make of them) or *rounded*
(a ``Decimal`` of forty digits: roots, exponentials, logarithms, and what a kernel returns as float64). Neither depends on a
processor or a mathematical library, except in the last bits of what kernels return; so two numbers of which one is rounded count as
equal when they are within 1e-9 of each other, relatively, or both within 1e-12 of 0. No comparison can then turn out otherwise on
another machine.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from kernels import Record

Number: TypeAlias = Fraction | Decimal
Value: TypeAlias = Any
"""A ``Number``, a truth value, None, a word, a ``Members``, a ``Record``, or a tuple of values: a vector; of tuples: a matrix."""

CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN, Emin=-1000, Emax=1000, traps=[InvalidOperation, DivisionByZero, Overflow])
NEAR = Decimal("1e-9")
NOTHING = Decimal("1e-12")
BITS = 3000
"""The longest numerator or denominator."""
ENTRIES = 4096
"""The most entries in one value."""
INFINITY = Decimal("Infinity")


class Refusal(Exception):
    """An operation that has no value, or is not allowed: says why; ``offset`` is filled in where the expression is known."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset: int | None = None


@dataclass(frozen=True)
class Members:
    """A set: no order, nothing twice. The members are kept sorted."""

    members: tuple[Value, ...]

    @classmethod
    def of(cls, values: tuple[Value, ...]) -> "Members":
        """The set of the values; words come before numbers, numbers rise."""
        kept: list[Value] = []
        for value in values:
            if not is_number(value) and not isinstance(value, str):
                raise Refusal(f"a set holds numbers or words, not {describe(value)}")
            if not any(equal(value, other) for other in kept):
                kept.append(value)
        words = sorted(value for value in kept if isinstance(value, str))
        return cls((*words, *sorted((value for value in kept if not isinstance(value, str)), key=as_decimal)))


_NUMBERS = frozenset({Fraction, Decimal})


def is_number(value: Value) -> bool:
    """Whether ``value`` is a number. (By its type: an ``isinstance`` with ``Fraction`` is slow, and this is asked often.)"""
    return type(value) in _NUMBERS


def is_exact(value: Value) -> bool:
    """Whether every number in ``value`` is exact; words and truth values are."""
    return not any(isinstance(leaf, Decimal) for leaf in leaves(value))


def leaves(value: Value) -> Iterator[Value]:
    """Whatever is no vector inside ``value``, in order."""
    if isinstance(value, Members):
        value = value.members
    if isinstance(value, Record):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def shape(value: Value) -> tuple[int, ...] | None:
    """``()`` for what is no vector, ``(n,)``, ``(rows, columns)``; None for vectors of unequal lengths in one list."""
    if not isinstance(value, tuple):
        return ()
    inner = {shape(item) for item in value}
    if len(inner) > 1 or None in inner:
        return None
    return (len(value), *(inner.pop() if inner else ()))  # type: ignore[misc]


def describe(value: Value) -> str:
    """What ``value`` is, for a message."""
    if isinstance(value, bool):
        return str(value)
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the word {value!r}"
    if isinstance(value, Members):
        return "a set"
    if isinstance(value, Record):
        return f"a result with the fields {', '.join(value)}"
    if isinstance(value, tuple):
        sizes = shape(value)
        if sizes is None or len(sizes) > 2:
            return "a nested list"
        return f"a {sizes[0]} × {sizes[1]} matrix" if len(sizes) == 2 else f"a vector of {len(value)}"
    return text(value)


def text(value: Value, digits: int = 12) -> str:
    """``value`` for a message or a report: exact numbers as they are, rounded ones to ``digits`` significant figures."""
    if isinstance(value, Record):
        return ", ".join(f"{name}={text(item, digits)}" for name, item in value.items())
    if isinstance(value, tuple):
        return f"[{', '.join(text(item, digits) for item in value)}]"
    if isinstance(value, Members):
        return f"{{{', '.join(text(item, digits) for item in value.members)}}}"
    if isinstance(value, Fraction):
        return decimal_text(value) or f"{value.numerator}/{value.denominator}"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return "inf" if value > 0 else "-inf"
        rounded = Context(prec=digits).plus(value).normalize(Context(prec=digits))
        return f"{rounded:f}" if -7 < rounded.adjusted() < 16 else f"{rounded}".lower().replace("e+", "e")
    return str(value)


def decimal_text(value: Fraction) -> str:
    """The decimal expansion of an exact number, or nothing where it does not end.

    >>> decimal_text(Fraction(-1, 8)), decimal_text(Fraction(1, 3))
    ('-0.125', '')
    """
    places = decimal_places(value)
    if places is None:
        return ""
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}"


def decimal_places(value: Fraction) -> int | None:
    """How many places after the point write ``value`` exactly; None where no number of them does."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def as_decimal(value: Number) -> Decimal:
    """A number with forty digits."""
    if isinstance(value, Decimal):
        return value
    return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def as_fraction(value: Number) -> Fraction:
    """A finite number as the fraction that it stands for."""
    return value if isinstance(value, Fraction) else Fraction(value)


def limited(value: Number) -> Number:
    """``value``, unless it is too long an exact number; without a negative zero."""
    if isinstance(value, Fraction):
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
            raise Refusal("a number grows beyond all bounds", "take smaller numbers or exponents")
        return value
    return value if value else Decimal(0)


def minus(value: Number) -> Number:
    """The number with the other sign. (Python's own minus and ``abs`` round a ``Decimal`` to another precision.)"""
    return -value if isinstance(value, Fraction) else limited(value.copy_negate())


def magnitude(value: Number) -> Number:
    """The number without its sign."""
    return abs(value) if isinstance(value, Fraction) else value.copy_abs()


def equal(a: Value, b: Value) -> bool:
    """Whether two values are the same; numbers of which one is rounded, within what rounding can do."""
    if is_number(a) and is_number(b):
        return compare(a, b) == 0
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Members) and isinstance(b, Members):
        return equal(a.members, b.members)
    return type(a) is type(b) and bool(a == b)


def compare(a: Number, b: Number) -> int:
    """-1, 0 or 1 as ``a`` is less than, equal to or greater than ``b``."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return (a > b) - (a < b)
    x, y = as_decimal(a), as_decimal(b)
    if x == y or (x.is_finite() and y.is_finite() and CONTEXT.subtract(x, y).copy_abs() <= _near(x, y)):
        return 0
    return 1 if x > y else -1


def _near(x: Decimal, y: Decimal) -> Decimal:
    largest = max(x.copy_abs(), y.copy_abs())
    return max(CONTEXT.multiply(NEAR, largest), NOTHING if largest <= NOTHING else Decimal(0))


def whole(value: Value, what: str) -> int:
    """A whole number as an int."""
    if is_number(value) and (isinstance(value, Fraction) or value.is_finite()):
        nearest = round(as_fraction(value))
        if compare(value, Fraction(nearest)) == 0:
            return nearest
    raise Refusal(f"{what} must be a whole number, not {describe(value)}")


def each(operation: Callable[..., Value], *values: Value) -> Value:
    """``operation`` on numbers; entry by entry on vectors, where a number goes with every entry."""
    lengths = {len(value) for value in values if isinstance(value, tuple)}
    if not lengths:
        return operation(*values)
    if len(lengths) > 1:
        raise Refusal(f"{' and '.join(describe(value) for value in values)} have no common length")
    ranks = {len(shape(value) or ()) for value in values if isinstance(value, tuple)}
    if len(ranks) > 1:
        raise Refusal(f"{' and '.join(describe(value) for value in values)} have no common shape")
    (length,) = lengths
    return tuple(each(operation, *(value[i] if isinstance(value, tuple) else value for value in values)) for i in range(length))


def from_kernel(result: Any) -> Value:
    """What a kernel returned, as a value: whole numbers are exact, floats are rounded."""
    if isinstance(result, Mapping):
        return Record(**{str(name): from_kernel(item) for name, item in result.items()})
    if isinstance(result, np.ndarray):
        if result.size > ENTRIES:
            raise Refusal(f"a kernel returned {result.size:,} numbers; {ENTRIES:,} are allowed")
        result = result.tolist()
    if isinstance(result, list | tuple):
        if len(result) > ENTRIES:
            raise Refusal(f"a kernel returned {len(result):,} numbers; {ENTRIES:,} are allowed")
        return tuple(from_kernel(item) for item in result)
    if result is None or isinstance(result, str | bool):
        return result
    if isinstance(result, np.bool_):
        return bool(result)
    if is_number(result):
        return result
    if isinstance(result, int | np.integer):
        return limited(Fraction(int(result)))
    if isinstance(result, float | np.floating):
        if np.isnan(result):
            raise Refusal("a kernel returned NaN")
        return limited(CONTEXT.create_decimal(float(result)))
    raise Refusal(f"a kernel returned {type(result).__name__}, which expressions do not know")


def to_float(value: Number) -> float:
    """The float nearest to a number: the same that its decimal text gives."""
    try:
        return float(value)
    except OverflowError:
        raise Refusal(f"{text(value)} is too large for a kernel") from None
