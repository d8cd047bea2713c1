"""Figures of what decoding and long contexts cost in memory and traffic."""

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption, link
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, WIDTH, Look
from generator.figures.wording import short, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Heads = Annotated[int, Range(1, 256)]


def _brief(number: float) -> str:
    return short(float(f"{number:.3g}"))


def _size(number: int) -> str:
    return f"{number:,}" if number < 1e5 else _brief(number)


@figure("generation_cost", examples=[{}, {"tokens": 6, "page": 3}])
def cache_steps(look: Look, *, tokens: Annotated[int, Range(2, 8)] = 5, page: Annotated[int, Range(1, 4)] = 2) -> "Figure":
    """A key-value cache over the steps of a generation: one column is added each time, kept in pages that are taken as needed.

    Below, the keys and values computed in all, with the cache and without. Values from ``generation_cost``.
    """
    figure, axes = board(look, 84 + 27 * tokens)
    cell = 26.0
    for step in range(1, tokens + 1):
        y = 20 + 27 * (step - 1)
        look.beside(axes, (4, y), f"step {step}", color=look.quiet, gap=0)
        pages = -(-step // page)
        for index in range(pages * page):
            series = 1 if index == step - 1 else 0 if index < step else None
            x = 66 + cell * index + 6 * (index // page)
            rim: dict[str, Any] = {"linestyle": (0, (2, 2))} if index >= step else {}
            block(look, axes, (x + cell / 2, y), (cell, 20), "", series, name=f"cell-{step}-{index}", **rim)
    kernel = kernels.get("generation_cost")
    y = 26 + 27 * tokens
    legend = f"pages of {page}; last full: new; dashed: reserved" if page > 1 else "the last one is new"
    look.beside(axes, (4, y), legend, color=look.quiet, gap=0, fontsize=SMALL)
    with_cache, without = kernel(tokens, True).projected_tokens, kernel(tokens, False).projected_tokens
    look.beside(axes, (4, y + 22), f"keys and values computed: {with_cache}", 0, gap=0)
    look.beside(axes, (4, y + 42), f"without a cache: {without}", 1, gap=0)
    return figure


@figure("decode_step_cost", examples=[{}, {"batch": 64, "d": 1024, "heads": 16, "groups": 4, "tokens": 2048}])
def decode_bytes(
    look: Look,
    *,
    batch: Annotated[int, Range(1, 4096)] = 32,
    d: Annotated[int, Range(16, 32_768)] = 4096,
    heads: Heads = 32,
    groups: Heads = 8,
    tokens: Annotated[int, Range(1, 1_000_000)] = 4096,
) -> "Figure":
    """The numbers that one decoding step of a layer moves under MHA, GQA and MQA, the weights' share hatched, with its intensity.

    Values from ``decode_step_cost``; the weights' share is what is left at batch 1 and no context.
    """
    kernel = kernels.get("decode_step_cost")
    figure, axes = look.axes(220, grid=False)
    rows = []
    for series, (name, shared) in enumerate((("MHA", heads), ("GQA", groups), ("MQA", 1))):
        whole = kernel(batch, d, heads, tokens, shared)
        fixed = kernel(1, d, heads, 0, shared).mem_elements
        rows.append((name, shared, whole, fixed))
        style = {"hatch": "////", "edgecolor": look.hues[series]}
        look.box(axes, 0, series - 0.28, fixed, 0.56, look.tint(series, 0.35), name=f"weights-{name}", **style)
        look.box(axes, fixed, series - 0.28, whole.mem_elements - fixed, 0.56, look.tint(series, 0.6), name=f"cache-{name}")
    most = max(whole.mem_elements for _, _, whole, _ in rows)
    for series, (name, shared, whole, _) in enumerate(rows):
        words = f"{name} ({shared}): {_brief(whole.mem_elements)} moved, {whole.intensity:.3g} FLOPs for each"
        look.beside(axes, (0, series - 0.28), words, series, towards=(0, 1), ha="left", gap=3, fontsize=SMALL)
    axes.set(xlim=(0, 1.02 * most), ylim=(2.45, -0.75), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel("hatched: weights; plain: cache and activations")
    return figure


@figure("decode_step_cost", examples=[{}, {"batch": 1, "tokens": 8192, "ridge": 150}])
def roofline(
    look: Look,
    *,
    batch: Annotated[int, Range(1, 4096)] = 16,
    d: Annotated[int, Range(16, 32_768)] = 4096,
    heads: Heads = 32,
    groups: Heads = 8,
    tokens: Annotated[int, Range(1, 1_000_000)] = 2048,
    ridge: Annotated[float, Range(5, 5000)] = 300.0,
) -> "Figure":
    """The roofline of a machine, and a decoding step under it with MHA, GQA and MQA: left of the ridge it waits for memory.

    ``ridge`` is the machine's FLOPs for each number that it can move. Values from ``decode_step_cost``.
    """
    kernel = kernels.get("decode_step_cost")
    kinds = (("MHA", heads), ("GQA", groups), ("MQA", 1))
    found = [(name, float(kernel(batch, d, heads, tokens, shared).intensity)) for name, shared in kinds]
    figure, (axes, below) = look.panels(2, 1, 290, height_ratios=[3.2, 1.2])
    low, high = min(0.4, 0.6 * min(one for _, one in found)), max(8 * ridge, 2 * max(one for _, one in found))
    look.dress(axes, x="FLOPs for each number moved", y="share of the peak")
    axes.plot([low, ridge, high], [low / ridge, 1, 1], color=look.ink, linewidth=2, gid="roof", zorder=2)
    look.guide(axes, x=ridge, name="ridge")
    words = []
    for series, (name, intensity) in enumerate(found):
        share = min(1.0, intensity / ridge)
        look.points(axes, intensity, share, series, name=name, markersize=9)
        words.append((f"{name}: {intensity:.3g} FLOPs, {share:.2g} of the peak", series))
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(0.5 * low / ridge, 2.2))
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(lambda value, _: short(value))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    look.key(below, words, points=True)
    return figure


@figure("flash_io_accesses", examples=[{}, {"n": 1024, "d": 128, "sram": 50_000}])
def memory_traffic(
    look: Look,
    *,
    n: Annotated[int, Range(16, 1_000_000)] = 4096,
    d: Annotated[int, Range(8, 512)] = 64,
    sram: Annotated[int, Range(8, 10_000_000)] = 100_000,
) -> "Figure":
    """Traffic between slow and fast memory: standard attention writes n by n scores and reads them back.

    Orders of magnitude, without their constants. Values from ``flash_io_accesses``.
    """
    found = kernels.get("flash_io_accesses")(n, d, sram)
    figure, axes = board(look, 262)
    left, right = WIDTH / 4 + 2, 3 * WIDTH / 4 - 2
    for middle, title, series, words in ((left, "standard", 1, "n × n scores"), (right, "FlashAttention", 0, "no n × n scores")):
        look.text(axes, (middle, 12), title, series, weight="bold")
        block(look, axes, (middle, 52), (146, 48), f"HBM, slow:\n{words}", None, name=f"slow-{series}")
        block(
            look,
            axes,
            (middle, 188),
            (146, 48),
            "SRAM, fast" + ("" if series else ":\ntiles, m and ℓ"),
            series,
            name=f"fast-{series}",
        )
    ways = [(left - 60 + 24 * index, words, index % 2 == 0, 1) for index, words in enumerate(("QK", "S", "S", "P", "PV", "O"))]
    for x, words, down, series in [*ways, (right - 34, "QKV", True, 0), (right + 40, "O", False, 0)]:
        link(look, axes, (x, 76 if down else 164), (x, 164 if down else 76), series=series)
        caption(look, axes, (x, 120), words, series, bbox=look.backing())
    for x, series, traffic, name in ((left, 1, found.standard, "standard"), (right, 0, found.flash, "flash")):
        caption(look, axes, (x, 228), f"{_brief(traffic)} numbers", series, gid=name)
    caption(look, axes, (WIDTH / 2, 250), f"{found.ratio:.3g} times as much traffic, constants aside")
    return figure


@figure("attention_matrix_bytes", examples=[{}, {"heads": 1, "d": 64, "n": 65_536}])
def attention_memory(
    look: Look,
    *,
    n: Annotated[int, Range(1024, 1_048_576)] = 16_384,
    heads: Heads = 32,
    d: Annotated[int, Range(8, 512)] = 128,
) -> "Figure":
    """The memory of attention over the length on log axes: stored weights grow with its square, what FlashAttention keeps with it.

    In half precision; it keeps the output and one number for each row. Values from ``attention_matrix_bytes``, for the second as
    for a matrix of the same count.
    """
    kernel = kernels.get("attention_matrix_bytes")
    grid = np.unique(np.geomspace(128, n, 21).round().astype(int))
    stored = np.array([kernel(int(size), heads).MiB for size in grid])
    kept = np.array([kernel(1, heads, 1, int(size) * (2 * d + 4)).MiB for size in grid])
    figure, (axes, below) = look.panels(2, 1, 265, height_ratios=[4, 1])
    look.dress(axes, x="tokens", y="MiB for a layer, log")
    look.curve(axes, grid, stored, 1, name="stored")
    look.curve(axes, grid, kept, 0, name="flash")
    axes.set(xscale="log", yscale="log", xlim=(128, n))
    axes.minorticks_off()
    ticks = [tick for tick in (1024, 8192, 65_536, 524_288) if tick <= n][-3:]
    axes.set(xticks=ticks, xticklabels=[f"{tick // 1024}k" if tick >= 1024 else str(tick) for tick in ticks])
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    ends = [(f"stored weights: {_memory(stored[-1])} at {n:,}", 1), (f"FlashAttention: {_memory(kept[-1])}", 0)]
    look.key(below, ends)
    return figure


@figure("matmul_shape_and_cost", examples=[{}, {"n": 2048, "d": 128, "features": 128}])
def product_order(
    look: Look,
    *,
    n: Annotated[int, Range(2, 1_000_000)] = 4096,
    d: Annotated[int, Range(1, 1024)] = 64,
    features: Annotated[int, Range(1, 100_000)] = 64,
) -> "Figure":
    """Three matrices multiplied in two orders: (Q Kᵀ) V makes an n by n matrix, Q (Kᵀ V) a small one; the result is the same.

    Q and K are n by ``features``, V is n by d; without a softmax. Values from ``matmul_shape_and_cost``.
    """
    cost = kernels.get("matmul_shape_and_cost")
    scores, summary = cost((n, features), (features, n)), cost((features, n), (n, d))
    orders = (
        ("(Q Kᵀ) V", scores, cost(scores.shape, (n, d)), 1),
        ("Q (Kᵀ V)", summary, cost((n, features), summary.shape), 0),
    )
    figure, axes = board(look, 244)
    for row, (title, first, second, series) in enumerate(orders):
        y = 62 + 116 * row
        look.beside(axes, (4, y - 46), title, series, gap=0, weight="bold")
        look.beside(axes, (84, y - 46), f"{_brief(first.macs + second.macs)} multiply-adds", series, gap=0, gid=f"cost-{row}")
        rows, columns = first.shape
        largest = 62.0
        across, up = (largest * max(side / max(n, features, d), 0.16) for side in (columns, rows))
        thin = max(largest * min(d / max(n, d), 1), 10.0)
        block(look, axes, (60, y), (across, up), "", series, name=f"first-{row}")
        look.text(axes, (60, y + 43), f"{_size(rows)} × {_size(columns)}", fontsize=SMALL)
        look.text(axes, (138, y), "times V" if not row else "Q times it", color=look.quiet, fontsize=SMALL)
        link(look, axes, (174, y), (214, y))
        block(look, axes, (256, y), (thin, largest), "", 2, name=f"out-{row}")
        look.text(axes, (256, y + 43), f"{_size(second.shape[0])} × {_size(second.shape[1])}", fontsize=SMALL)
    return figure


@figure("quadratic_feature_map", "quadratic_feature_dim", examples=[{"x": (1, -2, 3)}, {"x": (2, 1), "c": 0}])
def monomial_grid(
    look: Look, *, x: Annotated[Vector, Size(2, 4), Range(-9, 9)], c: Annotated[float, Range(0, 9)] = 1.0
) -> "Figure":
    """The features of a quadratic kernel as the upper half of a table of products of 1 and the coordinates: each product once.

    Off the diagonal they carry a root of 2. Values from ``quadratic_feature_map`` and ``quadratic_feature_dim``.
    """
    features = np.asarray(kernels.get("quadratic_feature_map")(x, c))
    count, size = kernels.get("quadratic_feature_dim")(len(x), bool(c)), len(x)
    table: dict[tuple[int, int], float] = {}
    rest = list(features)
    if c:
        table[0, 0] = rest.pop(0)
        table |= {(0, index + 1): rest.pop(0) for index in range(size)}
    table |= {(index + 1, index + 1): rest.pop(0) for index in range(size)}
    table |= {(one + 1, other + 1): rest.pop(0) for one in range(size) for other in range(one + 1, size)}
    names = ["√c" if c != 1 else "1", *(f"x{index}" for index in range(1, size + 1))]
    first = 0 if c else 1
    figure, axes = look.axes(76 + 34 * (size + 1 - first), grid=False)
    look.bare(axes, equal=False)
    for index in range(first, size + 1):
        look.text(axes, (index, first - 0.9), names[index], 0)
        look.text(axes, (first - 0.9, index), names[index], 0)
        for other in range(first, size + 1):
            value = table.get((index, other))
            colour = look.page if value is None else look.shade(2 if index == other else 1, 0.5)
            rim = look.line if value is None else look.quiet
            look.box(axes, other - 0.46, index - 0.43, 0.92, 0.86, colour, name=f"cell-{index}-{other}", edgecolor=rim)
            if value is not None:
                look.text(axes, (other, index), signed(float(value), ".3g"), fontsize=SMALL, gid=f"value-{index}-{other}")
    axes.set(xlim=(first - 1.4, size + 0.55), ylim=(size + 0.55, first - 1.3))
    axes.set_title(f"{count} features of {size} coordinates")
    return figure


def _memory(mebibytes: float) -> str:
    """An amount of memory in the unit that suits it."""
    size, unit = (mebibytes, "MiB") if mebibytes < 1024 else (mebibytes / 1024, "GiB")
    return f"{size:,.0f} {unit}" if size >= 1000 else f"{size:.3g} {unit}"
