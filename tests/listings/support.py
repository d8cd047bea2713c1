"""The listings of the deck's code cards, and how they are run."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

import kernels
from generator.model import Card
from generator.problems import Problems
from generator.source import read
from generator.tokens import leaves
from kernels.oracles import Oracle, agree
from tests.kernels.inputs import ALL

SOURCE = Path(__file__).parents[2] / "cards_src"
CLOZE = re.compile(r"\{\{c\d+::(.*?)(?:::[^{}]*)?\}\}")
EXAMPLES = 30
COLUMNS = 60
"""So many characters of code stand on one line of a card on a desk."""


@cache
def deck() -> tuple[Card, ...]:
    return read(SOURCE, Problems()).cards


@cache
def cards() -> dict[str, Card]:
    """Id -> card, for the cards that ask for code."""
    return {card.id: card for card in deck() if card.task == "code"}


def python() -> list[tuple[str, str]]:
    """Every Python listing of the deck, on whichever card, with the card's id."""
    return [(card.id, text) for card in deck() for text in listings(card)]


def listings(card: Card) -> list[str]:
    """The Python listings of a card, those of its answer first, with the blanks filled in."""
    tokens = [token for side in (card.answer, card.question) for token in leaves(side)]
    return [CLOZE.sub(r"\1", token.content) for token in tokens if token.type == "fence" and token.info.strip() == "python"]


def listing(card: str) -> str:
    """The first Python listing of a card's answer, or of its question."""
    return listings(cards()[card])[0]


def run(card: str, **names: Any) -> dict[str, Any]:
    """What the card's listing leaves behind when it is run with these names at hand."""
    exec(compile(listing(card), card, "exec"), names)
    return names


@dataclass(frozen=True)
class Like:
    """A listing that defines a function which gives what a kernel gives."""

    kernel: str
    name: str = ""
    """The function's name, if it is not the kernel's."""
    fields: tuple[str, ...] = ()
    """What the function returns, as fields of the kernel's record; all of them if it is not said."""
    takes: Callable[[dict[str, Any]], Mapping[str, Any] | None] = dict
    """The kernel's arguments -> those of this comparison; None where the listing makes no promise."""
    calls: Callable[[Callable[..., Any], Mapping[str, Any]], Any] = lambda function, arguments: function(**arguments)
    """How the function is called with the kernel's arguments."""
    steps: Callable[..., float] = lambda **arguments: 1
    scale: Callable[..., float] = lambda **arguments: 0


def compare(card: str, like: Like) -> None:
    """Run the card's function on random arguments of the kernel: it agrees within what rounding explains.

    Arguments that a kernel may do without and the function does not know are left out on both sides.
    """
    kernel = kernels.get(like.kernel)
    function = run(card)[like.name or like.kernel]
    known = inspect.signature(function).parameters
    spare = {name for name, one in kernel.signature.parameters.items() if one.default is not inspect.Parameter.empty}
    unknown = spare - set(known)
    compared = 0

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(ALL[like.kernel])
    def examine(drawn: dict[str, Any]) -> None:
        nonlocal compared
        taken = like.takes({name: value for name, value in drawn.items() if name not in unknown})
        if taken is None:
            return
        arguments = dict(taken)
        agree(kernel, Oracle(like.kernel, lambda **given: _fields(like, kernel, function, given), (), *_bounds(like)), arguments)
        compared += 1

    examine()
    assert compared >= EXAMPLES // 3, f"only {compared} of the kernel's arguments suit the listing"


def _bounds(like: Like) -> tuple[Any, ...]:
    return like.steps, like.scale, None, lambda **arguments: True


def _fields(like: Like, kernel: kernels.Kernel, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """The function's result in the shape of the kernel's."""
    with np.errstate(all="ignore"):  # a kernel is as quiet
        result = like.calls(function, arguments)
    fields = like.fields or kernel.fields
    if not fields or isinstance(result, Mapping):
        return result
    return dict(zip(fields, result if len(fields) > 1 else (result,), strict=True))
