"""What the commands do with a deck: package it, package it with fresh numbers, show a card of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.anki import package
from generator.deck import Deck, Numeric, make
from generator.illustrating import cache_of
from generator.locking import Locks
from generator.model import Card, Draft, Note, Package
from generator.numbering import prune
from generator.parallel import Watch, unwatched
from generator.problems import Failure, Place, Problems, did_you_mean
from generator.source.settings import read_settings, show

PACKAGE_BUDGET, FRESH_BUDGET = 10_000_000, 2_000_000
"""Bytes that a package, and one with fresh numbers, may weigh without a word."""
SEED = re.compile(r"\w[\w.-]{0,39}")
"""What a seed may be called: its name becomes a tag, and part of a file's name."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made."""

    output: Path
    decks: dict[str, int]
    """Deck name -> cards."""
    notes: int
    cards: int
    kinds: dict[str, int]
    drafts: tuple[Draft, ...]
    problems: Problems
    size: int
    """Bytes of the package."""
    lock: str
    """What became of the lock: unchanged, changed, new, not written; own: the learner's own has changed."""


@dataclass(frozen=True, slots=True)
class Found:
    """One card as the pipeline sees it."""

    card: Card
    note: Note | None
    """A card on paper has one that is neither dated nor shipped: it is for exams."""
    numeric: Numeric | None


def find(source: Path, name: str, now: int) -> Found:
    """The card of that id.

    Raises:
        Failure: there is no such card, or the sources have errors.
    """
    deck = make(source, now)
    cards = {card.id: card for card in deck.sources.cards}
    if name not in cards:
        raise Failure.at(Place.whole(show(source)), f"there is no card {name}", did_you_mean(name, cards))
    if deck.problems.failed:
        raise Failure(deck.problems)
    return Found(cards[name], next((note for note in (*deck.notes, *deck.papers) if note.id == name), None), deck.numeric.get(name))


def build(source: Path, output: Path | None, *, now: int, locked: bool = False, tag: str = "", watch: Watch = unwatched) -> Built:
    """Build the package of ``source``; all or nothing.

    Args:
        output: the package, or a folder for it; ``build/`` where it is not given.
        locked: fail if the lock would change.
        tag: ship only the notes that bear this tag, or one below it.

    Raises:
        Failure: the sources have errors, or something cannot be written. What was built before is untouched.
    """
    deck = make(source, now, watch)
    if locked and (changes := deck.locks.changes(deck.lock)):
        more = f" and {len(changes) - 5} more" if len(changes) > 5 else ""
        place, hint = Place(show(deck.locks.path)), "build without --locked and commit the lock"
        deck.problems.error(place, f"the lock would change: {', '.join(changes[:5])}{more}", hint)
    notes = _chosen(deck, source, tag)
    path = _package(deck, notes, output, deck.sources.settings.output)
    deck.illustrations.prune(cache_of(deck.sources.settings))
    prune(deck.sources.cards, deck.sources.settings.namespace, cache_of(deck.sources.settings))
    lock = "unchanged" if locked else _write_lock(deck)
    _weigh(path, PACKAGE_BUDGET, deck)
    return _built(path, notes, deck, lock)


def fresh(source: Path, seed: str, output: Path | None, *, now: int, watch: Watch = unwatched) -> Built:
    """Give every numeric note of ``source`` the next stretch of its numbers, and package those notes: guids and schedule stay.

    The seed is the learner's own: it goes into his own lock. Drawing the newest seed again gives the same package.

    Args:
        seed: a name for these numbers, such as ``june``.

    Raises:
        Failure: the sources have errors, the seed has no fit name or was drawn before another one, or the lock cannot be written,
            without which the numbers would not last.
    """
    if not SEED.fullmatch(seed):
        hint = "take a word of at most 40 letters, digits, dots and hyphens, such as june or exam-2"
        raise Failure.at(Place.whole(show(source)), f"{seed!r} is no name for numbers", hint)
    known = _seeds(source)
    if seed in known[:-1]:
        place = Place.whole(show(source))
        raise Failure.at(place, f"the numbers {seed} are older than {known[-1]}", "take a new name: numbers come in an order")
    deck = make(source, now, watch, seed="" if seed == known[-1] else seed)
    notes = tuple(note for note in _chosen(deck, source, "") if note.kind == "numeric")
    if not notes and not deck.problems.failed:
        deck.problems.error(Place.whole(show(source)), "there is no numeric card", "fresh gives numeric cards new numbers")
    if not deck.problems.failed and deck.locks.changes(deck.lock):
        try:
            deck.locks.write(deck.lock)
        except OSError as error:
            hint = "make the folder writable: without the lock the numbers would not last"
            deck.problems.error(Place(show(deck.locks.path)), f"the lock cannot be written: {error.strerror}", hint)
    path = _package(deck, notes, output, f"{deck.sources.settings.output}-{seed}")
    _weigh(path, FRESH_BUDGET, deck)
    return _built(path, notes, deck, "own" if seed != known[-1] else "unchanged")


