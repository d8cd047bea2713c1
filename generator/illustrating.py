"""From the figure blocks of a deck to the pictures that its notes show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import figures
from generator.figures import FigureSpec, Picture, Request
from generator.model import Block, Card, Illustration, Interpolation, Settings, Variant
from generator.numeric import NumericSpec
from generator.problems import Place, Problems
from generator.source.markdown import parse_in

PICTURED = 3
"""So many variants of a numeric card have pictures of their own numbers; the others go without."""


@dataclass(slots=True)
class Illustrations:
    """The figures of a deck: what was read, and what was drawn."""

    problems: Problems
    specs: dict[Block, FigureSpec] = field(default_factory=dict)
    requests: dict[tuple[Block, int], Request] = field(default_factory=dict)
    """Block and index of the variant -> what to draw; one that depends on no variant has the index 0."""
    pictures: Mapping[Request, Picture] = field(default_factory=dict)

    def read(self, card: Card, spec: NumericSpec | None) -> tuple[Interpolation, ...]:
        """Read the card's figures, and return the interpolations in their texts."""
        shown: list[Interpolation] = []
        for block in card.figures:
            found = figures.read_figure(block, spec.names if spec else (), self.problems)
            if found is not None:
                self.specs[block] = found
                shown.extend(found.shown)
        return tuple(shown)

    def want(self, card: Card, variants: Sequence[Variant]) -> None:
        """Ask for the pictures of a card: of its first three variants, or one where no number is shown."""
        for block in card.figures:
            spec = self.specs.get(block)
            if spec is None:
                continue
            chosen: Iterable[Variant | None] = variants[:PICTURED] if spec.names else (None,)
            for index, variant in enumerate(chosen):
                request = spec.request(variant.values if variant else {}, self.problems)
                if request is not None:
                    self.requests[block, index] = request

    def draw(self, folder: Path, watch: Any) -> None:
        """Draw what is wanted and not in the cache."""
        self.pictures = figures.draw(self._wanted(), folder, self.problems, watch)

    def prune(self, folder: Path) -> None:
        """Remove from the cache what this deck does not show."""
        figures.prune(self.requests.values(), folder)

    def _wanted(self) -> Iterator[tuple[Request, Place]]:
        for (block, _), request in self.requests.items():
            yield request, block.place

    def of(self, block: Block, variant: Variant | None) -> Illustration | None:
        """The figure of a block for a variant; None where that has no picture."""
        spec = self.specs.get(block)
        if spec is None:
            return None
        request = self.requests.get((block, variant.index if variant and spec.names else 0))
        picture = self.pictures.get(request) if request else None
        if picture is None:
            return None
        caption = parse_in(block, spec.caption) if spec.caption else ()
        return Illustration(picture.light, picture.dark, spec.alt, caption, spec.width or figures.SHOWN)


def cache_of(settings: Settings) -> Path:
    """Where results are kept: in ``media/generated`` beside the deck's folder if there is a ``media``, else inside it."""
    beside = settings.root.parent / "media"
    return (beside if beside.is_dir() else settings.root / "media") / "generated"
