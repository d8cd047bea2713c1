"""The table ``[macros]`` of ``redraw.toml``: what an author writes short in the formulas of all cards."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.model import Macro
from generator.problems import Place, Problems
from generator.tokens import CLOZE

NAME = re.compile(r"[A-Za-z]+")
TOKEN = re.compile(r"\\(?:([A-Za-z]+)|.)|#(.?)|[{}]", re.DOTALL)
"""A control word or symbol, an argument, a brace."""


def read_macros(table: Any, text: str, path: str, problems: Problems) -> dict[str, Macro]:
    """The macros of the table, each checked.

    Args:
        text: the file, in which the keys are looked up, since a TOML table knows no places.
    """
    start = Place(path, *_spot(text, ""))
    if not isinstance(table, dict):
        problems.error(start, f"macros must be a table, got {table!r}", r"""write [macros], and below it E = '\mathbb{E}'""")
        return {}
    found = {}
    for name, body in table.items():
        macro = _macro(name, body, Place(path, *_spot(text, name)), problems)
        if macro is not None:
            found[name] = macro
    for name in _recursive(found):
        hint = "a macro may use others, but none that leads back to it"
        problems.error(found[name].place, f"\\{name} leads back to itself", hint)
    return found


def uses(macro: Macro) -> frozenset[str]:
    """The control words in a macro's body."""
    return frozenset(match[1] for match in TOKEN.finditer(macro.body) if match[1])


def _macro(name: str, body: Any, place: Place, problems: Problems) -> Macro | None:
    if not NAME.fullmatch(name):
        hint = "a macro's name is letters alone, without the backslash"
        problems.error(place, f"\\{name} is no name for a macro", hint)
        return None
    if not isinstance(body, str):
        problems.error(place, f"\\{name} must be a text, got {body!r}", f"write {name} = '…'")
        return None
    if CLOZE.search(body):
        problems.error(place, f"a cloze stands in \\{name}", "a macro cannot hide; put the cloze into the formula, around it")
        return None
    depth, arguments = 0, set[str]()
    for match in TOKEN.finditer(body):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth < 0:
            break
        if match[0].startswith("#"):
            if match[2] not in "123456789" or not match[2]:
                problems.error(place, f"{match[0]} in \\{name} is no argument", r"arguments are #1 to #9; a # that shows is \#")
                return None
            arguments.add(match[2])
    if depth:
        problems.error(place, f"the braces of \\{name} do not match", r"every { needs its }; one that shows is \{")
        return None
    if missing := [str(number) for number in range(1, len(arguments) + 1) if str(number) not in arguments]:
        problems.error(
            place, f"\\{name} uses #{max(arguments)}, but not #{missing[0]}", "arguments are numbered from #1 without a gap"
        )
        return None
    return Macro(name, body, len(arguments), place)


def _recursive(macros: Mapping[str, Macro]) -> Iterator[str]:
    """The macros that lead back to themselves."""
    used = {name: uses(macro) & macros.keys() for name, macro in macros.items()}
    for name in macros:
        seen, ahead = set[str](), set(used[name])
        while ahead:
            seen |= ahead
            ahead = {further for one in ahead for further in used[one]} - seen
        if name in seen:
            yield name


def _spot(text: str, name: str) -> tuple[int, int]:
    """Line and column of a key of the table, or of the table itself; of the first line where neither can be told."""
    table = re.compile(r"\s*(\[\s*[\"']?macros[\"']?\s*\]|[\"']?macros[\"']?\s*[=.])")
    key = re.compile(rf"(?:^|[\s{{,.])(?P<key>[\"']?{re.escape(name)}[\"']?)\s*=")
    inside, first = False, (1, 1)
    for number, line in enumerate(text.split("\n"), start=1):
        if header := table.match(line):
            inside, first = True, (number, header.start(1) + 1) if first == (1, 1) else first
        elif line.lstrip().startswith("["):
            inside = False
        if inside and name and (match := key.search(line)):
            return number, match.start("key") + 1
    return first
