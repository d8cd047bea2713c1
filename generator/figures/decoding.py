"""Figures of decoding and sampling."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import SMALL, THIN, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Chances = Annotated[Vector, Size(2, 8), Range(0, 1)]


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
        {"first": (0.5, 0.3, 0.2), "then": ((0.4, 0.3, 0.3), (0.9, 0.05, 0.05), (0.2, 0.2, 0.6)), "beam": 2, "letters": "A, B, C"},
    ],
)
def beam_tree(
    look: Look,
    *,
    first: Annotated[Vector, Size(2, 3), Range(0, 1)],
    then: Annotated[Matrix, Size(2, 3), Range(0, 1)],
    beam: Annotated[int, Range(1, 3)],
    letters: Literal["a, b, c", "A, B, C"] = "a, b, c",
) -> "Figure":
    """Two steps of a beam search as a tree with the log probability of each prefix: kept ones are filled, pruned ones are dashed.

    On each way stands the probability of the token that it adds. Row i of ``then`` holds what follows token i; ``letters``
    are what the card calls the tokens. Values from ``beam_search``.
    """
    size = len(first)
    if len(then) != size or len(then[0]) != size:
        raise ValueError(f"then needs a row of {size} probabilities for each of the {size} tokens")
    tokens = letters.split(", ")[:size]
    table = {"<s>": dict(zip(tokens, first, strict=True))} | {
        t: dict(zip(tokens, row, strict=True)) for t, row in zip(tokens, then, strict=True)
    }
    search = kernels.get("beam_search")
    kept = {"".join(one.tokens[1:]) for step in search(table, beam, 2).trace for one in step}
    # A beam as wide as the tree keeps everything, and so knows the score of every prefix that the narrow one asks for.
    scores = {"".join(one.tokens[1:]): one.logprob for step in search(table, size * size, 2).trace for one in step}
    heads = [token for token in tokens if token in scores]
    leaves = {token: [token + after for after in tokens if token in kept and token + after in scores] for token in heads}
    rows = [max(1, len(leaves[token])) for token in heads]
    tall = ROW * sum(rows) + GAP * (len(rows) - 1)
    figure, axes = board(look, 38 + tall)
    middle = 32 + tall / 2
    block(look, axes, (FIRST[0], middle), (FIRST[1], 24), "start", 0, name="node-")
    for index, (token, many) in enumerate(zip(heads, rows, strict=True)):
        top = 32 + ROW * sum(rows[:index]) + GAP * index
        y = top + ROW * many / 2
        _branch(look, axes, (FIRST, middle), (SECOND, y), token, table["<s>"][token], scores[token], token in kept)
        for row, name in enumerate(leaves[token]):
            spot = top + ROW * (row + 0.5 * (1 + many - len(leaves[token])))
            _branch(look, axes, (SECOND, y), (LAST, spot), name, table[token][name[1]], scores[name], name in kept)
    best = search(table, beam, 2).sequence
    look.text(axes, (WIDTH / 2, 15), f"beam {beam}: best is {best[1]}{best[2]}")
    return figure


ROW, GAP = 30.0, 8.0
"""From one prefix to the one below it, and what is added where the first token is another."""
FIRST, SECOND, LAST = (26.0, 44.0), (140.0, 80.0), (294.0, 84.0)
"""The middle and the width of what stands in each column."""


def _branch(
    look: Look,
    axes: "Axes",
    tail: tuple[tuple[float, float], float],
    head: tuple[tuple[float, float], float],
    name: str,
    chance: float,
    score: float,
    kept: bool,
) -> None:
    """A prefix with its log probability, and the way to it with the probability of its last token."""
    (column, y), (_, start) = head, tail
    left, right = tail[0][0] + tail[0][1] / 2, column[0] - column[1] / 2
    style: dict[str, Any] = {"linewidth": 2, "linestyle": "-"} if kept else {"linewidth": THIN, "linestyle": (0, (3, 3))}
    colour = look.hues[0] if kept else look.quiet
    axes.plot([left, right], [start, y], color=colour, zorder=1, gid=f"way-{name}", **style)
    # Beyond the middle the ways of neighbours are far enough apart for their words.
    look.text(
        axes, (left + 0.64 * (right - left), start + 0.64 * (y - start)), f"{chance:.2g}", bbox=look.backing(), fontsize=SMALL
    )
    rim: dict[str, Any] = {} if kept else {"edgecolor": look.quiet, "linestyle": (0, (3, 3))}
    block(
        look,
        axes,
        (column[0], y),
        (column[1], 24),
        f"{name} {signed(score, '.3g')}",
        0 if kept else None,
        name=f"node-{name}",
        **rim,
    )
