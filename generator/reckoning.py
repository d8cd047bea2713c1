"""The formulas of a numeric card with the numbers of draws that no note holds."""

from collections.abc import Iterator, Mapping, Sequence

from generator.model import Card, Formula, Macro, Variant
from generator.render.macros import Unexpandable, expand
from generator.tokens import INTERPOLATION, MATHS, leaves
from generator.verify.arithmetic import slips


def written(card: Card) -> tuple[Formula, ...]:
    """The formulas of a card that hold numbers of a variant, as its author wrote them."""
    return tuple(
        Formula(token.content, token.type != "maths_inline", token.meta.get("place", card.place))
        for token in leaves((*card.question, *card.hint, *card.answer))
        if token.type in MATHS and INTERPOLATION.search(token.content)
    )


def miscalculated(formulas: Sequence[Formula], variant: Variant, macros: Mapping[str, Macro]) -> Iterator[Formula]:
    """Those of the formulas whose arithmetic does not come out with the numbers of a variant."""
    for formula in formulas:
        tex = _filled(formula.tex, variant, macros)
        if any(slips(tex)):
            yield Formula(tex, formula.display, formula.place)


def _filled(tex: str, variant: Variant, macros: Mapping[str, Macro]) -> str:
    """The formula with the numbers of a variant; empty where that cannot be had, which is reported elsewhere."""
    parts, position = [], 0
    for match in INTERPOLATION.finditer(tex):
        name, _, form = match[1].partition(":")
        shown = variant.shown.get((name.strip(), form.strip()))
        if shown is None:
            return ""
        parts += [tex[position : match.start()], shown.tex]
        position = match.end()
    try:
        return expand("".join([*parts, tex[position:]]), macros)
    except Unexpandable:
        return ""
