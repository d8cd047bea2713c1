"""Rules on questions: what they ask for, and how they differ from each other."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from generator.problems import Problem
from generator.tokens import plain
from generator.verify.lint.view import Pair, View, warning
from generator.verify.lint.words import sentences, text_words, weighs

ALIKE = 85
"""The likeness in percent from which two questions count as the same.

Among 750,000 pairs of the deck that this was set on, the most alike ask for different things and have 82, but for one pair of 89
that begins with its difference, as it should. Of seven questions that were reworded on purpose, four pass 85, those above all
whose words only changed places; the others are as alike as strangers.
"""
LONGEST = 2_000
"""Characters of a question that are compared: five times what one has, and a bound on the time."""
CHUNK = 256
"""How many questions are compared with all others at a time, so that memory grows with their number and not with its square."""
ASKS_YES_NO = re.compile(
    r"[“\"‘(]*(?:and |or |but |so |then )?"
    r"(?:(?:if|when|for|in|with|without|under|given|suppose|on|after|at|as|since|because)\b[^?]*, )?"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must|may|might)(?:n['’]t)?\b",
    re.IGNORECASE,
)
ASKS_MORE = re.compile(r"\b(?:or|why|how|which|what|where|who|whose|whom)\b", re.IGNORECASE)


def yes_no(view: View) -> Iterator[Problem]:
    """A question that asks for yes or no."""
    if view.card.kind not in ("basic", "numeric"):
        return
    asked = sentences(view.card.question)
    if not asked or not asked[-1].rstrip('”"’)').endswith("?"):
        return
    questions = [sentence for sentence in asked if sentence.rstrip('”"’)').endswith("?")]
    if all(ASKS_YES_NO.match(sentence) and not ASKS_MORE.search(sentence) for sentence in questions):
        yield warning(view.card.place, "yes-no", "the question asks for yes or no", "ask which, why, when or for what")


def near_duplicate(views: tuple[View, ...]) -> Iterator[Pair]:
    """Two questions that are nearly the same."""
    texts = [plain(view.card.question).casefold()[:LONGEST] for view in views]
    ordered = [" ".join(sorted(text.split())) for text in texts]
    for first in range(0, len(texts), CHUNK):
        last = first + CHUNK
        asis, sorted_ = (
            process.cdist(form[first:last], form[first:], scorer=fuzz.ratio, score_cutoff=ALIKE) for form in (texts, ordered)
        )
        for row, column in sorted({(int(i), int(j)) for matrix in (asis, sorted_) for i, j in zip(*matrix.nonzero(), strict=True)}):
            if row < column and not _told_apart(texts[first + row], texts[first + column]):
                one, other = views[first + row].card, views[first + column].card
                share = max(asis[row, column], sorted_[row, column])
                message = f"the question is nearly that of {one.id}: {share:.0f}% alike"
                hint = f"it stands at {one.place}: drop one, or begin with the difference"
                yield (other, one), warning(other.place, "near-duplicate", message, hint)


def _told_apart(one: str, other: str) -> bool:
    """Whether each begins with a word that the other does not have: their difference is the first thing that is read."""
    these, those = text_words(one), text_words(other)
    opening, other_opening = (next((word for word in found if weighs([word])), "") for found in (these, those))
    return bool(opening and other_opening) and opening not in those and other_opening not in these


def no_level(views: tuple[View, ...]) -> Iterator[Pair]:
    """A card without a level, in a deck whose cards have one."""
    if any(view.card.level for view in views):
        for view in views:
            if not view.card.level:
                hint = "write .level-1, .level-2 or .level-3 into its braces"
                yield (view.card,), warning(view.card.place, "no-level", "the card has no level", hint)
