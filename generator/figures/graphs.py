"""Figures of graphs."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import board, caption
from generator.figures.registry import Matrix, Range, Size, figure
from generator.figures.style import SMALL, THIN, WIDTH, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Edges = Annotated[Matrix, Size(1, 14), Range(0, 7)]
HOUSE = ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (2, 5), (4, 6), (5, 6))


def _pairs(edges: tuple[tuple[float, ...], ...], nodes: int) -> list[tuple[int, int]]:
    if any(len(edge) != 2 or max(edge) >= nodes or any(end != int(end) for end in edge) for edge in edges):
        raise ValueError(f"edges are pairs of nodes from 0 to {nodes - 1}")
    return [(int(edge[0]), int(edge[1])) for edge in edges]


@figure(
    "bfs_shortest_path",
    examples=[{}, {"nodes": 6, "edges": ((0, 1), (0, 2), (1, 3), (1, 4), (2, 5)), "order": "depth"}],
)
def graph_search(
    look: Look, *, nodes: Annotated[int, Range(2, 8)] = 7, edges: Edges = HOUSE, order: Literal["breadth", "depth"] = "breadth"
) -> "Figure":
    """A graph in layers by the distance from node 0, and beside each node its turn in a search, breadth or depth first.

    Of several ways on, the node of the smallest number is taken. Values from ``bfs_shortest_path``: the layers.
    """
    pairs = _pairs(edges, nodes)
    distance = {node: kernels.get("bfs_shortest_path")(nodes, [list(pair) for pair in pairs], 0, node) for node in range(nodes)}
    reached = {node: steps for node, steps in distance.items() if steps is not None}
    turns = _turns(pairs, order)
    layers = [[node for node, steps in reached.items() if steps == layer] for layer in range(max(reached.values()) + 1)]
    figure, axes = board(look, 8 + 68 * len(layers))
    spots = {
        node: (WIDTH * (index + 1) / (len(layer) + 1), 40.0 + 68 * depth)
        for depth, layer in enumerate(layers)
        for index, node in enumerate(layer)
    }
    for one, other in pairs:
        if one in spots and other in spots:
            (x, y), (u, v) = spots[one], spots[other]
            between = any(w == y == v and min(x, u) < z < max(x, u) for z, w in spots.values())
            bow = [((x + u) / 2, y + 26)] if between else []
            corners = np.array([(x, y), *bow, (u, v)])
            for end, inner in ((0, 1), (-1, -2)):
                way = corners[inner] - corners[end]
                corners[end] += 14 * way / np.hypot(*way)
            axes.plot(corners[:, 0], corners[:, 1], color=look.quiet, linewidth=THIN, zorder=1)
    for node, (x, y) in spots.items():
        look.disc(axes, x, y, 14, look.shade(0, 0.45))
        caption(look, axes, (x, y), str(node), gid=f"node-{node}")
        look.beside(axes, (x + 17, y), f"{turns.index(node) + 1}.", 1, gap=0, gid=f"turn-{node}", bbox=look.backing())
    for depth in range(len(layers)):
        look.beside(axes, (4, 40 + 68 * depth), f"{depth}", color=look.quiet, gap=0)
    look.beside(axes, (4, 12), f"left: distance; 1., 2., …: turns, {order} first", color=look.quiet, gap=0, fontsize=SMALL)
    return figure


def _turns(pairs: list[tuple[int, int]], order: str) -> list[int]:
    """The nodes as a search from node 0 visits them."""
    waiting, seen = [0], []
    while waiting:
        node = waiting.pop(0 if order == "breadth" else -1)
        if node in seen:
            continue
        seen.append(node)
        near = sorted({b if a == node else a for a, b in pairs if node in (a, b)} - set(seen))
        waiting += near if order == "breadth" else near[::-1]
    return seen


@figure(
    "topological_order_kahn",
    examples=[{"nodes": 5, "edges": ((0, 2), (1, 2), (2, 3), (2, 4), (3, 4))}, {"nodes": 3, "edges": ((2, 0), (0, 1))}],
)
def topological_order(look: Look, *, nodes: Annotated[int, Range(2, 8)], edges: Edges) -> "Figure":
    """Nodes in a topological order, all edges pointing to the right, with the table of open incoming edges as nodes are taken.

    Values from ``topological_order_kahn``.
    """
    pairs = _pairs(edges, nodes)
    found = kernels.get("topological_order_kahn")(nodes, [list(pair) for pair in pairs])
    if found is None:
        raise ValueError("the edges run in a circle: there is no such order")
    figure, axes = board(look, 168 + 24 * nodes)
    step = (WIDTH - 74) / nodes
    places = {node: 70 + step * (index + 0.5) for index, node in enumerate(found)}
    for index, node in enumerate(found):
        look.disc(axes, places[node], 92, min(14, 0.42 * step), look.shade(0, 0.45))
        caption(look, axes, (places[node], 92), str(node), gid=f"place-{index}")
    for tail, head in pairs:
        _arc(look, axes, places[tail], places[head], 78)
    look.beside(axes, (4, 134), "taken", color=look.quiet, gap=0)
    look.beside(axes, (70, 134), "open incoming edges of each node", color=look.quiet, gap=0)
    for row in range(nodes + 1):
        y = 154 + 24 * row
        gone = found[:row]
        if row == nodes:
            break
        look.beside(axes, (4, y), f"{found[row - 1]}" if row else "none", 0, gap=0)
        for node in found:
            open_edges = sum(tail not in gone and head == node for tail, head in pairs)
            words = "–" if node in gone else str(open_edges)
            free = node not in gone and not open_edges
            caption(
                look, axes, (places[node], y), words, 1 if free else None, weight="bold" if free else "normal", gid=f"{row}-{node}"
            )
    return figure


def _arc(look: Look, axes: "Axes", left: float, right: float, y: float) -> None:
    """A half ellipse from left to right with a head at its end."""
    turns = np.linspace(np.pi, 0.12, 31)
    height = min(22 + 0.16 * abs(right - left), 62.0)
    x, heights = (left + right) / 2 + (right - left) / 2 * np.cos(turns), y - height * np.sin(turns)
    axes.plot(x, heights, color=look.quiet, linewidth=1.3, zorder=1)
    look.arrow(axes, (x[-2], heights[-2]), (right, y), None)
