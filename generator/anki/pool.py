"""The pool of a numeric note: all its variants as HTML, from which the card's script picks one for each showing.

Every variant is a ``<template>``, which a page neither shows nor typesets. What the script compares with stands in an attribute
as JSON: it is data, and no script is taken from a field. The visible fields hold the first variant, so that a card works without
scripts too.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TypeAlias

Kind = Literal["number", "vector", "matrix", "word", "set"]
Value: TypeAlias = str | tuple["Value", ...]
"""A number as a decimal (``"0.15"``, ``"1e-05"``, ``"inf"``), a word, or a tuple: a vector or a set; of tuples, a matrix."""
Margin: TypeAlias = str | tuple["Margin", ...] | None
"""In the shape of the value: how far off a number may be, absolutely; None for a word."""

PARTS = ("question", "hint", "answer", "details")
"""The parts of a variant that a field shows."""
FIELDS = dict(zip(PARTS, ("Question", "Hint", "Answer", "Details"), strict=True))
"""Part -> the field that holds the first variant's."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the card compares one typed answer with."""

    label: str
    """What the field is called where there are several; plain text."""
    kind: Kind
    value: Value
    margin: Margin
    factor: float = 1
    """What the number as shown is of the value: 100 for percent, 2**-20 for MiB. The answer may be typed either way."""
    unit: str = ""
    """What stands behind the field; it may be typed too."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a known wrong way leads."""

    sentence: str
    """What was done wrong; HTML."""
    values: tuple[Value | None, ...]
    """One for each check; None where the mistake leaves the right answer."""
    margins: tuple[Margin, ...]
    """One for each value, in its shape."""


@dataclass(frozen=True, slots=True)
class PoolVariant:
    """One variant as its card shows it; the parts are HTML, and no maths is typeset in them yet."""

    seed: str
    number: int
    """Its place within the pool, from 1."""
    question: str
    hint: str
    answer: str
    details: str
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    interval: str
    """What counts as right, such as ``0.14 to 0.16``; empty where only the value itself does."""

    def part(self, name: str) -> str:
        """The HTML of one of ``PARTS``, or of ``interval``."""
        parts = {"question": self.question, "hint": self.hint, "answer": self.answer, "details": self.details}
        return (parts | {"interval": self.interval})[name]

    @property
    def data(self) -> str:
        """What the script compares with, as JSON."""
        checks = [
            {
                "label": check.label,
                "kind": check.kind,
                "value": check.value,
                "margin": check.margin,
                "factor": check.factor,
                "unit": check.unit,
            }
            for check in self.checks
        ]
        mistakes: list[dict[str, Any]] = [{"values": mistake.values, "margins": mistake.margins} for mistake in self.mistakes]
        return json.dumps({"checks": checks, "mistakes": mistakes}, separators=(",", ":"))


def fields(variants: Sequence[PoolVariant]) -> dict[str, str]:
    """The fields of a numeric note: those that show the first variant, and the pool.

    Raises:
        ValueError: the variants do not make a pool; says why.
    """
    return {field: variants[0].part(part) for part, field in FIELDS.items()} | {"Pool": render(variants)}


def render(variants: Sequence[PoolVariant]) -> str:
    """The HTML of the field ``Pool``.

    A part that is the same as the first variant's is left out, which keeps the note small.

    Raises:
        ValueError: the variants do not make a pool; says why.
    """
    _check(variants)
    return "\n".join(_template(variant, variants[0]) for variant in variants)


def _check(variants: Sequence[PoolVariant]) -> None:
    if [variant.number for variant in variants] != list(range(1, len(variants) + 1)):
        raise ValueError(f"the numbers of a pool run from 1: {[variant.number for variant in variants]}")
    for variant in variants:
        where = f"variant {variant.number}"
        for part in PARTS:
            if bool(variant.part(part)) != bool(variants[0].part(part)):
                # Its field, and so its fold, is there for all variants or for none.
                raise ValueError(f"{where}: the part {part!r} must be empty in all variants or in none")
        texts = [*map(variant.part, (*PARTS, "interval")), *(mistake.sentence for mistake in variant.mistakes)]
        if any(re.search(r"</?(template|script)\b", text, re.IGNORECASE) for text in texts):
            raise ValueError(f"{where}: holds a <template> or a <script>")
        for check in variant.checks:
            if not _alike(check.value, check.margin):
                raise ValueError(f"{where}: the margin {check.margin!r} has not the shape of {check.value!r}")
        for mistake in variant.mistakes:
            if not len(mistake.values) == len(mistake.margins) == len(variant.checks):
                raise ValueError(f"{where}: a mistake has one value and one margin for each check: {mistake.sentence!r}")
            if not all(
                value is None or _alike(value, margin) for value, margin in zip(mistake.values, mistake.margins, strict=True)
            ):
                raise ValueError(f"{where}: a margin has not the shape of its value: {mistake.sentence!r}")


def _alike(value: Value, margin: Margin) -> bool:
    """Whether the two have one shape."""
    if isinstance(value, str):
        return margin is None or isinstance(margin, str)
    return isinstance(margin, tuple) and len(value) == len(margin) and all(map(_alike, value, margin))


def _template(variant: PoolVariant, first: PoolVariant) -> str:
    attributes = {"seed": variant.seed, "number": str(variant.number), "check": variant.data}
    written = "".join(f' data-{name}="{escape(text)}"' for name, text in attributes.items())
    shown = [
        part for part in (*PARTS, "interval") if variant.part(part) and (variant is first or variant.part(part) != first.part(part))
    ]
    parts = [f'<div data-part="{part}">{variant.part(part)}</div>' for part in shown]
    mistakes = [f'<p data-mistake="{index}">{mistake.sentence}</p>' for index, mistake in enumerate(variant.mistakes)]
    return f'<template class="variant"{written}>{"".join(parts + mistakes)}</template>'
