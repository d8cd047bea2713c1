"""Proofs that an expression is zero."""

from collections.abc import Callable, Iterator

import sympy
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from generator.verify.claims.domains import Space
from generator.verify.claims.values import Expr

MOST_WAYS = 8
"""So many combinations of ends and insides of intervals are gone through."""
DEEPEST = 6
"""Signs that are told apart one inside the other."""
SWITCHES = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside, sympy.Piecewise)
Prover = Callable[[Expr], bool]


def plain(expression: Expr) -> Expr:
    """One way of writing for what has several: hyperbolic functions as exponentials, radicands in lowest terms."""
    found = expression.replace(lambda e: isinstance(e, HyperbolicFunction), lambda e: e.rewrite(sympy.exp))
    return found.replace(
        lambda e: e.is_Pow and e.exp.is_Rational and not e.exp.is_Integer and not e.base.is_Number,
        lambda e: sympy.cancel(e.base) ** e.exp if e.base.is_rational_function() else e,
    )


def by_expansion(difference: Expr) -> bool:
    """Multiply out over one denominator; square roots are reduced by their squares."""
    found = sympy.expand(plain(difference))
    if found == 0:
        return True
    found, roots = _without_roots(found)
    top = sympy.expand(sympy.numer(sympy.together(found)))
    for symbol, radicand in roots:
        if top.is_polynomial(symbol):
            top = sympy.rem(top, symbol**2 - radicand, symbol) if top.has(symbol) else top
            top = sympy.expand(sympy.numer(sympy.together(top)))
    return bool(top == 0)


def _without_roots(expression: Expr) -> tuple[Expr, list[tuple[Expr, Expr]]]:
    """Every square root as a symbol, with its radicand."""
    roots: dict[Expr, Expr] = {}

    def put(power: Expr) -> Expr:
        symbol = roots.setdefault(power.base, sympy.Dummy("r", positive=True))
        return power.base ** ((power.exp.p - 1) // 2) * symbol

    found = expression.replace(lambda e: e.is_Pow and e.exp.is_Rational and e.exp.q == 2 and not e.base.is_Number, put)
    return found, [(symbol, radicand) for radicand, symbol in roots.items()]


def by_simplification(difference: Expr) -> bool:
    """sympy's simplification, and its own test for zero, which proves what it affirms."""
    if sympy.simplify(difference) == 0:
        return True
    expanded = sympy.expand_func(sympy.expand_log(plain(difference)))
    return bool(sympy.simplify(expanded) == 0) or bool(sympy.simplify(sympy.piecewise_fold(sympy.gammasimp(expanded))) == 0)


def ways(expression: Expr, space: Space) -> Iterator[Expr]:
    """The expression with free parameters for its symbols, once for each combination of insides and ends.

    Later symbols are replaced first: their ends may be written with earlier ones.
    """
    found = [expression]
    for group in reversed(space.groups):
        if any(one.has(*group.symbols) for one in found):
            options = group.parameters()
            found = [one.subs(option, simultaneous=True) for one in found for option in options][: MOST_WAYS + 1]
    if len(found) <= MOST_WAYS:
        yield from found


def everywhere(expression: Expr, space: Space, prover: Prover) -> bool:
    """Whether ``prover`` succeeds with free parameters in the place of the symbols, in every way."""
    found = list(ways(expression, space))
    return bool(found) and found != [expression] and all(map(prover, found))


def by_cases(expression: Expr, prover: Prover, depth: int = DEEPEST) -> bool:
    """Tell signs apart, inside absolute values, maxima and conditions, until none is left."""
    switch = next((s for s in map(_switch, sympy.preorder_traversal(expression)) if s is not None), None)
    if switch is None:
        return depth < DEEPEST and prover(expression)
    solved = _solved(switch)
    if solved is None or depth == 0:
        return False
    symbol, coefficient, rest = solved
    above = sympy.Dummy("t", positive=True)
    return all(
        by_cases(expression.subs(symbol, (side - rest) / coefficient), prover, depth - 1)
        for side in (above, -above, sympy.Integer(0))
    )


def _switch(node: Expr) -> Expr | None:
    """The number whose sign decides what a part of an expression is."""
    if not isinstance(node, SWITCHES):
        return None
    if isinstance(node, sympy.Max | sympy.Min):
        return node.args[0] - node.args[1]
    if isinstance(node, sympy.Piecewise):
        relations = sorted(node.atoms(sympy.core.relational.Relational), key=str)
        return relations[0].lhs - relations[0].rhs if relations else None
    return node.args[0]


def _solved(switch: Expr) -> tuple[Expr, Expr, Expr] | None:
    """A symbol in which the switch is linear, its coefficient (a number other than 0) and the rest."""
    expanded = sympy.expand(switch)
    for symbol in sorted(expanded.free_symbols, key=str):
        coefficient = expanded.coeff(symbol)
        rest = sympy.expand(expanded - coefficient * symbol)
        if coefficient.is_Number and coefficient != 0 and not rest.has(symbol):
            return symbol, coefficient, rest
    return None


def by_derivatives(difference: Expr) -> bool:
    """All derivatives vanish, and so does the difference at one point."""
    symbols = sorted(difference.free_symbols, key=str)
    if not symbols or not all(_zero(sympy.diff(difference, symbol)) for symbol in symbols):
        return False
    at = {
        symbol: sympy.Integer(1) if symbol.is_positive is not False and symbol.is_nonzero is not False else sympy.Integer(0)
        for symbol in symbols
    }
    return _zero(difference.subs(at, simultaneous=True))


def _zero(expression: Expr) -> bool:
    return by_expansion(expression) or by_simplification(expression)
