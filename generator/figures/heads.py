"""Figures of what heads attend to, and of what attention is next to its relatives."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import SMALL, TEXT, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scores = Annotated[Matrix, Size(2, 6), Range(-50, 50)]
Small = Annotated[Matrix, Size(1, 3), Range(-20, 20)]


@figure("scaled_dot_product_attention", "attention_mask", examples=[{}, {"n": 5, "mask": "none"}])
def head_grid(look: Look, *, n: Annotated[int, Range(4, 8)] = 6, mask: Literal["causal", "none"] = "causal") -> "Figure":
    """Four heads with habits often found: the token before, the token itself, the first token, and everything evenly.

    Made from scores with one peak. Values from ``scaled_dot_product_attention`` and ``attention_mask``.
    """
    seen = kernels.get("attention_mask")("causal", n).mask if mask == "causal" else np.ones((n, n), dtype=bool)
    before, first = np.zeros((n, n)), np.zeros((n, n))
    before[np.arange(n), np.maximum(np.arange(n) - 1, 0)] = 4
    first[:, 0] = 4
    figure, panels = look.panels(2, 2, 320)
    heads = (("the token before", before), ("itself", 4 * np.eye(n)), ("the first token", first), ("all evenly", np.zeros((n, n))))
    for axes, (name, scores) in zip(panels, heads, strict=True):
        attend = kernels.get("scaled_dot_product_attention")
        weights = attend(scores, np.eye(n), np.eye(n), mask=seen, scale=1).weights
        look.heat(axes, weights, name=name, words=False, hidden=~seen, largest=1)
        look.dress(axes, title=name, grid=False)
    figure.supxlabel("rows: queries, columns: keys; stronger: more weight", fontsize=SMALL, color=look.quiet)
    return figure


@figure(
    "softmax",
    "attention_head_similarity",
    examples=[
        {"scores": ((3, 0, 0, 1), (3, 0, 0.2, 1), (0, 0, 3, 0), (3, 0.1, 0, 1))},
        {"scores": ((2, 0, 1), (0, 2, 0), (0, 0, 0)), "metric": "js"},
    ],
)
def head_similarity(look: Look, *, scores: Scores, metric: Literal["cosine", "js"] = "cosine") -> "Figure":
    """How alike heads are for one query: the weights of each as a row, and the table of likeness; equal heads are wasted.

    ``scores`` has a row for each head. Cosine is likeness, js (Jensen-Shannon, in nats) is distance. Values from ``softmax`` and
    ``attention_head_similarity``.
    """
    weights = np.asarray(kernels.get("softmax")(scores))
    alike = kernels.get("attention_head_similarity")(weights[:, None, :], metric)
    figure, (rows, table) = look.panels(1, 2, 100 + 24 * len(scores), width_ratios=[1, 1.35])
    look.heat(rows, weights, name="weight", words=False, largest=1)
    look.heat(table, alike, ".2f", name="alike", words=len(scores) <= 5)
    names = [f"{head}" for head in range(1, len(scores) + 1)]
    rows.set(yticks=range(len(scores)), yticklabels=names)
    table.set(yticks=range(len(scores)), yticklabels=names, xticks=range(len(scores)), xticklabels=names)
    look.dress(rows, title="weights by head", grid=False)
    look.dress(table, title="cosine" if metric == "cosine" else "distance (JS)", grid=False)
    return figure


@figure("softmax", "argmax_attention", examples=[{}, {"gap": -0.5, "scale": 4}])
def hard_attention(
    look: Look,
    *,
    gap: Annotated[float, Range(-3, 3)] = 1.0,
    scale: Annotated[float, Range(0.1, 20)] = 1.0,
) -> "Figure":
    """The weight of the first of two keys over the gap of their scores: argmax is a step without slope, softmax can be trained.

    ``scale`` multiplies the scores of the softmax. Values from ``softmax`` and ``argmax_attention``.
    """
    grid = np.unique(np.r_[np.linspace(-3, 3, 60), -1e-9, 1e-9])
    soft, hard = kernels.get("softmax"), kernels.get("argmax_attention")
    figure, (axes, below) = look.panels(2, 1, 250, height_ratios=[4, 1])
    look.dress(axes, x="score 1 minus score 2", y="weight of key 1")
    look.curve(axes, grid, [soft([scale * float(one), 0])[0] for one in grid], 0, name="softmax")
    steps = [hard([1], [[float(one)], [0]], [[1], [0]]).out[0] for one in grid]
    look.curve(axes, grid, steps, 1, name="argmax")
    here = float(soft([scale * gap, 0])[0])
    chosen = float(hard([1], [[gap], [0]], [[1], [0]]).out[0])
    look.points(axes, gap, here, 0, name="softmax here", clip_on=False)
    look.points(axes, gap, chosen, 1, name="argmax here", clip_on=False)
    slope = scale * here * (1 - here)
    axes.set(xlim=(-3, 3), ylim=(-0.03, 1.04), yticks=[0, 0.5, 1], xticks=[-2, 0, 2])
    look.key(below, [(f"softmax: {here:.3g}, slope {slope:.3g}", 0), (f"argmax: {chosen:.3g}, slope 0", 1)])
    return figure


@figure(
    "scaled_dot_product_attention",
    "dot_product",
    examples=[
        {"Q": ((1, 0), (0, 1)), "K": ((1, 0), (0, 1)), "V": ((10, 0), (0, 10))},
        {"Q": ((2, 0), (1, 1)), "K": ((1, 0), (0, 1), (1, 1)), "V": ((1, 2), (3, 0), (0, 4))},
    ],
)
def attention_by_hand(look: Look, *, Q: Small, K: Small, V: Small) -> "Figure":
    """One attention as three tables: the scaled scores, the weights that a softmax makes of each row, and the output.

    Values from ``scaled_dot_product_attention``, the scores from ``dot_product``.
    """
    if len(K) != len(V) or len(Q[0]) != len(K[0]):
        raise ValueError("K and V have as many rows, Q and K as many columns")
    found = kernels.get("scaled_dot_product_attention")(Q, K, V)
    dot = kernels.get("dot_product")
    scores = np.array([[dot(query, key) for key in K] for query in Q]) / np.sqrt(len(K[0]))
    shares = [np.shape(scores)[1], np.shape(scores)[1], np.shape(found.out)[1]]
    figure, panels = look.panels(1, 3, 90 + 36 * len(Q), width_ratios=shares)
    many = sum(shares) > 7
    tables = ((scores, "scores / √d", "score"), (found.weights, "weights", "weight"), (found.out, "output", "out"))
    for axes, (values, title, name) in zip(panels, tables, strict=True):
        wide = float(np.abs(values).max()) >= 99.95
        look.heat(axes, values, ".0f" if wide else ".1f" if many else ".2f", name=name)
        axes.set_aspect("auto")
        look.dress(axes, title=title, grid=False)
    panels[0].set_ylabel("queries")
    return figure


@figure("scaled_dot_product_attention", examples=[{}, {"X": ((2, 0), (0, 1), (1, 1)), "order": (2, 0, 1)}])
def equivariance(
    look: Look,
    *,
    X: Annotated[Matrix, Size(2, 3), Range(-9, 9)] = ((1.0, 0.0), (0.0, 2.0), (1.0, 1.0)),
    order: Annotated[Vector, Size(2, 3), Range(0, 2)] = (2.0, 1.0, 0.0),
) -> "Figure":
    """Permuting tokens and attending, in either order: the same table comes out, so attention alone cannot tell order.

    The tokens are their own queries, keys and values. Values from ``scaled_dot_product_attention``.
    """
    if sorted(order) != list(range(len(X))):
        raise ValueError(f"order holds each of 0 to {len(X) - 1} once")
    turn = [int(one) for one in order]
    attend = kernels.get("scaled_dot_product_attention")
    rows = np.asarray(X)
    after, moved = np.asarray(attend(X, X, X).out), rows[turn]
    both = np.asarray(attend(moved, moved, moved).out)
    figure, panels = look.panels(2, 2, 130 + 56 * len(X))
    tables = (
        (rows, "tokens", "x"),
        (after, "attended", "after"),
        (moved, "permuted", "moved"),
        (both, "permuted, attended", "both"),
    )
    for axes, (values, title, name) in zip(panels, tables, strict=True):
        look.heat(axes, values, ".2f" if name in ("after", "both") else "g", name=name)
        axes.set_aspect("auto")
        look.dress(axes, title=title, grid=False)
    same = bool(np.allclose(after[turn], both))
    words = "attended → permuted is the same table" if same else "the tables differ"
    figure.supxlabel(words, fontsize=TEXT, color=look.hues[2])
    return figure


@figure("softmax", "softmax_jacobian", examples=[{}, {"logits": (3, 1, -1), "scale": 2}])
def sharpness(
    look: Look,
    *,
    logits: Annotated[Vector, Size(2, 6), Range(-10, 10)] = (2.0, 1.0, 0.0, -1.0),
    scale: Annotated[float, Range(0.05, 30)] = 1.0,
) -> "Figure":
    """The largest weight and the size of the softmax Jacobian over a factor on the scores: the sharper, the less gets through.

    The size is the Frobenius norm. Values from ``softmax`` and ``softmax_jacobian``.
    """
    grid = np.geomspace(0.05, 30, 61)
    z = np.asarray(logits)
    jacobian, weight = kernels.get("softmax_jacobian"), kernels.get("softmax")
    sizes = [float(np.sqrt(np.sum(np.square(jacobian(one * z))))) for one in grid]
    figure, (axes, below) = look.panels(2, 1, 255, height_ratios=[4, 1])
    look.dress(axes, x="factor on the scores")
    look.curve(axes, grid, [float(np.max(weight(one * z))) for one in grid], 1, name="largest")
    look.curve(axes, grid, sizes, 0, name="jacobian")
    here, size = float(np.max(weight(scale * z))), float(np.sqrt(np.sum(np.square(jacobian(scale * z)))))
    look.points(axes, scale, here, 1, name="largest here")
    look.points(axes, scale, size, 0, name="jacobian here")
    axes.set(
        xscale="log", xlim=(0.048, 31), ylim=(-0.03, 1.06), yticks=[0, 0.5, 1], xticks=[0.1, 1, 10], xticklabels=["0.1", "1", "10"]
    )
    axes.minorticks_off()
    look.key(below, [(f"size of the Jacobian: {size:.3g} at ×{scale:.3g}", 0), (f"largest weight: {here:.3g}", 1)])
    return figure


@figure(
    "cosine_attention_scores",
    "dot_product",
    "softmax",
    examples=[{"q": (1, 1), "K": ((4, 0), (1, 1), (0, -1))}, {"q": (2, 0), "K": ((1, 0), (3, 3)), "tau": 0.1}],
)
def dot_or_cosine(
    look: Look,
    *,
    q: Annotated[Vector, Size(2, 4), Range(-20, 20)],
    K: Annotated[Matrix, Size(2, 4), Range(-20, 20)],
    tau: Annotated[float, Range(0.01, 10)] = 1.0,
) -> "Figure":
    """Weights of the same keys by dot product, where a long key wins, and by cosine, where only the direction counts.

    The dot products are divided by the root of the width, the cosines by tau. Values from ``dot_product``,
    ``cosine_attention_scores`` and ``softmax``.
    """
    if len(K[0]) != len(q):
        raise ValueError(f"keys are as wide as q, got {len(K[0])} and {len(q)}")
    dots = np.array([kernels.get("dot_product")(q, key) for key in K]) / np.sqrt(len(q))
    cosines = np.asarray(kernels.get("cosine_attention_scores")([q], K, tau))[0]
    figure, panels = look.panels(2, 1, 265, sharex=True)
    for axes, (name, scores, series) in zip(panels, (("q·k/√d", dots, 0), ("cosine/τ", cosines, 1)), strict=True):
        weights = np.asarray(kernels.get("softmax")(scores))
        look.bars(axes, range(len(K)), weights, series, name=name, color=look.tint(series, 0.65), width=0.5)
        for spot, (weight, score) in enumerate(zip(weights, scores, strict=True)):
            look.beside(axes, (spot, weight), f"{weight:.2f}", towards=(0, 1), gap=14)
            look.beside(
                axes, (spot, weight), f"({signed(float(score), '.2g')})", towards=(0, 1), gap=1, color=look.quiet, fontsize=SMALL
            )
        axes.set_title(
            f"weights by {name}{f', τ = {tau:g}' if series else ''} (scores in brackets)", loc="left", color=look.hues[series]
        )
        axes.set(yticks=[], ylim=(0, 1.62), xlim=(-0.6, len(K) - 0.4), xticks=range(len(K)))
        axes.spines["left"].set_visible(False)
    panels[1].set_xticklabels([f"key {spot + 1}\n|k| = {np.hypot.reduce(np.asarray(key)):.3g}" for spot, key in enumerate(K)])
    return figure
