"""Figures of agents and search."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption, link
from generator.figures.registry import Matrix, Range, Size, Vector, figure
from generator.figures.style import SMALL, THIN, WIDTH, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("majority_vote_accuracy", examples=[{"p": 0.6}, {"p": 0.4, "n": 9}])
def majority_vote(look: Look, *, p: Annotated[float, Range(0, 1)], n: Annotated[int, Range(1, 51)] = 11) -> "Figure":
    """How often the majority of independent voters is right over how often one is: better above one half, worse below.

    Values from ``majority_vote_accuracy``, for 1, 3 and n voters (n odd).
    """
    kernel, grid = kernels.get("majority_vote_accuracy"), np.linspace(0, 1, 51)
    figure, (axes, below) = look.panels(2, 1, 280, height_ratios=[3.2, 1])
    look.dress(axes, x="one voter is right", y="the majority is right")
    words = []
    for series, voters in zip((3, 1, 0), sorted({1, 3, n}), strict=False):
        look.curve(axes, grid, [kernel(float(q), voters) for q in grid], series, name=f"voters-{voters}")
        here = kernel(p, voters)
        look.points(axes, p, here, series, name=f"here-{voters}", clip_on=False)
        words.append((f"{voters} voter{'s' if voters > 1 else ''}: {here:.3g} at {p:g}", series))
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0.5, 1])
    look.key(below, words)
    return figure


@figure(
    "mcts_search",
    examples=[
        {"scores": ((0.5, 0.2), (0.9, 0.1)), "iterations": 10},
        {"scores": ((0.3, 0.6, 0.1), (0.8, 0.2, 0.5)), "iterations": 20, "c": 0.7},
    ],
)
def search_tree(
    look: Look,
    *,
    scores: Annotated[Matrix, Size(2, 3), Range(0, 1)],
    iterations: Annotated[int, Range(1, 200)],
    c: Annotated[float, Range(0, 10)] = 1.4,
) -> "Figure":
    """A tree after a Monte Carlo search: visits and mean value in each node, thick ways for many visits.

    Row i of ``scores`` holds the values of the leaves below child i, whose own is their mean. Values from ``mcts_search``.
    """
    branches, leaves = len(scores), len(scores[0])
    children = [list(range(1, branches + 1))]
    children += [[1 + branches + branch * leaves + leaf for leaf in range(leaves)] for branch in range(branches)]
    children += [[] for _ in range(branches * leaves)]
    values = [0.0, *(float(np.mean(row)) for row in scores), *(value for row in scores for value in row)]
    found = kernels.get("mcts_search")(children, values, iterations, c)
    visits, sums = np.asarray(found.visits), np.asarray(found.value_sum)
    places = {0: ((branches * leaves - 1) / 2, 2.0)}
    for branch in range(branches):
        places[1 + branch] = (branch * leaves + (leaves - 1) / 2, 1.0)
        places |= {node: (float(node - 1 - branches), 0.0) for node in children[1 + branch]}
    figure, axes = look.axes(250, grid=False)
    look.bare(axes, equal=False)
    for parent, below in enumerate(children):
        for child in below:
            (x, y), (u, v) = places[parent], places[child]
            seen = int(visits[child])
            style = {"linewidth": 1 + 5 * seen / iterations} if seen else {"linewidth": THIN, "linestyle": (0, (3, 3))}
            axes.plot([x, u], [y, v], color=look.hues[0] if seen else look.quiet, zorder=1, gid=f"way-{child}", **style)
    for node, (x, y) in places.items():
        words = f"{visits[node]}\n{sums[node] / visits[node]:.2f}" if visits[node] else "0"
        best = node == found.best_child
        frame = {"facecolor": look.page, "edgecolor": look.hues[1 if best else 0], "linewidth": 2.2 if best else THIN, "pad": 3}
        axes.text(x, y, words, ha="center", va="center", fontsize=11.5, bbox=frame, zorder=5, gid=f"node-{node}")
    axes.set(xlim=(-0.55, branches * leaves - 0.45), ylim=(-0.35, 2.3))
    axes.set_title("visits above mean value; thick: chosen", color=look.quiet)
    return figure


@figure(
    "ucb_score", examples=[{"sums": (2.7, 1, 0.2), "visits": (5, 3, 2)}, {"sums": (4, 3, 0, 1), "visits": (8, 4, 1, 3), "c": 0.5}]
)
def ucb_bars(
    look: Look,
    *,
    sums: Annotated[Vector, Size(2, 5), Range(0, 1000)],
    visits: Annotated[Vector, Size(2, 5), Range(1, 1000)],
    c: Annotated[float, Range(0, 10)] = 1.4,
    parent: Annotated[int, Range(0, 9999)] = 0,
) -> "Figure":
    """The children of a node by their upper confidence bounds: the mean value, and on top the bonus for being little tried.

    ``parent`` is how often the parent was visited: as often as all children together, if it is not said. Values from
    ``ucb_score``.
    """
    if len(sums) != len(visits) or any(count != int(count) for count in visits):
        raise ValueError("sums and visits are as long, and visits are whole numbers")
    kernel, parent = kernels.get("ucb_score"), parent or int(sum(visits))
    scores = [kernel(total, int(count), parent, c) for total, count in zip(sums, visits, strict=True)]
    means = [kernel(total, int(count), parent, 0) for total, count in zip(sums, visits, strict=True)]
    best = int(np.argmax(scores))
    figure, axes = look.axes(245, grid=False)
    for spot, (mean, score) in enumerate(zip(means, scores, strict=True)):
        look.box(axes, spot - 0.32, 0, 0.64, mean, look.tint(0, 0.6), name=f"mean-{spot}")
        style = {"hatch": "////", "edgecolor": look.hues[1]}
        look.box(axes, spot - 0.32, mean, 0.64, score - mean, look.tint(1, 0.35), name=f"bonus-{spot}", **style)
        words = f"{score:.3g}" + (" ←" if spot == best else "")
        look.beside(axes, (spot, score), words, towards=(0, 1), gap=3, weight="bold" if spot == best else "normal")
    axes.set(xticks=range(len(sums)), yticks=[], xlim=(-0.6, len(sums) - 0.4), ylim=(0, 1.16 * max(scores) or 1))
    axes.set_xticklabels([f"{int(count)} visits\nmean {mean:.2g}" for count, mean in zip(visits, means, strict=True)])
    axes.spines["left"].set_visible(False)
    axes.set_title("mean, and bonus (hatched); arrow: picked next", color=look.quiet)
    return figure


@figure(examples=[{}])
def agent_loop(look: Look) -> "Figure":
    """The loop of an agent: it reasons, acts through a tool, reads what comes back, and goes round until it can answer.

    No kernel: these are the parts, without values.
    """
    figure, axes = board(look, 232)
    left, right, top, low = 76.0, WIDTH - 76.0, 96.0, 190.0
    block(look, axes, (left, 26), (112, 30), "task", None, name="task")
    block(look, axes, (left, top), (128, 40), "thought:\nwhat is missing?", 0, name="thought")
    block(look, axes, (right, top), (128, 40), "action:\ncall a tool", 1, name="action")
    block(look, axes, (right, low), (128, 40), "observation:\nits result", 2, name="observation")
    block(look, axes, (left, low), (128, 40), "context:\nall so far", None, name="context")
    block(look, axes, (right, 26), (112, 30), "answer", 3, name="answer")
    link(look, axes, (left, 41), (left, top - 20))
    link(look, axes, (left + 64, top), (right - 64, top))
    link(look, axes, (right, top + 20), (right, low - 20))
    link(look, axes, (right - 64, low), (left + 64, low))
    link(look, axes, (left, low - 20), (left, top + 20))
    link(look, axes, (left + 48, top - 20), (left + 88, 26), (right - 56, 26))
    look.text(axes, (WIDTH / 2 + 4, 52), "enough\nknown", color=look.quiet, fontsize=SMALL, linespacing=1.1)
    look.text(axes, (WIDTH / 2, 143), "until done, or a\nlimit of rounds", color=look.quiet, fontsize=SMALL, linespacing=1.1)
    return figure


@figure("exact_product", examples=[{"a": 17.3, "b": 284.9}, {"a": 12, "b": 0.25}])
def tool_call(look: Look, *, a: Annotated[float, Range(-9999, 9999)], b: Annotated[float, Range(-9999, 9999)]) -> "Figure":
    """A tool call as messages between user, model and program: the model only writes the call, the program runs it.

    Values from ``exact_product``, the tool.
    """
    one, other = (f"{number:.6g}" for number in (a, b))
    result = kernels.get("exact_product")(one, other)
    figure, axes = board(look, 272)
    lanes = {"user": 42.0, "model": WIDTH / 2 - 2, "program": WIDTH - 46.0}
    for series, (name, x) in enumerate(lanes.items()):
        block(look, axes, (x, 18), (80, 26), name, series, name=name)
        axes.plot([x, x], [31, 264], color=look.line, linewidth=THIN, zorder=0)
    messages = (
        ("user", "model", f"{one} × {other}?", 0),
        ("model", "program", f"multiply(\n{one}, {other})", 1),
        ("program", "program", "runs it", 2),
        ("program", "model", result, 2),
        ("model", "user", f"It is\n{result}.", 1),
    )
    for row, (sender, receiver, words, series) in enumerate(messages):
        y = 74 + 44 * row
        tail, head = lanes[sender], lanes[receiver]
        if sender == receiver:
            block(look, axes, (tail, y - 8), (72, 24), words, series, name="run")
            continue
        link(look, axes, (tail, y), (head, y), series=series)
        lines = words.count("\n")
        at = ((tail + head) / 2, y - 11 - 7 * lines)
        look.text(axes, at, words.replace("-", "−"), fontsize=SMALL, linespacing=1.05, bbox=look.backing())
    return figure


@figure(
    "topological_order_kahn",
    examples=[{"edges": ((0, 2), (1, 2), (2, 3))}, {"edges": ((0, 1), (1, 2), (2, 4), (3, 4)), "failed": 1}],
)
def plan_graph(
    look: Look, *, edges: Annotated[Matrix, Size(1, 8), Range(0, 5)], failed: Annotated[int, Range(0, 5)] = 2
) -> "Figure":
    """A task cut into steps that wait for each other; when one fails, it and all that wait for it are planned anew.

    ``edges`` are pairs of steps, counted from 0, the first before the second. Values from ``topological_order_kahn``.
    """
    if any(len(edge) != 2 for edge in edges):
        raise ValueError("edges are pairs of steps")
    pairs = [(int(one), int(other)) for one, other in edges]
    count = 1 + max(max(pair) for pair in pairs)
    found = kernels.get("topological_order_kahn")(count, [list(pair) for pair in pairs])
    if found is None or failed >= count:
        raise ValueError(f"the steps 0 to {count - 1} must not wait in a circle, and the failed one is among them")
    layer = dict.fromkeys(range(count), 0)
    stale = {failed}
    for node in found:
        for one, other in pairs:
            if one == node:
                layer[other] = max(layer[other], layer[node] + 1)
                stale |= {other} if one in stale else set()
    for node in found:  # what waits for nothing stands right before what waits for it
        if not layer[node]:
            layer[node] = min((layer[other] - 1 for one, other in pairs if one == node), default=0)
    columns = [[node for node in found if layer[node] == depth] for depth in range(max(layer.values()) + 1)]
    tall = max(map(len, columns))
    figure, axes = board(look, 70 + 46 * tall)
    step = (WIDTH - 8) / len(columns)
    wide = min(56.0, step - 16)
    spots = {
        node: (4 + step * (depth + 0.5), 30 + 46 * (tall / 2 + index - len(column) / 2 + 0.5))
        for depth, column in enumerate(columns)
        for index, node in enumerate(column)
    }
    for one, other in pairs:
        (x, y), (u, v) = spots[one], spots[other]
        link(look, axes, (x + wide / 2, y), (u - wide / 2, v), linestyle=(0, (4, 2)) if one in stale else "-")
    for node, (x, y) in spots.items():
        series, words = (1, f"✗ {node}") if node == failed else (None, f"{node}") if node in stale else (2, f"✓ {node}")
        block(look, axes, (x, y), (wide, 28), words, series, name=f"step-{node}", linestyle=(0, (4, 2)) if node in stale else "-")
    caption(look, axes, (WIDTH / 2, 50 + 46 * tall), f"order {', '.join(map(str, found))}; dashed: planned anew", color=look.quiet)
    return figure


@figure("majority_vote", examples=[{"answers": (408, 400, 408, 412, 408)}, {"answers": (1, 2, 2, 1, 3, 2, 1)}])
def vote(look: Look, *, answers: Annotated[Vector, Size(3, 9), Range(-9999, 9999)]) -> "Figure":
    """Chains of thought sampled from one question, each with its answer, and the votes that the answers get.

    Values from ``majority_vote``.
    """
    names = [f"{one:.6g}" for one in answers]
    found = kernels.get("majority_vote")(names)
    figure, axes = board(look, 30 + 26 * len(names))
    middle = 15 + 13 * len(names)
    block(look, axes, (42, middle), (70, 30), "question", None, name="question")
    rows = list(found.counts)
    for row, name in enumerate(names):
        y = 28 + 26 * row
        best = name == found.winner
        way = np.linspace(0, 1, 25)
        bend = (
            middle + (y - middle) * (3 * way**2 - 2 * way**3) + 2.5 * np.sin(2 * np.pi * (2 + row % 3) * way) * np.sin(np.pi * way)
        )
        axes.plot(78 + 72 * way, bend, color=look.hues[0] if best else look.quiet, linewidth=1.8 if best else THIN, zorder=1)
        block(look, axes, (180, y), (58, 21), name.replace("-", "−"), 0 if best else None, name=f"answer-{row}")
    for row, name in enumerate(rows):
        height, best = middle + 30 * (row - (len(rows) - 1) / 2), name == found.winner
        words = f"{name}: {found.counts[name]}".replace("-", "−") + (" ←" if best else "")
        look.beside(axes, (236, height), words, 0 if best else None, gap=0, weight="bold" if best else "normal", gid=f"count-{row}")
    return figure


@figure(examples=[{}])
def memory_tiers(look: Look) -> "Figure":
    """Where an agent keeps what does not fit its context: what it sees at once, what it looks up, and what others do for it.

    No kernel: these are the parts, without values.
    """
    figure, axes = board(look, 236)
    middle = WIDTH / 2
    block(look, axes, (middle, 34), (226, 44), "context window:\nrules, goal, this step", 0, name="context")
    block(look, axes, (66, 118), (112, 44), "summary\nof what was done", 1, name="summary")
    block(look, axes, (middle + 104, 118), (112, 44), "structured state:\ngoals, results", 2, name="state")
    block(look, axes, (66, 200), (112, 44), "notes outside,\nfound by search", 3, name="notes")
    block(look, axes, (middle + 104, 200), (112, 44), "a subtask with a\nfresh context", None, name="subtask")
    for x, up in ((66, 100), (middle + 104, middle + 70)):
        link(look, axes, (x, 96), (up, 56))
    link(look, axes, (120, 178), (middle - 12, 56))
    link(look, axes, (middle + 50, 178), (middle + 16, 56))
    caption(look, axes, (middle, 150), "enters\nas text")
    return figure
