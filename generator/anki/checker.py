"""The card's own judgement in Python: the script that a learner's page runs, run here by QuickJS.

So ``redraw check`` proves of every variant, by no second implementation, that the right answer is accepted and each mistake refused
and named.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from generator.anki.pool import Kind, PoolVariant, Value
from generator.problems import NotInstalled

Name = Literal["right", "rounding", "wrong", "unclear", "empty", "partial"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the card says to what was typed."""

    name: Name
    mistake: int | None
    """The index of the mistake that it names."""
    fields: tuple[Name, ...]
    """The state of each field."""


def verdict(variant: PoolVariant, typed: str | Sequence[str]) -> Verdict:
    """What the card says if ``typed`` is what stands in its fields.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    texts = [typed] if isinstance(typed, str) else list(typed)
    found = call("judge", json.loads(variant.data), texts)
    names = get_args(Name)
    assert found["verdict"] in names and all(field in names for field in found["fields"])
    return Verdict(found["verdict"], found["mistake"] if found["mistake"] >= 0 else None, tuple(found["fields"]))


def prove(variant: PoolVariant) -> list[str]:
    """What is wrong with the card's judgement on a variant; nothing, if it accepts the right answer and names every mistake.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    if not variant.checks:
        return []
    right = [written(check.value, check.kind) for check in variant.checks]
    found = []
    if (said := verdict(variant, right)).name != "right":
        found.append(f"the right answer {'; '.join(right)} is called {said.name}")
    for index, mistake in enumerate(variant.mistakes):
        typed = [
            own if value is None else written(value, check.kind)
            for own, value, check in zip(right, mistake.values, variant.checks, strict=True)
        ]
        said = verdict(variant, typed)
        if (said.name, said.mistake) != ("wrong", index):
            named = "" if said.mistake is None else f": {variant.mistakes[said.mistake].sentence}"
            found.append(f"{'; '.join(typed)}, where the mistake {mistake.sentence!r} leads, is called {said.name}{named}")
    return found


def written(value: Value, kind: Kind) -> str:
    """A value as one would type it.

    >>> written((("1", "0.5"), ("0", "-2")), "matrix")
    '[1, 0.5; 0, -2]'
    """
    if isinstance(value, str):
        return value
    if kind == "matrix":
        return f"[{'; '.join(', '.join(map(str, row)) for row in value)}]"
    opening, closing = "{}" if kind == "set" else "()"
    return f"{opening}{', '.join(map(str, value))}{closing}"


def call(name: str, *arguments: Any) -> Any:
    """The result of a function of ``core.js``; everything goes to and fro as JSON.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    return json.loads(_script()(name, json.dumps(arguments)))


@cache
def _script() -> Callable[[str, str], str]:
    try:
        import quickjs
    except ImportError:
        raise NotInstalled("quickjs-ng is not installed: pip install quickjs-ng") from None
    context = quickjs.Context()
    context.eval(files("generator.anki").joinpath("templates", "core.js").read_text(encoding="utf-8"))
    context.eval("function call(name, json) { return JSON.stringify(globalThis[name].apply(null, JSON.parse(json))); }")
    call: Callable[[str, str], str] = context.get("call")
    return call
