"""Values of claims: sympy expressions, and tuples of them for vectors and matrices."""

from collections.abc import Callable, Iterator
from typing import Any

import sympy

Expr = Any
"""A sympy expression."""
Value = Any
"""An expression, a condition, or a tuple of values: a vector is a tuple of numbers, a matrix a tuple of rows."""


class Refusal(Exception):
    """A value that cannot be had: the message says why, for the author."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def shape(value: Value) -> tuple[int, ...]:
    """The sizes of a value: () of a number, (n,) of a vector, (n, m) of a matrix."""
    return (len(value), *shape(value[0])) if isinstance(value, tuple) else ()


def describe(value: Value) -> str:
    """What an author would call it.

    >>> describe(((1, 2), (3, 4))), describe(5)
    ('a 2 x 2 matrix', 'a number')
    """
    sizes = shape(value)
    names = {0: "a number", 1: f"a vector of {sizes[0]}" if sizes else "", 2: f"a {' x '.join(map(str, sizes))} matrix"}
    return names.get(len(sizes), f"an array of {' x '.join(map(str, sizes))}")


def entries(value: Value, where: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Expr]]:
    """Every number of a value with its indices, from 1."""
    if isinstance(value, tuple):
        for index, part in enumerate(value, start=1):
            yield from entries(part, (*where, index))
    else:
        yield where, value


def number(value: Value, what: str) -> Expr:
    if isinstance(value, tuple) or not isinstance(value, sympy.Expr):
        raise Refusal(f"{what} takes a number, not {describe(value) if isinstance(value, tuple) else 'a condition'}")
    return value


def vector(value: Value, what: str) -> tuple[Expr, ...]:
    if len(shape(value)) != 1:
        raise Refusal(f"{what} takes a vector, not {describe(value)}")
    return tuple(value)


def matrix(value: Value, what: str) -> Any:
    """A sympy matrix of a matrix."""
    if len(shape(value)) != 2:
        raise Refusal(f"{what} takes a matrix, not {describe(value)}")
    return sympy.Matrix([list(row) for row in value])


def square(value: Value, what: str) -> Any:
    found = matrix(value, what)
    if found.rows != found.cols:
        raise Refusal(f"{what} takes a square matrix, not {describe(value)}")
    return found


def rows(found: Any) -> Value:
    """The value of a sympy matrix."""
    return tuple(tuple(found.row(index)) for index in range(found.rows))


def each(function: Callable[[Expr], Expr], value: Value) -> Value:
    """A function of numbers, entry by entry."""
    return tuple(each(function, part) for part in value) if isinstance(value, tuple) else function(value)


def both(function: Callable[[Expr, Expr], Expr], left: Value, right: Value) -> Value:
    """A function of two numbers, entry by entry; a number goes with every entry.

    Raises:
        Refusal: the shapes differ.
    """
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right) or len(shape(left)) != len(shape(right)):
            raise Refusal(f"{describe(left)} does not go with {describe(right)}")
        return tuple(both(function, *pair) for pair in zip(left, right, strict=True))
    if isinstance(left, tuple):
        return tuple(both(function, part, right) for part in left)
    if isinstance(right, tuple):
        return tuple(both(function, left, part) for part in right)
    return function(left, right)


def transpose(value: Value) -> Value:
    """The transpose of a matrix; a vector is taken as it is, so that ``a.T @ b`` is a number."""
    return tuple(zip(*value, strict=True)) if len(shape(value)) == 2 else value


def multiply(left: Value, right: Value) -> Value:
    """The product of matrices and vectors.

    Raises:
        Refusal: the inner sizes differ, or one is no vector and no matrix.
    """
    one, other = shape(left), shape(right)
    if not one or not other or len(one) > 2 or len(other) > 2:
        raise Refusal("@ multiplies vectors and matrices", "numbers are multiplied with *")
    if one[-1] != other[0]:
        raise Refusal(f"{describe(left)} cannot be multiplied with {describe(right)}", "the inner sizes differ")
    if len(one) == 2:
        return tuple(multiply(row, right) for row in left)
    if len(other) == 2:
        return tuple(multiply(left, column) for column in transpose(right))
    return sympy.Add(*(a * b for a, b in zip(left, right, strict=True)))
