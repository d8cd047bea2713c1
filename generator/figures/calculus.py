"""Figures of calculus."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import THIN, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Small = Annotated[float, Range(-10, 10)]


@figure(
    "polynomial_gradient", examples=[{"coefficients": (0, 0, 1), "at": 1}, {"coefficients": (1, -2, 0, 0.5), "at": -1, "step": 1}]
)
def tangent(
    look: Look,
    *,
    coefficients: Annotated[Vector, Size(2, 5), Range(-20, 20)],
    at: Annotated[float, Range(-5, 5)],
    step: Annotated[float, Range(0.2, 5)] = 1.5,
) -> "Figure":
    """Secants of a polynomial over shorter and shorter steps, and the tangent that they turn into, with the slope of each.

    The coefficients begin with the constant. Values from ``polynomial_gradient``.
    """
    kernel, powers = kernels.get("polynomial_gradient"), [[k] for k in range(len(coefficients))]

    def value(x: float) -> float:
        return float(kernel(coefficients, powers, [x]).value)

    here, slope = value(at), float(kernel(coefficients, powers, [at]).grad[0])
    grid = np.linspace(at - 1.3 * step, at + 1.3 * step, 61)
    figure, (axes, below) = look.panels(2, 1, 270, height_ratios=[3.2, 1])
    look.dress(axes, y="f(x)")
    look.curve(axes, grid, [value(x) for x in grid], 0, name="f")
    for series, h in ((1, step), (3, step / 2)):
        rise = (value(at + h) - here) / h
        look.curve(axes, grid[[0, -1]], here + rise * (grid[[0, -1]] - at), series, name=f"secant-{h:g}", linewidth=THIN + 0.3)
        look.points(axes, at + h, value(at + h), series)
    look.curve(axes, grid[[0, -1]], here + slope * (grid[[0, -1]] - at), 2, name="tangent")
    look.points(axes, at, here, 2, name="point")
    words = [(f"secant over {h:g}: slope {(value(at + h) - here) / h:.3g}", series) for series, h in ((1, step), (3, step / 2))]
    look.key(below, [(line.replace("-", "−"), series) for line, series in (*words, (f"tangent: slope {slope:.3g}", 2))])
    return figure


@figure("quadratic_form_gradient", examples=[{"A": ((1, 0), (0, 3))}, {"A": ((2, 1), (1, 2))}, {"A": ((1, 0), (0, -1))}])
def gradient_field(look: Look, *, A: Annotated[Matrix, Size(2, 2), Range(-20, 20)]) -> "Figure":
    """Contours of the quadratic form of A with its gradients: they stand at right angles on the contours and point uphill.

    Values from ``quadratic_form_gradient``; the heights are half the product with the point (Euler's rule for a form of degree 2).
    """
    kernel = kernels.get("quadratic_form_gradient")
    line = np.linspace(-2, 2, 33)
    height = np.array([[np.dot(kernel(A, [x, y]), [x, y]) / 2 for x in line] for y in line])
    figure, axes = look.axes(270, x="$w_1$", y="$w_2$", grid=False)
    steps = float(np.abs(height).max() or 1) * np.array([0.04, 0.13, 0.27, 0.45, 0.7])
    levels = [level for level in (*-steps[::-1], *steps) if height.min() < level < height.max()]
    axes.contour(line, line, height, levels=levels, colors=look.hues[0], linewidths=THIN, negative_linestyles="dashed")
    spots = [
        np.array([r * np.cos(t), r * np.sin(t)]) for r, t in zip(np.tile([1.0, 1.6], 5), np.linspace(0.3, 6.0, 10), strict=True)
    ]
    gradients = [kernel(A, spot) for spot in spots]
    longest = max(float(np.hypot(*g)) for g in gradients) or 1.0
    for index, (spot, gradient) in enumerate(zip(spots, gradients, strict=True)):
        look.arrow(axes, spot, spot + 0.75 * gradient / longest, 1, name=f"gradient-{index}", linewidth=1.6)
    axes.set(xlim=(-2, 2), ylim=(-2, 2), xticks=[-1, 0, 1], yticks=[-1, 0, 1], aspect="equal")
    return figure


@figure(
    "mlp_backward",
    "mlp_forward",
    examples=[
        {"x": 2, "w1": 0.5, "b1": 1, "w2": -1.5, "b2": 0.5, "target": 1},
        {"x": 1, "w1": -2, "b1": 0.5, "w2": 3, "b2": 1, "target": 0},
    ],
)
def chain_graph(look: Look, *, x: Small, w1: Small, b1: Small, w2: Small, b2: Small, target: Small) -> "Figure":
    """The chain x, z, h, y, L of a network with one hidden unit: values above the nodes, local slopes between, gradients below.

    Loss is half the squared error. Values from ``mlp_forward`` and ``mlp_backward``.
    """
    forward = kernels.get("mlp_forward")([x], [[w1]], [b1], [[w2]], [b2])
    back = kernels.get("mlp_backward")([x], [[w1]], [b1], [[w2]], [b2], [target], loss="half_sse")
    dy, dz, dx = float(back.db2[0]), float(back.db1[0]), float(back.dx[0])
    values = [x, float(forward.z1[0]), float(forward.h[0]), float(forward.y[0]), float(back.loss)]
    gradients = [dx, dz, dy * w2, dy, 1.0]
    slopes = [("·w₁", w1), ("ReLU", 1.0 if values[1] > 0 else 0.0), ("·w₂", w2), ("loss", dy)]
    figure, axes = look.axes(170, grid=False)
    look.bare(axes)
    for index, name in enumerate("xzhyL"):
        look.disc(axes, index, 0, 0.19, look.tint(0, 0.2), edgecolor=look.hues[0])
        look.text(axes, (index, 0), name, style="italic")
        look.text(axes, (index, 0.36), f"{values[index]:.3g}".replace("-", "−"), gid=f"value-{name}")
        look.text(axes, (index, -0.42), f"{gradients[index]:.3g}".replace("-", "−"), 1, gid=f"gradient-{name}")
    for index, (word, slope) in enumerate(slopes):
        look.arrow(axes, (index + 0.2, 0), (index + 0.8, 0), None)
        look.arrow(axes, (index + 0.72, -0.42), (index + 0.28, -0.42), None)
        look.text(axes, (index + 0.5, 0.17), word, fontsize=11.5, color=look.quiet)
        look.text(axes, (index + 0.5, -0.66), f"×{slope:.3g}".replace("-", "−"), 1, fontsize=11.5, gid=f"slope-{index}")
    look.text(axes, (-0.2, 0.66), "values, forward", ha="left")
    look.text(axes, (-0.2, -0.95), "gradients of L, backward", 1, ha="left")
    axes.set(xlim=(-0.32, 4.32), ylim=(-1.05, 0.78))
    return figure
