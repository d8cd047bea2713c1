r"""Arithmetic in TeX, read and computed: numbers, ``+ - \cdot \times /``, fractions, powers, roots, logarithms, parentheses.

    sum       [+-] product, then + or - and a product
    product   factor, then \cdot, \times, * or / and a factor, or a factor that stands beside it
    factor    atom, then ! or \%, then ^ and an argument
    atom      a number; ( ) [ ] { } with a sum; \frac, \binom, \sqrt, \pi, e with an exponent; a function and its argument

What is not in there, and what two readers would read in two ways (``1/2\cdot3``, ``\ln 2\cdot 3``, ``2\frac13``), is unreadable.
"""

import math
import re
from collections.abc import Callable
from fractions import Fraction

from generator.verify.arithmetic.span import LARGEST, Number, Span, Unreadable, extreme, printed

NUMBER = re.compile(r"\d{1,3}(?:(?:\\,|\{,\}|\{\\,\})\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
GAP = re.compile(r"\\[,;:!> ]|\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|thinspace)(?![A-Za-z])|\{\}|[\s~&]+")
"""What places symbols, and is none."""
COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)
TIMES = frozenset({r"\cdot", r"\times", "*", "·", "×"})
SIGNS = {"+": 1, "-": -1, "−": -1}
CLOSING = {"(": ")", "[": "]", "{": "}", r"\lparen": r"\rparen", r"\lbrack": r"\rbrack"}
FRACTIONS = frozenset({r"\frac", r"\tfrac", r"\dfrac"})
MONOTONE: dict[str, Callable[[float], float]] = {
    r"\exp": math.exp,
    r"\ln": math.log,
    r"\tanh": math.tanh,
    r"\log_2": math.log2,
    r"\log_{2}": math.log2,
    r"\log_{10}": math.log10,
}
EXTREMES: dict[str, Callable[[list[Number]], Number]] = {r"\max": max, r"\min": min}
ROUNDINGS = {r"\lfloor": (r"\rfloor", math.floor), r"\lceil": (r"\rceil", math.ceil)}
DRESS = frozenset({r"\mathbf", r"\boldsymbol", r"\boxed", r"\mathbin", r"\mathrm"})
LOGARITHM = re.compile(r"\\log_(?:2|\{2\}|\{10\})")
BEGINS_FACTOR = frozenset({"(", "[", r"\sqrt", r"\exp", r"\ln", r"\log", r"\tanh", r"\pi", "e", r"\max", r"\min", r"\binom"})
"""What may stand beside a factor to be multiplied with it; of fractions, those behind a bracket alone."""
DEEPEST = 30
"""Brackets inside each other."""
END = re.compile(r"(?:\s|~|\\[,;:!> ])*\.?\s*$")
"""A full stop, and what places it."""
LITERAL = re.compile(
    rf"\s*(?P<sign>[-−+]?)\s*(?P<digits>{NUMBER.pattern})(?P<scale>\s*\\(?:times|cdot)\s*10\^\{{?-?\d+\}}?|\s*\\%)?\s*"
)
"""A side that is one number."""


def read(tex: str, figures: int = LARGEST) -> Span:
    """What a side of a formula comes to.

    Args:
        figures: whole numbers of so many figures or more may be rounded; the base and the exponent of a power never are.

    Raises:
        Unreadable: it is no arithmetic, or one that can be read in several ways.
    """
    reader = _Reader(END.sub("", tex, count=1), figures)
    found = reader.sum()
    if reader.peek():
        raise Unreadable
    return found


def is_number(tex: str) -> bool:
    """Whether a side is one number, and no computation."""
    return LITERAL.fullmatch(END.sub("", tex, count=1)) is not None


