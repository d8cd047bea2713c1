"""Parameters: finite grids of exact decimals and words, each with a size and a way to its k-th value.

No grid is ever written out: a space of 10**40 points is as cheap as one of ten.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from generator.blocks import Scalar, short
from generator.numeric.values import Value, decimal_text, shape, text
from generator.problems import Failure, Place

VALUES = 10_000
"""The most values of one number."""
LONGEST = 24
"""The longest vector."""
CELLS = 36
"""The largest matrix."""
POINTS = 10**60
"""The largest grid of one parameter."""

_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,2})?"
_RANGE = re.compile(rf"(?P<first>{_NUMBER})\s*\.\.\s*(?P<last>{_NUMBER})\s*(?P<rest>.*)", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
KINDS = (
    "choice 1 2 5",
    "grid 0..1 step 0.1",
    "int 1..9",
    "vector 3 of int -5..5",
    "matrix 2 x 2 of int -3..3",
    "distinct 3 of int 1..9",
    "permutation 4",
    "permutation of a b c",
    "probabilities 3 step 0.1",
)
"""One example of each kind."""


@dataclass(frozen=True)
class Grid:
    """The values that a parameter may take: their number, and the one at an index."""

    size: int
    at: Callable[[int], Value]
    entries: tuple[Value, ...]
    """Every number or word that occurs in some value, for checks that need them all."""


@dataclass(frozen=True)
class Param:
    """A parameter of a numeric card."""

    name: str
    grid: Grid
    place: Place
    text: str
    """The grid as the author wrote it."""

    @cached_property
    def rank(self) -> int:
        """0 for numbers and words, 1 for vectors, 2 for matrices."""
        return len(shape(self.grid.at(0)) or ())


class _Refused(Exception):
    """What is wrong with a grid, and at which character."""

    def __init__(self, message: str, hint: str = "", at: int = 0) -> None:
        super().__init__(message)
        self.message, self.hint, self.at = message, hint, at


def read_param(name: str, source: Scalar, place: Place) -> Param:
    """The parameter that ``source`` describes, as in ``vector 3 of grid -2..2 step 0.5``.

    Raises:
        Failure: it describes none; with the place.
    """
    try:
        grid = _read(source.text, 0)
    except _Refused as refused:
        raise Failure.at(source.at(refused.at), refused.message, refused.hint) from None
    if grid.size > POINTS:
        raise Failure.at(source.place, f"the grid of {name} has more than {POINTS:.0e} points")
    return Param(name, grid, place, " ".join(source.text.split()))


def _read(description: str, start: int, *, scalar: bool = False) -> Grid:
    lead = len(description) - len(description.lstrip())
    word = re.match(r"\s*([A-Za-z]*)", description)
    kind = word[1] if word else ""
    readers: dict[str, Callable[[str, int], Grid]] = {"choice": _choice, "grid": _grid, "int": _int}
    if not scalar:
        readers |= {"vector": _vector, "matrix": _matrix, "distinct": _distinct}
        readers |= {"permutation": _permutation, "probabilities": _probabilities}
    if kind not in readers:
        what = "number or word" if scalar else "parameter"
        hint = f"such as: {'; '.join(KINDS[:3] if scalar else KINDS)}"
        raise _Refused(f"{short(description.strip())!r} is no kind of {what}", hint, start + lead)
    after = lead + len(kind)
    return readers[kind](description[after:], start + after)


def _entry_grid(description: str, start: int) -> Grid:
    grid = _read(description, start, scalar=True)
    if shape(grid.at(0)) != ():
        raise _Refused("the entries must be numbers or words", "choice, grid or int", start)
    return grid


def _number(text: str) -> Fraction:
    return Fraction(Decimal(text))


def _listed(values: list[Value]) -> Grid:
    entries = tuple(leaf for value in values for leaf in _flat(value))
    return Grid(len(values), values.__getitem__, entries)


def _flat(value: Value) -> Iterator[Value]:
    if isinstance(value, tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _choice(description: str, start: int) -> Grid:
    values: dict[Value, None] = {}
    for at, token in _tokens(description, start):
        value = _token(token, at)
        if value in values:
            raise _Refused(f"{text(value)} stands twice", "", at)
        values[value] = None
    if not values:
        raise _Refused("a choice needs values", "such as: choice 1 2 5; choice relu tanh; choice (3,4) (5,12)", start)
    if len(values) > VALUES:
        raise _Refused(f"a choice has more than {VALUES:,} values", "", start)
    if len({len(shape(value) or ()) for value in values}) > 1:
        raise _Refused("the values of a choice must be of one kind", "all numbers and words, all vectors, or all matrices", start)
    return _listed(list(values))


def _tokens(description: str, start: int) -> Iterator[tuple[int, str]]:
    """The values as they are written, each with its offset: spaces separate, except in parentheses."""
    begin, depth = -1, 0
    for at, character in enumerate(description + " "):
        if character.isspace() and depth == 0:
            if begin >= 0:
                yield start + begin, description[begin:at]
            begin = -1
        elif begin < 0:
            begin = at
        depth += (character == "(") - (character == ")")
        if depth < 0:
            raise _Refused("a parenthesis closes that was not opened", "", start + at)
    if depth > 0:
        raise _Refused("a parenthesis is not closed", "", start + begin)


def _token(token: str, at: int) -> Value:
    """A number, a word, or a vector in parentheses."""
    if token.startswith("("):
        if not token.endswith(")"):
            raise _Refused(f"{short(token)!r} is no vector of numbers", "such as (3,4) or ((1,0),(0,1))", at)
        return _tuple(token, at)
    if re.fullmatch(_NUMBER, token):
        return _number(token)
    if _WORD.fullmatch(token):
        return token
    raise _Refused(f"{short(token)!r} is neither a number nor a word", "numbers are written as decimals, words with letters", at)


def _tuple(token: str, at: int) -> Value:
    inner = token[1:-1].strip()
    if inner.startswith("("):
        rows = re.findall(r"\([^()]*\)", inner)
        if re.sub(r"\([^()]*\)", "", inner).strip(" ,") or not rows:
            raise _Refused(f"{short(token)!r} is no matrix of numbers", "such as ((1,0),(0,1))", at)
        value = tuple(_tuple(row, at) for row in rows)
        if len({len(row) for row in value}) > 1:
            raise _Refused("the rows of a matrix must have one length", "", at)
        return value
    parts = [part.strip() for part in inner.split(",")]
    if not all(re.fullmatch(_NUMBER, part) for part in parts):
        raise _Refused(f"{short(token)!r} is no vector of numbers", "such as (3,4)", at)
    if len(parts) > LONGEST:
        raise _Refused(f"a vector has more than {LONGEST} entries", "", at)
    return tuple(_number(part) for part in parts)


def _grid(description: str, start: int) -> Grid:
    return _range(description, start, None)


def _int(description: str, start: int) -> Grid:
    return _range(description, start, Fraction(1))


def _range(description: str, start: int, step: Fraction | None) -> Grid:
    what = "int a..b" if step else "grid a..b step s"
    match = _RANGE.fullmatch(description.strip())
    if not match:
        raise _Refused(f"{short(description.strip())!r} is no range", f"write  {what}", start)
    first, last, rest = _number(match["first"]), _number(match["last"]), match["rest"]
    if step is None:
        found = re.match(rf"step\s+({_NUMBER})(?=\s|$)\s*", rest)
        if not found:
            raise _Refused("the step is missing", f"write  {what}", start)
        step, rest = _number(found[1]), rest[found.end() :]
    elif first.denominator > 1 or last.denominator > 1:
        raise _Refused("int ranges between whole numbers", "use  grid a..b step s", start)
    if step <= 0 or last < first:
        raise _Refused("a range rises, in steps greater than 0", f"write  {what}", start)
    steps = (last - first) / step
    if steps.denominator != 1:
        reached = first + math.floor(steps) * step
        raise _Refused(f"no step ends at {decimal_text(last)}", f"the last value would be {decimal_text(reached)}", start)
    if steps >= VALUES:
        raise _Refused(f"the range has more than {VALUES:,} values", "take a larger step", start)
    values: list[Value] = [first + k * step for k in range(int(steps) + 1)]
    return _listed(_without(values, rest, start))


def _without(values: list[Value], rest: str, start: int) -> list[Value]:
    if not rest:
        return values
    match = re.fullmatch(rf"except((?:\s+{_NUMBER})+)", rest)
    if not match:
        raise _Refused(f"{short(rest)!r} is not understood", "after the range may stand  except  and numbers", start)
    kept = dict.fromkeys(values)
    for token in match[1].split():
        if _number(token) not in kept:
            raise _Refused(f"{token} is not in the range, so it cannot be left out", "", start)
        del kept[_number(token)]
    if not kept:
        raise _Refused("no value is left", "", start)
    return list(kept)


def _of(description: str, start: int, pattern: str, form: str) -> tuple[re.Match[str], Grid]:
    match = re.match(rf"\s+{pattern}\s+of(?=\s)", description)
    if not match:
        raise _Refused("this is not understood; sizes are written as numbers", f"write  {form}", start)
    return match, _entry_grid(description[match.end() :], start + match.end())


def _vector(description: str, start: int) -> Grid:
    match, entry = _of(description, start, r"(\d{1,4})", "vector 3 of int -5..5")
    length = int(match[1])
    if not 1 <= length <= LONGEST:
        raise _Refused(f"a vector has 1 to {LONGEST} entries", "", start)
    return Grid(entry.size**length, lambda k: _digits(k, entry, length), entry.entries)


def _matrix(description: str, start: int) -> Grid:
    match, entry = _of(description, start, r"(\d{1,4})\s*[x×]\s*(\d{1,4})", "matrix 2 x 3 of int -5..5")
    rows, columns = int(match[1]), int(match[2])
    if not 1 <= rows * columns <= CELLS:
        raise _Refused(f"a matrix has 1 to {CELLS} entries", "", start)

    def at(k: int) -> Value:
        flat = _digits(k, entry, rows * columns)
        return tuple(flat[row * columns : (row + 1) * columns] for row in range(rows))

    return Grid(entry.size ** (rows * columns), at, entry.entries)


def _digits(k: int, entry: Grid, length: int) -> tuple[Value, ...]:
    """The digits of ``k`` in the base of the entry's grid, as values."""
    found = []
    for _ in range(length):
        k, digit = divmod(k, entry.size)
        found.append(entry.at(digit))
    return tuple(found)


