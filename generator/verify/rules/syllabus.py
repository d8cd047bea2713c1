"""Rules on what the syllabus promises."""

from generator.verify.rules.rule import Rule

RULES = (
    Rule(
        "missing-kind",
        "the syllabus promises a kind of card that a subject does not have",
        "Whoever reads the syllabus expects a derivation, a numeric card, code or a figure there.",
        "Write the card, take the kind from the subject's  promises, or say under its  exceptions  why there is none.",
        "It is information until the syllabus says  complete: yes.",
        allowable=False,
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
)
