"""``syllabus.yaml``: what a deck promises, and which of it its cards keep.

::

    complete: no
    topics:
      01-linear-algebra:
        title: Linear algebra
        subjects:
          matrix-transpose: What transposing does
          norm-axioms: {title: The axioms of a norm, promises: [figure], exceptions: {figure: "…"}}
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.blocks import Mapping as Items
from generator.blocks import Node, Scalar, compose, short
from generator.fields import Fields, as_mapping, as_scalar
from generator.model import Block, Card
from generator.problems import Failure, Place, Problem, Problems, Severity, did_you_mean

FILE = "syllabus.yaml"
KINDS = ("derivation", "numeric", "code", "figure")
"""What a subject may promise beyond a card."""
CALLED = {"derivation": "derivation", "numeric": "numeric card", "code": "code", "figure": "figure"}
THEORY = "theory"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 200_000
"""Characters of a syllabus: a thousand subjects and more."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject that the deck promises."""

    name: str
    title: str
    topic: str
    place: Place
    promises: tuple[str, ...] = ()
    exceptions: Mapping[str, str] = field(default_factory=dict)
    """A promised kind that the deck does without -> the reason."""


@dataclass(frozen=True, slots=True)
class Syllabus:
    """All subjects, topic by topic in learning order."""

    topics: Mapping[str, str]
    """Name -> title."""
    subjects: Mapping[str, Subject]
    complete: bool
    """Whether a promised kind that is missing is a warning, and not just information."""

    def covered_by(self, card: Card) -> tuple[str, ...]:
        """The subjects that a card covers: those it names, else the one whose name its id is or begins with; the longest counts."""
        if card.covers:
            return tuple(name for name in card.covers if name in self.subjects)
        parts = card.id.split("-")
        names = ("-".join(parts[:end]) for end in range(len(parts), 0, -1))
        return tuple(name for name in names if name in self.subjects)[:1]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which subjects have which cards."""

    syllabus: Syllabus
    cards: Mapping[str, tuple[str, ...]]
    """Subject -> the ids of the cards that cover it."""
    kinds: Mapping[str, frozenset[str]]
    """Subject -> the kinds of these cards: theory and those of ``KINDS``."""

    def missing(self, subject: Subject) -> tuple[str, ...]:
        """The kinds that are promised and neither there nor excepted."""
        there = self.kinds[subject.name]
        return tuple(kind for kind in subject.promises if kind not in there and kind not in subject.exceptions)

    def of(self, topic: str) -> tuple[Subject, ...]:
        """The subjects of a topic."""
        return tuple(subject for subject in self.syllabus.subjects.values() if subject.topic == topic)


def kinds_of(card: Card) -> frozenset[str]:
    """What a card gives to its subjects: how it asks, and a figure if it shows one."""
    asks = "derivation" if card.task == "derive" else "code" if card.task == "code" else THEORY
    return frozenset({"numeric" if card.kind == "numeric" else asks, *(["figure"] if card.figures else [])})


def cover(syllabus: Syllabus, cards: Sequence[Card], problems: Problems) -> Coverage:
    """Which subjects the cards cover; what is missing, and names that no subject bears, are reported."""
    ids: dict[str, list[str]] = {name: [] for name in syllabus.subjects}
    kinds: dict[str, set[str]] = {name: set() for name in syllabus.subjects}
    for card in cards:
        for name in card.covers:
            if name not in syllabus.subjects:
                hint = did_you_mean(name, syllabus.subjects) or f"{FILE} lists the subjects"
                problems.error(card.place, f"covers={name}: the syllabus has no such subject", hint)
        for name in syllabus.covered_by(card):
            ids[name].append(card.id)
            kinds[name] |= kinds_of(card)
    found = {name: tuple(those) for name, those in ids.items()}
    coverage = Coverage(syllabus, found, {name: frozenset(those) for name, those in kinds.items()})
    for subject in syllabus.subjects.values():
        _report(subject, coverage, problems)
    return coverage


def _report(subject: Subject, coverage: Coverage, problems: Problems) -> None:
    if not coverage.cards[subject.name]:
        hint = "an id that begins with its name, or  covers=, gives it one"
        problems.warning(subject.place, f"no card covers {subject.name}: {subject.title}", hint, "uncovered")
    elif missing := coverage.missing(subject):
        severity = Severity.WARNING if coverage.syllabus.complete else Severity.INFORMATION
        message = f"{subject.name} has no {' and no '.join(CALLED[kind] for kind in missing)}"
        hint = "write the card, or say under  exceptions  why there is none"
        problems.add(Problem(subject.place, message, hint, severity, "missing-kind"))
    for kind in subject.exceptions:
        if kind in coverage.kinds[subject.name]:
            problems.information(subject.place, f"{subject.name} has a {CALLED[kind]} after all", "remove the exception")


def read_syllabus(path: Path, shown: str, problems: Problems) -> Syllabus | None:
    """The syllabus in a file, or None where there is none or it cannot be read.

    Args:
        shown: the path as the author would type it.
    """
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        # The text of a block begins below its place.
        node = compose(Block(FILE, text, Place(shown, 0)), LONGEST)
    except UnicodeDecodeError:
        problems.error(Place(shown), "this is no UTF-8", "save the file as UTF-8")
    except OSError as error:
        problems.error(Place(shown), f"cannot be read: {error.strerror}")
    except Failure as failure:
        problems.extend(_on_a_line(problem) for problem in failure.problems)
    else:
        return _read(node, problems)
    return None


def _on_a_line(problem: Problem) -> Problem:
    """A problem of the file as a whole stands on its first line."""
    if problem.place.line:
        return problem
    return Problem(Place(problem.place.path), problem.message.replace(f"{FILE} block", "file"), problem.hint)


def _read(node: Node, problems: Problems) -> Syllabus:
    fields = Fields.of(node, ("complete", "topics"), problems)
    complete = fields.scalar("complete")
    if complete and complete.text not in ("yes", "no"):
        problems.error(complete.place, f"complete is yes or no, not {short(complete.text)}")
    topics: dict[str, str] = {}
    subjects: dict[str, Subject] = {}
    listed = fields.need("topics")
    for topic, content in _items(listed, problems):
        inside = Fields.of(content, ("title", "subjects"), problems)
        inside.need("title")
        topics[topic.text] = inside.string("title")
        for name, value in _items(inside.need("subjects"), problems):
            if not NAME.fullmatch(name.text):
                hint = "a name is made of a-z, 0-9 and single hyphens, as in norm-axioms"
                problems.error(name.place, f"{short(name.text)!r} is no name that an id could begin with", hint)
            elif name.text in subjects:
                first = subjects[name.text].place
                problems.error(name.place, f"the subject {name.text} stands twice", f"it stands in line {first.line} already")
            else:
                subjects[name.text] = _subject(name, value, topic.text, problems)
    return Syllabus(topics, subjects, bool(complete and complete.text == "yes"))


def _items(node: Node | None, problems: Problems) -> Sequence[tuple[Scalar, Node]]:
    found: Items | None = as_mapping(node, problems) if node else None
    return found.items if found else ()


def _subject(name: Scalar, value: Node, topic: str, problems: Problems) -> Subject:
    if isinstance(value, Scalar):
        title = as_scalar(value, problems)
        return Subject(name.text, title.text if title else "", topic, name.place)
    fields = Fields.of(value, ("title", "promises", "exceptions"), problems)
    fields.need("title")
    promises = fields.listing("promises")
    for promise in promises:
        if promise.text not in KINDS:
            problems.error(promise.place, f"unknown kind {short(promise.text)}", did_you_mean(promise.text, KINDS))
    exceptions = {}
    for kind, reason in _items(fields.get("exceptions"), problems):
        if kind.text not in [promise.text for promise in promises]:
            problems.error(kind.place, f"{short(kind.text)} is not promised, so it needs no exception", "remove it")
        if text := as_scalar(reason, problems):
            exceptions[kind.text] = text.text
    known = tuple(promise.text for promise in promises if promise.text in KINDS)
    return Subject(name.text, fields.string("title"), topic, name.place, known, exceptions)
