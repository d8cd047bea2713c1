"""Figures of neural networks."""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption, link
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import THIN, WIDTH, Look
from generator.figures.wording import short, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    called = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "gelu": "GELU", "silu": "SiLU"}.get(kind, kind)
    rows = ((found.y, here.y, called, 0), (found.dy, here.dy, "its derivative", 1))
    for axes, (values, value, name, series) in zip(panels, rows, strict=True):
        look.curve(axes, grid, values, series, name=name)
        look.dress(axes)
        look.points(axes, x, float(value[0]), series, name=f"{name} here")
        axes.set_title(f"{name}: {signed(float(value[0]), '.3g')} at {signed(x)}", loc="left", color=look.hues[series])
        low, high = float(values.min()), float(values.max())
        axes.set(xlim=(-4.2, 4.2), ylim=(min(low, 0) - 0.06 * (high - low), high + 0.1 * (high - low)))
        axes.axhline(0, color=look.quiet, linewidth=1.0, zorder=2)
    return figure


@figure(
    "gradient_chain_gain",
    "activation",
    examples=[{}, {"depth": 100, "weight_gain": 1.1}, {"depth": 50, "along": "steps", "kept": "tanh", "growth": 1.1}],
)
def gradient_depth(
    look: Look,
    *,
    depth: Annotated[int, Range(2, 200)] = 20,
    weight_gain: Annotated[float, Range(0.1, 3)] = 1.0,
    growth: Annotated[float, Range(0.1, 3)] = 1.3,
    along: Literal["layers", "steps"] = "layers",
    kept: Literal["ReLU", "tanh"] = "ReLU",
) -> "Figure":
    """How much of a gradient can be left after many layers, in powers of ten: it vanishes, is kept, or explodes.

    The slopes are the largest of each activation: that of ``kept``, alone and with the weights times ``growth``, is 1. ``along``
    says what is counted: layers, or steps in time. Values from ``gradient_chain_gain`` and ``activation``.
    """
    layers = np.arange(depth + 1)
    figure, axes = look.axes(x=along, y="log₁₀ of the bound")
    ends = []
    steepest = 0.0 if kept == "tanh" else 1.0
    slopes = (
        ("sigmoid", "sigmoid", 0.0, 1.0),
        (kept, kept.lower(), steepest, 1.0),
        (f"{kept}, gain ×{growth:g}", kept.lower(), steepest, growth),
    )
    for series, (name, kind, at, factor) in zip((1, 0, 3), slopes, strict=True):
        slope = float(kernels.get("activation")([at], kind).dy[0])
        gains = [kernels.get("gradient_chain_gain")(slope, weight_gain * factor, int(layer)).log10_gain for layer in layers]
        look.curve(axes, layers, gains, series, name=name)
        ends.append((gains[-1], f"{name}\n{signed(gains[-1], '.3g')}", series))
    low, high = min(end for end, _, _ in ends), max(end for end, _, _ in ends)
    look.ends(axes, depth, ends, 0.24 * (max(high, 0) - min(low, 0) or 1))
    axes.set(xlim=(0, depth), ylim=(low - 0.12 * (high - low or 1), None))
    axes.locator_params(axis="y", integer=True)
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


Spots = list[tuple[float, float]]
Few = Annotated[Vector, Size(1, 3), Range(-100, 100)]
Weights = Annotated[Matrix, Size(1, 3), Range(-100, 100)]


@figure(
    "mlp_forward",
    "mlp_backward",
    examples=[
        {"x": (1, 2), "W1": ((0.5, -0.5), (0.5, 0.5)), "b1": (0, 0), "W2": ((1, 1),), "b2": (0,)},
        {
            "x": (1, -1),
            "W1": ((1, 2), (-1, 0.5), (0, 1)),
            "b1": (1.5, 0, 2),
            "W2": ((1, -1, 2),),
            "b2": (0.5,),
            "target": (2,),
            "gradients": "shown",
        },
    ],
)
def dense_network(
    look: Look,
    *,
    x: Few,
    W1: Weights,
    b1: Few,
    W2: Weights,
    b2: Few,
    target: Few = (0.0,),
    gradients: Literal["hidden", "shown"] = "hidden",
) -> "Figure":
    """A network of one hidden ReLU layer with its numbers on the nodes; dashed ways have negative weights, thick ones large.

    With the gradients of the squared error below each node: at the hidden layer and the output before the activation. Values from
    ``mlp_forward`` and ``mlp_backward``.
    """
    shown = gradients == "shown"
    goal = target if shown else (0.0,) * len(b2)
    forward, back = kernels.get("mlp_forward")(x, W1, b1, W2, b2), kernels.get("mlp_backward")(x, W1, b1, W2, b2, goal)
    layers = [("x", x, back.dx), ("h", forward.h, back.db1), ("y", forward.y, back.db2)]
    tall = max(len(values) for _, values, _ in layers)
    room = 84 if shown else 64
    figure, axes = board(look, 44 + room * tall + (24 if shown else 0))
    places = [
        [(52.0 + 118 * column, 40 + room * (tall / 2 + index - len(values) / 2 + 0.42)) for index in range(len(values))]
        for column, (_, values, _) in enumerate(layers)
    ]
    for weights, tails, heads in ((W1, places[0], places[1]), (W2, places[1], places[2])):
        _ways(look, axes, weights, tails, heads)
    for column, (name, values, slopes) in enumerate(layers):
        look.text(axes, (52 + 118 * column, 16), ("input x", "hidden h", "output y")[column], column)
        for index, (place, value, slope) in enumerate(zip(places[column], values, slopes, strict=True)):
            block(look, axes, place, (60, 30), signed(float(value), ".3g"), column, name=f"{name}-{index}")
            if shown:
                caption(look, axes, (place[0], place[1] + 26), f"∂ {signed(float(slope), '.3g')}", 3, gid=f"d{name}-{index}")
    if shown:
        look.text(axes, (WIDTH / 2, 46 + room * tall), f"squared error {back.loss:.3g}; ∂: its gradient", 3)
    return figure


