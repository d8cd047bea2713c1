"""Proofs that an expression is nowhere negative, or everywhere positive."""

from collections.abc import Callable, Iterator
from itertools import combinations

import sympy

from generator.verify.claims import equality
from generator.verify.claims.domains import Domain, Space
from generator.verify.claims.values import Expr

LARGEST_FORM = 5
"""Variables of a quadratic form."""
SMOOTH = (sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.atan, sympy.erf)
"""Functions without poles, jumps and edges, a logarithm's apart."""


def known(expression: Expr, strict: bool) -> bool:
    """Whether sympy's assumptions tell the sign."""
    return bool(expression.is_positive if strict else expression.is_nonnegative)


def by_signs(expression: Expr, strict: bool) -> bool:
    """Over one denominator, factored or multiplied out, every part has a known sign."""
    found = equality.plain(expression)
    if known(found, strict):
        return True
    top, bottom = _fraction(found)
    if top == 0:
        return not strict
    if not known(bottom, True):
        return False
    if known(sympy.factor(top), strict):
        return True
    terms = sympy.Add.make_args(sympy.expand(top))
    return all(known(term, False) for term in terms) and (not strict or any(known(term, True) for term in terms))


def _fraction(expression: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator, the denominator positive if that can be had."""
    top, bottom = sympy.fraction(sympy.together(sympy.expand(expression)))
    bottom = sympy.factor(bottom)
    return (-top, -bottom) if bottom.is_negative else (top, bottom)


def by_squares(expression: Expr, strict: bool, depth: int = 2) -> bool:
    """A quadratic form in some of the variables whose matrix has no negative principal minor: a sum of squares."""
    if by_signs(expression, strict):
        return True
    if depth == 0:
        return False
    top, bottom = _fraction(equality.plain(expression))
    if not known(bottom, True):
        return False
    top = sympy.expand(top)
    return any(_definite(top, variables, strict, depth) for variables in _choices(top))


def _choices(top: Expr) -> Iterator[list[Expr]]:
    """Variables in which the polynomial may be quadratic: all, those of one vector, each alone."""
    real = [symbol for symbol in sorted(top.free_symbols, key=str) if symbol.is_real]
    families = {str(symbol).split("[")[0] for symbol in real}
    yield real
    for family in sorted(families):
        yield [symbol for symbol in real if str(symbol).split("[")[0] == family]
    for symbol in real:
        yield [symbol]


def _definite(top: Expr, variables: list[Expr], strict: bool, depth: int) -> bool:
    if not variables or len(variables) > LARGEST_FORM or not top.is_polynomial(*variables):
        return False
    polynomial = sympy.Poly(top, *variables)
    if polynomial.total_degree() != 2:
        return False
    hessian = sympy.hessian(top, variables) / 2
    linear = sympy.Matrix([sympy.diff(top, v).subs(dict.fromkeys(variables, 0)) / 2 for v in variables])
    constant = top.subs(dict.fromkeys(variables, 0))
    form = hessian
    if constant != 0 or any(linear):
        form = sympy.Matrix([[constant, *linear]]).col_join(linear.row_join(hessian))
    elif strict:
        return False  # a form without a constant vanishes at 0
    size = form.rows
    if strict:  # Sylvester's criterion
        minors = [form[:k, :k].det(method="berkowitz") for k in range(1, size + 1)]
    else:
        chosen = [subset for k in range(1, size + 1) for subset in combinations(range(size), k)]
        minors = [form.extract(list(subset), list(subset)).det(method="berkowitz") for subset in chosen]
    return all(by_squares(sympy.expand(minor), strict, depth - 1) for minor in minors)


def by_alternatives(expression: Expr, prover: Callable[[Expr], bool], depth: int = 6) -> bool:
    """An absolute value is its argument or the opposite, a maximum is one of its arguments: each will do."""
    found = next(
        (node for node in sympy.preorder_traversal(expression) if isinstance(node, sympy.Abs | sympy.Max | sympy.Min)), None
    )
    if found is None:
        return depth < 6 and prover(expression)
    options = (found.args[0], -found.args[0]) if isinstance(found, sympy.Abs) else found.args
    return depth > 0 and all(by_alternatives(expression.xreplace({found: option}), prover, depth - 1) for option in options)


def by_derivatives(expression: Expr, strict: bool, space: Space) -> bool:
    """In one of the variables convex with its minimum known, monotone from a known end, or concave between known ends."""
    if not smooth(expression, space):
        return False
    for symbol in sorted(expression.free_symbols, key=str):
        domain = _domain(symbol, space)
        if domain is None or domain.whole:
            continue
        slope = sympy.diff(expression, symbol)
        if any(way(expression, slope, domain, strict, space) for way in (_convex, _monotone, _concave)):
            return True
    return False


def _domain(symbol: Expr, space: Space) -> Domain | None:
    """Where a symbol lives; a free parameter, wherever its assumptions allow."""
    if symbol in space.domains or not isinstance(symbol, sympy.Dummy):
        return space.domains.get(symbol)
    if symbol.is_integer or not symbol.is_real:
        return None
    low = sympy.Integer(0) if symbol.is_nonnegative else -sympy.oo
    return Domain(symbol, frozenset(), low, low_closed=not symbol.is_positive)


def smooth(expression: Expr, space: Space) -> bool:
    """Whether the expression is differentiable wherever the symbols may be: no pole, no jump, no edge."""
    return all(_smooth(way) for way in equality.ways(expression, space))


def _smooth(expression: Expr) -> bool:
    for node in sympy.preorder_traversal(expression):
        if node.is_Function and not isinstance(node, SMOOTH):
            return False
        inner = node.args[0] if isinstance(node, sympy.log) or (node.is_Pow and not node.exp.is_nonnegative) else None
        root = node.is_Pow and not node.exp.is_integer
        if inner is None and root and node.base != sympy.E:
            inner = node.base
        if inner is None or inner.is_positive:
            continue
        nonzero = node.is_Pow and not root and (inner.is_nonzero or by_signs(-inner, True))
        if not (nonzero or by_signs(inner, True)):
            return False
    return True


def nonnegative(expression: Expr, space: Space, strict: bool = False) -> bool:
    """By signs or squares, with free parameters in the place of the symbols."""
    ways = list(equality.ways(sympy.simplify(expression), space))
    return bool(ways) and all(by_squares(way, strict) for way in ways)


def _zero(expression: Expr) -> bool:
    return equality.by_expansion(expression) or equality.by_simplification(expression)


def _convex(expression: Expr, slope: Expr, domain: Domain, strict: bool, space: Space) -> bool:
    """Convex, or falling and then rising, with its minimum at a point where it is not negative."""
    for point in _candidates(expression, domain, space):
        at = expression.subs(domain.symbol, point)
        if not _zero(slope.subs(domain.symbol, point)):
            continue
        if not (nonnegative(at, space, True) if strict else _zero(at) or nonnegative(at, space)):
            continue
        further = sympy.Dummy("t", positive=True)
        sides = ((sign * slope).subs(domain.symbol, point + sign * further) for sign in (1, -1))
        return nonnegative(sympy.diff(slope, domain.symbol), space) or all(nonnegative(side, space) for side in sides)
    return False


def _concave(expression: Expr, slope: Expr, domain: Domain, strict: bool, space: Space) -> bool:
    """Bending down between two ends at which it is not negative."""
    if strict or not (domain.low.is_finite and domain.high.is_finite):
        return False
    ends = [sympy.limit(expression, domain.symbol, end, sign) for end, sign in ((domain.low, "+"), (domain.high, "-"))]
    if not all(end.is_finite is not False and (_zero(end) or nonnegative(end, space)) for end in ends):
        return False
    return nonnegative(-sympy.diff(slope, domain.symbol), space)


def _candidates(expression: Expr, domain: Domain, space: Space) -> Iterator[Expr]:
    """Points of the domain where the minimum may lie: round numbers, and other symbols of the same domain."""
    for point in map(sympy.Rational, (0, 1, "1/2", -1)):
        above = domain.low < point or (domain.low_closed and domain.low == point)
        below = point < domain.high or (domain.high_closed and domain.high == point)
        if above == True and below == True:  # noqa: E712 - neither may be a condition that is still open
            yield point
    for symbol in sorted(expression.free_symbols - {domain.symbol}, key=str):
        other = space.domains.get(symbol)
        same = ("low", "high", "low_closed", "high_closed")
        if other and all(getattr(other, name) == getattr(domain, name) for name in same):
            yield symbol


def _monotone(expression: Expr, slope: Expr, domain: Domain, strict: bool, space: Space) -> bool:
    """Rising from its lower end, or falling towards its upper end, where it is not negative.

    An end that does not belong to the domain serves for a strict inequality too if the slope is nowhere zero.
    """
    for end, closed, sign in ((domain.low, domain.low_closed, 1), (domain.high, domain.high_closed, -1)):
        start = sympy.limit(expression, domain.symbol, end, "+" if sign > 0 else "-")
        if start.has(sympy.Limit, sympy.nan, sympy.zoo):
            continue
        positive = start == sympy.oo or (start.is_finite is not False and nonnegative(start, space, True))
        enough = positive or (start.is_finite is not False and (_zero(start) or nonnegative(start, space)))
        if not enough or (strict and closed and not positive):
            continue
        if nonnegative(sign * slope, space, strict and not positive):
            return True
    return False
