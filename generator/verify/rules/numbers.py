"""Rules on numeric cards and on claims."""

from generator.verify.rules.rule import Rule

RULES = (
    Rule(
        "bare-name",
        "a name of a numeric card behind an @ without braces",
        "It shows as it stands, on every variant, where a number was meant.",
        "Write @{name}; between backticks it is the text itself.",
    ),
    Rule(
        "copied-via",
        "a via that goes the answer's own way",
        "It calls the same kernel, or is the same expression, so that its agreement proves nothing.",
        "Write the steps of the solution as  via, by hand, and let the answer call the kernel.",
    ),
    Rule(
        "few-variants",
        "a numeric card with fewer than 40 variants",
        "Learners meet the same numbers again soon, and recall the answer in place of computing it.",
        "Widen the grid of a parameter, or loosen the condition that rejects most.",
    ),
    Rule(
        "hand-budget",
        "a numeric card that takes longer than a minute by hand",
        "A review that needs a calculator is put off. What counts is in docs/numeric.md, under “Forms and the hand budget”.",
        "Print results under  given, choose rounder numbers, or another form.",
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
        "unseen-word",
        "a choice of words one of which no shipped variant has",
        "A word makes another question of the card: whoever reviews it never meets that one until fresh numbers are drawn.",
        "Raise the  pool  so that each word comes up, or make a card of each; a word that a condition always rejects is taken out.",
    ),
)
