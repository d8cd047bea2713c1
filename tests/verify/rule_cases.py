"""Cards for every rule that a card may allow: one that trips it, and one that just does not."""


def words(count: int) -> str:
    """So many different words."""
    return " ".join(f"w{number}" for number in range(count))


def items(count: int) -> str:
    return "\n".join(f"    - entry {number}" for number in range(count))


def steps(count: int) -> str:
    return "\n".join(f"    {number + 1}. step {number}" for number in range(count))


def rows(*lines: str) -> str:
    """Lines of an answer, one below the other."""
    return "\n    ".join(lines)


def card(question: str, answer: str, attributes: str = "#a") -> str:
    return f"1) {question} {{{attributes}}}\n\n    {answer}\n\n"


def cloze(text: str) -> str:
    return f"1) {text} {{#a}}\n\n"


NUMERIC = """1) How much is $@{n}+1$? {#a}

    ```numeric
    params:
      n: int 1..100
    answer: ANSWER
    via: n + 1
    golden:
      - {n: 2, answer: 3}
    ```

    $@{answer}$.
"""
PROVEN = NUMERIC.replace("ANSWER", "dot_product([n, 1], [1, 1])")
PARENT = card("What is $\\frac{d}{dx}\\tanh x$?", "$1-\\tanh^2x$, never negative and largest at the very origin.", "#p")
CLAIM = """1) How does it expand? {#a}

    ```claim
    name: square
    symbols:
      a, b: real
    show: (a + b)**2 == a**2 + 2*a*b + b**2
    by: BY
    ```

    In three terms: $@{square:claim}$.
"""
CHOSEN = PROVEN.replace("      n: int", "      w: choice WORDS\n      n: int").replace("How much is", "How many @{w:word} are")
CHOSEN = CHOSEN.replace("      - {n", "      - {w: pens, n")
BARE = (
    PROVEN
    + """
    ```figure
    draw: unit-balls
    alt: Balls, TEXT
    ```
"""
)
HIDDEN = "1) Q {#a}\n\n    ```text\n    {{c1::x}}X\n    ```\n"
CASES = {
    "bare-name": [
        *(
            (PROVEN.replace("$@{answer}$.", bad), PROVEN.replace("$@{answer}$.", good))
            for bad, good in (
                ("It is @answer.", "It is @other."),
                ("It is (@n).", "It is `@n`."),
                ("It is @ {n}.", "Write to me@n.org."),
                ("It is @(answer).", r"It is \@{answer}."),
                ("It is $x=@n$.", "It is $x=@{n}$."),
                ("So:\n\n    $$\n    x=@n\n    $$", "So:\n\n    ```python\n    @n\n    def f(): ...\n    ```"),
            )
        ),
        (BARE.replace("TEXT", "@n of them"), BARE.replace("TEXT", "@{n} of them")),
        (PROVEN.replace("$@{answer}$.", "It is @n."), card("Q", "It is @n.")),
    ],
    "broken-table": [
        (card("Q", rows("| a |", "|---|---|", "| 1 | 2 |")), card("Q", rows("| a | b |", "|---|---|", "| 1 | 2 |"))),
        (card("Q", rows("| a |", "|---|", "| 1 | 2 |")), card("Q", rows("| a |", "|---|", "| 1 |"))),
    ],
    "copied-via": [
        (PROVEN.replace("via: n + 1", "via: dot_product([1, n], [1, 1])\n    show: int"), PROVEN),
        (NUMERIC.replace("ANSWER", "n+1"), PROVEN),
    ],
    "given-away": [
        (cloze("The {{c1::prior}} is known first: the prior."), cloze("The {{c1::prior}} is known first: priority.")),
        (cloze("Let $u=g(x)$. The inner one is {{c1::$u=g(x)$}}."), cloze("Let $v=g(x)$. The inner one is {{c1::$u=g(x)$}}.")),
        (cloze("With $y=a+b$, the sum is ${{c1::a+b}}$."), cloze("With $y=a+bc$, the sum is ${{c1::a+b}}$.")),
        (cloze("{{c1::alpha beta}}, and {{c2::alpha beta}}."), cloze("{{c1::alpha beta}}, and {{c1::alpha beta}}.")),
        (cloze("`x.view(n, d)` is not {{c1::`view(n, d)`}}."), cloze("`x.view(d, n)` is not {{c1::`view(n, d)`}}.")),
        (cloze("The {{c1::mean::of a mean}} is asked."), cloze("The {{c1::mean::an average}} is asked.")),
        (
            "# File\n\n## Queries and keys\n\n" + cloze("What is compared with queries: {{c1::keys}}."),
            cloze("It is {{c1::and}} and 0 and {{c2::0}}."),
        ),
    ],
    "long-answer": [
        (card("Q", words(61)), card("Q", words(60))),
        (card("Q", f"{words(60)} $x$"), card("Q", f"{words(59)} $x$")),
        (card("Q", f"{words(58)} $a+b+c+d+e$"), card("Q", f"{words(58)} $a+b+c$")),
        (card("Q", words(61)), card("Q", f"{words(60)}\n\n    {words(40)}")),
        (card("Q", words(61)), card("Q", f"{words(50)}\n\n    {' '.join(['$x$'] * 20)}")),
    ],
    "long-card": [(card("Q", f"{words(50)}\n\n    {words(71)}"), card("Q", f"{words(50)}\n\n    {words(70)}"))],
    "long-enumeration": [
        (card("Q", f"These:\n\n{items(6)}"), card("Q", f"These:\n\n{items(5)}")),
        (card("Q", f"These:\n\n{steps(6)}"), card("Q", f"These:\n\n{steps(6)}", "#a .derive")),
        (
            card("Q", "> quoted\n    >\n" + items(6).replace("    -", "    > -")),
            card("Q", f"These:\n\n{items(5)}\n\n    And:\n\n    1. one"),
        ),
    ],
    "heavy-note": [(card("Q", words(12_000)), card("Q", words(5_000)))],
    "many-clozes": [
        (cloze("{{c1::one}} {{c2::two}} {{c3::three}} ${{c4::x+y}}$"), cloze("{{c1::one}} {{c2::two}} {{c3::three}}")),
    ],
    "miscalculated": [
        (card("Q", r"$0.71\cdot1.32\approx0.93$"), card("Q", r"$0.71\cdot1.32\approx0.94$")),
        (card("Q", r"$x=2+2=5$"), card("Q", r"$x=2+2=y=5$")),
        (cloze(r"It is {{c1::$2\cdot3=7$}}."), cloze(r"It is {{c1::$2\cdot3=6$}}.")),
        (PROVEN.replace("$@{answer}$.", "$@{n}+2=@{answer}$."), PROVEN.replace("$@{answer}$.", "$@{n}+1=@{answer}$.")),
    ],
    "mistyped-cloze": [(cloze("The {{c1:one}} and {{c2::two}}."), cloze("The {{c1::one}} and {{c2::two}}."))],
    "near-duplicate": [
        (
            card("Why are the scores divided by $\\sqrt d$?", "A.") + card("By $\\sqrt d$ the scores are divided why?", "A.", "#b"),
            card("Why are the scores divided by $\\sqrt d$?", "A.") + card("Why are sums scaled with $n$?", "A.", "#b"),
        ),
        (
            card("To what does LayerNorm map the vector $(3, 4)$, and why?", "A.")
            + card("To what does a LayerNorm map the vector $(4, 4)$, and why?", "A.", "#b"),
            card("To what does LayerNorm map the vector $(3, 4)$, and why?", "A.")
            + card("To what does RMSNorm map the vector $(3, 4)$, and why?", "A.", "#b"),
        ),
    ],
    "no-alt": [
        (card("Q", "![](x.png)"), card("Q", "![a ball](x.png)")),
        (card("Q", 'A <img src="x.png"> b'), card("Q", 'A <img src="x.png" alt="a ball"> b')),
    ],
    "no-level": [
        (card("Q", "A.") + card("Other", "A.", "#b .level-1"), card("Q", "A.", "#a .level-1") + card("Other", "A.", "#b .level-1")),
        (card("Q", "A.") + card("Other", "A.", "#b .level-1"), card("Q", "A.") + card("Other", "A.", "#b")),
    ],
    "numbered-line": [(card("Q", "It is so.\n    2. And so."), card("Q", "It is so.\n\n    2. And so."))],
    "remote-picture": [(card("Q", "See ![a ball](https://a.org/x.png)."), card("Q", "See [a ball](https://a.org/x.png)."))],
    "removed-html": [
        (card("Q", 'A <b style="color:red">red</b> one.'), card("Q", "A <b>red</b> one.")),
        (card("Q", "A <script>x</script> one."), card("Q", "A `<script>` one.")),
    ],
    "removed-link": [
        (card("Q", "See [it](ftp://a.org)."), card("Q", "See [it](https://a.org).")),
        (card("Q", 'See <a href="ftp://a.org">it</a>.'), card("Q", 'See <a href="https://a.org">it</a>.')),
    ],
    "repeats-question": [
        (
            card("What does the sign of a dot product tell?", "The sign of a dot product tells whether."),
            card("What does the sign of a dot product tell?", "Whether the sign of the angle's cosine is positive."),
        ),
        (
            card("What is the sum of two?", "The sum of two is."),
            card("What is the sum of two matrices, and when?", "The sum of two is."),
        ),
        (
            card("What does the sign of a dot product tell?", "The sign of a dot product tells whether."),
            card("What does the sign of a dot product tell?", "$x$; the sign of a dot product tells more."),
        ),
        (
            card("What does the sign of a dot product tell?", "What the sign of a dot product tells."),
            card("What does the sign of a dot product tell?", "Half-spaces, by the sign of a dot product."),
        ),
    ],
    "spoils": [
        (
            PARENT + card("It is $1-\\tanh^2x$. Where is it 1?", "At 0.", "#a after=p"),
            PARENT + card("It is $1-\\tanh x$. Where is it 1?", "At 0.", "#a after=p"),
        ),
        (
            PARENT + card("Why is it largest at the very origin?", "So.", "#a after=p"),
            PARENT + card("Why is it small far from the origin?", "So.", "#a after=p"),
        ),
        (
            "1) It is {{c1::symmetric}}. {#p}\n\n" + card("Why is it symmetric?", "So.", "#a after=p"),
            "1) It is {{c1::symmetric}}. {#p}\n\n" + card("Why is it so?", "So.", "#a after=p"),
        ),
        (
            "1) Which one? {#p}\n\n    - [x] the one $x=y+z$\n    - [ ] none\n\n" + card("Why $y+z$?", "So.", "#a after=p"),
            "1) Which one? {#p}\n\n    - [ ] the one $x=y+z$\n    - [x] none\n\n" + card("Why $y+z$?", "So.", "#a after=p"),
        ),
        (
            PARENT + card("It is $1-\\tanh^2x$. Where is it 1?", "At 0.", "#a after=p"),
            PARENT + card("Where is $\\frac{d}{dx}\\tanh x$ equal to 1?", "At 0.", "#a after=p"),
        ),
    ],
    "stray-attributes": [
        (card("Which {#b} is it?", "A."), card("Which `{#b}` is it?", "A.")),
        (card("Q", "It is so. {#b}"), card("Q", "It is so, {# b}.")),
    ],
    "table-bar": [
        (card("Q", rows("| a |", "|---|", r"| $x \| y$ |")), card("Q", rows("| a |", "|---|", r"| $x \mid y$ |"))),
        (card("Q", rows("| a | b |", "|---|---|", r"| $x | y$ |")), card("Q", rows("| a | b |", "|---|---|", "| $x$ | $y$ |"))),
    ],
    "tex-backslash": [(card("Q", r"$x=\text{50\%}$"), card("Q", r"$x=\text{50%}$"))],
    "tex-comment": [(card("Q", "$x=50% y$"), card("Q", r"$x=50\% y$"))],
    "tex-definition": [(card("Q", r"$\def\ours{x}\ours$"), card("Q", r"$\mathrm{ours}$"))],
    "tex-label": [(card("Q", r"$$x=1\label{one}$$"), card("Q", r"$$x=1\tag{1}$$"))],
    "todo": [(card("Q", "A.\n\n    TODO more"), card("Q", "A. This is no TODO mark."))],
    "underlined-text": [(card("Q", "It is so.\n    ==="), card("Q", "It is so.\n\n    ==="))],
    "unknown-html": [(card("Q", "A <pad> token."), card("Q", "A `<pad>` token."))],
    "unknown-language": [(card("Q", "```pyton\n    x\n    ```"), card("Q", "```python\n    x\n    ```"))],
    "unproven": [
        (NUMERIC.replace("ANSWER", "n + 1 + 0"), PROVEN),
        (PROVEN.replace("    golden:\n      - {n: 2, answer: 3}\n", ""), PROVEN),
        (PROVEN.replace("via: n + 1", "show: int"), PROVEN),
    ],
    "unproven-claim": [
        (CLAIM.replace("BY", "squares"), CLAIM.replace("BY", "expand")),
        (CLAIM.replace("BY", "squares"), CLAIM.replace("BY", "numeric")),
    ],
    "unseen-word": [
        (CHOSEN.replace("WORDS", " ".join(f"pens{n}" for n in range(20)) + " pens"), CHOSEN.replace("WORDS", "pens")),
        (
            CHOSEN.replace("WORDS", "pens cups").replace("    golden", "    require: [\"w == 'pens'\"]\n    golden"),
            CHOSEN.replace("WORDS", "pens cups").replace("    golden", "    form: paper\n    golden"),
        ),
    ],
    "wide-listing": [
        (card("Q", rows("```text", "x" * 61, "```")), card("Q", rows("```text", "x" * 60 + "  ", "```"))),
        (HIDDEN.replace("X", "x" * 60), HIDDEN.replace("X", "x" * 59)),
    ],
    "yes-no": [
        (card("Is it convex?", "A."), card("Why is it convex?", "A.")),
        (card("With two classes, does it stop?", "A."), card("With two classes, does it stop or go on?", "A.")),
        (card("Let $x=1$. Is “it” so?", "A."), card("Is it so? Prove it.", "A.")),
        (card("Do they differ?", "A."), card("Do they differ, and why?", "A.")),
        (card("Isn't it convex?", "A."), "1) Is it convex? {#a}\n\n    - [x] yes\n    - [ ] no\n"),
    ],
    "few-variants": [(PROVEN.replace("1..100", "1..39"), PROVEN.replace("1..100", "1..40"))],
    "hand-budget": [
        (PROVEN.replace("via: n + 1", "via: n + 1 + 7*11 - 7*11 + 9*9 - 9*9 + 8*8 - 8*8"), PROVEN),
    ],
}
