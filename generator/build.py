"""The pipeline on one screen: read -> render -> lock -> package."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.anki import lock as locks
from generator.anki import package
from generator.anki.lock import Lock, guid
from generator.model import Card, Draft, Note, Package, Sources
from generator.problems import Failure, Place, Problems, did_you_mean
from generator.render import Media, Renderer
from generator.source import read
from generator.source.settings import show

LOCK = "redraw.lock"
Watch = Callable[[Sequence[Card], str], Iterable[Card]]
"""Hands the cards on one by one and shows, under a label, how far it is."""


def unwatched(cards: Sequence[Card], label: str) -> Iterable[Card]:
    """The cards, without a word."""
    return cards


@dataclass(frozen=True, slots=True)
class Deck:
    """Sources made ready: every note as Anki will store it, and the lock that belongs to them."""

    sources: Sources
    notes: tuple[Note, ...]
    media: dict[str, bytes]
    before: Lock
    lock: Lock
    problems: Problems

    @property
    def lock_path(self) -> Path:
        return self.sources.settings.root / LOCK


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
    """What became of the lock: unchanged, changed, new, not written."""


def make(source: Path, now: int, watch: Watch = unwatched) -> Deck:
    """Read, check and render all that belongs to the root of ``source``.

    Args:
        now: seconds since 1970; it enters only where a note is new or has changed.

    Raises:
        Failure: nothing can be read at all. Other errors are in the deck's problems.
    """
    problems = Problems()
    sources = read(source, problems)
    settings = sources.settings
    before = locks.read(settings.root / LOCK, settings.namespace)
    lock = locks.freeze(before, sources.decks)
    for key, name in sources.decks.items():
        if lock.decks[key] != name:
            place = Place(show(settings.root / LOCK))
            message = f"the deck {name} is still called {lock.decks[key]}"
            problems.information(place, message, "Anki knows decks by name: rename it there")
    media = Media(settings.root, problems)
    renderer = Renderer(sources, problems, media)
    notes = [
        renderer.note(card, guid(settings.namespace, card.identity), lock.decks[card.deck], position)
        for position, card in enumerate(watch(sources.cards, "rendering"), start=1)
    ]
    places = {card.id: card.place for card in sources.cards}
    stamped, lock = locks.stamp(notes, lock, now, places, problems)
    return Deck(sources, tuple(stamped), media.files, before, lock, problems)


def find(source: Path, name: str, now: int) -> tuple[Card, Note]:
    """The card of that id and its note.

    Raises:
        Failure: there is no such card, or the sources have errors.
    """
    deck = make(source, now)
    cards = {card.id: card for card in deck.sources.cards}
    if name not in cards:
        raise Failure.at(Place(show(source)), f"there is no card {name}", did_you_mean(name, cards))
    if deck.problems.failed:
        raise Failure(deck.problems)
    return cards[name], next(note for note in deck.notes if note.id == name)


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
    problems = deck.problems
    if locked and deck.lock != deck.before:
        place = Place(show(deck.lock_path))
        problems.error(place, f"the lock would change: {_changes(deck)}", "build without --locked and commit the lock")
    notes = _chosen(deck, source, tag)
    if problems.failed:
        raise Failure(problems)
    path = _output(output, deck.sources.settings.output)
    used = {name for note in notes for name in note.media}
    made = Package(deck.sources.settings.name, notes, {name: content for name, content in deck.media.items() if name in used})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        package.write(made, path)
    except OSError as error:
        problems.error(Place(show(path)), f"cannot be written: {error.strerror}", "choose another place with -o")
        raise Failure(problems) from None
    return _built(path, notes, deck, "unchanged" if locked else _write_lock(deck))


def _chosen(deck: Deck, source: Path, tag: str) -> tuple[Note, ...]:
    """The notes from ``source`` with ``tag``; the rest of the root is read for identity and links, but not shipped."""
    names = deck.sources.names
    root = deck.sources.settings.root.resolve()
    files = {card.id: root / names[card.place.path] for card in deck.sources.cards}
    notes = tuple(note for note in deck.notes if files[note.id].is_relative_to(source.resolve()))
    tags = {one for note in notes for one in note.tags}
    if tag:
        notes = tuple(note for note in notes if any(one == tag or one.startswith(f"{tag}::") for one in note.tags))
        if not notes:
            deck.problems.error(Place(show(source)), f"no card bears the tag {tag}", did_you_mean(tag, tags))
    elif not notes and not deck.problems.failed:
        deck.problems.error(
            Place(show(source)), "there is no card to build", "an ordered item or a heading with {#id} makes a card"
        )
    return notes


def _output(output: Path | None, name: str) -> Path:
    if output is None:
        return Path("build") / f"{name}.apkg"
    return output if output.suffix == ".apkg" else output / f"{name}.apkg"


def _write_lock(deck: Deck) -> str:
    """Write the lock if it has changed, and say what became of it."""
    if deck.lock == deck.before:
        return "unchanged"
    state = "changed" if deck.lock_path.exists() else "new"
    try:
        locks.write(deck.lock_path, deck.lock)
    except OSError as error:
        hint = "make it writable: without it, what changes now may not arrive in Anki"
        deck.problems.warning(Place(show(deck.lock_path)), f"the lock cannot be written: {error.strerror}", hint)
        return "not written"
    return state


def _changes(deck: Deck) -> str:
    changed = sorted(name for name, entry in deck.lock.notes.items() if deck.before.notes.get(name) != entry)
    shown = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return shown or "the names of decks"


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
