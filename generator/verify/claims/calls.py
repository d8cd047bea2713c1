"""What calls mean: sums, limits, derivatives, expected values, and the functions that take values as they come."""

import ast
from collections.abc import Mapping
from contextlib import AbstractContextManager

import sympy

from generator.expression import Expression
from generator.verify.claims import calculus, expectation
from generator.verify.claims.expectation import Law
from generator.verify.claims.functions import FUNCTIONS
from generator.verify.claims.spec import Claim, Definition
from generator.verify.claims.values import Expr, Refusal, Value, both, each, number, shape

LONGEST_SUM = 1_000


class Calls:
    """The part of the evaluator that knows functions."""

    claim: Claim
    values: Mapping[str, Value]
    laws: Mapping[Expr, Law]
    local: Mapping[str, Value]

    def visit(self, node: ast.expr) -> Value:
        raise NotImplementedError

    def number(self, node: ast.expr, what: str) -> Expr:
        return number(self.visit(node), what)

    def binding(self, **values: Value) -> AbstractContextManager[None]:
        raise NotImplementedError

    def entered(self, definition: Definition, values: Mapping[str, Value], body: Expression | None = None) -> Value:
        raise NotImplementedError

    def _call(self, node: ast.Call) -> Value:
        assert isinstance(node.func, ast.Name)
        name, args = node.func.id, node.args
        definition = self.claim.given.get(name)
        if definition:
            values = dict(zip(definition.params, map(self.visit, args), strict=True))
            return self.entered(definition, values)
        special = getattr(self, f"call_{name}", None)
        if special and not (name in ("sum", "product") and len(args) == 1):
            return special(*args)
        return FUNCTIONS[name](*map(self.visit, args))

    def call_sum(self, body: ast.expr, index: ast.expr, low: ast.expr, high: ast.expr) -> Value:
        return self._over(body, index, low, high, sympy.Add, sympy.Sum)

    def call_product(self, body: ast.expr, index: ast.expr, low: ast.expr, high: ast.expr) -> Value:
        return self._over(body, index, low, high, sympy.Mul, sympy.Product)

    def _over(self, body: ast.expr, index: ast.expr, low: ast.expr, high: ast.expr, whole: Expr, unknown: Expr) -> Value:
        """A sum or a product: written out between whole numbers, else left to sympy."""
        assert isinstance(index, ast.Name)
        first, last = self.number(low, "the beginning"), self.number(high, "the end")
        if not (first.is_Integer and last.is_Integer):
            k = sympy.Dummy(index.id, integer=True, nonnegative=first.is_nonnegative or None, positive=first.is_positive or None)
            with self.binding(**{index.id: k}):
                return unknown(self.number(body, "this sum"), (k, first, last))
        if last - first >= LONGEST_SUM:
            raise Refusal(f"a sum of {last - first + 1} terms is too long to be written out", f"up to {LONGEST_SUM:,}")
        terms = []
        for value in range(int(first), int(last) + 1):
            with self.binding(**{index.id: sympy.Integer(value)}):
                terms.append(self.visit(body))
        if terms and isinstance(terms[0], tuple):
            found = terms[0]
            for term in terms[1:]:
                found = both(whole, found, term)
            return found
        return whole(*terms)

    def call_vector(self, body: ast.expr, index: ast.expr, size: ast.expr) -> Value:
        assert isinstance(index, ast.Name)
        length = self.number(size, "the size")
        if not length.is_Integer or not 1 <= length <= 8:
            raise Refusal("a vector has 1 to 8 entries")
        found = []
        for value in range(1, int(length) + 1):
            with self.binding(**{index.id: sympy.Integer(value)}):
                found.append(self.visit(body))
        return tuple(found)

    def _variable(self, node: ast.expr, **words: bool) -> tuple[str, Expr]:
        """The variable of a limit or an integral: a symbol, or a name of its own."""
        assert isinstance(node, ast.Name)
        known = self.local.get(node.id, self.values.get(node.id))
        return node.id, known if isinstance(known, sympy.Symbol) else sympy.Dummy(node.id, real=True, **words)

    def call_limit(self, body: ast.expr, variable: ast.expr, point: ast.expr, side: ast.expr | None = None) -> Value:
        end = self.number(point, "a limit")
        name, x = self._variable(variable, **({"positive": True} if end == sympy.oo else {}))
        with self.binding(**{name: x}):
            inner = self.visit(body)
        sign = "-" if isinstance(side, ast.Constant) and side.value == "below" else "+" if side is not None else "+-"
        return each(lambda leaf: calculus.limit(leaf, x, end, sign), inner)

    def call_integrate(self, body: ast.expr, variable: ast.expr, low: ast.expr, high: ast.expr) -> Value:
        first, last = self.number(low, "an integral"), self.number(high, "an integral")
        name, x = self._variable(variable)
        with self.binding(**{name: x}):
            inner = self.visit(body)
        return each(lambda leaf: sympy.Integral(leaf, (x, first, last)), inner)

    def call_diff(self, body: ast.expr, variable: ast.expr, order: ast.expr | None = None) -> Value:
        times = self.number(order, "the order") if order is not None else sympy.Integer(1)
        if not times.is_Integer or not 1 <= times <= 6:
            raise Refusal("a derivative has an order from 1 to 6")
        x = calculus.variable(self.visit(variable), "diff")
        return each(lambda leaf: sympy.diff(leaf, x, int(times)), self.visit(body))

    def call_gradient(self, body: ast.expr, variable: ast.expr) -> Value:
        return calculus.gradient(self.number(body, "gradient"), self.visit(variable))

    def call_jacobian(self, body: ast.expr, variable: ast.expr) -> Value:
        return calculus.jacobian(self.visit(body), self.visit(variable))

    def call_hessian(self, body: ast.expr, variable: ast.expr) -> Value:
        symbols = self.visit(variable)
        return calculus.jacobian(calculus.gradient(self.number(body, "hessian"), symbols), symbols)

    def call_at(self, body: ast.expr, variable: ast.expr, value: ast.expr) -> Value:
        return calculus.at(self.visit(body), self.visit(variable), self.visit(value))

    def call_taylor(self, body: ast.expr, variable: ast.expr, point: ast.expr, order: ast.expr) -> Value:
        x = calculus.variable(self.visit(variable), "taylor")
        return calculus.taylor(self.number(body, "taylor"), x, self.number(point, "taylor"), self.number(order, "taylor"))

    def call_expectation(self, body: ast.expr) -> Value:
        return each(lambda leaf: expectation.expectation(leaf, self.laws), self.visit(body))

    def call_variance(self, body: ast.expr) -> Value:
        return each(lambda leaf: expectation.variance(leaf, self.laws), self.visit(body))

    def call_covariance(self, one: ast.expr, other: ast.expr) -> Value:
        left, right = self.visit(one), self.visit(other)
        if shape(left) and shape(right):
            return tuple(tuple(expectation.covariance(a, b, self.laws) for b in right) for a in left)
        return both(lambda a, b: expectation.covariance(a, b, self.laws), left, right)

    def call_probability(self, condition: ast.expr) -> Value:
        test = self.visit(condition)
        if isinstance(test, sympy.Expr | tuple):
            raise Refusal("probability takes a condition", "probability(x > 0)")
        return expectation.expectation(sympy.Piecewise((1, test), (0, True)), self.laws)
