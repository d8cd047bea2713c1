"""Figures of clustering."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import WIDTH, Look
from generator.figures.wording import signed

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
                color=look.quiet,
                linewidth=0.8,
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
    grid = np.linspace(low - room, high + room, 161)
    figure, (axes, below) = look.panels(2, 1, 225 + 16 * len(variances), height_ratios=[9, 1 + len(variances)])
    look.dress(axes, x="x", y="share of the second Gaussian")
    words = []
    for series, variance in enumerate(variances):
        shares = [kernel([spot], [[low], [high]], variance, [0.5, 0.5])[1] for spot in grid]
        look.curve(axes, grid, shares, series, name=f"variance-{variance:g}")
        here = float(kernel([x], [[low], [high]], variance, [0.5, 0.5])[1])
        words.append((f"σ² = {variance:g}: {signed(here, '.2g')} at x = {signed(x)}", series))
    look.guide(axes, x=x)
    axes.set(xlim=(grid[0], grid[-1]), ylim=(-0.03, 1.03), yticks=[0, 0.5, 1], xticks=[low, high])
    axes.set_xticklabels([f"μ = {signed(low)}", f"μ = {signed(high)}"])
    look.key(below, words)
    return figure


BLOBS = tuple(
    (round(x + 0.8 * np.cos(2.4 * i) * np.sqrt(i / 5), 2), round(y + 0.8 * np.sin(2.4 * i) * np.sqrt(i / 5), 2))
    for x, y in ((0, 0), (6, 1), (3, 5))
    for i in range(5)
)
"""Three groups of five points."""


@figure(
    "kmeans_fit",
    "kmeans_pp_probabilities",
    "silhouette_score",
    examples=[{}, {"X": ((0, 0), (1, 0), (0, 1), (8, 8), (9, 8), (8, 9))}],
)
def elbow(look: Look, *, X: Points = BLOBS) -> "Figure":
    """How far points are from their centroids over the number of clusters, which always falls, and the silhouette, which peaks.

    Each start takes the points that lie farthest from the ones before, by ``kmeans_pp_probabilities``. Values from ``kmeans_fit``
    and ``silhouette_score``.
    """
    if len(set(X)) < 4:
        raise ValueError(f"X holds at least 4 different points, got {len(set(X))}")
    starts, costs, scores = [X[0]], [], []
    most = min(6, len(set(X)) - 1)
    for _ in range(most):
        fit = kernels.get("kmeans_fit")(X, starts, 100)
        costs.append(fit.wcss)
        if 1 < len(set(fit.labels)) < len(X):
            scores.append((len(starts), kernels.get("silhouette_score")(X, fit.labels).mean))
        starts.append(X[int(np.argmax(kernels.get("kmeans_pp_probabilities")(X, starts)))])
    figure, (above, below) = look.panels(2, 1, 280, sharex=True)
    look.dress(above, y="sum of squares")
    look.dress(below, y="silhouette", x="clusters")
    counts, values = [count for count, _ in scores], [score for _, score in scores]
    for axes, series, places, heights, name in (
        (above, 0, range(1, most + 1), costs, "squares"),
        (below, 1, counts, values, "score"),
    ):
        look.curve(axes, places, heights, series, name=name, linewidth=1.6)
        look.points(axes, places, heights, series, markersize=6, clip_on=False)
    above.set(ylim=(0, None), xlim=(0.8, most + 0.2))
    below.set(xticks=range(1, most + 1), ylim=(min(0, *values), 1))
    if scores:
        best = counts[int(np.argmax(values))]
        look.guide(below, x=best, name="best")
        look.guide(above, x=best)
        below.set_title(f"best: {best}", loc="right", color=look.hues[1])
    return figure


@figure(
    "kmeans_pp_probabilities",
    examples=[{"chosen": ((0, 0),)}, {"X": ((0, 0), (1, 1), (4, 0), (5, 5), (0, 4)), "chosen": ((0, 0), (5, 5))}],
)
def seeding(look: Look, *, chosen: Annotated[Matrix, Size(1, 4), Range(-100, 100)], X: Points = BLOBS) -> "Figure":
    """With which chance k-means++ takes each point as its next centre, as the area of its disc: far ones are favoured.

    Values from ``kmeans_pp_probabilities``.
    """
    points, centres = np.asarray(X), np.asarray(chosen)
    if points.shape[1] != 2 or centres.shape[1] != 2:
        raise ValueError("X and chosen are lists of points in the plane: [[0, 1], [2, 3]]")
    chances = kernels.get("kmeans_pp_probabilities")(X, chosen)
    # The view holds every disc and every mark, and no more: points on a line need a flat picture.
    side = float(np.ptp(np.vstack([points, centres]), axis=0).max()) or 1.0
    radii = 0.16 * side * np.sqrt(chances)
    reach = np.maximum(1.05 * radii, 0.05 * side)[:, None]
    everything = np.vstack([points - reach, points + reach, centres - 0.05 * side, centres + 0.05 * side])
    low, high = everything.min(axis=0), everything.max(axis=0)
    figure, axes = look.axes(_height(high - low, WIDTH), grid=False)
    look.bare(axes)
    for index, (point, radius) in enumerate(zip(points, radii, strict=True)):
        axes.plot(*point, marker=".", color=look.ink, markersize=4, zorder=5)
        # Small discs in front of large ones, so that none is hidden.
        look.disc(axes, point[0], point[1], radius, look.tint(0, 0.35), gid=f"chance-{index}", zorder=4 - radius / side)
    axes.plot(centres[:, 0], centres[:, 1], marker="x", linestyle="none", color=look.hues[1], markersize=10, markeredgewidth=2.4)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.set_title(f"most likely: {max(chances):.2g}; crosses: chosen")
    return figure


@figure(
    "kmeans_fit",
    examples=[
        {"X": ((0, 0), (0, 2), (6, 0), (6, 2)), "good": ((0, 1), (6, 1)), "bad": ((3, 0), (3, 2))},
        {"X": BLOBS, "good": ((0, 0), (6, 1), (3, 5)), "bad": ((0, 0), (0.5, 0.5), (4, 4))},
    ],
)
def local_optima(look: Look, *, X: Points, good: Centroids, bad: Centroids) -> "Figure":
    """K-means from two starts: both stand still in the end, but one has the larger sum of squares.

    Values from ``kmeans_fit``.
    """
    if {len(X[0]), len(good[0]), len(bad[0])} != {2}:
        raise ValueError("X, good and bad are lists of points in the plane: [[0, 1], [2, 3]]")
    points = np.asarray(X)
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.12 * float(max(high - low)) or 1.0
    figure, panels = look.panels(1, 2, _height(high - low + 2 * room, 0.48 * WIDTH))
    for axes, start, name in zip(panels, (good, bad), ("good", "bad"), strict=True):
        fit = kernels.get("kmeans_fit")(X, start, 100)
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.spines[:].set(visible=True, color=look.line)
        for series in range(len(start)):
            group = points[np.asarray(fit.labels) == series]
            look.points(axes, group[:, 0], group[:, 1], series, name=f"{name}-{series}", markersize=7)
            axes.plot(*fit.centroids[series], marker="x", color=look.hues[series], markersize=9, markeredgewidth=2.4, zorder=6)
        axes.set(xlim=(low[0] - room, high[0] + room), ylim=(low[1] - room, high[1] + room))
        look.dress(axes, title=f"squares {fit.wcss:.4g}", grid=False)
    return figure


def _height(extent: np.ndarray, across: float) -> float:
    """The height of a figure under whose title a part of the plane fills so much of the width, up to what a phone shows well."""
    return min(28 + across * float(extent[1] / extent[0]), 290.0)


@figure("kmeans_fit", examples=[{}, {"points": 40}])
def two_moons(look: Look, *, points: Annotated[int, Range(16, 60)] = 32) -> "Figure":
    """Two interlocking arcs and what k-means makes of them: it cuts straight between its centroids, through both.

    Values from ``kmeans_fit``.
    """
    half = points // 2
    turns = np.pi * np.arange(half) / (half - 1)
    moons = np.vstack([np.stack([np.cos(turns), np.sin(turns)], 1), np.stack([1 - np.cos(turns), 0.45 - np.sin(turns)], 1)])
    fit = kernels.get("kmeans_fit")(moons, [[-0.5, 0.5], [1.5, 0]], 100)
    figure, axes = look.axes(230, grid=False)
    look.bare(axes)
    for arc in (moons[:half], moons[half:]):
        axes.plot(arc[:, 0], arc[:, 1], color=look.line, linewidth=9, zorder=1, solid_capstyle="round")
    for series in (0, 1):
        group = moons[np.asarray(fit.labels) == series]
        look.points(axes, group[:, 0], group[:, 1], series, name=f"cluster-{series}", markersize=6.5)
        axes.plot(*fit.centroids[series], marker="x", color=look.hues[series], markersize=11, markeredgewidth=2.6, zorder=6)
    middle, way = fit.centroids.mean(axis=0), fit.centroids[1] - fit.centroids[0]
    across = np.array([-way[1], way[0]]) / np.hypot(*way)
    ends = np.array([middle - 0.9 * across, middle + 0.9 * across])
    axes.plot(ends[:, 0], ends[:, 1], color=look.ink, linewidth=1.6, linestyle=(0, (5, 3)), gid="border")
    axes.set(xlim=(-1.15, 2.15), ylim=(-0.8, 1.25))
    axes.set_title("bands: the true groups; crosses: centroids", color=look.quiet)
    return figure
