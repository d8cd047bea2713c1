"""Figures of regularization."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("soft_threshold", "ridge_fit", examples=[{"lam": 1, "x": 2.5}, {"lam": 1.5, "x": -0.7}])
def shrinkage(look: Look, *, lam: Annotated[float, Range(0, 4)], x: Annotated[float, Range(-4, 4)]) -> "Figure":
    """What a penalty of strength lambda makes of a weight: L1 pulls by lambda and sets small ones to 0, L2 only scales.

    Values from ``soft_threshold``, and ``ridge_fit`` on one sample (whose penalty 2 lambda is that of half the squared error).
    """
    grid = np.unique(np.r_[np.linspace(-4, 4, 41), -lam, lam])
    lasso, ridge = kernels.get("soft_threshold"), kernels.get("ridge_fit")
    figure, (axes, below) = look.panels(2, 1, 290, height_ratios=[3.5, 1])
    look.dress(axes, x="without a penalty", y="with it")
    axes.plot([-4, 4], [-4, 4], color=look.line, linewidth=1.4, zorder=1)
    look.curve(axes, grid, lasso(grid, lam), 0, name="L1")
    look.curve(axes, grid, [ridge([[1.0]], [one], 2 * lam)[0] for one in grid], 1, name="L2")
    words = []
    for series, (name, value) in enumerate((("L1", float(lasso([x], lam)[0])), ("L2", float(ridge([[1.0]], [x], 2 * lam)[0])))):
        look.points(axes, x, value, series, name=f"{name} here")
        words.append((f"{name}: {signed(x)} becomes {signed(value, '.3g')}", series))
    axes.set(xlim=(-4, 4), ylim=(-4, 4), xticks=[-4, -2, 0, 2, 4], yticks=[-2, 0, 2])
    look.key(below, words)
    return figure


Weights = Annotated[Vector, Size(3, 8), Range(-20, 20)]


@figure(
    "inverted_dropout",
    examples=[{"x": (2, -1, 3, 1), "mask": (1, 0, 1, 1), "p": 0.25}, {"x": (1, 2, 3), "mask": (0, 1, 0), "p": 0.5}],
)
def dropout(
    look: Look, *, x: Weights, mask: Annotated[Vector, Size(3, 8), Range(0, 1)], p: Annotated[float, Range(0, 0.95)]
) -> "Figure":
    """Activations before dropout (dashed) and after: some are zero, the survivors are larger, so that the mean stays right.

    Values from ``inverted_dropout``.
    """
    after = kernels.get("inverted_dropout")(x, mask, p).y
    figure, axes = look.axes(220, grid=False)
    for spot, (old, new) in enumerate(zip(x, after, strict=True)):
        look.box(axes, spot - 0.32, 0, 0.64, float(new), look.tint(0, 0.55), zorder=2, name=f"after-{spot}")
        look.box(axes, spot - 0.32, 0, 0.64, old, "none", edgecolor=look.quiet, linestyle=(0, (3, 2)), name=f"before-{spot}")
        tip = max(old, float(new), key=abs)
        look.beside(axes, (spot, tip), signed(float(new), ".3g"), towards=(0, 1 if tip >= 0 else -1), gap=4)
    axes.axhline(0, color=look.quiet, linewidth=1.1)
    low, high = min(0.0, *x, *map(float, after)), max(0.0, *x, *map(float, after))
    room = 0.16 * (high - low or 1)
    axes.set(xlim=(-0.6, len(x) - 0.4), ylim=(low - (room if low < 0 else 0), high + room), xticks=[], yticks=[])
    axes.set_title(f"p = {p:g}: survivors × {1 / (1 - p):.3g}", color=look.hues[0])
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure
