"""``redraw.toml``: the root of a deck, its name, and its identity."""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal, cast

from generator.model import Settings
from generator.problems import Failure, Place, Problems, did_you_mean
from generator.source.macros import read_macros

FILE = "redraw.toml"
KEYS = ("decks", "macros", "name", "namespace", "output")
DECKS = ("kind", "file")


def find_root(source: Path) -> Path | None:
    """The nearest folder at or above ``source`` that holds a ``redraw.toml``."""
    folder = source if source.is_dir() else source.parent
    return next((parent for parent in (folder, *folder.parents) if (parent / FILE).is_file()), None)


def read_settings(source: Path, problems: Problems) -> Settings:
    """The settings that hold for ``source``, a folder or a file; without a ``redraw.toml`` its folder stands in for one.

    Raises:
        Failure: the file cannot be read as settings.
    """
    root = find_root(source.resolve())
    if root is None:
        folder = source.resolve() if source.is_dir() else source.resolve().parent
        name = folder.name or "deck"
        hint = f"write a {FILE} with name and namespace: it keeps the deck's identity when the folder moves"
        problems.warning(Place.whole(show(folder)), f"there is no {FILE}: the deck is called {name}", hint)
        return Settings(folder, name, slug(name), "file", slug(name))
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, at = str(error).partition(" (at ")
        # Python says "line 3, column 5" or "end of document".
        spot = [int(number) for number in re.findall(r"\d+", at)] or [path.read_bytes().count(b"\n") + 1, 1]
        raise Failure.at(Place(show(path), *spot), message, "see https://toml.io") from None
    except OSError as error:
        raise Failure.at(Place(show(path)), f"cannot be read: {error.strerror}", "check the file's permissions") from None
    except UnicodeDecodeError as error:
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise Failure.at(Place(show(path)), message, "save the file as UTF-8") from None
    return _checked(table, text, path)


def _checked(table: dict[str, Any], text: str, path: Path) -> Settings:
    problems, place = Problems(), Place(show(path))
    macros = read_macros(table.pop("macros", {}), text, show(path), problems)
    for key, value in table.items():
        if key not in KEYS:
            problems.error(place, f"unknown key {key}", did_you_mean(key, KEYS))
        elif not isinstance(value, str) or not value.strip():
            problems.error(place, f"{key} must be a text, got {value!r}", f'write {key} = "…"')
    if not problems.failed and (missing := [key for key in ("name", "namespace") if key not in table]):
        problems.error(place, f"{' and '.join(missing)} must be given", f'write {missing[0]} = "…"')
    decks = table.get("decks", "file")
    if not problems.failed and decks not in DECKS:
        problems.error(place, f'decks must be "kind" or "file", got {decks!r}', did_you_mean(decks, DECKS))
    if problems.failed:
        raise Failure(problems)
    output = table.get("output", slug(table["name"]))
    if output != Path(output).name:
        raise Failure.at(place, f"output must be a file name without a folder, got {output!r}", "the folder is given with -o")
    return Settings(path.parent, table["name"], table["namespace"], cast(Literal["kind", "file"], decks), output, macros)


def show(path: Path) -> str:
    """The path as an author would type it: relative to the working folder where it lies below, with forward slashes.

    A link is shown where it lies, not where it leads.
    """
    where = path.parent.resolve() / path.name if path.is_symlink() else path.resolve()
    return where.relative_to(Path.cwd()).as_posix() if where.is_relative_to(Path.cwd()) else path.as_posix()


def slug(name: str) -> str:
    """The name in lower case, with hyphens for whatever is no letter, digit or underscore.

    >>> slug("My deck")
    'my-deck'
    """
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "deck"
