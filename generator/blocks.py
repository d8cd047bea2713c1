"""YAML in fenced blocks and in files, as nodes that know where they stand: ``numeric``, ``figure``, ``claim``, the syllabus.

Scalars stay strings: nothing is read as a number, a date or a truth value behind the author's back. What YAML offers beyond
mappings, lists and scalars (anchors, aliases, tags, merging, several documents) is refused, and so are duplicate keys.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from generator.model import Block
from generator.problems import Failure, Place

LONGEST = 20_000
"""Characters in a block: a hundred times what a card needs, and read in a blink."""
DEEPEST = 12
"""Lists and mappings inside each other."""


@dataclass(frozen=True)
class Node:
    """A piece of a block: its text runs from ``start`` to ``end``."""

    block: Block
    start: int
    end: int

    @property
    def place(self) -> Place:
        """Where the node begins in the source."""
        return _place(self.block, self.start)

    @property
    def kind(self) -> str:
        """What an author would call it."""
        return "nothing"


@dataclass(frozen=True)
class Scalar(Node):
    """A single value, as text."""

    text: str
    style: str = ""
    """How it is written: plain (empty), in ``'`` or ``"`` quotes, or as a block (``|`` or ``>``)."""

    @property
    def kind(self) -> str:
        return "a single value"

    def at(self, offset: int) -> Place:
        """Where in the source the character ``offset`` of the text stands; the beginning where that cannot be told."""
        known = self._positions
        if not known:
            return self.place
        return _place(self.block, known[min(max(offset, 0), len(known) - 1)])

    @cached_property
    def _positions(self) -> tuple[int, ...]:
        """For each character of the text, where it stands in the block.

        Quoting, folding and indentation only add characters or turn line breaks into spaces. So the visible characters of the text
        are found in the source in their order; a space stands behind the character before it.
        """
        raw = self.block.text
        at = self.start
        if self.style in ("|", ">"):
            at = raw.find("\n", self.start, self.end) + 1 or self.end
        elif self.style:
            at += 1
        positions: list[int] = []
        for character in self.text:
            if not character.isspace():
                found = raw.find(character, at, self.end)
                if found < 0:
                    return ()  # an escape such as \x41 in double quotes
                at = found
            positions.append(at)
            at += not character.isspace() or raw[at : at + 1] == character
        return (*positions, min(at, self.end))


@dataclass(frozen=True)
class Listing(Node):
    """A list."""

    items: tuple[Node, ...]

    @property
    def kind(self) -> str:
        return "a list"


@dataclass(frozen=True)
class Mapping(Node):
    """Keys and values, in the order in which they are written; no key stands twice."""

    items: tuple[tuple[Scalar, Node], ...]

    @property
    def kind(self) -> str:
        return "a mapping"


def _place(block: Block, index: int) -> Place:
    before = block.text[:index]
    return block.at(before.count("\n"), index - (before.rfind("\n") + 1))


def compose(block: Block, longest: int = LONGEST) -> Node:
    """The node that the text of ``block`` holds.

    Args:
        longest: how many characters it may have.

    Raises:
        Failure: it is not closed (then what follows is no YAML either), is no YAML, or holds what is refused; with the place.
    """
    if block.unclosed:
        hint = f"write {block.unclosed} on a line of its own below it"
        raise Failure.at(block.place, f"the {block.name} block is not closed", hint)
    if len(block.text) > longest:
        raise Failure.at(block.place, f"the {block.name} block is longer than {longest:,} characters")
    if odd := re.search(r"[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]", block.text):
        # Among them the line breaks that YAML knows and editors do not, which would shift every place after them.
        raise Failure.at(_place(block, odd.start()), f"the character U+{ord(odd[0]):04X} is not allowed here")
    try:
        node = _Composer(block).document()
    except yaml.MarkedYAMLError as error:
        raise _unreadable(block, error) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # such as an escape beyond Unicode
        raise Failure.at(block.at(0, 0), f"this is no YAML that can be read: {error}") from None
    if node is None:
        raise Failure.at(block.place, f"the {block.name} block is empty")
    return node


def _index(mark: Any) -> int:
    """Where a mark stands, in characters. (PyYAML's lines also end where no editor ends them.)"""
    return int(mark.index)


def _unreadable(block: Block, error: yaml.MarkedYAMLError) -> Failure:
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(block.text)) if mark else 0
    character = block.text[index : index + 1]
    message = f"this is no YAML: {error.problem or error.context or 'unreadable'}"
    hint = "quote values that hold a colon, a bracket, a comma, a hash or a percent sign; indent with spaces"
    if character in ("@", "`", "%") and "cannot start any token" in message:
        message, hint = f"a value cannot begin with {character}", f'put the whole value in quotes: "{character}…"'
    elif character == "\t":
        message, hint = "a tab cannot stand here", "write spaces: YAML takes no tab"
    elif "mapping values are not allowed" in message:
        message = "this colon has no place here: the line continues the one above, or a value holds a colon"
        hint = "indent a key exactly like its neighbours; put a value that holds a colon in quotes"
    elif "did not find expected key" in message or "expected <block end>" in message:
        message, hint = "this line fits to none above it", "indent a key exactly like its neighbours"
    return Failure.at(_place(block, index), message, hint)


class _Composer:
    """Events to nodes. (PyYAML's own composer recurses without a bound and expands aliases.)"""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.events: Iterator[yaml.Event] = iter(yaml.parse(block.text, Loader=yaml.SafeLoader))

    def document(self) -> Node | None:
        found: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and found is not None:
                raise self._refuse(event, "a block holds one document", "remove the line ---")
            if isinstance(event, yaml.NodeEvent):
                found = self._node(event, 0)
        return found

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._refuse(event, f"lists and mappings stand more than {DEEPEST} deep inside each other")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(event, "anchors (&) and aliases (*) are not allowed", "write the value out, or put it in quotes")
        if getattr(event, "tag", None):
            raise self._refuse(event, "tags (!) are not allowed", "remove the tag, or put the value in quotes")
        start, end = _index(event.start_mark), _index(event.end_mark)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(self.block, start, end, event.value, event.style or "")
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return Listing(self.block, start, _index(event.end_mark), tuple(items))
        return self._mapping(start, depth)

    def _mapping(self, start: int, depth: int) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise self._refuse(event, "a key must be a single value", "put the key in quotes")
            if key.text in items:
                first = items[key.text][0].place
                raise self._refuse(event, f"the key {short(key.text)} stands twice", f"it stands in line {first.line} already")
            items[key.text] = (key, self._node(next(self.events), depth + 1))
        return Mapping(self.block, start, _index(event.end_mark), tuple(items.values()))

    def _refuse(self, event: yaml.Event, message: str, hint: str = "") -> Failure:
        return Failure.at(_place(self.block, _index(event.start_mark)), message, hint)


def short(text: str, limit: int = 60) -> str:
    """``text`` for a message: on one line and not endless."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
