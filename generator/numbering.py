"""The numbers of numeric cards: what was drawn and proven before is looked up, the rest is done on all processors."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from generator import caching
from generator.model import Block, Card, Interpolation
from generator.numeric import Drawn, draw, keeping, read_spec
from generator.parallel import Watch, spread
from generator.problems import Place, Problem, Problems

FEW = 16
"""So many numeric cards are drawn or judged by one process before a second one is worth its start."""
NOWHERE = Place("")
DRAWN, JUDGED = KINDS = "drawn", "judged"


class Task(Protocol):
    """What is to be done for one card; it goes to another process."""

    @property
    def draws(self) -> "Draws": ...

    @property
    def kind(self) -> str:
        """What the entry of its result is called."""
        ...

    @property
    def inputs(self) -> Sequence[Any]:
        """All that its result depends on beyond the draws, as plain data."""
        ...


T = TypeVar("T", bound=Task)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Draws:
    """What decides the draws of a card."""

    block: Block
    identity: str
    namespace: str
    seeds: tuple[str, ...]
    shown: tuple[Interpolation, ...]

    kind = DRAWN
    inputs = ()

    @property
    def draws(self) -> "Draws":
        return self

    @property
    def key(self) -> str:
        """A hash of all that decides the draws; where the card stands in its file does not."""
        shown = [keeping.pack(replace(item, place=NOWHERE)) for item in self.shown]
        return caching.key(self.block.text, self.identity, self.namespace, self.seeds, shown, _code())


@cache
def _code() -> str:
    return keeping.code() + caching.code([Path(__file__)], ())


def drawn(wanted: Draws) -> tuple[Drawn | None, Problems]:
    """The variants of a card for the newest seed, and what is wrong with them. Its block was read without errors before."""
    problems = Problems()
    spec = read_spec(wanted.block, Problems())
    assert spec is not None
    found = draw(
        spec,
        identity=wanted.identity,
        namespace=wanted.namespace,
        seeds=wanted.seeds,
        shown=wanted.shown,
        problems=problems,
        wanted=wanted.seeds[-1:],
    )
    return found, problems


def done(
    work: Callable[[T], tuple[R, Problems]], tasks: Sequence[T], folder: Path, problems: Problems, watch: Watch, label: str
) -> Iterator[tuple[R, Problems]]:
    """The result of ``work`` for each task, in order, and what is wrong with the card.

    Args:
        work: a function of a module.
        folder: where results are kept; one with an error is not, nor one that ``keeping.pack`` refuses.
        problems: where it is reported that nothing can be kept.
        label: what ``watch`` calls those that had to be done.
    """
    known = {index: found for index, task in enumerate(tasks) if (found := _recalled(task, folder)) is not None}
    missing = [task for index, task in enumerate(tasks) if index not in known]
    fresh = spread(work, missing, watch, label, few=FEW)
    for index, task in enumerate(tasks):
        if index in known:
            yield known[index]
        else:
            result, reported = next(fresh)
            _keep(task, result, reported, folder, problems)
            yield result, reported


def prune(cards: Iterable[Card], namespace: str, folder: Path) -> None:
    """Remove what is kept of numeric cards that are no more; a card has one entry of each kind."""
    identities = [card.identity for card in cards if card.numeric is not None]
    needed = {_path(folder, kind, namespace, identity) for kind in KINDS for identity in identities}
    for kind in KINDS:
        for path in sorted(folder.glob(f"{kind}-{caching.key(namespace)}-*.json")):
            if path not in needed:
                caching.remove(path)


def _path(folder: Path, kind: str, namespace: str, identity: str) -> Path:
    return folder / f"{kind}-{caching.key(namespace)}-{caching.key(identity)}.json"


def _entry(task: Task, folder: Path) -> tuple[Path, str]:
    """Where the result of a task is kept, and the key that stands in it while it holds."""
    draws = task.draws
    key = caching.key(draws.key, *task.inputs)
    return _path(folder, task.kind, draws.namespace, draws.identity), key


def _recalled(task: Task, folder: Path) -> tuple[Any, Problems] | None:
    path, key = _entry(task, folder)
    content = caching.read(path)
    if content is None or not content.startswith(key.encode()):
        return None
    result, found = keeping.of_bytes(content[len(key) :])
    problems = Problems()
    for problem in found:
        problems.add(replace(problem, place=_placed(task.draws.block, problem.place)))
    return result, problems


def _keep(task: Task, result: Any, reported: Problems, folder: Path, problems: Problems) -> None:
    """Keep a result with its warnings, unless there are errors: their author is about to change the card."""
    block = task.draws.block
    if reported.failed or not all(_lies_in(block, problem.place) for problem in reported):
        return
    found: tuple[Problem, ...] = tuple(replace(problem, place=_within(block, problem.place)) for problem in reported)
    try:
        content = keeping.as_bytes((result, found))
    except TypeError:
        return
    path, key = _entry(task, folder)
    caching.write(path, key.encode() + content, "numbers", problems)


def _lies_in(block: Block, place: Place) -> bool:
    return place.path == block.place.path and 0 <= place.line - block.place.line <= len(block.columns)


def _within(block: Block, place: Place) -> Place:
    """A spot as the block counts it: so many lines below its fence, so many columns behind the indentation."""
    line = place.line - block.place.line
    return Place("", line, place.column - _indentation(block, line))


def _placed(block: Block, place: Place) -> Place:
    """The spot in the source."""
    return Place(block.place.path, block.place.line + place.line, place.column + _indentation(block, place.line))


def _indentation(block: Block, line: int) -> int:
    if line == 0:
        return block.place.column
    return block.columns[line - 1]
