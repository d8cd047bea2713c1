"""What a ``claim`` block says, as its reader hands it on. Nothing here knows sympy: a build reads and renders claims without it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.expression import Expression
from generator.model import Block
from generator.problems import Place

Shape = Literal["scalar", "vector", "matrix", "range"]
Size = int | str
"""A whole number, or the name of a range."""
RANK: Mapping[Shape, int] = {"scalar": 0, "range": 0, "vector": 1, "matrix": 2}


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a symbol runs; ``oo`` and ``-oo`` are allowed at open ends."""

    low: Expression
    high: Expression
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that a claim speaks about."""

    name: str
    shape: Shape
    place: Place
    words: frozenset[str] = frozenset()
    """What is assumed of it, or of each of its entries."""
    sizes: tuple[Size, ...] = ()
    interval: Interval | None = None
    law: Expression | None = None
    """The distribution of a random variable."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that stands for an expression: a value, a function ``f(x)`` or a sequence ``v[t]``."""

    name: str
    style: Literal["value", "function", "sequence"]
    params: tuple[str, ...]
    body: Expression
    place: Place
    first: Mapping[int, Expression] = field(default_factory=dict)
    """The entries of a sequence that are given outright."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of ``show``: sides with ``==``, ``<``, ``<=``, ``>`` or ``>=`` between them."""

    expression: Expression

    @property
    def tree(self) -> ast.Compare:
        assert isinstance(self.expression.tree, ast.Compare)
        return self.expression.tree

    @property
    def sides(self) -> tuple[ast.expr, ...]:
        """The sides, in order."""
        return (self.tree.left, *self.tree.comparators)


@dataclass(frozen=True)
class Claim:
    """A claim that was read: every name in it is known, every function gets as many arguments as it takes."""

    name: str
    block: Block
    symbols: Mapping[str, Symbol]
    given: Mapping[str, Definition]
    show: tuple[Statement, ...]
    by: tuple[str, ...]
    """The methods to be tried; none: all of them."""
    tex: Mapping[str, str]
    """How the author wants a name written."""

    @property
    def place(self) -> Place:
        return self.block.place

    @property
    def numeric(self) -> bool:
        """Whether agreement at many points is all that the author asks for."""
        return self.by == ("numeric",)
