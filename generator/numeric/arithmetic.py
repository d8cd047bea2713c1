"""Arithmetic on numbers: exact where it can be, forty digits where it cannot."""

import math
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, DivisionByZero, Overflow
from fractions import Fraction

from generator.numeric.values import (
    BITS,
    CONTEXT,
    Number,
    Refusal,
    Value,
    as_decimal,
    compare,
    describe,
    each,
    is_number,
    limited,
    magnitude,
    minus,
    shape,
    whole,
)

LARGEST_EXPONENT = 4096
FACTORIAL = 400
CANCELLED = Decimal("1e-36")
"""What is left of two numbers of forty digits, relative to them, if all but the last digits cancel: no digit of it is right."""
"""The largest n in ``factorial`` and ``comb``."""


def number(value: Value) -> Number:
    """``value``, which must be a number."""
    if not is_number(value):
        hint = ""
        if isinstance(value, bool):
            hint = "write  1 if … else 0"
        elif isinstance(value, tuple | str) or value is None:
            hint = "numbers are wanted here"
        raise Refusal(f"{describe(value)} is no number", hint)
    result: Number = value
    return result


def rounded(operation: Callable[..., Decimal], *values: Number) -> Number:
    """An operation of the decimal context, with its failures in plain words."""
    try:
        return limited(operation(*map(as_decimal, values)))
    except DivisionByZero:
        raise Refusal("division by zero") from None
    except Overflow:
        raise Refusal("a number grows beyond all bounds", "take smaller numbers or exponents") from None
    except DecimalException:
        raise Refusal(f"this has no value for {' and '.join(map(describe, values))}") from None


def _both(
    exact: Callable[[Fraction, Fraction], Fraction], inexact: Callable[[Context], Callable[..., Decimal]]
) -> Callable[..., Value]:
    def operate(a: Value, b: Value) -> Number:
        x, y = number(a), number(b)
        if isinstance(x, Fraction) and isinstance(y, Fraction):
            return limited(exact(x, y))
        return rounded(inexact(CONTEXT), x, y)

    return lambda a, b: each(operate, a, b)


def _cancelling(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Decimal, Decimal], Decimal]:
    """A sum in which all digits but the last ones cancel is 0: what is left of 1/3 + 1/6 - 1/2 is rounding."""

    def operate(a: Decimal, b: Decimal) -> Decimal:
        total = operation(a, b)
        return total if abs(total) > CANCELLED * max(abs(a), abs(b)) or not total.is_finite() else Decimal(0)

    return operate


add = _both(lambda a, b: a + b, lambda context: _cancelling(context.add))
subtract = _both(lambda a, b: a - b, lambda context: _cancelling(context.subtract))
multiply = _both(lambda a, b: a * b, lambda context: context.multiply)


def _divide(a: Value, b: Value) -> Number:
    x, y = number(a), number(b)
    if y == 0:
        raise Refusal("division by zero", "exclude it with  require")
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return limited(x / y)
    return rounded(CONTEXT.divide, x, y)


def divide(a: Value, b: Value) -> Value:
    return each(_divide, a, b)


def _floor(value: Value) -> Number:
    x = number(value)
    if isinstance(x, Decimal) and not x.is_finite():
        raise Refusal(f"{describe(x)} has no whole part")
    nearest = Fraction(round(Fraction(x)))
    # A rounded number as good as whole is whole: 2.9999… from a kernel is 3.
    return nearest if compare(x, nearest) == 0 else Fraction(math.floor(x))


def floor(value: Value) -> Value:
    return each(_floor, value)


def ceil(value: Value) -> Value:
    return each(lambda x: minus(_floor(minus(number(x)))), value)


def floor_divide(a: Value, b: Value) -> Value:
    return floor(divide(a, b))


def remainder(a: Value, b: Value) -> Value:
    return subtract(a, multiply(floor_divide(a, b), b))


def negative(value: Value) -> Value:
    return each(lambda x: minus(number(x)), value)


def positive(value: Value) -> Value:
    return each(number, value)


