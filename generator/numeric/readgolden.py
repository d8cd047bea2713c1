"""Golden rows: literal values for the parameters, and what must come out."""

import re
from collections.abc import Iterable

from generator.blocks import Listing, Node, Scalar, short
from generator.fields import as_mapping
from generator.numeric.params import Param
from generator.numeric.spec import Expected, Golden, written
from generator.numeric.values import Value, describe, shape
from generator.problems import Problems, did_you_mean

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?")
_LISTED = re.compile(r"\[|\]|[^\[\],\s]+")


def read_golden(
    rows: Iterable[Node], params: tuple[Param, ...], lets: list[str], answers: list[str], problems: Problems
) -> tuple[Golden, ...]:
    """The rows; whatever is wrong with one is reported where it stands."""
    found = (_row(row, params, lets, answers, problems) for row in rows)
    return tuple(row for row in found if row)


def _row(node: Node, params: tuple[Param, ...], lets: list[str], answers: list[str], problems: Problems) -> Golden | None:
    mapping = as_mapping(node, problems)
    if mapping is None:
        return None
    ranks = {param.name: param.rank for param in params}
    given: dict[str, Value] = {}
    expected: dict[str, Expected] = {}
    for key, value in mapping.items:
        if key.text not in (*ranks, *lets, *answers):
            problems.error(key.place, f"unknown name {short(key.text)}", did_you_mean(key.text, [*ranks, *answers]))
            continue
        read = _literal(value, problems)
        if read is None:
            continue
        if key.text not in ranks:
            expected[key.text] = Expected(*read, value.place)
        elif len(shape(read[0]) or ()) != ranks[key.text]:
            problems.error(value.place, f"{key.text} cannot be {describe(read[0])}", "it must look like the values of its grid")
        else:
            given[key.text] = _as_drawn(read[0], next(param for param in params if param.name == key.text))
    if missing := [name for name in ranks if name not in [key.text for key, _ in mapping.items]]:
        problems.error(node.place, f"this row lacks {' and '.join(missing)}", "a golden row gives every parameter")
    if not set(expected) & set(answers):
        problems.error(node.place, "this row expects no answer", f"add  {answers[0] if answers else 'answer'}: …")
    return Golden(given, expected, node.place)


def _as_drawn(value: Value, param: Param) -> Value:
    """The value as the grid has it: where it holds words, ``True`` is one of them."""
    if isinstance(value, tuple):
        return tuple(_as_drawn(part, param) for part in value)
    words = any(isinstance(entry, str) for entry in param.grid.entries)
    return str(value) if words and isinstance(value, bool) else value


def _literal(node: Node, problems: Problems) -> tuple[Value, Value] | None:
    """A number, a word, a truth value, or a list of such; and the half units of the last digits."""
    if isinstance(node, Listing):
        parts = [_literal(item, problems) for item in node.items]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or not known:
            return None
        return tuple(value for value, _ in known), tuple(slack for _, slack in known)
    if isinstance(node, Scalar):
        text = node.text.strip()
        if text.startswith("["):
            if (listed := _listed(text)) is not None:
                return listed
        elif text:
            return _single(text)
    problems.error(node.place, "here stands no value", "a number, a word, or a list of numbers: [1, 2]")
    return None


def _single(text: str) -> tuple[Value, Value]:
    if _NUMBER.fullmatch(text):
        return written(text)
    return (text == "True" if text in ("True", "False") else text), None


def _listed(text: str) -> tuple[Value, Value] | None:
    """A list in quotes, such as ``[[1, 2], [3, 4]]``."""
    stack: list[list[tuple[Value, Value]]] = [[]]
    for token in _LISTED.findall(text):
        if token == "[":
            stack.append([])
            if len(stack) > 4:
                return None
        elif token == "]":
            if len(stack) == 1 or not stack[-1]:
                return None
            parts = stack.pop()
            stack[-1].append((tuple(value for value, _ in parts), tuple(slack for _, slack in parts)))
        else:
            stack[-1].append(_single(token))
    return stack[0][0] if len(stack) == 1 and len(stack[0]) == 1 else None
