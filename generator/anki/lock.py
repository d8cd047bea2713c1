"""The lock, ``redraw.lock``: what was built before, so that Anki takes what changed and nothing else.

Anki takes a note anew only if its modification time is later than the one stored. So the lock keeps, for every note that
was ever built, a hash of its content and the time at which that content last changed. The wall clock enters only there.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from generator.anki.files import write_atomically
from generator.model import Kind, Note
from generator.problems import Failure, Place, Problems

T = TypeVar("T")

FORMAT = 1
"""The version of the lock's format."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the lock knows of a note."""

    hash: str
    kind: Kind
    time: int
    """When its content last changed, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of the file."""

    namespace: str
    decks: Mapping[str, str] = field(default_factory=dict)
    """Deck key -> the name under which Anki knows it."""
    seeds: tuple[str, ...] = ()
    """The names of the seeds, in the order in which they were drawn."""
    notes: Mapping[str, Entry] = field(default_factory=dict)
    """The identity of a card -> its note. Notes that went away stay: one that returns must come as newer."""


def guid(namespace: str, identity: str) -> str:
    """The guid by which Anki knows the note.

    >>> guid("ml-theory", "dot-product-sign")
    'b99c11764bf36b398ccd'
    """
    return hashlib.sha256(f"{namespace}\0{identity}".encode()).hexdigest()[:20]


def stamp(notes: Iterable[Note], lock: Lock, now: int, places: Mapping[str, Place], problems: Problems) -> tuple[list[Note], Lock]:
    """Give each note the time of its last change.

    Args:
        notes: the notes as they are now.
        lock: what was built before.
        now: the time, in seconds since 1970. It is used where a note is new or changed; a second change within one second
            is dated a second ahead, since Anki compares whole seconds.
        places: the id of a note -> where its card stands.
        problems: takes the notes that cannot stay what Anki believes them to be.

    Returns:
        The notes with their times, and the lock that belongs to them.
    """
    entries = dict(lock.notes)
    stamped = []
    for note in notes:
        # A card that was renamed keeps its identity, and with it its entry.
        identity = note.identity or note.id
        before = lock.notes.get(identity)
        if before and (before.kind == "cloze") != (note.kind == "cloze"):
            _refuse_crossing(note, before, places, problems)
            continue
        entry = _entry(note, before, now)
        entries[identity] = entry
        stamped.append(replace(note, modified=entry.time))
    return stamped, replace(lock, notes=entries)


def freeze(lock: Lock, decks: Mapping[str, str]) -> Lock:
    """The lock with the names of decks that it did not know yet; a name once given stays, since Anki has nothing else."""
    return replace(lock, decks={**decks, **lock.decks})


def read(path: Path, namespace: str, shown: str = "") -> Lock:
    """Read the lock; where there is none yet, an empty one.

    Args:
        shown: the path as the author would type it, for what is wrong with the file.

    Raises:
        Failure: the file is not a lock, or one of another namespace.
    """
    place = Place(shown or path.as_posix())
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock(namespace)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Failure.at(place, f"the lock cannot be read: {reason}", _RESTORE) from error
    lock = _parse(text, place)
    if lock.namespace != namespace:
        raise Failure.at(
            place,
            f"the lock belongs to the namespace {lock.namespace!r}, not to {namespace!r}",
            "another namespace makes other notes of all cards; if that is meant, delete the lock, else put the old one back",
        )
    return lock


def write(path: Path, lock: Lock) -> None:
    """Write the lock, one line a note in the order of the ids, so that two branches merge.

    Raises:
        OSError: the file cannot be written; the old one is untouched.
    """
    write_atomically(path, render(lock).encode())


def render(lock: Lock) -> str:
    """The text of the file."""
    notes = {name: {"hash": e.hash, "kind": e.kind, "time": e.time} for name, e in lock.notes.items()}
    parts = [
        f'"decks": {_lines(lock.decks)}',
        f'"format": {FORMAT}',
        f'"namespace": {_json(lock.namespace)}',
        f'"notes": {_lines(notes)}',
        f'"seeds": {_json(list(lock.seeds))}',
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


_RESTORE = "restore it from your version control; without it every note counts as new, and edits made in Anki are overwritten"


def _entry(note: Note, before: Entry | None, now: int) -> Entry:
    """The entry for the note as it is now."""
    content = _hash(note)
    if before is None:
        return Entry(content, note.kind, now)
    if before.hash == content:
        return before
    return Entry(content, note.kind, max(now, before.time + 1))


def _hash(note: Note) -> str:
    """A hash of what Anki stores of the note and would replace: fields, tags, kind."""
    fields = {name: html for name, html in note.fields.items() if html}
    content = json.dumps([note.kind, sorted(set(note.tags)), fields], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:20]


def _refuse_crossing(note: Note, before: Entry, places: Mapping[str, Place], problems: Problems) -> None:
    cloze, now = ("a cloze card", "is none any more") if before.kind == "cloze" else ("no cloze card", "is one now")
    problems.error(
        places.get(note.id, Place(note.id)),
        f"#{note.id} was {cloze} and {now}: Anki keeps them as notes of different types and would never update it",
        "give the card a new id (it begins a new history), or leave it of the kind it was",
    )


def _parse(text: str, place: Place) -> Lock:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        spot = Place(place.path, error.lineno, error.colno)
        hint = "a merge left its marks: keep the lines of both sides" if "<<<<<<<" in text else _RESTORE
        raise Failure.at(spot, f"the lock is not JSON: {error.msg}", hint) from error
    if isinstance(data, dict) and data.get("format") not in (None, FORMAT):
        raise Failure.at(place, f"the lock has the format {data['format']!r}, not {FORMAT}", "update redraw")
    try:
        return Lock(
            namespace=_typed(data["namespace"], str),
            decks={key: _typed(name, str) for key, name in data["decks"].items()},
            seeds=tuple(_typed(seed, str) for seed in data["seeds"]),
            notes={name: _parsed_entry(value) for name, value in data["notes"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Failure.at(place, f"the lock is damaged: {type(error).__name__}: {error}", _RESTORE) from error


def _parsed_entry(value: Any) -> Entry:
    if value["kind"] not in get_args(Kind):
        raise ValueError(f"no such kind: {value['kind']!r}")
    return Entry(hash=_typed(value["hash"], str), kind=value["kind"], time=_typed(value["time"], int))


def _typed(value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not of the type {kind.__name__}")
    return value


def _lines(mapping: Mapping[str, Any]) -> str:
    """A JSON object with one line for each key."""
    if not mapping:
        return "{}"
    return "{\n" + ",\n".join(f"{_json(key)}: {_json(mapping[key])}" for key in sorted(mapping)) + "\n}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
