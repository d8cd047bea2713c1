"""What the stages hand on to each other: sources become cards, cards become notes, notes become a package.

*Card*: what an author writes. *Note*: what Anki stores. *Variant*: one drawing of a numeric card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from markdown_it.token import Token

from generator.problems import Place

Kind = Literal["basic", "choice", "cloze", "numeric"]
Tokens = tuple[Token, ...]

LEVELS = ("level-1", "level-2", "level-3")
"""How far on a card stands: 1 needs nothing that comes later."""
TASKS = ("derive", "code", "diagnose", "compare", "spot-the-error")
"""What a card asks the learner to do, where it is more than to recall or to compute."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the author's, for the formulas of all cards."""

    name: str
    """Without the backslash; letters."""
    body: str
    """What stands for it, with ``#1`` to ``#9`` for its arguments."""
    arguments: int
    place: Place


@dataclass(frozen=True, slots=True)
class Settings:
    """The author's ``redraw.toml``, or what stands in for it."""

    root: Path
    """The folder that holds ``redraw.toml``: identity, lock and decks belong to it, whichever part of it is built."""
    name: str
    namespace: str
    decks: Literal["kind", "file"]
    output: str
    """The name of the package without ``.apkg``."""
    macros: Mapping[str, Macro] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of YAML (``numeric``, ``figure`` or ``claim``) as it stands in the source."""

    name: str
    text: str
    """The lines between the fences, without the indentation of the list item that they stand in."""
    place: Place
    """Where the opening fence stands; the text begins on the next line."""
    columns: tuple[int, ...] = ()
    """How many characters of the source's line stand before each line of ``text``."""
    unclosed: str = ""
    """The fence that should stand below it, where none does."""

    def at(self, line: int, column: int) -> Place:
        """The spot in the source of ``line`` and ``column`` of the text, both counted from 0."""
        before = self.columns[line] if line < len(self.columns) else 0
        return Place(self.place.path, self.place.line + 1 + line, before + column + 1)

    def find(self, text: str) -> Place:
        """Where ``text`` first stands in the block; the opening fence where it is written otherwise, as with YAML's escapes."""
        index = self.text.find(text)
        if index < 0:
            return self.place
        before = self.text[:index]
        return self.at(before.count("\n"), index - (before.rfind("\n") + 1))


CLAIM = "claim"
"""The format of an interpolation that names a claim, not a number."""


@dataclass(frozen=True, slots=True)
class Interpolation:
    """``@{name:format}`` in a card's text."""

    name: str
    format: str
    place: Place
    asked: bool = False
    """Whether it stands in the question, so that nobody has to compute it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice card."""

    tokens: Tokens
    right: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A card as its author wrote it, with markdown-it tokens for the texts."""

    id: str
    place: Place
    kind: Kind
    question: Tokens
    answer: Tokens
    choices: tuple[Choice, ...] = ()
    hint: Tokens = ()
    deck: str = ""
    """The key of its deck, which the lock maps to a name that Anki sees."""
    tags: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    level: str = ""
    task: str = ""
    after: str = ""
    """The id of the card that this one follows up."""
    covers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    was: str = ""
    """The id that this card had before; its identity in Anki stays that one's."""
    numeric: Block | None = None
    claims: tuple[Block, ...] = ()
    shown: tuple[Interpolation, ...] = ()
    """Every interpolation in the card's texts; those of its figures are in their blocks."""
    figures: tuple[Block, ...] = ()
    title: str = ""
    """The question's first line as plain text."""
    unnamed: Place | None = None
    """Where an id would go in the source, if the card's id was made from its text."""

    @property
    def identity(self) -> str:
        """The id that the guid is made from."""
        return self.was or self.id


@dataclass(frozen=True, slots=True)
class Draft:
    """A question without an answer: counted and located, not shipped."""

    title: str
    place: Place
    blocks: tuple[Block, ...] = ()
    """Its ``numeric`` and ``claim`` blocks: what is wrong with them is told, though nobody learns it yet."""


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was read below one root."""

    settings: Settings
    cards: tuple[Card, ...]
    drafts: tuple[Draft, ...]
    decks: Mapping[str, str] = field(default_factory=dict)
    """Deck key -> the name that the sources would give it."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The path of a file as the author would type it -> its path below the root."""


