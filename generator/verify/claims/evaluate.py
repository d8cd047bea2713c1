"""From the tree of an expression to sympy expressions, node by node; no text is ever handed to sympy."""

import ast
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise

import sympy

from generator.expression import Expression
from generator.problems import Failure
from generator.verify.claims.calls import Calls
from generator.verify.claims.expectation import Law
from generator.verify.claims.spec import Claim, Definition
from generator.verify.claims.values import Expr, Refusal, Value, both, each, multiply, shape, transpose
from generator.verify.claims.vocabulary import indices

LARGEST_EXPONENT = 1_000
DEEPEST = 60
"""Definitions and entries of sequences that lead into one another."""
STEPS = 200_000
"""Nodes that are walked for one expression: sums are written out."""
_RELATIONS: Mapping[type[ast.cmpop], Callable[[Expr, Expr], Expr]] = {
    ast.Eq: sympy.Eq,
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
}


class Evaluator(Calls):
    """Evaluates the expressions of a claim in one case."""

    def __init__(self, claim: Claim, values: Mapping[str, Value], laws: Mapping[Expr, Law]) -> None:
        self.claim = claim
        self.values = values
        self.laws = laws
        self.local: MutableMapping[str, Value] = {}
        self.known: dict[str, Value] = {}
        """Definitions that were evaluated, and entries of sequences as ``v[3]``."""
        self.hypothesis: dict[str, tuple[Expr, Expr]] = {}
        """In a proof by induction: sequence -> index and entry that are taken for granted."""
        self.expression: Expression | None = None
        self.depth = 0
        self.steps = 0

    def value(self, expression: Expression) -> Value:
        """The value of a whole expression.

        Raises:
            Failure: it has none; with the place.
        """
        return self.part(expression, expression.tree)

    def part(self, expression: Expression, node: ast.expr) -> Value:
        """The value of one part of an expression."""
        outer, self.expression = self.expression, expression
        try:
            return self.visit(node)
        finally:
            self.expression = outer

    def visit(self, node: ast.expr) -> Value:
        assert self.expression is not None
        self.steps += 1
        expression = self.expression
        try:
            if self.steps > STEPS:
                raise Refusal("this takes too many steps", "shorter sums, smaller sizes")
            method: Callable[[ast.expr], Value] = getattr(self, f"_{type(node).__name__.lower()}")
            return method(node)
        except Refusal as refusal:
            raise Failure.at(expression.place(node), refusal.message, refusal.hint) from None

    @contextmanager
    def binding(self, **values: Value) -> Iterator[None]:
        """Names that are known inside."""
        outer = self.local
        self.local = {**outer, **values}
        try:
            yield
        finally:
            self.local = outer

    # Names

    def _name(self, node: ast.Name) -> Value:
        name = node.id
        if name in self.local:
            return self.local[name]
        if name in ("pi", "oo"):
            return getattr(sympy, name)
        if name in self.values:
            return self.values[name]
        if name not in self.known:
            definition = self.claim.given[name]
            if definition.style == "sequence":
                raise Refusal(f"{name} is a sequence", f"name an entry: {name}[1]")
            self.known[name] = self.entered(definition, {})
        return self.known[name]

    def entered(self, definition: Definition, values: Mapping[str, Value], body: Expression | None = None) -> Value:
        """The value of a definition, with its arguments."""
        if self.depth > DEEPEST:
            raise Refusal(f"{definition.name} leads too deep", f"up to {DEEPEST} definitions and entries lead into one another")
        outer, self.local, self.depth = self.local, dict(values), self.depth + 1
        try:
            return self.value(body or definition.body)
        finally:
            self.local, self.depth = outer, self.depth - 1

    def entry(self, definition: Definition, index: Expr) -> Value:
        """An entry of a sequence."""
        name = definition.name
        if name in self.hypothesis and sympy.expand(index - self.hypothesis[name][0]) == 0:
            return self.hypothesis[name][1]
        if not index.is_Integer:
            raise Refusal(f"{name} has no entry {index}", "take a range, such as t: 1..5, or by: induction")
        key = f"{name}[{index}]"
        if key not in self.known:
            if int(index) in definition.first:
                self.known[key] = self.entered(definition, {}, definition.first[int(index)])
            elif not definition.params or index < min(definition.first):
                raise Refusal(f"{key} is not defined", f"it begins with {name}[{min(definition.first)}]")
            else:
                self.known[key] = self.entered(definition, {definition.params[0]: index})
        return self.known[key]

    def _subscript(self, node: ast.Subscript) -> Value:
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        places = [self.number(index, "an index") for index in indices(node)]
        if name not in self.local and name in self.claim.given and self.claim.given[name].style == "sequence":
            value, places = self.entry(self.claim.given[name], places[0]), places[1:]
        else:
            value = self.visit(node.value)
        for index in places:
            if not isinstance(value, tuple):
                raise Refusal("a number has no entries")
            if not index.is_Integer:
                raise Refusal(f"{index} is no index", "an index is a whole number, or a range such as i: 1..n")
            if not 1 <= index <= len(value):
                raise Refusal(f"there is no entry {index} of {len(value)}", "entries are counted from 1")
            value = value[int(index) - 1]
        return value

    # Arithmetic

    def _constant(self, node: ast.Constant) -> Expr:
        assert isinstance(node.value, Fraction)
        return sympy.Rational(node.value.numerator, node.value.denominator)

    def _list(self, node: ast.List) -> Value:
        found = tuple(self.visit(entry) for entry in node.elts)
        if not found:
            raise Refusal("a vector without entries")
        if len({shape(entry) for entry in found}) > 1:
            raise Refusal("the rows of a matrix are not of one length")
        return found

    def _attribute(self, node: ast.Attribute) -> Value:
        return transpose(self.visit(node.value))

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.visit(node.operand)
        if isinstance(node.op, ast.Not):
            return sympy.Not(value)
        return each(lambda leaf: -leaf, value) if isinstance(node.op, ast.USub) else value

    def _binop(self, node: ast.BinOp) -> Value:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.MatMult):
            return multiply(left, right)
        if isinstance(node.op, ast.Pow) and isinstance(right, tuple):
            raise Refusal("an exponent is a number")
        return both(_OPERATIONS[type(node.op)], left, right)

    def _compare(self, node: ast.Compare) -> Expr:
        sides = [self.number(side, "a comparison") for side in (node.left, *node.comparators)]
        pairs = zip(node.ops, pairwise(sides), strict=True)
        return sympy.And(*(_RELATIONS[type(op)](left, right) for op, (left, right) in pairs))

    def _boolop(self, node: ast.BoolOp) -> Expr:
        return (sympy.And if isinstance(node.op, ast.And) else sympy.Or)(*map(self.visit, node.values))

    def _ifexp(self, node: ast.IfExp) -> Value:
        test = self.visit(node.test)
        if test in (sympy.true, sympy.false):  # the other branch may have no value here
            return self.visit(node.body if test == sympy.true else node.orelse)
        return both(lambda a, b: sympy.Piecewise((a, test), (b, True)), self.visit(node.body), self.visit(node.orelse))


def _power(base: Expr, exponent: Expr) -> Expr:
    if exponent.is_number and base.is_number and not abs(exponent) <= LARGEST_EXPONENT and base not in (0, 1, -1):
        raise Refusal(f"the exponent {str(exponent)[:20]} is too large", f"up to {LARGEST_EXPONENT:,}")
    if exponent.is_Rational and max(abs(exponent.p), exponent.q) > LARGEST_EXPONENT:
        raise Refusal("the exponent is too large", f"up to {LARGEST_EXPONENT:,}")
    if base.is_Rational and exponent.is_Rational and base and abs(exponent) * max(abs(base.p), base.q).bit_length() > 20_000:
        raise Refusal("this power is too large", "numbers have up to 20,000 bits")
    return base**exponent


def _quotient(left: Expr, right: Expr) -> Expr:
    if right == 0:
        raise Refusal("a division by zero")
    return left / right


_OPERATIONS: Mapping[type[ast.operator], Callable[[Expr, Expr], Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: _quotient,
    ast.FloorDiv: lambda a, b: sympy.floor(_quotient(a, b)),
    ast.Pow: _power,
}
