"""The craft of cards: what makes one hard to answer, to rate or to keep apart, read off its tokens.

Each rule is a function of one card, or of all, that yields warnings; ``generator.verify.rules`` explains them.
"""

from collections.abc import Sequence

from generator.problems import Problems
from generator.verify.lint import answers, clozes, followups, listings, numbers, pictures, questions
from generator.verify.lint.view import CardRule, DeckRule, Drawing, Proof, View

__all__ = ["Drawing", "Proof", "View", "lint"]

CARD_RULES: tuple[CardRule, ...] = (
    answers.long_answer,
    answers.long_card,
    answers.long_enumeration,
    answers.repeats_question,
    clozes.given_away,
    clozes.many_clozes,
    followups.spoils,
    listings.wide_listing,
    numbers.bare_name,
    numbers.unproven,
    numbers.unseen_word,
    pictures.no_alt,
    questions.yes_no,
)
DECK_RULES: tuple[DeckRule, ...] = (questions.near_duplicate, questions.no_level)


def lint(views: Sequence[View], problems: Problems) -> None:
    """Report what the rules find on the cards; what a card allows is silenced."""
    for view in views:
        for card_rule in CARD_RULES:
            problems.extend(card_rule(view), view.card.id, view.card.allow)
    for deck_rule in DECK_RULES:
        for cards, problem in deck_rule(tuple(views)):
            allowing = [card for card in cards if problem.rule in card.allow]
            for card in allowing:
                problems.extend([problem], card.id, card.allow)
            if not allowing:
                problems.add(problem)
