"""Figures of neural networks."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Range, figure
from generator.figures.style import Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure(
    "activation",
    examples=[{"kind": kind} for kind in ("tanh", "sigmoid", "relu", "gelu")] + [{"kind": "tanh", "x": 1.5}],
)
def activation(
    look: Look,
    *,
    kind: Literal["relu", "leaky_relu", "gelu", "silu", "sigmoid", "tanh"],
    x: Annotated[float, Range(-4, 4)] = 0.0,
) -> "Figure":
    """An activation function above its derivative, with one input marked on both; where it saturates the derivative is near 0.

    Values from ``activation``.
    """
    kernel, grid = kernels.get("activation"), np.unique(np.r_[np.linspace(-4, 4, 81), -1e-9, 1e-9])
    found, here = kernel(grid, kind), kernel([x], kind)
    figure, panels = look.panels(2, 1, 280, sharex=True)
    rows = ((found.y, here.y, kind.replace("_", " "), 0), (found.dy, here.dy, "its derivative", 1))
    for axes, (values, value, name, series) in zip(panels, rows, strict=True):
        look.curve(axes, grid, values, series, name=name)
        look.dress(axes)
        look.points(axes, x, float(value[0]), series, name=f"{name} here")
        axes.set_title(f"{name}: {signed(float(value[0]), '.3g')} at {signed(x)}", loc="left", color=look.hues[series])
        low, high = float(values.min()), float(values.max())
        axes.set(xlim=(-4.2, 4.2), ylim=(min(low, 0) - 0.06 * (high - low), high + 0.1 * (high - low)))
        axes.axhline(0, color=look.quiet, linewidth=1.0, zorder=2)
    return figure


@figure("gradient_chain_gain", "activation", examples=[{}, {"depth": 100, "weight_gain": 1.1}])
def gradient_depth(
    look: Look, *, depth: Annotated[int, Range(2, 200)] = 20, weight_gain: Annotated[float, Range(0.1, 3)] = 1.0
) -> "Figure":
    """How much of a gradient can be left after many layers, in powers of ten: it vanishes, is kept, or explodes.

    The slopes are the largest of each activation. Values from ``gradient_chain_gain`` and ``activation``.
    """
    layers = np.arange(depth + 1)
    figure, axes = look.axes(x="layers", y="log₁₀ of the bound")
    ends = []
    slopes: tuple[tuple[str, Literal["sigmoid", "relu"], float, float], ...] = (
        ("sigmoid", "sigmoid", 0.0, 1.0),
        ("ReLU", "relu", 1.0, 1.0),
        ("ReLU, gain ×1.3", "relu", 1.0, 1.3),
    )
    for series, (name, kind, at, factor) in zip((1, 0, 3), slopes, strict=True):
        slope = float(kernels.get("activation")([at], kind).dy[0])
        gains = [kernels.get("gradient_chain_gain")(slope, weight_gain * factor, int(layer)).log10_gain for layer in layers]
        look.curve(axes, layers, gains, series, name=name)
        ends.append((gains[-1], f"{name}\n{signed(gains[-1], '.3g')}", series))
    low, high = min(end for end, _, _ in ends), max(end for end, _, _ in ends)
    look.ends(axes, depth, ends, 0.24 * (max(high, 0) - min(low, 0) or 1))
    axes.set(xlim=(0, depth), ylim=(low - 0.12 * (high - low or 1), None))
    return figure


@figure("init_std", examples=[{}, {"fan_in": 50, "depth": 30}])
def init_scales(
    look: Look, *, fan_in: Annotated[int, Range(2, 10_000)] = 512, depth: Annotated[int, Range(2, 100)] = 20
) -> "Figure":
    """The spread of a signal through ReLU layers under three initial variances: LeCun's halves it each time, He's keeps it.

    In expectation each layer multiplies the mean square by fan_in Var(w) / 2. Values from ``init_std``.
    """
    layers = np.arange(depth + 1)
    figure, axes = look.axes(x="layers", y="log₁₀ of the mean square")
    ends = []
    he = kernels.get("init_std")(fan_in, fan_in, "he").var
    for series, (name, variance) in enumerate(
        (("He", he), ("LeCun", kernels.get("init_std")(fan_in, fan_in, "lecun").var), ("2 × He", 2 * he))
    ):
        squares = layers * np.log10(fan_in * variance / 2)
        look.curve(axes, layers, squares, series, name=name)
        ends.append((float(squares[-1]), name, series))
    look.ends(axes, depth, ends, 0.1 * (max(end for end, _, _ in ends) - min(end for end, _, _ in ends)))
    axes.set(xlim=(0, depth))
    return figure