def absolute(value: Value) -> Value:
    return each(lambda x: magnitude(number(x)), value)


def _power(a: Value, b: Value) -> Number:
    base, exponent = number(a), number(b)
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return _whole_power(base, int(exponent))
        if exponent.denominator == 2 and exponent > 0:
            return _whole_power_of(_root(base), int(exponent.numerator))
    if compare(base, Fraction(0)) < 0:
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            size = _power(minus(base), exponent)
            return minus(size) if exponent.numerator % 2 else size
        raise Refusal(f"{describe(base)} has no power with the exponent {describe(exponent)}")
    if compare(base, Fraction(0)) == 0 and compare(exponent, Fraction(0)) <= 0:
        raise Refusal("0 has no power with an exponent of 0 or less")
    return rounded(CONTEXT.power, base, exponent)


def _whole_power(base: Fraction, exponent: int) -> Number:
    if abs(exponent) > LARGEST_EXPONENT:
        raise Refusal(f"the exponent {exponent} is beyond {LARGEST_EXPONENT:,}")
    if base == 0 and exponent < 0:
        raise Refusal("division by zero", "exclude it with  require")
    if max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent) > 2 * BITS:
        return rounded(CONTEXT.power, base, Fraction(exponent))
    power = base**exponent
    if max(power.numerator.bit_length(), power.denominator.bit_length()) > BITS:
        return rounded(CONTEXT.power, base, Fraction(exponent))
    return power


def _whole_power_of(base: Number, exponent: int) -> Number:
    return _whole_power(base, exponent) if isinstance(base, Fraction) else rounded(CONTEXT.power, base, Fraction(exponent))


def power(a: Value, b: Value) -> Value:
    return each(_power, a, b)


def _root(value: Value) -> Number:
    x = number(value)
    if compare(x, Fraction(0)) < 0:
        raise Refusal(f"the square root of {describe(x)} is not real", "exclude it with  require")
    if isinstance(x, Fraction):
        top, bottom = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if top * top == x.numerator and bottom * bottom == x.denominator:
            return Fraction(top, bottom)
    return rounded(CONTEXT.sqrt, x)


def sqrt(value: Value) -> Value:
    return each(_root, value)


def _exp(value: Value) -> Number:
    x = number(value)
    return Fraction(1) if x == 0 else rounded(CONTEXT.exp, x)


def exp(value: Value) -> Value:
    return each(_exp, value)


def _logarithm(base: int | None) -> Callable[[Value], Value]:
    def logarithm(value: Value) -> Number:
        x = number(value)
        if compare(x, Fraction(0)) <= 0:
            raise Refusal(f"{describe(x)} has no logarithm", "exclude it with  require")
        if isinstance(x, Fraction):
            if x == 1:
                return Fraction(0)
            if base is not None and (exact := _exact_logarithm(x, base)) is not None:
                return Fraction(exact)
        if base == 2:
            return rounded(lambda y: CONTEXT.divide(CONTEXT.ln(y), CONTEXT.ln(Decimal(2))), x)
        return rounded(CONTEXT.ln if base is None else CONTEXT.log10, x)

    return lambda value: each(logarithm, value)


def _exact_logarithm(x: Fraction, base: int) -> int | None:
    """The whole k with base**k = x, if there is one."""
    sign, target = (1, x.numerator) if x.denominator == 1 else (-1, x.denominator)
    if x.numerator != 1 and x.denominator != 1:
        return None
    k = round(math.log(target, base))
    return sign * k if base**k == target else None


log = _logarithm(None)
log2 = _logarithm(2)
log10 = _logarithm(10)


def _tanh(value: Value) -> Number:
    x = number(value)
    if x == 0:
        return Fraction(0)
    if compare(magnitude(x), Fraction(50)) > 0:
        return Decimal(1).copy_sign(as_decimal(x))  # 1 to forty digits and more
    grown = _exp(multiply(Fraction(2), x))
    return number(divide(subtract(grown, Fraction(1)), add(grown, Fraction(1))))


def tanh(value: Value) -> Value:
    return each(_tanh, value)


