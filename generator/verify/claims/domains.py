"""The symbols of one case of a claim: sympy's symbols, points that satisfy what is assumed, and free parameters for proofs."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy

from generator.verify.claims.spec import Symbol
from generator.verify.claims.values import Expr, Refusal, Value

Point = Mapping[Expr, Expr]
"""A rational number for every symbol."""
EDGES = ("least", "one", "tiny", "large", "equal")
"""Points where formulas break: ends of intervals, ones, small and large numbers, equal entries."""
CLOSE = sympy.Rational(1, 10_007)
"""The share of the way to another point that leads to one close by."""
_SYMPY = frozenset(["positive", "negative", "nonnegative", "nonzero"])
"""Words that sympy knows by the same names."""


class Chooser:
    """Numbers that a hash chooses: the same on every machine."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.count = 0

    def upto(self, n: int) -> int:
        """A whole number from 0 to n - 1."""
        self.count += 1
        digest = hashlib.sha256(f"{self.text} {self.count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % n


@dataclass(frozen=True)
class Domain:
    """Where one symbol lives: between two ends, or wherever its words allow."""

    symbol: Expr
    words: frozenset[str]
    low: Expr = -sympy.oo
    high: Expr = sympy.oo
    low_closed: bool = False
    high_closed: bool = False

    @property
    def whole(self) -> bool:
        return bool(self.words & {"integer", "natural"})

    def choose(self, chooser: Chooser, edge: str, known: Point) -> Expr:
        """A number of the domain; ``edge`` is one of EDGES, or empty for one in general position."""
        low, high = (end.xreplace(dict(known)) for end in (self.low, self.high))
        if not (low.is_comparable or low == -sympy.oo) or not (high.is_comparable or high == sympy.oo):
            raise Refusal(f"the ends of {self.symbol} have no value")
        if self.whole:
            return self._whole(chooser, edge, low, high)
        step = sympy.Rational(1 + chooser.upto(30), 31)
        if low.is_finite and high.is_finite:
            share = {
                "least": self._end(),
                "one": sympy.Rational(1, 2),
                "tiny": sympy.Rational(1, 97),
                "large": sympy.Rational(96, 97),
            }
            return low + (high - low) * share.get(edge, sympy.Rational(2, 5) if edge == "equal" else step)
        sizes = {
            "least": sympy.Integer(1),
            "one": sympy.Integer(1),
            "tiny": sympy.Rational(1, 53),
            "large": sympy.Integer(17),
            "equal": sympy.Rational(7, 3),
        }
        size = sizes.get(edge, sympy.Rational(1 + chooser.upto(40), 11))
        if low.is_finite:
            return low if edge == "least" and self.low_closed else low + size
        if high.is_finite:
            return high if edge == "least" and self.high_closed else high - size
        if edge == "least":
            return sympy.Integer(1 if "nonzero" in self.words else 0)
        return size if edge in ("one", "equal") or chooser.upto(2) else -size

    def _end(self) -> Expr:
        return sympy.Integer(0) if self.low_closed else sympy.Integer(1) if self.high_closed else sympy.Rational(1, 3)

    def _whole(self, chooser: Chooser, edge: str, low: Expr, high: Expr) -> Expr:
        lowest = sympy.ceiling(low) + (not self.low_closed and sympy.ceiling(low) == low) if low.is_finite else None
        highest = sympy.floor(high) - (not self.high_closed and sympy.floor(high) == high) if high.is_finite else None
        if lowest is None:
            lowest = highest - 9 if highest is not None else sympy.Integer(-5)
        highest = lowest + 9 if highest is None else highest
        if highest < lowest:
            raise Refusal(f"there is no whole number for {self.symbol}")
        wanted = {"least": lowest, "one": lowest + 1, "large": highest, "equal": lowest + 2}
        found = min(wanted.get(edge, lowest + chooser.upto(int(highest - lowest) + 1)), highest)
        return found + 1 if found == 0 and "nonzero" in self.words else found

    def parameters(self) -> list[Expr]:
        """The symbol by a free parameter that sympy's assumptions describe; where the upper end belongs to it, a second way."""
        name = str(self.symbol)
        if self.whole or (self.low == -sympy.oo and self.high == sympy.oo):
            return [self.symbol]
        inside = sympy.Dummy(name, nonnegative=True) if self.low_closed else sympy.Dummy(name, positive=True)
        if self.high == sympy.oo:
            return [self.symbol] if self.low == 0 else [self.low + inside]
        if self.low == -sympy.oo:
            return [self.high - sympy.Dummy(name, nonnegative=self.high_closed or None, positive=(not self.high_closed) or None)]
        ways = [(self.low + self.high * inside) / (1 + inside)]
        return [*ways, self.high] if self.high_closed else ways


@dataclass
class Group:
    """Symbols that are chosen together, because one condition holds them."""

    symbols: tuple[Expr, ...]
    choose: Callable[[Chooser, str, Point], Sequence[Expr]]
    parameters: Callable[[], list[dict[Expr, Expr]]]
    """Ways to write the symbols by free parameters; together they cover the domain."""


@dataclass
class Space:
    """All symbols of a case."""

    groups: list[Group] = field(default_factory=list)
    domains: dict[Expr, Domain] = field(default_factory=dict)
    rejected: list[Callable[[Point], bool]] = field(default_factory=list)

    def point(self, chooser: Chooser, edge: str = "") -> Point | None:
        """A point, or None where what is assumed leaves none to be found."""
        for _ in range(20):
            known: dict[Expr, Expr] = {}
            for group in self.groups:
                known.update(zip(group.symbols, group.choose(chooser, edge, known), strict=True))
            if not any(reject(known) for reject in self.rejected):
                return known
            if edge:
                return None
        return None

    def near(self, point: Point, chooser: Chooser) -> Point | None:
        """A point close by, on the way to another one: the domains are convex. Whole numbers are chosen anew."""
        other = self.point(chooser)
        if other is None:
            return None
        whole = {symbol for symbol, domain in self.domains.items() if domain.whole}
        return {symbol: other[symbol] if symbol in whole else old + (other[symbol] - old) * CLOSE for symbol, old in point.items()}

    def scalar(self, name: str, symbol: Symbol, low: Expr, high: Expr) -> Expr:
        """A number."""
        domain = _domain(name, symbol, low, high)
        made = domain.symbol
        self.domains[made] = domain
        self.groups.append(
            Group((made,), lambda c, e, k: [domain.choose(c, e, k)], lambda: [{made: way} for way in domain.parameters()])
        )
        return made

    def probabilities(self, name: str, size: int) -> Value:
        """Positive numbers that add up to 1."""
        made = tuple(sympy.Symbol(f"{name}[{index}]", positive=True) for index in range(1, size + 1))

        def choose(chooser: Chooser, edge: str, known: Point) -> Sequence[Expr]:
            weights = [1 if edge in ("least", "one", "equal") else 1 + chooser.upto(90 if edge else 12) for _ in made]
            return [sympy.Rational(weight, sum(weights)) for weight in weights]

        def parameters() -> list[dict[Expr, Expr]]:
            free = [sympy.Dummy(str(one), positive=True) for one in made[:-1]] + [sympy.Integer(1)]
            return [{one: weight / sympy.Add(*free) for one, weight in zip(made, free, strict=True)}]

        self.groups.append(Group(made, choose, parameters))
        return made

    def definite(self, name: str, size: int) -> Value:
        """A symmetric, positive definite matrix: L L^T, with a positive diagonal."""
        pairs = [(i, j) for i in range(size) for j in range(i + 1)]
        made = {
            pair: sympy.Symbol(f"{name}[{pair[1] + 1},{pair[0] + 1}]", real=True, positive=(pair[0] == pair[1]) or None)
            for pair in pairs
        }

        def filled(entry: Callable[[int, int], Expr]) -> list[Expr]:
            lower = sympy.Matrix(size, size, lambda i, j: entry(i, j) if i >= j else 0)
            whole = lower * lower.T
            return [whole[pair] for pair in pairs]

        def choose(chooser: Chooser, edge: str, known: Point) -> Sequence[Expr]:
            plain = edge in ("least", "one", "equal")
            return filled(
                lambda i, j: sympy.Integer(i == j) if plain else sympy.Rational(chooser.upto(9) - 4 * (i != j) + (i == j), 4)
            )

        def parameters() -> list[dict[Expr, Expr]]:
            free = filled(lambda i, j: sympy.Dummy("l", positive=True) if i == j else sympy.Dummy("l", real=True))
            return [dict(zip(made.values(), free, strict=True))]

        self.groups.append(Group(tuple(made.values()), choose, parameters))
        return tuple(tuple(made[max(i, j), min(i, j)] for j in range(size)) for i in range(size))


def _domain(name: str, symbol: Symbol, low: Expr, high: Expr) -> Domain:
    words, interval = symbol.words, symbol.interval
    if interval is not None:
        known = {
            "real": True,
            "integer": "integer" in words,
            "positive": low.is_nonnegative and not (low == 0 and interval.low_closed),
            "nonnegative": low.is_nonnegative,
            "negative": high.is_nonpositive and not (high == 0 and interval.high_closed),
        }
        made = sympy.Symbol(name, **{word: True for word, holds in known.items() if holds})
        return Domain(made, words, low, high, interval.low_closed, interval.high_closed)
    if "probability" in words:
        return Domain(sympy.Symbol(name, positive=True), words, sympy.Integer(0), sympy.Integer(1))
    known = {"real": True} | {word: True for word in words if word in _SYMPY}
    if words & {"integer", "natural"}:
        known["integer"] = True
    if "natural" in words:
        known["positive"] = True
    made = sympy.Symbol(name, **known)
    low = sympy.Integer(0) if made.is_nonnegative else -sympy.oo
    high = sympy.Integer(0) if made.is_nonpositive else sympy.oo
    return Domain(made, words, low, high, not made.is_positive and low == 0, not made.is_negative and high == 0)
