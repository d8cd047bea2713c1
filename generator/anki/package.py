"""Notes and media -> an ``.apkg``: the same bytes for the same notes, on any machine, on any day.

genanki writes the database. The small subclasses here add what it has no place for: a modification time for each note, one
card a note, browser templates with ids, presets. The zip is written here, since genanki's carries the wall clock.
"""

import io
import itertools
import json
import re
import sqlite3
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import genanki

from generator.anki.files import write_atomically
from generator.anki.notetypes import MODIFIED, NoteType, note_type, note_types
from generator.anki.presets import THEORY, preset, presets
from generator.model import Note, Package

_FIRST_ID = 1763600000000
"""Notes and cards are counted from here. Anki shows the number as the time of creation, and chooses another where it is taken."""
_CLOZE = re.compile(r"\{\{c(\d+)::")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_SQLITE_VERSION = 3040001


def write(package: Package, path: Path) -> None:
    """Write the package to ``path``, which until then keeps what it had.

    Raises:
        ValueError: a note or a media name that Anki would drop, change or refuse.
        OSError: the file cannot be written.
    """
    _check_notes(package.notes)
    _check_media(package)
    write_atomically(path, _zipped(_database(package), package.media))


def deck_id(name: str) -> int:
    """An id for a deck; Anki goes by the name, but wants one."""
    return _FIRST_ID + int(sha256(name.encode()).hexdigest()[:8], 16)


def ordinals(note: Note) -> list[int]:
    """The cards that Anki makes of the note: one, or one for each number of a cloze.

    Raises:
        ValueError: a cloze note without a cloze.
    """
    if note.kind != "cloze":
        return [0]
    found = sorted({int(number) - 1 for number in _CLOZE.findall(note.fields.get("Text", "")) if int(number) > 0})
    if not found:
        raise ValueError(f"{note.id}: a cloze note without a cloze makes no card")
    return found


def _check_notes(notes: Iterable[Note]) -> None:
    """Refuse what Anki would take wrongly, or not at all, without a word."""
    notes = list(notes)
    if twice := [guid for guid, count in Counter(note.guid for note in notes).items() if count > 1]:
        raise ValueError(f"notes with one guid: {', '.join(note.id for note in notes if note.guid in twice)}")
    for note in notes:
        if unknown := set(note.fields) - set(note_type(note.kind).fields):
            raise ValueError(f"{note.id}: no such field: {', '.join(sorted(unknown))}")
        if bad := sorted(name for name, html in note.fields.items() if "\x1f" in html):
            raise ValueError(f"{note.id}: the control character U+001F, which separates Anki's fields, stands in {', '.join(bad)}")
        if bad := [tag for tag in note.tags if not tag or re.search(r"\s", tag)]:
            raise ValueError(f"{note.id}: a tag is a word without spaces: {bad[0]!r}")
        if note.modified <= 0:
            raise ValueError(f"{note.id}: no modification time; the lock gives it one")
        if not note.deck:
            raise ValueError(f"{note.id}: no deck")


def _check_media(package: Package) -> None:
    """Refuse media that nobody uses, that are not there, or whose names Anki would change."""
    used = {name for note in package.notes for name in note.media}
    if missing := sorted(used - set(package.media)):
        raise ValueError(f"media that are missing: {', '.join(missing)}")
    if unused := sorted(set(package.media) - used):
        raise ValueError(f"media that no note uses: {', '.join(unused)}")
    for name in package.media:
        if re.search(r'[][<>:"/?*^\\|\x00-\x1f]', name) or len(name.encode()) > 120 or unicodedata.normalize("NFC", name) != name:
            raise ValueError(f"a media name that Anki would change: {name!r}")
    # Where the learner's file system does not tell cases apart, one of the two would be lost.
    if twice := [name for name, count in Counter(name.casefold() for name in package.media).items() if count > 1]:
        raise ValueError(f"media with one name: {', '.join(sorted(twice))}")


