"""Diagrams: blocks with words in them, and what leads from one to the next.

A board is measured in the pixels of the layout, from its upper left corner; so a diagram is laid out as on squared paper.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from generator.figures.style import SMALL, THIN, WIDTH, Look, Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def board(look: Look, height: float) -> "tuple[Figure, Axes]":
    """A figure without axes: x to the right up to ``WIDTH``, y down to ``height``."""
    figure = look.figure(height, layout=None)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    return figure, axes


def block(
    look: Look,
    axes: "Axes",
    at: Point,
    size: Point,
    words: str = "",
    series: int | None = None,
    *,
    name: str = "",
    depth: float = 0.5,
    **more: Any,
) -> None:
    """A rectangle around ``at`` with words in it; no series is an empty one. A test sees to it that the words fit."""
    colour = look.page if series is None else look.shade(series, depth)
    rim = {"edgecolor": look.quiet if series is None else look.hues[series]}
    left, top = at[0] - size[0] / 2, at[1] - size[1] / 2
    look.box(axes, left, top, size[0], size[1], colour, name=f"block-{name}", **(rim | more))
    if words:
        caption(look, axes, at, words)


def caption(look: Look, axes: "Axes", at: Point, words: str, series: int | None = None, **more: Any) -> None:
    """Small words around a place of a board; a single line stands on a baseline, so that a row of letters does too."""
    if "\n" in words:
        look.text(axes, at, words, series, fontsize=SMALL, linespacing=1.15, **more)
    else:
        look.text(axes, (at[0], at[1] + 0.36 * SMALL), words, series, fontsize=SMALL, **({"va": "baseline"} | more))


def link(look: Look, axes: "Axes", *ways: Point, series: int | None = None, name: str = "", **more: Any) -> None:
    """An arrow along corners: lines up to the last but one, the head at the last."""
    colour = look.quiet if series is None else look.hues[series]
    style: dict[str, Any] = {"color": colour, "linewidth": THIN if series is None else 1.8, "zorder": 2}
    style |= {key: value for key, value in more.items() if key in ("linestyle", "linewidth")}
    if len(ways) > 2:
        axes.plot([x for x, _ in ways[:-1]], [y for _, y in ways[:-1]], solid_capstyle="butt", solid_joinstyle="miter", **style)
    look.arrow(axes, ways[-2], ways[-1], series, name=name, **({"linewidth": style["linewidth"]} | more))


def row_of(
    look: Look, axes: "Axes", left: float, y: float, words: Sequence[str], size: Point, series: int | None = 0, **more: Any
) -> list[float]:
    """Blocks side by side without a gap, as an array is drawn; returns the middles."""
    middles = [left + (index + 0.5) * size[0] for index in range(len(words))]
    for index, (x, word) in enumerate(zip(middles, words, strict=True)):
        block(look, axes, (x, y), size, word, series, **({"name": str(index)} | more))
    return middles
