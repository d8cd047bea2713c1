"""From sources to notes: read -> draw -> render -> date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from generator.allowing import silence
from generator.anki import lock as stamps
from generator.anki.lock import Lock, guid
from generator.illustrating import Illustrations, cache_of
from generator.locking import Locks
from generator.model import Card, Draft, Formula, Interpolation, Note, Sources, Variant
from generator.numbering import Draws, done, drawn
from generator.numeric import Drawn, NumericSpec, read_spec
from generator.parallel import Watch, unwatched
from generator.pooling import pooled
from generator.problems import Place, Problems
from generator.proving import Claims, numbers
from generator.render import Media, Renderer
from generator.source import read
from generator.source.markdown import parse_in
from generator.source.settings import show
from generator.verify.claims import read_claim

SEED_TAG = "redraw::seed"
NOTE_BUDGET = 60_000
"""Bytes that a note may weigh without a word."""


@dataclass(frozen=True, slots=True)
class Numeric:
    """A numeric card with its spec, and what was drawn for it: None where that failed."""

    spec: NumericSpec
    drawn: Drawn | None

    @property
    def variants(self) -> tuple[Variant, ...]:
        return self.drawn.variants if self.drawn else ()


@dataclass(frozen=True, slots=True)
class Deck:
    """Sources made ready: every note as Anki will store it, and the locks that belong to them."""

    sources: Sources
    notes: tuple[Note, ...]
    media: dict[str, bytes]
    locks: Locks
    lock: Lock
    """What both locks come to with these notes."""
    problems: Problems
    numeric: Mapping[str, Numeric] = field(default_factory=dict)
    """The id of a numeric card -> its spec and draws."""
    illustrations: Illustrations = field(default_factory=lambda: Illustrations(Problems()))
    formulas: tuple[Formula, ...] = ()
    """Every formula on every card, as it was written."""
    claims: Claims = field(default_factory=Claims)
    papers: tuple[Note, ...] = ()
    """The numeric cards on paper, which are for exams: what they would be as notes, neither dated nor shipped."""

    def shown(self, card: Card) -> tuple[Interpolation, ...]:
        """The numbers that a card shows, in its texts and those of its figures."""
        specs = self.illustrations.specs
        return (*numbers(card), *(item for block in card.figures if block in specs for item in specs[block].shown))


def make(source: Path, now: int, watch: Watch = unwatched, *, seed: str = "") -> Deck:
    """Read, draw, check and render all that belongs to the root of ``source``.

    Args:
        now: seconds since 1970; it enters only where a note is new or has changed.
        seed: a seed of the learner's own, to be drawn now.

    Raises:
        Failure: nothing can be read at all. Other errors are in the deck's problems.
    """
    problems = Problems()
    sources = read(source, problems)
    settings = sources.settings
    locks = Locks.read(settings.root, settings.namespace)
    if seed:
        locks = locks.drawn(seed)
    lock = stamps.freeze(locks.whole, sources.decks)
    _report_frozen_decks(sources, lock, locks, problems)
    illustrations = Illustrations(problems)
    numeric = _draw(sources, lock, illustrations, problems, watch)
    claims = Claims()
    claims.read(sources.cards, problems)
    _read_drafts(sources.drafts, problems)
    illustrations.draw(cache_of(settings), watch)
    media = Media(settings.root, problems)
    renderer = Renderer(sources, problems, media, _first_variants(numeric), illustrations.of, claims.formula)
    notes, papers = _render(sources, lock, numeric, renderer, watch)
    places = {card.id: card.place for card in sources.cards}
    stamped, lock = stamps.stamp(notes, lock, now, places, problems)
    formulas = tuple(renderer.maths.written)
    _weigh(notes, places, problems)
    silence(problems, sources)
    files = media.files
    return Deck(sources, tuple(stamped), files, locks, lock, problems, numeric, illustrations, formulas, claims, tuple(papers))


def _report_frozen_decks(sources: Sources, lock: Lock, locks: Locks, problems: Problems) -> None:
    for key, name in sources.decks.items():
        if lock.decks[key] != name:
            message = f"the deck {name} is still called {lock.decks[key]}"
            problems.information(Place(show(locks.path)), message, "Anki knows decks by name: rename it there")


def _draw(sources: Sources, lock: Lock, illustrations: Illustrations, problems: Problems, watch: Watch) -> dict[str, Numeric]:
    """The variants of every numeric card, for the newest seed, and what its figures show; what is wrong is reported."""
    found = {}
    for card in sources.cards:
        if card.numeric is None:
            illustrations.read(card, None)
            illustrations.want(card, ())
            for item in numbers(card):
                hint = "give the card a numeric block, or write \\@{…} for the text itself"
                problems.error(item.place, f"@{{{item.name}}} stands on a card without numbers", hint)
    cards, tasks = [], []
    for card in sources.cards:
        if card.numeric is not None and (spec := read_spec(card.numeric, problems)):
            shown = (*numbers(card), *illustrations.read(card, spec))
            cards.append((card, spec))
            tasks.append(Draws(card.numeric, card.identity, sources.settings.namespace, lock.seeds, shown))
    results = done(drawn, tasks, cache_of(sources.settings), problems, watch, "drawing")
    for (card, spec), (made, reported) in zip(cards, results, strict=True):
        problems.extend(reported, card.id, card.allow)
        found[card.id] = Numeric(spec, made)
        illustrations.want(card, found[card.id].variants)
    return found


def _read_drafts(drafts: Sequence[Draft], problems: Problems) -> None:
    """Report what is wrong with the blocks of questions that have no answer yet."""
    for block in (block for draft in drafts for block in draft.blocks):
        (read_claim if block.name == "claim" else read_spec)(block, problems)


def _first_variants(numeric: Mapping[str, Numeric]) -> dict[str, Variant]:
    return {name: one.variants[0] for name, one in numeric.items() if one.variants}


def _render(
    sources: Sources, lock: Lock, numeric: Mapping[str, Numeric], renderer: Renderer, watch: Watch
) -> tuple[list[Note], list[Note]]:
    """The notes, in the order of the sources; and what the numeric cards on paper would be, which are for exams and are none."""
    notes: list[Note] = []
    papers: list[Note] = []
    for position, card in enumerate(watch(sources.cards, "rendering"), start=1):
        fields = None
        if card.numeric is not None:
            one = numeric.get(card.id)
            if one is None or not one.variants:
                continue
            parts = [renderer.parts(card, variant) for variant in one.variants]
            fields = pooled(one.variants, parts, partial(_phrase, renderer, card))
        identity = guid(sources.settings.namespace, card.identity)
        made = renderer.note(card, identity, lock.decks[card.deck], position, fields)
        made = replace(made, tags=(*made.tags, f"{SEED_TAG}::{lock.seeds[-1]}")) if fields else made
        (papers if card.id in numeric and numeric[card.id].spec.form == "paper" else notes).append(made)
    return notes, papers


def _weigh(notes: Sequence[Note], places: Mapping[str, Place], problems: Problems) -> None:
    """Warn of notes that weigh more than a phone on a slow line should carry."""
    for note in notes:
        if (size := sum(len(html.encode()) for html in note.fields.values())) > NOTE_BUDGET:
            hint = f"the budget is {NOTE_BUDGET // 1000} kB: shorten what every variant repeats, or make the pool smaller"
            problems.warning(places[note.id], f"the note weighs {size / 1e3:.0f} kB", hint, "heavy-note")


def _phrase(renderer: Renderer, card: Card, text: str) -> str:
    """A text from a numeric block, with its maths, as HTML."""
    assert card.numeric is not None
    return renderer.phrase(card, parse_in(card.numeric, text))
