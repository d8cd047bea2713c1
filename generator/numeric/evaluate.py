"""What an expression is worth: its tree is walked, and nothing of it is ever run as Python."""

import ast
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import kernels
from generator.expression import Expression
from generator.numeric import arithmetic
from generator.numeric.functions import CONSTANTS, FUNCTIONS
from generator.numeric.signatures import Calls
from generator.numeric.values import (
    ENTRIES,
    Members,
    Refusal,
    Value,
    compare,
    describe,
    each,
    equal,
    from_kernel,
    is_number,
    leaves,
    whole,
)
from kernels import Kernel, Record

STEPS = 20_000
"""The most operations in one drawing: a card takes some hundred."""
KERNEL_STEPS = 200
"""What a call of a kernel counts for."""
ROUNDED_STEPS = 10
"""What a root, an exponential or a logarithm counts for."""
RANK = 4
"""The deepest list."""
SECONDS = 60.0
"""No card may take longer; only a hostile one does."""

Hook = Callable[[Kernel, list[Value], Mapping[str, Value]], Any]
"""How a kernel is called: ``Calls``, or what moves the results of one."""

_OPERATIONS: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: arithmetic.add,
    ast.Sub: arithmetic.subtract,
    ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide,
    ast.FloorDiv: arithmetic.floor_divide,
    ast.Mod: arithmetic.remainder,
    ast.Pow: arithmetic.power,
    ast.MatMult: arithmetic.dot,
}
_ORDERINGS: Mapping[type[ast.cmpop], Callable[[int], bool]] = {
    ast.Lt: lambda order: order < 0,
    ast.LtE: lambda order: order <= 0,
    ast.Gt: lambda order: order > 0,
    ast.GtE: lambda order: order >= 0,
}