def _distinct(description: str, start: int) -> Grid:
    match, entry = _of(description, start, r"(\d{1,4})", "distinct 3 of int 1..9")
    length = int(match[1])
    if not 1 <= length <= LONGEST:
        raise _Refused(f"a vector has 1 to {LONGEST} entries", "", start)
    if length > entry.size:
        raise _Refused(f"{length} distinct values cannot be drawn from {entry.size}", "", start)
    values = [entry.at(k) for k in range(entry.size)]
    return Grid(math.perm(entry.size, length), lambda k: _arrangement(k, values, length), entry.entries)


def _arrangement(k: int, values: list[Value], length: int) -> tuple[Value, ...]:
    """The k-th way to take ``length`` of the values, one after another."""
    left = list(values)
    found = []
    for _ in range(length):
        k, digit = divmod(k, len(left))
        found.append(left.pop(digit))
    return tuple(found)


def _permutation(description: str, start: int) -> Grid:
    if match := re.fullmatch(r"\s+(\d{1,4})\s*", description):
        length = int(match[1])
        values: list[Value] = [Fraction(k) for k in range(1, length + 1)]
    elif match := re.match(r"\s+of(?=\s)", description):
        listed = _choice(description[match.end() :], start + match.end())
        values = [listed.at(k) for k in range(listed.size)]
        length = len(values)
    else:
        raise _Refused("this is not understood", "write  permutation 4  or  permutation of a b c", start)
    if not 2 <= length <= LONGEST:
        raise _Refused(f"a permutation has 2 to {LONGEST} values", "", start)
    entries = tuple(leaf for value in values for leaf in _flat(value))
    return Grid(math.factorial(length), lambda k: _arrangement(k, values, length), entries)


