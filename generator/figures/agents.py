"""Figures of agents and search."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, figure
from generator.figures.style import THIN, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("majority_vote_accuracy", examples=[{"p": 0.6}, {"p": 0.4, "n": 9}])
def majority_vote(look: Look, *, p: Annotated[float, Range(0, 1)], n: Annotated[int, Range(1, 51)] = 11) -> "Figure":
    """How often the majority of independent voters is right over how often one is: better above one half, worse below.

    Values from ``majority_vote_accuracy``, for 1, 3 and n voters (n odd).
    """
    kernel, grid = kernels.get("majority_vote_accuracy"), np.linspace(0, 1, 51)
    figure, (axes, below) = look.panels(2, 1, 280, height_ratios=[3.2, 1])
    look.dress(axes, x="one voter is right", y="the majority is right")
    words = []
    for series, voters in zip((3, 1, 0), sorted({1, 3, n}), strict=False):
        look.curve(axes, grid, [kernel(float(q), voters) for q in grid], series, name=f"voters-{voters}")
        here = kernel(p, voters)
        look.points(axes, p, here, series, name=f"here-{voters}", clip_on=False)
        words.append((f"{voters} voter{'s' if voters > 1 else ''}: {here:.3g} at {p:g}", series))
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0.5, 1])
    look.key(below, words)
    return figure


@figure(
    "mcts_search",
    examples=[
        {"scores": ((0.5, 0.2), (0.9, 0.1)), "iterations": 10},
        {"scores": ((0.3, 0.6, 0.1), (0.8, 0.2, 0.5)), "iterations": 20, "c": 0.7},
    ],
)
def search_tree(
    look: Look,
    *,
    scores: Annotated[Matrix, Size(2, 3), Range(0, 1)],
    iterations: Annotated[int, Range(1, 200)],
    c: Annotated[float, Range(0, 10)] = 1.4,
) -> "Figure":
    """A tree after a Monte Carlo search: visits and mean value in each node, thick ways for many visits.

    Row i of ``scores`` holds the values of the leaves below child i, whose own is their mean. Values from ``mcts_search``.
    """
    branches, leaves = len(scores), len(scores[0])
    children = [list(range(1, branches + 1))]
    children += [[1 + branches + branch * leaves + leaf for leaf in range(leaves)] for branch in range(branches)]
    children += [[] for _ in range(branches * leaves)]
    values = [0.0, *(float(np.mean(row)) for row in scores), *(value for row in scores for value in row)]
    found = kernels.get("mcts_search")(children, values, iterations, c)
    visits, sums = np.asarray(found.visits), np.asarray(found.value_sum)
    places = {0: ((branches * leaves - 1) / 2, 2.0)}
    for branch in range(branches):
        places[1 + branch] = (branch * leaves + (leaves - 1) / 2, 1.0)
        places |= {node: (float(node - 1 - branches), 0.0) for node in children[1 + branch]}
    figure, axes = look.axes(250, grid=False)
    look.bare(axes, equal=False)
    for parent, below in enumerate(children):
        for child in below:
            (x, y), (u, v) = places[parent], places[child]
            seen = int(visits[child])
            style = {"linewidth": 1 + 5 * seen / iterations} if seen else {"linewidth": THIN, "linestyle": (0, (3, 3))}
            axes.plot([x, u], [y, v], color=look.hues[0] if seen else look.quiet, zorder=1, gid=f"way-{child}", **style)
    for node, (x, y) in places.items():
        words = f"{visits[node]}\n{sums[node] / visits[node]:.2f}" if visits[node] else "0"
        best = node == found.best_child
        frame = {"facecolor": look.page, "edgecolor": look.hues[1 if best else 0], "linewidth": 2.2 if best else THIN, "pad": 3}
        axes.text(x, y, words, ha="center", va="center", fontsize=11.5, bbox=frame, zorder=5, gid=f"node-{node}")
    axes.set(xlim=(-0.55, branches * leaves - 0.45), ylim=(-0.35, 2.3))
    axes.set_title("visits above mean value; thick: chosen", color=look.quiet)
    return figure
