"""The two locks of a deck: the one that is committed with the sources, and the learner's own beside it.

A learner who draws numbers of his own (``redraw fresh``) keeps them, and the times of the notes that they change, in
``redraw.local.lock``, which no version control sees. The committed lock stays what the author made it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.anki import lock as locks
from generator.anki.lock import Lock
from generator.source.settings import show

SHARED, OWN = "redraw.lock", "redraw.local.lock"
FIRST_SEED = "first"
"""The seed of a deck that nobody has drawn anew."""


@dataclass(frozen=True, slots=True)
class Locks:
    """Both locks of a deck as they were read."""

    folder: Path
    shared: Lock
    own: Lock

    @classmethod
    def read(cls, folder: Path, namespace: str) -> "Locks":
        """Read both; a lock that is not there yet is empty.

        Raises:
            Failure: a file is no lock, or one of another namespace.
        """
        shared, own = (locks.read(folder / name, namespace, show(folder / name)) for name in (SHARED, OWN))
        return cls(folder, shared, own)

    @property
    def path(self) -> Path:
        """The lock that a build writes: the learner's own once he has drawn."""
        return self.folder / (OWN if self.own.seeds else SHARED)

    @property
    def whole(self) -> Lock:
        """What was built before, whoever drew it: of two entries for a note the later one."""
        notes = dict(self.shared.notes)
        for identity, entry in self.own.notes.items():
            if identity not in notes or entry.time >= notes[identity].time:
                notes[identity] = entry
        seeds = (*(self.shared.seeds or (FIRST_SEED,)), *self.own.seeds)
        return replace(self.shared, decks={**self.own.decks, **self.shared.decks}, seeds=seeds, notes=notes)

    def drawn(self, seed: str) -> "Locks":
        """The locks with one more seed of the learner's own."""
        return replace(self, own=replace(self.own, seeds=(*self.own.seeds, seed)))

    def after(self, whole: Lock) -> Lock:
        """The lock to write, when ``whole`` is what both come to."""
        if not self.own.seeds:
            return whole
        decks = {key: name for key, name in whole.decks.items() if key not in self.shared.decks}
        notes = {identity: entry for identity, entry in whole.notes.items() if self.shared.notes.get(identity) != entry}
        return Lock(whole.namespace, decks, self.own.seeds, notes)

    def changes(self, whole: Lock) -> Sequence[str]:
        """What of the lock that a build writes would change: the identities of notes, then decks and seeds."""
        after, before = self.after(whole), self.own if self.own.seeds else self.shared
        notes = sorted(name for name, entry in after.notes.items() if before.notes.get(name) != entry)
        others = [word for word in ("decks", "seeds") if getattr(after, word) != getattr(before, word)]
        return [*notes, *(f"the {word}" for word in others)]

    def write(self, whole: Lock) -> None:
        """Write the lock that changed.

        Raises:
            OSError: it cannot be written; the old one is untouched.
        """
        locks.write(self.path, self.after(whole))