class _Note(genanki.Note):  # type: ignore[misc]
    """A note with a modification time of its own and the cards that Anki would make of it."""

    def __init__(self, note: Note, model: genanki.Model) -> None:
        values = {**note.fields, "Guid": note.guid}
        fields = [values.get(field["name"], "") for field in model.fields]
        super().__init__(model, fields, tags=sorted(set(note.tags)), guid=note.guid, due=note.position)
        self._source = note

    @property
    def cards(self) -> list[genanki.Card]:
        return [genanki.Card(ordinal) for ordinal in ordinals(self._source)]

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, deck_id: int, id_gen: Iterator[int]) -> None:
        super().write_to_db(cursor, self._source.modified, deck_id, id_gen)

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Nothing: the guess of genanki takes ``\\(a<b\\)`` and an image over two lines for errors."""


class _Deck(genanki.Deck):  # type: ignore[misc]
    """A deck with a preset."""

    def __init__(self, name: str, preset: int) -> None:
        super().__init__(deck_id(name), name)
        self._preset = preset

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "conf": self._preset}


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type that is told which fields make a card; genanki's guess would want them all."""

    @property
    def _req(self) -> list[Any]:
        return [[0, "any", [next(i for i, field in enumerate(self.fields) if field["name"] == "Guid")]]]


def _model(kind: NoteType) -> _Model:
    fields = [
        {
            "name": name,
            "id": kind.field_id(name),
            "collapsed": kind.shown_closed(name),
            # A search for a word should not find all variants of a numeric card.
            "excludeFromSearch": name == "Pool",
        }
        for name in kind.fields
    ]
    template = {
        "name": "Card",
        "id": kind.template_id,
        "qfmt": kind.front,
        "afmt": kind.back,
        "bqfmt": kind.browser_front,
        "bafmt": kind.browser_back,
    }
    return _Model(kind.id, kind.name, fields, [template], kind.css, _Model.CLOZE if kind.cloze else _Model.FRONT_BACK)


def _decks(notes: Iterable[Note]) -> list[_Deck]:
    """The decks with their notes, in the order of the names, and all decks above them, which a learner may study too."""
    held: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        held[note.deck].append(note)
    parts = [name.split("::") for name in held]
    above = {"::".join(part[:length]) for part in parts for length in range(1, len(part))}
    models = {kind.id: _model(kind) for kind in note_types()}
    decks = []
    for name in sorted(held.keys() | above):
        deck = _Deck(name, preset(name, held[name]) if name in held else THEORY)
        for note in sorted(held.get(name, ()), key=lambda note: (note.position, note.id)):
            deck.add_note(_Note(note, models[note_type(note.kind).id]))
        decks.append(deck)
    return decks


def _database(package: Package) -> bytes:
    """The collection as a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="redraw-") as folder:
        path = Path(folder, "collection.anki2")
        connection = sqlite3.connect(path)
        try:
            # What a build of SQLite might have as its default, and no journal for a file that nobody else sees.
            for pragma in ("page_size = 4096", "auto_vacuum = 0", "encoding = 'UTF-8'", "journal_mode = OFF", "synchronous = OFF"):
                connection.execute(f"PRAGMA {pragma}")
            cursor = connection.cursor()
            genanki.Package(_decks(package.notes)).write_to_db(cursor, MODIFIED, itertools.count(_FIRST_ID))
            configs = {str(config["id"]): config for config in presets()}
            (default,) = cursor.execute("SELECT dconf FROM col").fetchone()
            cursor.execute("UPDATE col SET dconf = ?", (json.dumps(json.loads(default) | configs),))
            connection.commit()
            connection.execute("VACUUM")
        finally:
            connection.close()
        return _normalised(path.read_bytes())


def _normalised(database: bytes) -> bytes:
    """The file without the traces of the SQLite that wrote it: two counters, which must agree, and its version."""
    header = bytearray(database[:100])
    header[24:28] = header[92:96] = (1).to_bytes(4, "big")
    header[96:100] = _SQLITE_VERSION.to_bytes(4, "big")
    return bytes(header) + database[100:]


def _zipped(database: bytes, media: Mapping[str, bytes]) -> bytes:
    """The zip that Anki reads: the collection, the media under numbers, and the names that belong to the numbers."""
    names = sorted(media)
    entries = {"collection.anki2": database, "media": json.dumps(dict(enumerate(names)), ensure_ascii=False).encode()}
    entries |= {str(number): media[name] for number, name in enumerate(names)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()
