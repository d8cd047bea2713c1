"""Rules on numeric cards: what proves them, and what of them is shipped."""

from collections.abc import Iterator

from generator.problems import Problem
from generator.verify.lint.view import View, warning

HINT = "work out a golden row, write the steps as via, let the answer call a kernel"


def unproven(view: View) -> Iterator[Problem]:
    """A numeric card without a golden row, a via or an oracle."""
    if view.proof is None or view.card.numeric is None:
        return
    has = {"golden row": view.proof.golden, "via": view.proof.via, "oracle": view.proof.oracle}
    if missing := [name for name, there in has.items() if not there]:
        yield warning(view.card.numeric.place, "unproven", f"the card has no {' and no '.join(missing)}", HINT)


def unseen_word(view: View) -> Iterator[Problem]:
    """A choice of words one of which no shipped variant has."""
    if view.drawing is None or view.card.numeric is None:
        return
    variants = view.drawing.variants
    for name, words in view.drawing.words.items():
        seen = {variant.params[name] for variant in variants}
        if missing := [word for word in words if word not in seen]:
            message = f"{name} is {' or '.join(missing)} on none of the {len(variants)} variants"
            hint = "raise the pool, make a card of each word, or see which condition rejects it"
            yield warning(view.card.numeric.find(f"{name}:"), "unseen-word", message, hint)
