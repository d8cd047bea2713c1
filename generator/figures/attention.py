"""Figures of attention."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption, link
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import WIDTH, Look
from generator.figures.wording import short, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure(
    "scaled_dot_product_attention",
    "attention_mask",
    examples=[
        {"scores": ((1, 0, 2, 1), (0, 1, 1, 0), (2, 0, 1, 3), (1, 1, 0, 2))},
        {"scores": ((1, 0, 2), (0, 1, 1), (2, 0, 1)), "mask": "none"},
        {
            "scores": ((1, 0, 2, 1, 0), (0, 1, 1, 0, 1), (2, 0, 1, 3, 0), (1, 1, 0, 2, 0), (0, 1, 2, 3, 4)),
            "mask": "sliding",
            "window": 2,
        },
    ],
)
def attention_matrix(
    look: Look,
    *,
    scores: Annotated[Matrix, Size(2, 6), Range(-50, 50)],
    mask: Literal["causal", "none", "sliding"] = "causal",
    window: Annotated[int, Range(1, 6)] = 2,
) -> "Figure":
    """The attention weights that scores turn into under a mask: a row a query, a column a key; what is hidden is hatched.

    Values from ``scaled_dot_product_attention`` (the scores as queries of unit keys, without a scale) and ``attention_mask``.
    """
    size = len(scores)
    if size != len(scores[0]):
        raise ValueError(f"scores must be square, got {size} rows of {len(scores[0])}")
    seen = np.ones((size, size), dtype=bool)
    if mask != "none":
        seen = kernels.get("attention_mask")(mask, size, **({"w": window} if mask == "sliding" else {})).mask
    weights = kernels.get("scaled_dot_product_attention")(scores, np.eye(size), np.eye(size), mask=seen, scale=1).weights
    figure, axes = look.axes(285, grid=False)
    look.heat(axes, weights, name="weight", hidden=~seen)
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    axes.set(xticks=range(size), yticks=range(size), xticklabels=range(1, size + 1), yticklabels=range(1, size + 1))
    axes.set_xlabel("key", labelpad=4)
    axes.set_ylabel("query", labelpad=4)
    return figure


@figure("attention_mask", examples=[{}, {"n": 8, "window": 3, "prefix": 4, "length": 6}])
def mask_kinds(
    look: Look,
    *,
    n: Annotated[int, Range(3, 8)] = 6,
    window: Annotated[int, Range(1, 8)] = 2,
    prefix: Annotated[int, Range(0, 8)] = 3,
    length: Annotated[int, Range(0, 8)] = 4,
) -> "Figure":
    """Five masks as small pictures, rows the queries and columns the keys: what a token may look at is dark.

    Values from ``attention_mask``.
    """
    segments = [int(2 * token >= n) for token in range(n)]
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("causal", {}),
        ("sliding", {"w": window}),
        ("prefix", {"p": prefix}),
        ("padding", {"length": length}),
        ("block_diagonal", {"segments": segments}),
    ]
    figure, panels = look.panels(2, 3, 260)
    panels[-1].set_axis_off()
    for axes, (kind, options) in zip(panels, kinds, strict=False):
        mask = kernels.get("attention_mask")(kind, n, **options).mask
        look.tiles(axes, mask, name=kind)
        look.dress(axes, title={"block_diagonal": "packed"}.get(kind, kind), grid=False)
    look.tiles(panels[-1], np.array([[True], [False]]), name="key")
    look.beside(panels[-1], (0.5, 0), "seen", gap=5)
    look.beside(panels[-1], (0.5, 1), "hidden", gap=5)
    panels[-1].set(xlim=(-1.2, n - 1.7), ylim=(n / 2 + 0.5, 0.5 - n / 2))
    return figure


@figure("dot_product_moments", examples=[{}, {"d": 100, "sigma": 2}])
def score_variance(look: Look, *, d: Annotated[int, Range(1, 256)] = 64, sigma: Annotated[float, Range(0.1, 10)] = 1.0) -> "Figure":
    """How far dot products of random queries and keys spread as d grows, on log axes, with and without division by the root of d.

    Values from ``dot_product_moments``.
    """
    kernel, grid = kernels.get("dot_product_moments"), np.unique(np.geomspace(1, 256, 40).round().astype(int))
    plain = np.array([kernel(int(size), sigma).std for size in grid])
    figure, axes = look.axes(x="d", y="standard deviation of a score")
    look.curve(axes, grid, plain, 1, name="plain")
    look.curve(axes, grid, plain / np.sqrt(grid), 0, name="scaled")
    here = kernel(d, sigma).std
    look.points(axes, d, here, 1, name="plain-here")
    look.points(axes, d, here / math.sqrt(d), 0, name="scaled-here")
    look.beside(axes, (d, here), f"q·k: {here:.3g}", 1, towards=(-1, 1) if d >= 4 else (0.3, 1), gap=9)
    look.beside(axes, (d, here / math.sqrt(d)), f"q·k/√d: {here / math.sqrt(d):.3g}", 0, towards=(0, -1), gap=8)
    axes.set(xscale="log", yscale="log", xlim=(0.85, 300), ylim=(0.35 * plain[0], 1.8 * plain[-1]))
    axes.minorticks_off()
    spreads = plain[0] * np.array([1, 4, 16])
    axes.set(xticks=[1, 4, 16, 64, 256], xticklabels=["1", "4", "16", "64", "256"])
    axes.set(yticks=spreads, yticklabels=[f"{one:.3g}" for one in spreads])
    return figure


@figure("attention_cost", examples=[{"d": 512}, {"d": 64, "n": 1024}])
def attention_flops(look: Look, *, d: Annotated[int, Range(16, 16384)], n: Annotated[int, Range(1, 1_000_000)] = 4096) -> "Figure":
    """The work of the two attention products against that of the projections over the length, on log axes: they meet at n = 2d.

    Values from ``attention_cost``.
    """
    kernel, grid = kernels.get("attention_cost"), np.unique(np.geomspace(max(d / 16, 1), 32 * d, 41).round().astype(int))
    costs = [kernel(int(size), d) for size in grid]
    scores = np.array([cost.score_flops + cost.value_flops for cost in costs], dtype=float)
    projections = np.array([cost.proj_flops for cost in costs], dtype=float)
    figure, (axes, below) = look.panels(2, 1, 275, height_ratios=[3.6, 1])
    look.dress(axes, x="tokens n", y="FLOPs of a layer")
    look.curve(axes, grid, scores, 0, name="products")
    look.curve(axes, grid, projections, 1, name="projections")
    axes.set(xscale="log", yscale="log")
    axes.minorticks_off()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: short(value))
    meet = kernel(2 * d, d)
    look.points(axes, 2 * d, meet.proj_flops, 3, name="crossing")
    look.beside(axes, (2 * d, meet.proj_flops), f"n = 2d = {2 * d:,}", 3, towards=(1, -1), gap=9)
    here = kernel(n, d)
    share = (here.score_flops + here.value_flops) / (here.score_flops + here.value_flops + here.proj_flops)
    look.key(below, [(f"scores and sums: {share:.0%} at n = {n:,}", 0), ("the four projections", 1)])
    return figure


@figure(
    "softmax",
    examples=[{"scores": (2, 1, 0, -1)}, {"scores": (3, 2.5, 1), "factors": (1, 8)}],
)
def score_scale(
    look: Look,
    *,
    scores: Annotated[Vector, Size(2, 6), Range(-20, 20)],
    factors: Annotated[Vector, Size(2, 4), Range(0.05, 50)] = (0.5, 1.0, 4.0),
) -> "Figure":
    """Attention weights when all scores are multiplied: large scores make one key win all, and the rest gets no gradient.

    Values from ``softmax``.
    """
    figure, axes = look.axes(225, x="key, by its score", y="weight")
    order = np.argsort(-np.asarray(scores), kind="stable")
    index, ends = np.arange(len(scores)), []
    for series, factor in enumerate(factors):
        weights = kernels.get("softmax")([factor * scores[key] for key in order])
        look.curve(axes, index, weights, series, name=f"×{factor:g}", linewidth=1.6)
        look.points(axes, index, weights, series)
        ends.append((float(weights[0]), f"×{factor:g}", series))
    look.ends(axes, 0, ends, 0.11, towards=(-1, 0))
    axes.set(xticks=index, xticklabels=[str(key + 1) for key in order], ylim=(-0.04, 1.12), xlim=(-0.75, len(scores) - 0.7))
    return figure


@figure("additive_attention", examples=[{}, {"s": (0.0, 1.0), "H": ((2.0, 0.0), (0.0, -1.0), (1.0, 1.0))}])
def additive_scores(
    look: Look,
    *,
    s: Annotated[Vector, Size(2, 2), Range(-9, 9)] = (1.0, 0.0),
    H: Annotated[Matrix, Size(2, 3), Range(-9, 9)] = ((2.0, 0.0), (0.0, 1.0), (-1.0, 1.0)),
) -> "Figure":
    """Additive attention from below: states, a small network with tanh for each, its scores, the weights, and the context.

    Both matrices of the network are the identity, and v is all ones. Values from ``additive_attention``.
    """
    eye = ((1.0, 0.0), (0.0, 1.0))
    found = kernels.get("additive_attention")(s, H, eye, eye, (1.0, 1.0))
    figure, axes = board(look, 282)
    places = [WIDTH * (0.44 + 0.445 * index / (len(H) - 1)) for index in range(len(H))]
    left = 54.0
    block(look, axes, (left, 246), (92, 44), f"decoder s\n{_vector(s)}", 1, name="s")
    for index, (x, state) in enumerate(zip(places, H, strict=True)):
        block(look, axes, (x, 246), (68, 44), f"h{index + 1}\n{_vector(state)}", 0, name=f"h-{index}")
        block(look, axes, (x, 176), (68, 30), "tanh", 2, name=f"net-{index}")
        block(look, axes, (x, 118), (68, 30), f"{found.scores[index]:.2f}", None, name=f"score-{index}")
        block(look, axes, (x, 62), (68, 30), f"{found.weights[index]:.2f}", 3, name=f"weight-{index}")
        for low, high in ((224, 191), (161, 133), (103, 77)):
            link(look, axes, (x, low), (x, high))
        link(look, axes, (left, 224), (left, 204), (x - 18, 204), (x - 18, 191))
    words = ((176, "W s + U h,\nthen tanh"), (118, "score e = v · tanh"), (62, "weights: softmax"))
    for y, said in words:
        caption(look, axes, (left, y), said)
    caption(look, axes, (WIDTH / 2, 18), f"context c = Σ α h = {_vector(found.context)}", 0)
    return figure


def _vector(entries: Iterable[float]) -> str:
    """A vector on one line, to two places at most."""
    return f"({', '.join(signed(round(float(entry), 2)) for entry in entries)})"
