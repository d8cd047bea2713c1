"""Golden rows: what an author has worked out must come out, at the precision in which he wrote it."""

from generator.numeric.evaluate import Budget
from generator.numeric.point import Point
from generator.numeric.spec import Expected, NumericSpec
from generator.numeric.tolerance import same_structure, within
from generator.numeric.values import Members, Value, text
from generator.problems import Failure, Problems


def check_golden(spec: NumericSpec, budget: Budget, problems: Problems) -> int:
    """How many golden rows hold; each value that does not is reported."""
    held = 0
    for row in spec.golden:
        budget.refill()
        point = Point(spec, row.params, budget)
        wrong = len(problems)
        for name, expected in row.expected.items():
            try:
                _check(name, expected, point, problems)
            except Failure as failure:
                problems.extend(failure.problems)
        held += len(problems) == wrong
    return held


def _check(name: str, expected: Expected, point: Point, problems: Problems) -> None:
    answers = {answer.name: answer for answer in point.spec.answers}
    # The answer's own expression, so that a golden row tests the kernel.
    value: Value = point.raw(answers[name]) if name in answers else point.name(name)
    wanted, slack = expected.value, expected.slack
    if isinstance(value, Members) and isinstance(wanted, tuple):
        wanted = Members.of(wanted)
        slack = tuple(slack[expected.value.index(member)] for member in wanted.members)
    if not same_structure(value, wanted) or not within(value, wanted, slack):
        message = f"{name} comes out as {text(value)}, not {text(expected.value)}{point.where()}"
        problems.error(expected.place, message, "work the row out once more by hand: it or the expression is wrong")
