"""What a person would find wrong with a figure at a glance, found by measuring its words and lines."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from generator.figures.style import PHONE, SMALL, WIDTH, Look

READABLE = 11.0
"""The smallest type on a phone, in pixels."""
SLACK = 0.6
"""Pixels by which the box of a word may be off: it is wider than its ink."""


def faults(figure: Figure) -> list[str]:
    """What is wrong with the layout, in words."""
    with Look().context():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        placed = [(text, text.get_window_extent(canvas.get_renderer())) for text in _shown(figure)]
    return [*_at_the_rim(figure, placed), *_touching(placed), *_struck(figure, placed), *_spilling(figure, placed)]


def _shown(figure: Figure) -> list[Text]:
    """The words that are drawn; matplotlib keeps tick labels out of sight that are not."""
    ticks, drawn = set(), set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            ticks |= {id(label) for tick in (*axis.majorTicks, *axis.minorTicks) for label in (tick.label1, tick.label2)} | {
                id(axis.label)
            }
            if axes.axison:
                drawn |= {id(label) for tick in axis._update_ticks() for label in (tick.label1, tick.label2)} | {id(axis.label)}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in texts if id(text) not in ticks or id(text) in drawn]


def _at_the_rim(figure: Figure, placed: list[tuple[Text, Any]]) -> Iterator[str]:
    for text, box in placed:
        if box.x0 < -SLACK or box.y0 < -SLACK or box.x1 > figure.bbox.width + SLACK or box.y1 > figure.bbox.height + SLACK:
            yield f"{text.get_text()!r} is cut off"
        if text.get_fontsize() < SMALL or text.get_fontsize() * PHONE / WIDTH < READABLE:
            yield f"{text.get_text()!r} is too small"


def _touching(placed: list[tuple[Text, Any]]) -> Iterator[str]:
    for (one, box), (other, beside) in combinations(placed, 2):
        common = Bbox.intersection(box, beside)
        if common is not None and common.width > SLACK and common.height > 2 * SLACK:
            yield f"{one.get_text()!r} overlaps {other.get_text()!r}"


def _struck(figure: Figure, placed: list[tuple[Text, Any]]) -> Iterator[str]:
    """Words with a line through them; those on a patch of their own, or in a block above the line, are safe."""
    blocks = [
        (patch.get_window_extent(), patch.get_zorder())
        for axes in figure.axes
        for patch in axes.patches
        if str(patch.get_gid()).startswith("block-")
    ]
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_linestyle() == "None":
                continue
            path = line.get_transform().transform_path(line.get_path())
            for text, box in placed:
                core = Bbox.from_extents(box.x0 + 1, box.y0 + 2, box.x1 - 1, box.y1 - 2)
                covered = any(line.get_zorder() < above and _inside(core, frame) for frame, above in blocks)
                if text.get_bbox_patch() is None and core.width > 0 and not covered and path.intersects_bbox(core, filled=False):
                    yield f"a line ({line.get_gid()}) strikes {text.get_text()!r}"


def _inside(inner: Any, outer: Any) -> bool:
    return bool(outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1)


def _spilling(figure: Figure, placed: list[tuple[Text, Any]]) -> Iterator[str]:
    """Words that stand in a block and are too long for it."""
    blocks = [patch for axes in figure.axes for patch in axes.patches if str(patch.get_gid()).startswith("block-")]
    for patch in blocks:
        frame = patch.get_window_extent()
        for text, box in placed:
            inside = frame.contains((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
            if inside and (box.width > frame.width - 2 or box.height > frame.height):
                yield f"{text.get_text()!r} is too long for its block"
