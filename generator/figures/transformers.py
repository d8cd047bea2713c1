"""Figures of transformers."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption, link
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, THIN, WIDTH, Look
from generator.figures.wording import short
from generator.model import Plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Layers = Annotated[int, Range(1, 1000)]
Width = Annotated[int, Range(8, 100_000)]
Vocabulary = Annotated[int, Range(2, 10_000_000)]
Heads = Annotated[int, Range(1, 1024)]
DECODERS: tuple[dict[str, Plain], ...] = (
    {"layers": 12, "d_model": 768, "vocabulary": 50257, "heads": 12},
    {"layers": 32, "d_model": 4096, "vocabulary": 32000, "heads": 32},
)


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


@figure("transformer_param_count", examples=DECODERS)
def parameter_share(look: Look, *, layers: Layers, d_model: Width, vocabulary: Vocabulary, heads: Heads) -> "Figure":
    """Where the parameters of a decoder are: attention, MLP of four times the width, and the tied embeddings.

    Values from ``transformer_param_count``.
    """
    found = kernels.get("transformer_param_count")(layers, d_model, 4 * d_model, vocabulary, heads)
    figure, axes = look.axes(190, grid=False)
    parts = [("MLP", found.mlp, 0), ("attention", found.attention, 1), ("embeddings", found.embeddings, 2)]
    for row, (name, count, series) in enumerate(parts):
        look.box(axes, 0, row - 0.3, count / found.total, 0.6, look.tint(series, 0.55), name=name)
        look.beside(axes, (count / found.total, row), _share(count, found.total), series)
    axes.set(ylim=(2.5, -0.5), xlim=(0, 1.02 * max(count for _, count, _ in parts) / found.total), xticks=[], yticks=range(3))
    axes.set_yticklabels([name for name, _, _ in parts], color=look.ink, fontsize=12.5)
    axes.set_title(f"{_rounded(found.total)} parameters")
    axes.spines["bottom"].set_visible(False)
    return figure


@figure("transformer_param_count", examples=DECODERS)
def transformer_stack(look: Look, *, layers: Layers, d_model: Width, vocabulary: Vocabulary, heads: Heads) -> "Figure":
    """A decoder-only transformer from tokens at the bottom to logits on top, pre-LN, with the parameters of each part on the right.

    The MLP is four times as wide, the output shares the embeddings. Values from ``transformer_param_count``.
    """
    found = kernels.get("transformer_param_count")(layers, d_model, 4 * d_model, vocabulary, heads)
    figure, axes = board(look, 398)
    x, heights = 112.0, (382, 344, 296, 262, 194, 160, 88, 50)
    parts = dict(zip(("tokens", "embed", "norm 1", "attention", "norm 2", "MLP", "norm", "logits"), heights, strict=True))
    for name, y in parts.items():
        series = {"attention": 1, "MLP": 0, "embed": 2, "logits": 2}.get(name)
        words = {"norm 1": "norm", "norm 2": "norm", "embed": "embed", "logits": "unembed"}.get(name, name)
        if name == "tokens":
            caption(look, axes, (x, y), "tokens, n")
        else:
            block(look, axes, (x, y), (104, 24), words, series, name=name)
    for start, end in ((372, 357), (332, 309), (284, 275), (182, 173), (76, 63), (38, 24)):
        link(look, axes, (x, start), (x, end))
    caption(look, axes, (x, 14), f"logits, n × {vocabulary:,}")
    for y, branch in ((228, 320), (126, 212)):
        look.disc(axes, x, y, 9, look.page, zorder=4)
        look.text(axes, (x, y), "+", zorder=7)
        link(look, axes, (x, y + 22), (x, y + 9))
        link(look, axes, (x, branch), (x - 66, branch), (x - 66, y), (x - 9, y), series=3)
    link(look, axes, (x, 219), (x, 207))
    link(look, axes, (x, 117), (x, 101))
    look.box(axes, 30, 112, 146, 214, "none", linestyle=(0, (4, 3)), zorder=1)
    look.beside(axes, (182, 121), f"× {layers} layers", gap=0, weight="bold")
    counts = ((344, "embeddings", found.embeddings, 2), (262, "attention", found.attention, 1), (160, "MLP", found.mlp, 0))
    for y, name, count, series in counts:
        look.beside(axes, (182, y), _share(count, found.total), series, gap=0, gid=f"count-{name}")
    look.beside(axes, (182, 211), f"width {d_model:,},\n{heads} heads", color=look.quiet, gap=0, fontsize=SMALL)
    look.beside(axes, (182, 86), f"in all {_rounded(found.total)}", gap=0)
    return figure


def _rounded(count: float) -> str:
    """A count in three figures."""
    return short(float(f"{count:.3g}"))


def _share(count: float, total: float) -> str:
    """A count in three figures, and its share."""
    return f"{_rounded(count)} ({count / total:.0%})"


HISTORY = (
    (2014, "attention for translation"),
    (2015, "ResNet: skips"),
    (2017, "Transformer"),
    (2018, "BERT: encoder; GPT: decoder"),
    (2019, "T5: text to text"),
    (2020, "GPT-3; Vision Transformer"),
    (2021, "RoPE, LoRA"),
    (2022, "FlashAttention, RLHF"),
    (2023, "GQA, Mamba, DPO"),
    (2024, "reasoning models"),
)


@figure(examples=[{}, {"last": 2020}])
def history(look: Look, *, last: Annotated[int, Range(2015, 2024)] = 2024) -> "Figure":
    """A timeline of the architectures and methods that led to today's language models, by the year of their first paper.

    No kernel: the values are years.
    """
    shown = [one for one in HISTORY if one[0] <= last]
    figure, axes = board(look, 24 + 28 * len(shown))
    axes.plot([58, 58], [12, 16 + 28 * (len(shown) - 1) + 8], color=look.quiet, linewidth=THIN, zorder=1)
    for row, (year, words) in enumerate(shown):
        y = 18 + 28 * row
        look.points(axes, 58, y, 0, name=f"year-{year}", markersize=8)
        look.beside(axes, (48, y), str(year), towards=(-1, 0), gap=0, color=look.quiet)
        look.beside(axes, (72, y), words, gap=0)
    return figure


@figure(
    "einsum_output_shape",
    examples=[{}, {"kind": "multi-head"}, {"kind": "decode", "batch": 4, "n": 128, "heads": 4, "d": 64}],
)
def attention_shapes(
    look: Look,
    *,
    kind: Literal["single head", "multi-head", "decode"] = "single head",
    batch: Annotated[int, Range(2, 64)] = 2,
    n: Annotated[int, Range(2, 9999)] = 10,
    heads: Annotated[int, Range(2, 64)] = 8,
    d: Annotated[int, Range(2, 999)] = 64,
    d_v: Annotated[int, Range(0, 999)] = 0,
) -> "Figure":
    """Attention as a pipeline of tensors with their shapes: projections, scores, weights, output, for one head, many, or one step.

    ``d`` is the width of a head, ``d_v`` that of its values if it differs. Values from ``einsum_output_shape``.
    """
    wide = d_v or d
    shape = kernels.get("einsum_output_shape")
    lead, letters = ([batch], "b") if kind == "single head" else ([batch, heads], "bh")
    query = [*lead, d] if kind == "decode" else [*lead, n, d]
    key, value = [*lead, n, d], [*lead, n, wide]
    row = "" if kind == "decode" else "n"
    scores = shape(f"{letters}{row}d,{letters}md->{letters}{row}m", [query, key])
    out = shape(f"{letters}{row}m,{letters}mv->{letters}{row}v", [scores, value])
    figure, axes = board(look, 316 if kind == "single head" else 358)
    places = (58.0, WIDTH / 2, WIDTH - 58.0)
    for x, name, sizes, series in zip(places, ("Q", "K", "V"), (query, key, value), (0, 1, 2), strict=True):
        link(look, axes, (WIDTH / 2 + (x - WIDTH / 2) * 0.3, 40), (x, 70))
        block(look, axes, (x, 92), (106, 44), f"{name}\n{_sizes(sizes, 13)}", series, name=name)
    whose = "one token" if kind == "decode" else "tokens"
    inner = d if kind == "single head" else heads * d
    lines = [batch, inner] if kind == "decode" else [batch, n, inner]
    block(look, axes, (WIDTH / 2, 24), (216, 30), f"{whose} x: {_sizes(lines)}", None, name="x")
    steps = [(162, f"Q Kᵀ/√d: {_sizes(scores)}", 3, "scores"), (216, f"softmax: {_sizes(scores)}", 3, "weights")]
    steps.append((270, f"times V: {_sizes(out)}", 2, "out"))
    link(look, axes, (58, 114), (130, 147))
    link(look, axes, (WIDTH / 2, 114), (WIDTH / 2, 147))
    link(look, axes, (WIDTH - 58, 114), (WIDTH - 58, 270), (WIDTH / 2 + 93, 270))
    for y, words, series, name in steps:
        block(look, axes, (WIDTH / 2 - 20, y), (226, 30), words, series, name=name)
        if y > 162:
            link(look, axes, (WIDTH / 2 - 20, y - 39), (WIDTH / 2 - 20, y - 15))
    if kind != "single head":
        joined = [batch, heads * wide] if kind == "decode" else [batch, n, heads * wide]
        link(look, axes, (WIDTH / 2 - 20, 285), (WIDTH / 2 - 20, 311))
        block(look, axes, (WIDTH / 2 - 20, 326), (226, 30), f"joined, before Wᴼ: {_sizes(joined)}", 0, name="joined")
    return figure


def _sizes(sizes: list[int], room: int = 99) -> str:
    """A shape, on two lines where it has more letters than there is room for."""
    words = " × ".join(map(str, sizes))
    return words if len(words) <= room + 1 else f"{sizes[0]} × {sizes[1]}\n× {_sizes(sizes[2:])}"
