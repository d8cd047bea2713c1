"""What a learner does with a package: import it, study, import the next one."""

from pathlib import Path

from anki.cards import Card
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest, ImportLogWithChanges
from anki.notes import Note as AnkiNote

from generator.model import Note

Log = ImportLogWithChanges.Log


def import_package(collection: Collection, path: Path, *, presets: bool = False) -> Log:
    """Import it as Anki does by default; ``presets`` ticks *Import any deck presets*."""
    options = ImportAnkiPackageOptions(with_deck_configs=presets)
    return collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options)).log


def note_of(collection: Collection, note: Note) -> AnkiNote:
    """What Anki made of the note."""
    (found,) = collection.find_notes(f"Guid:{note.guid}")
    return collection.get_note(found)


def cards_of(collection: Collection, note: Note) -> list[Card]:
    """Its cards, by their ordinals."""
    return sorted(note_of(collection, note).cards(), key=lambda card: card.ord)


def study(collection: Collection, deck: str, count: int, ease: int = 3) -> list[Card]:
    """Answer the next cards of the deck."""
    collection.decks.select(collection.decks.id_for_name(deck))  # type: ignore[arg-type]
    answered = []
    for _ in range(count):
        card = collection.sched.getCard()
        assert card is not None
        collection.sched.answerCard(card, ease)  # type: ignore[arg-type]
        answered.append(card)
    return answered


def schedule(collection: Collection) -> list[tuple[int, ...]]:
    """All that an import must leave alone: every card's schedule, and every review."""
    cards = "select id, nid, did, type, queue, due, ivl, factor, reps, lapses from cards order by id"
    reviews = "select id, cid, ease, ivl, lastIvl, factor, time, type, 0, 0 from revlog order by id"
    rows: list[tuple[int, ...]] = [tuple(row) for query in (cards, reviews) for row in collection.db.all(query)]  # type: ignore[union-attr]
    return rows