PI = Decimal("3.141592653589793238462643383279502884197169399375106")
_FINE = Context(prec=60, Emin=-1000, Emax=1000)


def _normal_cdf(value: Value) -> Number:
    """The sum phi(x) (x + x^3/3 + x^5/(3 5) + ...) adds what has one sign, so nothing cancels (Marsaglia 2004, equation 3)."""
    x = as_decimal(number(value))
    if x.copy_abs() > 12:
        raise Refusal(f"normal_cdf wants a number between -12 and 12, not {describe(value)}")
    term = total = x.copy_abs()
    n = 1
    while term > Decimal("1e-58"):
        n += 2
        term = _FINE.divide(_FINE.multiply(term, _FINE.multiply(x, x)), Decimal(n))
        total = _FINE.add(total, term)
    density = _FINE.divide(
        _FINE.exp(_FINE.divide(_FINE.multiply(x, x.copy_negate()), Decimal(2))), _FINE.sqrt(_FINE.multiply(Decimal(2), PI))
    )
    half = _FINE.multiply(density, total)
    return CONTEXT.add(Decimal("0.5"), half.copy_sign(x)) if x else Fraction(1, 2)


def normal_cdf(value: Value) -> Value:
    return each(_normal_cdf, value)


def round_half_away(value: Value, places: Value = Fraction(0)) -> Value:
    """Rounded to so many places; half-way cases away from zero, and what is as good as half-way too."""
    digits = whole(places, "the number of places")
    if abs(digits) > 30:
        raise Refusal(f"{digits} places are too many")
    unit = Fraction(10) ** -digits

    def nearest(x: Value) -> Number:
        size = absolute(number(x))
        steps = _floor(add(divide(size, unit), Fraction(1, 2)))
        return Fraction(steps) * unit * (1 if compare(number(x), Fraction(0)) >= 0 else -1)

    return each(nearest, value)


def factorial(value: Value) -> Value:
    n = whole(value, "n in factorial(n)")
    if not 0 <= n <= FACTORIAL:
        raise Refusal(f"factorial wants a number from 0 to {FACTORIAL}, not {n}")
    return Fraction(math.factorial(n))


def comb(n: Value, k: Value) -> Value:
    a, b = whole(n, "n in comb(n, k)"), whole(k, "k in comb(n, k)")
    if not (0 <= a <= FACTORIAL and b >= 0):
        raise Refusal(f"comb wants n from 0 to {FACTORIAL} and k of at least 0, not {a} and {b}")
    return Fraction(math.comb(a, b))


def total(value: Value) -> Value:
    """The sum of a vector's entries (a matrix: of all entries); a vector of truth values counts those that hold."""
    result: Value = Fraction(0)
    for leaf in _flat(value, "sum"):
        result = add(result, Fraction(int(leaf)) if isinstance(leaf, bool) else leaf)
    return result


def product(value: Value) -> Value:
    result: Value = Fraction(1)
    for leaf in _flat(value, "prod"):
        result = multiply(result, leaf)
    return result


def _flat(value: Value, name: str) -> list[Value]:
    if not isinstance(value, tuple) or not value:
        raise Refusal(f"{name} wants a vector that is not empty, not {describe(value)}")
    return [leaf for item in value for leaf in (_flat(item, name) if isinstance(item, tuple) else [item])]


def dot(a: Value, b: Value) -> Value:
    """The product of vectors and matrices, as ``@`` in numpy."""
    left, right = shape(a), shape(b)
    if not left or not right or len(left) > 2 or len(right) > 2 or left[-1] != right[0] or not right[-1]:
        raise Refusal(f"{describe(a)} and {describe(b)} have no product", "the inner dimensions must be equal")
    if len(left) == 2:
        return tuple(dot(row, b) for row in a)
    if len(right) == 2:
        return tuple(total(multiply(a, column)) for column in zip(*b, strict=True))
    return total(multiply(a, b))


def transpose(value: Value) -> Value:
    if len(shape(value) or ()) != 2:
        raise Refusal(f"{describe(value)} is no matrix")
    return tuple(zip(*value, strict=True))
