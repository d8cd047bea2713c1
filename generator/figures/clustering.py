"""Figures of clustering."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import THIN, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Points = Annotated[Matrix, Size(2, 16), Range(-100, 100)]
Centroids = Annotated[Matrix, Size(2, 4), Range(-100, 100)]


@figure(
    "kmeans_step",
    examples=[
        {"X": ((1, 1), (2, 1), (1, 3), (6, 5), (7, 7), (5, 6)), "C": ((1, 2), (3, 4))},
        {"X": ((0, 0), (4, 1), (9, 9), (8, 6)), "C": ((0, 1), (5, 5), (9, 8))},
    ],
)
def kmeans_step(look: Look, *, X: Points, C: Centroids) -> "Figure":
    """One step of k-means: points take the marker of the nearest centroid, and each centroid (cross) moves to their mean.

    Values from ``kmeans_step``.
    """
    if len(X[0]) != 2 or len(C[0]) != 2:
        raise ValueError("X and C are lists of points in the plane: [[0, 1], [2, 3]]")
    found = kernels.get("kmeans_step")(X, C)
    points, old, new = np.asarray(X), np.asarray(C), np.asarray(found.centroids)
    figure, axes = look.axes(270, grid=False)
    look.bare(axes)
    for series in range(len(C)):
        group = points[np.asarray(found.labels) == series]
        for index, point in enumerate(group):
            axes.plot(
                [point[0], new[series][0]],
                [point[1], new[series][1]],
                color=look.line,
                linewidth=THIN,
                zorder=1,
                gid=f"spoke-{series}-{index}",
            )
        look.points(axes, group[:, 0], group[:, 1], series, name=f"cluster-{series}", markersize=8.5)
        if np.hypot(*(new[series] - old[series])) > 1e-9:
            look.arrow(axes, old[series], new[series], series, name=f"move-{series}")
        for place, width in ((old[series], 1.4), (new[series], 2.6)):
            axes.plot(*place, marker="x", color=look.hues[series], markersize=9, markeredgewidth=width, zorder=6)
    everything = np.vstack([points, old, new])
    low, high = everything.min(axis=0), everything.max(axis=0)
    room = 0.1 * float(max(high - low))
    axes.set(xlim=(low[0] - room, high[0] + room), ylim=(low[1] - room, high[1] + room))
    axes.set_title(f"squares: {found.wcss_assign:.3g} before the move, {found.wcss_update:.3g} after")
    return figure


@figure("gmm_responsibilities", examples=[{"means": (1, 5), "x": 2.5}, {"means": (0, 4), "variances": (0.2, 1, 5)}])
def soft_assignment(
    look: Look,
    *,
    means: Annotated[Vector, Size(2, 2), Range(-20, 20)],
    variances: Annotated[Vector, Size(2, 4), Range(0.01, 100)] = (0.1, 1.0, 4.0),
    x: Annotated[float, Range(-20, 20)] = 2.5,
) -> "Figure":
    """How much of a point belongs to the second of two equal Gaussians, over its place: a step as the variance falls, k-means.

    Values from ``gmm_responsibilities``.
    """
    low, high = sorted(means)
    if low == high:
        raise ValueError("means must differ")
    kernel, room = kernels.get("gmm_responsibilities"), 0.5 * (high - low)
    grid = np.linspace(low - room, high + room, 81)
    figure, (axes, below) = look.panels(2, 1, 225 + 16 * len(variances), height_ratios=[9, 1 + len(variances)])
    look.dress(axes, x="x", y="share of the second Gaussian")
    words = []
    for series, variance in enumerate(variances):
        shares = [kernel([spot], [[low], [high]], variance, [0.5, 0.5])[1] for spot in grid]
        look.curve(axes, grid, shares, series, name=f"variance-{variance:g}")
        here = float(kernel([x], [[low], [high]], variance, [0.5, 0.5])[1])
        words.append((f"σ² = {variance:g}: {here:.3g} at x = {x:g}", series))
    look.guide(axes, x=x)
    axes.set(xlim=(grid[0], grid[-1]), ylim=(-0.03, 1.03), yticks=[0, 0.5, 1], xticks=[low, high])
    axes.set_xticklabels([f"μ = {low:g}", f"μ = {high:g}"])
    look.key(below, words)
    return figure