def _ways(look: Look, axes: "Axes", weights: Matrix, tails: Spots, heads: Spots) -> None:
    """The connections of two layers."""
    largest = max((abs(weight) for row in weights for weight in row), default=1.0) or 1.0
    for row, head in zip(weights, heads, strict=True):
        for weight, tail in zip(row, tails, strict=True):
            dash = "-" if weight >= 0 else (0, (4, 2))
            colour, width = (look.quiet, 0.8 + 2.2 * abs(weight) / largest) if weight else (look.line, THIN)
            axes.plot([tail[0] + 30, head[0] - 30], [tail[1], head[1]], color=colour, linewidth=width, linestyle=dash, zorder=1)


@figure("matmul_shape_and_cost", examples=[{"batch": 32, "widths": (784, 128, 10)}, {"batch": 8, "widths": (4, 16, 16, 2)}])
def shape_chain(
    look: Look, *, batch: Annotated[int, Range(1, 9999)], widths: Annotated[Vector, Size(2, 4), Range(1, 99_999)]
) -> "Figure":
    """The shapes of a batch on its way through dense layers: each weight matrix takes the width that comes and gives the next.

    Values from ``matmul_shape_and_cost``.
    """
    if any(width != int(width) for width in widths):
        raise ValueError("widths are whole numbers")
    sizes = [int(width) for width in widths]
    figure, axes = board(look, 26 + 78 * len(sizes) - 26)
    shape = [batch, sizes[0]]
    block(look, axes, (88, 30), (120, 30), f"{shape[0]} × {shape[1]}", 0, name="x-0")
    look.beside(axes, (6, 30), "x", 0, gap=0, weight="bold")
    for index, (d, wide) in enumerate(pairwise(sizes), 1):
        y = 30 + 78 * index
        cost = kernels.get("matmul_shape_and_cost")(shape, (d, wide))
        shape = cost.shape
        link(look, axes, (88, y - 63), (88, y - 15))
        block(look, axes, (246, y - 39), (130, 30), f"W: {d} × {wide}", 1, name=f"W-{index}")
        link(look, axes, (181, y - 39), (90, y - 39), series=1)
        block(look, axes, (88, y), (120, 30), f"{shape[0]} × {shape[1]}", 0, name=f"x-{index}")
        look.beside(axes, (6, y), f"h{index}" if index < len(sizes) - 1 else "y", 0, gap=0, weight="bold")
        look.beside(axes, (181, y), f"{_count(cost.macs)} multiply-adds", color=look.quiet, gap=0)
    return figure


def _count(number: int) -> str:
    return f"{number:,}" if number < 1e6 else short(float(f"{number:.3g}"))


@figure("mlp_forward", examples=[{}, {"units": 12}])
def relu_fit(look: Look, *, units: Annotated[int, Range(1, 24)] = 6) -> "Figure":
    """A curve followed by a network of one hidden ReLU layer: each unit adds one kink, and more of them come closer.

    The kinks are spread evenly over one period of a sine. Values from ``mlp_forward``.
    """
    knots = np.arange(units) / units
    marks = np.sin(2 * np.pi * np.r_[knots, 1.0])
    slopes = np.diff(marks) * units
    out = np.diff(np.r_[0.0, slopes])[None, :]
    grid = np.unique(np.r_[np.linspace(0, 1, 97), knots])
    forward = kernels.get("mlp_forward")
    values = [float(forward([spot], np.ones((units, 1)), -knots, out, [0]).y[0]) for spot in grid]
    figure, axes = look.axes(235)
    look.curve(axes, grid, np.sin(2 * np.pi * grid), 1, name="target")
    look.curve(axes, grid, values, 0, name="network")
    look.points(axes, knots, marks[:-1], 0, name="kinks", markersize=6, clip_on=False)
    gap = float(np.abs(values - np.sin(2 * np.pi * grid)).max())
    axes.set_title(f"{units} ReLU unit{'s' if units > 1 else ''} (points: kinks), at most {gap:.2g} off", color=look.hues[0])
    axes.set(xlim=(0, 1), ylim=(-1.15, 1.15), xticks=[0, 0.5, 1], yticks=[-1, 0, 1])
    look.beside(axes, (0.5, 0), "target", 1, towards=(1, 1), gap=10)
    return figure
