"""From the blocks of one marked spot, an item or a heading's section, to a card."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from generator.model import Block, Card, Choice, Draft, Interpolation, Kind
from generator.problems import Place, Problems
from generator.source.attributes import Attributes, read_attributes
from generator.tokens import CODE, INTERPOLATION, MATHS, BlockNode, flat, has_cloze, leaves, plain

TASK = re.compile(r"\[([ xX])\][ \t]+")
HINT = re.compile(r"Hint:\s*", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """The raw parts of a card: what asks and what answers."""

    question: list[BlockNode]
    answer: list[BlockNode]
    place: Place
    attributes: Attributes
    breadcrumb: tuple[str, ...]
    id_place: Place
    """Where an id would go that is missing: behind an opening brace, or at the end of the text."""


@dataclass(slots=True)
class Parts:
    """A card's blocks, sorted by what they are for."""

    question: list[BlockNode] = field(default_factory=list)
    answer: list[BlockNode] = field(default_factory=list)
    choices: BlockNode | None = None
    hint: list[Token] = field(default_factory=list)
    numeric: Block | None = None
    claims: list[Block] = field(default_factory=list)


def take_attributes(node: BlockNode, problems: Problems) -> Attributes:
    """The attributes at the end of the node's text; their token goes, so that it never shows."""
    inline = node.inline
    if inline is None or not inline.children or inline.children[-1].type != "attributes":
        return Attributes()
    token = inline.children.pop()
    if inline.children and inline.children[-1].type == "text":
        inline.children[-1].content = inline.children[-1].content.rstrip()
    while inline.children and (inline.children[-1].type == "softbreak" or _blank(inline.children[-1])):
        inline.children.pop()
    return read_attributes(token.content, token.meta["place"], problems)


def id_place(node: BlockNode, path: str, lines: Sequence[str]) -> Place:
    """Where an id would go: behind the brace of the attributes that are there, or at the end of the text."""
    inline = node.inline
    if inline is not None and inline.children and inline.children[-1].type == "attributes":
        brace: Place = inline.children[-1].meta["place"]
        return Place(path, brace.line, brace.column + 1)
    last = inline.map[1] if inline is not None and inline.map else node.line
    return Place(path, last, len(lines[last - 1].rstrip()) + 1)


def _blank(token: Token) -> bool:
    return token.type == "text" and not token.content


def make_card(found: Found, path: str, lines: list[str], problems: Problems) -> Card | Draft:
    """The card, or a draft where nothing answers."""
    parts = _sort(found, path, lines, problems)
    title = plain(flat(parts.question[:1]))
    kind = _kind(found, parts, problems)
    if kind == "cloze":
        _move_clozes(parts)
    if not title or (kind == "basic" and not _answers(parts.answer)):
        missing = "answer" if title else "question"
        what = f"a draft: it has no {missing}" + (f": {_short(title)}" if title else "")
        problems.information(found.place, what, "drafts are counted, not shipped", "draft")
        return Draft(title, found.place, (*([parts.numeric] if parts.numeric else ()), *parts.claims))
    question, answer = flat(parts.question), flat(parts.answer)
    choices = _choices(parts.choices, problems) if parts.choices else ()
    later = [*answer, *parts.hint, *(token for choice in choices for token in choice.tokens)]
    every = [*question, *later]
    return Card(
        id=found.attributes.id or _own_id(title, found.place, problems),
        place=found.place,
        kind=kind,
        question=question,
        answer=answer,
        choices=choices,
        hint=tuple(parts.hint),
        breadcrumb=found.breadcrumb,
        level=found.attributes.level,
        task=found.attributes.task,
        after=found.attributes.after,
        covers=found.attributes.covers,
        allow=found.attributes.allow,
        was=found.attributes.was,
        numeric=parts.numeric,
        claims=tuple(parts.claims),
        shown=(
            *(replace(item, asked=True) for item in _interpolations(question, path, lines)),
            *_interpolations(later, path, lines),
        ),
        figures=tuple(token.meta["block"] for token in leaves(every) if token.type == "figure"),
        title=title,
        unnamed=None if found.attributes.id else found.id_place,
    )


