"""What makes a card hard to answer, to rate or to keep apart, and what is missing from it."""

from generator.verify.rules.rule import Rule

RULES = (
    Rule(
        "draft",
        "a question without an answer",
        "It is not shipped, so that nobody learns it.",
        "Write the answer; a question that waits for one may stay, it is counted.",
        "It is information, and fails no check.",
        allowable=False,
    ),
    Rule(
        "given-away",
        "a cloze whose text stands in what the card shows",
        "What stands in the visible text, in another cloze or in the headings above the card is read off, not recalled.",
        "Hide both with one number, or word the visible part without it. Text counts if its words stand there in a row (figures and"
        " words without weight, such as “and”, do not); a formula if it stands there whole or as a whole side of a relation.",
    ),
    Rule(
        "heavy-note",
        "a note that weighs more than 60 kB",
        "All of its variants, with their figures, travel to every phone with each change.",
        "Shorten what every variant repeats, or make the pool smaller.",
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
        "wide-listing",
        "a listing with a line of more than 60 characters",
        "It scrolls sideways even on a desk, so that nobody sees the whole of it. A number of a variant counts as one character.",
        "Break the line as the language's style does, shorten a name, or give a comment a line of its own.",
    ),
    Rule(
        "yes-no",
        "a question that asks for yes or no",
        "A guess is right half of the time, and the reason is never asked for.",
        "Ask which, why, when or for what: “Is K-means sure to end?” becomes “Why does K-means end?”",
    ),
)
