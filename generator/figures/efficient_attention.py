"""Figures of efficient attention."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, Look
from generator.figures.wording import short, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Heads = Annotated[int, Range(1, 8)]


@figure("kv_cache_bytes", examples=[{}, {"heads": 4, "groups": 2}, {"heads": 6, "groups": 3}])
def head_sharing(look: Look, *, heads: Heads = 8, groups: Annotated[int, Range(1, 8)] = 2) -> "Figure":
    """Which query heads share a head of keys and values: all their own, a few groups, one for all; and what the cache shrinks to.

    Values from ``kv_cache_bytes``: the share of the cache that is left.
    """
    if heads % groups:
        raise ValueError(f"groups must divide the {heads} heads, got {groups}")
    kernel = kernels.get("kv_cache_bytes")
    whole = kernel(1, heads, 64, 1).per_token
    figure, panels = look.panels(3, 1, 300)
    for axes, name, shared in zip(panels, ("multi-head", "grouped-query", "multi-query"), (heads, groups, 1), strict=True):
        axes.set_axis_off()
        left = kernel(1, shared, 64, 1).per_token / whole
        look.beside(axes, (-0.5, 1.55), f"{name}: cache {left:.3g} of MHA" if shared < heads else name, towards=(1, 0), gap=0)
        width = heads / shared
        for group in range(shared):
            middle = (group + 0.5) * width - 0.5
            look.box(axes, middle - 0.35, -0.35, 0.7, 0.6, look.tint(1, 0.45), name=f"{name}-kv")
            for head in range(int(group * width), int((group + 1) * width)):
                axes.plot([head, middle], [0.7, 0.25], color=look.quiet, linewidth=THIN, zorder=1)
        for head in range(heads):
            look.box(axes, head - 0.35, 0.7, 0.7, 0.5, look.tint(0, 0.35), name=f"{name}-q")
        look.beside(axes, (heads - 0.55, 0.95), "Q", 0, gap=5)
        look.beside(axes, (heads - 0.55, -0.05), "K, V", 1, gap=5)
        axes.set(xlim=(-0.6, heads + 0.6), ylim=(-0.45, 1.9))
    return figure


@figure(
    "kv_cache_bytes",
    examples=[
        {"layers": 32, "heads": 32, "groups": 8, "head_dim": 128},
        {"layers": 80, "heads": 64, "groups": 8, "head_dim": 128, "tokens": 131072},
    ],
)
def cache_growth(
    look: Look,
    *,
    layers: Annotated[int, Range(1, 1000)],
    heads: Annotated[int, Range(1, 1024)],
    groups: Annotated[int, Range(1, 1024)],
    head_dim: Annotated[int, Range(1, 4096)],
    tokens: Annotated[int, Range(16, 10_000_000)] = 32768,
) -> "Figure":
    """The memory of the cached keys and values over the context, in half precision, for MHA, GQA and MQA: straight lines.

    Values from ``kv_cache_bytes``.
    """
    grid = np.unique(np.linspace(1, tokens, 9).round().astype(int))
    figure, axes = look.axes(x="tokens of context", y="GiB")
    ends = []
    for series, (name, shared) in enumerate((("MHA", heads), ("GQA", groups), ("MQA", 1))):
        sizes = [kernels.get("kv_cache_bytes")(layers, shared, head_dim, int(n)).GiB for n in grid]
        look.curve(axes, grid, sizes, series, name=name)
        ends.append((sizes[-1], f"{name} {sizes[-1]:.3g}", series))
    look.ends(axes, tokens, ends, 0.085 * max(end for end, _, _ in ends))
    ticks = [tokens // 4 * k for k in range(5)]
    axes.set(xlim=(0, tokens), ylim=(0, None), xticks=ticks, xticklabels=[_thousands(t) for t in ticks])
    return figure


def _thousands(tokens: int) -> str:
    """A number of tokens, short: 32k is 32 times 1024 where it is a multiple of that."""
    return f"{tokens // 1024}k" if tokens and tokens % 1024 == 0 else f"{tokens:,}"


@figure("online_softmax_attention", examples=[{"scores": (1, 0.5, 3, 2, 0), "block": 2}, {"scores": (0, 1, 2, 3), "block": 1}])
def online_softmax(
    look: Look, *, scores: Annotated[Vector, Size(2, 8), Range(-20, 20)], block: Annotated[int, Range(1, 8)]
) -> "Figure":
    """Scores read block by block, with the running maximum m and the running sum ℓ below each block.

    Values from ``online_softmax_attention`` (a query of 1, so that the keys are the scores).
    """
    keys = [[score] for score in scores]
    trace = kernels.get("online_softmax_attention")([1], keys, keys, block, scale=1).trace
    figure, axes = look.axes(245, grid=False)
    index = np.arange(len(scores))
    low, high = min(0.0, *scores), max(0.0, *scores)
    side = high - low or 1
    look.bars(axes, index, scores, 0, name="scores", color=look.tint(0, 0.6), width=0.55)
    for spot, score in enumerate(scores):
        look.beside(axes, (spot, 0), signed(score), towards=(0, -1 if score >= 0 else 1), gap=4, fontsize=11.5)
    for step, record in enumerate(trace):
        first, last = step * block - 0.5, min((step + 1) * block, len(scores)) - 0.5
        axes.plot(
            [first + 0.04, last - 0.04], [record.m] * 2, color=look.hues[1], linestyle=(0, (4, 1.5)), gid=f"m-{step}", zorder=4
        )
        words = f"m = {signed(record.m, '.3g')}\nℓ = {signed(record.l, '.3g')}"
        look.text(axes, ((first + last) / 2, low - 0.36 * side), words, 1, gid=f"state-{step}")
        if step:
            axes.plot([first] * 2, [low - 0.52 * side, high + 0.2 * side], color=look.line, linewidth=THIN, zorder=1)
    axes.axhline(0, color=look.quiet, linewidth=THIN)
    axes.set(xlim=(-0.6, len(scores) - 0.4), ylim=(low - 0.52 * side, high + 0.22 * side), xticks=[], yticks=[])
    look.dress(axes, y="scores, and the running maximum m", grid=False)
    axes.spines[:].set_visible(False)
    return figure


@figure("kernel_attention_cost", examples=[{"D": 4, "M": 4}, {"D": 8, "M": 16}])
def linear_attention(look: Look, *, D: Annotated[int, Range(1, 64)], M: Annotated[int, Range(1, 256)]) -> "Figure":
    """Multiply-adds of softmax attention (a parabola) and of linear attention with quadratic features (a line): they cross.

    Values from ``kernel_attention_cost``.
    """
    kernel = kernels.get("kernel_attention_cost")
    crossing = kernel(1, D, M).crossover_N
    grid = np.unique(np.linspace(1, 2 * crossing + 2, 41).round().astype(int))
    costs = [kernel(int(n), D, M) for n in grid]
    figure, axes = look.axes(x="tokens N", y="multiply-adds")
    look.curve(axes, grid, [cost.softmax_macs for cost in costs], 0, name="softmax")
    look.curve(axes, grid, [cost.kernel_macs for cost in costs], 1, name="linear")
    top, line = costs[-1].softmax_macs, costs[-1].kernel_macs
    look.beside(axes, (grid[-1], top), "softmax", 0, gap=5)
    look.beside(axes, (grid[-1], line), "linear", 1, gap=5)
    height = float(np.interp(crossing, grid, [cost.kernel_macs for cost in costs]))
    look.points(axes, crossing, height, 3, name="crossing")
    look.beside(axes, (crossing, height), f"N = {crossing:.4g}", 3, towards=(1, -1), gap=8)
    axes.set(xlim=(0, grid[-1]), ylim=(0, 1.05 * top))
    axes.ticklabel_format(style="plain")
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    return figure
