"""Figures of fine-tuning."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, TEXT, Look
from generator.figures.wording import short, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Width = Annotated[int, Range(2, 100_000)]
Few = Annotated[Vector, Size(1, 3), Range(-99, 99)]


@figure("lora_param_count", examples=[{}, {"d_out": 1024, "d_in": 4096, "r": 64}])
def lora(look: Look, *, d_out: Width = 4096, d_in: Width = 4096, r: Annotated[int, Range(1, 10_000)] = 8) -> "Figure":
    """A frozen weight matrix beside the two thin factors that are trained, with their shapes and parameters; B begins at zero.

    The factors are drawn thicker than to scale where they would be hairlines. Values from ``lora_param_count``.
    """
    found = kernels.get("lora_param_count")(d_out, d_in, r)
    figure, axes = look.axes(240, grid=False)
    look.bare(axes)
    unit = 1 / max(d_out, d_in)
    high, wide, thin = d_out * unit, d_in * unit, max(r * unit, 0.05)
    high, wide = max(high, 0.3), max(wide, 0.3)
    look.box(axes, 0, -high / 2, wide, high, look.tint(0, 0.25), name="W", hatch="//", edgecolor=look.hues[0])
    look.text(axes, (wide / 2, 0), "W frozen", 0, weight="bold", bbox=look.backing())
    left = wide + 0.5
    look.text(axes, (wide + 0.25, 0), "+", fontsize=18)
    look.box(axes, left, -high / 2, thin, high, look.page, name="B", edgecolor=look.hues[1], linewidth=2)
    look.box(axes, left + thin + 0.18, -thin / 2, wide, thin, look.tint(1, 0.6), name="A", edgecolor=look.hues[1], linewidth=2)
    right = left + thin + 0.18 + wide
    look.beside(axes, (left + thin / 2, high / 2), "B = 0", 1, towards=(0, 1), gap=4, weight="bold")
    look.beside(axes, (right - wide / 2, thin / 2), "A", 1, towards=(0, 1), gap=4, weight="bold")
    look.beside(axes, (wide / 2, -high / 2), f"{d_out:,} × {d_in:,}\n{_count(found.full)} fixed", towards=(0, -1), gap=6)
    look.beside(
        axes,
        ((left + right) / 2, -high / 2),
        f"rank {r}: {_count(found.lora)}\ntrained ({found.ratio:.2%})",
        1,
        towards=(0, -1),
        gap=6,
    )
    axes.set(xlim=(-0.05, right + 0.05), ylim=(-high / 2 - 0.02, high / 2 + 0.16))
    return figure


def _count(number: int) -> str:
    return f"{number:,}" if number < 1e5 else short(float(f"{number:.3g}"))


@figure(
    "lora_backward",
    examples=[{"x": (1, 2), "g": (1, -1), "A": (0.5, 1)}, {"x": (1, 0, 2), "g": (2, 1), "A": (1, -1, 0.5), "lr": 0.05, "alpha": 1}],
)
def lora_first_steps(
    look: Look,
    *,
    x: Few,
    g: Few,
    A: Few,
    alpha: Annotated[float, Range(0.01, 100)] = 2.0,
    lr: Annotated[float, Range(1e-4, 10)] = 0.1,
) -> "Figure":
    """The gradients of LoRA's factors, of rank 1, at the first step and at the second: at B = 0 only B can move, then A can, too.

    The gradient at the output, g, is the same in both. Values from ``lora_backward``.
    """
    if len(A) != len(x):
        raise ValueError(f"A has an entry for each of x, got {len(A)} and {len(x)}")
    kernel, factor = kernels.get("lora_backward"), np.zeros((len(g), 1))
    down = np.asarray([A])
    figure, panels = look.panels(2, 2, 250, sharey=False)
    for step in range(2):
        found = kernel(x, g, down, factor, alpha)
        for place, (name, values) in enumerate((("∂L/∂B", found.dB[:, 0]), ("∂L/∂A", found.dA[0]))):
            axes = panels[2 * step + place]
            series = 1 if place == 0 else 0
            look.bars(axes, range(len(values)), values, series, name=f"{name}-{step}", color=look.tint(series, 0.65), width=0.5)
            low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
            room = 0.45 * (high - low or 1)
            for spot, value in enumerate(values):
                look.beside(axes, (spot, float(value)), signed(float(value), ".3g"), towards=(0, 1 if value >= 0 else -1), gap=3)
            axes.axhline(0, color=look.quiet, linewidth=1.0)
            axes.set_title(f"step {step + 1}: {name}" + ("" if values.any() else " = 0"), color=look.hues[series])
            axes.set(xticks=[], yticks=[], xlim=(-0.7, len(values) - 0.3), ylim=(low - (room if low < 0 else 0), high + room))
            axes.spines[["left", "bottom"]].set_visible(False)
        factor, down = factor - lr * found.dB, down - lr * found.dA
    return figure


@figure(
    "lora_federated_gap",
    examples=[{"B1": (1, 0), "A1": (1, 0), "B2": (0, 2), "A2": (0, 1)}, {"B1": (1, 2), "A1": (1, -1), "B2": (3, 0), "A2": (1, 1)}],
)
def federated_lora(
    look: Look,
    *,
    B1: Annotated[Vector, Size(2, 2), Range(-20, 20)],
    A1: Annotated[Vector, Size(2, 2), Range(-20, 20)],
    B2: Annotated[Vector, Size(2, 2), Range(-20, 20)],
    A2: Annotated[Vector, Size(2, 2), Range(-20, 20)],
) -> "Figure":
    """Two clients' updates of rank 1, their mean, and what comes out if the factors are averaged instead: something else.

    Values from ``lora_federated_gap``.
    """
    kernel = kernels.get("lora_federated_gap")
    columns, rows = [[[b] for b in B1], [[b] for b in B2]], [[list(A1)], [list(A2)]]
    found = kernel(columns, rows)
    figure, panels = look.panels(2, 2, 290)
    tiles = (
        ("client 1: B₁A₁", kernel(columns[:1], rows[:1]).avg_product, 3, "one"),
        ("client 2: B₂A₂", kernel(columns[1:], rows[1:]).avg_product, 3, "two"),
        ("mean of the updates", found.avg_product, 0, "mean"),
        ("mean B times mean A", found.product_of_avgs, 1, "factors"),
    )
    for axes, (title, values, series, name) in zip(panels, tiles, strict=True):
        look.heat(axes, values, ".3g", name=name)
        axes.set_title(title, color=look.hues[series])
    figure.supxlabel(f"apart by {found.fro_gap:.3g}; the mean has rank {found.rank_avg}", fontsize=TEXT)
    return figure


@figure("pca_from_singular_values", examples=[{"values": (5, 2, 0.6, 0.3, 0.2, 0.1)}, {"values": (3, 2.5, 2, 1.5, 1), "r": 3}])
def update_spectrum(
    look: Look, *, values: Annotated[Vector, Size(2, 8), Range(0, 1000)], r: Annotated[int, Range(1, 8)] = 2
) -> "Figure":
    """The singular values of an update, and how much of its squared size the r largest hold: what a LoRA of rank r could keep.

    Values from ``pca_from_singular_values``.
    """
    if r > len(values):
        raise ValueError(f"there are only {len(values)} singular values, r = {r}")
    if list(values) != sorted(values, reverse=True):
        raise ValueError("singular values stand in descending order")
    found = kernels.get("pca_from_singular_values")(values, 2, r)
    figure, axes = look.axes(225, grid=False, x="singular values, the largest first")
    for spot, value in enumerate(values):
        kept = spot < r
        fill, dash = (look.tint(0, 0.65), "-") if kept else ("none", (0, (3, 2)))
        look.box(axes, spot - 0.3, 0, 0.6, value, fill, name=f"value-{spot}", linestyle=dash)
        look.beside(axes, (spot, value), f"{value:.3g}", towards=(0, 1), gap=3, fontsize=SMALL)
    axes.set(xlim=(-0.6, len(values) - 0.4), ylim=(0, 1.15 * values[0] or 1), xticks=range(len(values)), yticks=[])
    axes.set_xticklabels([f"σ{spot}" for spot in range(1, len(values) + 1)])
    axes.spines["left"].set_visible(False)
    share = float(np.sum(found.explained_ratio))
    axes.set_title(f"rank {r} holds {share:.3g} of the squared norm,\nand misses {found.frob_error:.3g}", color=look.hues[0])
    return figure
