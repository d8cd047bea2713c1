"""Rules on clozes: how many there are, and whether what they hide stands elsewhere on the card."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from generator.model import Card
from generator.problems import Problem
from generator.tokens import CODE, MATHS, leaves
from generator.verify.lint.view import View, warning
from generator.verify.lint.words import PIECE, atoms, contains, cut_clozes, sides, text_words, weighs, words

MOST = 3
LEAST_ATOMS = 2
LEAST_CODE = 3
"""Symbols of a formula, and of code, that do not stand elsewhere by chance."""
GAP = "\x00"
"""Stands for what is hidden, so that no run reaches across it."""
HINTS = "::"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a cloze note's text that is hidden, or shown, as a whole."""

    token: int
    """Which token it comes from, counted."""
    cloze: int
    """Which cloze hides it, counted; 0: none."""
    number: str
    """The number that this cloze bears."""
    sort: str
    """``text``, ``maths`` or ``code``."""
    text: str

    @property
    def units(self) -> list[str]:
        """The part in words; a formula or a piece of code is one."""
        return text_words(self.text) if self.sort == "text" else [f"{self.sort}:{''.join(atoms(self.text))}"]


def many_clozes(view: View) -> Iterator[Problem]:
    """A text with more than three clozes."""
    count = max((part.cloze for part in _parts(view.card)), default=0)
    if view.card.kind == "cloze" and count > MOST:
        hint = "keep the ones that matter, or split the text"
        yield warning(view.card.place, "many-clozes", f"the text has {count} clozes", hint)


def given_away(view: View) -> Iterator[Problem]:
    """A cloze whose text stands in what the card shows."""
    if view.card.kind != "cloze":
        return
    parts = _parts(view.card)
    above = [word for crumb in view.card.breadcrumb for word in (GAP, *text_words(crumb))]
    if view.parent:
        above += [GAP, *words(view.parent.card.question)]
    for cloze in sorted({part.cloze for part in parts} - {0}):
        hidden = [part for part in parts if part.cloze == cloze and part.text.strip()]
        if hidden and _shown(hidden, parts, above):
            text = "".join(part.text for part in hidden).strip()
            message = f"what the cloze c{hidden[0].number} hides is shown elsewhere: {text}"
            yield warning(view.card.place, "given-away", message, "hide both with one number, or word the rest without it")


def hidden_texts(card: Card) -> Iterator[tuple[list[str], str]]:
    """What each cloze of a card hides: in words, where a formula is one, and as it is written."""
    parts = _parts(card)
    for cloze in sorted({part.cloze for part in parts} - {0}):
        hidden = [part for part in parts if part.cloze == cloze]
        yield [unit for part in hidden for unit in part.units], "".join(part.text for part in hidden).strip()


def _shown(hidden: Sequence[Part], parts: Sequence[Part], above: Sequence[str]) -> bool:
    """Whether what one cloze hides stands in what the card shows while it is hidden."""
    number = hidden[0].number
    sorts = {part.sort for part in hidden}
    if sorts == {"maths"} and len(hidden) == 1:
        wanted = atoms(hidden[0].text)
        formulas = _streams(parts, number, "maths")
        return len(wanted) >= LEAST_ATOMS and any(wanted == side for formula in formulas for side in sides(formula))
    if sorts == {"code"} and len(hidden) == 1:
        wanted = PIECE.findall(hidden[0].text)
        return len(wanted) >= LEAST_CODE and any(contains(code, wanted) for code in _streams(parts, number, "code"))
    run = [unit for part in hidden for unit in part.units]
    text = [unit for part in parts for unit in ([GAP] if part.number == number else part.units)]
    weight = weighs(run) or sorts != {"text"}
    return weight and (contains(text, run) or contains(above, run))


def _streams(parts: Sequence[Part], number: str, sort: str) -> Iterator[list[str]]:
    """The symbols of each formula, or piece of code, with a gap where the clozes of that number are."""
    split = atoms if sort == "maths" else PIECE.findall
    for _, group in groupby((part for part in parts if part.sort == sort), key=lambda part: part.token):
        yield [symbol for part in group for symbol in ([GAP] if part.number == number else split(part.text))]


def _parts(card: Card) -> list[Part]:
    """The text of a cloze note in parts."""
    found: list[Part] = []
    clozes = open_cloze = 0
    number = ""
    for index, token in enumerate(leaves(card.question)):
        if token.type == "cloze_open":
            clozes += 1
            open_cloze, number = clozes, token.info
        elif token.type == "cloze_close":
            if found and found[-1].sort == "text" and HINTS in found[-1].text:
                last = found.pop()
                hidden, _, hint = last.text.rpartition(HINTS)
                found += [Part(last.token, last.cloze, last.number, "text", hidden), Part(index, 0, "", "text", hint)]
            open_cloze, number = 0, ""
        elif token.type == "text":
            found.append(Part(index, open_cloze, number, "text", token.content))
        elif token.type in (*MATHS, *CODE):
            sort = "maths" if token.type in MATHS else "code"
            for inner, text in cut_clozes(token.content, ""):
                clozes += bool(inner)
                found.append(Part(index, clozes if inner else open_cloze, inner or number, sort, text))
    return found
