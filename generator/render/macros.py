r"""The author's macros, expanded when the card is written: a card carries no definitions.

By TeX's rules: ``\norm`` is not ``\normal``, the spaces behind a name belong to it, and an argument is a group, a control sequence
or one character. A cloze counts as one piece, so that ``\norm{{c1::x}}`` hides what stands in the norm.
"""

import re
from collections.abc import Mapping, Sequence

from generator.model import Macro
from generator.tokens import CLOZE, cloze_end

NEXT = re.compile(r"\\(?:[A-Za-z]+|.)|%[^\n]*", re.DOTALL)
"""A control sequence, or a comment."""
WORD = re.compile(r"\\([A-Za-z]+)\s*")
ARGUMENT = re.compile(r"\\.|#([1-9])", re.DOTALL)
UNFINISHED = re.compile(r"(?:^|[^\\])(?:\\\\)*\\[A-Za-z]+$")
"""Text that ends in the name of a control word."""
MOST, LONGEST = 1_000, 20_000
"""Expansions in one formula, and characters of what comes out."""


class Unexpandable(Exception):
    """A formula uses a macro as it cannot be used: a message and a hint."""


def expand(tex: str, macros: Mapping[str, Macro]) -> str:
    r"""The formula with every macro of ``macros`` replaced by what it stands for.

    Raises:
        Unexpandable: an argument is missing, or the expansion does not come to an end.

    >>> from generator.problems import Place
    >>> macros = {"norm": Macro("norm", r"\lVert #1 \rVert", 1, Place("redraw.toml"))}
    >>> print(expand(r"\norm{x} + \norm y + \normal", macros))
    \lVert x \rVert + \lVert y \rVert + \normal
    """
    written, rest, done = "", tex, 0
    while macros and (match := NEXT.search(rest)):
        word = WORD.match(rest, match.start())
        macro = macros.get(word[1]) if word else None
        if macro is None or word is None:
            written, rest = written + rest[: match.end()], rest[match.end() :]
            continue
        arguments, position = [], word.end()
        for _ in range(macro.arguments):
            argument, position = _argument(rest, position, macro)
            arguments.append(argument)
        written += rest[: match.start()]
        rest = _joined(_filled(macro.body, arguments), rest[position:])
        if _glued(written, rest):
            written += " "
        done += 1
        if done > MOST or len(rest) > LONGEST:
            hint = "an argument brings a macro back, or is doubled too often"
            raise Unexpandable(f"\\{macro.name} expands without end", hint)
    return written + rest


def _filled(body: str, arguments: Sequence[str]) -> str:
    filled, position = "", 0
    for match in ARGUMENT.finditer(body):
        if match[1]:
            filled = _joined(_joined(filled, body[position : match.start()]), arguments[int(match[1]) - 1])
            position = match.end()
    return _joined(filled, body[position:])


def _joined(first: str, second: str) -> str:
    return f"{first} {second}" if _glued(first, second) else first + second


def _glued(first: str, second: str) -> bool:
    """Whether the name of a control word at the end of ``first`` would go on in ``second``."""
    return second[:1].isascii() and second[:1].isalpha() and UNFINISHED.search(first) is not None


def _argument(tex: str, position: int, macro: Macro) -> tuple[str, int]:
    """The argument that begins at ``position``, and where it ends."""
    while position < len(tex) and tex[position].isspace():
        position += 1
    if cloze := CLOZE.match(tex, position):
        end = cloze_end(tex, cloze.end())
        if end >= 0:
            return tex[position : end + 2], end + 2
    if position >= len(tex) or tex[position] in "}&":
        count = "an argument" if macro.arguments == 1 else f"{macro.arguments} arguments"
        raise Unexpandable(f"\\{macro.name} takes {count}, and none is left", f"write \\{macro.name}{'{…}' * macro.arguments}")
    if tex[position] == "{":
        end = _closing(tex, position)
        if end < 0:
            raise Unexpandable(f"the argument of \\{macro.name} is not closed", "every { needs its }")
        return tex[position + 1 : end], end + 1
    if control := NEXT.match(tex, position):
        return control[0], control.end()
    return tex[position], position + 1


def _closing(tex: str, start: int) -> int:
    """Where the group that opens at ``start`` closes, or -1."""
    depth, position = 0, start
    while position < len(tex):
        if tex[position] == "\\":
            position += 2
            continue
        depth += (tex[position] == "{") - (tex[position] == "}")
        if depth == 0:
            return position
        position += 1
    return -1
