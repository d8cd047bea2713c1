"""When do a kernel and its oracle agree? Within what rounding can do, and no further.

The bound follows from backward error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, chapters 1
and 3). A computation of n rounded operations gives the exact result for inputs that are off by at most gamma_n = n u / (1 - n u),
u = 2**-53. So two correct ways differ by at most twice gamma_n times (what a relative change of the inputs does to the result + the
result itself). What a change of the inputs does is measured, by moving them; it is never chosen. Where terms cancel whatever the
inputs are (a residual that is 0), the oracle says how large those terms are (``scale``), and rounding is counted relative to them.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernels.oracles.registry import Oracle
from kernels.registry import Kernel

UNIT = 2.0**-53
NUDGE = 2.0**-30
"""The relative change by which inputs are moved: far above rounding, far below what the kernels' checks refuse."""
EACH = 24
"""Up to so many input numbers are moved one at a time, which gives the condition exactly; more move together, by random signs."""


class Disagreement(AssertionError):
    """A kernel and its oracle differ by more than rounding explains."""


def gamma(n: float) -> float:
    """Higham's gamma_n = n u / (1 - n u)."""
    return n * UNIT / (1 - n * UNIT)


def agree(kernel: Kernel, oracle: Oracle, arguments: Mapping[str, Any]) -> None:
    """Check that ``oracle`` gives what ``kernel`` gives on ``arguments``.

    Raises:
        Disagreement: with both values, the difference and the bound.
    """
    if not oracle.applies(**arguments):
        return
    mine, other = kernel(**arguments), oracle(**arguments)
    if oracle.error is not None:
        allowed: Any = oracle.error(**arguments)
        allowance = _like(mine, allowed)
    else:
        allowance = bound(kernel, arguments, oracle.steps(**arguments), oracle.scale(**arguments))
    _compare(mine, other, allowance, f"{kernel.name}({_show(arguments)}) against {oracle.function.__name__}")


def bound(kernel: Kernel, arguments: Mapping[str, Any], steps: float = 1, scale: float = 0) -> Any:
    """The absolute difference that rounding explains, in the shape of the kernel's result.

    Args:
        steps: how many sweeps over the data lie one behind another, for iterative kernels.
        scale: the absolute size of terms that cancel on the way.
    """
    arguments = _real(kernel, arguments)
    result = kernel(**arguments)
    size = sum(1 for _ in _floats(arguments)) + sum(np.size(leaf) for leaf in _leaves(result))
    operations = 2 * gamma(8 * max(size, 8) * max(steps, 1))
    spread = [np.zeros(np.shape(leaf)) for leaf in _leaves(result)]
    for moved, weight in _moves(arguments):
        try:
            leaves = list(_leaves(kernel(**moved)))
        except ValueError:
            continue
        if [np.shape(leaf) for leaf in leaves] != [leaf.shape for leaf in spread]:
            continue
        spread = [s + weight * np.abs(_difference(a, b)) / NUDGE for s, a, b in zip(spread, leaves, _leaves(result), strict=True)]
    limits = iter(
        operations * (s + _size(leaf) + scale) + np.finfo(float).tiny for s, leaf in zip(spread, list(_leaves(result)), strict=True)
    )
    return _like(result, limits)


