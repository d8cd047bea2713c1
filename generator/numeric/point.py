"""One point of a card's grid: the values of all names there, each computed when it is first asked for."""

from collections.abc import Iterable, Mapping

from generator.expression import Expression
from generator.numeric.evaluate import Budget, Evaluator, Hook
from generator.numeric.functions import CONSTANTS
from generator.numeric.signatures import Calls
from generator.numeric.spec import Answer, NumericSpec
from generator.numeric.values import Refusal, Value, equal, is_exact, text
from generator.problems import Failure


class Point:
    """The names of a spec and their values for one choice of the parameters.

    Args:
        params: the values of the parameters.
        hook: how kernels are called, if not as usual.
        fixed: values of intermediates that are taken as they are, such as those that the card shows.
        replaced: the same for subexpressions, by their ``ast.dump``.
    """

    def __init__(
        self,
        spec: NumericSpec,
        params: Mapping[str, Value],
        budget: Budget,
        *,
        hook: Hook | None = None,
        fixed: Mapping[str, Value] | None = None,
        replaced: Mapping[str, Value] | None = None,
    ) -> None:
        self.spec = spec
        self.params = params
        self.values: dict[str, Value] = {**CONSTANTS, **params, **(fixed or {})}
        self.hook: Hook = hook or Calls()
        self._evaluator = Evaluator(self.values, budget, self.hook, replaced)

    def value(self, expression: Expression) -> Value:
        """The value of an expression over the names of the spec.

        Raises:
            Failure: it has none here; located, with the parameters.
        """
        self._prepare(expression.names)
        return self._evaluate(expression)

    def holds(self, condition: Expression) -> bool:
        """Whether a condition holds here."""
        self._prepare(condition.names)
        try:
            return self._evaluator.holds(condition)
        except Refusal as refusal:
            raise self._failure(condition, refusal) from None

    def name(self, name: str) -> Value:
        """The value of a name."""
        self._prepare([name])
        return self.values[name]

    def raw(self, answer: Answer) -> Value:
        """An answer as its own expression gives it."""
        return self.value(answer.expression)

    def _prepare(self, names: Iterable[str]) -> None:
        """Compute what ``names`` rest on, in the order of the spec: no recursion, however long the chain."""
        needed: set[str] = set()
        waiting = [name for name in names if name not in self.values]
        while waiting:
            name = waiting.pop()
            needed.add(name)
            waiting.extend(other for other in self.spec.reads[name] if other not in self.values and other not in needed)
        for let in self.spec.lets:
            if let.name in needed:
                self.values[let.name] = self._evaluate(let.expression)
        for answer in self.spec.answers:
            if answer.name in needed:
                self.values[answer.name] = self._answer(answer)

    def _answer(self, answer: Answer) -> Value:
        """The kernel's answer; where ``via`` is exact and the same, the exact number that both stand for."""
        value = self._evaluate(answer.expression)
        if answer.via is None or is_exact(value):
            return value
        self._prepare(answer.via.names)
        via = self._evaluate(answer.via)
        return via if is_exact(via) and equal(value, via) else value

    def _evaluate(self, expression: Expression) -> Value:
        try:
            return self._evaluator.value(expression)
        except Refusal as refusal:
            raise self._failure(expression, refusal) from None

    def _failure(self, expression: Expression, refusal: Refusal) -> Failure:
        return Failure.at(expression.at(refusal.offset or 0), f"{refusal.message}{self.where()}", refusal.hint)

    def where(self) -> str:
        """The parameters, for a message."""
        listed = ", ".join(f"{name}={text(value)}" for name, value in self.params.items())
        return f" (at {listed})" if listed else ""
