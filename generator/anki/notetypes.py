"""The two note types. Their ids, fields and order are fixed for ever: with them Anki recognises what it already has.

Folds are ``<details>`` with ``<summary class="tappable">``. With tap gestures on, AnkiMobile and AnkiDroid's new study
screen pass a tap through to what lies in a ``summary``, a ``button``, a link or anything of the class ``tappable`` (read in
AnkiDroid's ``ankidroid-reviewer.js``). AnkiDroid's classic reviewer detects gestures outside the page and sees
links and images only: there a ``button`` would fare no better than a ``summary``, so a script around the folds would gain
nothing. The same study screen leaves sideways swipes to what has ``overflow-x: auto``, so wide formulas and code can be moved.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from generator.anki.words import WORDS
from generator.model import Kind

FIELDS = (
    "Title",
    "Question",
    "Choices",
    "Answer",
    "Details",
    "Pool",
    "Hint",
    "Parent",
    "Breadcrumb",
    "Source",
    "Guid",
    "ID",
    "My notes",
    "Spare 1",
    "Spare 2",
    "Spare 3",
)
CLOZE_FIELDS = (
    "Title",
    "Text",
    "Extra",
    "Details",
    "Pool",
    "Hint",
    "Parent",
    "Breadcrumb",
    "Source",
    "Guid",
    "ID",
    "My notes",
    "Spare 1",
    "Spare 2",
    "Spare 3",
)

MODIFIED = 1795181530
"""When the note types last changed, in seconds since 1970. Anki takes new templates and styles only with a later time."""

# Any numbers would do; what counts is that they never change. Below 2**53, since add-ons read them in JavaScript.
_FIRST_ID = 7205759400000000

_FOLDED_AWAY = frozenset({"Pool", "Breadcrumb", "Source", "Guid", "ID", "Spare 1", "Spare 2", "Spare 3"})
"""Fields that Anki's editor shows closed: nobody edits them."""


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type as Anki stores it: one template, since every card is a note of its own."""

    id: int
    name: str
    fields: tuple[str, ...]
    cloze: bool
    front: str
    back: str
    browser_front: str
    browser_back: str
    css: str

    @property
    def template_id(self) -> int:
        return self.id + 999

    def field_id(self, name: str) -> int:
        """The id by which Anki knows the field, whatever it is called."""
        return self.id + 1 + self.fields.index(name)

    def shown_closed(self, name: str) -> bool:
        """Whether Anki's editor shows the field folded."""
        return name in _FOLDED_AWAY


def note_type(kind: Kind) -> NoteType:
    """The note type for a kind of card.

    Basic, choice and numeric share one, so that a card may change between them and keep its history.
    """
    return _cloze() if kind == "cloze" else _redraw()


def note_types() -> tuple[NoteType, NoteType]:
    """Both of them."""
    return _redraw(), _cloze()


def fingerprint() -> str:
    """A hash of all that the modification time stands for."""
    parts = [(t.name, t.fields, t.front, t.back, t.browser_front, t.browser_back, t.css) for t in note_types()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _redraw() -> NoteType:
    return NoteType(
        id=_FIRST_ID,
        name="redraw",
        fields=FIELDS,
        cloze=False,
        front=_template("front.html"),
        back=_template("back.html"),
        browser_front=_template("browser-front.html"),
        browser_back=_template("browser-back.html"),
        css=_template("style.css"),
    )


@cache
def _cloze() -> NoteType:
    return NoteType(
        id=_FIRST_ID + 1000,
        name="redraw cloze",
        fields=CLOZE_FIELDS,
        cloze=True,
        front=_template("cloze-front.html"),
        back=_template("cloze-back.html"),
        browser_front=_template("cloze-browser-front.html"),
        browser_back=_template("cloze-browser-back.html"),
        css=_template("style.css"),
    )


def _template(name: str) -> str:
    """A file of ``templates/``, with what it includes and the words that it names put in."""
    text = files("generator.anki").joinpath("templates", name).read_text(encoding="utf-8").strip()
    text = re.sub(r"<!-- include (\S+) -->", lambda match: _template(match[1]), text)
    return re.sub(r"<!-- word (\S+) -->", lambda match: escape(WORDS[match[1]]), text)