class _Reader:
    """Reads from left to right; each method takes what it is called after and computes it."""

    def __init__(self, tex: str, figures: int) -> None:
        self.tex = tex
        self.figures = figures
        self.position = 0
        self.depth = 0
        self.bare = False
        """Whether the last factor is a function whose argument has no brackets: what follows might belong to it."""

    def peek(self) -> str:
        """The next symbol, past what only places; empty at the end."""
        while match := GAP.match(self.tex, self.position):
            self.position = match.end()
        match = NUMBER.match(self.tex, self.position) or LOGARITHM.match(self.tex, self.position)
        match = match or COMMAND.match(self.tex, self.position)
        return match[0] if match else ""

    def take(self) -> str:
        symbol = self.peek()
        self.position += len(symbol)
        return symbol

    def expect(self, symbol: str) -> None:
        if self.take() != symbol:
            raise Unreadable

    def sum(self) -> Span:
        total = self._signed(first=True)
        while self.peek() in SIGNS:
            total += self._signed()
        return total

    def _signed(self, *, first: bool = False) -> Span:
        sign = SIGNS[self.take()] if not first or self.peek() in SIGNS else 1
        found = self.product()
        return found if sign > 0 else -found

    def product(self) -> Span:
        total = self.factor()
        divided = False
        while symbol := self.peek():
            before = self.tex[: self.position].rstrip()[-1:]
            if symbol in TIMES or symbol == "/":
                if divided or self.bare:
                    raise Unreadable
                self.take()
                divided = symbol == "/"
                sign = SIGNS[self.take()] if self.peek() in SIGNS else 1
                other = self.factor() * Span.exact(Fraction(sign))
                total = total / other if divided else total * other
            elif symbol in BEGINS_FACTOR or LOGARITHM.match(symbol) or (symbol in FRACTIONS and before in ")]"):
                if divided or self.bare:
                    raise Unreadable
                total *= self.factor()
            else:
                break
        return total

    def factor(self) -> Span:
        self.bare = False
        found = self._euler() if self.peek() == "e" else self.atom()
        while (symbol := self.peek()) in ("!", r"\%"):
            self.take()
            found = found * Span.exact(Fraction(1, 100)) if symbol == r"\%" else Span.exact(Fraction(math.factorial(found.whole())))
        if self.peek() == "^":
            if self.bare:
                raise Unreadable
            self.take()
            found = found.power(self.exponent())
            if self.peek() in ("^", "!", "_"):
                raise Unreadable
        return found

    def _euler(self) -> Span:
        """The base of natural logarithms, which is one only with an exponent."""
        self.take()
        self.expect("^")
        return self.exponent().through(math.exp)

    def atom(self) -> Span:
        symbol = self.take()
        if symbol[:1].isdecimal() and symbol.isascii():
            digits = re.sub(r"[^\d.]", "", symbol)
            return printed(digits, len(digits) >= self.figures and self.peek() not in ("^", "!"))
        if symbol in CLOSING:
            return self.closed(CLOSING[symbol])
        if symbol in FRACTIONS:
            return self.argument() / self.argument()
        if symbol == r"\sqrt":
            return self._root()
        if symbol == r"\binom":
            return Span.exact(Fraction(math.comb(self.argument().whole(), self.argument().whole())))
        if symbol == r"\pi":
            return Span.exact(math.pi)
        if symbol in DRESS:
            return self.argument()
        if symbol in ROUNDINGS:
            closing, function = ROUNDINGS[symbol]
            inner = self.closed(closing)
            return Span(*(Fraction(function(end)) for end in (inner.low, inner.value, inner.high)))
        if symbol in EXTREMES:
            return self._extreme(EXTREMES[symbol])
        if symbol in MONOTONE:
            return self._applied(MONOTONE[symbol])
        raise Unreadable

    def closed(self, closing: str) -> Span:
        """A sum and the bracket that closes it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable
        found = self.sum()
        self.expect(closing)
        self.depth -= 1
        self.bare = False
        return found

    def argument(self) -> Span:
        r"""A group, or a single digit, as in ``\frac12``."""
        self.peek()
        digit = self.tex[self.position : self.position + 1]
        if digit.isdecimal() and digit.isascii():
            self.position += 1
            return printed(digit, False)
        self.expect("{")
        return self.closed("}")

    def exponent(self) -> Span:
        """An argument whose whole numbers are exact."""
        figures, self.figures = self.figures, LARGEST
        found = self.argument()
        self.figures = figures
        return found

    def _root(self) -> Span:
        if self.peek() == "[":
            raise Unreadable
        return self.argument().root()

    def _extreme(self, chosen: Callable[[list[Number]], Number]) -> Span:
        opening = self.take()
        if opening not in ("(", r"\{"):
            raise Unreadable
        found = [self.sum()]
        while self.peek() == ",":
            self.take()
            found.append(self.sum())
        self.expect(")" if opening == "(" else r"\}")
        self.bare = False
        return extreme(found, chosen)

    def _applied(self, function: Callable[[float], float]) -> Span:
        if self.peek() in ("(", "["):
            found = self.atom().through(function)
            if self.peek() == "^":
                raise Unreadable
            return found
        if self.peek() in MONOTONE or self.peek() == "{":
            raise Unreadable
        found = self.factor().through(function)
        self.bare = True
        return found
