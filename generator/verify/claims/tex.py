"""A claim as LaTeX: the very expression that was shown, in the author's own order."""

import ast
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from generator.expression import Expression
from generator.verify.claims.names import split_name, subscripted
from generator.verify.claims.ranks import rank
from generator.verify.claims.spec import Claim, Definition, Statement
from generator.verify.claims.texbase import (
    APPLIED,
    ATOM,
    ENTRYWISE,
    OPERATED,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Piece,
    bears,
    in_brackets,
)
from generator.verify.claims.texcalls import Calls
from generator.verify.claims.vocabulary import indices

RELATIONS = {ast.Eq: "=", ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge"}
NEW_ROW = r" \\ "


def statement_tex(claim: Claim, statement: Statement) -> str:
    """The statement, side by side."""
    return _Writer(claim, statement.expression).write(statement.tree, SUM - 1)


def definition_tex(claim: Claim, definition: Definition) -> str:
    """A definition of the claim: ``s = softmax(z)``, ``f(x) = …``; of a sequence, its rule."""
    writer = _Writer(claim, definition.body)
    name = writer.name(definition.name)
    if definition.style == "function":
        name += f"({', '.join(map(writer.name, definition.params))})"
    elif definition.style == "sequence":
        name = subscripted(*writer.stem(definition.name), *map(writer.name, definition.params))
    return f"{name} = {writer.write(definition.body.tree, SUM)}"


class _Writer(Calls):
    """Writes one expression; each method returns TeX and how tightly it binds."""

    def __init__(self, claim: Claim, expression: Expression) -> None:
        self.claim = claim
        self.expression = expression

    def write(self, node: ast.expr, least: int) -> str:
        """The TeX of ``node``, in brackets where it binds less tightly than ``least``."""
        tex, binds = self.piece(node)
        return tex if binds >= least else in_brackets(tex)

    def piece(self, node: ast.expr) -> Piece:
        method: Callable[[ast.expr], Piece] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    def rank(self, node: ast.expr) -> int:
        return rank(node, self.claim)

    def stem(self, name: str) -> tuple[str, str]:
        return (self.claim.tex[name], "") if name in self.claim.tex else split_name(name)

    def name(self, name: str) -> str:
        return subscripted(*self.stem(name))

    def _name(self, node: ast.Name) -> Piece:
        known = {"pi": r"\pi", "oo": r"\infty"}
        return known.get(node.id) or self.name(node.id), ATOM

    def _constant(self, node: ast.Constant) -> Piece:
        if not isinstance(node.value, Fraction):
            return str(node.value), ATOM
        text = self.expression.text[node.col_offset : node.end_col_offset]
        match = re.fullmatch(r"([\d.]+)[eE]\+?(-?\d+)", text)
        if match:
            power = f"10^{{{int(match[2])}}}"
            return (power, POWER) if match[1] == "1" else (rf"{match[1]} \cdot {power}", PRODUCT)
        return text, ATOM

    def _compare(self, node: ast.Compare) -> Piece:
        parts = [self.write(node.left, SUM)]
        for op, side in zip(node.ops, node.comparators, strict=True):
            parts += [RELATIONS[type(op)], self.write(side, SUM)]
        return " ".join(parts), SUM - 1

    def _boolop(self, node: ast.BoolOp) -> Piece:
        word = r" \text{ and } " if isinstance(node.op, ast.And) else r" \text{ or } "
        return word.join(self.write(part, SUM - 1) for part in node.values), SUM - 1

    def _unaryop(self, node: ast.UnaryOp) -> Piece:
        if isinstance(node.op, ast.Not):
            return rf"\text{{not }} {self.write(node.operand, SUM)}", SUM - 1
        sign = "-" if isinstance(node.op, ast.USub) else "+"
        return sign + self.write(node.operand, PRODUCT), SIGNED

    def _ifexp(self, node: ast.IfExp) -> Piece:
        rows, rest = [], node
        while isinstance(rest, ast.IfExp):
            rows.append(rf"{self.write(rest.body, SUM)} & \text{{if }} {self.write(rest.test, SUM - 1)}")
            rest = rest.orelse  # type: ignore[assignment]
        rows.append(rf"{self.write(rest, SUM)} & \text{{otherwise}}")
        return rf"\begin{{cases}} {NEW_ROW.join(rows)} \end{{cases}}", ATOM

    def _list(self, node: ast.List) -> Piece:
        rows = [
            " & ".join(self.write(entry, SUM) for entry in row.elts) if isinstance(row, ast.List) else self.write(row, SUM)
            for row in node.elts
        ]
        return rf"\begin{{pmatrix}} {NEW_ROW.join(rows)} \end{{pmatrix}}", ATOM

    def _attribute(self, node: ast.Attribute) -> Piece:
        return self.transposed(node.value)

    def _subscript(self, node: ast.Subscript) -> Piece:
        below = [self.write(index, SUM) for index in indices(node)]
        if isinstance(node.value, ast.Name):
            return subscripted(*self.stem(node.value.id), *below), ATOM
        tex, binds = self.piece(node.value)
        return subscripted(tex if binds == ATOM else in_brackets(tex), "", *below), ATOM

    def _binop(self, node: ast.BinOp) -> Piece:
        if isinstance(node.op, ast.Add | ast.Sub):
            sign = "+" if isinstance(node.op, ast.Add) else "-"
            right, binds = self.piece(node.right)
            if binds == SIGNED or (binds == SUM and sign == "-"):
                right = in_brackets(right)
            return f"{self.write(node.left, SUM)} {sign} {right}", SUM
        if isinstance(node.op, ast.Div):
            if isinstance(node.left, ast.UnaryOp) and isinstance(node.left.op, ast.USub):  # the minus before the bar
                return rf"-\frac{{{self.write(node.left.operand, SUM)}}}{{{self.write(node.right, SUM)}}}", SIGNED
            return rf"\frac{{{self.write(node.left, SUM)}}}{{{self.write(node.right, SUM)}}}", POWER
        if isinstance(node.op, ast.FloorDiv):
            quotient = rf"\frac{{{self.write(node.left, SUM)}}}{{{self.write(node.right, SUM)}}}"
            return rf"\left\lfloor {quotient} \right\rfloor", ATOM
        return self._power(node) if isinstance(node.op, ast.Pow) else self._product(node)

    def _power(self, node: ast.BinOp) -> Piece:
        exponent = self.inline(node.right)
        base, binds = self.piece(node.left)
        if binds < ATOM or base.startswith(r"\frac") or bears(base, "^"):
            base = in_brackets(base)
        return f"{base}^{{{exponent}}}", POWER

    def inline(self, node: ast.expr) -> str:
        """An exponent, with its quotients on one line."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return f"{self.write(node.left, PRODUCT)}/{self.write(node.right, POWER)}"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return f"-{self.inline(node.operand)}" if not isinstance(node.operand, ast.BinOp) else self.write(node, SUM)
        return self.write(node, SUM)

    def _product(self, node: ast.BinOp) -> Piece:
        entrywise = isinstance(node.op, ast.Mult) and self.rank(node.left) == self.rank(node.right) > 0
        left, left_binds = self.piece(node.left)
        right, right_binds = self.piece(node.right)
        least = ENTRYWISE if entrywise else PRODUCT
        scaled = isinstance(node.op, ast.Mult)
        if left_binds < SIGNED or SIGNED < left_binds < least or (scaled and _is_dot(node.left)):
            left = in_brackets(left)
        if right_binds < OPERATED or (scaled and _is_dot(node.right) and self.rank(node.left) > 0):
            right = in_brackets(right)
        joint = self._joint(left, right, node, entrywise)
        return f"{left}{joint}{right}", SIGNED if left_binds == SIGNED else OPERATED if right_binds == OPERATED else least

    def _joint(self, left: str, right: str, node: ast.BinOp, entrywise: bool) -> str:
        if entrywise:
            return r" \odot "
        inner: ast.expr = node.left
        while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult | ast.MatMult):
            inner = inner.right
        bare = self.piece(inner)[1] == APPLIED
        number = right[:1].isdigit() or right.startswith(r"10^")
        return r" \cdot " if number or bare else r" \, " if _words(left, right) else " "

    def arguments(self, nodes: Sequence[ast.expr]) -> str:
        return ", ".join(self.write(node, SUM) for node in nodes)


def _is_dot(node: ast.expr) -> bool:
    """Whether the expression is written as a row times a column, which brackets keep together beside another factor."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("dot", "outer")
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)


def _words(left: str, right: str) -> bool:
    """Whether two factors would run into one another: upright words, and a letter before a bracket."""
    return (left.endswith("}") and r"\mathrm" in left[-30:]) or right.startswith(r"\mathrm")
