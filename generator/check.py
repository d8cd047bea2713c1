"""What ``redraw check`` does beyond a build: draws, the card's own script, the lint, the syllabus."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from generator import caching, pooling, reckoning, tokens, typesetting
from generator.allowing import silence
from generator.anki import checker, pool
from generator.deck import Deck, Numeric, make
from generator.illustrating import cache_of
from generator.model import Block, Card, Formula, Macro, Variant
from generator.numbering import JUDGED, Draws, done
from generator.numeric import Stress, read_spec, stress
from generator.parallel import Watch, unwatched
from generator.pooling import pool_variant
from generator.problems import Problem, Problems, Severity, did_you_mean
from generator.reckoning import miscalculated, written
from generator.render import macros as expansion
from generator.render.notes import split_answer
from generator.source.settings import show
from generator.verify import arithmetic
from generator.verify.arithmetic import check_arithmetic
from generator.verify.claims import Verdict
from generator.verify.lint import Drawing, Proof, View, lint
from generator.verify.rules import RULES
from generator.verify.syllabus import FILE, Coverage, cover, read_syllabus

HAND_BUDGET = "hand-budget"
DRAWN = frozenset({HAND_BUDGET, "miscalculated"})
"""Rules that look at many draws, if there are any: what they find there, a check without draws does not."""
EMPTY = {"question": "", "hint": "", "answer": "", "details": ""}


@dataclass(slots=True)
class Checked:
    """A deck, and what the steps of a check found; each step reports into its problems and fills its field."""

    deck: Deck
    draws: int = 0
    """How many points of each numeric card are drawn and proven, or all where there are fewer; 0: the shipped ones alone."""
    watch: Watch = unwatched
    stress: dict[str, Stress] = field(default_factory=dict)
    """The id of a numeric card -> what many draws of it showed."""
    verdicts: tuple[Verdict, ...] = ()
    """What came of each statement of the cards' claims."""
    miscalculated: list[Formula] = field(default_factory=list)
    """Formulas with the numbers of draws whose arithmetic does not come out."""
    coverage: Coverage | None = None
    """What the syllabus promises and the cards keep; None without a syllabus."""

    @property
    def problems(self) -> Problems:
        return self.deck.problems


def check(source: Path, *, now: int, draws: int = 0, watch: Watch = unwatched) -> Checked:
    """Check the sources as a build does, and then step by step beyond it.

    Raises:
        Failure: nothing can be read at all. Other errors are in the problems.
        NotInstalled: what runs the card's script is not there.
    """
    checked = Checked(make(source, now, watch), draws, watch)
    for step in STEPS:
        step(checked)
    return checked


def judge_numbers(checked: Checked) -> None:
    """Every shipped variant, and many draws if wanted, through the card's own script; the cost by hand of all of them."""
    deck = checked.deck
    cards = [card for card in deck.sources.cards if deck.numeric.get(card.id)]
    tasks = [_judgement(checked, card) for card in cards]
    results = done(_judged, tasks, cache_of(deck.sources.settings), deck.problems, checked.watch, "checking")
    for card, ((many, slipping), reported) in zip(cards, results, strict=True):
        deck.problems.extend(reported, card.id, card.allow)
        checked.miscalculated += slipping
        drawn = deck.numeric[card.id].drawn
        if many:
            checked.stress[card.id] = many
            _report_budget(card, many.over_budget, many.draws, "draws", deck.problems)
        elif drawn:
            _report_budget(card, drawn.over_budget, len(drawn.variants), "variants", deck.problems)


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What decides what is said of the numbers of a card."""

    draws: Draws
    variants: tuple[Variant, ...]
    """What was drawn."""
    count: int
    """How many more are wanted."""
    formulas: tuple[Formula, ...]
    """Those whose arithmetic is looked at on each of them."""
    macros: Mapping[str, Macro]

    kind = JUDGED

    @property
    def inputs(self) -> Sequence[Any]:
        formulas = [(formula.tex, formula.display) for formula in self.formulas]
        macros = [(macro.name, macro.body, macro.arguments) for macro in self.macros.values()] if formulas else []
        return self.count, len(self.variants), formulas, macros, _code()


@cache
def _code() -> str:
    """A hash of the code that judges, beyond that of the draws: the card's script among it."""
    judges = [Path(module.__file__ or "") for module in (checker, pool, pooling, reckoning, expansion, tokens)]
    script = Path(checker.__file__).parent / "templates" / "core.js"
    reader = sorted(Path(arithmetic.__file__).parent.glob("*.py"))
    return caching.code([*judges, *reader, script, Path(__file__)], ["quickjs-ng"])


def _judgement(checked: Checked, card: Card) -> _Judgement:
    deck = checked.deck
    made = deck.numeric[card.id].drawn
    assert card.numeric is not None
    settings = deck.sources.settings
    draws = Draws(card.numeric, card.identity, settings.namespace, deck.lock.seeds, deck.shown(card))
    if made is None:
        return _Judgement(draws, (), 0, (), settings.macros)
    return _Judgement(draws, made.variants, checked.draws, written(card) if checked.draws else (), settings.macros)


