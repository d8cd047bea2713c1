"""Figures of linear algebra."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import SMALL, TEXT, THIN, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Pair = Annotated[Vector, Size(2, 2), Range(-20, 20)]
Square = Annotated[Matrix, Size(2, 2), Range(-20, 20)]


def frame(axes: "Axes", corners: np.ndarray, margin: float = 0.14) -> float:
    """Equal axes around all corners; returns how long the longer side is."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    side = float(max(high - low)) or 1.0
    axes.set(xlim=(low[0] - margin * side, high[0] + margin * side), ylim=(low[1] - margin * side, high[1] + margin * side))
    return side


@figure("vector_projection", examples=[{"a": (2, 4), "b": (6, 2)}, {"a": (-3, 4), "b": (5, 0)}, {"a": (4, -5), "b": (-3, -4)}])
def projection(look: Look, *, a: Pair, b: Pair) -> "Figure":
    """The shadow of a on the line along b, and the rejection that stands on it at a right angle.

    Values from ``vector_projection``.
    """
    found = kernels.get("vector_projection")(a, b)
    head, foot, along = np.asarray(a), found.vector, np.asarray(b)
    figure, axes = look.axes(grid=False)
    look.bare(axes)
    side = frame(axes, np.array([np.zeros(2), head, foot, along]))
    unit = along / np.hypot(*along)
    axes.axline((0, 0), unit, color=look.line, linewidth=THIN, zorder=1)
    look.arrow(axes, (0, 0), along, None, name="b")
    look.arrow(axes, (0, 0), head, 0, name="a")
    look.arrow(axes, (0, 0), foot, 1, name="shadow")
    look.curve(axes, [foot[0], head[0]], [foot[1], head[1]], 2, name="rejection", linestyle=(0, (3, 2)))
    normal = np.array([-unit[1], unit[0]])
    across = normal if found.rejection @ normal >= 0 else -normal
    corner = 0.06 * side * np.array([across, across - np.sign(found.scalar or 1) * unit, -np.sign(found.scalar or 1) * unit])
    if np.hypot(*found.rejection) > 0.15 * side:
        axes.plot(*np.transpose(foot + corner), color=look.quiet, linewidth=THIN)
    look.beside(axes, head, "a", 0, towards=head / np.hypot(*head) + across if head.any() else across, weight="bold")
    look.beside(axes, along, "b", towards=-across, color=look.quiet, weight="bold")
    # Below the shadow, where it is clear of the name of b: on the longer side of the head of b.
    share = float(along @ foot) / float(foot @ foot or 1)
    spot = 0.5 if not 0.1 < share < 0.9 else 0.2 if share > 0.5 else 0.85
    look.beside(axes, foot * spot, "shadow", 1, towards=-across, gap=15 if abs(across[0]) <= 0.4 else 8)
    return figure


@figure("unit_normalize", examples=[{}, {"orders": (1, 3)}])
def unit_balls(look: Look, *, orders: Annotated[Vector, Size(1, 3), Range(1, 50)] = (1.0, 2.0, 4.0)) -> "Figure":
    """The vectors of length 1 under several p-norms, that of infinity outermost: the larger p, the larger the ball.

    Values from ``unit_normalize``.
    """
    figure, axes = look.axes(250, grid=False)
    look.bare(axes)
    axes.axline((0, 0), (1, 0), color=look.line, linewidth=THIN, zorder=1)
    axes.axline((0, 0), (0, 1), color=look.line, linewidth=THIN, zorder=1)
    turns = np.linspace(0, 2 * np.pi, 97)
    kernel = kernels.get("unit_normalize")
    wanted: list[tuple[float | str, str]] = [(p, f"p = {p:g}") for p in sorted(orders)]
    wanted.append(("inf", "p = ∞"))
    for series, (p, label) in enumerate(wanted):
        ring = np.array([kernel([np.cos(turn), np.sin(turn)], p) for turn in turns])
        look.curve(axes, ring[:, 0], ring[:, 1], series, name=label)
        spot = ring[12]
        height = 0.2 + 0.95 * series / max(len(wanted) - 1, 1)
        axes.plot([spot[0], 1.28], [spot[1], height], color=look.hues[series], linewidth=THIN, zorder=2)
        look.points(axes, spot[0], spot[1], series, marker="o", markersize=5)
        look.beside(axes, (1.28, height), label, series, gap=4)
    axes.set(xlim=(-1.15, 1.9), ylim=(-1.12, 1.28))
    return figure


