"""From files to cards: decks, breadcrumbs, tags and order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from generator.model import Card, Draft, Settings, Sources
from generator.problems import Failure, Place, Problems, did_you_mean
from generator.source import frontmatter
from generator.source.attributes import Attributes
from generator.source.cards import Found, id_place, make_card, take_attributes
from generator.source.files import SUFFIXES, SourceFile, read_files
from generator.source.markdown import parse
from generator.source.misread import Misreadings
from generator.source.settings import find_root, read_settings, show
from generator.tokens import BlockNode, blocks, leaves, plain

ROOT_TAG = "redraw"
DECKS_BY_KIND = {"theory": "1 Theory", "numbers": "2 Numbers", "code": "3 Code"}


def read(source: Path, problems: Problems) -> Sources:
    """All cards below the root of ``source``, a folder or a file, in the order in which they are learnt.

    Raises:
        Failure: nothing can be read at all.
    """
    if not source.exists():
        raise Failure.at(Place.whole(source.as_posix()), "there is no such file or folder", "check the spelling")
    if source.is_file() and source.suffix.lower() not in SUFFIXES:
        raise Failure.at(Place.whole(show(source)), "is no Markdown file", f"sources end in {' or '.join(SUFFIXES)}")
    settings = read_settings(source, problems)
    alone = source.is_file() and find_root(source.resolve()) is None
    files = read_files(settings.root, problems, only=source.resolve() if alone else None)
    cards: list[Card] = []
    drafts: list[Draft] = []
    decks: dict[str, str] = {}
    for file in files:
        reading = _FileReading(file, settings, problems)
        for found in reading.read():
            if isinstance(found, Draft):
                drafts.append(found)
            else:
                cards.append(found)
        decks |= reading.decks
    _check_ids(cards, problems)
    names = {file.shown: file.name for file in files}
    return Sources(settings, _follow_ups_behind_parents(cards, problems), tuple(drafts), decks, names)


@dataclass(slots=True)
class _FileReading:
    """The state of reading one file from top to bottom."""

    file: SourceFile
    settings: Settings
    problems: Problems
    decks: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)
    title: str = ""
    front: frontmatter.FrontMatter = field(default_factory=frontmatter.FrontMatter)
    lines: list[str] = field(default_factory=list)

    @property
    def _misreadings(self) -> Misreadings:
        return Misreadings(self.file.shown, self.lines, self.problems)

    def read(self) -> Iterator[Card | Draft]:
        """The cards and drafts of the file, in order."""
        path = self.file.shown
        self.front, body = frontmatter.split(self.file.text, path, self.problems)
        self.lines = body.split("\n")
        nodes = list(blocks(parse(body, path, self.problems)))
        self._take_title(nodes)
        index = 0
        unanswered = False
        while index < len(nodes):
            node = nodes[index]
            if node.type == "heading":
                attributes = take_attributes(node, self.problems)
                self._enter(node, attributes)
                if attributes.id:
                    end = self._section_end(nodes, index)
                    yield self._heading_card(node, nodes[index + 1 : end], attributes)
                    index = end
                    continue
            elif node.type == "ordered_list":
                made = [self._item_card(item) for item in node.inside]
                yield from made
                unanswered = isinstance(made[-1], Draft)
                index += 1
                continue
            else:
                self._stray(node, unanswered)
            unanswered = False  # one warning for a run of stray blocks is enough
            index += 1

    def _take_title(self, nodes: list[BlockNode]) -> None:
        """A single first-level heading that opens the file is its title, if the front matter has none; it adds nothing to tags."""
        self.title = self.front.title
        tops = [node for node in nodes if node.type == "heading" and node.tokens[0].tag == "h1"]
        if len(tops) == 1 and nodes[0] is tops[0] and not _has_attributes(tops[0]):
            self.title = self.title or plain(tops[0].tokens)
            del nodes[0]

    def _enter(self, node: BlockNode, attributes: Attributes) -> None:
        level = int(node.tokens[0].tag[1])
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self._misreadings.report_todo(node, attributes)
        text = plain(node.tokens)
        if not attributes.id and text:
            self.headings.append((level, text))

    def _section_end(self, nodes: Sequence[BlockNode], start: int) -> int:
        level = int(nodes[start].tokens[0].tag[1])
        for index in range(start + 1, len(nodes)):
            node = nodes[index]
            if node.type == "heading" and (int(node.tokens[0].tag[1]) <= level or _has_attributes(node)):
                return index
        return len(nodes)

    def _heading_card(self, heading: BlockNode, rest: Sequence[BlockNode], attributes: Attributes) -> Card | Draft:
        for node in rest:
            if node.type == "ordered_list":
                for item in node.inside:
                    if item.inside and _has_attributes(item.inside[0]):
                        self.problems.error(
                            item.place(self.file.shown),
                            "this item bears attributes inside a heading's card",
                            "a card is marked by a heading or by an item: take the braces off one of them",
                        )
        return self._card([_as_paragraph(heading)], list(rest), attributes, heading.place(self.file.shown))

    def _item_card(self, item: BlockNode) -> Card | Draft:
        inside = list(item.inside)
        if not inside:
            place = Place(self.file.shown, item.line)
            self.problems.information(place, "a draft: it has no question", "drafts are counted, not shipped", "draft")
            return Draft("", place)
        for node in inside:
            if node.type == "paragraph":
                # In a tight list the item's paragraphs are not shown as such; on a card they are.
                node.tokens[0].hidden = node.tokens[-1].hidden = False
            if node.type == "heading" and node.tokens[0].markup in ("-", "="):
                self.problems.warning(
                    node.place(self.file.shown),
                    "the line below makes a heading of this text",
                    "put a blank line above the ---",
                    "underlined-text",
                )
        spot = id_place(inside[0], self.file.shown, self.lines)
        attributes = take_attributes(inside[0], self.problems)
        return self._card(inside[:1], inside[1:], attributes, spot)

    def _card(self, question: list[BlockNode], answer: list[BlockNode], attributes: Attributes, spot: Place) -> Card | Draft:
        for node in (*question, *answer):
            self._misreadings.check(node, attributes)
        topics = tuple(text for _, text in self.headings)
        crumbs = tuple(crumb for crumb in (self.title, *topics) if crumb)
        found = Found(question, answer, question[0].place(self.file.shown), attributes, crumbs, spot)
        made = make_card(found, self.file.shown, self.lines, self.problems)
        if isinstance(made, Draft):
            return made
        return replace(made, deck=self._deck(made), tags=self._tags(made, topics))

    def _deck(self, card: Card) -> str:
        if self.settings.decks == "kind":
            key = "numbers" if card.kind == "numeric" else "code" if card.task == "code" else "theory"
            self.decks[key] = f"{self.settings.name}::{DECKS_BY_KIND[key]}"
            return key
        path = PurePosixPath(self.file.name)
        own = self.front.deck or self.title or path.stem
        key = path.with_suffix("").as_posix()
        self.decks[key] = "::".join([self.settings.name, *path.parent.parts, own])
        return key

    def _tags(self, card: Card, topics: tuple[str, ...]) -> tuple[str, ...]:
        folders = PurePosixPath(self.file.name).with_suffix("").parts
        tags = [
            "::".join([ROOT_TAG, "topic", *(_tag_part(part) for part in (*folders, *topics))]),
            f"{ROOT_TAG}::kind::{card.kind}",
            *([f"{ROOT_TAG}::level::{card.level.removeprefix('level-')}"] if card.level else []),
            *([f"{ROOT_TAG}::task::{card.task}"] if card.task else []),
            *self.front.tags,
        ]
        return tuple(dict.fromkeys(tags))

    def _stray(self, node: BlockNode, unanswered: bool) -> None:
        """Text that belongs to no card is reported, never lost in silence."""
        self._misreadings.check(node)
        place = node.place(self.file.shown)
        if unanswered and node.type in ("paragraph", "code_block", "bullet_list", "maths_block", "fence", "table"):
            self.problems.warning(
                place,
                "this text follows a question without an answer, but does not belong to it",
                "indent the answer by the width of the question's marker, four columns for most",
                "stray-answer",
            )
        elif node.type not in ("hr", "html_block") or plain(node.tokens):
            self.problems.information(place, "this text belongs to no card", "an ordered item or a heading with {#id} makes a card")


def _has_attributes(node: BlockNode) -> bool:
    inline = node.inline
    return bool(inline and inline.children and inline.children[-1].type == "attributes")


def _as_paragraph(heading: BlockNode) -> BlockNode:
    """The heading's text as the paragraph that asks."""
    opening, *inside, closing = heading.tokens
    opening.type, opening.tag, closing.type, closing.tag = "paragraph_open", "p", "paragraph_close", "p"
    return BlockNode((opening, *inside, closing))


