"""Figures of what depth does: paths around blocks, and features that blend."""

import math
from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import SMALL, THIN, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@figure(examples=[{}, {"blocks": 1}, {"blocks": 4}])
def residual_paths(look: Look, *, blocks: Annotated[int, Range(1, 4)] = 3) -> "Figure":
    """Residual blocks in a row with their skips, and below how many of the ways through pass how many blocks: most are short.

    No kernel: the values count the ways, a choice of block or skip each time.
    """
    figure, axes = board(look, 228)
    step, y = (WIDTH - 60) / blocks, 62
    look.beside(axes, (4, y), "x", gap=0)
    look.beside(axes, (WIDTH - 16, y), "y", gap=0)
    for index in range(blocks):
        left = 22 + step * index
        middle, joint = left + 0.47 * step, left + 0.86 * step
        wide = min(0.42 * step, 64)
        link(look, axes, (left + (8 if index else 0), y), (middle - wide / 2, y))
        block(look, axes, (middle, y), (wide, 30), f"F{index + 1}", 1, name=f"F-{index + 1}")
        link(look, axes, (middle + wide / 2, y), (joint - 9, y))
        start = left + 0.12 * step
        link(look, axes, (start, y), (start, y - 38), (joint, y - 38), (joint, y - 9), series=0)
        look.disc(axes, joint, y, 9, look.page, zorder=4)
        look.text(axes, (joint, y), "+", zorder=7)
        if index == blocks - 1:
            link(look, axes, (joint + 9, y), (WIDTH - 20, y))
        else:
            axes.plot([joint + 9, left + step + 9], [y, y], color=look.quiet, linewidth=THIN, zorder=1)
    look.text(axes, (WIDTH / 2, 102), f"{2**blocks} ways from x to y" if blocks else "", color=look.ink)
    counts = [math.comb(blocks, passed) for passed in range(blocks + 1)]
    width = (WIDTH - 8) / (blocks + 1)
    for passed, count in enumerate(counts):
        x, tall = 4 + width * (passed + 0.5), 52 * count / max(counts)
        look.box(axes, x - 20, 190 - tall, 40, tall, look.tint(0 if passed == 0 else 1, 0.5), name=f"ways-{passed}")
        look.text(axes, (x, 182 - tall), f"{count}")
        look.text(axes, (x, 202), f"{passed}", color=look.quiet)
    look.text(axes, (WIDTH / 2, 219), "blocks on the way (0: skips alone)", color=look.quiet, fontsize=SMALL)
    return figure


@figure(
    "gnn_mean_aggregate",
    examples=[
        {"x": (1, 0, 0, -1), "edges": ((0, 1), (1, 2), (2, 3))},
        {"x": (4, 0, 2, -2, 1, 0), "edges": ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)), "steps": 6},
    ],
)
def over_smoothing(
    look: Look,
    *,
    x: Annotated[Vector, Size(2, 6), Range(-99, 99)],
    edges: Annotated[Matrix, Size(1, 12), Range(0, 5)],
    steps: Annotated[int, Range(1, 12)] = 4,
) -> "Figure":
    """A graph whose nodes take the mean of themselves and their neighbours, over and over: their features become all the same.

    ``edges`` lists pairs of nodes, counted from 0. Values from ``gnn_mean_aggregate``.
    """
    pairs = [(int(edge[0]), int(edge[1])) for edge in edges if len(edge) == 2]
    if len(pairs) < len(edges) or any(max(pair) >= len(x) or pair[0] == pair[1] for pair in pairs):
        raise ValueError(f"edges are pairs of two different nodes from 0 to {len(x) - 1}")
    adjacency = np.zeros((len(x), len(x)))
    for one, other in pairs:
        adjacency[one, other] = adjacency[other, one] = 1
    kernel = kernels.get("gnn_mean_aggregate")
    trace = [kernel(adjacency, [[value] for value in x], step) for step in range(steps + 1)]
    figure, (before, after, axes) = _halves(look)
    for panel, step in ((before, 0), (after, steps)):
        _graph(look, panel, trace[step].X[:, 0], pairs, max(map(abs, x)) or 1.0)
        look.dress(panel, title=f"step {step}", grid=False)
    look.dress(axes, x="step", y="largest difference")
    spreads = [one.spread for one in trace]
    look.curve(axes, range(steps + 1), spreads, 1, name="spread", linestyle="-", linewidth=1.6)
    look.points(axes, range(steps + 1), spreads, 1, markersize=5.5, clip_on=False)
    axes.set(xlim=(0, steps + 0.1), ylim=(0, 1.1 * max(spreads) or 1), xticks=range(0, steps + 1, 2 if steps > 6 else 1))
    axes.set_yticks([0, max(spreads)] if max(spreads) else [0], [signed(tick, ".3g") for tick in sorted({0.0, max(spreads)})])
    return figure


def _halves(look: Look) -> "tuple[Figure, tuple[Axes, Axes, Axes]]":
    """Two panels side by side above a wide one."""
    figure = look.figure(320)
    grid = figure.add_gridspec(2, 2, height_ratios=[1.7, 1])
    return figure, (figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, :]))


def _graph(look: Look, axes: "Axes", values: np.ndarray, pairs: list[tuple[int, int]], largest: float) -> None:
    look.bare(axes)
    turns = np.pi / 2 - 2 * np.pi * np.arange(len(values)) / len(values)
    places = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    for one, other in pairs:
        way = places[other] - places[one]
        ends = np.array([places[one] + 0.43 * way / np.hypot(*way), places[other] - 0.43 * way / np.hypot(*way)])
        axes.plot(ends[:, 0], ends[:, 1], color=look.quiet, linewidth=THIN, zorder=1)
    for index, (place, value) in enumerate(zip(places, values, strict=True)):
        colour = look.shade(0 if value >= 0 else 1, min(abs(float(value)) / largest, 1))
        look.disc(axes, place[0], place[1], 0.43, colour)
        look.text(
            axes, place, signed(float(value), ".2g" if abs(value) >= 1 or not value else ".2f"), fontsize=SMALL, gid=f"node-{index}"
        )
    axes.set(xlim=(-1.45, 1.45), ylim=(-1.45, 1.45))