@dataclass(frozen=True, slots=True)
class Illustration:
    """A figure as a card shows it: one SVG for each mode."""

    light: bytes
    dark: bytes
    alt: str
    """What stands in for it, with interpolations as they are written."""
    caption: Tokens
    width: int
    """In pixels."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it was written onto a card."""

    tex: str
    """With the numbers of a variant, macros expanded, and clozes as Anki's marks."""
    display: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement or a definition of a claim, as a card shows it."""

    tex: str
    plain: str
    """As the author wrote it, for code and alternative texts."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note as Anki stores it, in the order of the sources."""

    id: str
    guid: str
    kind: Kind
    deck: str
    tags: tuple[str, ...]
    fields: Mapping[str, str]
    """Field name -> HTML; a name of the note type that is missing here is empty."""
    media: tuple[str, ...] = ()
    identity: str = ""
    """The id that the guid is made from, if it is not the card's own: one that the card had before."""
    modified: int = 0
    """Seconds since 1970: the time of its last change, from the lock."""
    position: int = 0
    """The rank among the new cards."""


@dataclass(frozen=True, slots=True)
class Package:
    """What goes into one ``.apkg``."""

    name: str
    notes: tuple[Note, ...]
    media: Mapping[str, bytes]
    """File name -> content."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of a variant as a card shows it."""

    tex: str
    """For maths."""
    html: str
    """For text; HTML already, nothing in it needs escaping."""
    plain: str
    """For code, alternative texts and reports."""


Plain = Any
"""A float, a word, a truth value, or a tuple of such: what a script or a figure takes."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is printed with the question."""

    label: str
    """What is given, in TeX."""
    exact: bool
    """Whether the shown value is the value itself."""
    shown: Shown

    @property
    def tex(self) -> str:
        """The whole line, in TeX."""
        return f"{self.label} {'=' if self.exact else chr(92) + 'approx'} {self.shown.tex}"


@dataclass(frozen=True, slots=True)
class VariantAnswer:
    """What a learner should find, and how near is near enough."""

    name: str
    shown: Shown
    value: Plain
    low: Plain
    """The lower end of what is right, in the shape of the value; for words, the value."""
    high: Plain
    interval: Shown | None
    """Both ends as the card prints them; None where only the value itself is right."""
    factor: float
    """What the number as shown is of the value: 100 for percent."""
    ordered: bool
    """Whether the entries stand in an order; a set's do not."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class VariantMistake:
    """Where a known wrong way leads on this variant."""

    sentence: str
    values: Mapping[str, Plain]
    """Answer -> the wrong value; an answer that the mistake leaves alone is missing."""
    shown: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class Variant:
    """One drawing of a numeric card."""

    seed: str
    index: int
    """Its place among the variants of its seed, from 0."""
    params: Mapping[str, str]
    let: Mapping[str, str]
    answers: tuple[VariantAnswer, ...]
    shown: Mapping[tuple[str, str], Shown]
    """Name and format, as the interpolations have them -> what stands there."""
    given: tuple[Given, ...]
    mistakes: tuple[VariantMistake, ...]
    values: Mapping[str, Plain]
    """Every name -> its unrounded value, for figures."""

    def as_json(self) -> dict[str, Any]:
        """The variant as plain data."""
        return {
            "seed": self.seed,
            "index": self.index,
            "params": dict(self.params),
            "let": dict(self.let),
            "answer": {answer.name: answer.shown.plain for answer in self.answers},
            "shown": {":".join(filter(None, key)): shown.plain for key, shown in self.shown.items()},
            "tolerance": {answer.name: answer.interval.plain if answer.interval else "exact" for answer in self.answers},
            "mistakes": {m.sentence: {name: shown.plain for name, shown in m.shown.items()} for m in self.mistakes},
        }
