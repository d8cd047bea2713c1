"""One statement of a claim, from points to a proof. This runs in a process of its own, which may be stopped at any time."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import sympy

from generator.problems import Failure
from generator.verify.claims import equality, inequality, points
from generator.verify.claims.cases import Case, cases
from generator.verify.claims.comparison import UNRESOLVED, Pair, Scale
from generator.verify.claims.methods import METHODS
from generator.verify.claims.points import GENERAL
from generator.verify.claims.refutation import refuted
from generator.verify.claims.spec import Claim, Statement
from generator.verify.claims.values import Expr, Refusal, Value, describe, entries, shape
from generator.verify.claims.verdict import Outcome, unproven
from generator.verify.claims.world import World

TRIED = 5
"""Entries of a sequence that are compared one by one before the proof by induction."""
CLOSE = "the sides lie too close together to be told apart at any point"
_OPS: dict[type[ast.cmpop], str] = {ast.Eq: "==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


@dataclass(frozen=True)
class Task:
    """A case of the statement with what is to be shown in it."""

    world: World
    pairs: tuple[Pair, ...]


def judge(claim: Claim, statement: Statement, progress: Callable[[int], None]) -> Outcome:
    """Try the statement at points, then prove it.

    Args:
        progress: is told at how many points the statement holds, once that is known.

    Raises:
        Failure: an expression has no value; with the place.
    """
    try:
        return _judge(claim, statement, progress)
    except Refusal as refusal:
        raise Failure.at(statement.expression.place(), refusal.message, refusal.hint) from None


def _judge(claim: Claim, statement: Statement, progress: Callable[[int], None]) -> Outcome:
    inductive = _induction(claim, statement)
    tasks = [task for case in cases(claim.symbols) for task in _tasks(claim, statement, case, inductive)]
    agreed = _agree_roughly(tasks)
    if agreed:
        progress(agreed)
    tasks = [Task(task.world, tuple(map(_resolved, task.pairs))) for task in tasks]
    agreed, unclear, scale = 0, 0, Scale()
    for task in tasks:
        trial = points.refute(task.world, task.pairs, len(tasks), scale)
        if trial.against is not None:
            return refuted(task.world, trial.against, statement)
        agreed += trial.agreed
        unclear += trial.open
    if not agreed and not unclear:
        return Outcome("undecided", "no point was found at which the statement has a meaning", 0)
    if agreed:
        progress(agreed)
    if claim.numeric:
        return Outcome("supported", f"supported at {agreed} points", agreed) if agreed else unproven(0, CLOSE)
    ways, reason = _proof(claim, statement, tasks, inductive)
    if ways:
        return Outcome("proven", " and ".join(ways), agreed)
    return unproven(agreed, reason if agreed else f"{CLOSE}, and {reason}")


def _proof(claim: Claim, statement: Statement, tasks: Sequence[Task], inductive: str | None) -> tuple[list[str], str]:
    """How the statement is proven; or no way, and why not."""
    if inductive is not None:
        proven = _by_induction(claim, statement, inductive)
        return ([METHODS["induction"]], "") if proven else ([], "no proof was found")
    used: dict[str, None] = {}
    for task in tasks:
        for pair in task.pairs:
            method = _method(pair, task.world, claim.by)
            if not method:
                return [], _unproven(task, pair)
            used[method] = None
    return [METHODS[name] for name in METHODS if name in used], ""


def _tasks(claim: Claim, statement: Statement, case: Case, inductive: str | None) -> Iterator[Task]:
    if inductive is None:
        world = World(claim, case)
        yield Task(world, tuple(_pairs(world, statement)))
        return
    start = min(claim.given[_sequence(statement)].first)
    first = max(start, 1 if "natural" in claim.symbols[inductive].words else 0)
    for index in range(first, first + TRIED):
        world = World(claim, {**case, inductive: index}, frozenset([inductive]))
        yield Task(world, tuple(_pairs(world, statement)))


def _pairs(world: World, statement: Statement) -> Iterator[Pair]:
    """What is to be compared, number by number."""
    sides = [(node, world.evaluator.part(statement.expression, node)) for node in statement.sides]
    for (first, second), op in zip(pairwise(sides), statement.tree.ops, strict=True):
        (node, left), (other, right) = first, second
        name = _OPS[type(op)]
        if name in (">", ">="):
            left, right, name = right, left, name.replace(">", "<")
        for where, one, two in _joined(left, right, statement, other):
            pair = Pair(_expression(one), name, _expression(two), where)
            if random := sorted(map(str, pair.symbols & set(world.laws))):
                message = f"{random[0]} is random, so that the statement has no meaning as it is"
                raise Failure.at(
                    statement.expression.place(node), message, "state it of an expectation, a variance or a probability"
                )
            yield pair


def _joined(left: Value, right: Value, statement: Statement, node: ast.expr) -> Iterator[tuple[tuple[int, ...], Expr, Expr]]:
    if shape(left) == shape(right):
        for (where, one), (_, two) in zip(entries(left), entries(right), strict=True):
            yield where, one, two
    elif not shape(right) and right.is_number:
        yield from ((where, one, right) for where, one in entries(left))
    elif not shape(left) and left.is_number:
        yield from ((where, left, two) for where, two in entries(right))
    else:
        message = f"{describe(left)} is compared with {describe(right)}"
        raise Failure.at(statement.expression.place(node), message, "the sides of a statement have one shape")


def _expression(found: Value) -> Expr:
    if not isinstance(found, sympy.Expr):
        raise Refusal("a condition is no side of a statement")
    return found


def resolved(expression: Expr) -> Expr:
    """The expression with its sums, products, integrals and limits computed, where sympy can."""
    return expression.doit() if expression.has(*UNRESOLVED) else expression


def _resolved(pair: Pair) -> Pair:
    limits = pair.left.has(sympy.Limit) or pair.right.has(sympy.Limit)
    try:
        found = replace(pair, left=resolved(pair.left), right=resolved(pair.right))
    except ValueError:  # so sympy speaks of limits that differ from both sides
        found = pair
    if limits and any(side.has(sympy.Limit, sympy.AccumBounds, sympy.nan) for side in (found.left, found.right)):
        raise Refusal("this limit does not exist, or sympy does not find it", "say from where: 'above' or 'below'")
    return found


def _agree_roughly(tasks: Sequence[Task]) -> int:
    """At how many points the statement holds by quadrature, before sympy looks for closed forms, which may take it forever."""
    pairs = [pair for task in tasks for pair in task.pairs]
    if not any(pair.rough for pair in pairs) or any(side.has(sympy.Limit) for pair in pairs for side in (pair.left, pair.right)):
        return 0
    try:
        found = [points.refute(task.world, task.pairs, GENERAL, Scale()) for task in tasks]
    except (ValueError, ArithmeticError):  # an integrand that has no value somewhere: nothing is known then
        return 0
    return 0 if any(trial.against for trial in found) else sum(trial.agreed for trial in found)


def _method(pair: Pair, world: World, by: tuple[str, ...]) -> str:
    """The name of the method that proves the pair, or nothing."""
    wanted = by or tuple(METHODS)
    attempts = _equalities(pair, world) if pair.op == "==" else _inequalities(pair, world)
    return next((name for name, attempt in attempts if name in wanted and _succeeds(attempt)), "")


def _succeeds(attempt: Callable[[], bool]) -> bool:
    try:
        return attempt()
    except Exception:  # sympy raises what it likes where it cannot go on; another method may
        return False


def _equalities(pair: Pair, world: World) -> Iterator[tuple[str, Callable[[], bool]]]:
    difference, space = pair.left - pair.right, world.space
    if pair.left == pair.right:
        yield "expand", lambda: True
        return
    if pair.left.is_infinite or pair.right.is_infinite:
        return
    for name, prover in (("expand", equality.by_expansion), ("simplify", equality.by_simplification)):
        yield name, lambda prover=prover: prover(difference) or equality.everywhere(difference, space, prover)  # type: ignore[misc]
    yield "cases", lambda: equality.by_cases(difference, lambda d: equality.by_expansion(d) or equality.by_simplification(d))
    if inequality.smooth(difference, space) and _connected(pair, world):
        yield "differentiate", lambda: equality.by_derivatives(difference)


def _connected(pair: Pair, world: World) -> bool:
    """Whether each symbol runs through an interval, so that what never changes is the same everywhere."""
    domains = [world.space.domains.get(symbol) for symbol in pair.symbols]
    return all(domain is not None and not domain.whole and "nonzero" not in domain.words for domain in domains)


def _inequalities(pair: Pair, world: World) -> Iterator[tuple[str, Callable[[], bool]]]:
    difference, strict, space = pair.right - pair.left, pair.op == "<", world.space
    ways = list(equality.ways(difference, space))

    def signs(d: Expr) -> bool:
        return inequality.by_signs(d, strict)

    def squares(d: Expr) -> bool:
        return inequality.by_squares(d, strict)

    def anything(d: Expr) -> bool:
        return all(map(squares, equality.ways(d, space))) or inequality.by_derivatives(d, strict, space)

    yield "expand", lambda: bool(ways) and all(map(signs, ways))
    yield "simplify", lambda: bool(ways) and all(signs(sympy.simplify(way)) for way in ways)
    yield "squares", lambda: bool(ways) and all(map(squares, ways))
    yield "cases", lambda: inequality.by_alternatives(difference, anything)
    yield "cases", lambda: bool(ways) and all(equality.by_cases(way, anything) for way in ways)
    yield "differentiate", lambda: inequality.by_derivatives(difference, strict, space)


# Induction


def _sequence(statement: Statement) -> str:
    left = statement.tree.left
    return left.value.id if isinstance(left, ast.Subscript) and isinstance(left.value, ast.Name) else ""


def _induction(claim: Claim, statement: Statement) -> str | None:
    """The symbol of the induction: the statement says what an entry of a sequence is, whatever its index."""
    left = statement.tree.left
    definition = claim.given.get(_sequence(statement))
    if not isinstance(left, ast.Subscript) or definition is None or definition.style != "sequence" or len(statement.sides) != 2:
        return None
    index = left.slice
    symbol = claim.symbols.get(index.id) if isinstance(index, ast.Name) else None
    whole = symbol and symbol.shape == "scalar" and symbol.words & {"natural", "integer"}
    return symbol.name if symbol and whole and isinstance(statement.tree.ops[0], ast.Eq) else None


def _by_induction(claim: Claim, statement: Statement, name: str) -> bool:
    """The first entry is right, and each is right if the one before is."""
    sequence = claim.given[_sequence(statement)]
    for case in cases(claim.symbols):
        (first, *_) = _tasks(claim, statement, case, name)
        if not all(_method(_resolved(pair), first.world, ()) for pair in first.pairs):
            return False
        world = World(claim, case)
        t = world.values[name]
        right = resolved(world.evaluator.part(statement.expression, statement.sides[1]))
        world.evaluator.hypothesis[sequence.name] = (t, right)
        following = world.evaluator.entered(sequence, {sequence.params[0]: t + 1})
        if not _method(Pair(resolved(following), "==", right.subs(t, t + 1)), world, ()):
            return False
    return True


def _unproven(task: Task, pair: Pair) -> str:
    case = ", ".join(f"{name} = {value}" for name, value in task.world.case.items())
    entry = f"entry [{','.join(map(str, pair.where))}]" if pair.where else ""
    what = " and ".join(part for part in (case, entry) if part)
    return f"no proof was found{f' for {what}' if what else ''}"
