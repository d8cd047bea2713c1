"""A formula in chains of sides: ``a = b = c, d = e`` is two chains, of three sides and of two."""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+|\\.|.", re.DOTALL)
ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
SPACING = re.compile(r"\s|~|\\[,;:!> ]|\\q?quad|\\displaystyle|\\textstyle")
ROWS = frozenset({"aligned", "align", "align*", "split", "gathered"})
"""Environments whose rows are formulas, which may go on where the row above stopped."""
RELATIONS = frozenset({"=", r"\approx"})
BREAKS = frozenset(
    r"< > \le \ge \leq \geq \lt \gt \ne \neq \sim \propto \equiv \in \to \mapsto \Rightarrow \implies \iff \Longrightarrow"
    r" \Leftrightarrow \leftarrow \gets \rightarrow \ll \gg \quad \qquad".split()
)
"""What ends a chain."""
LISTING = frozenset({",", ";"})
"""What ends a chain, or parts what is listed."""
LEVELS = {"(": 1, "[": 1, "{": 1, r"\{": 1, r"\lbrace": 1, ")": -1, "]": -1, "}": -1, r"\}": -1, r"\rbrace": -1}
OPERATORS = frozenset(r"+ - − \cdot \times / * \pm".split())
SKIP = re.compile(r"\s*\[[^\[\]]*\]")
"""The height of a gap between rows."""
POISON = r"\poison"
"""Put into a side that may be part of something else, so that nobody reads it as a whole."""


@dataclass(slots=True)
class Side:
    """What stands between two relations."""

    tex: str = ""
    relation: str = ""
    """The relation before it, in its chain."""


@dataclass(slots=True)
class Chain:
    """Sides that are all said to be the same."""

    sides: list[Side] = field(default_factory=lambda: [Side()])
    listed: bool = False
    """Whether a comma alone stands before it, so that its first side may be listed with the last one before."""


@dataclass(slots=True)
class _Cutter:
    """Cuts a formula, symbol by symbol."""

    chains: list[Chain] = field(default_factory=lambda: [Chain()])
    level: int = 0
    """Brackets that are open, and environments that are one thing."""
    row: bool = False
    """Whether a row has just begun."""

    @property
    def side(self) -> Side:
        return self.chains[-1].sides[-1]

    def take(self, symbol: str) -> bool:
        """Take the next symbol; False where brackets do not match, and nothing can be said."""
        if self.level == 0 and self.row:
            if symbol == "&" or SPACING.fullmatch(symbol):
                return True
            self.row = False
            if symbol not in RELATIONS:
                self._begin_row(symbol)
        if match := ENVIRONMENT.fullmatch(symbol):
            if match[2] in ROWS and self.level == 0:
                return True
            self.level += 1 if match[1] == "begin" else -1
        self.level += LEVELS.get(symbol, 0)
        if self.level == 0 and self._cuts(symbol):
            return True
        self.side.tex += symbol
        return self.level >= 0

    def _cuts(self, symbol: str) -> bool:
        """Whether a symbol outside all brackets belongs to no side."""
        if symbol in RELATIONS:
            self.chains[-1].sides.append(Side(relation=symbol))
        elif symbol in BREAKS or (symbol == ":" and self.side.tex.strip().isalpha()):
            self.chains.append(Chain())
        elif symbol in LISTING:
            self.chains.append(Chain(listed=True))
        elif symbol == r"\\":
            self.row = True
        else:
            return symbol == "&"
        return True

    def _begin_row(self, symbol: str) -> None:
        """A row that does not go on with a relation is a formula of its own, unless an operator stands at the break."""
        last = TOKEN.findall(self.side.tex.strip())[-1:]
        broken = symbol in OPERATORS or bool(last and last[0] in OPERATORS)
        if broken:
            self.side.tex += POISON
        self.chains.append(Chain([Side(POISON if broken else "")]))


def chains(tex: str) -> list[Chain]:
    """The chains of a formula; none where its brackets do not match."""
    cutter = _Cutter()
    position = 0
    while match := TOKEN.match(tex, position):
        position = match.end()
        if not cutter.take(match[0]):
            return []
        if match[0] == r"\\" and (gap := SKIP.match(tex, position)):
            position = gap.end()
    return cutter.chains
