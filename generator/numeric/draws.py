"""The sequence of a card: which points of its grid become variants, and in which order.

Each card has one sequence of accepted, distinct points. A small grid is put in the order of the hashes of its points, a large one
is entered at the places that the hash of a counter names; either way the order rests on the namespace, the card's identity and
SHA-512 alone. Points whose own hash is 0 modulo 4 are held out for exams; of the rest, each seed takes the next stretch.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping

from generator.numeric.drawing import REPEAT, Draw, Drawer, Rejection, key_of
from generator.numeric.spec import NumericSpec
from generator.numeric.values import Value
from generator.problems import Failure, Place, Problems

SMALL = 1_024
"""Grids of up to so many points are written out and ordered."""
GAP = 1_000
"""So many points in a row that add nothing end the sequence of a large grid."""
MEASURED = 1_000
"""The acceptance of a card is judged after so many points,"""
LEAST = 10
"""of which so many must have been accepted."""
FEW = 40
"""Below so many accepted points a learner meets the same numbers again soon."""
EXAM = 4
"""One point in so many is held out."""


def hashed(namespace: str, identity: str, *parts: str | int) -> int:
    """A whole number of 512 bits that only the arguments decide."""
    text = json.dumps(["redraw draw", namespace, identity, *parts], ensure_ascii=True)
    return int.from_bytes(hashlib.sha512(text.encode("ascii")).digest(), "big")


class Sequence:
    """The accepted, distinct points of a card's grid, in their order; computed as far as is asked for."""

    def __init__(self, spec: NumericSpec, drawer: Drawer, namespace: str, identity: str) -> None:
        self.spec = spec
        self.drawer = drawer
        self.namespace = namespace
        self.identity = identity
        self.tried = 0
        self.rejected: Counter[Rejection] = Counter()
        self.draws: list[Draw] = []
        self.ended = False
        """Whether there are no more points than ``draws`` holds."""
        self._params = sorted(spec.params, key=lambda param: param.name)
        self._points = self._indices()
        self._looks: set[tuple[str, ...]] = set()
        self._gap = 0

    @property
    def acceptance(self) -> float:
        """The share of the tried points that became draws."""
        return len(self.draws) / self.tried if self.tried else 0.0

    @property
    def reasons(self) -> dict[str, int]:
        """Why points were rejected, and how many each time."""
        found: Counter[str] = Counter()
        for rejection, count in self.rejected.items():
            found[rejection.reason] += count
        return dict(found)

    def at_least(self, count: int) -> bool:
        """Whether there are ``count`` draws; they are computed.

        Raises:
            Failure: a point has no value, or too few are accepted.
        """
        while len(self.draws) < count and not self.ended:
            self._step()
        return len(self.draws) >= count

    def shipped(self, count: int) -> list[Draw]:
        """The first ``count`` draws that are not held out, or all there are; where every one would be held out, none is."""
        kept: list[Draw] = []
        position = 0
        while len(kept) < count and self.at_least(position + 1):
            draw = self.draws[position]
            if not self.is_held_out(draw):
                kept.append(draw)
            position += 1
        return kept or self.draws[:count]

    def is_held_out(self, draw: Draw) -> bool:
        """Whether the draw is kept for exams: by its hash alone, so that it stays so whatever else is drawn."""
        return hashed(self.namespace, self.identity, "point", draw.key) % EXAM == 0

    def _step(self) -> None:
        """Try the next point."""
        index = next(self._points, None)
        if index is None:
            self.ended = True
            return
        self.tried += 1
        found = self.drawer.draw(self.point(index))
        if isinstance(found, Draw):
            if found.look not in self._looks:
                self._looks.add(found.look)
                self.draws.append(found)
                self._gap = 0
                return
            found = Rejection(REPEAT, self.spec.place)
        self.rejected[found] += 1
        self._gap += 1
        if self.spec.space > SMALL:
            self._judge()

    def _judge(self) -> None:
        """End a sequence that finds nothing more; refuse one that finds too little."""
        repeats = self.rejected[Rejection(REPEAT, self.spec.place)]
        if self._gap >= GAP and repeats >= GAP / 10:
            self.ended = True
        elif self._gap >= GAP or (self.tried == MEASURED and len(self.draws) + repeats < LEAST):
            raise self._too_few()

    def _too_few(self) -> Failure:
        worst, count = self.rejected.most_common(1)[0]
        message = f"only {len(self.draws)} of {self.tried:,} points are accepted; {count:,} are rejected because of: {worst.reason}"
        return Failure.at(worst.place, message, _hint(worst, "draw the parameters so that the condition holds more often"))

    def point(self, index: int) -> Mapping[str, Value]:
        """The parameters at a place of the grid."""
        values = {}
        for param in self._params:
            index, digit = divmod(index, param.grid.size)
            values[param.name] = param.grid.at(digit)
        return {param.name: values[param.name] for param in self.spec.params}

    def _indices(self) -> Iterator[int]:
        space = self.spec.space
        if space <= SMALL:
            keys = {index: hashed(self.namespace, self.identity, "order", key_of(self.point(index))) for index in range(space)}
            yield from sorted(keys, key=lambda index: keys[index])
            return
        seen: set[int] = set()
        counter = 0
        while len(seen) < space:
            index = hashed(self.namespace, self.identity, "counter", counter) % space
            counter += 1
            if index not in seen:
                seen.add(index)
                yield index


def report(sequence: Sequence, problems: Problems) -> None:
    """Report a sequence without variants, and one that is short."""
    spec, place = sequence.spec, sequence.spec.place
    if not sequence.at_least(1):
        reason, where = _main_reason(sequence, place)
        hint = _hint(
            sequence.rejected.most_common(1)[0][0] if sequence.rejected else None, "widen the grid, or loosen the condition"
        )
        problems.error(where, f"no point of the grid is accepted{reason}", hint)
    elif not sequence.at_least(FEW):
        count = len(sequence.draws)
        reason, _ = _main_reason(sequence, place)
        message = f"only {count} distinct variants out of {spec.space:,} points{reason}"
        problems.warning(place, message, f"learners meet them again soon; widen the grid to {FEW} or more", "few-variants")


def _hint(worst: Rejection | None, otherwise: str) -> str:
    """What to do about the commonest reason."""
    if worst and worst.reason.startswith("the mistake"):
        return "a mistake must lead far enough from the answer and from the others; make it None on draws where it does not"
    return otherwise


def _main_reason(sequence: Sequence, place: Place) -> tuple[str, Place]:
    if not sequence.rejected:
        return "", place
    worst, count = sequence.rejected.most_common(1)[0]
    return f"; {count:,} of {sequence.tried:,} are rejected because of: {worst.reason}", worst.place
