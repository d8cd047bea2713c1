"""The rule on follow-ups: their question is read before the parent comes back."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from generator.model import Tokens
from generator.problems import Problem
from generator.verify.lint.clozes import hidden_texts
from generator.verify.lint.view import View, warning
from generator.verify.lint.words import contains, formulas, sides, weighs, words

RUN = 5
LONGEST = 500
"""Words that are compared: several times what a question or a first screen has, and a bound on the time."""
LEAST_ATOMS = 3
HINT = "ask without it: the parent's question stands above this one"


def spoils(view: View) -> Iterator[Problem]:
    """A follow-up whose question states its parent's answer."""
    if view.parent is None or view.card.kind == "cloze":
        return
    told = _told(view.card.question, view.parent)
    if told:
        message = f"the question states the answer of {view.parent.card.id}: {told}"
        yield warning(view.card.place, "spoils", message, HINT)


def _told(question: Tokens, parent: View) -> str:
    """What of the parent's answer the follow-up's question says; empty: nothing."""
    asked = parent.card.question
    if parent.card.kind == "cloze":
        said = words(question)
        return next((text for run, text in hidden_texts(parent.card) if weighs(run) and contains(said, run)), "")
    answer = _answer(parent)
    return _told_words(words(question), words(answer), words(asked)) or _told_formula(question, answer, asked)


def _answer(parent: View) -> Tokens:
    """What answers the parent: of choices, the right ones."""
    if parent.card.kind == "choice":
        return tuple(token for choice in parent.card.choices if choice.right for token in choice.tokens)
    return parent.first


def _told_words(question: Sequence[str], answer: Sequence[str], asked: Sequence[str]) -> str:
    question, answer = question[:LONGEST], answer[:LONGEST]
    match = SequenceMatcher(None, question, answer, autojunk=False).find_longest_match()
    run = question[match.a : match.a + match.size]
    return f"“{' '.join(run)}”" if len(run) >= RUN and weighs(run) and not contains(asked, run) else ""


def _told_formula(question: Tokens, answer: Tokens, asked: Tokens) -> str:
    said = [side for formula in formulas(question) for side in sides(formula)]
    known = [side for formula in formulas(asked) for side in sides(formula)]
    for formula in formulas(answer):
        for side in sides(formula):
            if len(side) >= LEAST_ATOMS and side in said and side not in known:
                return "".join(side)
    return ""
