"""A second way to every kernel's answer, which shares no code with the first."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Oracle:
    """An independent way to the answer of one kernel, with the kernel's own arguments.

    It returns what the kernel returns: a number, an array, a list, or a mapping with some or all of the kernel's result fields.
    """

    kernel: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    """The modules beyond numpy and the standard library that must be installed."""
    steps: Callable[..., float]
    """How many rounded operations lie one behind another, for the given arguments: scales the bound of the comparison."""
    scale: Callable[..., float]
    """The absolute size of terms that cancel on the way (0 where none do): rounding is relative to it."""
    error: Callable[..., float] | None
    """For an estimate (Monte Carlo): the largest absolute difference that is still agreement, derived in the oracle's docstring."""
    applies: Callable[..., bool]
    """Whether the oracle speaks about the given arguments at all."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    @property
    def available(self) -> bool:
        """Whether all that it needs is installed."""
        return all(find_spec(module) is not None for module in self.needs)

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""


_oracles: dict[str, list[Oracle]] = {}


def _always(*args: Any, **kwargs: Any) -> bool:
    return True


def at_most(limit: int, *names: str) -> Callable[..., bool]:
    """For ``applies`` of an oracle that counts one by one, or writes out what it counts.

    Returns:
        Whether each of the arguments ``names``, where it is given, is at most ``limit``.
    """

    def small(**arguments: Any) -> bool:
        return all(arguments[name] is None or arguments[name] <= limit for name in names if name in arguments)

    return small


def _nothing(*args: Any, **kwargs: Any) -> float:
    return 0


def _once(*args: Any, **kwargs: Any) -> float:
    return 1


def oracle(
    kernel: str,
    *,
    needs: tuple[str, ...] = (),
    steps: Callable[..., float] = _once,
    scale: Callable[..., float] = _nothing,
    error: Callable[..., float] | None = None,
    applies: Callable[..., bool] = _always,
) -> Callable[[F], F]:
    """Register a function as an oracle of ``kernel``; the arguments are the fields of ``Oracle``."""

    def register(function: F) -> F:
        _oracles.setdefault(kernel, []).append(Oracle(kernel, function, needs, steps, scale, error, applies))
        return function

    return register


def of(kernel: str) -> list[Oracle]:
    """All oracles of that kernel, in the order in which they were registered."""
    return list(_oracles.get(kernel, ()))


def available(kernel: str) -> list[Oracle]:
    """Those oracles of that kernel that run with what is installed."""
    return [oracle for oracle in of(kernel) if oracle.available]
