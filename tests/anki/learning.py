"""When FSRS shows a card, over a year and more, for learners who rate it so and so."""

import json
from pathlib import Path

from anki.collection import Collection

from tests.anki.imports import import_package
from tests.anki.notes import built, note

AGAIN, HARD, GOOD = 1, 2, 3


def days_of_showings(folder: Path, ratings: list[int]) -> list[int]:
    """For each rating the day of its showing, from 0: as the real scheduler has it, with the clock moved along its intervals.

    Instead of the clock we move what is stored back in time.
    """
    collection = Collection(str(folder / "fsrs.anki2"))
    try:
        collection.set_config("fsrs", True)
        import_package(collection, built(folder, [note("x")]))
        collection.decks.select(collection.decks.id_for_name("Tests"))  # type: ignore[arg-type]
        day, days = 0, []
        for rating in ratings:
            card = collection.sched.getCard()
            assert card is not None
            days.append(day)
            collection.sched.answerCard(card, rating)  # type: ignore[arg-type]
            card.load()
            learning = card.queue == 1
            wait = 0 if learning else card.due - collection.sched.today
            _age(collection, wait)
            if learning:
                collection.db.execute("update cards set due = 0")  # type: ignore[union-attr]
            day += wait
        return days
    finally:
        collection.close()


def _age(collection: Collection, days: int) -> None:
    """Let all have happened so many days earlier."""
    database = collection.db
    assert database is not None
    database.execute("update cards set due = due - ?", days)
    database.execute("update revlog set id = id - ?", days * 86_400_000)
    for card, data in database.all("select id, data from cards"):
        memory = json.loads(data or "{}")
        if "lrt" in memory:
            memory["lrt"] -= days * 86400
        database.execute("update cards set data = ? where id = ?", json.dumps(memory), card)
