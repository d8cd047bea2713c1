"""Figures of sequence models."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Weight = Annotated[float, Range(-10, 10)]


@figure(
    "dense_forward",
    "rnn_jacobian_product",
    examples=[{"x": (1, 0, 0, 0)}, {"x": (2, -1, 0.5), "w": 1.5, "u": 0.5}, {"x": (0.5, 1, -1, 0, 2), "w": -0.8}],
)
def unrolled_rnn(
    look: Look, *, x: Annotated[Vector, Size(2, 5), Range(-10, 10)], w: Weight = 0.5, u: Weight = 1.0, start: Weight = 0.0
) -> "Figure":
    """A recurrent cell written out over its inputs: the states, one after the other, and how much of the start each still feels.

    One unit, h = tanh(w h + u x). Values from ``dense_forward`` and ``rnn_jacobian_product``.
    """
    states, h = [], start
    for one in x:
        h = float(kernels.get("dense_forward")([h, one], [[w, u]], [0], "tanh").y[0])
        states.append(h)
    felt = kernels.get("rnn_jacobian_product")([[w]], [[h] for h in states]).norms
    figure, axes = board(look, 200)
    step = (WIDTH - 62) / len(x)
    places = [62 + step * (index + 0.5) for index in range(len(x))]
    look.beside(axes, (12, 64), signed(start, ".2g"), towards=(1, 0), gap=0)
    half = min(25.0, step / 2 - 7)
    link(look, axes, (44, 64), (places[0] - half, 64))
    for index, (place, state, one) in enumerate(zip(places, states, x, strict=True)):
        block(look, axes, (place, 64), (2 * half, 32), signed(state, ".2f"), 0, name=f"h-{index}")
        look.text(axes, (place, 32), f"h{index + 1}", 0)
        link(look, axes, (place, 106), (place, 80))
        look.text(axes, (place, 117), signed(one, ".2g"))
        look.text(axes, (place, 176), f"{felt[index]:.2g}", 1, gid=f"felt-{index}")
        tall = 20 * float(min(felt[index], 1))
        look.box(axes, place - 12, 164 - tall, 24, tall, look.tint(1, 0.6), name=f"bar-{index}", linewidth=0)
        if index:
            link(look, axes, (places[index - 1] + half, 64), (place - half, 64))
    look.beside(axes, (12, 32), "state", 0, gap=0)
    look.beside(axes, (12, 117), "input", gap=0)
    look.beside(axes, (12, 176), "∂h/∂h₀", 1, gap=0)
    look.text(axes, (WIDTH / 2, 12), f"h = tanh({signed(w)} h + {signed(u)} x)", color=look.quiet)
    return figure


@figure("rnn_jacobian_product", examples=[{}, {"gains": (0.5, 0.99), "lag": 100}])
def rnn_memory(
    look: Look,
    *,
    gains: Annotated[Vector, Size(1, 4), Range(0.1, 3)] = (0.9, 1.0, 1.1),
    lag: Annotated[int, Range(2, 200)] = 50,
) -> "Figure":
    """How much of a gradient comes back over many steps of a recurrent network, in powers of ten, for several recurrent gains.

    The network is linear: tanh only makes it less. Values from ``rnn_jacobian_product``.
    """
    figure, axes = look.axes(x="steps back", y="log₁₀ of the gradient's norm")
    steps, ends = np.arange(lag + 1), []
    for series, gain in enumerate(gains):
        norms = kernels.get("rnn_jacobian_product")([[gain]], np.zeros((lag, 1))).norms
        logs = np.r_[0.0, np.log10(norms)]
        look.curve(axes, steps, logs, series, name=f"gain-{gain:g}")
        ends.append((float(logs[-1]), f"×{gain:.3g}: {signed(round(float(logs[-1]), 9), '.3g')}", series))
    low, high = min(0.0, *(end for end, _, _ in ends)), max(0.0, *(end for end, _, _ in ends))
    room = high - low or 1.0
    look.ends(axes, lag, ends, 0.1 * room)
    axes.set(xlim=(0, lag), ylim=(low - 0.06 * room, high + (0.06 + 0.1 * len(gains)) * room))
    return figure


@figure(
    "lstm_cell_step",
    examples=[{"gates": (-1, 2, 1, 0.5), "c": 0.8}, {"gates": (-10, 10, 0, 1), "c": 1.5}],
)
def lstm_cell(look: Look, *, gates: Annotated[Vector, Size(4, 4), Range(-20, 20)], c: Annotated[float, Range(-9, 9)]) -> "Figure":
    """One step of an LSTM cell with its numbers: what is forgotten, taken in and shown; the cell's own path runs along the top.

    ``gates`` holds the pre-activations of input gate, forget gate, candidate and output gate. Values from ``lstm_cell_step``.
    """
    found = kernels.get("lstm_cell_step")([0], [0], [c], np.zeros((4, 1)), np.zeros((4, 1)), gates)
    i, f, g, o, new, shown = (float(found[name][0]) for name in ("i", "f", "g", "o", "c_new", "h_new"))
    figure, axes = board(look, 240)
    top, gate, side = 50, 182, 52
    columns = {"f": 78, "i": 142, "g": 194, "o": 262}
    for name, value in (("f", f), ("i", i), ("g", g), ("o", o)):
        squash = "tanh" if name == "g" else "σ"
        series = 1 if name == "g" else 0
        block(look, axes, (columns[name], gate), (46, 34), f"{name}\n{signed(value, '.2f')}", series, name=name)
        look.text(axes, (columns[name], gate + 30), squash, color=look.quiet)
    link(look, axes, (side - 6, top), (columns["f"] - 10, top), series=2)
    link(look, axes, (columns["f"] + 10, top), (columns["g"] - 10, top), series=2)
    link(look, axes, (columns["g"] + 10, top), (WIDTH - 46, top), series=2)
    for place, sign in ((columns["f"], "×"), (columns["g"], "+")):
        look.disc(axes, place, top, 10, look.page, zorder=4)
        look.text(axes, (place, top), sign, zorder=7)
    middle = (columns["i"] + columns["g"]) / 2
    look.disc(axes, middle, 118, 10, look.page, zorder=4)
    look.text(axes, (middle, 118), "×", zorder=7)
    link(look, axes, (columns["f"], gate - 17), (columns["f"], top + 10))
    link(look, axes, (columns["i"], gate - 17), (middle - 7, 126))
    link(look, axes, (columns["g"], gate - 17), (middle + 7, 126))
    link(look, axes, (middle, 108), (middle, 84), (columns["g"], 84), (columns["g"], top + 10))
    look.disc(axes, columns["o"], 118, 10, look.page, zorder=4)
    look.text(axes, (columns["o"], 118), "×", zorder=7)
    link(look, axes, (columns["o"], gate - 17), (columns["o"], 128))
    link(look, axes, (columns["o"], top), (columns["o"], 108))
    look.text(axes, (columns["o"] + 22, 82), "tanh", color=look.quiet, fontsize=SMALL)
    link(look, axes, (columns["o"] + 10, 118), (WIDTH - 46, 118), series=3)
    look.beside(axes, (4, top), f"c\n{signed(c, '.2g')}", 2, gap=0)
    look.beside(axes, (WIDTH - 43, top), f"c′\n{signed(new, '.2f' if abs(new) < 9.9 else '.1f')}", 2, gap=0)
    look.beside(axes, (WIDTH - 43, 118), f"h′\n{signed(shown, '.2f')}", 3, gap=0)
    look.text(axes, (WIDTH / 2, 14), f"∂c′/∂c along the top = f = {signed(f, '.2f')}", color=look.quiet)
    look.text(axes, (WIDTH / 2, 232), "forget, input, candidate, output: of x and h", color=look.quiet, fontsize=SMALL)
    return figure


@figure(examples=[{}, {"tokens": 8, "d": 512}])
def bottleneck(look: Look, *, tokens: Annotated[int, Range(2, 10)] = 6, d: Annotated[int, Range(1, 100_000)] = 256) -> "Figure":
    """An encoder and a decoder with one context vector between them: however long the input, all of it passes that one vector.

    Nothing is computed: the values are the number of states and their width.
    """
    figure, axes = board(look, 172)
    tall, gap = 90.0, 128.0 / tokens
    middle = 84.0
    for side, series in ((-1, 0), (1, 1)):
        for index in range(tokens):
            x = WIDTH / 2 + side * (36 + (index + 0.5) * gap)
            grown = tall * (0.35 + 0.65 * (index + 1) / tokens)
            look.box(axes, x - gap * 0.36, middle - grown / 2, gap * 0.72, grown, look.tint(series, 0.45), name=f"state-{series}")
    block(look, axes, (WIDTH / 2, middle), (22, 26), "", 2, name="context", depth=1)
    link(look, axes, (WIDTH / 2 - 34, middle), (WIDTH / 2 - 11, middle))
    link(look, axes, (WIDTH / 2 + 11, middle), (WIDTH / 2 + 34, middle))
    look.text(axes, (76, 148), f"encoder:\n{tokens} states of {d:,}", 0)
    look.text(axes, (WIDTH - 76, 148), f"decoder:\n{tokens} states of {d:,}", 1)
    look.text(axes, (WIDTH / 2, 14), f"one context vector: {d:,} numbers", 2)
    axes.plot([WIDTH / 2] * 2, [24, middle - 14], color=look.hues[2], linewidth=1.1, linestyle=(0, (3, 3)))
    return figure