class Budget:
    """What may be spent on one card: operations for each drawing, and time for all."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.steps = STEPS
        self.end = perf_counter() + seconds

    def refill(self) -> None:
        """Begin another drawing."""
        self.steps = STEPS
        if perf_counter() > self.end:
            raise Refusal("this card takes too long to draw", "use smaller kernels or fewer steps")

    def spend(self, steps: int) -> None:
        """Count operations.

        Raises:
            Refusal: there were too many.
        """
        self.steps -= steps
        if self.steps < 0:
            raise Refusal("this takes too many operations", "use smaller vectors, or fewer steps")


class Evaluator:
    """Evaluates expressions, given the values of names."""

    def __init__(
        self, names: Mapping[str, Value], budget: Budget, hook: Hook | None = None, replaced: Mapping[str, Value] | None = None
    ) -> None:
        self.names = names
        self.budget = budget
        self.hook = hook or Calls()
        self.replaced = replaced or {}
        """What stands for a subexpression, by its ``ast.dump``: values that the card prints."""

    def value(self, expression: Expression) -> Value:
        """The value of ``expression``.

        Raises:
            Refusal: it has none; ``offset`` says where.
        """
        return self._visit(expression.tree)

    def holds(self, expression: Expression) -> bool:
        """Whether a condition holds."""
        return self._truth(expression.tree)

    def _visit(self, node: ast.expr) -> Value:
        try:
            self.budget.spend(1)
            if self.replaced and (key := ast.dump(node)) in self.replaced:
                return self.replaced[key]
            method: Callable[[Any], Value] = getattr(self, f"_{type(node).__name__.lower()}")
            return method(node)
        except Refusal as refusal:
            if refusal.offset is None:
                refusal.offset = node.col_offset
            raise

    def _truth(self, node: ast.expr) -> bool:
        value = self._visit(node)
        if isinstance(value, bool):
            return value
        hint = "write  all(…)  or  any(…)" if isinstance(value, tuple) else "compare it with something"
        refusal = Refusal(f"{describe(value)} is neither True nor False", hint)
        refusal.offset = node.col_offset
        raise refusal

    def _number_of(self, node: ast.expr, what: str) -> int:
        return whole(self._visit(node), what)

    def _constant(self, node: ast.Constant) -> Value:
        return node.value

    def _name(self, node: ast.Name) -> Value:
        return CONSTANTS[node.id] if node.id in CONSTANTS else self.names[node.id]

    def _list(self, node: ast.List) -> Value:
        if not node.elts:
            raise Refusal("a vector has at least one entry")
        value = tuple(self._visit(item) for item in node.elts)
        if _rank(value) > RANK:
            raise Refusal(f"lists stand more than {RANK} deep inside each other")
        if (entries := _count(value)) > ENTRIES:
            raise Refusal(f"these are {entries:,} numbers; {ENTRIES:,} are allowed")
        return value

    def _set(self, node: ast.Set) -> Value:
        return Members.of(tuple(self._visit(item) for item in node.elts))

    def _dict(self, node: ast.Dict) -> Value:
        pairs = zip(node.keys, node.values, strict=True)
        return Record(**{str(key.value): self._visit(value) for key, value in pairs if isinstance(key, ast.Constant)})

    def _binop(self, node: ast.BinOp) -> Value:
        return self.operate(node.op, self._visit(node.left), self._visit(node.right))

    def operate(self, operator: ast.operator, left: Value, right: Value) -> Value:
        """The result of an operator between two values."""
        self._charge(left, right)
        if isinstance(operator, ast.MatMult):
            self.budget.spend(_count(left) * _count(right))
        return _OPERATIONS[type(operator)](left, right)

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return not self._truth(node.operand)
        value = self._visit(node.operand)
        self._charge(value)
        return arithmetic.negative(value) if isinstance(node.op, ast.USub) else arithmetic.positive(value)

    def _boolop(self, node: ast.BoolOp) -> Value:
        if isinstance(node.op, ast.And):
            return all(self._truth(item) for item in node.values)
        return any(self._truth(item) for item in node.values)

    def _ifexp(self, node: ast.IfExp) -> Value:
        return self._visit(node.body if self._truth(node.test) else node.orelse)

    def _compare(self, node: ast.Compare) -> Value:
        left = self._visit(node.left)
        result: Value = True
        for operator, other in zip(node.ops, node.comparators, strict=True):
            right = self._visit(other)
            self._charge(left, right)
            result = _compare(operator, left, right)
            if isinstance(result, tuple) and len(node.ops) > 1:
                raise Refusal("vectors cannot be compared in a chain", "write  all(a < v) and all(v < b)")
            if result is False:
                return False
            left = right
        return result

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self._visit(node.value)
        if isinstance(node.slice, ast.Tuple):
            for index in node.slice.elts:
                if isinstance(index, ast.Slice):
                    raise Refusal("a slice stands alone in its brackets", "write  A[i][a:b]")
                value = self._entry(value, index)
            return value
        if isinstance(node.slice, ast.Slice):
            return self._slice(value, node.slice)
        return self._entry(value, node.slice)

    def _entry(self, value: Value, index: ast.expr) -> Value:
        if not isinstance(value, tuple):
            raise Refusal(f"{describe(value)} has no entries")
        position = self._number_of(index, "an index")
        if not -len(value) <= position < len(value):
            raise Refusal(f"the index {position} is outside {describe(value)}", "the first entry has the index 0")
        return value[position]

    def _slice(self, value: Value, node: ast.Slice) -> Value:
        if not isinstance(value, tuple):
            raise Refusal(f"{describe(value)} has no entries")
        bounds = [None if part is None else self._number_of(part, "an index") for part in (node.lower, node.upper, node.step)]
        if bounds[2] == 0:
            raise Refusal("the step of a slice is not 0")
        if not (part := value[slice(*bounds)]):
            raise Refusal("this slice is empty")
        return part

    def _attribute(self, node: ast.Attribute) -> Value:
        value = self._visit(node.value)
        if not isinstance(value, Record):
            raise Refusal(f"{describe(value)} has no fields")
        if node.attr not in value:
            raise Refusal(f"there is no field {node.attr}", f"there are {', '.join(value)}")
        return value[node.attr]

    def _call(self, node: ast.Call) -> Value:
        assert isinstance(node.func, ast.Name)
        args = [self._visit(item) for item in node.args]
        named = {keyword.arg or "": self._visit(keyword.value) for keyword in node.keywords}
        return self.apply(node.func.id, args, named)

    def apply(self, name: str, args: list[Value], named: Mapping[str, Value]) -> Value:
        """The result of a function or a kernel."""
        self._charge(*args)
        if function := FUNCTIONS.get(name):
            if name in ("dot", "outer", "distinct", "set"):
                self.budget.spend(_count(args[0]) * _count(args[-1]))
            if function.irrational:
                self.budget.spend(ROUNDED_STEPS * _count(args[0]))
            return function.apply(*args)
        self.budget.spend(KERNEL_STEPS)
        return from_kernel(self.hook(kernels.get(name), args, named))

    def _charge(self, *values: Value) -> None:
        entries = sum(_count(value) for value in values)
        if entries > 2 * ENTRIES:
            raise Refusal(f"these are {entries:,} numbers; {ENTRIES:,} are allowed")
        self.budget.spend(entries)


def _count(value: Value) -> int:
    return sum(1 for _ in leaves(value)) if isinstance(value, tuple | Members) else 1


def _rank(value: Value) -> int:
    return 1 + max(map(_rank, value), default=0) if isinstance(value, tuple) else 0


def _compare(operator: ast.cmpop, left: Value, right: Value) -> Value:
    if isinstance(operator, ast.Eq):
        return equal(left, right)
    if isinstance(operator, ast.NotEq):
        return not equal(left, right)
    if isinstance(operator, ast.In | ast.NotIn):
        members = right.members if isinstance(right, Members) else right
        if not isinstance(members, tuple):
            raise Refusal(f"{describe(right)} is no vector and no set: nothing is in it")
        return any(equal(left, item) for item in members) == isinstance(operator, ast.In)
    test = _ORDERINGS[type(operator)]

    def ordered(a: Value, b: Value) -> bool:
        if not is_number(a) or not is_number(b):
            raise Refusal(f"{describe(a)} and {describe(b)} have no order")
        return test(compare(a, b))

    return each(ordered, left, right)
