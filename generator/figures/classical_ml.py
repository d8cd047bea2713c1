"""Figures of classical machine learning."""

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import THIN, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Points = Annotated[Matrix, Size(2, 12), Range(-100, 100)]
Data = Annotated[Vector, Size(2, 12), Range(-1000, 1000)]


@figure("bias_variance_shrinkage", examples=[{"mu": 2, "variance": 2, "noise": 0.5}, {"mu": 1, "variance": 4, "c": 0.5}])
def bias_variance(
    look: Look,
    *,
    mu: Annotated[float, Range(0.1, 100)],
    variance: Annotated[float, Range(0.001, 10_000)],
    noise: Annotated[float, Range(0, 10_000)] = 0.0,
    c: Annotated[float, Range(0, 1)] = 1.0,
) -> "Figure":
    """Squared bias, variance and total error of a mean shrunk by a factor c: one falls, one rises, the sum is least between.

    The variance is that of the unshrunk mean. Values from ``bias_variance_shrinkage``.
    """
    kernel, grid = kernels.get("bias_variance_shrinkage"), np.linspace(0, 1, 51)
    found = [kernel(mu, variance, 1, float(factor), noise) for factor in grid]
    figure, (axes, below) = look.panels(2, 1, 285, height_ratios=[3.2, 1])
    look.dress(axes, x="factor c: from all bias to none", y="expected squared error" + (f", noise {noise:.3g}" if noise else ""))
    here = kernel(mu, variance, 1, c, noise)
    words = []
    for series, (name, key) in enumerate((("squared bias", "bias2"), ("variance", "variance"), ("total", "total"))):
        look.curve(axes, grid, [one[key] for one in found], series, name=name)
        look.points(axes, c, here[key], series, name=f"{name} here", clip_on=False)
        words.append((f"{name} {here[key]:.3g} at c = {c:.3g}", series))
    look.guide(axes, x=found[0].c_opt, name="best")
    top, best = max(one.total for one in found), round(found[0].c_opt, 4)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.05 * top), xticks=sorted({0.0, 1.0, *([best] if 0.1 < best < 0.88 else [])}))
    axes.set_xticklabels([f"{tick:.3g}" for tick in axes.get_xticks()])
    look.key(below, words)
    return figure


@figure("ols_fit", examples=[{"x": (0, 1, 2, 3, 4), "y": (1, 3, 2, 5, 4)}, {"x": (-2, 0, 2), "y": (4, 1, -4)}])
def least_squares(look: Look, *, x: Data, y: Data) -> "Figure":
    """Points, the line of least squares and the residuals, whose squares are summed.

    Values from ``ols_fit``.
    """
    if len(x) != len(y):
        raise ValueError(f"x and y must be as long, got {len(x)} and {len(y)}")
    found = kernels.get("ols_fit")([[1.0, one] for one in x], y)
    figure, axes = look.axes(245, x="x", y="y")
    ends = np.array([min(x), max(x)]) + np.array([-0.08, 0.08]) * (max(x) - min(x))
    line = found.w[0] + found.w[1] * ends
    look.curve(axes, ends, line, 0, name="line")
    for index, (left, height) in enumerate(zip(x, y, strict=True)):
        fitted = found.w[0] + found.w[1] * left
        axes.plot(
            [left, left], [height, fitted], color=look.hues[2], linewidth=1.6, linestyle=(0, (2, 1.5)), gid=f"residual-{index}"
        )
    look.points(axes, x, y, 1, name="data", clip_on=False)
    sign = "+" if found.w[1] >= 0 else "−"
    words = f"y = {signed(found.w[0], '.3g')} {sign} {abs(found.w[1]):.3g} x,  squares {found.residual_ss:.3g}"
    axes.set_title(words, color=look.hues[0])
    axes.set_title("", loc="left")
    return figure