def _sort(found: Found, path: str, lines: list[str], problems: Problems) -> Parts:
    """Take hints, choices and YAML blocks out of the running text, and move the border to the first thematic break."""
    nodes = [*found.question, *found.answer]
    border = next((index for index, node in enumerate(nodes) if node.type == "hr"), None)
    if border is None:
        border = len(found.question)
    else:
        del nodes[border]
    parts = Parts()
    _mark_figures(nodes, path, lines)
    for index, node in enumerate(nodes):
        side = parts.question if index < border else parts.answer
        if node.type == "bullet_list" and _is_task_list(node, problems):
            if parts.choices:
                problems.error(node.place(path), "a second list of choices", "a card has one")
            parts.choices = node
        elif node.type == "blockquote" and (hint := _hint(node)) is not None:
            if parts.hint:
                problems.error(node.place(path), "a second hint", "a card has one; put both into it")
            parts.hint = hint
        elif node.type == "fence" and node.tokens[0].info.strip() in ("numeric", "claim"):
            _take_block(node, parts, path, lines, problems)
        else:
            side.append(node)
    return parts


def _mark_figures(nodes: Sequence[BlockNode], path: str, lines: list[str]) -> None:
    """Fenced ``figure`` blocks, wherever they stand, become tokens of their own."""
    for token in leaves([token for node in nodes for token in node.tokens]):
        if token.type == "fence" and token.info.strip() == "figure":
            token.meta["block"] = read_block(token, path, lines)
            token.type = "figure"


def _take_block(node: BlockNode, parts: Parts, path: str, lines: list[str], problems: Problems) -> None:
    token = node.tokens[0]
    block = read_block(token, path, lines)
    if block.name == "claim":
        parts.claims.append(block)
    elif parts.numeric:
        problems.error(block.place, "a second numeric block", "a card has one")
    else:
        parts.numeric = block


def read_block(token: Token, path: str, lines: list[str]) -> Block:
    """A fenced block of YAML, with the columns at which its lines stand in the source."""
    first = token.map[0] if token.map else 0
    text = token.content.removesuffix("\n").split("\n")
    columns = tuple(
        len(lines[first + 1 + number]) - len(line) if first + 1 + number < len(lines) else 0 for number, line in enumerate(text)
    )
    place = Place(path, first + 1, lines[first].find(token.markup) + 1)
    return Block(token.info.strip(), token.content, place, columns, "" if _closed(token, lines) else token.markup)


def _closed(token: Token, lines: Sequence[str]) -> bool:
    """Whether the last line of a fence is a fence again, in a block quote too."""
    last = lines[token.map[1] - 1].lstrip(" \t>").rstrip() if token.map else token.markup
    return set(last) == set(token.markup)


def _kind(found: Found, parts: Parts, problems: Problems) -> Kind:
    marks: list[tuple[Kind, bool]] = [
        ("numeric", parts.numeric is not None),
        ("choice", parts.choices is not None),
        ("cloze", any(_has_cloze(node) for node in (*parts.question, *parts.answer))),
    ]
    kinds: list[Kind] = [kind for kind, there in marks if there]
    if len(kinds) > 1:
        problems.error(found.place, f"the card is {' and '.join(kinds)} at once", "make a card of each")
    return kinds[0] if kinds else "basic"


def _has_cloze(node: BlockNode) -> bool:
    return any(has_cloze(token) for token in leaves(node.tokens))


def _move_clozes(parts: Parts) -> None:
    """The text of a cloze note runs through the last block that holds a cloze."""
    nodes = [*parts.question, *parts.answer]
    last = max(index for index, node in enumerate(nodes) if _has_cloze(node))
    last = max(last, len(parts.question) - 1)
    parts.question, parts.answer = nodes[: last + 1], nodes[last + 1 :]


