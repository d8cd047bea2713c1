"""From the variants of a numeric card, and the HTML of each, to the pool of its note."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from generator.anki import pool
from generator.anki.pool import Check, Mistake, PoolVariant
from generator.model import Plain, Variant, VariantAnswer

TYPED = 0.005
"""How far off a number with three digits may be, relatively."""
Sentences = Callable[[str], str]
"""From what a mistake is called to its HTML."""


def plain_text(sentence: str) -> str:
    """The sentence as it is, without any markup."""
    return escape(sentence, quote=False)


def pooled(variants: Sequence[Variant], parts: Sequence[Mapping[str, str]], sentences: Sentences = plain_text) -> dict[str, str]:
    """The fields of a numeric note: the first variant's, and all of them in the pool.

    Args:
        parts: for each variant the HTML of its question, hint, answer and details.
    """
    return pool.fields([pool_variant(variant, part, sentences) for variant, part in zip(variants, parts, strict=True)])


def pool_variant(variant: Variant, part: Mapping[str, str], sentences: Sentences = plain_text) -> PoolVariant:
    """One variant as the pool holds it, with what the card's script compares a typed answer with."""
    answers = variant.answers
    intervals = [(answer, answer.interval) for answer in answers if answer.interval]
    lines = [f"{answer.name}: {shown.html}" if len(answers) > 1 else shown.html for answer, shown in intervals]
    return PoolVariant(
        seed=variant.seed,
        number=variant.index + 1,
        question=part["question"],
        hint=part["hint"],
        answer=part["answer"],
        details=part["details"],
        checks=tuple(_check(answer, len(answers) > 1) for answer in answers),
        mistakes=tuple(_mistake(mistake.sentence, mistake.values, answers, sentences) for mistake in variant.mistakes),
        interval="; ".join(lines),
    )


def _check(answer: VariantAnswer, several: bool) -> Check:
    return Check(
        label=answer.name if several else "",
        kind=_kind(answer),
        value=_text(answer.value),
        margin=_margin(answer.value, answer.low, answer.high),
        factor=answer.factor,
        unit=answer.unit,
    )


def _kind(answer: VariantAnswer) -> pool.Kind:
    value = answer.value
    if not isinstance(value, tuple):
        return "word" if isinstance(value, str | bool) else "number"
    if not answer.ordered:
        return "set"
    return "matrix" if value and isinstance(value[0], tuple) else "vector"


def _mistake(sentence: str, values: Mapping[str, Plain], answers: Sequence[VariantAnswer], sentences: Sentences) -> Mistake:
    """A mistake counts as met near the value that it leads to, but never as near as the right answer."""
    met, margins = [], []
    for answer in answers:
        wrong = values.get(answer.name)
        met.append(None if wrong is None else _text(wrong))
        own = wrong is None or _shape(wrong) == _shape(answer.value)
        margin = _margin(answer.value, answer.low, answer.high) if own else _margin(wrong, wrong, wrong)
        margins.append(_wider(margin, wrong, answer.value) if own and wrong is not None else margin)
    return Mistake(sentences(sentence), tuple(met), tuple(margins))


def _wider(margin: Any, wrong: Plain, right: Plain) -> Any:
    """A wrong value is typed with two or three digits: half a percent counts, up to half way to the right answer."""
    if isinstance(margin, tuple):
        return tuple(_wider(*entry) for entry in zip(margin, wrong, right, strict=True))
    if margin is None:
        return None
    return repr(max(float(margin), min(TYPED * abs(float(wrong)), abs(float(wrong) - float(right)) / 2)))


def _shape(value: Plain) -> Any:
    return tuple(map(_shape, value)) if isinstance(value, tuple) else isinstance(value, str | bool)


def _text(value: Plain) -> Any:
    """Numbers as the shortest decimal that reads back as the same float; words as they are."""
    if isinstance(value, tuple):
        return tuple(_text(entry) for entry in value)
    return value if isinstance(value, str) else str(value) if isinstance(value, bool | int) else repr(float(value))


def _margin(value: Plain, low: Plain, high: Plain) -> Any:
    if isinstance(value, tuple):
        return tuple(_margin(*entry) for entry in zip(value, low, high, strict=True))
    if isinstance(value, str | bool):
        return None
    return repr(max(float(high) - float(value), float(value) - float(low), 0.0))
