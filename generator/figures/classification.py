"""Figures of classes and the borders between them."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import TEXT, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Radius = Annotated[float, Range(0.1, 10)]


@figure("quadratic_feature_map", examples=[{}, {"inner": 0.5, "outer": 2}])
def ring_lift(look: Look, *, inner: Radius = 1.0, outer: Radius = 2.0) -> "Figure":
    """Two rings that no line parts, and the same points by their squares, where one does: what a quadratic kernel sees.

    Values from ``quadratic_feature_map``.
    """
    if not inner < 0.9 * outer:
        raise ValueError(f"the inner ring must be smaller than the outer one, got {inner:g} and {outer:g}")
    figure, (plane, lifted) = look.panels(1, 2, 215)
    border = (inner**2 + outer**2) / 2
    for series, radius, count in ((1, inner, 12), (0, outer, 20)):
        turns = 2 * np.pi * (np.arange(count) + 0.3) / count
        radii = radius * (1 + 0.06 * np.cos(5 * np.arange(count)))
        points = radii[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        features = kernels.get("quadratic_feature_map")(points, 0)
        look.points(plane, points[:, 0], points[:, 1], series, name=f"ring-{series}", markersize=5.5)
        look.points(lifted, features[:, 0], features[:, 1], series, name=f"lifted-{series}", markersize=5.5, clip_on=False)
    look.bare(plane)
    turns = np.linspace(0, 2 * np.pi, 61)
    dash = (0, (5, 3))
    plane.plot(*(np.sqrt(border) * np.array([np.cos(turns), np.sin(turns)])), color=look.ink, linewidth=1.6, linestyle=dash)
    lifted.plot([0, border], [border, 0], color=look.ink, linewidth=1.6, linestyle=dash, gid="border")
    plane.set(xlim=(-1.15 * outer, 1.15 * outer), ylim=(-1.15 * outer, 1.15 * outer))
    near, far = -0.06 * outer**2, 1.2 * outer**2  # squares reach down to 0: room for their markers
    lifted.set(xlim=(near, far), ylim=(near, far), xticks=[], yticks=[], aspect="equal")
    look.dress(plane, title="x₁, x₂", grid=False)
    look.dress(lifted, title="x₁², x₂²", grid=False)
    return figure


@figure("mlp_forward", examples=[{}])
def xor(look: Look) -> "Figure":
    """Exclusive or: in the plane of the inputs no line parts the two classes, in that of two hidden ReLU units one does.

    The units are relu(x1 + x2) and relu(x1 + x2 − 1), the output is the first minus twice the second. Values from ``mlp_forward``.
    """
    figure, (plane, hidden) = look.panels(1, 2, 205)
    seen: dict[tuple[float, float], list[str]] = {}
    for x in ((0, 0), (0, 1), (1, 0), (1, 1)):
        net = kernels.get("mlp_forward")(x, [[1, 1], [1, 1]], [0, -1], [[1, -2]], [0])
        series = round(float(net.y[0]))
        look.points(plane, x[0], x[1], series, name=f"input-{x[0]}{x[1]}", markersize=10)
        look.points(hidden, net.h[0], net.h[1], series, name=f"hidden-{x[0]}{x[1]}", markersize=10)
        look.beside(plane, x, f"{series}", series, towards=(1, 1), gap=9)
        seen.setdefault((float(net.h[0]), float(net.h[1])), []).append(f"{x[0]}{x[1]}")
    for place, names in seen.items():
        look.beside(hidden, place, ", ".join(names), towards=(0, -1 if place == (1, 0) else 1), gap=9)
    hidden.plot([0.1, 2.3], [-0.2, 0.9], color=look.ink, linewidth=1.6, linestyle=(0, (5, 3)), gid="border")
    for axes, across, up in ((plane, "x₁", "x₂"), (hidden, "h₁", "h₂")):
        look.dress(axes, x=across, y=up)
    plane.set(xlim=(-0.35, 1.5), ylim=(-0.35, 1.5), xticks=[0, 1], yticks=[0, 1])
    hidden.set(xlim=(-0.45, 2.45), ylim=(-0.4, 1.5), xticks=[0, 1, 2], yticks=[0, 1])
    return figure


@figure(
    "softmax",
    examples=[
        {"W": ((1, 0), (-1, 1), (0, -1)), "b": (0, 0, 0.5)},
        {"W": ((2, 1), (-1, 1), (0, -2)), "b": (0.5, 0, 0), "x": (1, -1)},
    ],
)
def linear_regions(
    look: Look,
    *,
    W: Annotated[Matrix, Size(2, 3), Range(-10, 10)],
    b: Annotated[Vector, Size(2, 3), Range(-10, 10)],
    x: Annotated[Vector, Size(2, 2), Range(-3, 3)] = (0.0, 1.0),
) -> "Figure":
    """Where each class of a multiclass logistic regression wins: regions with straight borders, which meet in a point.

    Row i of ``W`` and entry i of ``b`` make the logit of class i; the cross is at x. Values from ``softmax``.
    """
    matrix, offsets = np.asarray(W), np.asarray(b)
    if matrix.shape != (3, 2) or len(offsets) != 3:
        raise ValueError("W has a row of 2 weights, and b an entry, for each of 3 classes")
    figure, axes = look.axes(280)
    side = np.linspace(-3, 3, 61)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    winner = np.argmax(kernels.get("softmax")(grid @ matrix.T + offsets), axis=-1)
    for series in range(3):
        inside = grid[winner == series]
        _border(look, axes, matrix, offsets, series)
        if len(inside) > 80:
            middle = inside[np.argmin(np.square(inside - inside.mean(axis=0)).sum(axis=1))]
            look.text(axes, middle, f"class {series + 1}", series, weight="bold", bbox=look.backing(), gid=f"class-{series}")
    axes.plot(*x, marker="x", color=look.ink, markersize=9, markeredgewidth=2.2, zorder=6, gid="x")
    axes.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[-2, 0, 2], yticks=[-2, 0, 2], aspect="equal")
    look.dress(axes)
    chances = kernels.get("softmax")(matrix @ x + offsets)
    words = f"at ({signed(x[0], '.2g')}, {signed(x[1], '.2g')}): {', '.join(f'{one:.2f}' for one in chances)}"
    figure.suptitle(words, fontsize=TEXT, gid="chances")
    return figure


def _border(look: Look, axes: "Axes", matrix: np.ndarray, offsets: np.ndarray, series: int) -> None:
    """The part of the line between this class and the next on which the third does not win."""
    other, third = (series + 1) % 3, (series + 2) % 3
    normal, level = matrix[series] - matrix[other], offsets[series] - offsets[other]
    if not normal.any():
        return
    foot = -level * normal / (normal @ normal)
    way = np.array([-normal[1], normal[0]]) / np.hypot(*normal)
    line = foot + np.linspace(-12, 12, 1201)[:, None] * way
    tied = line @ matrix[series] + offsets[series] >= line @ matrix[third] + offsets[third] - 1e-9
    ends = line[tied & (np.abs(line) <= 3).all(axis=1)]
    if len(ends):
        axes.plot(ends[[0, -1], 0], ends[[0, -1], 1], color=look.ink, linewidth=1.8, gid=f"border-{series}", zorder=2)
