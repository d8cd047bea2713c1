"""Figures of single steps and of the landscapes they are taken in."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rate = Annotated[float, Range(1e-4, 10)]


@figure(
    "gradient_descent_1d_trace",
    examples=[{"w0": 4, "lr": 0.3}, {"w0": -3, "x": 2, "y": 2, "lr": 0.22, "steps": 4}],
)
def parabola_steps(
    look: Look,
    *,
    w0: Annotated[float, Range(-99, 99)],
    lr: Rate,
    x: Annotated[float, Range(-20, 20)] = 1.0,
    y: Annotated[float, Range(-99, 99)] = 0.0,
    steps: Annotated[int, Range(1, 8)] = 3,
) -> "Figure":
    """Steps of gradient descent on the squared error of one sample, a parabola over the weight, with the weights as numbers.

    The loss is (w x − y)². Values from ``gradient_descent_1d_trace``.
    """
    if not x:
        raise ValueError("x must not be 0: the loss would not depend on the weight")
    trace = kernels.get("gradient_descent_1d_trace")(w0, x, y, lr, steps)
    walk = np.array([w0, *(record.w for record in trace)])
    if np.abs(walk).max() > 20 * (1 + abs(w0)):
        raise ValueError(f"at lr = {lr:g} the steps run away: try less than {1 / x**2:.3g}")
    best = y / x
    loss = (walk * x - y) ** 2
    reach = 1.15 * (float(np.abs(walk - best).max()) or 1.0)
    grid = np.linspace(best - reach, best + reach, 81)
    figure, axes = look.axes(250, x="w")
    look.curve(axes, grid, (grid * x - y) ** 2, 3, name="loss", linestyle="-", linewidth=1.6)
    for index in range(steps):
        look.arrow(axes, (walk[index], loss[index]), (walk[index + 1], loss[index + 1]), 0, name=f"step-{index}", linewidth=1.6)
    look.points(axes, walk, loss, 1, name="weights", markersize=6.5, clip_on=False)
    listed = " → ".join(signed(round(float(one), 9), ".3g") for one in walk[: min(steps, 4) + 1])
    axes.set_ylabel("loss")
    axes.set_title(f"w: {listed}", color=look.hues[1], loc="right")
    axes.set(xlim=(grid[0], grid[-1]), ylim=(-0.04 * max(loss), 1.1 * (reach * x) ** 2))
    return figure


@figure("polynomial_gradient", examples=[{}, {"left": 0.1, "right": 0.7}])
def convexity_chord(
    look: Look, *, left: Annotated[float, Range(0, 1)] = 0.08, right: Annotated[float, Range(0, 1)] = 0.92
) -> "Figure":
    """A chord over a convex function lies above it everywhere, one over a bumpy function does not.

    ``left`` and ``right`` say where on the axis its ends are. Values from ``polynomial_gradient``.
    """
    if not left < right - 0.05:
        raise ValueError("left must be smaller than right")
    kernel = kernels.get("polynomial_gradient")
    figure, panels = look.panels(1, 2, 210)
    grid = np.linspace(-2, 2, 81)
    kinds = (
        ("convex", (0.4, 0.5, 0.1), ((0,), (2,), (1,)), 0),
        ("not convex", (1.6, -1.9, 0.55, 0.25), ((0,), (2,), (4,), (1,)), 1),
    )
    for axes, (name, coefficients, powers, series) in zip(panels, kinds, strict=True):

        def value(spot: float, terms: tuple[tuple[float, ...], tuple[tuple[int, ...], ...]] = (coefficients, powers)) -> float:
            return float(kernel(terms[0], terms[1], [spot]).value)

        heights = np.array([value(float(spot)) for spot in grid])
        look.curve(axes, grid, heights, series, name=name)
        ends = np.array([-2 + 4 * left, -2 + 4 * right])
        chord = np.array([value(float(end)) for end in ends])
        look.curve(axes, ends, chord, 2, name=f"{name} chord", linestyle="-", linewidth=1.6)
        look.points(axes, ends, chord, 2, markersize=7, clip_on=False)
        inside = (grid > ends[0]) & (grid < ends[1])
        over = bool(np.all(heights[inside] <= np.interp(grid[inside], ends, chord) + 1e-9))
        axes.set_title(f"{name}:\nchord {'above' if over else 'cut'}", color=look.hues[series])
        axes.set(xticks=[], yticks=[], ylim=(min(0, heights.min()) - 0.2, 1.08 * heights.max()))
    return figure


@figure("adam_step", examples=[{}, {"g": 0.01, "lr": 0.1}])
def adam_scale(look: Look, *, g: Annotated[float, Range(1e-4, 1e4)] = 10.0, lr: Rate = 0.01) -> "Figure":
    """How long the first step is over the size of the gradient, on log axes: SGD's grows with it, Adam's is the learning rate.

    Values from ``adam_step``; SGD's step is lr times g.
    """
    kernel = kernels.get("adam_step")

    def step(size: float) -> float:
        return abs(float(kernel(0, size, 0, 0, 1, lr).w))

    grid = np.geomspace(1e-4, 1e4, 33)
    figure, (axes, below) = look.panels(2, 1, 255, height_ratios=[4, 1])
    look.dress(axes, x="gradient", y="length of the step")
    look.curve(axes, grid, lr * grid, 1, name="sgd")
    look.curve(axes, grid, [step(float(size)) for size in grid], 0, name="adam")
    look.points(axes, g, lr * g, 1, name="sgd here")
    look.points(axes, g, step(g), 0, name="adam here")
    axes.set(xscale="log", yscale="log", xlim=(0.7e-4, 1.4e4), xticks=[1e-4, 1e-2, 1, 100, 1e4])
    axes.set_xticklabels(["10⁻⁴", "0.01", "1", "100", "10⁴"])
    axes.minorticks_off()
    axes.set_yticks([lr * 1e-3, lr, lr * 1e3], [signed(tick, ".3g") for tick in (lr * 1e-3, lr, lr * 1e3)])
    look.key(
        below, [(f"Adam: {signed(step(g), '.3g')} at a gradient of {signed(g, '.3g')}", 0), (f"SGD: {signed(lr * g, '.3g')}", 1)]
    )
    return figure


@figure("least_squares_gradient", examples=[{}, {"lr": 0.3, "steps": 20}])
def noisy_descent(
    look: Look, *, lr: Annotated[float, Range(0.01, 0.4)] = 0.15, steps: Annotated[int, Range(3, 40)] = 25
) -> "Figure":
    """Descent of two weights by the gradient of all samples, a smooth way, and by that of one sample at a time, a noisy one.

    Eight fixed samples of a line with errors, taken in turn. Values from ``least_squares_gradient``.
    """
    turns = 2 * np.pi * np.arange(8) * 0.6180339887
    X = np.stack([np.cos(turns), 0.8 * np.sin(turns)], axis=1) * 1.3
    y = X @ [1.5, -1.0] + 0.9 * np.cos(7 * turns + 1)
    kernel = kernels.get("least_squares_gradient")
    full, single = [np.array([-2.0, 1.5])], [np.array([-2.0, 1.5])]
    for step in range(steps):
        one = 3 * step % 8
        full.append(full[-1] - lr * kernel(X, full[-1], y, mean=True))
        single.append(single[-1] - lr * kernel(X[one : one + 1], single[-1], y[one : one + 1], mean=True))
    best = np.linalg.lstsq(X, y, rcond=None)[0]
    figure, (axes, below) = look.panels(2, 1, 300, height_ratios=[4.6, 1])
    look.bare(axes)
    values, vectors = np.linalg.eigh(X.T @ X / 8)
    angle = float(np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0])))
    for level in (0.5, 1.2, 2.1, 3.2):
        look.ellipse(
            axes, best, 2 * level / np.sqrt(values), angle, 0, edgecolor=look.quiet, linestyle="-", linewidth=0.7, zorder=1
        )
    for series, walk, name in ((1, np.array(single), "single"), (0, np.array(full), "full")):
        look.curve(axes, walk[:, 0], walk[:, 1], series, name=name, linestyle="-", linewidth=1.4)
        look.points(axes, walk[:, 0], walk[:, 1], series, markersize=4.5, markeredgewidth=0.6)
    axes.plot(*best, marker="+", color=look.ink, markersize=10, markeredgewidth=1.8, zorder=7, gid="best")
    axes.set(xlim=(-2.5, 3.2), ylim=(-2.4, 2.2))
    left = [float(np.hypot(*(walk[-1] - best))) for walk in (full, single)]
    look.key(below, [(f"all samples: {left[0]:.2g} away in the end", 0), (f"one at a time: {left[1]:.2g} away", 1)], points=True)
    return figure


@figure("quadratic_form_gradient", examples=[{}, {"curvatures": (3, -0.5)}])
def saddle(look: Look, *, curvatures: Annotated[Vector, Size(2, 2), Range(-10, 10)] = (1.0, -1.0)) -> "Figure":
    """The contours of a quadratic by its two curvatures, with downhill arrows: at a saddle they lead in along one axis and out.

    Dashed contours lie below the middle, the point. Values from ``quadratic_form_gradient``.
    """
    if 0 in curvatures:
        raise ValueError("a curvature of 0 leaves a trough without a lowest point")
    half = np.diag(curvatures) / 2
    gradient = kernels.get("quadratic_form_gradient")
    figure, axes = look.axes(262, grid=False)
    look.bare(axes)
    side = np.linspace(-2, 2, 61)
    across, up = np.meshgrid(side, side)
    heights = (curvatures[0] * across**2 + curvatures[1] * up**2) / 2
    top = float(np.abs(heights).max())
    levels = [share * top for share in (-0.6, -0.3, -0.1, 0.1, 0.3, 0.6)]
    dashes = ["--" if level < 0 else "-" for level in levels]
    axes.contour(across, up, heights, levels=levels, colors=look.quiet, linewidths=THIN, linestyles=dashes)
    for index, turn in enumerate(np.arange(8) * np.pi / 4):
        tail = 1.3 * np.array([np.cos(turn), np.sin(turn)])
        way = -np.asarray(gradient(half, tail))
        look.arrow(axes, tail, tail + 0.55 * way / np.hypot(*way), 0, name=f"down-{index}", linewidth=1.6)
    kinds = "minimum" if min(curvatures) > 0 else "maximum" if max(curvatures) < 0 else "saddle"
    look.points(axes, 0, 0, 1, name="middle")
    axes.set_title(f"curvatures {signed(curvatures[0])} across, {signed(curvatures[1])} up: {kinds}", color=look.ink)
    axes.set(xlim=(-2, 2), ylim=(-2, 2))
    return figure
