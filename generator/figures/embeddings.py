"""Figures of embeddings."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import DASHES, TEXT, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pair = Annotated[Vector, Size(2, 2), Range(-10, 10)]


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / (np.hypot(*vector) or 1))


def _turn(one: np.ndarray, other: np.ndarray) -> float:
    """By how many radians, to the left, the way from one direction to another turns."""
    return float(np.arctan2(one[0] * other[1] - one[1] * other[0], one @ other))


@figure(
    "onehot_vs_embedding",
    "cosine_similarity",
    examples=[{}, {"vocabulary": 20_000, "d": 128, "a": (1, 3), "b": (3, 2), "c": (3, -2)}],
)
def one_hot_or_embedding(
    look: Look,
    *,
    vocabulary: Annotated[int, Range(3, 1_000_000)] = 50_000,
    d: Annotated[int, Range(2, 100_000)] = 300,
    a: Pair = (2.0, 1.6),
    b: Pair = (2.4, 1.1),
    c: Pair = (-1.6, 1.4),
) -> "Figure":
    """Words as one-hot vectors, all at right angles, and as embeddings, where like words have like directions.

    Values from ``onehot_vs_embedding`` and ``cosine_similarity``.
    """
    found, cosine = kernels.get("onehot_vs_embedding")(vocabulary, d), kernels.get("cosine_similarity")
    figure, (hot, learned) = look.panels(1, 2, 262)
    for axes in (hot, learned):
        look.bare(axes)
        axes.set(xlim=(-1.85, 1.85), ylim=(-2.75, 1.5))
    for series, (name, end) in enumerate((("cat", (0.94, -0.34)), ("dog", (0.0, 1.0)), ("auto", (-0.72, -0.5)))):
        look.arrow(hot, (0, 0), end, series, name=f"hot-{name}")
        look.beside(hot, end, name, series, towards=end, gap=5)
    vectors = [_unit(np.asarray(v)) for v in (a, b, c)]
    for series, (name, head) in enumerate(zip(("cat", "dog", "auto"), vectors, strict=True)):
        look.arrow(learned, (0, 0), head, series, name=f"learned-{name}")
        # The words of arrows that lie close together fan out around the middle of these arrows.
        close = [index for index, other in enumerate(vectors) if float(head @ other) > 0.8 or index == series]
        turned = sorted(close, key=lambda index: (round(float(_turn(head, vectors[index])), 9), index))
        fan = 0.9 * (turned.index(series) - (len(close) - 1) / 2) + sum(_turn(head, vectors[index]) for index in close) / len(close)
        towards = (head[0] * np.cos(fan) - head[1] * np.sin(fan), head[0] * np.sin(fan) + head[1] * np.cos(fan))
        look.beside(learned, head, name, series, towards=towards, gap=5 if len(close) == 1 else 9)
    look.text(hot, (0, -2.15), f"cosine of any two: {found.cosine_onehot:g}")
    look.text(learned, (0, -1.95), f"cat and dog: {signed(cosine(a, b), '.2f')}")
    look.text(learned, (0, -2.4), f"cat and auto: {signed(cosine(a, c), '.2f')}")
    look.dress(hot, title=f"one-hot\n{found.onehot_dim:,} wide", grid=False)
    look.dress(learned, title=f"embedding\n{d:,} wide", grid=False)
    return figure


@figure(examples=[{}, {"centre": 1, "window": 2}, {"centre": 5, "window": 1}])
def word_window(look: Look, *, centre: Annotated[int, Range(1, 6)] = 4, window: Annotated[int, Range(1, 5)] = 2) -> "Figure":
    """The window of a skip-gram model on a sentence: the word in the middle is to predict each neighbour within reach.

    Nothing is computed: the values are the centre, counted from 1, and the reach on each side.
    """
    words = ("the", "cat", "sat", "on", "my", "mat")
    figure, axes = board(look, 150)
    step, y = (WIDTH - 8) / len(words), 104
    middle = 4 + step * (centre - 0.5)
    pairs = []
    for index, word in enumerate(words, 1):
        x = 4 + step * (index - 0.5)
        near = 0 < abs(index - centre) <= window
        block(look, axes, (x, y), (step - 8, 26), word, 1 if index == centre else 0 if near else None, name=f"word-{index}")
        if near:
            pairs.append(word)
            turns = np.linspace(0, np.pi, 31)
            arc = (x + middle) / 2 + (middle - x) / 2 * np.cos(turns), y - 15 - (14 + 14 * abs(index - centre)) * np.sin(turns)
            axes.plot(*arc, color=look.hues[0], linewidth=1.6, gid=f"pair-{index}")
            axes.plot(x, y - 16, marker="v", color=look.hues[0], markersize=6)
    look.text(axes, (WIDTH / 2, 136), f"{words[centre - 1]} → {', '.join(pairs)}")
    return figure


@figure("cosine_similarity", examples=[{}, {"man": (1, 0), "woman": (1.5, 1.5), "king": (3, 0.5), "queen": (3, 2)}])
def analogy(
    look: Look, *, man: Pair = (1.0, 0.5), woman: Pair = (0.6, 2.0), king: Pair = (3.2, 1.2), queen: Pair = (2.9, 2.6)
) -> "Figure":
    """Word arithmetic in the plane: king − man + woman closes a parallelogram, and the word that lies nearest is the answer.

    Values from ``cosine_similarity``.
    """
    found = np.asarray(king) - man + woman
    likeness = kernels.get("cosine_similarity")(found, queen)
    figure, axes = look.axes(250, grid=False)
    look.bare(axes)
    points = {"man": man, "woman": woman, "king": king, "queen": queen}
    corners = np.array([*points.values(), found])
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = 0.2 * float(max(high - low)) or 1.0
    for index, corner in enumerate(corners[:4]):
        if any(np.hypot(*(corner - other)) < 0.8 * room for other in corners[:index]):
            raise ValueError("the words lie too close together to be told apart")
    axes.set(xlim=(low[0] - 1.4 * room, high[0] + 1.4 * room), ylim=(low[1] - room, high[1] + room))
    look.arrow(axes, man, woman, 1, name="step", linestyle="-")
    look.arrow(axes, king, found, 1, name="same step", linestyle=(0, (4, 2)))
    centre = corners.mean(axis=0)
    for name, point in points.items():
        look.points(axes, point[0], point[1], 2 if name == "queen" else 0, name=name)
        look.beside(axes, point, name, 2 if name == "queen" else 0, towards=np.asarray(point) - centre, bbox=look.backing())
    axes.plot(*found, marker="x", color=look.hues[1], markersize=9, markeredgewidth=2, gid="found", zorder=6)
    figure.suptitle(
        f"king − man + woman (cross):\ncosine {likeness:.3g} to queen".replace("-", "−"), fontsize=TEXT, color=look.hues[1]
    )
    return figure


@figure("cosine_similarity", examples=[{}, {"share": 0.9}])
def two_senses(
    look: Look,
    *,
    share: Annotated[float, Range(0, 1)] = 0.6,
    first: Annotated[float, Range(0, 180)] = 20,
    second: Annotated[float, Range(0, 180)] = 110,
) -> "Figure":
    """One static vector for a word of two senses: the mean by how often each occurs, between both and true to neither.

    ``share`` is that of the first sense, the angles are their directions. Values from ``cosine_similarity``.
    """
    senses = [np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) for angle in (first, second)]
    between = share * senses[0] + (1 - share) * senses[1]
    if np.hypot(*between) < 1e-9:
        raise ValueError("the two senses cancel: no vector is left between them")
    cosine = kernels.get("cosine_similarity")
    figure, (axes, below) = look.panels(2, 1, 265, height_ratios=[4, 1.4])
    look.bare(axes)
    spread = 0.2 * np.stack([np.cos(np.arange(7) * 2.4), np.sin(np.arange(7) * 2.4)], axis=1) * np.sqrt(np.arange(7) / 6)[:, None]
    for series, sense in ((0, senses[0]), (2, senses[1])):
        cloud = 1.15 * sense + spread
        look.points(axes, cloud[:, 0], cloud[:, 1], series, markersize=5, zorder=2)
        look.arrow(axes, (0, 0), sense, series, name=f"sense-{series}", linestyle=DASHES[series])
    look.arrow(axes, (0, 0), between, 1, name="between", linestyle=DASHES[1])
    axes.set(xlim=(-1.75, 1.75), ylim=(-0.12, 1.42))
    words = [(f"first sense: cosine {signed(cosine(between, senses[0]), '.2f')}", 0), ("the one vector of the word", 1)]
    look.key(below, [*words, (f"second sense: cosine {signed(cosine(between, senses[1]), '.2f')}", 2)])
    return figure


@figure("glove_loss_term", examples=[{"count": 10}, {"count": 1, "x_max": 50, "alpha": 1}])
def glove_weight(
    look: Look,
    *,
    count: Annotated[float, Range(0, 1000)],
    x_max: Annotated[float, Range(1, 1000)] = 100.0,
    alpha: Annotated[float, Range(0.1, 2)] = 0.75,
) -> "Figure":
    """How much GloVe lets a pair of words count, over how often the two occurred together: rare pairs little, frequent ones fully.

    Values from ``glove_loss_term``.
    """

    def weight(times: float) -> float:
        return float(kernels.get("glove_loss_term")(times, [0], [0], 0, 0, x_max, alpha).weight)

    most = max(1.6 * x_max, 1.1 * count)
    grid = np.unique(np.r_[np.linspace(0, most, 81), x_max])
    figure, axes = look.axes(215, x="co-occurrences X", y="weight f(X)")
    look.curve(axes, grid, [weight(float(times)) for times in grid], 0, name="weight")
    look.points(axes, count, weight(count), 1, name="here", clip_on=False)
    look.guide(axes, x=x_max)
    axes.set_title(f"{weight(count):.3g} at X = {count:.3g}", loc="right", color=look.hues[1])
    axes.set(xlim=(0, most), ylim=(0, 1.06), yticks=[0, 0.5, 1], xticks=[0, x_max] if x_max > 0.12 * most else [x_max])
    axes.set_xticklabels([f"{tick:.3g}" for tick in axes.get_xticks()])
    return figure