def _seeds(source: Path) -> tuple[str, ...]:
    """The seeds that were drawn so far."""
    settings = read_settings(source, Problems())
    return Locks.read(settings.root, settings.namespace).whole.seeds


def _package(deck: Deck, notes: tuple[Note, ...], output: Path | None, name: str) -> Path:
    """Write the package and return its path."""
    if deck.problems.failed:
        raise Failure(deck.problems)
    path = _output(output, name)
    used = {media for note in notes for media in note.media}
    made = Package(deck.sources.settings.name, notes, {name: content for name, content in deck.media.items() if name in used})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        package.write(made, path)
    except OSError as error:
        deck.problems.error(Place.whole(show(path)), f"cannot be written: {error.strerror}", "choose another place with -o")
        raise Failure(deck.problems) from None
    return path


def _weigh(path: Path, budget: int, deck: Deck) -> None:
    """Warn of what weighs more than a phone on a slow line should carry."""
    if (size := path.stat().st_size) > budget:
        deck.problems.warning(
            Place.whole(show(path)), f"the package weighs {size / 1e6:.1f} MB", f"the budget is {budget / 1e6:.0f} MB"
        )


def _chosen(deck: Deck, source: Path, tag: str) -> tuple[Note, ...]:
    """The notes from ``source`` with ``tag``; the rest of the root is read for identity and links, but not shipped."""
    names = deck.sources.names
    root = deck.sources.settings.root.resolve()
    files = {card.id: root / names[card.place.path] for card in deck.sources.cards}
    notes = tuple(note for note in deck.notes if files[note.id].is_relative_to(source.resolve()))
    tags = {one for note in notes for one in note.tags}
    place = Place.whole(show(source))
    if tag:
        notes = tuple(note for note in notes if any(one == tag or one.startswith(f"{tag}::") for one in note.tags))
        if not notes:
            deck.problems.error(place, f"no card bears the tag {tag}", did_you_mean(tag, tags))
    elif not notes and not deck.problems.failed:
        hint = "an ordered item with an answer, or a heading with {#id}, makes a card"
        deck.problems.error(place, "there is no card to build", hint)
    return notes


def _output(output: Path | None, name: str) -> Path:
    if output is None:
        return Path("build") / f"{name}.apkg"
    return output if output.suffix == ".apkg" else output / f"{name}.apkg"


def _write_lock(deck: Deck) -> str:
    """Write the lock if it has changed, and say what became of it."""
    if not deck.locks.changes(deck.lock):
        return "unchanged"
    state = "own" if deck.locks.own.seeds else "changed" if deck.locks.path.exists() else "new"
    try:
        deck.locks.write(deck.lock)
    except OSError as error:
        hint = "make it writable: without it, what changes now may not arrive in Anki"
        deck.problems.warning(Place(show(deck.locks.path)), f"the lock cannot be written: {error.strerror}", hint)
        return "not written"
    return state


def _built(path: Path, notes: Sequence[Note], deck: Deck, lock: str) -> Built:
    cards = {note.id: len(package.ordinals(note)) for note in notes}
    decks: Counter[str] = Counter()
    for note in notes:
        decks[note.deck] += cards[note.id]
    return Built(
        output=path,
        decks=dict(sorted(decks.items())),
        notes=len(notes),
        cards=sum(cards.values()),
        kinds=dict(sorted(Counter(note.kind for note in notes).items())),
        drafts=deck.sources.drafts,
        problems=deck.problems,
        size=path.stat().st_size,
        lock=lock,
    )
