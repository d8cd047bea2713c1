"""Cards -> notes: which part of a card goes into which field."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape

from generator.model import CLAIM, Block, Card, Illustration, Note, Sources, Stated, Tokens, Variant
from generator.problems import Problems
from generator.render.html import Side, Values, render, unwrap
from generator.render.maths import Maths
from generator.render.media import Media
from generator.tokens import BlockNode, blocks, flat, leaves

PICTURE = re.compile(r'<img [^>]*?src="([^"]+)"')
FIRST_SCREEN = 60
"""How many words of an answer are shown before the rest unfolds."""
CRUMB = " › "
GIVEN = "Given:"


@dataclass(slots=True)
class Renderer:
    """Renders the cards of one build; pictures gather in ``media``, formulas in ``maths``."""

    sources: Sources
    problems: Problems
    media: Media
    first: Mapping[str, Variant] = field(default_factory=dict)
    """The id of a numeric card -> its first variant, which stands for the card wherever it is quoted."""
    illustrate: Callable[[Block, Variant | None], Illustration | None] = lambda block, variant: None
    """The figure of a block, for one variant of a numeric card."""
    formula: Callable[[Card, str], Stated | None] = lambda card, reference: None
    """What ``@{reference:claim}`` stands for on a card."""
    maths: Maths = field(init=False)
    _cards: dict[str, Card] = field(init=False)

    def __post_init__(self) -> None:
        self.maths = Maths(self.sources.settings.macros, self.problems)
        self._cards = {card.id: card for card in self.sources.cards}

    def note(self, card: Card, guid: str, deck: str, position: int, pooled: Mapping[str, str] | None = None) -> Note:
        """The note of one card, without a time, which the lock knows.

        Args:
            pooled: the fields of a numeric card that its variants fill.
        """
        fields = {
            "Title": escape(self.side(card).interpolate(card.title, "plain"), quote=False),
            "Hint": self._html(card, card.hint),
            "Parent": self._parent(card),
            "Breadcrumb": escape(CRUMB.join(card.breadcrumb), quote=False),
            "Source": escape(self._source(card), quote=False),
            "Guid": guid,
            "ID": f"{self.sources.settings.namespace}/{card.id}",
        }
        fields |= pooled or (self._cloze_fields(card) if card.kind == "cloze" else self._fields(card))
        media = sorted({name for html in fields.values() for name in PICTURE.findall(html)})
        return Note(card.id, guid, card.kind, deck, card.tags, fields, tuple(media), card.was, position=position)

    def parts(self, card: Card, variant: Variant) -> dict[str, str]:
        """The question, hint, answer and details of one variant of a numeric card."""
        first, rest = split_answer(card)
        return {
            "question": self._html(card, card.question, variant) + self._given(card, variant),
            "hint": self._html(card, card.hint, variant),
            "answer": self._html(card, first, variant),
            "details": self._html(card, rest, variant),
        }

    def phrase(self, card: Card, tokens: Tokens) -> str:
        """A short text without a paragraph around it, such as the name of a mistake."""
        return render(unwrap(tokens), self.side(card, links=False))

    def side(self, card: Card, variant: Variant | None = None, *, clozes: bool = False, links: bool = True) -> Side:
        """What the renderer needs to know about one side of a card."""
        folder = (self.sources.settings.root / self._source(card)).parent
        shown = variant or self.first.get(card.id)
        values = self._values(card, shown) if shown or card.claims else None
        illustrate = partial(self._illustration, shown)
        return Side(folder, card.place, self.problems, self.media, self.maths, clozes, links, values, illustrate)

    def _values(self, card: Card, variant: Variant | None) -> Values:
        """What the variant shows for a name and a format, and the card's claims."""

        def value(name: str, form: str, context: str) -> str:
            if form == CLAIM and (found := self.formula(card, name)):
                if context == "text":
                    return self.maths.to_html(found.tex, card.place, display=False, in_cloze=True)
                return found.tex if context == "maths" else found.plain
            shown = variant.shown.get((name, form)) if variant else None
            if shown is None:
                return ""  # reported as an error where it stands
            return {"text": shown.html, "maths": shown.tex, "plain": shown.plain}[context]

        return value

    def _illustration(self, variant: Variant | None, block: Block) -> Illustration | None:
        return self.illustrate(block, variant)

    def _given(self, card: Card, variant: Variant) -> str:
        """The values that are printed with the question."""
        if not variant.given:
            return ""
        place = card.numeric.find("given:") if card.numeric else card.place
        lines = ", ".join(self.maths.to_html(given.tex, place, display=False) for given in variant.given)
        return f'\n<p class="given">{GIVEN} {lines}</p>'

    def _fields(self, card: Card) -> dict[str, str]:
        first, rest = split_answer(card)
        return {
            "Question": self._html(card, card.question),
            "Choices": self._choices(card),
            "Answer": self._html(card, first),
            "Details": self._html(card, rest),
        }

    def _cloze_fields(self, card: Card) -> dict[str, str]:
        first, rest = split_answer(card)
        return {
            "Text": self._html(card, card.question, clozes=True),
            "Extra": self._html(card, first),
            "Details": self._html(card, rest),
        }

    def _html(self, card: Card, tokens: Tokens, variant: Variant | None = None, *, clozes: bool = False) -> str:
        """The tokens as HTML, and below them a fold for each card that they link to."""
        if not tokens:
            return ""
        side = self.side(card, variant, clozes=clozes)
        html = render(tokens, side)
        return "\n".join([html, *(self._quote(*link) for link in side.linked.items() if link[0] in self._cards)])

    def _quote(self, target: str, link: str) -> str:
        """A fold with another card's question and answer, one level deep: its own links are plain text."""
        quoted = self._cards[target]
        question = blocks(quoted.question)
        # The text of a cloze note gives its answer away, so that its fold is called what the link is.
        asks = unwrap(question[0].tokens) if quoted.kind != "cloze" else ()
        summary = render(asks, self.side(quoted, links=False)) if asks else escape(link, quote=False)
        rest = flat(question[1:] if asks else question)
        right = [render(unwrap(choice.tokens), self.side(quoted, links=False)) for choice in quoted.choices if choice.right]
        body = render(rest, self.side(quoted, links=False))
        if right:
            body += f"<ul><li>{'</li><li>'.join(right)}</li></ul>"
        body += render(quoted.answer, self.side(quoted, links=False))
        return f'<details class="fold card"><summary class="tappable">{summary}</summary>{body}</details>'

    def _choices(self, card: Card) -> str:
        items = [
            f'<li class="choice{" right" if choice.right else ""}">{render(unwrap(choice.tokens), self.side(card))}</li>'
            for choice in card.choices
        ]
        return f'<ul class="choices">{"".join(items)}</ul>' if items else ""

    def _parent(self, card: Card) -> str:
        """The question that a follow-up follows, without its answer."""
        parent = self._cards.get(card.after)
        return render(parent.question, self.side(parent, links=False)) if parent else ""

    def _source(self, card: Card) -> str:
        """The path of the card's file below the root, the same wherever the folder lies."""
        return self.sources.names.get(card.place.path, card.place.path)


