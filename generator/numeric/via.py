"""``via`` against ``answer``: whether two ways lead to one value, within what rounding can do and no further."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from generator.numeric import arithmetic
from generator.numeric.evaluate import Budget
from generator.numeric.point import Point
from generator.numeric.rounding import is_finite
from generator.numeric.signatures import Calls, bind, call
from generator.numeric.spec import Answer
from generator.numeric.tolerance import combine, same_structure
from generator.numeric.values import Value, as_fraction, from_kernel, is_exact, is_number, leaves, text
from generator.problems import Failure
from kernels import Kernel, Record, oracles
from kernels.oracles.agreement import UNIT
from kernels.oracles.registry import Oracle

LIGHT = frozenset({"sympy", "mpmath"})
"""What an oracle may need to run while a deck is built; torch and its like are for the kernels' own tests."""
CARRIED = Fraction(1, 10**30)
"""Of forty digits thirty are trusted: ten are more than any card's cancellation takes."""
LEAST = Fraction(2 * 64 * UNIT)
"""The relative difference that the smallest bound of ``kernels.oracles.agreement`` allows: 2 gamma_64."""


def light_oracles(kernel: str, arguments: Mapping[str, Any] | None = None) -> list[Oracle]:
    """The oracles of a kernel that run with what every installation has, and that speak about ``arguments``."""
    found = [oracle for oracle in oracles.available(kernel) if LIGHT.issuperset(oracle.needs)]
    return [oracle for oracle in found if arguments is None or oracle.applies(**arguments)]


def compare_with_via(answer: Answer, point: Point, budget: Budget) -> None:
    """Check that ``answer`` and its ``via`` are one value.

    Raises:
        Failure: with both values, the difference and what rounding explains of it.
    """
    assert answer.via is not None
    value, way = point.raw(answer), point.value(answer.via)
    if same_structure(value, way):
        differences = list(leaves(combine(_difference, value, way)))
        least = list(leaves(combine(_least, value, way)))
        if all(difference <= limit for difference, limit in zip(differences, least, strict=True)):
            return
        exact = list(leaves(combine(lambda a, b: is_exact(a) and is_exact(b), value, way)))
        further = _allowance(answer, point, budget)
        limits = [Fraction(0) if same else a + b for same, a, b in zip(exact, least, further, strict=True)]
        worst = max(zip(differences, limits, strict=True), key=lambda pair: pair[0] - pair[1])
        if worst[0] <= worst[1]:
            return
        explained = f"; they differ by {float(worst[0]):.3g}, rounding explains {float(worst[1]):.3g}"
    else:
        explained = ""
    message = f"answer is {text(value)}, via is {text(way)}{explained}{point.where()}"
    raise Failure.at(answer.via.place(), message, "the solution's way and the kernel must agree on every draw")


def _difference(a: Value, b: Value) -> Fraction:
    if not is_number(a):
        return Fraction(0)
    difference = arithmetic.subtract(a, b)
    return abs(as_fraction(difference)) if difference != 0 else Fraction(0)


def _least(a: Value, b: Value) -> Fraction:
    """What rounding explains without looking: nothing between exact numbers."""
    if not is_number(a) or (is_exact(a) and is_exact(b)):
        return Fraction(0)
    return LEAST * max(abs(as_fraction(a)), abs(as_fraction(b)))


def _allowance(answer: Answer, point: Point, budget: Budget) -> list[Fraction]:
    """For each number of the answer, how much ``answer`` minus ``via`` changes as kernels' results move within their rounding.

    The bound of each kernel's result follows from moving its inputs (``kernels.oracles.bound``); what it does to the difference is
    measured by moving the result, entry by entry.
    """
    base = Calls()
    before = _gap(answer, point, base, budget)
    largest = max([Fraction(1), *(abs(number) for number in _numbers(tuple(point.values.values())))])
    allowed = [CARRIED * largest] * len(before)
    for key, (kernel, arguments, result) in list(base.made.items()):
        value = from_kernel(result)
        limit = _bound(kernel, arguments, answer, point)
        for index, leaf in enumerate(leaves(value)):
            if not is_number(leaf):
                continue
            try:
                after = _gap(answer, point, _Moved(key, _shifted(value, limit, index)), budget)
            except Failure:
                continue  # moved out of what a function takes, as 1 + 1e-16 is no probability
            if len(after) == len(before):
                allowed = [a + abs(y - x) for a, x, y in zip(allowed, before, after, strict=True)]
    return allowed


def _gap(answer: Answer, point: Point, hook: Callable[..., Any], budget: Budget) -> list[Fraction]:
    """``answer`` minus ``via``, number by number."""
    assert answer.via is not None
    budget.refill()
    here = Point(point.spec, point.params, budget, hook=hook)
    return [a - b for a, b in zip(_numbers(here.raw(answer)), _numbers(here.value(answer.via)), strict=False)]


def _numbers(value: Value) -> list[Fraction]:
    return [as_fraction(leaf) for leaf in leaves(value) if is_number(leaf) and is_finite(leaf)]


def _bound(kernel: Kernel, arguments: Mapping[str, Any], answer: Answer, point: Point) -> Value:
    """How far rounding may move each number of the kernel's result: the widest bound that its oracles state."""
    try:
        stated = [
            (oracle.steps(**arguments), oracle.scale(**arguments))
            for oracle in light_oracles(kernel.name, arguments)
            if oracle.error is None
        ]
        limits = [from_kernel(oracles.bound(kernel, arguments, steps, scale)) for steps, scale in stated or [(1, 0)]]
    except Exception as error:
        message = f"no bound for the rounding of {kernel.name}: {type(error).__name__}: {error}{point.where()}"
        raise Failure.at(answer.expression.place(), message) from None
    return max(limits, key=lambda limit: sum(as_fraction(leaf) for leaf in leaves(limit)))


def _shifted(value: Value, limit: Value, index: int) -> Value:
    """``value`` with its ``index``-th leaf moved up by its limit."""
    position = -1

    def shift(one: Value, by: Value) -> Value:
        nonlocal position
        if isinstance(one, Record):
            return Record(**{name: shift(item, by[name]) for name, item in one.items()})
        if isinstance(one, tuple):
            return tuple(shift(item, size) for item, size in zip(one, _spread(by, len(one)), strict=True))
        position += 1
        return arithmetic.add(one, by) if position == index and is_number(one) else one

    return shift(value, limit)


def _spread(limit: Value, length: int) -> Sequence[Value]:
    return limit if isinstance(limit, tuple) else (limit,) * length


class _Moved:
    """Calls kernels as usual, but gives another result for one call."""

    def __init__(self, key: str, result: Value) -> None:
        self.key = key
        self.result = result

    def __call__(self, kernel: Kernel, args: list[Value], named: Mapping[str, Value]) -> Any:
        arguments = bind(kernel, args, named)
        return self.result if f"{kernel.name} {arguments!r}" == self.key else call(kernel, arguments)
