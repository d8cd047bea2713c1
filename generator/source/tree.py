"""Tokens by block: the flat stream of markdown-it cut into the blocks of one level."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from generator.problems import Place


@dataclass(frozen=True, slots=True)
class BlockNode:
    """One block with all that it holds: its opening token, what is inside, its closing token."""

    tokens: tuple[Token, ...]

    @property
    def type(self) -> str:
        return self.tokens[0].type.removesuffix("_open")

    @property
    def inside(self) -> tuple["BlockNode", ...]:
        """The blocks in this block."""
        return blocks(self.tokens[1:-1])

    @property
    def inline(self) -> Token | None:
        """The first inline token: the text of a paragraph or of a heading."""
        return next((token for token in self.tokens if token.type == "inline"), None)

    @property
    def line(self) -> int:
        """The first line, from 1."""
        return self.tokens[0].map[0] + 1 if self.tokens[0].map else 1

    def place(self, path: str) -> Place:
        """Where the block begins; its text, if that is known."""
        inline = self.inline
        found = inline.meta.get("place") if inline is not None else None
        return found if isinstance(found, Place) and found.line == self.line else Place(path, self.line)


def blocks(tokens: Sequence[Token]) -> tuple[BlockNode, ...]:
    """The blocks of the outermost level of ``tokens``."""
    found, start, depth = [], 0, 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            found.append(BlockNode(tuple(tokens[start : index + 1])))
            start = index + 1
    return tuple(found)


def flat(nodes: Sequence[BlockNode]) -> tuple[Token, ...]:
    """The tokens of the blocks, in order."""
    return tuple(token for node in nodes for token in node.tokens)


def leaves(tokens: Sequence[Token]) -> Iterator[Token]:
    """All tokens, those inside inline tokens and images too."""
    for token in tokens:
        yield token
        if token.children:
            yield from leaves(token.children)


def plain(tokens: Sequence[Token]) -> str:
    """The text of inline or block tokens without any markup, blocks and line breaks as single spaces."""
    words = []
    for token in tokens:
        if token.type == "inline":
            words.append(" " + plain(token.children or ()))
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif token.type == "image":
            words.append(plain(token.children or ()))
        elif token.type in ("text", "code_inline", "maths_inline", "maths_display", "maths_block", "fence", "code_block"):
            words.append(token.content)
        elif token.type == "interpolation":
            words.append(token.markup)
    return " ".join("".join(words).split())
