"""Figures of regularization."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import TEXT, THIN, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("soft_threshold", "ridge_fit", examples=[{"lam": 1, "x": 2.5}, {"lam": 1.5, "x": -0.7}])
def shrinkage(look: Look, *, lam: Annotated[float, Range(0, 4)], x: Annotated[float, Range(-4, 4)]) -> "Figure":
    """What a penalty of strength lambda makes of a weight: L1 pulls by lambda and sets small ones to 0, L2 only scales.

    Half the squared distance to x, plus lambda times the size of the weight or half of lambda times its square. Values from
    ``soft_threshold``, and ``ridge_fit`` on one sample of 1.
    """
    grid = np.unique(np.r_[np.linspace(-4, 4, 41), -lam, lam])
    lasso, ridge = kernels.get("soft_threshold"), kernels.get("ridge_fit")
    figure, (axes, below) = look.panels(2, 1, 290, height_ratios=[3.5, 1])
    look.dress(axes, x="best value without a penalty", y=f"best value with one, λ = {lam:g}")
    axes.plot([-4, 4], [-4, 4], color=look.quiet, linewidth=THIN, linestyle=(0, (3, 3)), zorder=2, gid="unchanged")
    look.curve(axes, grid, lasso(grid, lam), 0, name="L1")
    look.curve(axes, grid, [ridge([[1.0]], [one], lam)[0] for one in grid], 1, name="L2")
    words = []
    for series, (name, value) in enumerate((("L1", float(lasso([x], lam)[0])), ("L2", float(ridge([[1.0]], [x], lam)[0])))):
        look.points(axes, x, value, series, name=f"{name} here")
        words.append((f"{name}: {signed(x)} becomes {signed(value, '.3g')}", series))
    axes.set(xlim=(-4, 4), ylim=(-4, 4), xticks=[-4, -2, 0, 2, 4], yticks=[-2, 0, 2, 4])
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


Pair = Annotated[Vector, Size(2, 2), Range(-20, 20)]


@figure("soft_threshold", "lp_norm", "ridge_fit", examples=[{"w": (3, 1)}, {"w": (-2, 1.5), "lam": 1}])
def sparse_corner(look: Look, *, w: Pair, lam: Annotated[float, Range(0.01, 20)] = 1.5) -> "Figure":
    """The circles of a loss around its minimum w touch the diamond of L1 at a corner, and the disc of L2 at no special place.

    Half the squared distance to w plus lambda times the 1-norm, or half of lambda times the squared 2-norm. Values from
    ``soft_threshold``, ``ridge_fit`` (with unit vectors as samples) and ``lp_norm``.
    """
    least = np.asarray(w)
    if np.hypot(*least) < 1e-6:
        raise ValueError("w must not be zero: there is nothing to shrink")
    lasso = np.asarray(kernels.get("soft_threshold")(w, lam))
    ridge = np.asarray(kernels.get("ridge_fit")(np.eye(2), w, lam))
    # Both panels show the same part of the plane: the circles, the regions and the axes, whole.
    sizes = [float(kernels.get("lp_norm")(found, order)) for found, order in ((lasso, 1), (ridge, 2))]
    reach = max(float(np.hypot(*(least - found))) for found in (lasso, ridge))
    low, high = _window((np.zeros(2), max(sizes)), (least, reach))
    figure, panels = look.panels(1, 2, min(300.0, 34 + 0.48 * WIDTH * float((high - low)[1] / (high - low)[0])))
    for axes, series, name, found, size in ((panels[0], 0, "L1", lasso, sizes[0]), (panels[1], 1, "L2", ridge, sizes[1])):
        look.bare(axes)
        for line in ((1, 0), (0, 1)):
            axes.axline((0, 0), line, color=look.line, linewidth=THIN, zorder=1)
        if name == "L1":
            corners = size * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]])
            axes.fill(corners[:, 0], corners[:, 1], facecolor=look.tint(series, 0.3), edgecolor=look.hues[series], linewidth=1.6)
        else:
            look.disc(axes, 0, 0, size, look.tint(series, 0.3), edgecolor=look.hues[series], linewidth=1.6, zorder=1)
        for share in (1.0, 0.55):
            across = 2 * share * float(np.hypot(*(least - found)))
            look.ellipse(axes, least, (across, across), 0, 3, linewidth=1.2, linestyle=(0, (4, 2)), gid=f"contour {name}")
        look.points(axes, found[0], found[1], 2, name=name, markersize=8)
        axes.plot(*least, marker="x", color=look.hues[3], markersize=8, markeredgewidth=2, zorder=6)
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        look.dress(axes, title=f"{name}: ({', '.join(signed(float(one), '.2g') for one in found)})", grid=False)
    return figure


def _window(*discs: tuple[np.ndarray, float | np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Two corners of a part of the plane that holds discs or boxes, each a centre and how far it reaches."""
    low = np.min([centre - reach for centre, reach in discs], axis=0)
    high = np.max([centre + reach for centre, reach in discs], axis=0)
    room = 0.04 * float(np.max(high - low))
    return low - room, high + room