def _judged(task: _Judgement) -> tuple[tuple[Stress | None, tuple[Formula, ...]], Problems]:
    """What many draws of a card show, if they are wanted; which of its formulas slip there; and what is wrong with it."""
    reported = Problems()
    slipping: list[Formula] = []
    draws = task.draws
    judge = partial(_check_script, draws.block, problems=reported)
    for variant in task.variants:
        judge(variant)
    spec = read_spec(draws.block, Problems()) if task.count else None
    if spec is None:
        return (None, ()), reported

    def judge_draw(variant: Variant) -> None:
        judge(variant)
        slipping.extend(miscalculated(task.formulas, variant, task.macros))

    many = stress(
        spec,
        identity=draws.identity,
        namespace=draws.namespace,
        shown=draws.shown,
        count=task.count,
        problems=reported,
        judge=judge_draw,
    )
    return (many, tuple(slipping)), reported


def _check_script(block: Block, variant: Variant, problems: Problems) -> None:
    """The right answer is accepted and each mistake refused and named, by the very script that the card uses."""
    for fault in checker.prove(pool_variant(variant, EMPTY)):
        what = f"variant {variant.index + 1} of {variant.seed}: {fault}"
        problems.error(block.place, what, "this is a fault of redraw's own: please report it with the card")


def _report_budget(card: Card, over: Mapping[str, int], count: int, what: str, problems: Problems) -> None:
    hint = "print results under given, choose rounder numbers, or another form"
    for reason, times in sorted(over.items()):
        found = Problem(card.place, f"{reason}, on {times} of {count} {what}", hint, Severity.WARNING, HAND_BUDGET)
        problems.extend([found], card.id, card.allow)


def prove_claims(checked: Checked) -> None:
    """Every claim, or the points at which it fails."""
    deck = checked.deck
    cards, cache = deck.sources.cards, cache_of(deck.sources.settings)
    checked.verdicts = deck.claims.prove(cards, cache, deck.problems, checked.watch)


def read_formulas(checked: Checked) -> None:
    """Every formula as MathJax reads it, and the arithmetic that it prints."""
    deck = checked.deck
    settings = deck.sources.settings
    path = cache_of(settings) / f"formulas-{caching.key(settings.namespace)}.json"
    typesetting.read_formulas(deck.formulas, settings.macros, path, deck.problems)
    check_arithmetic((*deck.formulas, *checked.miscalculated), deck.problems)


def lint_cards(checked: Checked) -> None:
    """The craft of every card."""
    views: dict[str, View] = {}
    for card in checked.deck.sources.cards:  # a follow-up stands behind its parent
        numeric = checked.deck.numeric.get(card.id)
        names = frozenset(numeric.spec.names) if numeric else frozenset()
        views[card.id] = View(card, split_answer(card)[0], views.get(card.after), _proof(numeric), _drawing(numeric), names)
    lint(list(views.values()), checked.problems)


def _proof(numeric: Numeric | None) -> Proof | None:
    if numeric is None or numeric.drawn is None:
        return None
    via = all(answer.via is not None for answer in numeric.spec.answers)
    return Proof(bool(numeric.spec.golden), via, any(way != "via" for way in numeric.drawn.agreements))


def _drawing(numeric: Numeric | None) -> Drawing | None:
    if numeric is None or numeric.drawn is None or numeric.spec.form == "paper":
        return None
    chosen = {param.name: param.grid for param in numeric.spec.params if param.text.startswith("choice") and not param.rank}
    words = {name: grid.entries for name, grid in chosen.items() if all(isinstance(entry, str) for entry in grid.entries)}
    return Drawing({name: tuple(map(str, entries)) for name, entries in words.items()}, numeric.drawn.variants)


def cover_syllabus(checked: Checked) -> None:
    """What the syllabus promises, where there is one."""
    path = checked.deck.sources.settings.root / FILE
    syllabus = read_syllabus(path, show(path), checked.problems)
    if syllabus is not None:
        checked.coverage = cover(syllabus, checked.deck.sources.cards, checked.problems)


def judge_allowances(checked: Checked) -> None:
    """Every rule that a card allows is one, and was needed. The last step, since all others may silence."""
    problems = checked.problems
    silence(problems, checked.deck.sources)
    needed = {(card, problem.rule) for card, problem in problems.silenced}
    allowable = [name for name, rule in RULES.items() if rule.allowable]
    for card in checked.deck.sources.cards:
        for name in card.allow:
            if name not in RULES:
                hint = did_you_mean(name, allowable) or "redraw check --explain lists the rules"
                problems.error(card.place, f"allow={name}: there is no such rule", hint)
            elif name not in allowable:
                problems.error(card.place, f"allow={name}: no card can allow this rule", RULES[name].silence)
            elif (card.id, name) not in needed and not (name in DRAWN and not checked.draws):
                problems.information(card.place, f"allow={name} silences nothing", "remove it")


STEPS: tuple[Callable[[Checked], None], ...] = (
    judge_numbers,
    prove_claims,
    read_formulas,
    lint_cards,
    cover_syllabus,
    judge_allowances,
)
