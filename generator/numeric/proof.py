"""That an answer is right: ``via`` against ``answer``, and each kernel in it against its oracles, on the numbers of one draw."""

from collections.abc import Mapping
from typing import Any

from generator.numeric.drawing import Draw
from generator.numeric.evaluate import Budget
from generator.numeric.point import Point
from generator.numeric.signatures import Calls
from generator.numeric.spec import Answer
from generator.numeric.via import compare_with_via, light_oracles
from generator.numeric.watch import watched
from generator.problems import Failure
from kernels import Kernel, oracles

SECONDS = 20.0
"""How long one comparison may take: a hundred times what a card needs."""


def prove(draw: Draw, budget: Budget) -> tuple[str, ...]:
    """Prove the answers of a draw; returns the names of the ways that agree: ``via``, and oracles.

    Raises:
        Failure: a way disagrees, with the numbers.
    """
    budget.refill()
    calls = Calls()
    point = Point(draw.point.spec, draw.point.params, budget, hook=calls)
    ways: dict[str, None] = {}
    for answer in draw.point.spec.answers:
        before = len(calls.made)
        point.raw(answer)
        for kernel, arguments, _ in list(calls.made.values())[before:]:
            ways |= dict.fromkeys(_compare_with_oracles(kernel, arguments, answer, draw.point))
        if answer.via is not None:
            compare_with_via(answer, draw.point, budget)
            ways["via"] = None
    return tuple(ways)


def _compare_with_oracles(kernel: Kernel, arguments: Mapping[str, Any], answer: Answer, point: Point) -> list[str]:
    agreeing = []
    for oracle in light_oracles(kernel.name, arguments):
        try:
            with watched(SECONDS):
                applies = oracle.applies(**arguments)
                if applies:
                    oracles.agree(kernel, oracle, arguments)
        except oracles.Disagreement as disagreement:
            message = f"{disagreement}{point.where()}"
            raise Failure.at(answer.expression.place(), message, "the kernel or its oracle is wrong") from None
        except Exception as error:
            message = f"the oracle {oracle.function.__name__} fails: {type(error).__name__}: {error}{point.where()}"
            raise Failure.at(answer.expression.place(), message) from None
        if applies:
            agreeing.append(oracle.function.__name__)
    return agreeing
