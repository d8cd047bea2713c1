"""Figures of what a loss compares: from logits to chances, and which chances it wants."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Logits = Annotated[Vector, Size(2, 4), Range(-6, 6)]


def _row(look: Look, axes: "Axes", values: np.ndarray, name: str, series: int, form: str) -> None:
    """Bars with their numbers."""
    look.bars(axes, range(len(values)), values, series, name=name, color=look.tint(series, 0.65), width=0.5)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.5 * (high - low or 1)
    for spot, value in enumerate(values):
        look.beside(axes, (spot, float(value)), signed(float(value), form), towards=(0, 1 if value >= 0 else -1), gap=3)
    axes.set_title(name, loc="left", color=look.hues[series])
    axes.axhline(0, color=look.quiet, linewidth=1.0)
    axes.set(xticks=[], yticks=[], xlim=(-0.6, len(values) - 0.4), ylim=(low - (room if low < 0 else 0), high + room))
    axes.spines[["left", "bottom"]].set_visible(False)


@figure("softmax", "logsumexp", examples=[{"logits": (2, 1, -1)}, {"logits": (0, 3, 3, -2)}])
def softmax_stages(look: Look, *, logits: Logits) -> "Figure":
    """What a softmax does in two steps: exp makes the logits positive and differences ratios, the sum makes them chances.

    Values from ``softmax`` and ``logsumexp``.
    """
    z = np.asarray(logits)
    total = float(np.exp(kernels.get("logsumexp")(logits)))
    chances = np.asarray(kernels.get("softmax")(logits))
    figure, panels = look.panels(3, 1, 300)
    _row(look, panels[0], z, "logits z", 3, ".3g")
    _row(look, panels[1], chances * total, f"exp z: sum {total:.3g}", 1, ".3g")
    _row(look, panels[2], chances, "divided by it: sum 1", 0, ".2f")
    return figure


@figure(
    "softmax",
    "softmax_cross_entropy_grad",
    "cross_entropy_from_logits",
    examples=[{"logits": (2, 1, 0), "y": 1}, {"logits": (0, 3), "y": 0, "target": "y"}],
)
def loss_graph(
    look: Look,
    *,
    logits: Annotated[Vector, Size(2, 3), Range(-20, 20)],
    y: Annotated[int, Range(0, 2)],
    target: Literal["t", "y"] = "t",
) -> "Figure":
    """Logits through softmax and cross-entropy, forwards on top; the way back multiplies two Jacobians to s minus the target.

    ``target`` is the card's letter for it; subscripts count from 1. Values from ``softmax``, ``cross_entropy_from_logits`` and
    ``softmax_cross_entropy_grad``.
    """
    if y >= len(logits):
        raise ValueError(f"y counts the logits from 0, so that {len(logits) - 1} is the last, got {y}")
    chances = np.asarray(kernels.get("softmax")(logits))
    loss = float(kernels.get("cross_entropy_from_logits")([logits], [y]))
    back = np.asarray(kernels.get("softmax_cross_entropy_grad")([logits], [y]))[0]
    figure, axes = board(look, 256)
    spots = (44.0, 168.0, 300.0)
    columns = (
        ("z", [signed(one, ".3g") for one in logits], 0),
        ("s", [f"{one:.2f}" for one in chances], 1),
    )
    tall = 20 * len(logits) + 8
    for x, (name, entries, series) in zip(spots, columns, strict=False):
        look.text(axes, (x, 16), name, series, weight="bold")
        block(look, axes, (x, 34 + tall / 2), (60, tall), "\n".join(entries), series, name=name)
    look.text(axes, (spots[2], 16), "loss", 2, weight="bold")
    block(look, axes, (spots[2], 34 + tall / 2), (64, 30), f"{loss:.3g}", 2, name="loss")
    for (tail, head), half, words in (((spots[0], spots[1]), 30, "softmax"), ((spots[1], spots[2]), 32, "−ln s" + "₁₂₃"[y])):
        link(look, axes, (tail + 30, 34 + tall / 2), (head - half, 34 + tall / 2))
        look.text(axes, ((tail + head) / 2 - 1, 24 + tall / 2), words, color=look.quiet, fontsize=SMALL)
    low = 66 + tall
    for tail, head, words in ((spots[1], spots[0], "diag s − s sᵀ"), (spots[2], spots[1], f"−1/s{'₁₂₃'[y]}")):
        link(look, axes, (tail - 20, low), (head + 20, low), series=3, linestyle=(0, (5, 2.2)))
        look.text(axes, ((tail + head) / 2, low + 14), words, 3, fontsize=SMALL)
    grad = ", ".join(signed(float(one), ".2f") for one in back)
    block(look, axes, (WIDTH / 2, low + 54), (250, 30), f"together: s − {target} = ({grad})", 3, name="gradient")
    link(look, axes, (54, low + 39), (54, 34 + tall), series=3)
    return figure


@figure(
    "label_smoothing_targets",
    "softmax",
    examples=[{"teacher": (5, 3, -2)}, {"teacher": (4, 1, 0.5, -1), "eps": 0.2, "T": 4}],
)
def soft_targets(
    look: Look,
    *,
    teacher: Annotated[Vector, Size(2, 4), Range(-20, 20)],
    eps: Annotated[float, Range(0, 1)] = 0.1,
    T: Annotated[float, Range(0.1, 100)] = 2.0,
) -> "Figure":
    """Three targets for one picture: one-hot, smoothed, which treats all wrong classes alike, and a teacher's, which does not.

    The class of the teacher's largest logit is the true one. Values from ``label_smoothing_targets`` and ``softmax``.
    """
    true, names = int(np.argmax(teacher)), ("cat", "dog", "airplane", "ship")
    smoothing = kernels.get("label_smoothing_targets")
    rows = (
        ("one-hot", np.asarray(smoothing(true, len(teacher), 0, "uniform_all")), 3),
        (f"smoothed, ε = {eps:.3g}", np.asarray(smoothing(true, len(teacher), eps, "uniform_all")), 1),
        (f"teacher at T = {T:.3g}", np.asarray(kernels.get("softmax")(teacher, T)), 0),
    )
    figure, panels = look.panels(3, 1, 315)
    for axes, (name, values, series) in zip(panels, rows, strict=True):
        _row(look, axes, values, name, series, ".3f")
        axes.set_ylim(0, 1.45)
    panels[-1].set(xticks=range(len(teacher)), xticklabels=names[: len(teacher)])
    return figure
