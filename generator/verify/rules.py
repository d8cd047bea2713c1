"""The rules that a problem may name: what each is, why it is one, how a card is mended, how a rule is silenced.

A rule is found wherever it can be seen: in the sources, on the draws of numeric cards, by the lint, on the syllabus. Here all of
them are explained, for ``redraw check --explain``, and here ``allow=`` finds the names it may hold.
"""

from dataclasses import dataclass

from generator.problems import Failure, Place, did_you_mean

ALLOW = "allow={name} in the card's braces silences it for that card."


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, for an author to read."""

    name: str
    summary: str
    """What it finds, in a line."""
    why: str
    mend: str
    silence: str = ALLOW
    """How it is silenced."""
    allowable: bool = True
    """Whether ``allow=`` may name it: a rule that is not about cards cannot be allowed on one."""

    @property
    def explanation(self) -> str:
        """The whole page of the rule."""
        parts = (f"Why: {self.why}", f"To mend it: {self.mend}", f"To silence it: {self.silence.format(name=self.name)}")
        return "\n\n".join((f"{self.name}: {self.summary}", *parts))

    def as_json(self) -> dict[str, str]:
        """The rule as plain data."""
        silence = self.silence.format(name=self.name)
        return {"summary": self.summary, "why": self.why, "mend": self.mend, "silence": silence}


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        Failure: there is none.
    """
    if name not in RULES:
        hint = did_you_mean(name, RULES) or "redraw check --explain lists them"
        raise Failure.at(Place(name), "there is no rule of this name", hint)
    return RULES[name]


_RULES = (
    Rule(
        "draft",
        "a question without an answer",
        "It is not shipped, so that nobody learns it.",
        "Write the answer; a question that waits for one may stay, it is counted.",
        "It is information, and fails no check.",
        allowable=False,
    ),
    Rule(
        "few-variants",
        "a numeric card with fewer than 40 variants",
        "Learners meet the same numbers again soon, and recall the answer in place of computing it.",
        "Widen the grid of a parameter, or loosen the condition that rejects most.",
    ),
    Rule(
        "given-away",
        "a cloze whose text stands in what the card shows",
        "What stands in the visible text, in another cloze or in the headings above the card is read off, not recalled.",
        "Hide both with one number, or word the visible part without it. Text counts if its words stand there in a row (figures and"
        " words without weight, such as “and”, do not); a formula if it stands there whole or as a whole side of a relation.",
    ),
    Rule(
        "hand-budget",
        "a numeric card that takes longer than a minute by hand",
        "A review that needs a calculator is put off. What counts is in docs/numeric.md, under “Forms and the hand budget”.",
        "Print results under  given, choose rounder numbers, or another form.",
    ),
    Rule(
        "long-answer",
        "the first screen of an answer passes 60 words",
        "The answer is compared with what the learner said; what he did not have to say stands in its way. A formula counts as a"
        " word for every three symbols that are read. Only a first block can be too long: what follows unfolds if it does not fit.",
        "Answer in the first paragraph and explain in the next ones, which unfold; or make two cards of it.",
    ),
    Rule(
        "long-card",
        "an answer passes 120 words as a whole",
        "Nobody says that much in one breath, so nobody can tell whether he knew it: such a card is rated at random.",
        "Make a card of each idea; a derivation may be cut where an intermediate result has a name.",
    ),
    Rule(
        "long-enumeration",
        "a list of more than five items in an answer",
        "Sets are the hardest thing to recall; the one item that is missing fails all the others again and again. The numbered"
        " steps of a derivation or of a worked solution are no set, and do not count.",
        "Ask for parts of it, turn it into clozes, or give the items an order that a reason explains.",
    ),
    Rule(
        "many-clozes",
        "a text with more than three clozes",
        "Each makes a card whose visible text gives the others away, and all of them come back as siblings.",
        "Keep the ones that matter, or split the text.",
    ),
    Rule(
        "missing-kind",
        "the syllabus promises a kind of card that a subject does not have",
        "Whoever reads the syllabus expects a derivation, a numeric card, code or a figure there.",
        "Write the card, take the kind from the subject's  promises, or say under its  exceptions  why there is none.",
        "It is information until the syllabus says  complete: yes.",
        allowable=False,
    ),
    Rule(
        "near-duplicate",
        "two questions that are nearly the same",
        "Two cards that look alike are mistaken for each other, and a question that is asked twice is learnt twice.",
        "Drop one, or make the difference the first thing that is read. Compared are the texts letter by letter, as they stand and"
        " with their words sorted. Two questions that each begin with a word that the other does not have are told apart.",
        "allow=near-duplicate on one of the two cards silences it for all pairs with that card.",
    ),
    Rule(
        "no-alt",
        "a picture without a text that stands in for it",
        "Screen readers, and cards whose picture has not arrived, have nothing else.",
        "Say in the brackets what the picture shows: ![the unit ball of the L1 norm](ball.png).",
    ),
    Rule(
        "no-level",
        "a card without a level, in a deck whose cards have one",
        "Learners who filter by level never meet it.",
        "Write .level-1, .level-2 or .level-3 into its braces; level 1 needs nothing that comes later.",
    ),
    Rule(
        "repeats-question",
        "an answer that begins with the question's words",
        "They are read at every review and say nothing new.",
        "Begin with what was asked for.",
    ),
    Rule(
        "spoils",
        "a follow-up whose question states its parent's answer",
        "The follow-up is read before the parent comes back, and answers it.",
        "Ask without the result, as “this bound”; the parent's question stands above the follow-up's. What counts is five words of"
        " the parent's answer in a row, a cloze's text, and a formula, whole or a side of it, unless the parent's question has it.",
    ),
    Rule(
        "todo",
        "a TODO in the text",
        "It never ships, so that something is missing from the card.",
        "Do it, or leave it.",
    ),
    Rule(
        "uncovered",
        "a subject of the syllabus without a card",
        "The syllabus promises it.",
        "Write a card whose id begins with the subject's name, name the subject in the  covers=  of a card, or take it from the"
        " syllabus.",
        "It cannot be silenced: a subject without a card does not belong into the syllabus.",
        allowable=False,
    ),
    Rule(
        "unproven",
        "a numeric card without a golden row, a via or an oracle",
        "Each catches what the others cannot: the row an error of understanding, via one in the solution, the kernel's oracle one"
        " in the kernel. An answer that calls no kernel has no oracle.",
        "Work out a row by hand; write the solution's steps as  via; let the answer call a reference kernel (redraw kernels).",
    ),
    Rule(
        "unproven-claim",
        "a claim that holds at many points, and for which no proof was found",
        "What holds at points may fail elsewhere; the card says more than was shown.",
        "Split it into steps, take smaller sizes, declare what the symbols are, or name a way under  by; write  by: numeric  where"
        " points are all that you ask for.",
    ),
    Rule(
        "yes-no",
        "a question that asks for yes or no",
        "A guess is right half of the time, and the reason is never asked for.",
        "Ask which, why, when or for what: “Is K-means sure to end?” becomes “Why does K-means end?”",
    ),
)
RULES = {rule.name: rule for rule in _RULES}
"""Name -> rule."""
