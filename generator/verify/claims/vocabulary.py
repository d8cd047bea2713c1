"""The words of claims: functions, constants, distributions, and what each takes."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from generator.blocks import short
from generator.expression import Expression
from generator.problems import Problems, did_you_mean


@dataclass(frozen=True, slots=True)
class Function:
    """A function of claims, and how many arguments it takes."""

    name: str
    least: int
    most: int
    binds: bool = False
    """Whether its second argument is a variable of its own within the first, such as the index of a sum."""


def _functions(names: str, least: int, most: int | None = None, *, binds: bool = False) -> dict[str, Function]:
    return {name: Function(name, least, most or least, binds) for name in names.split()}


FUNCTIONS: Mapping[str, Function] = {
    **_functions("exp log log2 sqrt abs sign floor ceil factorial erf", 1),
    **_functions("sin cos tan sinh cosh tanh atan", 1),
    **_functions("sigmoid softplus relu gelu normal_cdf", 1),
    **_functions("comb delta dot outer", 2),
    **_functions("max min", 1, 12),
    **_functions("softmax logsumexp mean trace det inverse transpose diag identity ones", 1),
    **_functions("norm", 1, 2),
    **_functions("diff", 2, 3),
    **_functions("gradient jacobian hessian", 2),
    **_functions("at", 3),
    **_functions("taylor", 4),
    **_functions("expectation variance probability", 1),
    **_functions("covariance", 2),
    **_functions("sum product", 1, 4, binds=True),
    **_functions("integrate", 4, binds=True),
    **_functions("limit", 3, 4, binds=True),
    **_functions("vector", 3, binds=True),
}
COUNTS: Mapping[str, tuple[int, ...]] = {"sum": (1, 4), "product": (1, 4)}
"""The numbers of arguments where not all between the least and the most will do."""
CONSTANTS = ("pi", "oo")
DISTRIBUTIONS: Mapping[str, int] = {
    "bernoulli": 1,
    "binomial": 2,
    "poisson": 1,
    "categorical": 1,
    "normal": 2,
    "uniform": 2,
    "exponential": 1,
    "beta": 2,
    "random": 2,
}
"""Distribution -> how many parameters it has."""
SIDES = ("above", "below")
"""From where a limit is approached."""

OTHER_NAMES: Mapping[str, str] = {
    "Abs": "write  abs",
    "binomial": "a binomial coefficient is  comb(n, k); the distribution stands under symbols",
    "ceiling": "write  ceil",
    "inf": "write  oo",
    "ln": "write  log",
    "expect": "write  expectation",
    "E": "Euler's number is  exp(1), an expected value  expectation(x)",
    "e": "Euler's number is  exp(1)",
    "derivative": "write  diff(f, x)",
    "grad": "write  gradient(f, x)",
    "var": "write  variance(x)",
    "cov": "write  covariance(x, y)",
    "prod": "write  product",
    "simplify": "it is a way of proving: by: simplify",
    "matmul": "write  A @ B",
    "inv": "write  inverse(A)",
    "I": "write  identity(n)",
}
RESERVED = frozenset([*FUNCTIONS, *CONSTANTS])


def check(expression: Expression, names: Collection[str], called: Mapping[str, int], problems: Problems) -> bool:
    """Whether every name is known and every function gets what it takes; what is not is reported where it stands.

    Args:
        names: what may be read.
        called: the author's own functions, and how many arguments each takes.
    """
    found = Problems()
    _Checker(expression, called, found).visit(expression.tree, frozenset(names))
    problems.extend(found)
    return not len(found)


class _Checker:
    """Walks a tree with the names that are known at each spot; the trees are at most forty levels deep."""

    def __init__(self, expression: Expression, called: Mapping[str, int], problems: Problems) -> None:
        self.expression = expression
        self.called = called
        self.problems = problems

    def visit(self, node: ast.expr, names: frozenset[str]) -> None:
        if isinstance(node, ast.Name):
            self.name(node, names)
        elif isinstance(node, ast.Call):
            self.call(node, names)
        elif isinstance(node, ast.Constant):
            self.constant(node)
        elif isinstance(node, ast.Attribute):
            if node.attr != "T":
                self.refuse(node, f"there is no field {short(node.attr)} here", "the transpose of A is  A.T")
            self.visit(node.value, names)
        elif isinstance(node, ast.Set | ast.Slice):
            self.refuse(node, f"{'a set' if isinstance(node, ast.Set) else 'a slice'} has no place in a claim", "")
        elif isinstance(node, ast.Compare) and any(isinstance(op, ast.In | ast.NotIn | ast.NotEq) for op in node.ops):
            self.refuse(node, "claims compare with  ==  <  <=  >  >=", "")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            self.refuse(node, "%  has no place in a claim", "a - b*floor(a/b)  is the remainder")
        else:
            for child in _children(node):
                self.visit(child, names)

    def refuse(self, node: ast.AST, message: str, hint: str = "") -> None:
        self.problems.error(self.expression.place(node), message, hint)

    def name(self, node: ast.Name, names: frozenset[str]) -> None:
        if node.id in names or node.id in CONSTANTS:
            return
        if node.id in self.called or node.id in FUNCTIONS:
            hint = f"call it: {node.id}(…)"
        else:
            hint = OTHER_NAMES.get(node.id) or did_you_mean(node.id, {*names, *CONSTANTS})
        self.refuse(node, f"unknown name {short(node.id)}", hint or "declare it under  symbols  or  given")

    def constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.refuse(node, "a word has no place here", "only a limit takes one: 'above' or 'below'")
        elif node.value is None or isinstance(node.value, bool):
            self.refuse(node, f"{node.value} has no place in a claim")

    def call(self, node: ast.Call, names: frozenset[str]) -> None:
        assert isinstance(node.func, ast.Name)
        name, count = node.func.id, len(node.args)
        if node.keywords:
            self.refuse(node, f"{name} takes no named arguments")
        elif name in self.called:
            self.count(node, self.called[name], self.called[name])
        elif name in FUNCTIONS:
            function = FUNCTIONS[name]
            self.count(node, function.least, function.most)
            if function.binds and count > 1:
                self.bound(node, names)
                return
        else:
            hint = OTHER_NAMES.get(name) or did_you_mean(name, [*FUNCTIONS, *self.called])
            if name in DISTRIBUTIONS:
                hint = "a distribution stands under  symbols"
            self.refuse(node, f"there is no function {short(name)}", hint)
        for argument in node.args:
            self.visit(argument, names)

    def count(self, node: ast.Call, least: int, most: int) -> None:
        assert isinstance(node.func, ast.Name)
        name, count = node.func.id, len(node.args)
        if least <= count <= most and count in COUNTS.get(name, (count,)):
            return
        wanted = str(least) if least == most else " or ".join(map(str, COUNTS.get(name, ()))) or f"{least} to {most}"
        self.refuse(node, f"{name} takes {wanted} argument{'s' * (wanted != '1')}, here are {count}")

    def bound(self, node: ast.Call, names: frozenset[str]) -> None:
        """A function with a variable of its own: it is known in the first argument alone."""
        assert isinstance(node.func, ast.Name)
        name, variable = node.func.id, node.args[1]
        if not isinstance(variable, ast.Name):
            self.refuse(variable, f"the second argument of {name} is a variable", f"write  {name}(…, i, …)")
            return
        if variable.id in RESERVED or (name in ("sum", "product", "vector") and variable.id in names):
            self.refuse(variable, f"the name {variable.id} is taken", "give the index a name of its own")
        self.visit(node.args[0], names | {variable.id})
        rest = node.args[2:]
        if name == "limit" and len(rest) > 1:
            side = rest.pop()
            if not isinstance(side, ast.Constant) or side.value not in SIDES:
                self.refuse(side, "a limit is approached from 'above' or 'below'")
        for argument in rest:
            self.visit(argument, names)


def _children(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Subscript):
        return [node.value, *indices(node)]
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def indices(node: ast.Subscript) -> list[ast.expr]:
    """The indices of ``x[i]`` or ``A[i, j]``."""
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
