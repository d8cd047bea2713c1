"""Calls in claims as LaTeX: functions, sums, limits, derivatives, expected values."""

import ast
from collections.abc import Sequence

from generator.verify.claims.names import subscripted
from generator.verify.claims.spec import Claim
from generator.verify.claims.texbase import APPLIED, ATOM, OPERATED, POWER, PRODUCT, SUM, Piece, in_brackets, scripted

NAMED = {
    "log": r"\ln",
    "log2": r"\log_2",
    "sin": r"\sin",
    "cos": r"\cos",
    "tan": r"\tan",
    "sinh": r"\sinh",
    "cosh": r"\cosh",
    "tanh": r"\tanh",
    "atan": r"\arctan",
    "max": r"\max",
    "min": r"\min",
    "trace": r"\operatorname{tr}",
    "det": r"\det",
    "normal_cdf": r"\Phi",
    "variance": r"\operatorname{Var}",
    "covariance": r"\operatorname{Cov}",
}
"""Functions with a sign of their own; the others are written as upright words."""
BARE = frozenset("log log2 sin cos tan sinh cosh tanh atan".split())
"""Written without brackets before a single letter."""
BRACKETS = {
    "abs": r"\lvert %s \rvert",
    "floor": r"\lfloor %s \rfloor",
    "ceil": r"\lceil %s \rceil",
    "sqrt": r"\sqrt{%s}",
    "comb": r"\binom{%s}{%s}",
}