@figure(
    "hard_margin_svm",
    examples=[
        {"negative": ((0, 0), (1, 2), (0, 3)), "positive": ((4, 1), (5, 3), (3, 4))},
        {"negative": ((-2, -1), (-1, -3)), "positive": ((1, 1), (2, -1))},
    ],
)
def svm_margin(look: Look, *, negative: Points, positive: Points) -> "Figure":
    """Two classes of points, the line with the widest margin between them, and the points on the margin ringed.

    Values from ``hard_margin_svm``.
    """
    if len(negative[0]) != 2 or len(positive[0]) != 2:
        raise ValueError("negative and positive are lists of points in the plane: [[0, 1], [2, 3]]")
    samples = np.array([*negative, *positive])
    labels = [-1] * len(negative) + [1] * len(positive)
    found = kernels.get("hard_margin_svm")(samples, labels)
    figure, axes = look.axes(270, grid=False)
    look.bare(axes)
    low, high = samples.min(axis=0), samples.max(axis=0)
    room = 0.16 * float(max(high - low))
    normal = found.w / np.hypot(*found.w)
    for level in (-1, 0, 1):
        foot = (level - found.b) / np.hypot(*found.w) * normal
        style: dict[str, Any] = {"color": look.quiet, "linewidth": THIN, "linestyle": (0, (5, 3))}
        style |= {"color": look.ink, "linewidth": 1.8, "linestyle": "-"} if level == 0 else {}
        axes.axline((foot[0], foot[1]), (foot[0] - normal[1], foot[1] + normal[0]), gid=f"line{level}", zorder=2, **style)
    for series, group, label in ((1, negative, "−"), (0, positive, "+")):
        look.points(axes, [x for x, _ in group], [y for _, y in group], series, name=label, markersize=8.5)
    chosen = samples[list(found.on_margin)]
    axes.plot(
        chosen[:, 0],
        chosen[:, 1],
        marker="o",
        markersize=16,
        linestyle="none",
        fillstyle="none",
        markeredgecolor=look.ink,
        markeredgewidth=1.3,
        gid="support",
        zorder=5,
    )
    axes.set(xlim=(low[0] - room, high[0] + room), ylim=(low[1] - room, high[1] + room))
    axes.set_title(f"margin {found.margin:.3g} on each side; points on it ringed")
    return figure


@figure(
    "ridge_fit",
    examples=[
        {"X": ((1, 0.9), (0, 0.2), (-1, -0.8), (0.5, 0.1)), "y": (2, 0.5, -2, 1)},
        {"X": ((-1, 0), (0, 1), (1, 0)), "y": (-3, 2, 4)},
    ],
)
def ridge_path(look: Look, *, X: Annotated[Matrix, Size(1, 12), Range(-100, 100)], y: Data) -> "Figure":
    """The weights of ridge regression over the penalty: all shrink together towards zero and none gets there.

    Values from ``ridge_fit``.
    """
    if len(X[0]) > 4:
        raise ValueError(f"X may have up to 4 columns, got {len(X[0])}")
    penalties = np.geomspace(0.01, 1000, 41)
    weights = np.array([kernels.get("ridge_fit")(X, y, float(penalty)) for penalty in penalties])
    figure, axes = look.axes(x="penalty λ", y="weights")
    axes.set_xscale("log")
    for series in range(weights.shape[1]):
        look.curve(axes, penalties, weights[:, series], series, name=f"w{series + 1}")
    names = [(float(first), f"w{'₁₂₃₄'[series]}", series) for series, first in enumerate(weights[0])]
    look.ends(axes, penalties[0], names, 0.1 * (max(weights.max(), 0) - min(weights.min(), 0)), towards=(-1, 0))
    axes.axhline(0, color=look.quiet, linewidth=1.0, zorder=2)
    axes.minorticks_off()
    axes.set(xlim=(0.01, 1000), xticks=[0.1, 1, 10, 100], xticklabels=["0.1", "1", "10", "100"], yticks=[])
    return figure


Counts = Annotated[Vector, Size(2, 4), Range(0, 1000)]


@figure("information_gain", examples=[{"left": (4, 0), "right": (2, 2)}, {"left": (3, 1, 0), "right": (1, 3, 4)}])
def split_gain(look: Look, *, left: Counts, right: Counts) -> "Figure":
    """A node of a decision tree and its two children as bars of class counts, with their entropies and the gain of the split.

    Values from ``information_gain``.
    """
    if len(left) != len(right):
        raise ValueError(f"left and right count the same classes, got {len(left)} and {len(right)}")
    parent = [a + b for a, b in zip(left, right, strict=True)]
    found = kernels.get("information_gain")(parent, [left, right])
    figure, axes = look.axes(250, grid=False)
    look.bare(axes, equal=False)
    most = max(parent)
    nodes = [("parent", parent, 1.0, 1.25, found.parent_entropy), ("left", left, 0.0, 0.0, found.child_entropies[0])]
    nodes.append(("right", right, 2.0, 0.0, found.child_entropies[1]))
    for name, counts, x, y, entropy in nodes:
        look.text(axes, (x, y - 0.17), f"{entropy:.3g} bits", gid=f"{name}-entropy")
        for series, count in enumerate(counts):
            place = x + (series - (len(counts) - 1) / 2) * 0.3
            look.box(axes, place - 0.12, y, 0.24, 0.62 * count / most, look.tint(series, 0.6), name=f"{name}-{series}")
            look.beside(axes, (place, y + 0.62 * count / most), f"{count:g}", towards=(0, 1), gap=3)
    for x in (0.0, 2.0):
        look.arrow(axes, (1 + 0.35 * (x - 1), 0.98), (1 + 0.62 * (x - 1), 0.72), None)
    axes.set(xlim=(-0.65, 2.65), ylim=(-0.3, 2.1))
    axes.set_title(f"gain {found.gain:.3g} bits")
    return figure