def _answers(nodes: Sequence[BlockNode]) -> bool:
    """Whether anything is left to show when TODO marks are gone."""
    shows = ("image", "figure", "html_block", "html_inline", "fence", "table_open", "code_block")
    return any(plain(node.tokens) or any(token.type in shows for token in leaves(node.tokens)) for node in nodes)


def _is_task_list(node: BlockNode, problems: Problems) -> bool:
    items = [inline for item in node.inside if (inline := item.inline)]
    tasks = [inline for inline in items if TASK.match(inline.content)]
    if tasks and len(tasks) < len(node.inside):
        stray = next((inline for inline in items if inline not in tasks), tasks[0])
        problems.error(stray.meta["place"], "this item of a task list has no box", "begin every choice with [x] or [ ]")
    return bool(tasks)


def _choices(node: BlockNode, problems: Problems) -> tuple[Choice, ...]:
    choices = []
    for item in node.inside:
        inline = item.inline
        match = TASK.match(inline.content) if inline else None
        if inline is None or match is None or not inline.children:
            continue
        # The box is the first thing in the first text token.
        inline.children[0].content = inline.children[0].content[match.end() :]
        choices.append(Choice(item.tokens[1:-1], match[1] != " "))
    where = node.inline.meta["place"] if node.inline else Place("")
    if not any(choice.right for choice in choices):
        problems.error(where, "no choice is right", "mark the right ones with [x]")
    if len(choices) < 2:
        problems.error(where, "a single choice is none", "write at least two")
    return tuple(choices)


def _hint(node: BlockNode) -> list[Token] | None:
    """The tokens of a block quote that begins with ``Hint:``, without that word."""
    inline = node.inline
    if inline is None or not inline.children or inline.children[0].type != "text":
        return None
    match = HINT.match(inline.children[0].content)
    if not match:
        return None
    inline.children[0].content = inline.children[0].content[match.end() :]
    return list(node.tokens[1:-1])


def _interpolations(tokens: Sequence[Token], path: str, lines: Sequence[str]) -> Iterator[Interpolation]:
    for token in leaves(tokens):
        if token.type == "interpolation":
            yield _interpolation(token.content, token.meta["place"])
        elif token.type in MATHS + CODE:
            for order, match in enumerate(INTERPOLATION.finditer(token.content)):
                where = _in_block(token, order, path, lines) if token.map else _inside(token, match.start())
                yield _interpolation(match[1], where)


def _in_block(token: Token, order: int, path: str, lines: Sequence[str]) -> Place:
    """Where the interpolation of that order stands in a displayed formula or a piece of code, which keeps its lines."""
    first, last = token.map or (0, 0)
    spots = [(number, match.start()) for number in range(first, last) for match in INTERPOLATION.finditer(lines[number])]
    number, column = spots[order] if order < len(spots) else (first, 0)
    return Place(path, number + 1, column + 1)


def _interpolation(content: str, where: Place) -> Interpolation:
    name, _, form = content.partition(":")
    return Interpolation(name.strip(), form.strip(), where)


def _inside(token: Token, offset: int) -> Place:
    """The place of an offset into a token's content; exact on its first line, which is where most formulas end."""
    base = token.meta.get("place", Place(""))
    line = token.content.count("\n", 0, offset)
    if line:
        return Place(base.path, base.line + line)
    return Place(base.path, base.line, base.column + len(token.markup) + offset)


def _own_id(title: str, place: Place, problems: Problems) -> str:
    """An id made from the text: it holds until the text changes."""
    made = id_from(title)
    problems.warning(place, f"the card has no id and gets {made} from its text", "redraw ids writes ids into the sources", "no-id")
    return made


def id_from(title: str) -> str:
    """A readable id: up to six words, and eight digits of a hash that keep it apart."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_title)[:6]
    digest = hashlib.sha256(title.encode()).hexdigest()[:8]
    return "-".join([*words, digest])


def _short(title: str) -> str:
    return title if len(title) <= 60 else title[:57].rsplit(" ", 1)[0] + " …"
