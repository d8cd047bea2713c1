"""What the stages know about a card's tokens: blocks, leaves, plain text, and the marks inside formulas and code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from generator.problems import Place

CLOZE = re.compile(r"\{\{c(\d+)::")
INTERPOLATION = re.compile(r"@\{([^{}\n]*)\}")
MATHS = ("maths_inline", "maths_display", "maths_block")
CODE = ("code_inline", "fence", "code_block")


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
    """The text of inline or block tokens without any markup, blocks and line breaks as single spaces, clozes open."""
    words: list[str] = []
    for token in tokens:
        if token.type == "inline":
            words.append(" " + plain(token.children or ()))
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif token.type == "image":
            words.append(plain(token.children or ()))
        elif token.type == "text":
            words.append(token.content)
        elif token.type in MATHS + CODE:
            words.append(("" if token.type.endswith("inline") else " ") + without_clozes(token.content))
        elif token.type == "interpolation":
            words.append(token.markup)
        elif token.type == "cloze_close" and words:
            words[-1] = words[-1].rpartition("::")[0] or words[-1]
    return " ".join("".join(words).split())


def without_clozes(text: str) -> str:
    """A formula or a piece of code with what its clozes hide in plain sight."""
    parts, position = [], 0
    while match := CLOZE.search(text, position):
        end = cloze_end(text, match.end())
        if end < 0:
            break
        parts += [text[position : match.start()], text[match.end() : end]]
        position = end + 2
    return "".join([*parts, text[position:]])


def has_cloze(token: Token) -> bool:
    """Whether a cloze opens here, or stands inside this formula or piece of code."""
    if token.type == "cloze_open":
        return True
    return token.type in MATHS + CODE and any(cloze_end(token.content, match.end()) >= 0 for match in CLOZE.finditer(token.content))


def cloze_end(text: str, start: int, stop: int | None = None) -> int:
    """Where a cloze ends whose content begins at ``start``: the first ``}}`` that closes no brace of the content's own, or -1."""
    depth, position, stop = 0, start, len(text) if stop is None else stop
    while position < stop:
        character = text[position]
        if character == "\\":
            position += 1
        elif character == "{":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        elif text.startswith("}}", position) and position + 1 < stop:
            return position
        position += 1
    return -1
