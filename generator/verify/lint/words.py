"""Words, formulas and sentences of a card's tokens, as the rules count and compare them."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from generator.tokens import CLOZE, CODE, MATHS, cloze_end, leaves, without_clozes

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
ATOM = re.compile(r"@\{[^{}]*\}|\\[A-Za-z]+|\\.|[A-Za-z]|\d+(?:\.\d+)?|[^\s{}\\]")
ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[^{}]*\})?")
LAYOUT = frozenset(
    r"\left \right \, \; \! \: \> \quad \qquad \big \Big \bigl \bigr \Bigl \Bigr \bigg \Bigg \displaystyle \textstyle & ~".split()
)
"""What places symbols, and is none."""
RELATIONS = frozenset(
    r"= < > , ; : . \\ \le \ge \leq \geq \ne \neq \approx \sim \propto \equiv \in \to \mapsto \Rightarrow \iff \leftarrow".split()
)
"""What stands between the sides of a formula."""
SILENT = frozenset(r"( ) [ ] | , . ; : _ ^ ' \{ \} \lvert \rvert \lVert \rVert \frac \tfrac \dfrac \\ * /".split())
FONTS = frozenset(r"\mathbf \mathbb \mathrm \mathcal \boldsymbol \operatorname \text \mathsf \mathit \bar \hat \tilde \vec".split())
"""Symbols that place or dress others: they do not count as read."""
PIECE = re.compile(r"\w+|[^\s\w]")
ATOMS_A_WORD = 3
FORMULA = "▪"
"""Stands for a formula where only the words around it count."""
WEIGHTLESS = frozenset(
    "a an the of to in on at by for from with as and or but if than then so not no is are was be it its this that these those"
    " which what how why when where who one two all both each every more most less very only also"
    " do does did can could will would should has have had must may might let given".split()
)
"""Words that a sentence holds by chance."""


def atoms(tex: str) -> list[str]:
    r"""The symbols of a formula, without what only places them.

    >>> atoms(r"\frac{1}{2}\left(x_i\right)")
    ['\\frac', '1', '2', '(', 'x', '_', 'i', ')']
    """
    return [atom for atom in ATOM.findall(ENVIRONMENT.sub(" ", tex)) if atom not in LAYOUT]


def length(tokens: Sequence[Token]) -> int:
    """How many words the tokens hold; inline code and a formula of one symbol count as one.

    A formula counts as one word for every three symbols that are read; brackets, scripts, fraction bars and fonts are not. A
    listing, a picture and what an author's HTML holds count as none.
    """
    count = 0
    for token in leaves(tokens):
        if token.type == "text":
            count += sum(any(map(str.isalnum, word)) for word in token.content.split())
        elif token.type in MATHS:
            read = [atom for atom in atoms(without_clozes(token.content)) if atom not in SILENT and atom not in FONTS]
            count += max(1, round(len(read) / ATOMS_A_WORD))
        elif token.type in ("code_inline", "interpolation"):
            count += 1
    return count


def words(tokens: Sequence[Token]) -> list[str]:
    """The words in order and without case; a formula, a piece of code or an interpolation is one."""
    found: list[str] = []
    for token in leaves(tokens):
        if token.type == "text":
            found += text_words(token.content)
        elif token.type in MATHS:
            found.append(f"${''.join(atoms(without_clozes(token.content)))}$")
        elif token.type in CODE:
            found.append(f"`{' '.join(token.content.split())}`")
        elif token.type == "interpolation":
            found.append(token.markup)
    return found


def text_words(text: str) -> list[str]:
    """The words of plain text, without case.

    >>> text_words("Bayes' theorem: a 2-by-2 table")
    ['bayes', 'theorem', 'a', '2-by-2', 'table']
    """
    return [word.casefold() for word in WORD.findall(text)]


def sentences(tokens: Sequence[Token]) -> list[str]:
    """The sentences of the prose, with a mark in place of every formula and every piece of code."""
    parts: list[str] = []
    for token in leaves(tokens):
        if token.type == "text":
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak", "paragraph_close"):
            parts.append(" ")
        elif token.type in (*MATHS, "code_inline", "interpolation"):
            parts.append(FORMULA)
    text = " ".join("".join(parts).split())
    return [part for part in re.split(r"(?<=[.?!])[”\"’)]*\s+", text) if part]


def formulas(tokens: Sequence[Token]) -> list[list[str]]:
    """The symbols of every formula."""
    return [atoms(without_clozes(token.content)) for token in leaves(tokens) if token.type in MATHS]


def sides(formula: Sequence[str]) -> Iterator[list[str]]:
    """The whole formula, and each of its sides where it has several; brackets and scripts are not cut.

    >>> [" ".join(side) for side in sides(atoms("y=f(a,b)"))]
    ['y = f ( a , b )', 'y', 'f ( a , b )']
    """
    yield list(formula)
    start = depth = 0
    cuts = []
    for index, atom in enumerate(formula):
        depth += (atom in ("(", "[", r"\{")) - (atom in (")", "]", r"\}"))
        if atom in RELATIONS and depth <= 0:
            cuts.append((start, index))
            start = index + 1
    if cuts:
        for first, last in (*cuts, (start, len(formula))):
            if last > first:
                yield list(formula[first:last])


def contains(text: Sequence[str], run: Sequence[str]) -> bool:
    """Whether ``run`` stands in ``text``, in a row."""
    size = len(run)
    return size > 0 and any(list(text[start : start + size]) == list(run) for start in range(len(text) - size + 1))


def weighs(run: Sequence[str]) -> bool:
    """Whether a run of words says anything: one of them is longer than two letters, and none that a sentence holds by chance."""
    return any(word.isalpha() and len(word) > 2 and word not in WEIGHTLESS for word in run)


def cut_clozes(text: str, outer: str) -> Iterator[tuple[str, str]]:
    """A formula or a piece of code in parts, each with the number of the cloze that hides it; ``outer`` hides the rest."""
    position = 0
    while match := CLOZE.search(text, position):
        end = cloze_end(text, match.end())
        if end < 0:
            break
        yield outer, text[position : match.start()]
        hidden, _, _ = text[match.end() : end].partition("::")
        yield match[1], hidden
        position = end + 2
    yield outer, text[position:]