@figure(
    "ridge_fit",
    "gaussian_prior_penalty",
    examples=[{}, {"X": ((1, 1), (1, -0.5), (0, 1)), "y": (3, 1, 1), "sigma": 1, "tau": 0.5}],
)
def prior_contours(
    look: Look,
    *,
    X: Annotated[Matrix, Size(2, 8), Range(-20, 20)] = ((2.0, 1.2), (0.4, 1.0)),
    y: Annotated[Vector, Size(2, 8), Range(-50, 50)] = (4.0, 2.0),
    sigma: Annotated[float, Range(0.05, 20)] = 1.0,
    tau: Annotated[float, Range(0.05, 20)] = 1.0,
) -> "Figure":
    """Ridge regression as a compromise: circles of a Gaussian prior, ellipses of the likelihood, and the weights in between.

    Noise of deviation sigma, a prior of deviation tau. Values from ``ridge_fit``, with and without the penalty that
    ``gaussian_prior_penalty`` says.
    """
    if len(X[0]) != 2 or len(X) != len(y):
        raise ValueError("X has 2 columns, and a row for each entry of y")
    penalty = kernels.get("gaussian_prior_penalty")(sigma, tau)
    fit = kernels.get("ridge_fit")
    best, mode = np.asarray(fit(X, y, 0)), np.asarray(fit(X, y, penalty))
    values, vectors = np.linalg.eigh(np.asarray(X).T @ np.asarray(X))
    level = float(np.hypot.reduce(np.asarray(X) @ (mode - best))) or 1.0
    halves = level / np.sqrt(values[::-1])
    if not halves[1] <= 20 * max(float(np.hypot(*best)), halves[0]):
        raise ValueError("the columns of X are too nearly the same: an ellipse of the likelihood is a line")
    angle = float(np.arctan2(vectors[1, 1], vectors[0, 1]))
    around = np.hypot(halves[0] * np.array([np.cos(angle), np.sin(angle)]), halves[1] * np.array([np.sin(angle), np.cos(angle)]))
    low, high = _window((np.zeros(2), float(np.hypot(*mode))), (best, around))
    figure, axes = look.axes(float(np.clip(40 + WIDTH * (high - low)[1] / (high - low)[0], 180, 300)), grid=False)
    look.bare(axes)
    for share in (0.5, 1.0):
        look.ellipse(axes, best, 2 * share * halves, float(np.degrees(angle)), 0, linewidth=1.4, gid="likelihood contour")
        radius = 2 * share * float(np.hypot(*mode))
        look.ellipse(axes, (0, 0), (radius, radius), 0, 1, linewidth=1.4, gid="prior contour")
    for name, place, series in (("prior", np.zeros(2), 1), ("likelihood", best, 0), ("both", mode, 2)):
        look.points(axes, place[0], place[1], series, name=name, markersize=8)
        away = {"prior": -best, "likelihood": best, "both": np.array([best[1], -best[0]])}[name]
        look.beside(axes, place, "ridge" if name == "both" else name, series, towards=away, gap=9, bbox=look.backing())
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    figure.suptitle(
        f"λ = σ²/τ² = {penalty:.3g}:  ({', '.join(signed(float(one), '.2g') for one in mode)})", fontsize=TEXT, color=look.hues[2]
    )
    return figure


@figure("inverted_dropout", examples=[{}, {"p": 0.25}])
def thinned_networks(look: Look, *, p: Annotated[float, Range(0.05, 0.9)] = 0.5) -> "Figure":
    """One layer under six dropout masks: each is another thinned network, and all share their weights.

    The masks are fixed, units of the same number; survivors show the value to which 1 grows. Values from ``inverted_dropout``.
    """
    figure, panels = look.panels(2, 3, 235)
    units = 4
    for index, axes in enumerate(panels):
        mask = [int((0.6180339887 * (5 * index + 3 * unit + 1)) % 1 >= p) for unit in range(units)]
        kept = np.asarray(kernels.get("inverted_dropout")(np.ones(units), mask, p).y)
        look.bare(axes, equal=False)
        spots = np.arange(units) - (units - 1) / 2
        for spot, value in zip(spots, kept, strict=True):
            for end in ((0.0, 2.0), (-1.0, 0.0), (1.0, 0.0)):
                if value:
                    axes.plot([spot, end[0]], [1, end[1]], color=look.quiet, linewidth=0.9, zorder=1)
            axes.plot(
                spot,
                1,
                marker="o",
                markersize=13,
                color=look.hues[0] if value else look.page,
                markeredgecolor=look.hues[0] if value else look.quiet,
                zorder=3,
                gid=f"unit-{index}" if value else f"dropped-{index}",
            )
        for place in ((0.0, 2.0), (-1.0, 0.0), (1.0, 0.0)):
            axes.plot(*place, marker="o", markersize=10, color=look.tint(1, 0.6), markeredgecolor=look.hues[1], zorder=3)
        axes.set(xlim=(-2.5, 2.5), ylim=(-0.35, 2.4))
    figure.suptitle(f"dropped: {p:.3g}; survivors times {1 / (1 - p):.3g}", fontsize=TEXT)
    return figure
