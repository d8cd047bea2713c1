"""The rule on numeric cards: what proves them."""

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
