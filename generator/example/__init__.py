"""A small deck to start from."""

import json
from importlib.resources import files
from pathlib import Path

from generator.problems import Failure, Place
from generator.source.settings import slug

SOURCE, SETTINGS, IGNORED = "probability.md", "redraw.toml", ".gitignore"
NOT_FOR_GIT = ("build/", "media/generated/", "redraw.local.lock")
"""What a build leaves in a deck's folder that its author does not commit."""


def write(folder: Path) -> list[Path]:
    """Write the example into ``folder`` and return the paths of its files; the deck is named after the folder.

    Raises:
        Failure: the folder is not empty, or cannot be written.
    """
    place = Place.whole(folder.as_posix())
    made = {
        SETTINGS: _settings(folder.resolve().name),
        SOURCE: _text(SOURCE),
        IGNORED: "".join(f"{name}\n" for name in NOT_FOR_GIT),
    }
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise Failure.at(place, "the folder is not empty", "name a new one")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_bytes(text.encode())
    except OSError as error:
        raise Failure.at(place, f"cannot be written: {error.strerror}", "name another folder") from None
    return [folder / name for name in made]


def _settings(folder: str) -> str:
    """The settings of a deck in a folder of that name: two decks of one namespace would overwrite each other's notes in Anki."""
    words = folder.replace("-", " ").replace("_", " ").split()
    name = " ".join(words) if folder.isprintable() and words else "my deck"
    # A JSON string of printable characters is a TOML string.
    quoted = {'"My deck"': name[0].upper() + name[1:], '"my-deck"': slug(name)}
    text = _text(SETTINGS)
    for example, own in quoted.items():
        text = text.replace(example, json.dumps(own, ensure_ascii=False))
    return text


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