def _real(kernel: Kernel, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with a float wherever the kernel takes a real number: ``5`` moves like ``5.0``."""
    real = {name for name, parameter in kernel.signature.parameters.items() if parameter.annotation is float}
    return {name: float(value) if name in real and type(value) is int else value for name, value in arguments.items()}


def _moves(arguments: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], float]]:
    """The arguments moved: each float alone, or, where they are many, all of them by random signs."""
    total = sum(1 for _ in _floats(arguments))
    if total <= EACH:
        for index in range(total):
            yield _moved(arguments, np.eye(total)[index]), 1.0
    else:
        random = np.random.Generator(np.random.Philox(0))
        for _ in range(8):
            signs = random.choice((-1.0, 1.0), size=total)
            # A random sign pattern sees sqrt(sum of squares) where the bound wants the sum: at most sqrt(total) more.
            yield _moved(arguments, signs), np.sqrt(total) / 8


def _moved(arguments: Mapping[str, Any], by: NDArray[np.float64]) -> dict[str, Any]:
    counter = itertools.count()

    def move(value: Any) -> Any:
        if isinstance(value, bool | np.bool_ | int | np.integer | str) or value is None or callable(value):
            return value
        if isinstance(value, float | np.floating):
            return float(value) * (1 + NUDGE * by[next(counter)])
        if isinstance(value, np.ndarray):
            if value.dtype.kind != "f":
                return value
            return np.array([float(v) * (1 + NUDGE * by[next(counter)]) for v in value.ravel()]).reshape(value.shape)
        if isinstance(value, Mapping):
            return {key: move(item) for key, item in value.items()}
        return [move(item) for item in value]

    return {name: move(value) for name, value in arguments.items()}


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _floats(item)
    elif isinstance(value, float | np.floating):
        yield float(value)
    elif isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            yield from value.ravel()
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _floats(item)


def _leaves(value: Any) -> Iterator[Any]:
    """The numbers and arrays of a result, in order; words, None and truth values are leaves too."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple) and not all(isinstance(item, int | float | np.number) for item in value):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _number(leaf: Any) -> Any:
    """The leaf as a float array, or 0 for what is no number."""
    if leaf is None or isinstance(leaf, str):
        return np.zeros(())
    return np.asarray(leaf, dtype=np.float64)


def _size(leaf: Any) -> Any:
    """The largest finite absolute value in the leaf: errors within one array are counted normwise."""
    values = np.abs(_number(leaf))
    return np.max(np.where(np.isfinite(values), values, 0), initial=0.0)


def _difference(a: Any, b: Any) -> Any:
    x, y = _number(a), _number(b)
    both = np.isfinite(x) & np.isfinite(y)
    return np.where(both, np.where(both, x, 0) - np.where(both, y, 0), 0)


def _like(result: Any, limits: Any) -> Any:
    """``limits`` (an iterator over leaves, or one number for all) in the structure of ``result``."""
    if isinstance(result, Mapping):
        return {key: _like(item, limits) for key, item in result.items()}
    if isinstance(result, list | tuple) and not all(isinstance(item, int | float | np.number) for item in result):
        return [_like(item, limits) for item in result]
    return next(limits) if isinstance(limits, Iterator) else limits


def _compare(mine: Any, other: Any, limit: Any, what: str) -> None:
    if isinstance(mine, Mapping):
        if not isinstance(other, Mapping) or not set(other) <= set(mine) or not other:
            raise Disagreement(f"{what}: {mine!r} and {other!r} have other fields")
        for key in other:
            _compare(mine[key], other[key], limit[key], f"{what}, {key}")
    elif isinstance(limit, list):
        if len(mine) != len(other):
            raise Disagreement(f"{what}: {mine!r} and {other!r} have other lengths")
        for index, (a, b, one) in enumerate(zip(mine, other, limit, strict=True)):
            _compare(a, b, one, f"{what}, [{index}]")
    elif mine is None or isinstance(mine, str) or other is None or isinstance(other, str):
        if mine != other:
            raise Disagreement(f"{what}: {mine!r} is not {other!r}")
    else:
        _compare_numbers(mine, other, limit, what)


def _compare_numbers(mine: Any, other: Any, limit: Any, what: str) -> None:
    a, b = _number(mine), _number(other)
    if a.shape != b.shape:
        raise Disagreement(f"{what}: shapes {a.shape} and {b.shape}")
    if np.asarray(mine).dtype.kind in "iub":
        limit = 0.0  # whole numbers and truth values are equal or wrong
    close = (a == b) | (np.abs(_difference(a, b)) <= limit) & (np.isfinite(a) == np.isfinite(b))
    if not close.all():
        worst = float(np.max(np.abs(_difference(a, b))))
        raise Disagreement(f"{what}: {mine!r} against {other!r}: they differ by {worst:.3g}, rounding explains {np.max(limit):.3g}")


def _show(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


__all__ = ["Disagreement", "agree", "bound", "gamma"]
