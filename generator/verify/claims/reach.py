"""What a statement speaks of, through definitions, sizes and ends of intervals."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from generator.expression import Expression
from generator.verify.claims.spec import Claim, Definition, Statement, Symbol


def reached(claim: Claim, statement: Statement) -> frozenset[str]:
    """The symbols and definitions that the statement needs."""
    waiting, found = [statement.expression], set()
    while waiting:
        for node in ast.walk(waiting.pop().tree):
            if isinstance(node, ast.Name) and node.id not in found:
                found.add(node.id)
                if one := claim.given.get(node.id):
                    waiting.extend(_of_definition(one))
                elif symbol := claim.symbols.get(node.id):
                    waiting.extend(_of_symbol(symbol))
                    found.update(size for size in symbol.sizes if isinstance(size, str))
                    ranges = (claim.symbols[size] for size in symbol.sizes if isinstance(size, str))
                    waiting.extend(end for one in ranges for end in _of_symbol(one))
    return frozenset(found)


def _of_definition(one: Definition) -> Iterator[Expression]:
    yield one.body
    yield from one.first.values()


def _of_symbol(symbol: Symbol) -> Iterator[Expression]:
    if symbol.interval:
        yield from (symbol.interval.low, symbol.interval.high)
    if symbol.law:
        yield symbol.law


def restricted(claim: Claim, statement: Statement) -> Claim:
    """The claim with those symbols alone that the statement needs: the others make no cases of it."""
    names = reached(claim, statement)
    return replace(claim, symbols={name: symbol for name, symbol in claim.symbols.items() if name in names})
