"""The Markdown parser: CommonMark with tables, and redraw's own rules for maths, clozes, interpolation, attributes and TODO marks.

Every inline token that a later stage may want to complain about knows its place: ``place(token)``.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, cast

from markdown_it import MarkdownIt, parser_block
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from generator.model import Block, Tokens
from generator.problems import Place, Problems
from generator.source import inline, maths
from generator.tokens import MATHS, leaves


@dataclass(slots=True)
class Origin:
    """Where the content of one inline token comes from: the source's lines, and the column at which each begins."""

    path: str
    content: str = ""
    first: int = 0
    """The number of the first line, from 0."""
    columns: tuple[int, ...] = (0,)
    """For each line of the content, how many characters of the source's line stand before it."""

    def place(self, offset: int) -> Place:
        """The place of the character at ``offset`` of the content."""
        before = self.content[:offset]
        line = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        return Place(self.path, self.first + line + 1, self.columns[min(line, len(self.columns) - 1)] + column + 1)


@dataclass(slots=True)
class Environment:
    """What the rules share while one file is parsed."""

    lines: list[str]
    origin: Origin
    problems: Problems
    cursor: dict[int, int] = field(default_factory=dict)
    """For each line of a table, where the search for its next cell begins."""


class PlacedState(StateInline):
    """An inline state whose tokens carry the place where they begin."""

    @property
    def shared(self) -> Environment:
        return cast(Environment, self.env["redraw"])

    def place(self, offset: int) -> Place:
        """The place of the character at ``offset``; inside an image's alt text, where the image's paragraph begins."""
        origin = self.shared.origin
        return origin.place(offset if self.src == origin.content else 0)

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        # A link is pushed when its text begins, one character behind its bracket.
        token.meta["place"] = self.place(self.pos - (ttype == "link_open" and self.src[self.pos - 1] == "["))
        return token


class PlacedInline(ParserInline):
    """markdown-it's inline parser on ``PlacedState``."""

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        state = PlacedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def place(token: Token, default: Place) -> Place:
    """Where the token begins, or ``default`` where it does not know."""
    return cast(Place, token.meta.get("place", default))


def parse(text: str, path: str, problems: Problems) -> list[Token]:
    """The tokens of one source; block tokens keep markdown-it's ``map``, inline ones carry their place.

    Raises nothing: what is wrong is added to ``problems``.
    """
    lines = text.split("\n")
    env = {"redraw": Environment(lines, Origin(path), problems)}
    return _parser().parse(text, env)


def parse_in(block: Block, text: str) -> Tokens:
    """The tokens of a text that stands in a YAML block; its formulas know where in the block they stand."""
    tokens = tuple(parse(text, block.place.path, Problems()))
    for token in leaves(tokens):
        if token.type in MATHS:
            token.meta["place"] = block.find(token.content)
    return tokens


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": True}).enable("table")
    rules = PlacedInline()
    md.inline = rules
    md.core.ruler.at("inline", _inline)
    md.block.ruler.before("fence", "maths", maths.block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    for name, rule, alt in parser_block._rules:
        if "paragraph" in alt:
            md.block.ruler.at(name, maths.not_inside_a_formula(rule), {"alt": alt})
    rules.add_terminator_char("(")
    rules.ruler.before("text", "todo", inline.todo)
    rules.ruler.before("escape", "maths", maths.inline)
    rules.ruler.before("escape", "cloze", inline.cloze)
    rules.ruler.before("escape", "interpolation", inline.interpolation)
    rules.ruler.before("escape", "attributes", inline.attributes)
    # MarkdownIt("commonmark") switches these off in its own inline parser, which was replaced.
    rules.ruler.disable(["linkify", "strikethrough"])
    rules.ruler2.disable("strikethrough")
    return md


def _inline(state: StateCore) -> None:
    """Parse the inline tokens, each with its origin at hand."""
    shared = cast(Environment, state.env["redraw"])
    for token in state.tokens:
        if token.type == "inline":
            shared.origin = _origin(token, shared)
            token.meta["place"] = shared.origin.place(0)
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _origin(token: Token, shared: Environment) -> Origin:
    first = token.map[0] if token.map else 0
    numbered = enumerate(token.content.split("\n"), start=first)
    columns = tuple(_column(shared, number, line) for number, line in numbered if number < len(shared.lines))
    return Origin(shared.origin.path, token.content, first, columns or (0,))


def _column(shared: Environment, number: int, line: str) -> int:
    """How many characters of source line ``number`` stand before ``line``, which is a piece of it.

    A paragraph's line is the end of its source line; a table's cells follow one another.
    """
    raw, piece = shared.lines[number].rstrip(), line.rstrip()
    start = shared.cursor.get(number, 0)
    at_the_end = start == 0 and raw.endswith(piece)
    found = len(raw) - len(piece) if at_the_end else max(raw.find(piece, start), 0)
    shared.cursor[number] = found + len(piece)
    return found
