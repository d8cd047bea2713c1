"""Figures of training that goes wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Range, figure
from generator.figures.style import WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curve = Callable[[np.ndarray], np.ndarray]
STEPS = np.linspace(0, 1, 121)
SYMPTOMS: dict[str, tuple[Curve, Curve, str]] = {
    "healthy": (lambda t: 0.2 + 0.8 * np.exp(-5 * t), lambda t: 0.26 + 0.78 * np.exp(-4.5 * t), "both fall and level off"),
    "overfitting": (
        lambda t: 0.03 + 0.97 * np.exp(-5 * t),
        lambda t: 0.3 + 0.72 * np.exp(-6 * t) + 0.55 * t**2,
        "validation rises again",
    ),
    "rate too low": (lambda t: 1 - 0.22 * t, lambda t: 1.04 - 0.2 * t, "a straight, slow descent"),
    "rate too high": (
        lambda t: 0.6 + 0.28 * np.sin(46 * t) * np.cos(7 * t) + 0.35 * np.exp(-9 * t),
        lambda t: 0.68 + 0.28 * np.sin(46 * t + 0.4) * np.cos(7 * t) + 0.35 * np.exp(-9 * t),
        "it leaps about and gets nowhere",
    ),
    "divergence": (
        lambda t: np.where(t < 0.56, 0.3 + 0.7 * np.exp(-6 * t) + 0.004 * np.exp(9 * t), np.nan),
        lambda t: np.where(t < 0.5, 0.36 + 0.68 * np.exp(-6 * t) + 0.004 * np.exp(9 * t), np.nan),
        "up, faster and faster, then NaN",
    ),
    "plateau": (
        lambda t: 0.2 + 0.8 / (1 + np.exp(28 * (t - 0.62))),
        lambda t: 0.25 + 0.8 / (1 + np.exp(28 * (t - 0.64))),
        "nothing for long, then a fall",
    ),
    "stuck": (lambda t: 0.97 + 0.008 * np.sin(60 * t), lambda t: 1.0 + 0.008 * np.sin(55 * t), "at chance level from the start"),
    "leak": (
        lambda t: 0.3 + 0.7 * np.exp(-5 * t),
        lambda t: 0.12 + 0.86 * np.exp(-5.5 * t),
        "validation better than training: a leak, or dropout",
    ),
}
"""Symptom -> how the losses run over the time of training, and what to see in it: sketches."""


@figure(
    examples=[
        {"symptom": "overfitting"},
        {"symptom": "overfitting", "words": "hidden"},
        {"symptom": "rate too high"},
        {"symptom": "divergence"},
        {"symptom": "leak"},
    ]
)
def training_curves(
    look: Look,
    *,
    symptom: Literal["healthy", "overfitting", "rate too low", "rate too high", "divergence", "plateau", "stuck", "leak"],
    words: Literal["shown", "hidden"] = "shown",
) -> "Figure":
    """How the losses on training and validation data run over time in one of eight cases: what to look for when training fails.

    ``words`` that are hidden leave off what there is to see, so that a question can ask for it. A sketch without a scale, from no
    kernel: its values mean nothing but their shape.
    """
    train, valid, seen = SYMPTOMS[symptom]
    figure, (axes, below) = look.panels(2, 1, 250, height_ratios=[4, 1])
    for series, name, curve in ((0, "training", train), (1, "validation", valid)):
        look.curve(axes, STEPS, curve(STEPS), series, name=name)
    if symptom == "overfitting" and words == "shown":
        best = STEPS[int(np.argmin(valid(STEPS)))]
        look.guide(axes, x=float(best), name="stop")
        look.beside(axes, (float(best), 1.05), "stop here", gap=6, color=look.quiet)
    if symptom == "divergence":
        for series, curve in ((0, train), (1, valid)):
            last = int(np.flatnonzero(np.isfinite(curve(STEPS)))[-1])
            axes.plot(STEPS[last], curve(STEPS)[last], marker="x", color=look.hues[series], markersize=9, markeredgewidth=2.2)
    look.dress(axes, x="time", y="" if words == "shown" else "loss")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.36), xticks=[], yticks=[])
    if words == "shown":
        axes.set_title(seen, loc="left", color=look.ink)
        axes.set_ylabel("loss")
    look.key(below, [("training", 0), ("validation", 1)])
    return figure


@figure(
    "clt_tail_probability",
    "finite_difference_gradient",
    examples=[{}, {"mean": -1, "spread": 1}],
)
def dead_unit(
    look: Look, *, mean: Annotated[float, Range(-20, 20)] = -4.0, spread: Annotated[float, Range(0.05, 20)] = 1.0
) -> "Figure":
    """The pre-activations of two ReLU units over the data: one is on half the time, the other so seldom that it hardly learns.

    Normal, with the given mean and deviation; hatched is where a gradient passes. Values from ``clt_tail_probability``; the curves
    are its slope, by ``finite_difference_gradient``.
    """
    tail, slope = kernels.get("clt_tail_probability"), kernels.get("finite_difference_gradient")
    far = max(3 * spread, abs(mean) + 2.5 * spread)
    grid = np.unique(np.r_[np.linspace(-far, far, 121), 0])
    figure, panels = look.panels(2, 1, 260, sharex=True)
    for axes, centre, name, series in ((panels[0], 0.0, "healthy", 0), (panels[1], mean, "this unit", 1)):

        def below(at: np.ndarray, centre: float = centre) -> float:
            return float(tail(centre, spread**2, 1, float(at[0]), "less").p)

        curve = np.array([float(slope(below, [spot], 1e-4 * spread)[0]) for spot in grid])
        look.curve(axes, grid, curve, series, name=name)
        on = grid >= 0
        look.fill(
            axes, grid[on], np.zeros(int(on.sum())), curve[on], series, name=f"{name} on", hatch="////", edgecolor=look.hues[series]
        )
        axes.axvline(0, color=look.quiet, linewidth=1.1)
        share = float(tail(centre, spread**2, 1, 0, "greater").p)
        axes.set_title(
            f"{name}: mean {signed(centre, '.3g')}, on for {100 * share:.2g}% of the data", loc="left", color=look.hues[series]
        )
        axes.set(yticks=[], ylim=(0, 1.08 * float(curve.max())), xlim=(-far, far), xticks=[0])
        axes.spines["left"].set_visible(False)
    panels[1].set_xlabel("pre-activation")
    return figure


@figure(examples=[{}])
def nan_check(look: Look) -> "Figure":
    """A loss is NaN: which question to ask first, and where each answer leads.

    No kernel: these are questions, without values.
    """
    figure, axes = board(look, 330)
    questions = (
        ("NaN or Inf in a batch\nof the data?", "clean the data"),
        ("NaN in the very\nfirst step?", "log 0, 0/0, a fully\nmasked row, init"),
        ("loss or gradient norm\ngrew before it?", "lower the rate,\nwarm up, clip"),
        ("only in float16?", "bfloat16, or\nloss scaling"),
    )
    left, right = 86, WIDTH - 68
    for index, (question, answer) in enumerate(questions):
        y = 34 + 72 * index
        block(look, axes, (left, y), (164, 44), question, 0, name=f"question-{index}")
        block(look, axes, (right, y), (128, 44), answer, 2, name=f"answer-{index}")
        link(look, axes, (left + 82, y), (right - 64, y))
        look.text(axes, ((left + right + 18) / 2, y - 9), "yes", color=look.quiet)
        link(look, axes, (left, y + 22), (left, y + 50))
        look.beside(axes, (left, y + 36), "no", color=look.quiet, gap=7)
    look.text(axes, (left, 314), "find the first operation\nthat makes one", linespacing=1.15)
    return figure
