"""The one door to the kernels: ``@kernel`` registers a function, ``get`` hands it out."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


class Record(Mapping[str, Any]):
    """The result of a kernel that returns several things: ``r.mean`` and ``r["mean"]`` are the same.

    >>> Record(mean=1.0, var=2.0).mean
    1.0
    """

    __slots__ = ("_fields",)

    def __init__(self, **fields: Any) -> None:
        object.__setattr__(self, "_fields", fields)

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(f"no field {name!r}, there are {', '.join(self._fields)}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a record is read-only")

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={value!r}' for name, value in self._fields.items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _record, (self._fields,)


def _record(fields: dict[str, Any]) -> Record:
    return Record(**fields)


@dataclass(frozen=True)
class Kernel:
    """A registered reference kernel: call it like the function it wraps."""

    name: str
    function: Callable[..., Any]
    fields: tuple[str, ...]
    """The result fields of a kernel that returns a record; empty for a number, an array or a list."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    @property
    def topic(self) -> str:
        """The topic, as in ``linear-algebra``: the name of the module."""
        return self.function.__module__.rpartition(".")[2].replace("_", "-")

    @property
    def module(self) -> str:
        return self.function.__module__

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Argument -> the strings that it takes, read from its ``Literal`` annotation."""
        hints = get_type_hints(self.function)
        found = {name: tuple(_strings(hint)) for name, hint in hints.items() if name != "return"}
        return {name: words for name, words in found.items() if words}


def _strings(hint: Any) -> Iterator[str]:
    if get_origin(hint) is Literal:
        yield from (value for value in get_args(hint) if isinstance(value, str))
    else:
        for part in get_args(hint):
            yield from _strings(part)


_kernels: dict[str, Kernel] = {}


def kernel(*, fields: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Register a function as the kernel of its own name, and see to it that it never returns NaN in silence.

    Args:
        fields: the names of the result's fields, in order, for a kernel that returns a ``Record``.

    Raises:
        ValueError: two kernels of one name.
    """

    def register(function: F) -> F:
        name = function.__name__
        if name in _kernels:
            raise ValueError(f"two kernels are called {name}: {_kernels[name].module} and {function.__module__}")
        checked = cast(F, _never_nan(function))
        _kernels[name] = Kernel(name, checked, fields)
        return checked

    return register


def _never_nan(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but that a NaN in its result is an error.

    The arguments were checked, so that only an overflow can have made it: infinity less infinity, or times 0.
    """

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        with np.errstate(over="ignore", invalid="ignore"):
            result = function(*args, **kwargs)
        if _holds_nan(result):
            raise ValueError(f"{function.__name__} overflows float64 with these numbers: take smaller ones")
        return result

    return checked


def _holds_nan(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "f" and bool(np.isnan(value).any())
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, Mapping):
        return any(map(_holds_nan, value.values()))
    return isinstance(value, list | tuple) and any(map(_holds_nan, value))


def names() -> list[str]:
    """The names of all kernels, sorted."""
    return sorted(_kernels)


def get(name: str) -> Kernel:
    """The kernel of that name.

    Raises:
        KeyError: there is none.
    """
    return _kernels[name]