class Calls:
    """The part of the writer that knows functions."""

    claim: Claim

    def write(self, node: ast.expr, least: int) -> str:
        raise NotImplementedError

    def piece(self, node: ast.expr) -> Piece:
        raise NotImplementedError

    def name(self, name: str) -> str:
        raise NotImplementedError

    def stem(self, name: str) -> tuple[str, str]:
        raise NotImplementedError

    def arguments(self, nodes: Sequence[ast.expr]) -> str:
        raise NotImplementedError

    def _call(self, node: ast.Call) -> Piece:
        assert isinstance(node.func, ast.Name)
        name, args = node.func.id, node.args
        if name in self.claim.given:
            return f"{self.name(name)}{in_brackets(self.arguments(args))}", ATOM
        method = getattr(self, f"call_{name}", None)
        if method is not None:
            found: Piece = method(*args)
            return found
        if name in BRACKETS:
            return BRACKETS[name] % tuple(self.write(arg, SUM) for arg in args), ATOM
        sign = NAMED.get(name) or rf"\operatorname{{{name}}}"
        if name in BARE and self.piece(args[0])[1] == ATOM and not isinstance(args[0], ast.Call):
            return f"{sign} {self.write(args[0], ATOM)}", APPLIED
        return sign + in_brackets(self.arguments(args)), POWER if name in BARE else ATOM

    # Algebra

    def call_exp(self, argument: ast.expr) -> Piece:
        tex = self.write(argument, SUM)
        if any(mark in tex for mark in (r"\frac", r"\sum", r"\begin", "^{")):
            return r"\exp" + in_brackets(tex), ATOM
        return f"e^{{{tex}}}", POWER

    def call_factorial(self, argument: ast.expr) -> Piece:
        return f"{self.write(argument, ATOM)}!", POWER

    def call_sigmoid(self, argument: ast.expr) -> Piece:
        taken = "sigma" in {*self.claim.symbols, *self.claim.given}
        sign = r"\operatorname{sigmoid}" if taken else r"\sigma"
        return sign + in_brackets(self.write(argument, SUM)), ATOM

    def call_delta(self, first: ast.expr, second: ast.expr) -> Piece:
        pair = [self.write(first, SUM), self.write(second, SUM)]
        joint = "" if all(part.isalnum() and len(part) == 1 for part in pair) else ","
        return rf"\delta_{{{joint.join(pair)}}}", ATOM

    def call_dot(self, left: ast.expr, right: ast.expr) -> Piece:
        return f"{self.transposed(left)[0]} {self.write(right, PRODUCT)}", PRODUCT

    def call_outer(self, left: ast.expr, right: ast.expr) -> Piece:
        return f"{self.write(left, PRODUCT)} {self.transposed(right)[0]}", PRODUCT

    def call_transpose(self, argument: ast.expr) -> Piece:
        return self.transposed(argument)

    def call_inverse(self, argument: ast.expr) -> Piece:
        return scripted(self.write(argument, ATOM), "^", "-1"), POWER

    def transposed(self, argument: ast.expr) -> Piece:
        return scripted(self.write(argument, ATOM), "^", r"\top"), POWER

    def call_identity(self, size: ast.expr) -> Piece:
        return "I", ATOM

    def call_ones(self, size: ast.expr) -> Piece:
        return r"\mathbf{1}", ATOM

    def call_norm(self, argument: ast.expr, order: ast.expr | None = None) -> Piece:
        below = f"_{{{self.write(order, SUM)}}}" if order is not None else ""
        return rf"\lVert {self.write(argument, SUM)} \rVert{below}", ATOM

    def call_vector(self, entry: ast.expr, index: ast.expr, size: ast.expr) -> Piece:
        return f"{in_brackets(self.write(entry, SUM))}_{{{self.write(index, SUM)}}}", ATOM

    def call_expectation(self, argument: ast.expr) -> Piece:
        taken = "E" in {*self.claim.symbols, *self.claim.given}
        return (r"\mathbb{E}" if taken else "E") + in_brackets(self.write(argument, SUM), "[]"), ATOM

    def call_probability(self, condition: ast.expr) -> Piece:
        return "P" + in_brackets(self.write(condition, SUM - 1)), ATOM

    # Sums and analysis

    def _over(self, sign: str, args: Sequence[ast.expr], least: int) -> Piece:
        body, index, low, high = args
        ends = f"_{{{self.write(index, SUM)}={self.write(low, SUM)}}}^{{{self.write(high, SUM)}}}"
        return f"{sign}{ends} {self.write(body, least)}", OPERATED

    def call_sum(self, *args: ast.expr) -> Piece:
        return self._over(r"\sum", args, OPERATED) if len(args) > 1 else self._entries(r"\sum", args[0])

    def call_product(self, *args: ast.expr) -> Piece:
        return self._over(r"\prod", args, OPERATED) if len(args) > 1 else self._entries(r"\prod", args[0])

    def _entries(self, sign: str, argument: ast.expr) -> Piece:
        if isinstance(argument, ast.Name):
            return f"{sign}_i {subscripted(*self.stem(argument.id), 'i')}", OPERATED
        return f"{sign}_i {in_brackets(self.write(argument, SUM))}_i", OPERATED

    def call_integrate(self, body: ast.expr, variable: ast.expr, low: ast.expr, high: ast.expr) -> Piece:
        ends = f"_{{{self.write(low, SUM)}}}^{{{self.write(high, SUM)}}}"
        return rf"\int{ends} {self.write(body, OPERATED)} \, d{self.write(variable, ATOM)}", OPERATED

    def call_limit(self, body: ast.expr, variable: ast.expr, point: ast.expr, side: ast.expr | None = None) -> Piece:
        end = self.write(point, SUM)
        if isinstance(side, ast.Constant):
            end = scripted(end, "^", "+" if side.value == "above" else "-")
        below = rf"{self.write(variable, SUM)} \to {end}"
        return rf"\lim_{{{below}}} {self.write(body, OPERATED)}", OPERATED

    def call_diff(self, body: ast.expr, variable: ast.expr, order: ast.expr | None = None) -> Piece:
        d = "d" if isinstance(variable, ast.Name) and self._only(variable.id, body) else r"\partial"
        power = f"^{{{self.write(order, SUM)}}}" if order is not None else ""
        by = self.write(variable, ATOM)
        below = _apart(d, scripted(by, "^", self.write(order, SUM)) if order is not None else by)
        tex, binds = self.piece(body)
        if binds == ATOM and r"\left" not in tex and r"\begin" not in tex:
            return rf"\frac{{{d}{power}{'' if power else ' ' if d != 'd' else ''}{tex}}}{{{below}}}", POWER
        return rf"\frac{{{d}{power}}}{{{below}}} {self.write(body, APPLIED)}", OPERATED

    def _only(self, name: str, body: ast.expr) -> bool:
        """Whether the expression depends on no symbol but ``name``, through definitions too."""
        waiting, seen = [body], set()
        while waiting:
            for node in ast.walk(waiting.pop()):
                if not isinstance(node, ast.Name) or node.id in seen:
                    continue
                seen.add(node.id)
                if node.id in self.claim.given:
                    one = self.claim.given[node.id]
                    seen |= set(one.params)
                    waiting.append(one.body.tree)
        return not (seen & set(self.claim.symbols)) - {name}

    def call_gradient(self, body: ast.expr, variable: ast.expr) -> Piece:
        return rf"\nabla_{{{self.write(variable, SUM)}}} {self.write(body, APPLIED)}", OPERATED

    def call_hessian(self, body: ast.expr, variable: ast.expr) -> Piece:
        return rf"\nabla_{{{self.write(variable, SUM)}}}^{{2}} {self.write(body, APPLIED)}", OPERATED

    def call_jacobian(self, body: ast.expr, variable: ast.expr) -> Piece:
        tex, binds = self.piece(body)
        below = f"\\partial {self.write(variable, ATOM)}"
        if binds == ATOM:
            return rf"\frac{{\partial {tex}}}{{{below}}}", POWER
        return rf"\frac{{\partial}}{{{below}}} {self.write(body, APPLIED)}", OPERATED

    def call_at(self, body: ast.expr, variable: ast.expr, value: ast.expr) -> Piece:
        return rf"\left. {self.write(body, SUM)} \right|_{{{self.write(variable, SUM)} = {self.write(value, SUM)}}}", ATOM

    def call_taylor(self, body: ast.expr, variable: ast.expr, point: ast.expr, order: ast.expr) -> Piece:
        below = f"{self.write(variable, SUM)} = {self.write(point, SUM)}"
        return rf"T_{{{self.write(order, SUM)}}}\left[{self.write(body, SUM)}\right]_{{{below}}}", ATOM


def _apart(command: str, tex: str) -> str:
    """A differential: ``dx``, ``\\partial x``."""
    return f"{command}{tex}" if command == "d" else f"{command} {tex}"
