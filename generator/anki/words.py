"""Every word that a card shows and no author wrote. The templates and the style sheet name them: ``<!-- word check -->``."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "hint": "Hint",
    "more": "More",
    "parent": "Follows up",
    "mine": "My notes",
    "chosen": "right",
    "answer": "Your answer",
    "minus": "minus sign",
    "power": "times ten to the power of",
    "check": "Check",
    "another": "Other numbers",
    "right": "Right.",
    "rounding": "Nearly: the method is right, check the rounding.",
    "wrong": "Not right.",
    "mistake": "Known slip:",
    "unclear": "This cannot be read as an answer. Ways to write one: 0.5, 1/2, 5e−1, 50%, (1, 2), [1 2; 3 4].",
    "empty": "Nothing is typed yet. Type an answer, or work on paper and turn the card over.",
    "partial": "One of the answers is still missing.",
    "typed": "You typed",
    "interval": "Counts as right:",
    "rate": "How to rate: Again if the method was wrong, Hard after a slip in the arithmetic, Good if it was right.",
    "changed": "A new day has begun at 04:00, and with it new numbers. If you worked with others: this question and this answer "
    "belong together.",
    "edited": "Edited by you: the numbers stay as they are here.",
}
"""Name -> what the card says, as plain text."""
