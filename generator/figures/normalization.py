"""Figures of normalization."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import Look
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
