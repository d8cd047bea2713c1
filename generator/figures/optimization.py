"""Figures of optimization."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import DASHES, THIN, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

Rate = Annotated[float, Range(1e-6, 100)]


@figure(
    "sgd_momentum_step",
    "quadratic_form_gradient",
    examples=[{}, {"curvatures": (1, 20), "lr": 0.09, "beta": 0.5, "steps": 12}],
)
def momentum_valley(
    look: Look,
    *,
    curvatures: Annotated[Vector, Size(2, 2), Range(0.1, 100)] = (1.0, 16.0),
    lr: Rate = 0.1,
    beta: Annotated[float, Range(0, 0.99)] = 0.7,
    steps: Annotated[int, Range(2, 40)] = 15,
) -> "Figure":
    """Descent into a narrow valley, seen from above: plain steps zigzag between the walls, with momentum they even out.

    Values from ``sgd_momentum_step`` with gradients from ``quadratic_form_gradient``.
    """
    half = np.diag(curvatures) / 2
    figure, panels = look.panels(2, 1, 300, sharex=True)
    start = np.array([-4.0, 1.0])
    for series, (axes, memory) in enumerate(zip(panels, (0.0, beta), strict=True)):
        path, velocity = [start], np.zeros(2)
        for _ in range(steps):
            gradient = kernels.get("quadratic_form_gradient")(half, path[-1])
            velocity, moved = kernels.get("sgd_momentum_step")(path[-1], gradient, velocity, lr, memory).values()
            path.append(moved)
        walk = np.array(path)
        if np.abs(walk).max() > 50:
            raise ValueError(
                f"at lr = {lr:g} the steps leave the valley: at most {2 / max(curvatures):.3g} is safe without momentum"
            )
        for ring in (0.5, 1.0, 1.6, 2.3, 3.1):
            lengths = 2 * ring / np.sqrt(curvatures) * np.sqrt(curvatures[0]) * 1.6
            look.ellipse(axes, (0, 0), lengths, 0, 0, edgecolor=look.quiet, linestyle="-", linewidth=0.7, zorder=1)
        look.curve(axes, walk[:, 0], walk[:, 1], series, name=f"walk-{memory:g}", linestyle="-", linewidth=1.5)
        look.points(axes, walk[:, 0], walk[:, 1], series, markersize=4.5, markeredgewidth=0.6)
        axes.plot(0, 0, marker="+", color=look.ink, markersize=9, markeredgewidth=1.6, zorder=6)
        reach = 1.15 * max(1.0, float(np.abs(walk[:, 1]).max()))
        far = float(max(walk[:, 0].max() + 0.3, 0.8))
        axes.set(xlim=(-4.4, far), ylim=(-reach, reach), xticks=[], yticks=[])
        distance = float(np.hypot(*walk[-1]))
        title = f"{'momentum ' + format(memory, 'g') if memory else 'no momentum'}: {distance:.2g} away after {steps} steps"
        axes.set_title(title, color=look.hues[series])
        axes.spines[:].set_visible(False)
    return figure


@figure(
    "gradient_descent_1d_trace",
    "gd_quadratic_stability",
    examples=[{}, {"rates": (0.02, 0.4, 0.9, 1.02), "steps": 8}],
)
def learning_rates(
    look: Look,
    *,
    rates: Annotated[Vector, Size(2, 4), Range(1e-4, 10)] = (0.05, 0.35, 0.9, 1.05),
    steps: Annotated[int, Range(3, 20)] = 10,
) -> "Figure":
    """A weight over the steps at several learning rates, the minimum at 0: it creeps, converges, bounces or diverges.

    The loss is the square of the weight, from 1. Values from ``gradient_descent_1d_trace`` and ``gd_quadratic_stability``.
    """
    figure, (axes, below) = look.panels(2, 1, 250 + 14 * len(rates), height_ratios=[12, 1.2 + 1.1 * len(rates)])
    look.dress(axes, x="step", y="weight")
    words = []
    for series, rate in enumerate(rates):
        trace = kernels.get("gradient_descent_1d_trace")(1, 1, 0, rate, steps)
        weights = [1.0, *(record.w for record in trace)]
        look.curve(axes, range(steps + 1), weights, series, name=f"lr-{rate:g}", linewidth=1.5)
        look.points(axes, range(steps + 1), weights, series, markersize=5)
        found = kernels.get("gd_quadratic_stability")([2.0], rate)
        factor = float(found.factors[0])
        verdict = "diverges" if not found.converges else "bounces" if factor < 0 else "creeps" if factor > 0.8 else "converges"
        words.append((f"rate {rate:g}: {verdict} (factor {signed(factor, '.3g')})", series))
    axes.axhline(0, color=look.quiet, linewidth=1.0, zorder=2)
    low, high = axes.get_ylim()
    axes.set(ylim=(max(low, -3), min(high, 3)))
    axes.xaxis.set_major_locator(_whole())
    look.key(below, words)
    return figure


def _whole() -> "MaxNLocator":
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(6, integer=True)


@figure("warmup_lr", examples=[{}, {"warmup": 4000, "total": 40000, "peak": 0.001}])
def warmup(
    look: Look,
    *,
    warmup: Annotated[int, Range(1, 100_000)] = 200,
    total: Annotated[int, Range(10, 1_000_000)] = 2000,
    peak: Rate = 3e-4,
) -> "Figure":
    """Two schedules of the learning rate that begin with the same ramp: down along a cosine, and with the inverse root of the step.

    The second is scaled to the same peak. Values from ``warmup_lr``.
    """
    if warmup >= total:
        raise ValueError(f"warmup must be shorter than the {total} steps in all, got {warmup}")
    kernel, grid = kernels.get("warmup_lr"), np.unique(np.r_[np.linspace(1, total, 81), warmup].round().astype(int))
    cosine = [kernel(int(step), warmup, "linear_cosine", base_lr=peak, total=total) for step in grid]
    top = kernel(warmup, warmup, "noam", d_model=512)
    noam = [kernel(int(step), warmup, "noam", d_model=512) / top * peak for step in grid]
    figure, (axes, below) = look.panels(2, 1, 270, height_ratios=[4, 1])
    look.dress(axes, x="step", y="learning rate")
    look.curve(axes, grid, cosine, 0, name="cosine")
    look.curve(axes, grid, noam, 1, name="noam")
    look.guide(axes, x=warmup)
    look.beside(
        axes, (warmup, 1.1 * peak), f"warm-up ends at {warmup:,}", towards=(1 if warmup < total / 2 else -1, 0), color=look.quiet
    )
    axes.set(
        ylim=(0, 1.2 * peak), xlim=(0, total), yticks=[0, peak], yticklabels=["0", signed(peak)], xticks=[0, total // 2, total]
    )
    axes.xaxis.set_major_formatter("{x:,.0f}")
    look.key(below, [("then down a cosine", 0), ("then with the inverse root", 1)])
    return figure


@figure("clip_by_norm", "clip_by_value", examples=[{"g": (3, 4), "c": 2}, {"g": (-6, 2), "c": 4}])
def clipping(look: Look, *, g: Annotated[Vector, Size(2, 2), Range(-100, 100)], c: Annotated[float, Range(0.01, 100)]) -> "Figure":
    """A gradient shortened onto a ball of radius c, which keeps its direction, and clamped into a box, which turns it.

    Values from ``clip_by_norm`` and ``clip_by_value``.
    """
    figure, (axes, below) = look.panels(2, 1, 300, height_ratios=[4, 1])
    look.bare(axes)
    by_norm, by_value = kernels.get("clip_by_norm")(g, c), kernels.get("clip_by_value")(g, c)
    look.ellipse(axes, (0, 0), (2 * c, 2 * c), 0, 0, linewidth=THIN, linestyle="-")
    look.box(axes, -c, -c, 2 * c, 2 * c, "none", edgecolor=look.hues[1], linestyle=(0, (4, 3)))
    look.arrow(axes, (0, 0), g, None, name="g")
    look.arrow(axes, (0, 0), by_value.g, 1, name="value", linestyle=DASHES[1])
    look.arrow(axes, (0, 0), by_norm.g, 0, name="norm")
    look.beside(axes, g, "g", towards=g, gap=5, color=look.quiet, weight="bold")
    reach = [(-c, -c), (c, c), g]
    low, high = np.min(reach, axis=0), np.max(reach, axis=0)
    room = 0.08 * float(max(high - low))
    axes.set(xlim=(low[0] - room, high[0] + room), ylim=(low[1] - room, high[1] + room))
    words = [
        (f"by norm: ({_pair(by_norm.g)}), direction kept", 0),
        (f"by value: ({_pair(by_value.g)}), cosine {by_value.cos_with_original:.3g}", 1),
    ]
    look.key(below, words)
    return figure


def _pair(vector: np.ndarray) -> str:
    return ", ".join(signed(float(entry), ".2g") for entry in vector)
