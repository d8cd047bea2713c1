"""What a kernel asks of its arguments.

Every check raises ``ValueError`` with the name, the offending value or shape, and the rule.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


def array(value: ArrayLike, name: str, *, ndim: int | None = None, infinite: bool = False) -> Array:
    """A float64 array, not empty, without NaN (and, unless ``infinite``, without infinities); ``ndim`` fixes its rank."""
    try:
        result = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an array of numbers with rows of one length, got {value!r}") from None
    if ndim is not None and result.ndim != ndim:
        kind = {0: "a number", 1: "a vector", 2: "a matrix"}.get(ndim, f"an array of rank {ndim}")
        raise ValueError(f"{name} must be {kind}, got shape {result.shape}")
    if result.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {result.shape}")
    if np.isnan(result).any():
        raise ValueError(f"{name} must not contain NaN, got {value!r}")
    if not infinite and np.isinf(result).any():
        raise ValueError(f"{name} must be finite, got {value!r}")
    return result


def vector(value: ArrayLike, name: str, *, infinite: bool = False) -> Array:
    """A float64 array of shape ``(n,)``, n >= 1."""
    return array(value, name, ndim=1, infinite=infinite)


def matrix(value: ArrayLike, name: str, *, infinite: bool = False) -> Array:
    """A float64 array of shape ``(m, n)``, m, n >= 1."""
    return array(value, name, ndim=2, infinite=infinite)


def square(value: ArrayLike, name: str) -> Array:
    """A float64 array of shape ``(n, n)``."""
    result = matrix(value, name)
    if result.shape[0] != result.shape[1]:
        raise ValueError(f"{name} must be square, got shape {result.shape}")
    return result


def number(
    value: Any,
    name: str,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    infinite: bool = False,
) -> float:
    """A float, finite unless ``infinite``, with ``least <= x <= most`` and ``above < x < below``."""
    result = float(array(value, name, ndim=0, infinite=infinite))
    _within(result, name, least=least, most=most, above=above, below=below)
    return result


def count(value: Any, name: str, *, least: int | None = 1, most: int | None = None) -> int:
    """An integer (``3`` and ``3.0`` alike) with ``least <= x <= most``."""
    result = number(value, name)
    if result != int(result):
        raise ValueError(f"{name} must be an integer, got {value!r}")
    exact = value if isinstance(value, int) else int(result)
    _within(exact, name, least=least, most=most)
    return int(exact)


def _within(
    value: float,
    name: str,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> None:
    if least is not None and not value >= least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    if most is not None and not value <= most:
        raise ValueError(f"{name} must be at most {most}, got {value}")
    if above is not None and not value > above:
        raise ValueError(f"{name} must be greater than {above}, got {value}")
    if below is not None and not value < below:
        raise ValueError(f"{name} must be less than {below}, got {value}")


def integers(value: ArrayLike, name: str, *, ndim: int = 1, empty: bool = False) -> Integers:
    """An int64 array of rank ``ndim``; floats must be whole."""
    if empty and np.size(value) == 0:
        return np.zeros((0,) * ndim, dtype=np.int64)
    result = array(value, name, ndim=ndim)
    if not np.array_equal(result, np.trunc(result)):
        raise ValueError(f"{name} must hold integers, got {value!r}")
    return result.astype(np.int64)


def flag(value: Any, name: str) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def word(value: Any, name: str, allowed: Sequence[str]) -> str:
    """One of the strings ``allowed``."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
    return str(value)


def probability(value: Any, name: str, *, zero: bool = True, one: bool = True) -> float:
    """A number in [0, 1]; without 0 or without 1 where so said."""
    return number(
        value, name, least=0 if zero else None, most=1 if one else None, above=None if zero else 0, below=None if one else 1
    )


def distribution(value: ArrayLike, name: str, *, atol: float = 1e-9) -> Array:
    """A vector of probabilities that sum to 1."""
    p = vector(value, name)
    if (p < 0).any() or (p > 1).any():
        raise ValueError(f"{name} must hold probabilities in [0, 1], got {value!r}")
    if abs(p.sum() - 1) > atol:
        raise ValueError(f"{name} must sum to 1, got {p.sum()}")
    return p


def same_shape(a: Array, b: Array, a_name: str, b_name: str) -> None:
    """Two arrays of one shape."""
    if a.shape != b.shape:
        raise ValueError(f"{a_name} and {b_name} must have one shape, got {a.shape} and {b.shape}")


def shape(value: Array, name: str, wanted: tuple[int | None, ...]) -> None:
    """An array of the shape ``wanted``, where None stands for any length."""
    if value.ndim != len(wanted) or any(w is not None and w != n for w, n in zip(wanted, value.shape, strict=True)):
        text = ", ".join("any" if w is None else str(w) for w in wanted)
        raise ValueError(f"{name} must have shape ({text}), got {value.shape}")
