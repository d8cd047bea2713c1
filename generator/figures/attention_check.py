"""Attention as ``redraw attention-check`` measured it: errors, memory, caches, and speed where there was a GPU.

``attention_check.json`` beside this file is the report that cards draw from; the pages of new reports are drawn from theirs.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import kernels
from generator.figures.registry import figure
from generator.figures.style import Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Report = Mapping[str, Any]
"""As ``docs/attention-check/README.md`` describes it."""
DTYPES = "float32", "float16", "bfloat16"
ERROR, BOUND = 0, 1
"""Where they stand in a result."""


@cache
def kept() -> Report:
    """The report that is part of the package."""
    found: Report = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return found


@figure(examples=[{}])
def attention_measured_memory(look: Look) -> "Figure":
    """The peak memory of standard and of tiled attention as it was measured, over the length: one grows with its square.

    Values from the report of ``redraw attention-check``: on the CPU one head of width 64 in float64, inputs not counted.
    """
    return memory(look, kept())


@figure(examples=[{}, {"case": "square"}, {"case": "large scores"}])
def attention_error(look: Look, *, case: Literal["causal", "square", "large scores"] = "causal") -> "Figure":
    """The largest error of tiled and of plain attention against float64 over the dtype, with the tiled one's bound.

    Values from the report of ``redraw attention-check``; ``case`` is the call: a causal mask, none, or queries of standard
    deviation 30.
    """
    return errors(look, kept(), case)


@figure("kv_cache_bytes", examples=[{}])
def cache_measured(look: Look) -> "Figure":
    """The bytes of a cache as they were measured while decoding with MHA, GQA and MQA, on the lines of the formula.

    Lines: values from ``kv_cache_bytes``. Points: the report of ``redraw attention-check``, one layer in float32.
    """
    return caches(look, kept())


def memory(look: Look, report: Report) -> "Figure":
    """Peak memory over the tokens, of the GPU if the report has it."""
    where = "gpu" if any(one["where"] == "gpu" for one in report["memory"]) else "cpu"
    figure, (axes, below) = look.panels(2, 1, 265, height_ratios=[4, 1])
    look.dress(axes, x="tokens", y="peak MiB of one call")
    words, ticks = [], []
    for series, (name, title) in enumerate((("tiled", "tiled"), ("standard", "standard"))):
        found = [(one["tokens"], one[name] / 2**20) for one in report["memory"] if one["where"] == where and one[name] is not None]
        tokens, sizes = zip(*found, strict=True)
        look.curve(axes, tokens, sizes, series, name=name)
        look.points(axes, tokens, sizes, series, name=f"{name}-measured")
        words.append((f"{title}: {sizes[-1]:.3g} MiB at {tokens[-1]:,}", series))
        ticks = list(tokens)
    axes.set(xscale="log", yscale="log")
    axes.minorticks_off()
    axes.set(xticks=ticks, xticklabels=[f"{tick:,}" for tick in ticks])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    look.key(below, words[::-1])
    return figure


def errors(look: Look, report: Report, case: str) -> "Figure":
    """Errors of ``out`` over the dtype on one case, of the GPU if the report has it."""
    layer = "gpu" if any(row["layer"] == "gpu" for row in report["rows"]) else "interpreter"
    rows = {(row["candidate"], row["dtype"]): row["out"] for row in report["rows"] if (row["layer"], row["case"]) == (layer, case)}
    figure, (axes, below) = look.panels(2, 1, 285, height_ratios=[3, 1.3])
    look.dress(axes, y="largest error, against float64")
    places = range(len(DTYPES))
    bounds = [rows["redraw", dtype][BOUND] for dtype in DTYPES]
    for place, bound in zip(places, bounds, strict=True):
        axes.plot([place - 0.3, place + 0.3], [bound, bound], color=look.hues[2], gid=f"bound-{place}", zorder=3)
    look.points(axes, [place - 0.1 for place in places], [rows["redraw", one][ERROR] for one in DTYPES], 0, name="tiled")
    look.points(axes, [place + 0.1 for place in places], [rows["naive", one][ERROR] for one in DTYPES], 1, name="standard")
    axes.set(yscale="log", xlim=(-0.6, len(DTYPES) - 0.4), xticks=list(places), xticklabels=list(DTYPES))
    axes.minorticks_off()
    axes.margins(y=0.15)
    below.set_axis_off()
    below.set(xlim=(0, 1), ylim=(2.5, -0.5))
    for series, words in enumerate(("tiled attention", "standard attention, same dtype")):
        look.points(below, 0.07, series, series)
        look.text(below, (0.15, series), words, series, ha="left")
    below.plot([0.02, 0.12], [2, 2], color=look.hues[2])
    look.text(below, (0.15, 2), "the bound on the tiled one", 2, ha="left")
    return figure


def caches(look: Look, report: Report) -> "Figure":
    """Bytes of the caches over the tokens."""
    figure, (axes, below) = look.panels(2, 1, 285, height_ratios=[3, 1.3])
    look.dress(axes, x="tokens", y="KiB of one layer's cache")
    words = []
    for series, one in enumerate(step for step in report["decoding"] if step["dtype"] == "float32"):
        tokens, measured, _ = zip(*one["cached"], strict=True)
        formula = [
            kernels.get("kv_cache_bytes")(1, one["kv_heads"], one["head_dim"], count, bytes_per=4).total / 2**10 for count in tokens
        ]
        look.curve(axes, tokens, formula, series, name=f"formula-{one['kind']}")
        look.points(axes, tokens, [size / 2**10 for size in measured], series, name=f"measured-{one['kind']}")
        share = f"{one['kv_heads']} of {one['heads']} heads" if one["kv_heads"] < one["heads"] else f"{one['heads']} heads"
        words.append((f"{one['kind']}, {share}: {measured[-1] / 2**10:,.0f} KiB", series))
    axes.set(ylim=(0, None))
    look.key(below, words)
    return figure


def speed(look: Look, report: Report, series: str, head_dim: int, causal: bool) -> "Figure":
    """Rates over the tokens of all candidates, of one pass with heads of one size."""
    figure, (axes, below) = look.panels(2, 1, 285, height_ratios=[3, 1.5])
    look.dress(axes, x="tokens", y="TFLOP/s")
    words = []
    for hue, name in enumerate(("redraw", "FLASH", "CUDNN", "EFFICIENT")):
        call = name, series, head_dim, causal
        found = [one for one in report["speed"] if (one["candidate"], one["series"], one["head_dim"], one["causal"]) == call]
        if found:
            tokens, rates = [one["tokens"] for one in found], [one["tflops"] for one in found]
            look.curve(axes, tokens, rates, hue, name=name)
            look.points(axes, tokens, rates, hue, name=f"{name}-measured")
            words.append((f"{name}: {rates[-1]:.0f} TFLOP/s at {tokens[-1]:,}", hue))
    axes.set(xscale="log", ylim=(0, None))
    axes.minorticks_off()
    ticks = sorted({one["tokens"] for one in report["speed"]})
    axes.set(xticks=ticks, xticklabels=[f"{tick // 1024}k" for tick in ticks])
    look.key(below, words)
    return figure
