"""Figures of losses."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Logits = Annotated[Vector, Size(2, 6), Range(-20, 20)]


@figure("softmax", examples=[{"logits": (2, 1, 0)}, {"logits": (1, -1, 0.5, 2), "temperatures": (0.1, 1, 10)}])
def softmax_temperature(
    look: Look,
    *,
    logits: Annotated[Vector, Size(2, 4), Range(-20, 20)],
    temperatures: Annotated[Vector, Size(2, 3), Range(0.01, 100)] = (0.5, 1.0, 2.0),
    called: Literal["logits", "scores", "cosines", "similarities"] = "logits",
) -> "Figure":
    """The softmax of the same logits at several temperatures: cold is nearly an argmax, hot is nearly uniform.

    ``called`` says what the card calls them. Values from ``softmax``.
    """
    kernel = kernels.get("softmax")
    figure, panels = look.panels(1, len(temperatures), 200, sharey=True)
    index, names = np.arange(len(logits)), [signed(z, ".3g") for z in logits]
    # What is too long to stand below its bar is listed, and the bars are counted.
    long = max(map(len, names)) * len(names) * len(temperatures) > 44
    for temperature, axes in zip(temperatures, panels, strict=True):
        chances = kernel(logits, temperature)
        look.bars(axes, index, chances, 0, name="softmax", color=look.tint(0, 0.75))
        for spot, chance in enumerate(chances):
            look.beside(axes, (spot, chance), f"{chance:.2f}".removeprefix("0"), towards=(0, 1), gap=3, fontsize=11.5)
        look.dress(axes, title=f"T = {temperature:g}", grid=False)
        axes.set(xticks=index, xticklabels=index + 1 if long else names, yticks=[], ylim=(0, 1.12))
        axes.spines["left"].set_visible(False)
    figure.supxlabel(f"{called} {',  '.join(names)}" if long else called, fontsize=12.5, color=look.quiet)
    return figure


@figure("softmax", "softmax_jacobian", examples=[{"logits": (1, 0, -1)}, {"logits": (2, 1, 0.5, -1)}])
def softmax_jacobian(look: Look, *, logits: Annotated[Vector, Size(2, 4), Range(-20, 20)]) -> "Figure":
    """The Jacobian of a softmax as tiles beside its probabilities as bars: positive on the diagonal, every row sums to zero.

    Values from ``softmax`` and ``softmax_jacobian``.
    """
    chances, jacobian = kernels.get("softmax")(logits), kernels.get("softmax_jacobian")(logits)
    figure, (bars, tiles) = look.panels(1, 2, 215, width_ratios=[1, 2.1])
    index = np.arange(len(logits))
    bars.barh(index, chances, height=0.66, color=look.tint(0, 0.6), label="softmax", zorder=3)
    for spot, chance in enumerate(chances):
        look.beside(bars, (chance, spot), f"{chance:.2f}", gap=4)
    bars.set(
        xticks=[],
        yticks=index,
        yticklabels=[signed(z) for z in logits],
        ylim=(len(logits) - 0.5, -0.5),
        xlim=(0, 1.7 * float(max(chances))),
    )
    bars.spines["bottom"].set_visible(False)
    look.dress(bars, title="s", grid=False)
    look.heat(tiles, jacobian, name="J")
    look.dress(tiles, title="∂s / ∂z", grid=False)
    return figure


@figure("label_smoothing_targets", examples=[{"K": 4, "eps": 0.1}, {"K": 3, "eps": 0.3, "y": 2}, {"K": 8, "eps": 0.2}])
def label_smoothing(
    look: Look, *, K: Annotated[int, Range(2, 8)], eps: Annotated[float, Range(0, 1)], y: Annotated[int, Range(0, 7)] = 0
) -> "Figure":
    """The smoothed targets under both conventions: the share spread over all classes, or over the wrong ones only.

    Values from ``label_smoothing_targets``.
    """
    kernel, index = kernels.get("label_smoothing_targets"), np.arange(K)
    figure, panels = look.panels(2, 1, 270, sharex=True)
    words: tuple[tuple[Literal["uniform_all", "uniform_others"], str], ...] = (
        ("uniform_all", "spread over all classes"),
        ("uniform_others", "spread over the wrong ones"),
    )
    for series, (axes, (convention, title)) in enumerate(zip(panels, words, strict=True)):
        targets = kernel(y, K, eps, convention)
        look.bars(
            axes,
            index,
            targets,
            series,
            name=convention,
            color=look.tint(series, 0.7),
            hatch="///" if series else None,
            edgecolor=look.page,
        )
        for spot in (y, (y + 1) % K):
            look.beside(axes, (spot, targets[spot]), f"{targets[spot]:.3g}", towards=(0, 1), gap=3)
        look.dress(axes, y=title, grid=False)
        axes.set(ylim=(0, 1.2), yticks=[], xticks=index, xticklabels=["true" if k == y else str(k) for k in index])
        axes.spines["left"].set_visible(False)
    return figure


@figure(
    "softmax",
    "label_smoothing_targets",
    "softmax_cross_entropy_grad",
    examples=[
        {"logits": (2, 1, 0), "y": 1},
        {"logits": (0, 3, -1, 1), "y": 1, "eps": 0.2},
        {"logits": (0, 3, -1, 1), "y": 1, "called": "p", "target": "y"},
    ],
)
def softmax_gradient(
    look: Look,
    *,
    logits: Logits,
    y: Annotated[int, Range(0, 5)],
    eps: Annotated[float, Range(0, 1)] = 0.0,
    called: Literal["s", "p"] = "s",
    target: Literal["t", "y"] = "t",
) -> "Figure":
    """What the model says, what it should have said, and the gradient of the cross-entropy: one minus the other.

    ``called`` and ``target`` are the card's letters for the softmax and for what should come out. Values from ``softmax``,
    ``label_smoothing_targets`` and ``softmax_cross_entropy_grad``.
    """
    if y >= len(logits):
        raise ValueError(f"y counts the logits from 0, so that {len(logits) - 1} is the last, got {y}")
    index = np.arange(len(logits))
    rows = [
        (f"softmax {called}", kernels.get("softmax")(logits), 0),
        (f"target {target}", kernels.get("label_smoothing_targets")(y, len(logits), eps, "uniform_all"), 2),
        (f"gradient {called} − {target}", kernels.get("softmax_cross_entropy_grad")([logits], [y], label_smoothing=eps)[0], 1),
    ]
    # The three rows have one scale, so that what is taken away can be seen.
    room, gradient = 0.42, rows[-1][1]
    spans = [(0.0, 1 + room)] * 2 + [(min(0.0, float(min(gradient))) - room, max(0.0, float(max(gradient))) + room)]
    figure, panels = look.panels(3, 1, 330, sharex=True, height_ratios=[high - low for low, high in spans])
    for axes, (title, values, series), span in zip(panels, rows, spans, strict=True):
        look.bars(axes, index, values, series, name=title, color=look.tint(series, 0.65), width=0.5)
        for spot, value in enumerate(values):
            look.beside(axes, (spot, value), signed(value, ".2f"), towards=(0, 1 if value >= 0 else -1), gap=3)
        look.dress(axes, y=title, grid=False)
        axes.axhline(0, color=look.quiet, linewidth=1.1)
        axes.set(yticks=[], ylim=span, xticks=index, xticklabels=[signed(z) for z in logits])
        axes.spines[["left", "bottom"]].set_visible(False)
    panels[-1].set_xlabel("logits")
    return figure


@figure("sigmoid", examples=[{"z": 1.5}, {"z": -3}])
def sigmoid(look: Look, *, z: Annotated[float, Range(-6, 6)]) -> "Figure":
    """The sigmoid with a point and its mirror image: what one gains the other lacks, since the two add up to 1.

    Values from ``sigmoid``.
    """
    kernel, grid = kernels.get("sigmoid"), np.linspace(-6, 6, 81)
    figure, (axes, below) = look.panels(2, 1, 250, height_ratios=[4, 1])
    look.dress(axes, x="z", y="σ(z)")
    look.curve(axes, grid, kernel(grid), 0, name="sigmoid")
    words = []
    for series, spot in ((1, z), (2, -z)):
        value = float(kernel(spot))
        look.points(axes, spot, value, series, name=f"point-{series}", clip_on=False)
        words.append((f"σ({signed(spot)}) = {value:.3g}", series))
    look.key(below, words, points=True)
    axes.set(xlim=(-6, 6), ylim=(0, 1.02), yticks=[0.5, 1], xticks=[-4, 0, 4])
    return figure
