"""What the tests of numeric cards share: blocks from text, specs, draws, and problems as lines."""

from collections.abc import Sequence

from generator.blocks import Scalar
from generator.expression import Expression, parse
from generator.model import Block, Interpolation, Variant
from generator.numeric import Drawn, NumericSpec, Stress, draw, read_spec, stress
from generator.numeric.draws import Sequence as Sequence_
from generator.numeric.evaluate import Budget, Evaluator
from generator.numeric.values import Value
from generator.numeric.variants import sequence_of
from generator.numeric.variants import variant as make_variant
from generator.numeric.vocabulary import check
from generator.problems import Failure, Place, Problems

INDENT = 4

SUM = """
params:
  a: int 1..9
  b: int 1..9
answer: a + b
via: b + a
"""
"""The smallest card that proves something."""


def block(text: str, name: str = "numeric") -> Block:
    """A block as it stands at line 10 of ``a.md``, indented by four columns: its first line is line 11."""
    lines = text.count("\n") + 1
    return Block(name, text, Place("a.md", 10, INDENT + 1), (INDENT,) * lines)


def lines(problems: Problems) -> list[str]:
    """Problems as ``line:column: message``, counted within the block's text from 1."""
    found = []
    for problem in problems:
        if problem.place.line > 10:
            found.append(f"{problem.place.line - 10}:{problem.place.column - INDENT}: {problem.message}")
        else:
            found.append(problem.message)
    return found


def spec(text: str) -> NumericSpec:
    """A spec without errors."""
    problems = Problems()
    found = read_spec(block(text), problems)
    assert found is not None, lines(problems)
    return found


def spec_problems(text: str) -> list[str]:
    """The errors of a block that is no spec."""
    problems = Problems()
    assert read_spec(block(text), problems) is None
    return lines(problems)


def interpolations(names: Sequence[str]) -> list[Interpolation]:
    """``name:format`` as the card's text would have them, at line 3, 5, 7…"""
    return [Interpolation(*_split(name), Place("a.md", 3 + 2 * index, 7)) for index, name in enumerate(names)]


def _split(text: str) -> tuple[str, str]:
    name, _, form = text.partition(":")
    return name, form


def drawn(
    text: str, shown: Sequence[str] = (), *, seeds: Sequence[str] = ("base",), identity: str = "card", namespace: str = "test"
) -> Drawn:
    """The draws of a card without errors."""
    found, problems = try_draw(text, shown, seeds=seeds, identity=identity, namespace=namespace)
    assert found is not None, problems
    return found


def try_draw(
    text: str, shown: Sequence[str] = (), *, seeds: Sequence[str] = ("base",), identity: str = "card", namespace: str = "test"
) -> tuple[Drawn | None, list[str]]:
    """The draws of a card, if any, and its problems."""
    problems = Problems()
    made = read_spec(block(text), problems)
    found = None
    if made is not None:
        items = interpolations(shown)
        found = draw(made, identity=identity, namespace=namespace, seeds=seeds, shown=items, problems=problems)
    return found, lines(problems)


def everything(text: str, shown: Sequence[str] = ()) -> Sequence_:
    """The sequence of a card with a small grid, to its end."""
    problems = Problems()
    found = sequence_of(spec(text), "card", "test", interpolations(shown), Budget(), problems)
    assert not problems.failed, lines(problems)
    found.at_least(10**6)
    return found


def variant(text: str, shown: Sequence[str] = (), **params: str) -> Variant:
    """The one variant of a card with those parameters, held out or not."""
    made = [make_variant("base", 0, draw) for draw in everything(text, shown).draws]
    (found,) = [one for one in made if all(one.params[name] == value for name, value in params.items())]
    return found


def stressed(text: str, shown: Sequence[str] = (), count: int = 100) -> tuple[Stress | None, list[str]]:
    """Stress draws of a card, and its problems."""
    problems = Problems()
    made = spec(text)
    found = stress(made, identity="card", namespace="test", shown=interpolations(shown), count=count, problems=problems)
    return found, lines(problems)


def params(variants: Sequence[Variant]) -> list[dict[str, str]]:
    """The parameters of variants."""
    return [dict(variant.params) for variant in variants]


def expression(text: str, **names: Value) -> Expression:
    """A checked expression over ``names``."""
    source = Scalar(block(f"x: {text}"), 3, 3 + len(text), text)
    found = parse(source)
    problems = Problems()
    if not check(found, names, {}, problems):
        raise Failure(problems)
    return found


def evaluate(text: str, **names: Value) -> Value:
    """The value of an expression."""
    return Evaluator(names, Budget()).value(expression(text, **names))
