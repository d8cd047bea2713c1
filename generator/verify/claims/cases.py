"""The cases of a claim: its ranges, written out. ``n: 2..3`` and ``i: 1..n`` make five of them."""

import ast
from collections.abc import Iterator, Mapping
from fractions import Fraction

from generator.expression import Expression
from generator.problems import Failure
from generator.verify.claims.spec import Symbol

MOST = 200
"""Cases of one claim."""
LARGEST = 10_000
"""The largest end of a range."""
Case = Mapping[str, int]
"""The value of every range."""


def cases(symbols: Mapping[str, Symbol]) -> list[Case]:
    """Every combination of values of the ranges, in order.

    Raises:
        Failure: an end is no whole number, or there are too many combinations.
    """
    found = list(_cases([symbol for symbol in symbols.values() if symbol.shape == "range"], {}))
    if not found:
        place = next(symbol.place for symbol in symbols.values() if symbol.shape == "range")
        raise Failure.at(place, "the ranges have no case in common", "the end of a range is not below its beginning")
    return found


def _cases(ranges: list[Symbol], chosen: Case) -> Iterator[Case]:
    if not ranges:
        yield chosen
        return
    symbol, *rest = ranges
    assert symbol.interval is not None
    low, high = (_whole(end, chosen) for end in (symbol.interval.low, symbol.interval.high))
    if high - low >= MOST:
        raise Failure.at(
            symbol.place, f"the range {symbol.name} has more than {MOST} values", "take fewer: each of them is a proof"
        )
    count = 0
    for value in range(low, high + 1):
        for case in _cases(rest, {**chosen, symbol.name: value}):
            count += 1
            if count > MOST:
                raise Failure.at(symbol.place, f"the ranges make more than {MOST} cases", "take smaller ones: each case is a proof")
            yield case


def _whole(expression: Expression, known: Case) -> int:
    try:
        value = _value(expression.tree, known)
    except (ValueError, KeyError):
        hint = "whole numbers, other ranges declared above, and + - * between them; oo belongs to a sum or a limit"
        raise Failure.at(expression.place(), "this is no end of a range", hint) from None
    if abs(value) > LARGEST:
        raise Failure.at(expression.place(), f"the end of a range is beyond {LARGEST:,}")
    return value


def _value(node: ast.expr, known: Case) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, Fraction) and node.value.denominator == 1:
        value = node.value.numerator
    elif isinstance(node, ast.Name):
        value = known[node.id]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = -_value(node.operand, known)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv):
        left, right = _value(node.left, known), _value(node.right, known)
        if isinstance(node.op, ast.FloorDiv) and right == 0:
            raise ValueError
        sums = {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}
        value = left // right if isinstance(node.op, ast.FloorDiv) else sums[type(node.op)]
    else:
        raise ValueError
    if abs(value) > LARGEST:
        raise ValueError
    return value


def described(symbols: Mapping[str, Symbol]) -> str:
    """The ranges that stand on their own feet, for a sentence: ``n = 2, 3, 4``; indices that run within them go without saying."""
    parts = []
    for symbol in symbols.values():
        if symbol.shape != "range" or symbol.interval is None or symbol.interval.low.names or symbol.interval.high.names:
            continue
        low, high = (_whole(end, {}) for end in (symbol.interval.low, symbol.interval.high))
        values = ", ".join(map(str, range(low, high + 1))) if high - low < 5 else f"{low} to {high}"
        parts.append(f"{symbol.name} = {values}")
    return " and ".join(parts)
