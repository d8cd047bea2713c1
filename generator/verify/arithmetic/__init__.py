r"""The arithmetic that a formula prints: whether its printed numbers give its printed results.

A formula is cut at its relations. Where two neighbouring sides are arithmetic through and through, both are computed from the
numbers that stand there. What is not understood is passed over, never guessed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from generator.model import Formula
from generator.problems import Place, Problems
from generator.tokens import without_clozes
from generator.verify.arithmetic.chains import RELATIONS, Side, chains
from generator.verify.arithmetic.reader import is_number, read
from generator.verify.arithmetic.span import Span, Unreadable

__all__ = ["Slip", "check_arithmetic", "slips"]

LONGEST = 2_000
"""Characters of a formula that is read."""
WHOLE = re.compile(r"\s*-?\d+\s*")
SHAPE = re.compile(r"[\s()]*\d+(?:\s*\\times\s*\d+)+[\s()]*")
SEVERAL = 2
"""Figures of a whole number that a computation may have rounded."""
UNITS: tuple[Fraction, ...] = (
    Fraction(100),
    *(Fraction(base) ** power for base in (1000, 1024) for power in (-4, -3, -2, -1, 1, 2, 3, 4)),
)
"""What a unit or a percent sign behind the formula, which is not seen here, may scale a result by."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Two sides of a formula that should come to the same, and do not."""

    text: str
    """Both, and what stands between them."""
    value: float
    """What the side comes to that is computed: the left one, unless it is the result."""


def check_arithmetic(formulas: Iterable[Formula], problems: Problems) -> None:
    """Report formulas whose printed numbers do not give their printed results; of several variants at one place, one.

    Args:
        formulas: as they stand on the cards, with the numbers of a variant.
    """
    found: defaultdict[Place, dict[str, Slip]] = defaultdict(dict)
    for formula in formulas:
        for slip in slips(without_clozes(formula.tex)):
            found[formula.place].setdefault(formula.tex, slip)
    for place, others in found.items():
        slip = next(iter(others.values()))
        more = f", and {len(others) - 1} more with other numbers" if len(others) > 1 else ""
        hint = "show more figures, or compute on with the printed ones"
        problems.warning(place, f"${slip.text}$: the printed numbers give {slip.value:.6g}{more}", hint, "miscalculated")


def slips(tex: str) -> Iterator[Slip]:
    r"""The neighbouring sides of a formula that do not come to the same.

    Where one side is a single number, the numbers that stand on the other must give it, rounded to the places that it shows;
    after ``=``, a whole number is meant exactly. Between two computations every decimal stands for all numbers that round to it,
    with ``\approx`` whole numbers of several figures too, and both must be able to come to one value.
    """
    if len(tex) > LONGEST or not any(relation in tex for relation in RELATIONS):
        return
    found = chains(tex)
    spans = [[_span(side.tex) for side in chain.sides] for chain in found]
    for index, chain in enumerate(found):
        if chain.listed and spans[index][0]:
            spans[index][0] = spans[index - 1][-1] = None  # a list, of which either is one entry
    for chain, values in zip(found, spans, strict=True):
        yield from _within(chain.sides, values)


def _within(sides: Sequence[Side], spans: Sequence[Span | None]) -> Iterator[Slip]:
    """The slips of one chain."""
    for (left, right), (one, other) in zip(pairwise(sides), pairwise(spans), strict=True):
        if one and other and not _agree(left, one, right, other):
            value = other.value if is_number(left.tex) and not is_number(right.tex) else one.value
            yield Slip(f"{left.tex.strip()} {right.relation} {right.tex.strip()}", float(value))


def _span(side: str) -> Span | None:
    try:
        return read(side)
    except Unreadable:
        return None


def _agree(left: Side, one: Span, right: Side, other: Span) -> bool:
    """Whether two neighbouring sides come to the same."""
    numbers = is_number(left.tex), is_number(right.tex)
    if numbers == (False, True):
        return _gives(one, right.tex, other, right.relation)
    if numbers == (True, False):
        return _gives(other, left.tex, one, right.relation)
    if other.holds(one.value) or one.holds(other.value):
        return True
    if _states(left.tex, right.tex):
        return True
    if right.relation == "=":
        return False
    figures = 1 if numbers[0] else SEVERAL
    try:
        return read(left.tex, figures).meets(read(right.tex, figures))
    except Unreadable:  # a number that may be rounded may be 0, and something is divided by it
        return True


def _states(left: str, right: str) -> bool:
    """Whether nothing is computed: ``1=0`` is a contradiction on purpose, ``(3\\times4)(4\\times2)=3\\times2`` speaks of shapes."""
    if WHOLE.fullmatch(left) and WHOLE.fullmatch(right):
        return True
    shapes = SHAPE.fullmatch(left) or SHAPE.fullmatch(right)
    return bool(shapes) and r"\times" in left and r"\times" in right


def _gives(computed: Span, tex: str, result: Span, relation: str) -> bool:
    """Whether a computation gives the number that stands there, at the places that it shows, or would in another unit."""
    shown = result if relation == "=" else read(tex, 1)
    return shown.holds(computed.value) or (not shown.holds(0) and any(shown.holds(computed.value * unit) for unit in UNITS))
