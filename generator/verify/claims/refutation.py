"""What a verdict says of a point at which a statement does not hold."""

import ast

import sympy

from generator.verify.claims.comparison import DEEPER, Order, lost, value
from generator.verify.claims.points import Counterexample
from generator.verify.claims.spec import Statement
from generator.verify.claims.values import Expr
from generator.verify.claims.verdict import Outcome
from generator.verify.claims.world import World


def refuted(world: World, found: Counterexample, statement: Statement) -> Outcome:
    """The outcome that names the point and both sides; undecided where a side has no value there."""
    where = world.shown(found.point, found.pair.symbols)
    where = f" at {where}" if where else ""
    entry = f" of entry [{','.join(map(str, found.pair.where))}]" if found.pair.where else ""
    sides = (found.left, found.right) if _keeps_order(statement) else (found.right, found.left)
    if found.left is None or found.right is None:
        side = "left" if sides[0] is None else "right"
        hint = "say under  symbols  where it has one: positive, nonzero, in (0, 1), invertible"
        return Outcome("undecided", f"the {side} side{entry} has no real value{where}", 0, hint=hint)
    if found.order is Order.SAME:  # what was computed may be what rounding leaves of zero
        sides = (found.left, found.left) if found.left.is_Rational else (found.right, found.right)
    left, right = map(_digits, sides)
    return Outcome("refuted", f"refuted{where}: the left side{entry} is {left}, the right side {right}{_apart(found)}", 0)


def _apart(found: Counterexample) -> str:
    """What tells two sides apart that look the same in six digits."""
    if found.order is Order.SAME or sympy.Float(found.left, 6) != sympy.Float(found.right, 6):
        return ""
    there = found.pair.at(found.point)
    gap = value(there.left - there.right, *DEEPER[-1])
    return "" if gap is None or lost(gap) else f", and they differ by {str(sympy.Float(abs(gap), 2)).lower()}"


def _keeps_order(statement: Statement) -> bool:
    return not isinstance(statement.tree.ops[0], ast.Gt | ast.GtE)


def _digits(number: Expr) -> str:
    if number.is_Rational and len(str(number)) <= 20:
        return str(number)
    return "0" if lost(number) else str(number if number.is_infinite else sympy.Float(number, 6))
