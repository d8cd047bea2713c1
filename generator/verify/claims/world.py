"""One case of a claim: its symbols made, its random variables known, its definitions ready to be evaluated."""

import ast
from collections.abc import Callable

import sympy

from generator.problems import Failure
from generator.verify.claims.cases import Case
from generator.verify.claims.domains import Point, Space
from generator.verify.claims.evaluate import Evaluator
from generator.verify.claims.expectation import Law
from generator.verify.claims.spec import Claim, Size, Symbol
from generator.verify.claims.values import Expr, Refusal, Value, number, rows, vector


class World:
    """The symbols of a claim in one of its cases."""

    def __init__(self, claim: Claim, case: Case, fixed: frozenset[str] = frozenset()) -> None:
        """Make the symbols.

        Args:
            fixed: symbols that stand for a number of the case, as if they were ranges.
        """
        self.claim = claim
        self.fixed = fixed
        self.case = case
        self.space = Space()
        self.laws: dict[Expr, Law] = {}
        self.values: dict[str, Value] = {}
        self.evaluator = Evaluator(claim, self.values, self.laws)
        for symbol in claim.symbols.values():
            self.values[symbol.name] = self._symbol(symbol)

    def _symbol(self, symbol: Symbol) -> Value:
        if symbol.shape == "range" or symbol.name in self.fixed:
            return sympy.Integer(self.case[symbol.name])
        low, high = (self._end(symbol, index) for index in (0, 1))
        law = self._law(symbol)
        sizes = [self._size(size) for size in symbol.sizes]
        if "definite" in symbol.words:
            self._square(symbol, sizes)
            return self.space.definite(symbol.name, sizes[0])
        if "probabilities" in symbol.words:
            return self.space.probabilities(symbol.name, sizes[0])

        def make(*where: int) -> Expr:
            name = f"{symbol.name}[{','.join(map(str, where))}]" if where else symbol.name
            if law:
                made = sympy.Symbol(name, real=True)
                self.laws[made] = law
                return made
            return self.space.scalar(name, symbol, low, high)

        if symbol.shape == "scalar":
            return make()
        if symbol.shape == "vector":
            return tuple(make(i) for i in range(1, sizes[0] + 1))
        return self._matrix(symbol, sizes, make)

    def _matrix(self, symbol: Symbol, sizes: list[int], make: Callable[..., Expr]) -> Value:
        height, width = sizes
        if "symmetric" in symbol.words:
            self._square(symbol, sizes)
            half = {(i, j): make(i, j) for i in range(1, height + 1) for j in range(i, width + 1)}
            made = sympy.Matrix(height, width, lambda i, j: half[min(i, j) + 1, max(i, j) + 1])
        else:
            made = sympy.Matrix(height, width, lambda i, j: make(i + 1, j + 1))
        if "invertible" in symbol.words:
            self._square(symbol, sizes)
            self.space.rejected.append(lambda point: made.xreplace(dict(point)).det() == 0)
        return rows(made)

    def _square(self, symbol: Symbol, sizes: list[int]) -> None:
        if sizes[0] != sizes[1]:
            word = min(symbol.words & {"symmetric", "invertible", "definite"})
            raise Failure.at(symbol.place, f"{symbol.name} cannot be {word}: it is {sizes[0]} x {sizes[1]}")

    def _size(self, size: Size) -> int:
        found = size if isinstance(size, int) else self.case[size]
        if not 1 <= found <= 8:
            raise Failure.at(self.claim.place, f"{size} = {found} is no size", "sizes are 1 to 8")
        return found

    def _end(self, symbol: Symbol, index: int) -> Expr:
        if symbol.interval is None:
            return sympy.oo * (1 if index else -1)
        expression = symbol.interval.high if index else symbol.interval.low
        try:
            return number(self.evaluator.value(expression), "an interval")
        except Refusal as refusal:
            raise Failure.at(expression.place(), refusal.message, refusal.hint) from None

    def _law(self, symbol: Symbol) -> Law | None:
        if symbol.law is None:
            return None
        tree = symbol.law.tree
        assert isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)
        params = [self.evaluator.part(symbol.law, argument) for argument in tree.args]
        if tree.func.id == "categorical":
            return Law("categorical", vector(params[0], "categorical"))
        return Law(tree.func.id, tuple(number(param, tree.func.id) for param in params))

    def shown(self, point: Point, symbols: set[Expr]) -> str:
        """The values of the symbols that matter, for a report: ``n = 2, z[1] = 1/2``."""
        named = {str(symbol): value for symbol, value in point.items() if symbol in symbols}
        parts = [f"{name} = {value}" for name, value in self.case.items()]
        return ", ".join([*parts, *(f"{name} = {value}" for name, value in named.items())])
