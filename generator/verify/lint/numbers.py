"""Rules on numeric cards: what proves them, what of them is shipped, and how their texts name their numbers."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from generator.problems import Place, Problem
from generator.tokens import INTERPOLATION, MATHS, leaves
from generator.verify.lint.view import View, warning

HINT = "work out a golden row, write the steps as via, let the answer call a kernel"
BARE = re.compile(r"(?<![\w@.])@ ?[{(]?\s*([A-Za-z]\w*)")
"""What may be meant for an interpolation; an address, as in me@example.org, is not."""


def bare_name(view: View) -> Iterator[Problem]:
    """A number of a numeric card that is named without the braces, in its texts or those of its figures."""
    if not view.names:
        return
    for token in view.every:
        if token.type in MATHS:
            yield from (_unbraced(_formula(token, view), name) for _, name in _bare(token.content, view))
        start = 0
        for leaf in leaves(token.children or ()):
            start = max(token.content.find(leaf.content, start), start)
            if leaf.type == "text":
                yield from (_unbraced(_spot(token, start + at), name) for at, name in _bare(leaf.content, view))
            elif leaf.type in MATHS:
                yield from (_unbraced(_formula(leaf, view), name) for _, name in _bare(leaf.content, view))
            start += len(leaf.content)
    for block in view.card.figures:
        for at, name in _bare(block.text, view):
            yield _unbraced(block.at(block.text.count("\n", 0, at), at - (block.text.rfind("\n", 0, at) + 1)), name)


def _formula(token: Token, view: View) -> Place:
    place: Place = token.meta.get("place", view.card.place)
    return place


def _spot(token: Token, offset: int) -> Place:
    """Where a character of a paragraph stands: exact in its first line; of the others, whose indentation is not known, the line."""
    start: Place = token.meta["place"]
    line = token.content.count("\n", 0, offset)
    return Place(start.path, start.line + line) if line else Place(start.path, start.line, start.column + offset)


def _bare(text: str, view: View) -> Iterator[tuple[int, str]]:
    for match in BARE.finditer(text):
        if match[1] in view.names and not INTERPOLATION.match(text, match.start()):
            yield match.start(), match[1]


def _unbraced(place: Place, name: str) -> Problem:
    hint = f"write @{{{name}}} for the number, or `@{name}` between backticks for the text itself"
    return warning(place, "bare-name", f"@{name} shows as it stands: {name} is a number of this card", hint)


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
