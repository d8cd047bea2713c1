"""What stands behind a name under ``symbols``: ``positive vector n``, ``in (0, 1)``, ``2..4``, ``vector n of normal(0, 1)``."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from generator.blocks import Scalar, short
from generator.expression import Expression, parse
from generator.problems import Failure, did_you_mean
from generator.verify.claims.spec import Interval, Shape, Size, Symbol
from generator.verify.claims.vocabulary import DISTRIBUTIONS

ASSUMPTIONS = frozenset("real positive negative nonnegative nonzero integer natural probability".split())
"""``natural`` is 1, 2, 3, …; ``probability`` is strictly between 0 and 1."""
OF_MATRICES = frozenset("symmetric definite invertible".split())
"""``definite`` is symmetric and positive definite."""
SHAPES = ("vector", "matrix", "probabilities")
LARGEST = 8
"""Entries along one side of a vector or a matrix."""
HINT = "such as  real, positive, natural, in (0, 1), vector 3, matrix n x 2, probabilities n, 2..4, normal(mu, 4)"
_SIZE = r"(\d{1,3}|[A-Za-z]\w*)"
_SHAPE = re.compile(rf"(vector|probabilities)\s+{_SIZE}|(matrix)\s+{_SIZE}(?:\s+x\s+{_SIZE})?")
_WORD = re.compile(r"[A-Za-z][\w-]*")

Check = Callable[[Expression], bool]
"""Whether the names and functions of an expression are known; what is not is reported."""


@dataclass
class _Reading:
    """How far a declaration has been read."""

    scalar: Scalar
    at: int = 0

    @property
    def rest(self) -> str:
        return self.scalar.text[self.at :]

    def skip(self) -> None:
        self.at += len(self.rest) - len(self.rest.lstrip(" ,"))

    def fail(self, message: str, hint: str = HINT) -> Failure:
        return Failure.at(self.scalar.at(self.at), message, hint)


def read_symbol(name: str, scalar: Scalar, known: Callable[[str], bool], check: Check) -> Symbol | None:
    """The symbol ``name`` as ``scalar`` declares it; None where one of its expressions was reported.

    Args:
        known: whether a name is a range, which may be a size.

    Raises:
        Failure: it is no declaration.
    """
    text = scalar.text
    if ".." in text:
        cut = text.index("..")
        ends = parse(scalar, 0, cut), parse(scalar, cut + 2)
        if not check(ends[0]) & check(ends[1]):
            return None
        return Symbol(name, "range", scalar.place, interval=Interval(*ends, True, True))
    reading = _Reading(scalar)
    words, shape, sizes = _words(reading, known)
    interval = law = None
    reading.skip()
    if reading.rest.startswith("in ") or reading.rest.startswith(("in(", "in[")):
        interval = _interval(reading)
    elif reading.rest:
        law = _law(reading)
    expressions = [interval.low, interval.high] if interval else _params(law) if law else []
    if not all(list(map(check, expressions))):  # each of them is reported
        return None
    _agree(reading, words, shape, interval is not None, law is not None)
    return Symbol(name, shape, scalar.place, words, sizes, interval, law)


def _words(reading: _Reading, known: Callable[[str], bool]) -> tuple[frozenset[str], Shape, tuple[Size, ...]]:
    words: set[str] = set()
    shape: Shape = "scalar"
    sizes: tuple[Size, ...] = ()
    while True:
        reading.skip()
        match = _WORD.match(reading.rest)
        word = match[0] if match else ""
        if match and word in ASSUMPTIONS | OF_MATRICES:
            words.add(word)
            reading.at += match.end()
        elif word in SHAPES and shape == "scalar":
            found = _SHAPE.match(reading.rest)
            if found is None:
                raise reading.fail(f"the size of the {word} is missing", "vector n, matrix n x m, probabilities n")
            kind, *_ = written = [part for part in found.groups() if part]
            shape = "matrix" if kind == "matrix" else "vector"
            if kind == "probabilities":
                words.add(kind)
            sizes = tuple(_size(reading, part, known) for part in written[1:])
            sizes = sizes * 2 if shape == "matrix" and len(sizes) == 1 else sizes
            reading.at += found.end()
            reading.skip()
            if reading.rest.startswith("of "):
                reading.at += 3
                reading.skip()
        elif word in ("in", "") or word in DISTRIBUTIONS:
            break
        else:
            raise reading.fail(f"{short(word)!r} says nothing about a symbol", did_you_mean(word, _KNOWN) or HINT)
    if not words and shape == "scalar" and not reading.rest:
        raise reading.fail("it is not said what the symbol is")
    return frozenset(words), shape, sizes


_KNOWN = {*ASSUMPTIONS, *OF_MATRICES, *SHAPES, *DISTRIBUTIONS}


def _size(reading: _Reading, text: str, known: Callable[[str], bool]) -> Size:
    if text.isdigit():
        if not 1 <= int(text) <= LARGEST:
            raise reading.fail(f"{text} is no size", f"sizes are 1 to {LARGEST}: what holds for small ones is shown for small ones")
        return int(text)
    if not known(text):
        raise reading.fail(f"the size {text} is no range", f"declare it above, with the sizes to be tried:  {text}: 2..4")
    return text


def _interval(reading: _Reading) -> Interval:
    reading.at += 2
    reading.skip()
    text = reading.rest.rstrip()
    if not text or text[0] not in "([" or text[-1] not in ")]":
        raise reading.fail("an interval stands in brackets", "(0, 1) without its ends, [0, 1] with them, [0, oo)")
    commas = [index for index, depth in _depths(text) if text[index] == "," and depth == 1]
    if len(commas) != 1:
        raise reading.fail("an interval has two ends", "(0, 1), [0, oo)")
    start, stop = reading.at, reading.at + len(text)
    low = parse(reading.scalar, start + 1, start + commas[0])
    high = parse(reading.scalar, start + commas[0] + 1, stop - 1)
    return Interval(low, high, text[0] == "[", text[-1] == "]")


def _depths(text: str) -> list[tuple[int, int]]:
    """Every index with the number of brackets that are open there."""
    depth, found = 0, []
    for index, character in enumerate(text):
        depth += character in "(["
        found.append((index, depth))
        depth -= character in ")]"
    return found


def _law(reading: _Reading) -> Expression:
    """The distribution, as a call whose parameters are expressions."""
    expression = parse(reading.scalar, reading.at)
    tree = expression.tree
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or tree.func.id not in DISTRIBUTIONS:
        raise reading.fail(f"{short(reading.rest)!r} says nothing about a symbol")
    wanted = DISTRIBUTIONS[tree.func.id]
    if len(tree.args) != wanted or tree.keywords:
        raise reading.fail(f"{tree.func.id} takes {wanted} parameter{'s' * (wanted != 1)}", "")
    return expression


def _params(law: Expression) -> list[Expression]:
    """The parameters of a distribution, each an expression in the same place."""
    assert isinstance(law.tree, ast.Call)
    return [replace(law, tree=tree) for tree in law.tree.args]


def _agree(reading: _Reading, words: frozenset[str], shape: Shape, interval: bool, law: bool) -> None:
    """Refuse words that do not go together."""
    reading.at = 0
    if words & OF_MATRICES and shape != "matrix":
        raise reading.fail(f"only a matrix is {min(words & OF_MATRICES)}")
    if (words - {"real"} and law) or (words - {"real", "integer"} and interval):
        raise reading.fail("a distribution or an interval says it all", "leave the other words out")
    if "probabilities" in words and len(words - {"real"}) > 1:
        raise reading.fail("probabilities are positive and add up to 1: no other word belongs there")
