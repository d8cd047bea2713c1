"""The one door to the figures: ``@figure`` registers a function, ``get`` hands it out.

A figure is a plain function from values to a matplotlib figure. Its arguments say by their annotations what they take, so that a
figure block can be checked without drawing anything; nothing here imports matplotlib.
"""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args, get_origin

from generator.model import Plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

F = TypeVar("F", bound="Callable[..., Figure]")
Shape = Literal["number", "whole", "word", "vector", "matrix"]
DEPTH: Mapping[str, int] = {"number": 0, "whole": 0, "word": 0, "vector": 1, "matrix": 2}
"""How many lists stand inside each other."""
LARGEST = 1e15
"""The largest number that any figure takes: beyond it an axis shows nothing."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a number, or of every entry of a vector or matrix; both ends belong to it."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries a vector has; for a matrix, how many rows and how many columns."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Argument:
    """What an argument of a figure takes."""

    name: str
    shape: Shape
    words: tuple[str, ...] = ()
    range: Range = field(default=Range(-LARGEST, LARGEST))
    size: Size = field(default=Size(1, 16))
    default: Any = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def takes(self) -> str:
        """What belongs here, as an author would say it."""
        if self.shape == "word":
            return " or ".join(self.words)
        number = "a whole number" if self.shape == "whole" else "a number"
        low, high = self.range.low, self.range.high
        bounds = f" from {low:g} to {high:g}" if high < LARGEST else f" of at least {low:g}" if low > -LARGEST else ""
        least, most = self.size.least, self.size.most
        many = f"{least} to {most}" if least < most else f"{least}"
        if self.shape == "vector":
            return f"a list of {many} numbers{bounds}"
        return f"a list of {many} rows of as many numbers{bounds}" if self.shape == "matrix" else number + bounds

    def coerce(self, value: Plain) -> Plain:
        """``value`` as the figure gets it.

        Raises:
            ValueError: it is none that belongs here; the message says what does.
        """
        if self.shape == "word":
            if value not in self.words:
                raise ValueError(f"{self.name} takes {self.takes}, not {value}")
            return value
        fault = ValueError(f"{self.name} takes {self.takes}, not {_told(value)}")
        found = self._numbers(value, DEPTH[self.shape])
        if found is None:
            raise fault
        return found

    def _numbers(self, value: Plain, depth: int) -> Plain:
        if not depth:
            return self._number(value)
        if not isinstance(value, tuple | list) or not self.size.least <= len(value) <= self.size.most:
            return None
        parts = tuple(self._numbers(part, depth - 1) for part in value)
        ragged = depth > 1 and len({len(part) for part in parts if part is not None}) > 1
        return None if None in parts or ragged else parts

    def _number(self, value: Plain) -> float | int | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        if not self.range.low <= value <= self.range.high:
            return None
        if self.shape == "whole":
            return int(value) if value == int(value) else None
        return float(value)


def _told(value: Plain) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_told, value))}]"
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Entry:
    """A registered figure."""

    name: str
    function: "Callable[..., Figure]"
    kernels: tuple[str, ...]
    """The kernels that its values come from."""
    examples: tuple[Mapping[str, Plain], ...]
    """Arguments for the catalogue and the tests."""

    @property
    def topic(self) -> str:
        """The topic, as in ``linear-algebra``: the name of the module."""
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def module(self) -> str:
        return self.function.__module__

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return self.doc.partition("\n")[0]

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """Its arguments in their order, without the look, which the drawing hands in."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: _argument(p) for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}

    def complete(self, given: Mapping[str, Plain]) -> dict[str, Plain]:
        """All arguments, the given ones checked and the others at their defaults.

        Raises:
            ValueError: one is unknown, missing or none that belongs there.
        """
        if unknown := given.keys() - self.arguments.keys():
            raise ValueError(f"{self.name} has no argument {', '.join(sorted(unknown))}")
        if missing := [name for name, argument in self.arguments.items() if argument.required and name not in given]:
            raise ValueError(f"{self.name} lacks {', '.join(missing)}")
        return {name: argument.coerce(given.get(name, argument.default)) for name, argument in self.arguments.items()}


def _argument(parameter: inspect.Parameter) -> Argument:
    """What the annotation of a parameter says."""
    hint = parameter.annotation
    found: dict[str, Any] = {"default": parameter.default}
    for extra in getattr(hint, "__metadata__", ()):
        found["range" if isinstance(extra, Range) else "size"] = extra
    hint = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(hint) is Literal:
        return Argument(parameter.name, "word", get_args(hint), **found)
    shapes: dict[Any, Shape] = {int: "whole", float: "number", Vector: "vector", Matrix: "matrix"}
    if hint not in shapes:
        raise TypeError(f"{parameter.name}: a figure takes int, float, Literal, Vector or Matrix, not {hint}")
    return Argument(parameter.name, shapes[hint], **found)


Vector = tuple[float, ...]
Matrix = tuple[tuple[float, ...], ...]

_figures: dict[str, Entry] = {}


def figure(*kernels: str, examples: Iterable[Mapping[str, Plain]]) -> Callable[[F], F]:
    """Register a function as the figure of its own name, with dashes for underscores.

    Args:
        kernels: the kernels that it takes its values from.
        examples: arguments for the catalogue and the tests.

    Raises:
        ValueError: two figures of one name.
    """

    def register(function: F) -> F:
        name = function.__name__.replace("_", "-")
        if name in _figures:
            raise ValueError(f"two figures are called {name}: {_figures[name].module} and {function.__module__}")
        _figures[name] = Entry(name, function, kernels, tuple(examples))
        return function

    return register


def names() -> list[str]:
    """The names of all figures, sorted."""
    return sorted(_figures)


def get(name: str) -> Entry:
    """The figure of that name.

    Raises:
        KeyError: there is none.
    """
    return _figures[name]


def catalogue_table() -> str:
    """All figures as a table in Markdown, topic by topic: what ``docs/figures.md`` holds."""
    lines = ["| figure | arguments | shows |", "|---|---|---|"]
    for entry in sorted(_figures.values(), key=lambda entry: (entry.topic, entry.name)):
        arguments = ", ".join(
            f"`{argument.name}`" if argument.required else f"[`{argument.name}`]" for argument in entry.arguments.values()
        )
        lines.append(f"| `{entry.name}` | {arguments} | {entry.summary} |")
    return "\n".join(lines)
