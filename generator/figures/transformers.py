"""Figures of transformers."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, Look
from generator.figures.wording import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("sinusoidal_positional_encoding", examples=[{}, {"n": 6, "d": 4, "base": 100}])
def positional_encoding(
    look: Look,
    *,
    n: Annotated[int, Range(2, 9)] = 8,
    d: Annotated[int, Range(2, 6)] = 6,
    base: Annotated[float, Range(2, 1e6)] = 10_000.0,
) -> "Figure":
    """Positions (rows) as sines and cosines (columns): fast on the left, slow on the right; orange is below 0.

    Values from ``sinusoidal_positional_encoding``.
    """
    values = kernels.get("sinusoidal_positional_encoding")(n, d, base)
    figure, axes = look.axes(65 + 22 * n, grid=False)
    look.heat(axes, values, ".1f", name="pe")
    axes.set(aspect="auto", yticks=range(n), yticklabels=range(n), xticks=range(d))
    axes.set_xticklabels([f"{'sin' if k % 2 == 0 else 'cos'}" for k in range(d)])
    axes.set_ylabel("position")
    return figure


@figure("rope_rotate", examples=[{}, {"positions": (0, 2, 5), "angle": 20}])
def rotary(
    look: Look,
    *,
    positions: Annotated[Vector, Size(2, 4), Range(0, 12)] = (0.0, 1.0, 3.0),
    angle: Annotated[float, Range(-180, 180)] = 0.0,
) -> "Figure":
    """One pair of features of the same vector at several positions: each position turns it on by as many radians.

    Values from ``rope_rotate``.
    """
    if any(position != int(position) for position in positions):
        raise ValueError("positions are whole numbers")
    vector = [np.cos(np.radians(angle)), np.sin(np.radians(angle))]
    figure, axes = look.axes(250, grid=False)
    look.bare(axes)
    look.ellipse(axes, (0, 0), (2, 2), 0, 0, edgecolor=look.line, linestyle="-", linewidth=THIN)
    for series, position in enumerate(positions):
        turned = kernels.get("rope_rotate")(vector, int(position))
        look.arrow(axes, (0, 0), turned, series, name=f"position-{position:g}")
        look.beside(axes, turned, f"position {position:g}", series, towards=turned, gap=6)
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.25, 1.25))
    return figure


@figure(
    "transformer_param_count",
    examples=[
        {"layers": 12, "d_model": 768, "vocabulary": 50257, "heads": 12},
        {"layers": 32, "d_model": 4096, "vocabulary": 32000, "heads": 32},
    ],
)
def parameter_share(
    look: Look,
    *,
    layers: Annotated[int, Range(1, 1000)],
    d_model: Annotated[int, Range(8, 100_000)],
    vocabulary: Annotated[int, Range(2, 10_000_000)],
    heads: Annotated[int, Range(1, 1024)],
) -> "Figure":
    """Where the parameters of a decoder are: attention, MLP of four times the width, and the tied embeddings.

    Values from ``transformer_param_count``.
    """
    found = kernels.get("transformer_param_count")(layers, d_model, 4 * d_model, vocabulary, heads)
    figure, axes = look.axes(190, grid=False)
    parts = [("MLP", found.mlp, 0), ("attention", found.attention, 1), ("embeddings", found.embeddings, 2)]
    for row, (name, count, series) in enumerate(parts):
        look.box(axes, 0, row - 0.3, count / found.total, 0.6, look.tint(series, 0.55), name=name)
        words = f"{short(float(f'{count:.3g}'))}  ({count / found.total:.0%})"
        look.beside(axes, (count / found.total, row), words, series)
    axes.set(ylim=(2.5, -0.5), xlim=(0, 1.02 * max(count for _, count, _ in parts) / found.total), xticks=[], yticks=range(3))
    axes.set_yticklabels([name for name, _, _ in parts], color=look.ink, fontsize=12.5)
    axes.set_title(f"{short(float(f'{found.total:.3g}'))} parameters")
    axes.spines["bottom"].set_visible(False)
    return figure
