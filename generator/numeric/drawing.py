"""Whether a point of the grid makes a variant, and what the card shows there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.model import Interpolation
from generator.numeric import formats
from generator.numeric.evaluate import Budget
from generator.numeric.formats import Format, Rendering, render
from generator.numeric.params import Param
from generator.numeric.point import Point
from generator.numeric.rounding import is_finite
from generator.numeric.spec import Answer, Given, Mistake, NumericSpec
from generator.numeric.tolerance import as_shown, combine, printed, same_structure, tolerance, within
from generator.numeric.values import Refusal, Value, equal, is_number, leaves, text
from generator.numeric.via import compare_with_via
from generator.problems import Failure, Place, Problems, did_you_mean

BORDER = "a shown value lies on a rounding border"
CHANGED = "the numbers as shown lead to another answer"
DOUBTFUL = "it cannot be told whether a shown value is exact"
REPEAT = "shows what another variant shows"
_FALLBACK = formats.read("3sf")


@dataclass(frozen=True)
class Request:
    """A name that the card shows, and how."""

    name: str
    written: str
    """The format as the interpolation has it."""
    format: Format
    place: Place
    asked: bool = False
    """Whether the question shows it."""


@dataclass(frozen=True)
class Outcome:
    """One answer at one point."""

    answer: Answer
    value: Value
    rendering: Rendering
    tolerance: Value


@dataclass(frozen=True)
class MistakeOutcome:
    """Where a mistake leads at one point: answer -> value and rendering."""

    mistake: Mistake
    values: Mapping[str, Value]
    renderings: Mapping[str, Rendering]


@dataclass(frozen=True)
class Draw:
    """An accepted point, with all that a variant is made of."""

    point: Point
    key: str
    """The parameters as text: what the point is called, whatever else the grid holds."""
    shown: Mapping[tuple[str, str], Rendering]
    given: tuple[tuple[Given, Rendering], ...]
    outcomes: tuple[Outcome, ...]
    mistakes: tuple[MistakeOutcome, ...]
    asked: frozenset[str] = frozenset()
    """The names that the question shows."""

    @property
    def look(self) -> tuple[str, ...]:
        """All that the card shows: two points with one look are one variant."""
        given = (rendering for _, rendering in self.given)
        answers = (outcome.rendering for outcome in self.outcomes)
        return tuple(rendering.shown.plain for rendering in (*self.shown.values(), *given, *answers))


@dataclass(frozen=True)
class Rejection:
    """Why a point makes no variant."""

    reason: str
    place: Place


def requests(spec: NumericSpec, shown: Iterable[Interpolation], problems: Problems) -> tuple[Request, ...]:
    """What the card shows; an unknown name, an unknown format, and one that would lose digits of a parameter are reported."""
    found: dict[tuple[str, str], Request] = {}
    answers = {answer.name: answer for answer in spec.answers}
    params = {param.name: param for param in spec.params}
    for item in shown:
        if (item.name, item.format) in found:
            continue
        if item.name not in spec.names:
            problems.error(item.place, f"unknown name {item.name[:40]!r}", did_you_mean(item.name, spec.names))
            continue
        try:
            form = formats.read(item.format)
            if form.default and not form.layout and item.name in answers:
                form = replace(answers[item.name].show, related=form.related)
            if item.name in params:
                _check_digits(params[item.name], form)
        except Refusal as refusal:
            problems.error(item.place, refusal.message, refusal.hint)
            continue
        found[item.name, item.format] = Request(item.name, item.format, form, item.place, item.asked)
    return tuple(found.values())


def _check_digits(param: Param, form: Format) -> None:
    """A parameter is shown exactly: every number of its grid is tried."""
    render(param.grid.at(0), form)
    single = replace(form, layout="")
    for entry in param.grid.entries:
        if not equal(render(entry, single).value, entry):
            message = f"the format {form.text} would lose digits of {param.name}, such as {text(entry)}"
            raise Refusal(message, "parameters are shown exactly")


class Drawer:
    """Tries points of one card's grid."""

    def __init__(self, spec: NumericSpec, shown: Sequence[Request], budget: Budget) -> None:
        self.spec = spec
        self.shown = shown
        self.budget = budget
        self.asked = frozenset(request.name for request in shown if request.asked)

    def draw(self, params: Mapping[str, Value]) -> Draw | Rejection:
        """The point as a draw, or why it is none.

        Raises:
            Failure: the point passes ``require`` but something has no value there.
            Refusal: the card's time is over.
        """
        self.budget.refill()
        point = Point(self.spec, params, self.budget)
        for condition in self.spec.require:
            if not point.holds(condition):
                return Rejection(f"require {condition.text}", condition.place())
        for name in self.spec.names:
            point.name(name)
        shown = {(r.name, r.written): self._render_request(r, point) for r in self.shown}
        given = tuple((g, self._render(point.value(g.expression), g.format, g.expression.place(), point)) for g in self.spec.given)
        for answer in self.spec.answers:
            self._check_answer(answer, point)
        answers = [(a, self._render(point.name(a.name), a.show, a.show_place, point)) for a in self.spec.answers]
        for rendering in (*shown.values(), *(r for _, r in given), *(r for _, r in answers)):
            if rendering.border:
                return Rejection(BORDER, self.spec.place)
            if rendering.doubtful:
                return Rejection(DOUBTFUL, self.spec.place)
        outcomes = self._outcomes(point, shown, given, answers)
        if isinstance(outcomes, Rejection):
            return outcomes
        mistakes = self._mistakes(point, outcomes)
        if isinstance(mistakes, Rejection):
            return mistakes
        return Draw(point, key_of(params), shown, given, outcomes, mistakes, self.asked)

    def _check_answer(self, answer: Answer, point: Point) -> None:
        """Refuse what no learner could answer, and an answer that its ``via`` does not lead to."""
        value = point.name(answer.name)
        if not all(map(_sayable, leaves(value))):
            message = f"the answer is {text(value)}{point.where()}"
            raise Failure.at(answer.expression.place(), message, "exclude it with  require")
        if answer.via is not None and not equal(value, point.value(answer.via)):
            compare_with_via(answer, point, self.budget)

    def _render_request(self, request: Request, point: Point) -> Rendering:
        """A name as the card shows it. Whether an answer is shown exactly, its ``via`` knows better than a kernel's float."""
        value = point.name(request.name)
        ways = [answer.via for answer in self.spec.answers if answer.name == request.name and answer.via and request.format.related]
        way = point.value(ways[0]) if ways else None
        return self._render(value, request.format, request.place, point, way if same_structure(value, way) else None)

    def _render(self, value: Value, form: Format, place: Place, point: Point, judged: Value = None) -> Rendering:
        try:
            return render(value, form, judged)
        except Refusal as refusal:
            raise Failure.at(place, f"{refusal.message}{point.where()}", refusal.hint) from None

    def _outcomes(
        self,
        point: Point,
        shown: Mapping[tuple[str, str], Rendering],
        given: Sequence[tuple[Given, Rendering]],
        answers: Sequence[tuple[Answer, Rendering]],
    ) -> tuple[Outcome, ...] | Rejection:
        seen = as_shown(point, printed(self.spec, point, shown, given), self.budget)
        found = []
        for answer, rendering in answers:
            value = point.name(answer.name)
            way = point.value(answer.via) if answer.via else value
            way_shown = self._way_shown(answer, seen) if answer.via and seen else way
            strict = self.spec.form in ("choose", "setup")
            if not same_structure(way, way_shown) or (strict and not equal(way, way_shown)):
                return Rejection(CHANGED, answer.expression.place())
            found.append(Outcome(answer, value, rendering, tolerance(answer, value, way, way_shown, rendering.unit)))
        return tuple(found)

    def _way_shown(self, answer: Answer, seen: Point) -> Value:
        assert answer.via is not None
        try:
            return seen.value(answer.via)
        except Failure as failure:
            (problem,) = failure.problems
            message = f"via has no value for the numbers as they are shown: {problem.message}"
            raise Failure.at(problem.place, message, "show more digits") from None

    def _mistakes(self, point: Point, outcomes: Sequence[Outcome]) -> tuple[MistakeOutcome, ...] | Rejection:
        found: list[MistakeOutcome] = []
        for mistake in self.spec.mistakes:
            values = {name: point.value(expression) for name, expression in mistake.expressions.items()}
            values = {name: value for name, value in values.items() if value is not None}
            if not values:
                continue  # None: the mistake leads nowhere on this draw
            if _agree(values, {}, outcomes):
                return Rejection(f"the mistake {mistake.sentence!r} leads to the answer", mistake.place)
            for other in found:
                if _agree(values, other.values, outcomes):
                    return Rejection(f"the mistakes {other.mistake.sentence!r} and {mistake.sentence!r} agree", mistake.place)
            answers = {outcome.answer.name: outcome.answer for outcome in outcomes}
            renderings = {name: self._render_mistake(value, answers[name], point) for name, value in values.items()}
            if any(rendering.border for rendering in renderings.values()):
                return Rejection(BORDER, mistake.place)
            found.append(MistakeOutcome(mistake, values, renderings))
        return tuple(found)

    def _render_mistake(self, value: Value, answer: Answer, point: Point) -> Rendering:
        """A wrong value in the format of the right one, or with three figures where that does not fit."""
        try:
            return render(value, answer.show)
        except Refusal:
            form = _FALLBACK if any(map(is_number, leaves(value))) else formats.read("")
            return self._render(value, form, answer.show_place, point)


def _sayable(leaf: Value) -> bool:
    """Whether a learner could give it as an answer."""
    return leaf is not None and (not is_number(leaf) or is_finite(leaf))


def _agree(values: Mapping[str, Value], others: Mapping[str, Value], outcomes: Sequence[Outcome]) -> bool:
    """Whether two sets of answers cannot be told apart; an answer that is missing in one is the right one."""
    for outcome in outcomes:
        name = outcome.answer.name
        one, other = values.get(name, outcome.value), others.get(name, outcome.value)
        allowed = outcome.tolerance
        if not same_structure(one, outcome.value):
            allowed = combine(lambda leaf: Fraction(0), one)
        if not within(one, other, allowed):
            return False
    return True


def key_of(params: Mapping[str, Value]) -> str:
    """The parameters as text, in the order of their names."""
    return "\n".join(f"{name}={text(value)}" for name, value in sorted(params.items()))
