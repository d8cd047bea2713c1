"""Rules on what Markdown makes of a source in another way than its author meant."""

from generator.verify.rules.rule import Rule

RULES = (
    Rule(
        "broken-table",
        "a table that is not read as one, or a row with more cells than it has",
        "Without as many cells in the row above as in the line of dashes there is no table; cells beyond its width are cut off.",
        r"Count the cells; inside a formula write \mid or \lVert, since | splits the cell.",
    ),
    Rule(
        "mistyped-cloze",
        "text that looks like a cloze and is none",
        "It is shown as it stands, braces and answer included.",
        "Write {{c1::…}}: a small c, a number, two colons.",
    ),
    Rule(
        "no-id",
        "a card without an id",
        "It gets one from its text, so that the next edit of the text makes another card of it, without the history.",
        "redraw ids writes the missing ids into the sources.",
        "It cannot be silenced: whoever writes braces can write an id into them.",
        allowable=False,
    ),
    Rule(
        "numbered-line",
        "a line that begins with a number, inside a paragraph",
        "It looks like an item of a list, and CommonMark makes it the middle of a sentence.",
        "Put a blank line before it, or break the line elsewhere.",
    ),
    Rule(
        "remote-picture",
        "a picture that would be loaded from elsewhere",
        "A card loads nothing: the picture becomes a link to it.",
        "Copy the picture into the folder and name that file, or write the link yourself.",
    ),
    Rule(
        "removed-html",
        "an HTML element or an attribute that does not get onto the card",
        "Scripts, styles, frames, forms and handlers have no place there, and headings are Markdown's.",
        "Take it out; say with Markdown what was meant.",
    ),
    Rule(
        "removed-link",
        "a link that does not get onto the card",
        "Anki opens https:// and mailto: alone; of other links the text is kept.",
        "Write the whole address, or #id for another card.",
    ),
    Rule(
        "stray-answer",
        "text below a question without an answer that does not belong to it",
        "It was meant as the answer: the question stays a draft, and neither ships.",
        "Indent it by the width of the question's marker, four columns for most.",
        "It cannot be silenced: it stands on no card.",
        allowable=False,
    ),
    Rule(
        "stray-attributes",
        "{#id …} where it is text",
        "It shows on the card, and the card has no id.",
        "Attributes are the last thing in the question's first paragraph, or on the heading's line.",
    ),
    Rule(
        "table-bar",
        "a bar of a formula in a table",
        r"A table knows no formulas: | parts its cells, and of \| it leaves |.",
        r"Write \mid, \lvert … \rvert or \lVert … \rVert.",
    ),
    Rule(
        "underlined-text",
        "text that the line below makes a heading of",
        "CommonMark takes --- or === right below a paragraph for its underline, not for a border.",
        "Put a blank line above the line.",
    ),
    Rule(
        "unknown-html",
        "an HTML element that no card needs",
        "It is shown as text, since it is most likely meant so, as <pad> is.",
        "Write it as code, between backticks.",
    ),
    Rule(
        "unknown-language",
        "a listing in a language that Pygments does not know",
        "It is shown without colours.",
        "Correct the name behind the fence; text is a language too.",
    ),
)