@figure("pca_svd", examples=[{"long": 3, "short": 1, "angle": 30}, {"long": 2, "short": 1.5, "angle": 120}])
def principal_axes(
    look: Look,
    *,
    long: Annotated[float, Range(0.5, 10)],
    short: Annotated[float, Range(0.1, 10)],
    angle: Annotated[float, Range(-180, 180)],
) -> "Figure":
    """A cloud with its two principal directions, each as long as two standard deviations, and their shares of the variance.

    The cloud is a spiral of 60 points, stretched to the two standard deviations and turned. Values from ``pca_svd``.
    """
    index = np.arange(60) + 0.5
    disc = np.sqrt(index / 15)[:, None] * np.stack([np.cos(2.39996 * index), np.sin(2.39996 * index)], axis=1)
    turn = np.radians(angle)
    cloud = disc * [long, short] @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    found = kernels.get("pca_svd")(cloud, 2)
    figure, axes = look.axes(grid=False)
    look.bare(axes)
    look.points(
        axes, cloud[:, 0], cloud[:, 1], 0, name="cloud", color=look.tint(0, 0.55), markersize=5, markeredgewidth=0.5, zorder=2
    )
    centre = cloud.mean(axis=0)
    heads = [centre + 2 * np.sqrt(v) * c for v, c in zip(found.explained_variance, found.components, strict=True)]
    frame(axes, np.vstack([cloud, *heads]))
    for rank, (head, share) in enumerate(zip(heads, found.explained_ratio, strict=True)):
        look.arrow(axes, centre, head, rank + 1, name=f"component-{rank}")
        words = f"{rank + 1}: {share:.0%}"
        look.beside(axes, head, words, rank + 1, towards=head - centre, weight="bold", bbox=look.backing())
    return figure


@figure("condition_number", "pca_svd", examples=[{"A": ((3, 1), (1, 2))}, {"A": ((5, 4), (4, 5))}, {"A": ((0, 2), (-1, 0))}])
def condition_ellipse(look: Look, *, A: Square) -> "Figure":
    """What a matrix makes of the unit circle: an ellipse, its half axes are the singular values.

    Values from ``condition_number`` and ``pca_svd`` (uncentred, where the variances of two rows are the squared singular values).
    """
    matrix = np.asarray(A)
    kappa = kernels.get("condition_number")(A)
    if not np.isfinite(kappa):
        raise ValueError("A must be invertible: the ellipse of a singular matrix is a line")
    found = kernels.get("pca_svd")(A, 2, center=False)
    turns = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(turns), np.sin(turns)])
    figure, axes = look.axes(grid=False)
    look.bare(axes)
    image = matrix @ circle
    look.curve(axes, circle[0], circle[1], 1, name="circle")
    look.curve(axes, image[0], image[1], 0, name="image")
    frame(axes, np.vstack([image.T, circle.T]), 0.1)
    for rank, (variance, component) in enumerate(zip(found.explained_variance, found.components, strict=True)):
        head = matrix @ component
        look.arrow(axes, (0, 0), head, 2, name=f"axis-{rank}")
        words = f"σ = {np.sqrt(variance):.3g}"
        look.beside(axes, head, words, 2, towards=head, bbox=look.backing())
    axes.set_title(f"condition {kappa:.3g}", color=look.ink)
    return figure


@figure("affine_backward", examples=[{"g": (2, -1, 0.5), "x": (1, 3, -2, 0)}, {"g": (1, 2), "x": (3, -1)}])
def outer_product(
    look: Look, *, g: Annotated[Vector, Size(2, 4), Range(-50, 50)], x: Annotated[Vector, Size(2, 4), Range(-50, 50)]
) -> "Figure":
    """The gradient of a weight matrix as an outer product: the gradient at the output down, the input across.

    Values from ``affine_backward``.
    """
    gradient = kernels.get("affine_backward")(np.zeros((len(g), len(x))), x, g).dW
    figure, axes = look.axes(70 + 40 * len(g), grid=False)
    look.heat(axes, gradient, "g", name="dW")
    for row, value in enumerate(g):
        look.box(axes, -1.7, row - 0.42, 0.84, 0.84, "none", name=f"g-{row}")
        look.text(axes, (-1.28, row), signed(value), fontsize=11.5)
    for column, value in enumerate(x):
        look.box(axes, column - 0.42, -1.7, 0.84, 0.84, "none", name=f"x-{column}")
        look.text(axes, (column, -1.28), signed(value), fontsize=11.5)
    look.text(axes, (-1.28, -1.28), r"$g\,x^\top$", fontsize=13)
    look.beside(axes, (-1.7, (len(g) - 1) / 2), "g", 1, towards=(-1, 0), weight="bold")
    look.beside(axes, (len(x) - 0.58, -1.28), "x", 1, towards=(1, 0), weight="bold")
    axes.set(xlim=(-2.1, len(x) - 0.2), ylim=(len(g) - 0.4, -1.8))
    return figure


