"""Figures of language modelling."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, WIDTH, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Chances = Annotated[Vector, Size(2, 6), Range(0.001, 1)]


@figure("sequence_nll", examples=[{"probs": (0.5, 0.25, 0.125, 0.25)}, {"probs": (0.9, 0.02, 0.6), "start": 2}])
def surprise(look: Look, *, probs: Chances, start: Annotated[int, Range(1, 9)] = 1) -> "Figure":
    """The chance that a model gave to each token in turn, and its surprise in bits as a bar; the mean of the bars is the loss.

    ``start`` counts the first token. Values from ``sequence_nll``.
    """
    kernel = kernels.get("sequence_nll")
    bits, whole = [kernel([chance]).bits_per_token for chance in probs], kernel(probs)
    figure, axes = look.axes(235, grid=False)
    index = np.arange(len(probs))
    look.bars(axes, index, bits, 0, name="bits", color=look.tint(0, 0.6), width=0.6)
    for spot, count in enumerate(bits):
        look.beside(axes, (spot, count), f"{count:.2f}", towards=(0, 1), gap=3, bbox=look.backing())
    axes.axhline(whole.bits_per_token, color=look.hues[1], linewidth=1.6, linestyle=(0, (5, 2.2)), gid="mean", zorder=2)
    many = "" if len(probs) > 4 else "p = "
    names = [f"x{start + spot}\n{many}{chance:.3g}" for spot, chance in enumerate(probs)]
    axes.set(xticks=index, xticklabels=names, yticks=[], ylim=(0, 1.2 * max(*bits, 0.1)), xlim=(-0.6, len(probs) - 0.4))
    axes.spines["left"].set_visible(False)
    axes.set_title(
        f"mean {whole.bits_per_token:.3g} bits ({whole.nll_mean:.3g} nats)\nperplexity {whole.perplexity:.3g}", color=look.hues[1]
    )
    return figure


@figure("sequence_nll", examples=[{"loss": 2}, {"loss": 0.5}])
def perplexity(look: Look, *, loss: Annotated[float, Range(0, 6)]) -> "Figure":
    """Perplexity over the cross-entropy in nats, its exponential: the same small step down is worth more the larger the loss.

    Values from ``sequence_nll``.
    """
    kernel, most = kernels.get("sequence_nll"), max(3.0, 1.25 * loss)
    grid = np.linspace(0, most, 61)
    figure, axes = look.axes(x="cross-entropy in nats", y="perplexity")
    look.curve(axes, grid, [kernel([float(np.exp(-one))]).perplexity for one in grid], 0, name="perplexity")
    here = kernel([float(np.exp(-loss))]).perplexity
    look.points(axes, loss, here, 1, name="here", clip_on=False)
    look.guide(axes, y=here)
    axes.set_title(f"{here:.3g} at {loss:.3g} nats", loc="right", color=look.hues[1])
    axes.set(xlim=(0, most), ylim=(0, None))
    axes.set_yticks([tick for tick in axes.get_yticks()[1:] if tick <= axes.get_ylim()[1]])
    return figure


WORDS = ("the", "cat", "sat", "on", "the", "mat")


@figure("log_likelihood_iid", examples=[{}, {"steps": 5, "p": 0.8}])
def exposure(look: Look, *, steps: Annotated[int, Range(3, 5)] = 4, p: Annotated[float, Range(0.01, 0.999)] = 0.9) -> "Figure":
    """Training with the true prefix against generation from the model's own: there an early slip is fed in again.

    Below, the chance that nothing has gone wrong so far if each step is right with chance p. Values from ``log_likelihood_iid``.
    """
    figure, axes = board(look, 250)
    step = (WIDTH - 8) / steps
    wide = min(step - 14, 66.0)
    for y, title, free in ((58, "training: true tokens go in", False), (158, "generation: its own tokens go in", True)):
        look.beside(axes, (4, y - 46), title, 1 if free else 0, gap=0)
        for index in range(steps):
            x = 4 + step * (index + 0.5)
            slip = free and index >= 1
            out = ("dog", "ran", "off", "with")[index - 1] if slip else WORDS[index + 1]
            fed = ("dog", "ran", "off")[index - 2] if free and index >= 2 else WORDS[index]
            block(look, axes, (x, y - 20), (wide, 22), out, 1 if slip else None, name=f"out-{index}", hatch=None)
            block(look, axes, (x, y + 30), (wide, 22), fed, 1 if free and index >= 2 else None, name=f"in-{index}")
            link(look, axes, (x, y + 19), (x, y - 9))
            if free and index < steps - 1:
                link(look, axes, (x + wide / 2, y - 16), (x + step - wide / 2, y + 26), series=1, linewidth=1.3)
    for index in range(steps):
        left = kernels.get("log_likelihood_iid")([p], [index + 1]).likelihood
        look.text(axes, (4 + step * (index + 0.5), 232), f"{left:.3g}", gid=f"right-{index}")
    look.beside(axes, (4, 211), f"chance of no slip so far, at p = {p:.3g} a step:", color=look.quiet, gap=0)
    return figure


@figure("sequence_nll", examples=[{}, {"probs": (0.5, 0.1, 0.9)}])
def shifted_targets(look: Look, *, probs: Annotated[Vector, Size(2, 5), Range(0.001, 1)] = (0.2, 0.4, 0.05, 0.6)) -> "Figure":
    """The rows of a language model's training: each token is to predict its right neighbour, and each place has a loss.

    ``probs`` are the chances of the true next tokens. Values from ``sequence_nll``.
    """
    kernel = kernels.get("sequence_nll")
    figure, axes = board(look, 196)
    step = (WIDTH - 68) / len(probs)
    for y, name in ((40, "target"), (112, "input"), (158, "−ln p")):
        look.beside(axes, (4, y), name, {40: 1, 112: 0, 158: None}[y], gap=0)
    for index, chance in enumerate(probs):
        x = 64 + step * (index + 0.5)
        block(look, axes, (x, 112), (step - 6, 24), WORDS[index], 0, name=f"in-{index}")
        block(look, axes, (x, 40), (step - 6, 24), WORDS[index + 1], 1, name=f"target-{index}")
        link(look, axes, (x, 100), (x, 52))
        look.text(axes, (x, 158), f"{kernel([chance]).nll_mean:.2f}", gid=f"loss-{index}")
        if index:
            axes.plot([x - step, x], [52, 100], color=look.hues[1], linewidth=1, linestyle=(0, (2, 2)), zorder=1)
    look.text(axes, (WIDTH / 2, 14), "the same text, one place on", color=look.quiet, fontsize=SMALL)
    look.text(axes, (WIDTH / 2, 184), f"loss, the mean: {kernel(probs).nll_mean:.3g} nats")
    return figure
