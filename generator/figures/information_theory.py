"""Figures of information theory."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Distribution = Annotated[Vector, Size(2, 6), Range(0, 1)]


@figure("entropy", examples=[{"p": 0.2}, {"p": 0.5}, {"p": 0.95}])
def coin_entropy(look: Look, *, p: Annotated[float, Range(0, 1)]) -> "Figure":
    """The entropy of a coin in bits over its bias, with one coin marked: 1 bit at one half, nothing at the ends.

    Values from ``entropy``.
    """
    kernel = kernels.get("entropy")
    grid = np.linspace(0, 1, 81)
    figure, axes = look.axes(x="P(heads)", y="bits")
    look.curve(axes, grid, [kernel([q, 1 - q], base=2) for q in grid], 0, name="entropy")
    here = kernel([p, 1 - p], base=2)
    axes.plot([p, p], [0, here], color=look.quiet, linewidth=1.1, linestyle=(0, (3, 3)), zorder=2)
    look.points(axes, p, here, 1, name="coin")
    inwards = (1, -0.3) if p < 0.4 else (-1, -0.3) if p > 0.6 else (0, -1)
    inwards = (inwards[0], 0.6) if here < 0.25 else inwards
    look.beside(
        axes,
        (p, here),
        f"{here:.3f} bits\nat {p:g}",
        1,
        towards=inwards,
        gap=14,
        bbox={"facecolor": look.page, "edgecolor": "none", "pad": 1},
    )
    axes.set(
        xlim=(0, 1), ylim=(0, 1.08), xticks=[0, 0.25, 0.5, 0.75, 1], xticklabels=["0", "0.25", "0.5", "0.75", "1"], yticks=[0.5, 1]
    )
    return figure


@figure(
    "entropy",
    "kl_divergence",
    "cross_entropy_dist",
    examples=[{"p": (0.5, 0.3, 0.2), "q": (0.25, 0.25, 0.5)}, {"p": (0.9, 0.1), "q": (0.5, 0.5)}],
)
def cross_entropy_split(look: Look, *, p: Distribution, q: Distribution) -> "Figure":
    """The cross-entropy of q under p, in bits, as the entropy of p and the divergence on top; below, the two distributions.

    Values from ``entropy``, ``kl_divergence`` and ``cross_entropy_dist``.
    """
    own, extra = kernels.get("entropy")(p, base=2), kernels.get("kl_divergence")(p, q, base=2)
    whole = kernels.get("cross_entropy_dist")(p, q, base=2)
    if not np.isfinite(whole):
        raise ValueError("q must not be 0 where p is not: the cross-entropy is infinite")
    figure, (above, below) = look.panels(2, 1, 280, height_ratios=[1.15, 1])
    above.set_axis_off()
    look.box(above, 0, 0, own, 1, look.tint(0, 0.35), name="entropy")
    look.box(above, own, 0, extra, 1, look.tint(1, 0.35), name="divergence", hatch="///", edgecolor=look.hues[1])
    look.beside(above, (0, 0), f"entropy {own:.3g}", 0, towards=(0, -1), gap=5, ha="left")
    look.beside(above, (whole, 0), f"+ divergence {extra:.3g}", 1, towards=(0, -1), gap=5, ha="right")
    above.plot([0, whole], [1.25, 1.25], color=look.ink, linewidth=1.1, marker="|", markersize=8, gid="cross-entropy")
    look.beside(above, (whole / 2, 1.25), f"cross-entropy {whole:.3g} bits", towards=(0, 1), gap=6)
    above.set(xlim=(-0.02 * whole, 1.02 * whole), ylim=(-0.75, 2.1))
    index = np.arange(len(p))
    look.dress(below, y="p (plain) and q (hatched)")
    look.bars(below, index - 0.19, p, 0, name="p", width=0.34, color=look.tint(0, 0.6))
    look.bars(below, index + 0.19, q, 1, name="q", width=0.34, color=look.tint(1, 0.3), hatch="///", edgecolor=look.hues[1])
    below.set(xticks=index, xticklabels=[str(i + 1) for i in index], ylim=(0, max(*p, *q) * 1.1))
    below.grid(False, axis="x")
    return figure