def _probabilities(description: str, start: int) -> Grid:
    match = re.fullmatch(rf"\s+(\d{{1,4}})\s+step\s+({_NUMBER})(\s+zero\s+allowed)?\s*", description)
    if not match:
        raise _Refused("this is not understood", "write  probabilities 3 step 0.1  (and  zero allowed  behind it, if so)", start)
    length, step, zero = int(match[1]), _number(match[2]), bool(match[3])
    if not 2 <= length <= LONGEST:
        raise _Refused(f"there are 2 to {LONGEST} probabilities", "", start)
    if step <= 0 or (1 / step).denominator != 1 or 1 / step > VALUES:
        raise _Refused(f"steps of {match[2]} do not add up to 1", "such as 0.1, 0.05 or 0.125", start)
    parts = int(1 / step)
    least = 0 if zero else 1
    spare = parts - least * length
    if spare < 0:
        raise _Refused(f"{length} probabilities of at least {match[2]} exceed 1", "take a smaller step", start)
    entries = tuple((least + k) * step for k in range(spare + 1))
    return Grid(math.comb(spare + length - 1, length - 1), lambda k: _composition(k, spare, length, least, step), entries)


def _composition(k: int, spare: int, length: int, least: int, step: Fraction) -> tuple[Value, ...]:
    """The k-th way to share ``spare`` among ``length`` places, each on top of ``least``."""
    found = []
    for places in range(length - 1, 0, -1):
        share = 0
        while k >= (ways := math.comb(spare - share + places - 1, places - 1)):
            k -= ways
            share += 1
        found.append((least + share) * step)
        spare -= share
    return (*found, (least + spare) * step)
