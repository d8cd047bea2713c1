"""``{#id .class key=value}``: what an author says about a card."""

import re
from dataclasses import dataclass

from generator.model import LEVELS, TASKS
from generator.problems import Place, Problems, did_you_mean

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = ("after", "allow", "covers", "was")


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one card, checked."""

    id: str = ""
    level: str = ""
    task: str = ""
    after: str = ""
    was: str = ""
    covers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


def read_attributes(text: str, place: Place, problems: Problems) -> Attributes:
    """Read what stands between the braces; ``place`` is the opening brace."""
    found: dict[str, str] = {}
    for word in re.finditer(r"\S+", text):
        where = Place(place.path, place.line, place.column + 1 + word.start())
        _read_word(word[0], where, found, problems)
    return Attributes(
        id=found.get("id", ""),
        level=found.get("level", ""),
        task=found.get("task", ""),
        after=found.get("after", ""),
        was=found.get("was", ""),
        covers=_names(found.get("covers", "")),
        allow=_names(found.get("allow", "")),
    )


def _read_word(word: str, place: Place, found: dict[str, str], problems: Problems) -> None:
    key, equals, value = word.partition("=")
    if word.startswith("#"):
        _set("id", word[1:], place, found, problems)
        _check_id(word[1:], place, problems)
    elif word.startswith("."):
        name = word[1:]
        if name in LEVELS:
            _set("level", name, place, found, problems)
        elif name in TASKS:
            _set("task", name, place, found, problems)
        else:
            problems.error(place, f"unknown class .{name}", did_you_mean(name, LEVELS + TASKS))
    elif not equals:
        problems.error(place, f"{word} is no attribute", "attributes are #id, .class and key=value")
    elif key not in KEYS:
        problems.error(place, f"unknown key {key}", did_you_mean(key, KEYS))
    else:
        names = [name.removeprefix("#") for name in value.split(",")] if key != "allow" else value.split(",")
        _set(key, ",".join(names), place, found, problems)
        for name in names:
            _check_id(name, place, problems)


def _set(key: str, value: str, place: Place, found: dict[str, str], problems: Problems) -> None:
    if key in found:
        problems.error(place, f"a second {key}", "a card has one; several values of a key are joined by commas")
    found[key] = value


def _check_id(name: str, place: Place, problems: Problems) -> None:
    if not ID.fullmatch(name):
        problems.error(place, f"{name!r} is no id", "an id is made of a-z, 0-9 and single hyphens, as in bayes-diagnostic")


def _names(value: str) -> tuple[str, ...]:
    return tuple(name for name in value.split(",") if name)