def split_answer(card: Card) -> tuple[Tokens, Tokens]:
    """The answer's first screen, and the rest.

    The first screen is whole blocks up to sixty words, the first one in any case; of a derivation, its result: what stands
    before the steps.
    """
    nodes = blocks(card.answer)
    cut = _result(nodes) if card.task == "derive" else _first_blocks(nodes)
    return flat(nodes[:cut]), flat(nodes[cut:])


def _result(nodes: Sequence[BlockNode]) -> int:
    """How many blocks a derivation needs for its result: the first one, and the formulas and figures below it."""
    following = (index for index, node in enumerate(nodes) if index and node.type not in ("maths_block", "figure"))
    return next(following, len(nodes))


def _first_blocks(nodes: Sequence[BlockNode]) -> int:
    """How many blocks hold sixty words; an element that an author's HTML leaves open is never cut in two."""
    cut = words = open_tags = 0
    for index, node in enumerate(nodes):
        words += _words(node)
        if cut and words > FIRST_SCREEN:
            break
        open_tags += _open_tags(node)
        if open_tags <= 0:
            cut = index + 1
    return cut or len(nodes)


def _words(node: BlockNode) -> int:
    return sum(len(token.content.split()) for token in leaves(node.tokens) if token.type == "text")


def _open_tags(node: BlockNode) -> int:
    """How many elements an author's HTML block leaves open, so that a fold is never cut in two."""
    if node.type != "html_block":
        return 0
    content = node.tokens[0].content.lower()
    return sum(content.count(f"<{tag}") - content.count(f"</{tag}") for tag in ("details", "div", "table", "figure"))