Width = Annotated[int, Range(2, 100_000)]


@figure(
    "low_rank_param_count",
    examples=[
        {"m": 400, "n": 600, "r": 40},
        {"m": 1000, "n": 200, "r": 10, "product": "exact", "called": "A, U, V", "counted": "numbers"},
    ],
)
def low_rank(
    look: Look,
    *,
    m: Width,
    n: Width,
    r: Annotated[int, Range(1, 10_000)],
    product: Literal["near", "exact"] = "near",
    called: Literal["W, B, A", "A, B, C", "A, U, V", "log X, U, V"] = "W, B, A",
    counted: Literal["parameters", "numbers"] = "parameters",
) -> "Figure":
    """A matrix beside its two thin factors, to scale, with the number of parameters of each side.

    ``product`` says whether the factors give the matrix itself, as they do if its rank is at most r; ``called`` and ``counted``,
    what the card calls the three, and their entries. Values from ``low_rank_param_count``.
    """
    whole, first, second = called.split(", ")
    found = kernels.get("low_rank_param_count")(m, n, r)
    figure, axes = look.axes(210, grid=False)
    look.bare(axes)
    unit = 1 / max(m, n)
    high, wide, thin = m * unit, n * unit, max(r * unit, 0.02)
    look.box(axes, 0, -high / 2, wide, high, look.tint(0, 0.3), name="W")
    look.box(axes, wide + 0.45, -high / 2, thin, high, look.tint(1, 0.45), name="B")
    look.box(axes, wide + 0.45 + thin + 0.2, -thin / 2, wide, thin, look.tint(1, 0.45), name="A")
    look.text(axes, (wide + 0.22, 0), "=" if product == "exact" else "≈", fontsize=18)
    right = 2 * wide + 0.65 + thin
    look.text(axes, (wide / 2, 0), whole, 0, weight="bold")
    look.beside(axes, (wide + 0.45 + thin / 2, high / 2), first, 1, towards=(0, 1), gap=4, weight="bold")
    look.beside(axes, (right - wide / 2, thin / 2), second, 1, towards=(0, 1), gap=4, weight="bold")
    low = -high / 2
    look.beside(axes, (wide / 2, low), f"{found.dense:,}\n{counted}", towards=(0, -1), gap=6)
    look.beside(
        axes, ((wide + 0.45 + right) / 2 + 0.12, low), f"{found.factored:,}\n{found.ratio:.3g} of them", towards=(0, -1), gap=6
    )
    axes.set(xlim=(-0.05, right + 0.05), ylim=(low - 0.02, high / 2 + 0.12))
    return figure


