"""Rules on formulas."""

from generator.verify.rules.rule import Rule

RULES = (
    Rule(
        "miscalculated",
        "a formula whose printed numbers do not give its printed result",
        "A learner who checks the solution with the numbers that he sees gets something else, and looks for his mistake. What"
        " stands beside = and \\approx is computed where it is arithmetic alone. It must give the number on the other side, rounded"
        " to the places that this one shows; after = a whole number is meant exactly. What is not understood is passed over.",
        "Show one more figure of what is computed with, or let the answer follow from the rounded numbers: round(x, 2) in  let.",
    ),
    Rule(
        "tex-backslash",
        r"a backslash that shows inside \text",
        r"There Anki's MathJax knows \$ \{ \} \\ alone, and shows any other backslash as it stands.",
        r"Write 50% or a_b as they are; a macro stands outside of \text, or between dollars inside it.",
    ),
    Rule(
        "tex-comment",
        "a % that hides the rest of its line in a formula",
        "TeX takes it for a comment: what follows is not on the card.",
        r"Write \% for the sign.",
    ),
    Rule(
        "tex-definition",
        "a formula that changes what later formulas mean",
        r"Anki keeps \def, \newcommand, \require and their like for the cards that follow, in whatever order they come.",
        "Define the macro under [macros] in redraw.toml: it is expanded when the card is written.",
    ),
    Rule(
        "tex-label",
        r"a formula with a \label",
        "Anki calls it multiply defined when the card is shown again.",
        r"Number the formula with \tag{1}, or not at all.",
    ),
    Rule(
        "tex-macro",
        "a macro of redraw.toml that takes the name of one of MathJax's own",
        "All formulas of the deck have yours from then on, those too that meant the other.",
        "Take another name.",
        "It cannot be silenced: no card owns the macro.",
        allowable=False,
    ),
)
