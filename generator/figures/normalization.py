"""Figures of normalization."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import SMALL, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@figure("batchnorm_train", "layer_norm", examples=[{"x": ((1, 2, 6), (3, 8, 4), (5, 5, 2))}, {"x": ((0, 9, 3), (4, 1, 7))}])
def norm_axes(look: Look, *, x: Annotated[Matrix, Size(2, 3), Range(-100, 100)]) -> "Figure":
    """The same batch (rows) of features (columns) after both norms: batch norm makes columns sum to zero, layer norm rows.

    Values from ``batchnorm_train`` and ``layer_norm``.
    """
    matrix = np.asarray(x)
    rows, columns = matrix.shape
    ones, zeros = np.ones(columns), np.zeros(columns)
    batch = kernels.get("batchnorm_train")(x, ones, zeros, zeros, ones).y
    layer = kernels.get("layer_norm")(x, ones, zeros)
    figure, panels = look.panels(1, 2, 95 + 38 * rows)
    for axes, name, values in zip(panels, ("batch norm", "layer norm"), (batch, layer), strict=True):
        look.heat(axes, values, ".1f", name=name)
        down = name == "batch norm"
        series = 1 if down else 2
        for index in range(columns if down else rows):
            corner, size = ((index - 0.46, -0.46), (0.92, rows - 0.08)) if down else ((-0.46, index - 0.46), (columns - 0.08, 0.92))
            look.box(axes, corner[0], corner[1], size[0], size[1], "none", edgecolor=look.hues[series], linewidth=2, zorder=5)
        look.dress(axes, title=name, grid=False)
    panels[0].set_xlabel("over the batch:\neach column sums to 0", color=look.hues[1])
    panels[1].set_xlabel("over the features:\neach row sums to 0", color=look.hues[2])
    panels[0].set_ylabel("examples")
    return figure


@figure("layer_norm", "rms_norm", examples=[{"x": (1, 5, 7)}, {"x": (-3, 1, 3, 9)}])
def layer_or_rms(look: Look, *, x: Annotated[Vector, Size(2, 6), Range(-100, 100)]) -> "Figure":
    """A vector, its layer norm and its RMS norm: the second scales only, so its mean (the triangle) does not become 0.

    Values from ``layer_norm`` and ``rms_norm``.
    """
    ones = np.ones(len(x))
    rows = [
        ("x", np.asarray(x), 3),
        ("layer norm", kernels.get("layer_norm")(x, ones, 0 * ones), 0),
        ("RMS norm", kernels.get("rms_norm")(x, ones), 1),
    ]
    figure, panels = look.panels(3, 1, 310)
    for axes, (name, values, series) in zip(panels, rows, strict=True):
        _bars(look, axes, values, name, series)
    return figure


def _bars(look: Look, axes: "Axes", values: np.ndarray, name: str, series: int) -> None:
    look.bars(axes, range(len(values)), values, series, name=name, color=look.tint(series, 0.6), width=0.55)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.42 * (high - low or 1)
    for spot, value in enumerate(values):
        look.beside(
            axes, (spot, float(value)), signed(float(value), ".3g"), towards=(0, 1 if value >= 0 else -1), gap=3, fontsize=11.5
        )
    mean = float(values.mean())
    axes.plot(-0.5, mean, marker=">", color=look.ink, markersize=8, zorder=4, gid=f"{name} mean")
    axes.set_title(f"{name}: mean {signed(round(mean, 9) + 0.0, '.3g')}", loc="left", color=look.hues[series])
    axes.axhline(0, color=look.quiet, linewidth=1.0)
    axes.set(xticks=[], yticks=[], xlim=(-0.6, len(values) - 0.5), ylim=(low - (room if low < 0 else 0), high + room))
    axes.spines[["left", "bottom"]].set_visible(False)


@figure(
    "batchnorm_train",
    "batchnorm_eval",
    examples=[{"x": (1, 3, 8)}, {"x": (-2, 0, 1, 5), "running_mean": 1, "running_var": 4, "momentum": 0.5}],
)
def norm_phases(
    look: Look,
    *,
    x: Annotated[Vector, Size(2, 4), Range(-50, 50)],
    running_mean: Annotated[float, Range(-49, 49)] = 0.0,
    running_var: Annotated[float, Range(0, 999)] = 1.0,
    momentum: Annotated[float, Range(0, 1)] = 0.1,
) -> "Figure":
    """One channel through batch norm in training, by the batch's own statistics, and afterwards, by the stored ones.

    Values from ``batchnorm_train`` and ``batchnorm_eval``.
    """
    column = [[one] for one in x]
    train = kernels.get("batchnorm_train")(column, [1], [0], [running_mean], [running_var], momentum)
    later = kernels.get("batchnorm_eval")(column, [1], [0], [running_mean], [running_var])
    figure, axes = board(look, 246)
    columns = (
        (88, "training", 0, float(train.mean[0]), float(train.var_biased[0]), train.y, "of the batch"),
        (WIDTH - 88, "evaluation", 1, running_mean, running_var, later, "stored"),
    )
    for middle, title, series, mean, variance, out, whose in columns:
        look.text(axes, (middle, 14), title, series, weight="bold")
        block(look, axes, (middle, 48), (152, 26), "  ".join(signed(one, ".3g") for one in x), None, name=f"{title}-x")
        link(look, axes, (middle, 61), (middle, 80))
        words = f"{whose}:\nmean {signed(mean, '.3g')}\nvariance {variance:.3g}"
        block(look, axes, (middle, 106), (152, 52), words, series, name=f"{title}-statistics")
        link(look, axes, (middle, 132), (middle, 151))
        form = ".1f" if float(np.abs(out).max()) < 9.95 else ".0f"
        after = "  ".join(signed(float(one), form) for one in out[:, 0])
        block(look, axes, (middle, 164), (152, 26), after, None, name=f"{title}-y")
    look.text(axes, (WIDTH / 2, 196), f"stored after this step, at momentum {momentum:g}:", color=look.quiet, fontsize=SMALL)
    new = f"mean {signed(float(train.running_mean[0]), '.3g')}, variance {float(train.running_var[0]):.3g} (unbiased)"
    block(look, axes, (WIDTH / 2, 224), (270, 28), new, 2, name="stored")
    return figure


@figure(examples=[{}])
def norm_groups(look: Look) -> "Figure":
    """Which numbers share a mean and a variance, in batch, layer, instance and group norm: examples down, channels across.

    Each tile is a picture of one channel of one example. No kernel: the values are only which tiles belong together.
    """
    figure, panels = look.panels(2, 2, 300)
    rows, columns = 4, 6
    kinds = (
        ("batch norm", 0, (0, 2, 1, rows), "over examples"),
        ("layer norm", 1, (0, 1, columns, 1), "over channels"),
        ("instance norm", 2, (2, 1, 1, 1), "over neither"),
        ("group norm", 3, (0, 1, 3, 1), "over some channels"),
    )
    for axes, (name, series, (left, top, across, down), words) in zip(panels, kinds, strict=True):
        top = 0 if name == "batch norm" else top
        look.bare(axes)
        for row in range(rows):
            for column in range(columns):
                inside = left <= column < left + across and top <= row < top + down
                colour = look.tint(series, 0.75) if inside else look.panel
                look.box(axes, column, row, 1, 1, colour, name=f"{name}-in" if inside else "", edgecolor=look.page, linewidth=1.5)
        look.box(axes, left, top, across, down, "none", edgecolor=look.hues[series], linewidth=2.2, zorder=5)
        axes.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1))
        look.dress(axes, title=f"{name}\n{words}", grid=False)
        axes.title.set_color(look.hues[series])
    return figure


@figure(
    "layer_norm",
    "layer_norm_backward",
    examples=[{"x": (1, 2, 3, 6), "grad": (0.5, -1, 2, 0.25)}, {"x": (-1, 0, 1), "grad": (1, 1, 0)}],
)
def norm_gradient(
    look: Look,
    *,
    x: Annotated[Vector, Size(2, 5), Range(-99, 99)],
    grad: Annotated[Vector, Size(2, 5), Range(-99, 99)],
) -> "Figure":
    """What layer norm does to a gradient: its mean is taken away, then what points along the output; the rest is divided by s.

    Values from ``layer_norm_backward`` and ``layer_norm``; the rows in between are the terms of its formula.
    """
    if len(x) != len(grad):
        raise ValueError(f"x and grad must be as long, got {len(x)} and {len(grad)}")
    ones, g = np.ones(len(x)), np.asarray(grad)
    hat = np.asarray(kernels.get("layer_norm")(x, ones, 0 * ones))
    dx = np.asarray(kernels.get("layer_norm_backward")(x, ones, grad).dx)
    centred = g - g.mean()
    rows = [
        ("g, from above", g, 3),
        ("minus its mean", centred, 2),
        ("minus its part along x̂", centred - hat * (hat @ g) / len(g), 1),
    ]
    figure, panels = look.panels(4, 1, 380)
    for axes, (name, values, series) in zip(panels, [*rows, ("over s: ∂L/∂x", dx, 0)], strict=True):
        look.bars(axes, range(len(values)), values, series, name=name, color=look.tint(series, 0.6), width=0.55)
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        room = 0.6 * (high - low or 1)
        for spot, value in enumerate(values):
            look.beside(axes, (spot, float(value)), signed(float(value), ".2f"), towards=(0, 1 if value >= 0 else -1), gap=3)
        axes.set_title(name, loc="left", color=look.hues[series])
        axes.axhline(0, color=look.quiet, linewidth=1.0)
        axes.set(xticks=[], yticks=[], xlim=(-0.6, len(values) - 0.4), ylim=(low - (room if low < 0 else 0), high + room))
        axes.spines[["left", "bottom"]].set_visible(False)
    return figure


@figure("layer_norm", "rms_norm", examples=[{"x": (-1, 0, 1)}, {"x": (1, 5, 3, -2), "shift": 1}])
def mean_left_in(
    look: Look, *, x: Annotated[Vector, Size(2, 6), Range(-99, 99)], shift: Annotated[float, Range(-20, 20)] = 2.0
) -> "Figure":
    """How far layer norm and RMS norm are apart when a number is added to all features: not at all only at mean zero.

    Values from ``layer_norm`` and ``rms_norm``.
    """
    centred = np.asarray(x) - np.mean(x)
    if not centred.any():
        raise ValueError("x must not be all the same number")
    ones = np.ones(len(x))
    most = max(4 * float(np.std(centred)), 1.2 * abs(shift))

    def apart(mean: float) -> float:
        layer, rms = kernels.get("layer_norm")(centred + mean, ones, 0 * ones), kernels.get("rms_norm")(centred + mean, ones)
        return float(np.hypot.reduce(np.asarray(layer) - np.asarray(rms)))

    grid = np.linspace(-most, most, 81)
    figure, axes = look.axes(220, x="mean of the features", y="distance of the two norms")
    look.curve(axes, grid, [apart(float(mean)) for mean in grid], 0, name="distance")
    look.points(axes, shift, apart(shift), 1, name="here")
    axes.set_title(f"{apart(shift):.3g} at {signed(shift, '.3g')}", loc="right", color=look.hues[1])
    axes.set(xlim=(-most, most), ylim=(-0.04 * axes.get_ylim()[1], None))
    return figure


@figure(examples=[{}])
def norm_placement(look: Look) -> "Figure":
    """Where the norm stands in a transformer block: after the sum in post-LN, inside the branch in pre-LN, whose skip stays free.

    No kernel: it is the order of the operations, and there are no values.
    """
    figure, axes = board(look, 310)
    orders = (
        (92, "post-LN", ("attention", "+", "norm", "MLP", "+", "norm")),
        (WIDTH - 84, "pre-LN", ("norm", "attention", "+", "norm", "MLP", "+")),
    )
    for middle, title, parts in orders:
        series = 0 if title == "post-LN" else 1
        look.text(axes, (middle, 12), title, series, weight="bold")
        look.text(axes, (middle, 300), "x")
        y, skip = 274.0, 288.0
        link(look, axes, (middle, 292), (middle, y))
        for part in parts:
            if part == "+":
                look.disc(axes, middle, y - 12, 9, look.page, zorder=4)
                look.text(axes, (middle, y - 12), "+", zorder=7)
                link(look, axes, (middle, skip), (middle - 62, skip), (middle - 62, y - 12), (middle - 9, y - 12), series=series)
                bottom = y - 21
            else:
                fill = 2 if part == "norm" else None
                block(look, axes, (middle, y - 13), (90, 26), part, fill, name=f"{title}-{part}")
                bottom = y - 26
            if part == ("norm" if title == "post-LN" else "+"):
                skip = bottom - 5  # the stream that the next branch is added to
            y = bottom - 14
            link(look, axes, (middle, bottom), (middle, y))
    return figure
