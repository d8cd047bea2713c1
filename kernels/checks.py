"""What a kernel asks of its arguments.

Every check raises ``ValueError`` with the name, the offending value or shape, and the rule.
"""

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Booleans = NDArray[np.bool_]
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
    result = integer(value, name)
    _within(result, name, least=least, most=most)
    return result


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


def finite(result: float, name: str) -> float:
    """A result that float64 can hold: an overflow is an error, not an infinity or a NaN that looks like an answer."""
    if not np.isfinite(result):
        raise ValueError(f"{name} is too large for float64: take smaller numbers")
    return result


def integers(value: ArrayLike, name: str, *, ndim: int = 1, empty: bool = False) -> Integers:
    """An int64 array of rank ``ndim``; floats must be whole."""
    if empty and np.size(value) == 0:
        return np.zeros((0,) * ndim, dtype=np.int64)
    result = array(value, name, ndim=ndim)
    if not np.array_equal(result, np.trunc(result)):
        raise ValueError(f"{name} must hold integers, got {value!r}")
    return result.astype(np.int64)


def integer(value: Any, name: str) -> int:
    """An integer of any size, exact (``3`` and ``3.0`` alike)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be an integer, got {value!r}") from None


def integer_list(value: Any, name: str) -> list[int]:
    """Integers of any size, exact; there may be none."""
    return [integer(entry, f"{name}[{index}]") for index, entry in enumerate(items(value, name, empty=True))]


def flag(value: Any, name: str) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def booleans(value: ArrayLike, name: str) -> Booleans:
    """A bool array, not empty; 0 and 1 are refused, because whether 1 shows or hides is what a mask must not leave open."""
    try:
        result = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must have rows of one length, got {value!r}") from None
    if result.dtype.kind != "b" or result.size == 0:
        raise ValueError(f"{name} must hold True and False, got {value!r}")
    return result


def given(value: Any, name: str, by: str) -> Any:
    """An argument that only some choices need, where the choice ``by`` needs it."""
    if value is None:
        raise ValueError(f"{name} must be given for {by}")
    return value


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


def shape(value: NDArray[Any], name: str, wanted: tuple[int | None, ...]) -> None:
    """An array of the shape ``wanted``, where None stands for any length."""
    if value.ndim != len(wanted) or any(w is not None and w != n for w, n in zip(wanted, value.shape, strict=True)):
        text = ", ".join("any" if w is None else str(w) for w in wanted)
        raise ValueError(f"{name} must have shape ({text}), got {value.shape}")


def axis(value: Any, name: str, ndim: int) -> int:
    """An axis of an array of rank ``ndim``, counted from 0 or, when negative, from the end."""
    if ndim == 0:
        raise ValueError(f"{name} must be an axis of the array, and a number has none, got {value!r}")
    return count(value, name, least=-ndim, most=ndim - 1)


def text(value: Any, name: str, *, empty: bool = False) -> str:
    """A string, not empty unless ``empty``."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, got {value!r}")
    if not value and not empty:
        raise ValueError(f"{name} must not be an empty string")
    return value


def items(value: Any, name: str, *, empty: bool = False) -> list[Any]:
    """A list or tuple, whatever it holds, not empty unless ``empty``."""
    if not isinstance(value, list | tuple | np.ndarray):
        raise ValueError(f"{name} must be a list, got {value!r}")
    if len(value) == 0 and not empty:
        raise ValueError(f"{name} must not be empty")
    return list(value)


def mapping(value: Any, name: str, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Any]:
    """A dict (or record) with all the keys ``required``, and no key besides these and the ``optional`` ones."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be a dict with {', '.join(required)}, got {value!r}")
    for key in required:
        if key not in value:
            raise ValueError(f"{name} must have {key}, got {value!r}")
    for key in value:
        if key not in required and key not in optional:
            raise ValueError(f"{name} must not have {key!r}, only {', '.join([*required, *optional])}")
    return value
