"""Derivatives, limits and Taylor polynomials, entry by entry."""

import sympy

from generator.verify.claims.values import Expr, Refusal, Value, both, each, entries, shape


def variable(value: Value, what: str) -> Expr:
    """The symbol that ``value`` is."""
    if not isinstance(value, sympy.Symbol):
        raise Refusal(
            f"{what} goes by a symbol, or by an entry of one", "what is defined under  given  is none: use a function of a symbol"
        )
    return value


def _symbols(value: Value, what: str) -> Value:
    return each(lambda leaf: variable(leaf, what), value)


def gradient(body: Expr, symbols: Value) -> Value:
    """The derivatives of a number, in the shape of the symbols."""
    if not shape(symbols):
        raise Refusal("gradient goes by a vector or a matrix", "by a number it is  diff(f, x)")
    leaves = [leaf for _, leaf in entries(symbols)]
    if len(set(leaves)) < len(leaves):
        raise Refusal("gradient goes by independent entries", "declare a matrix without  symmetric  or  definite")
    return each(lambda symbol: sympy.diff(body, symbol), _symbols(symbols, "gradient"))


def jacobian(body: Value, symbols: Value) -> Value:
    """The derivatives of each entry of ``body`` (rows) by each of ``symbols`` (columns)."""
    if not shape(body) or not shape(symbols):
        raise Refusal("jacobian takes a vector and goes by a vector")
    return each(lambda leaf: gradient(leaf, symbols), body)


def at(body: Value, symbols: Value, value: Value) -> Value:
    """``body`` with ``value`` in the place of ``symbols``."""
    pairs: dict[Expr, Expr] = {}

    def put(symbol: Expr, new: Expr) -> Expr:
        pairs[variable(symbol, "at")] = new
        return new

    if shape(symbols) != shape(value) and shape(value):
        raise Refusal("the shapes differ")
    both(put, symbols, value)
    return each(lambda leaf: leaf.subs(pairs, simultaneous=True), body)


def limit(body: Expr, x: Expr, end: Expr, sign: str) -> Expr:
    """The limit, not yet computed. At infinity there is one side."""
    return sympy.Limit(body, x, end, dir="-" if end == sympy.oo else "+" if end == -sympy.oo else sign)


def taylor(body: Expr, x: Expr, point: Expr, order: Expr) -> Expr:
    """The Taylor polynomial of ``body`` in ``x`` about ``point``."""
    if not order.is_Integer or not 0 <= order <= 12:
        raise Refusal("a Taylor polynomial has an order from 0 to 12")
    terms, derivative = [], body
    for k in range(int(order) + 1):
        terms.append(derivative.subs(x, point) * (x - point) ** k / sympy.factorial(k))
        derivative = sympy.diff(derivative, x)
    return sympy.Add(*terms)
