"""Rules on answers: their length, their lists, how they begin."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from generator.problems import Place, Problem
from generator.tokens import BlockNode, blocks, flat
from generator.verify.lint.view import View, warning
from generator.verify.lint.words import WEIGHTLESS, length, words

FIRST_SCREEN = 60
"""Words that are said in about half a minute."""
WHOLE = 120
"""Words of two screens of a phone: what is longer is read, not answered."""
ITEMS = 5
LONGEST = 500
"""Words of a question that are compared: many times what one has, and a bound on the time."""
OPENING = 5
"""A restatement begins within so many words of the answer, and only words without weight stand before it."""
RUN = 6
"""So many words in a row are no chance,"""
HALF_RUN = 4
"""nor are so many, where they are half of the question."""


def long_answer(view: View) -> Iterator[Problem]:
    """The first screen of an answer passes 60 words.

    By its first block alone: what follows is on the first screen only as far as it fits, and that is no fault of the card.
    """
    first = flat(blocks(view.first)[:1])
    if (count := length(first)) > FIRST_SCREEN:
        message = f"the answer begins with {count} words in one piece, so that its first screen is too long"
        yield warning(_place(view), "long-answer", message, "answer first, in at most 60 words; the paragraphs below unfold")


def long_card(view: View) -> Iterator[Problem]:
    """An answer passes 120 words as a whole."""
    if (count := length(view.card.answer)) > WHOLE:
        yield warning(_place(view), "long-card", f"the answer has {count} words", "make a card of each idea")


def long_enumeration(view: View) -> Iterator[Problem]:
    """A list of more than five items in an answer; the numbered steps of a derivation or a worked solution are no such list."""
    steps = view.card.task == "derive" or view.card.kind == "numeric"
    for node in _lists(blocks(view.card.answer)):
        if (count := len(node.inside)) > ITEMS and not (steps and node.type == "ordered_list"):
            place = node.place(view.card.place.path)
            yield warning(place, "long-enumeration", f"a list of {count} items", "ask for parts of it, or group the items")


def repeats_question(view: View) -> Iterator[Problem]:
    """An answer begins with the question's words."""
    if view.card.kind in ("cloze", "choice"):
        return
    question, answer = words(view.card.question)[:LONGEST], words(view.first)[: OPENING + RUN]
    match = SequenceMatcher(None, question, answer, autojunk=False).find_longest_match()
    told = match.size >= RUN or (match.size >= HALF_RUN and 2 * match.size >= len(question))
    if told and match.b < OPENING and all(word in WEIGHTLESS for word in answer[: match.b]):
        shown = " ".join(answer[match.b : match.b + match.size])
        yield warning(
            _place(view), "repeats-question", f"the answer repeats the question: “{shown}”", "begin with what was asked for"
        )


def _lists(nodes: Sequence[BlockNode]) -> Iterator[BlockNode]:
    """All lists, those inside others too."""
    for node in nodes:
        if node.type in ("ordered_list", "bullet_list"):
            yield node
        yield from _lists(node.inside)


def _place(view: View) -> Place:
    """Where the answer begins."""
    nodes = blocks(view.card.answer)
    return nodes[0].place(view.card.place.path) if nodes else view.card.place