def _tag_part(text: str) -> str:
    """A heading or a file's name as one part of a tag: no spaces, no colons, lower case."""
    return re.sub(r"[^\w.+-]+", "-", text.casefold()).strip("-") or "-"


def _check_ids(cards: Sequence[Card], problems: Problems) -> None:
    """An id, and an identity in Anki, belongs to one card; links of all sorts lead somewhere."""
    seen: dict[str, Card] = {}
    for card in cards:
        for name in {card.id, card.identity}:
            if name in seen:
                problems.error(card.place, f"the id {name} is taken by {seen[name].place}", "give one of the two cards another id")
        for name in {card.id, card.identity}:
            seen.setdefault(name, card)
    ids = {card.id for card in cards}
    for card in cards:
        if card.after and card.after not in ids:
            problems.error(card.place, f"after={card.after}: there is no such card", did_you_mean(card.after, ids))
        for token in leaves((*card.question, *card.answer, *card.hint, *(t for choice in card.choices for t in choice.tokens))):
            target = str(token.attrs.get("href", "")) if token.type == "link_open" else ""
            if target == f"#{card.id}":
                problems.error(
                    token.meta["place"], f"{target} is this very card", "name another card, or write the text without a link"
                )
            elif target.startswith("#") and target[1:] not in ids:
                problems.error(token.meta["place"], f"{target} is no card", did_you_mean(target[1:], ids))


def _follow_ups_behind_parents(cards: list[Card], problems: Problems) -> tuple[Card, ...]:
    """The cards in their order, each follow-up at some place behind its parent."""
    by_id = {card.id: card for card in cards}
    waiting: dict[str, list[Card]] = {}
    placed: dict[str, Card] = {}

    def put(card: Card) -> None:
        placed[card.id] = card
        for follower in waiting.pop(card.id, ()):
            put(follower)

    for card in cards:
        if card.after in by_id and card.after not in placed:
            waiting.setdefault(card.after, []).append(card)
        else:
            put(card)
    for followers in waiting.values():
        for card in followers:
            problems.error(card.place, f"{card.id} follows itself, by way of after={card.after}", "take one after= off the circle")
    return tuple(placed.values())
