"""The rule on listings: they are read as a whole."""

from collections.abc import Iterator

from generator.problems import Place, Problem
from generator.tokens import INTERPOLATION, leaves, without_clozes
from generator.verify.lint.view import View, warning

WIDEST = 60
"""Characters of a line that fit, whatever the window's width: the column and the size of code in ``style.css`` give that.

A test in ``tests/anki`` measures it, with a font whose characters are as wide as those of most: 0.6 of their size.
"""
TAB = 4
HINT = "break the line, shorten a name, or give a comment a line of its own"


def wide_listing(view: View) -> Iterator[Problem]:
    """A listing that scrolls sideways even on a desk; the place is that of its first wide line."""
    for token in leaves(view.every):
        if token.type not in ("fence", "code_block") or not token.map:
            continue
        widths = [_width(line) for line in token.content.split("\n")]
        wide = [number for number, width in enumerate(widths) if width > WIDEST]
        if wide:
            first = token.map[0] + (token.type == "fence") + wide[0] + 1
            others = "" if len(wide) == 1 else f", the longest of {len(wide)} such lines"
            message = f"a line of the listing has {max(widths)} characters{others}; {WIDEST} fit"
            yield warning(Place(view.card.place.path, first), "wide-listing", message, HINT)


def _width(line: str) -> int:
    """How many characters a line shows; a number of a variant counts as one, which it has at least."""
    return len(INTERPOLATION.sub("0", without_clozes(line)).expandtabs(TAB).rstrip())