@figure("lp_norm", examples=[{"a": (3, 2)}, {"a": (3, 1), "b": (-1, 3)}])
def norm_paths(look: Look, *, a: Pair, b: Pair = (0.0, 0.0)) -> "Figure":
    """The straight way along a vector and the way along the axes, whose lengths are the 2-norm and the 1-norm; with b, a triangle.

    With b the ways a and b, one after the other, stand against a + b: no shorter. Values from ``lp_norm``.
    """
    norm = kernels.get("lp_norm")
    end, other = np.asarray(a), np.asarray(b)
    figure, axes = look.axes(235, grid=False)
    look.bare(axes)
    if other.any():
        whole = end + other
        frame(axes, np.array([np.zeros(2), end, whole]), 0.18)
        for tail, head, series, name in ((np.zeros(2), end, 0, "a"), (end, whole, 1, "b"), (np.zeros(2), whole, 2, "a + b")):
            look.arrow(axes, tail, head, series, name=name)
            away = (tail + head) / 2 - (end + whole) / 3
            look.beside(axes, (tail + head) / 2, name, series, towards=away, gap=8, bbox=look.backing())
        words = f"|a + b| = {norm(whole, 2):.3g} ≤ {norm(a, 2):.3g} + {norm(b, 2):.3g} = |a| + |b|"
    else:
        frame(axes, np.array([np.zeros(2), end]), 0.3)
        look.arrow(axes, (0, 0), end, 0, name="straight")
        look.curve(axes, [0, end[0], end[0]], [0, 0, end[1]], 1, name="blocks")
        low = -1 if end[1] >= 0 else 1
        look.beside(axes, (end[0] / 2, 0), signed(end[0]), 1, towards=(0, low))
        look.beside(axes, (end[0], end[1] / 2), signed(end[1]), 1, towards=(np.sign(end[0]) or 1, 0))
        words = f"straight {norm(a, 2):.3g} (2-norm), along the axes {norm(a, 1):.3g} (1-norm)"
    figure.suptitle(words, fontsize=TEXT)
    return figure


Entries = Annotated[Matrix, Size(1, 4), Range(-15, 15)]


@figure(
    "matmul_shape_and_cost",
    "dot_product",
    examples=[{"A": ((1, 2, 0), (3, -1, 2)), "B": ((2, 1), (0, 4), (-1, 1))}, {"A": ((1, 2), (0, 1)), "B": ((3,), (1,)), "row": 2}],
)
def matrix_product(
    look: Look,
    *,
    A: Entries,
    B: Entries,
    row: Annotated[int, Range(1, 4)] = 1,
    column: Annotated[int, Range(1, 4)] = 1,
) -> "Figure":
    """One entry of a matrix product as a row of the left factor times a column of the right one, which stands above the product.

    ``row`` and ``column`` count from 1. Values from ``matmul_shape_and_cost`` and ``dot_product``.
    """
    left, right = np.asarray(A), np.asarray(B)
    shape = kernels.get("matmul_shape_and_cost")(left.shape, right.shape).shape
    if row > shape[0] or column > shape[1]:
        raise ValueError(f"the product is {shape[0]} × {shape[1]}: there is no row {row}, column {column}")
    figure, axes = look.axes(60 + 34 * sum(shape[:1]) + 34 * len(B), grid=False)
    look.bare(axes, equal=False)
    wide, tall, depth = shape[1], shape[0], len(B)
    for name, matrix, x0, y0 in (("A", left, 0.0, depth + 0.4), ("B", right, depth + 0.4, 0.0)):
        for (i, j), value in np.ndenumerate(matrix):
            marked = (name == "A" and i == row - 1) or (name == "B" and j == column - 1)
            colour = look.shade(0 if name == "A" else 1, 0.6) if marked else look.panel
            look.box(axes, x0 + j, y0 + i, 0.94, 0.94, colour, name=f"{name}-{i}-{j}", linewidth=1.6 if marked else 0.6)
            look.text(axes, (x0 + j + 0.47, y0 + i + 0.47), signed(float(value), ".3g"), fontsize=SMALL)
    for (i, j), _ in np.ndenumerate(np.empty(shape)):
        value = kernels.get("dot_product")(left[i], right[:, j])
        here = (i, j) == (row - 1, column - 1)
        x, y, fill = depth + 0.4 + j, depth + 0.4 + i, look.shade(2, 0.7) if here else look.panel
        look.box(axes, x, y, 0.94, 0.94, fill, name=f"AB-{i}-{j}")
        look.text(axes, (x + 0.47, y + 0.47), signed(float(value), ".4g"), fontsize=SMALL, weight="bold" if here else "normal")
    pairs = zip(left[row - 1], right[:, column - 1], strict=True)
    terms = " + ".join(f"({signed(float(a), '.3g')})({signed(float(b), '.3g')})" for a, b in pairs)
    look.beside(axes, (depth / 2, depth + 0.3), "A", 0, towards=(0, 1), gap=4, weight="bold")
    look.beside(axes, (depth + 0.3, depth / 2), "B", 1, towards=(-1, 0), gap=4, weight="bold")
    axes.set(xlim=(-0.1, depth + wide + 0.5), ylim=(depth + tall + 0.5, -0.1))
    figure.supxlabel(terms if len(terms) < 46 else "row times column, entry by entry, summed", fontsize=SMALL)
    return figure
