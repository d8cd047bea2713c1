"""What an author says in a ``numeric`` block, read and checked as far as that goes without drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, get_args

from generator.expression import Expression
from generator.model import Block
from generator.numeric.formats import Format
from generator.numeric.params import Param
from generator.numeric.values import Value
from generator.problems import Place

Form = Literal["number", "setup", "choose", "slice", "paper"]
FORMS: tuple[str, ...] = get_args(Form)
POOL = 13
"""How many variants a note holds: one for each showing in the first year, and the twelfth never meets the first in a month."""


@dataclass(frozen=True)
class Let:
    """An intermediate with a name."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Override:
    """A tolerance that the author sets: absolute, or a share of the answer."""

    value: Fraction
    relative: bool


@dataclass(frozen=True)
class Answer:
    """One of the answers that are asked for."""

    name: str
    expression: Expression
    via: Expression | None
    """The way that the solution goes."""
    show: Format
    show_place: Place
    unit: str = ""
    tolerance: Override | None = None


@dataclass(frozen=True)
class Given:
    """A value that is printed with the question, so that nobody needs a calculator for it."""

    expression: Expression
    format: Format
    label: str = ""
    """What stands before it, in TeX; empty: the expression itself, with its numbers."""


@dataclass(frozen=True)
class Mistake:
    """A wrong way that has a name, and what it leads to for each answer that it changes."""

    sentence: str
    expressions: Mapping[str, Expression]
    place: Place


@dataclass(frozen=True)
class Expected:
    """A value written in a golden row, with the half unit of its last digit."""

    value: Value
    slack: Value
    place: Place


@dataclass(frozen=True)
class Golden:
    """A row that an author has worked out: parameters, and what must come out at the precision that is written."""

    params: Mapping[str, Value]
    expected: Mapping[str, Expected]
    place: Place


@dataclass(frozen=True)
class NumericSpec:
    """A numeric card's block."""

    block: Block
    params: tuple[Param, ...]
    lets: tuple[Let, ...]
    answers: tuple[Answer, ...]
    form: Form = "number"
    given: tuple[Given, ...] = ()
    require: tuple[Expression, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    golden: tuple[Golden, ...] = ()
    pool: int = POOL

    @property
    def place(self) -> Place:
        return self.block.place

    @property
    def space(self) -> int:
        """How many points the grid of all parameters has."""
        size = 1
        for param in self.params:
            size *= param.grid.size
        return size

    @cached_property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """Intermediate or answer -> the names that it is computed from."""
        lets = {let.name: let.expression.names for let in self.lets}
        return lets | {a.name: (*a.expression.names, *(a.via.names if a.via else ())) for a in self.answers}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a text may interpolate."""
        return (*(p.name for p in self.params), *(let.name for let in self.lets), *(a.name for a in self.answers))


def written(digits: str) -> tuple[Fraction, Fraction]:
    """A number as it is written, and half a unit of its last digit.

    >>> written("0.15")
    (Fraction(3, 20), Fraction(1, 200))
    """
    number = Decimal(digits)
    exponent = number.as_tuple().exponent
    return Fraction(number), Fraction(10) ** int(exponent) / 2
