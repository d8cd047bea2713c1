"""The functions and constants that every expression may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from generator.numeric import arithmetic
from generator.numeric.rounding import MOST, exponent_of, is_finite
from generator.numeric.values import (
    ENTRIES,
    INFINITY,
    Members,
    Number,
    Refusal,
    Value,
    as_decimal,
    as_fraction,
    compare,
    describe,
    each,
    equal,
    leaves,
    whole,
)


@dataclass(frozen=True)
class Function:
    """A function of expressions."""

    name: str
    apply: Callable[..., Value]
    least: int
    """The fewest arguments."""
    most: int
    """The most arguments."""
    irrational: bool = False
    """Whether it leaves the exact numbers, so that it cannot be done by hand unless its value is printed."""


def _vector(value: Value, name: str) -> tuple[Value, ...]:
    if not isinstance(value, tuple) or not value:
        raise Refusal(f"{name} wants a vector that is not empty, not {describe(value)}")
    return value


def _numbers(values: tuple[Value, ...], name: str) -> list[Number]:
    if len(values) == 1:
        values = _vector(values[0], name)
    return [arithmetic.number(leaf) for leaf in values]


def _best(name: str, sign: int) -> Callable[..., Value]:
    def best(*values: Value) -> Value:
        numbers = _numbers(values, name)
        return numbers[_first(numbers, sign)]

    return best


def _first(numbers: list[Number], sign: int) -> int:
    """The index of the largest (or, with the sign -1, smallest) number; the first of equals."""
    best = 0
    for index, value in enumerate(numbers):
        if compare(value, numbers[best]) == sign:
            best = index
    return best


def _arg(name: str, sign: int) -> Callable[[Value], Value]:
    return lambda value: Fraction(_first(_numbers((value,), name), sign))


def _mean(value: Value) -> Value:
    return arithmetic.divide(arithmetic.total(value), Fraction(sum(1 for _ in leaves(value))))


def _sorted(value: Value) -> Value:
    return tuple(sorted(_numbers((value,), "sorted"), key=as_decimal))


def _length(value: Value) -> Value:
    if isinstance(value, Members):
        return Fraction(len(value.members))
    if not isinstance(value, tuple):
        raise Refusal(f"len wants a vector or a set, not {describe(value)}")
    return Fraction(len(value))


def _truths(value: Value, name: str) -> list[bool]:
    found = _vector(value, name)
    if not all(isinstance(item, bool) for item in found):
        raise Refusal(f"{name} wants a vector of truth values, as  v > 0  gives", "compare a vector with a number")
    return list(found)


def _count(value: Value, wanted: Value) -> Value:
    return Fraction(sum(equal(item, wanted) for item in _vector(value, "count")))


def _distinct(value: Value) -> Value:
    found = _vector(value, "distinct")
    return not any(equal(item, other) for index, item in enumerate(found) for other in found[:index])


def _set(value: Value) -> Value:
    return Members.of(_vector(value, "set"))


def _square(value: Value) -> Value:
    n = whole(value, "n in identity(n)")
    if not 1 <= n <= 8:
        raise Refusal(f"identity wants a number from 1 to 8, not {n}")
    return tuple(tuple(Fraction(int(i == j)) for j in range(n)) for i in range(n))


def _figures(value: Value, figures: Value) -> Value:
    count = whole(figures, "the number of significant figures")
    if not 1 <= count <= MOST:
        raise Refusal(f"sf wants 1 to {MOST} significant figures, not {count}")

    def nearest(x: Value) -> Value:
        number = arithmetic.number(x)
        if not is_finite(number):
            raise Refusal("an infinite number has no figures")
        return arithmetic.round_half_away(number, Fraction(count - 1 - exponent_of(as_fraction(number))))

    return each(nearest, value)


def _outer(a: Value, b: Value) -> Value:
    left, right = _vector(a, "outer"), _vector(b, "outer")
    if len(left) * len(right) > ENTRIES:
        raise Refusal(f"outer would have {len(left) * len(right):,} entries")
    return tuple(arithmetic.multiply(arithmetic.number(x), right) for x in left)


_EXACT: dict[str, tuple[Callable[..., Value], int, int]] = {
    "abs": (arithmetic.absolute, 1, 1),
    "floor": (arithmetic.floor, 1, 1),
    "ceil": (arithmetic.ceil, 1, 1),
    "round": (arithmetic.round_half_away, 1, 2),
    "sf": (_figures, 2, 2),
    "factorial": (arithmetic.factorial, 1, 1),
    "comb": (arithmetic.comb, 2, 2),
    "min": (_best("min", -1), 1, 24),
    "max": (_best("max", 1), 1, 24),
    "argmin": (_arg("argmin", -1), 1, 1),
    "argmax": (_arg("argmax", 1), 1, 1),
    "sum": (arithmetic.total, 1, 1),
    "prod": (arithmetic.product, 1, 1),
    "mean": (_mean, 1, 1),
    "sorted": (_sorted, 1, 1),
    "len": (_length, 1, 1),
    "dot": (arithmetic.dot, 2, 2),
    "outer": (_outer, 2, 2),
    "transpose": (arithmetic.transpose, 1, 1),
    "identity": (_square, 1, 1),
    "all": (lambda value: all(_truths(value, "all")), 1, 1),
    "any": (lambda value: any(_truths(value, "any")), 1, 1),
    "count": (_count, 2, 2),
    "distinct": (_distinct, 1, 1),
    "set": (_set, 1, 1),
}
_IRRATIONAL: dict[str, Callable[..., Value]] = {
    "sqrt": arithmetic.sqrt,
    "exp": arithmetic.exp,
    "log": arithmetic.log,
    "log2": arithmetic.log2,
    "log10": arithmetic.log10,
    "tanh": arithmetic.tanh,
    "normal_cdf": arithmetic.normal_cdf,
}

FUNCTIONS: Mapping[str, Function] = {
    **{name: Function(name, apply, least, most) for name, (apply, least, most) in _EXACT.items()},
    **{name: Function(name, apply, 1, 1, irrational=True) for name, apply in _IRRATIONAL.items()},
}
"""Every function that is no kernel. ``log`` is the natural logarithm."""

CONSTANTS: Mapping[str, Value] = {"pi": arithmetic.PI, "inf": INFINITY}

OTHER_NAMES: Mapping[str, str] = {
    "ln": "log is the natural logarithm",
    "matmul": "write  A @ B",
    "norm": "write  sqrt(sum(v**2))  or use the kernel lp_norm",
    "pow": "write  a ** b",
    "e": "write  exp(1)",
    "infinity": "write  inf",
}
"""What authors type for something that has another name here."""
