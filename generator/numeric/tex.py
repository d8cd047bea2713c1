"""An expression as TeX with the numbers of one variant in it: the left side of what stands under *Given*."""

import ast
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from generator.numeric import formats, typeset
from generator.numeric.formats import render
from generator.numeric.point import Point
from generator.numeric.spec import Given
from generator.numeric.values import Refusal
from generator.tokens import INTERPOLATION

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly an expression binds."""
GREEK = frozenset(
    """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    """.split()
)
SPELT = {"eps": r"\varepsilon", "lam": r"\lambda"}
FUNCTIONS: Mapping[str, str] = {
    "log": r"\ln",
    "log2": r"\log_2",
    "log10": r"\log_{10}",
    "tanh": r"\tanh",
    "normal_cdf": r"\Phi",
    "max": r"\max",
    "min": r"\min",
}


class _NoTex(Exception):
    """The expression has no usual notation."""


def name_tex(name: str) -> str:
    """A name as a formula would write it.

    >>> name_tex("sigma2"), name_tex("prior"), name_tex("x_1")
    ('\\\\sigma_{2}', '\\\\text{prior}', 'x_{1}')
    """
    match = re.fullmatch(r"([A-Za-z]+?)(?:_?(\d+)|_([A-Za-z]))?", name)
    if match and (len(match[1]) == 1 or match[1] in GREEK or match[1] in SPELT):
        stem = SPELT.get(match[1]) or (f"\\{match[1]}" if match[1] in GREEK else match[1])
        index = match[2] or match[3]
        return f"{stem}_{{{index}}}" if index else stem
    return typeset.word(name).tex


def given_label(given: Given, point: Point) -> str:
    """What stands before a given value: the author's label, or the expression with this variant's numbers."""
    if given.label:
        return INTERPOLATION.sub(lambda match: _interpolated(match[1], point), given.label)
    tree: ast.expr = given.expression.tree
    if isinstance(tree, ast.Name):
        lets = {let.name: let.expression.tree for let in point.spec.lets}
        if tree.id not in lets:
            return name_tex(tree.id)
        try:
            return _Writer(point).write(lets[tree.id], SUM)
        except _NoTex:
            return name_tex(tree.id)
    try:
        return _Writer(point).write(tree, SUM)
    except _NoTex:
        return typeset.word(given.expression.text).tex


def _interpolated(reference: str, point: Point) -> str:
    name, _, form = reference.partition(":")
    return render(point.name(name.strip()), formats.read(form)).shown.tex


class _Writer:
    """Writes an expression; numbers stand for the names that have exact ones."""

    def __init__(self, point: Point) -> None:
        self.point = point

    def write(self, node: ast.expr, least: int) -> str:
        """The TeX of ``node``, in parentheses where it binds less tightly than ``least``."""
        method: Callable[[ast.expr], tuple[str, int]] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise _NoTex
        tex, binds = method(node)
        return tex if binds >= least else f"\\left({tex}\\right)"

    def _constant(self, node: ast.Constant) -> tuple[str, int]:
        if not isinstance(node.value, Fraction):
            raise _NoTex
        return self._number(node.value)

    def _number(self, value: Fraction) -> tuple[str, int]:
        try:
            tex = render(value, formats.read("")).shown.tex
        except Refusal:
            tex = render(value, formats.read("frac")).shown.tex
        return tex, SIGN if value < 0 else PRODUCT if "times" in tex else ATOM

    def _name(self, node: ast.Name) -> tuple[str, int]:
        value = self.point.values.get(node.id)
        return self._number(value) if isinstance(value, Fraction) else (name_tex(node.id), ATOM)

    def _subscript(self, node: ast.Subscript) -> tuple[str, int]:
        if not isinstance(node.value, ast.Name) or not isinstance(node.slice, ast.Constant):
            raise _NoTex
        vector, index = self.point.values.get(node.value.id), node.slice.value
        if isinstance(vector, tuple) and isinstance(index, Fraction) and isinstance(entry := vector[int(index)], Fraction):
            return self._number(entry)
        raise _NoTex

    def _unaryop(self, node: ast.UnaryOp) -> tuple[str, int]:
        if not isinstance(node.op, ast.USub):
            raise _NoTex
        return f"-{self.write(node.operand, POWER)}", SIGN

    def _binop(self, node: ast.BinOp) -> tuple[str, int]:
        if isinstance(node.op, ast.Add | ast.Sub):
            sign = "+" if isinstance(node.op, ast.Add) else "-"
            right = self.write(node.right, PRODUCT)
            if right.startswith("-"):
                right = f"\\left({right}\\right)"
            return f"{self.write(node.left, SUM)} {sign} {right}", SUM
        if isinstance(node.op, ast.Mult):
            return f"{self.write(node.left, PRODUCT)} \\cdot {self.write(node.right, POWER)}", PRODUCT
        if isinstance(node.op, ast.Div):
            return f"\\frac{{{self.write(node.left, SUM)}}}{{{self.write(node.right, SUM)}}}", POWER
        if isinstance(node.op, ast.Pow):
            return f"{self.write(node.left, ATOM)}^{{{self.write(node.right, SUM)}}}", POWER
        raise _NoTex

    def _call(self, node: ast.Call) -> tuple[str, int]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        args = [self.write(arg, SUM) for arg in node.args]
        if name in FUNCTIONS:
            return f"{FUNCTIONS[name]}\\left({', '.join(args)}\\right)", POWER
        patterns: dict[str, tuple[str, int]] = {
            "sqrt": ("\\sqrt{%s}", ATOM),
            "exp": ("e^{%s}", POWER),
            "abs": ("\\left\\lvert %s \\right\\rvert", ATOM),
            "comb": ("\\binom{%s}{%s}", ATOM),
            "floor": ("\\left\\lfloor %s \\right\\rfloor", ATOM),
            "ceil": ("\\left\\lceil %s \\right\\rceil", ATOM),
        }
        if name not in patterns:
            raise _NoTex
        pattern, binds = patterns[name]
        return pattern % tuple(args), binds
