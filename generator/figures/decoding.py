"""Figures of decoding and sampling."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Chances = Annotated[Vector, Size(2, 8), Range(0, 1)]
LETTERS = "abcd"


@figure(
    "top_k_filter",
    "top_p_filter",
    examples=[{"probs": (0.4, 0.25, 0.15, 0.12, 0.08)}, {"probs": (0.85, 0.1, 0.03, 0.02), "k": 2, "p": 0.8}],
)
def nucleus(
    look: Look, *, probs: Chances, k: Annotated[int, Range(1, 8)] = 3, p: Annotated[float, Range(0.01, 1)] = 0.7
) -> "Figure":
    """One distribution under two cuts: top-k keeps a number of tokens, top-p as many as together reach p; dropped ones are empty.

    Values from ``top_k_filter`` and ``top_p_filter``.
    """
    if abs(sum(probs) - 1) > 1e-6:
        raise ValueError(f"probs must sum to 1, got {sum(probs):g}")
    figure, panels = look.panels(2, 1, 270)
    kept_p = kernels.get("top_p_filter")(probs, p)
    cuts = [(f"top-k, k = {k}", kernels.get("top_k_filter")(probs, k), 0), (f"top-p, p = {p:g}", kept_p.probs, 1)]
    for axes, (name, filtered, series) in zip(panels, cuts, strict=True):
        for spot, (before, after) in enumerate(zip(probs, filtered, strict=True)):
            kept = after > 0
            look.box(
                axes, spot - 0.35, 0, 0.7, before, "none", edgecolor=look.quiet, linestyle=(0, (3, 2)), name=f"{name}-before-{spot}"
            )
            if kept:
                look.box(axes, spot - 0.35, 0, 0.7, after, look.tint(series, 0.6), zorder=2, name=f"{name}-after-{spot}")
            height = max(before, float(after))
            look.beside(axes, (spot, height), f"{after:.2f}" if kept else "0", towards=(0, 1), gap=3, fontsize=11.5)
        axes.set_title(f"{name}: {int(np.count_nonzero(filtered))} kept", loc="left", color=look.hues[series])
        top = float(max(*probs, *filtered))
        axes.set(xlim=(-0.6, len(probs) - 0.4), ylim=(0, 1.25 * top), yticks=[], xticks=range(len(probs)))
        axes.set_xticklabels([str(spot + 1) for spot in range(len(probs))])
        axes.spines["left"].set_visible(False)
    panels[1].set_xlabel("token; dashed: before the cut")
    return figure


@figure(
    "beam_search",
    examples=[
        {"first": (0.6, 0.4), "then": ((0.3, 0.7), (0.95, 0.05)), "beam": 1},
        {"first": (0.6, 0.4), "then": ((0.3, 0.7), (0.95, 0.05)), "beam": 2},
        {"first": (0.5, 0.3, 0.2), "then": ((0.4, 0.3, 0.3), (0.9, 0.05, 0.05), (0.2, 0.2, 0.6)), "beam": 2},
    ],
)
def beam_tree(
    look: Look,
    *,
    first: Annotated[Vector, Size(2, 3), Range(0, 1)],
    then: Annotated[Matrix, Size(2, 3), Range(0, 1)],
    beam: Annotated[int, Range(1, 3)],
) -> "Figure":
    """Two steps of a beam search as a tree with the log probability of each prefix: kept ones are filled, pruned ones are dashed.

    Row i of ``then`` holds what follows token i. Values from ``beam_search``.
    """
    size = len(first)
    if len(then) != size or len(then[0]) != size:
        raise ValueError(f"then needs a row of {size} probabilities for each of the {size} tokens")
    tokens = LETTERS[:size]
    table = {"<s>": dict(zip(tokens, first, strict=True))} | {
        t: dict(zip(tokens, row, strict=True)) for t, row in zip(tokens, then, strict=True)
    }
    search = kernels.get("beam_search")
    kept = {"".join(one.tokens[1:]) for step in search(table, beam, 2).trace for one in step}
    # A beam as wide as the tree keeps everything, and so knows the score of every prefix that the narrow one asks for.
    scores = {"".join(one.tokens[1:]): one.logprob for step in search(table, size * size, 2).trace for one in step}
    figure, axes = look.axes(60 + 62 * size, grid=False)
    look.bare(axes, equal=False)
    middle = size * size / 2 - 0.5
    _node(look, axes, 0, middle, "", None, True)
    for i, token in enumerate(tokens):
        if token not in scores:
            continue
        height = size * (size - 1 - i) + (size - 1) / 2
        _edge(look, axes, (0.16, middle), (0.86, height), token in kept)
        _node(look, axes, 1, height, token, scores[token], token in kept)
        for j, after in enumerate(tokens):
            name = token + after
            if token in kept and name in scores:
                leaf = size * (size - 1 - i) + (size - 1 - j)
                _edge(look, axes, (1.52, height), (1.86, leaf), name in kept)
                _node(look, axes, 2, leaf, name, scores[name], name in kept)
    axes.set(xlim=(-0.15, 2.75), ylim=(-0.7, size * size - 0.3))
    axes.set_title(f"beam {beam}: best is {search(table, beam, 2).sequence[1]}{search(table, beam, 2).sequence[2]}")
    return figure


def _node(look: Look, axes: "Axes", x: float, y: float, name: str, score: float | None, kept: bool) -> None:
    style = {"facecolor": look.tint(0, 0.4) if kept else "none", "edgecolor": look.hues[0] if kept else look.quiet, "pad": 3.5}
    words = f"{name} {signed(score, '.3g')}" if score is not None else "start"
    axes.text(
        x,
        y,
        words,
        ha="left" if name else "center",
        va="center",
        bbox=style | {"linestyle": "-" if kept else "--"},
        zorder=5,
        gid=f"node-{name}",
        color=look.ink if kept else look.quiet,
    )


def _edge(look: Look, axes: "Axes", tail: tuple[float, float], head: tuple[float, float], kept: bool) -> None:
    axes.plot(
        [tail[0], head[0]],
        [tail[1], head[1]],
        color=look.hues[0] if kept else look.quiet,
        linewidth=2 if kept else 1.1,
        linestyle="-" if kept else (0, (3, 3)),
        zorder=1,
    )
