"""Figures of the limits of floating-point numbers, and of losses with a floor."""

from bisect import bisect_left
from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TINY, HUGE = -103.3, 88.7
"""Where exp underflows to 0 and overflows to infinity in single precision."""


@figure("logsumexp", "softmax", examples=[{"logits": (1000, 999, 997)}, {"logits": (-200, -201, 3)}])
def exp_range(look: Look, *, logits: Annotated[Vector, Size(2, 4), Range(-2000, 2000)]) -> "Figure":
    """Logits on the line of what exp can take in single precision: shifted so that the largest is 0, none overflows.

    Values from ``softmax``, which shifts, and ``logsumexp``.
    """
    shifted = np.asarray(logits) - max(logits)
    figure, panels = look.panels(2, 1, 245, sharex=True)
    reach = 1.08 * max(150.0, float(np.abs(logits).max()), float(np.abs(shifted).max()))
    for axes, values, title, series in ((panels[0], np.asarray(logits), "z", 1), (panels[1], shifted, "z − max z", 0)):
        axes.axvspan(TINY, HUGE, color=look.tint(2, 0.25), linewidth=0, zorder=0, gid="range")
        axes.axhline(0, color=look.quiet, linewidth=1.1)
        look.points(axes, values, np.zeros(len(values)), series, name=title, markersize=8, clip_on=False)
        over, under = int(np.sum(values > HUGE)), int(np.sum(values < TINY))
        verdict = f"{over} overflow" if over else f"{under} become 0, which is harmless" if under else "all within range"
        if under and not over and max(values) < TINY:
            verdict = "all become 0: 0/0"
        listed = ", ".join(signed(float(one), ".4g") for one in values)
        axes.set_title(f"{title} = {listed}\n{verdict}", loc="left", color=look.hues[series])
        axes.set(yticks=[], ylim=(-1, 1), xlim=(-reach, reach), xticks=[-round(0.8 * reach, -2), 0, round(0.8 * reach, -2)])
        axes.spines[["left", "bottom"]].set_visible(False)
    chances = kernels.get("softmax")(logits)
    words = f"softmax {', '.join(f'{one:.3f}' for one in chances)}\nlogsumexp {signed(kernels.get('logsumexp')(logits), '.6g')}"
    panels[1].set_xlabel(f"shaded: exp(z) is neither 0 nor ∞ in float32\n{words}")
    return figure


@figure("log_likelihood_iid", examples=[{"p": 0.1}, {"p": 0.5, "n": 2000}])
def underflow(look: Look, *, p: Annotated[float, Range(0.001, 0.99)], n: Annotated[int, Range(10, 100_000)] = 1000) -> "Figure":
    """A product of many probabilities in powers of ten: float64 ends at 10 to the −324, the sum of logarithms goes on.

    Values from ``log_likelihood_iid``.
    """
    kernel = kernels.get("log_likelihood_iid")
    counts = np.unique(np.linspace(0, n, 61).round().astype(int))
    figure, (axes, below) = look.panels(2, 1, 255, height_ratios=[4, 1])
    look.dress(axes, x="factors", y="log₁₀ of the likelihood")
    found = [kernel([p], [int(count)]) for count in counts]
    logs = np.array([one.log_likelihood for one in found]) / np.log(10)
    whole = np.array([one.likelihood > 0 for one in found])
    look.curve(axes, counts, logs, 0, name="sum")
    look.curve(axes, counts[whole], logs[whole], 1, name="product", linewidth=4.2, zorder=4)
    axes.axhline(-323.3, color=look.quiet, linewidth=1.1, linestyle=(0, (3, 3)), zorder=1)
    low = min(float(logs[-1]), -360.0)
    axes.set(xlim=(0, n), ylim=(1.06 * low, 0), xticks=[0, n // 2, n])
    # The grid is too coarse to say where the product ends: the first count without a product lies by bisection.
    first = None if whole.all() else bisect_left(range(n + 1), True, key=lambda count: kernel([p], [count]).likelihood == 0)
    end = f"product: 0 from {first:,} factors on" if first else "product: still above 0"
    look.key(below, [(f"sum of logs: {signed(float(found[-1].log_likelihood), '.5g')} nats", 0), (end, 1)])
    return figure


@figure("double_softmax_loss_floor", examples=[{}, {"K": 100}])
def double_softmax(look: Look, *, K: Annotated[int, Range(2, 1000)] = 10) -> "Figure":
    """The loss when softmax is taken twice, over the number of classes: right or wrong, it stays in a narrow band off zero.

    Values from ``double_softmax_loss_floor``.
    """
    kernel, most = kernels.get("double_softmax_loss_floor"), max(20, 2 * K)
    counts = np.unique(np.geomspace(2, most, 31).round().astype(int))
    figure, (axes, below) = look.panels(2, 1, 265, height_ratios=[3.6, 1.2])
    look.dress(axes, x="classes K", y="cross-entropy in nats")
    words = []
    for series, (field, name) in enumerate((("floor", "surely right"), ("uniform", "undecided"), ("ceiling", "surely wrong"))):
        look.curve(axes, counts, [kernel(int(count))[field] for count in counts], series, name=field)
        here = float(kernel(K)[field])
        look.points(axes, K, here, series, name=f"{field} here")
        words.append((f"{name}: {here:.3g} at K = {K}", series))
    ticks = [2, K] if K > 3 else [2]
    axes.set(xscale="log", xlim=(2, most), ylim=(0, None), xticks=ticks, xticklabels=[f"{tick}" for tick in ticks])
    axes.minorticks_off()
    look.key(below, words)
    return figure


@figure("cross_entropy_from_logits", examples=[{"eps": 0.1, "K": 4}, {"eps": 0.3, "K": 10}])
def smoothed_loss(look: Look, *, eps: Annotated[float, Range(0.01, 0.9)], K: Annotated[int, Range(2, 1000)]) -> "Figure":
    """The loss over the gap of the true logit to the others: a hard target wants ever more, a smoothed one has a best gap.

    All other logits are equal. Values from ``cross_entropy_from_logits``.
    """
    kernel = kernels.get("cross_entropy_from_logits")

    def loss(gap: float, share: float) -> float:
        return float(kernel([[gap, *[0.0] * (K - 1)]], [0], label_smoothing=share))

    grid = np.linspace(-1, 12, 105)
    values = [loss(float(gap), eps) for gap in grid]
    best = float(np.log((1 - eps + eps / K) / (eps / K)))
    figure, (axes, below) = look.panels(2, 1, 255, height_ratios=[4, 1])
    look.dress(axes, x="gap of the true logit", y="loss")
    look.curve(axes, grid, [loss(float(gap), 0) for gap in grid], 1, name="hard")
    look.curve(axes, grid, values, 0, name="smoothed")
    look.points(axes, best, loss(best, eps), 2, name="best")
    axes.set(xlim=(-1, 12), ylim=(0, 1.05 * max(values[0], values[-1])), xticks=[0, 4, 8, 12])
    look.key(below, [(f"ε = {eps:.3g}: least {loss(best, eps):.3g} at gap {best:.3g}", 0), ("hard target: falls for ever", 1)])
    return figure
